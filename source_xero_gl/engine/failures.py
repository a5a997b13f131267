"""What went wrong in the streams of a sync, and the one error that sums it up."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping, Sequence

from airbyte_cdk.models import FailureType
from airbyte_cdk.utils import AirbyteTracedException

from source_xero_gl.wording import counted
from source_xero_gl.xero.errors import CONFIG, SYSTEM, TRANSIENT, XeroError

MOST_NAMES = 3
"""Where more streams fail for one reason, not all are named; the platform shows the status of each stream."""


class Failures:
    """Collects the failures of streams. Safe under threads."""

    def __init__(self, streams: int) -> None:
        self._streams = streams
        self._lock = threading.Lock()
        self._errors: dict[str, XeroError] = {}
        self._reached: dict[str, str] = {}

    def add(self, stream: str, error: XeroError, reached: str | None = None) -> None:
        """Note why a stream could not be read to its end, and up to where it was read if a person should know that."""
        with self._lock:
            self._errors[stream] = error
            if reached:
                self._reached[stream] = reached

    def summary(self, raised: AirbyteTracedException) -> AirbyteTracedException:
        """Return the error of the sync: transient when every failure is, config when any is, system otherwise.

        Without a failure of a stream it is what the engine has raised.
        """
        with self._lock:
            errors, reached = dict(self._errors), dict(self._reached)
        if not errors:
            return raised
        reasons = _by_text({stream: error.message or "" for stream, error in errors.items()})
        facts = _by_text({stream: error.internal_message or "" for stream, error in errors.items()})
        positions = ", ".join(f"{stream} up to {position}" for stream, position in reached.items())
        sentences = [
            f"{len(errors)} of {counted(self._streams, 'stream')} could not be read to their end.",
            *reasons,
            *([f"Read so far: {positions}."] if positions else []),
        ]
        return XeroError(
            _failure_type({error.failure_type for error in errors.values()}), " ".join(sentences), "; ".join(facts)
        )


class WithoutRepeats(logging.Filter):
    """Keeps the engine's log of a failed stream away, where a trace with our own sentence says the same."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Tell whether a line of the log says anything new."""
        return not (record.exc_info and isinstance(record.exc_info[1], XeroError))


def _by_text(texts: Mapping[str, str]) -> list[str]:
    """Return each text once, after the names of its streams."""
    streams: dict[str, list[str]] = {}
    for stream, text in texts.items():
        streams.setdefault(text, []).append(stream)
    return [f"{_names(found)}: {text}" for text, found in streams.items()]


def _names(streams: Sequence[str]) -> str:
    if len(streams) <= MOST_NAMES:
        return ", ".join(streams)
    named = streams[: MOST_NAMES - 1]
    return f"{', '.join(named)} and {len(streams) - len(named)} others"


def _failure_type(kinds: set[FailureType]) -> FailureType:
    if kinds == {TRANSIENT}:
        return TRANSIENT
    return CONFIG if CONFIG in kinds else SYSTEM
