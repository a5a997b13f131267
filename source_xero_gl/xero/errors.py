"""What an error is: ``message`` for the person, ``internal_message`` for the engineer, ``failure_type`` for the platform.

The message says what happened and what to do; the engineer gets status, endpoint and Xero-Correlation-Id. Neither text ever
holds a response body, a token or a record. ``error_table`` says which error follows on which answer.
"""

from __future__ import annotations

import math
import traceback
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from airbyte_cdk.models import AirbyteMessage, FailureType, StreamDescriptor
from airbyte_cdk.utils import AirbyteTracedException

DAY_LIMIT = "day limit"
DAILY_RESERVE = "daily call reserve"
TOO_MANY_DOCUMENTS = "too many documents"
CONNECTION_EXPIRED = "connection expired"
"""Names of errors that something follows on."""

OFFLINE = "organisation is offline"
"""What Xero's plain text says, in lower case, when one organisation cannot be reached."""

SIGN_IN = "sign-in"
"""Name of the token endpoint in messages."""

CONFIG, TRANSIENT, SYSTEM = FailureType.config_error, FailureType.transient_error, FailureType.system_error


class Action(Enum):
    """What follows on an answer that is not a success."""

    FAIL = "fail"
    RETRY = "retry"
    RETRY_SLOWLY = "retry slowly"
    RENEW_TOKEN = "renew the token once"  # noqa: S105 - no password
    WAIT = "wait, then retry"


class XeroError(AirbyteTracedException):
    """A failure that a person can act on.

    Attributes:
        row: name of the row of the error table, or of the check that failed.
        action: what the caller may still do before the failure is final.
    """

    def __init__(
        self, failure_type: FailureType, message: str, facts: str = "", row: str = "", action: Action = Action.FAIL
    ) -> None:
        super().__init__(internal_message=facts or message, message=message, failure_type=failure_type)
        self.row = row
        self.action = action

    def as_airbyte_message(self, stream_descriptor: StreamDescriptor | None = None) -> AirbyteMessage:
        """Return the trace for a platform, without a traceback: the sentence says what to do, the facts what happened."""
        message = super().as_airbyte_message(stream_descriptor)
        if message.trace and message.trace.error:
            message.trace.error.stack_trace = None
        return message


class StoppedError(XeroError):
    """The sync was told to stop (SIGTERM, a closed output); what has been read so far is in the state."""

    def __init__(self) -> None:
        super().__init__(
            TRANSIENT, "The sync was stopped from outside; the next one goes on where it stopped.", row="stopped"
        )


@dataclass(frozen=True)
class Failure:
    """The facts of an answer that is not a success, as far as they may be shown.

    Attributes:
        status: HTTP status code; 0 when no answer came.
        endpoint: Xero's name of the endpoint, e.g. ``Journals``.
        kind: a word that Xero gives for the problem: ``Detail`` of a problem, ``Type`` of an exception, ``error`` of
            OAuth, ``X-Rate-Limit-Problem`` of a 429; lower case, empty when there is none.
        correlation_id: ``Xero-Correlation-Id``, which Xero's support asks for.
        retry_after: seconds from the ``Retry-After`` header, None when it is absent or malformed.
    """

    status: int
    endpoint: str
    kind: str = ""
    correlation_id: str = ""
    retry_after: float | None = None

    @property
    def facts(self) -> str:
        """One line for the engineer."""
        answer = f"answered {self.status}" if self.status else "did not answer"
        kind = f", {self.kind}" if self.kind else ""
        return f"{self.endpoint} {answer}{kind}, Xero-Correlation-Id {self.correlation_id or 'none'}"

    @property
    def when(self) -> str:
        """When Xero allows calls again, as the end of a sentence."""
        if self.retry_after is None:
            return "within 24 hours"
        hours, minutes = divmod(math.ceil(self.retry_after / 60), 60)
        return f"in {hours} h {minutes} min"


def unforeseen(what: str, error: Exception) -> XeroError:
    """Return a system error that tells where an error happened that no row foresees; its own text may quote the ledger.

    Args:
        what: what was being done, as the subject of a sentence.
        error: caught, with its traceback.
    """
    frames = traceback.extract_tb(error.__traceback__)
    place = (
        f"{frames[-1].name}, {Path(frames[-1].filename).name} line {frames[-1].lineno}"
        if frames
        else "an unknown place"
    )
    return XeroError(
        SYSTEM,
        f"{what} failed for a reason that the connector did not foresee. Please report it with the facts in the log.",
        f"{type(error).__name__} in {place}",
    )
