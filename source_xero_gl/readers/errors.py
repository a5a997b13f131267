"""What stops a reader. A reader does not know the name of its stream: the engine adds it, in one place."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from airbyte_cdk.models import FailureType

from source_xero_gl.xero.errors import CONFIG, SYSTEM, XeroError


class ReadingError(Exception):
    """A list cannot be read any further, or its state cannot be understood.

    Attributes:
        failure_type: who can do something about it.
        sentence: what happened and what to do, with ``{stream}`` where the name of the stream belongs.
    """

    def __init__(self, failure_type: FailureType, sentence: str) -> None:
        super().__init__(sentence)
        self.failure_type = failure_type
        self.sentence = sentence

    def named(self, stream: str) -> XeroError:
        """Return the error for a person, with the name of the stream in it."""
        return XeroError(self.failure_type, self.sentence.replace("{stream}", stream))


@contextmanager
def about(stream: str) -> Iterator[None]:
    """Put the name of a stream into the errors of its reader.

    Raises:
        XeroError: in place of a ReadingError.
    """
    try:
        yield
    except ReadingError as error:
        raise error.named(stream) from None


def broken(expected: str) -> ReadingError:
    """Return the error for an answer that breaks what Xero promises; going on could lose objects."""
    return ReadingError(
        SYSTEM,
        f"Xero's answer for {{stream}} is not as documented: expected {expected}. Please report it with the log.",
    )


def unreadable(key: str) -> ReadingError:
    """Return the error for a state whose value of ``key`` cannot be understood."""
    return ReadingError(
        CONFIG,
        f"The state of {{stream}} cannot be read: look at {key}, or clear the stream's state to read it again.",
    )
