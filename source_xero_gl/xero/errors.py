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

OFFLINE = "organisation is offline"
"""Xero's plain text, in lower case, while an organisation cannot be reached."""

SIGN_IN = "sign-in"
"""Name of the token endpoint in messages."""

CONFIG, TRANSIENT, SYSTEM = FailureType.config_error, FailureType.transient_error, FailureType.system_error


class Action(Enum):
    """What a caller may do about a failure before it is final."""

    FAIL = "nothing"
    RETRY = "try again"
    RETRY_SLOWLY = "try again after minutes"
    RENEW_TOKEN = "renew the token once"  # noqa: S105 - no password
    WAIT = "try again when the gate admits it"


class Kind(Enum):
    """What kind of failure an error is; the value is its name for people."""

    CONNECTION_EXPIRED = "connection expired"
    WRONG_APP = "wrong app credentials"
    SCOPE_REFUSED = "scope refused"
    SIGN_IN_LIMITED = "sign-in limited"
    SIGN_IN_REFUSED = "sign-in refused"
    JOURNALS_NOT_ALLOWED = "journals not allowed"
    SCOPE_MISSING = "scope missing"
    TOKEN_REFUSED = "token refused"  # noqa: S105 - no password
    NOT_CONNECTED = "organisation not connected"
    JOURNALS_NEED_A_ROLE = "journals need a role"
    PERMISSION_MISSING = "permission missing"
    DAY_LIMIT = "day limit"
    CONCURRENCY_LIMIT = "too many calls at a time"
    RATE_LIMIT = "rate limit"
    ORGANISATION_OFFLINE = "organisation offline"
    TOO_MANY_DOCUMENTS = "too many documents"
    NOT_IMPLEMENTED = "not implemented"
    UNAVAILABLE = "Xero unavailable"
    UNREADABLE = "unreadable answer"
    NO_ANSWER = "no answer"
    REQUEST_REFUSED = "request refused"
    # Kinds that the error table does not know, because no answer of the API brings them:
    DAILY_RESERVE = "daily call reserve"
    STOPPED = "stopped"
    OTHER_ORGANISATION = "state of another organisation"
    CONSENT_DENIED = "consent denied"
    CONSENT_REFUSED_FOR_SCOPES = "consent refused for its scopes"
    CONSENT_REFUSED = "consent refused for the app or its scopes"


class XeroError(AirbyteTracedException):
    """A failure that a person can act on.

    Attributes:
        kind: for code that treats some failures in their own way; None where none does.
        action: what the caller may still do before the failure is final.
        retry_after: seconds for which Xero wants no more calls; None when it did not say.
    """

    def __init__(
        self,
        failure_type: FailureType,
        message: str,
        facts: str = "",
        kind: Kind | None = None,
        action: Action = Action.FAIL,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(internal_message=facts or message, message=message, failure_type=failure_type)
        self.kind = kind
        self.action = action
        self.retry_after = retry_after

    def again(self, message: str | None = None, facts: str | None = None) -> XeroError:
        """Return an error like this one, with another text where one is given.

        An error that is kept must not be raised itself: each raise adds frames to its traceback, and a log would show them all.
        """
        message, facts = message or self.message or "", facts or self.internal_message or ""
        return XeroError(self.failure_type, message, facts, self.kind, self.action, self.retry_after)

    def as_airbyte_message(self, stream_descriptor: StreamDescriptor | None = None) -> AirbyteMessage:
        """Return the trace for a platform, without a traceback: the sentence says what to do, the facts what happened."""
        message = super().as_airbyte_message(stream_descriptor)
        if message.trace and message.trace.error:
            message.trace.error.stack_trace = None
        return message


class StoppedError(XeroError):
    """The sync was told to stop (SIGTERM, a closed output); what has been read so far is in the state."""

    def __init__(self) -> None:
        message = "The sync was stopped from outside; the next one goes on where it stopped."
        super().__init__(TRANSIENT, message, kind=Kind.STOPPED)


@dataclass(frozen=True)
class Failure:
    """The facts of an answer that is not a success, as far as they may be shown.

    Attributes:
        status: HTTP status code; 0 when no answer came.
        endpoint: Xero's name of the endpoint, e.g. ``Journals``.
        word: Xero's own word for the problem, in lower case: ``Detail`` of a problem, ``Type`` of an exception, ``error`` of
            OAuth, ``X-Rate-Limit-Problem`` of a 429; None when there is none.
        correlation_id: ``Xero-Correlation-Id``, which Xero's support asks for.
        retry_after: seconds from the ``Retry-After`` header, None when it is absent or malformed.
    """

    status: int
    endpoint: str
    word: str | None = None
    correlation_id: str | None = None
    retry_after: float | None = None

    @property
    def facts(self) -> str:
        """One line for the engineer."""
        answer = f"answered {self.status}" if self.status else "did not answer"
        word = f", {self.word}" if self.word else ""
        return f"{self.endpoint} {answer}{word}, Xero-Correlation-Id {self.correlation_id or 'none'}"

    @property
    def when(self) -> str:
        """When Xero allows calls again, as the end of a sentence."""
        if self.retry_after is None:
            return "within 24 hours"
        hours, minutes = divmod(math.ceil(self.retry_after / 60), 60)
        return f"in {hours} h {minutes} min"


def unforeseen(what: str, error: Exception) -> XeroError:
    """Return a system error for an exception that nothing in the connector expects while ``what`` was being done.

    It names the exception's type and place, not its text, which may quote the ledger.
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
