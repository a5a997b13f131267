"""Every way in which Xero can fail, each with its sentence: the one error table of the connector.

A failure has three parts: ``message`` for the person (what happened, what to do), ``internal_message`` for the engineer
(status, endpoint, Xero-Correlation-Id) and ``failure_type`` for the platform. Neither text ever holds a response body, a
token or a record. See https://developer.xero.com/documentation/api/accounting/responsecodes and
https://developer.xero.com/documentation/oauth2/troubleshooting.
"""

from __future__ import annotations

import math
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from http import HTTPStatus
from pathlib import Path

from airbyte_cdk.models import FailureType
from airbyte_cdk.utils import AirbyteTracedException

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


@dataclass(frozen=True)
class Row:
    """One row of the error table; ``sentence`` may name ``{endpoint}``, ``{status}`` and ``{when}`` to go on."""

    name: str
    matches: Callable[[Failure], bool]
    action: Action
    failure_type: FailureType
    sentence: str

    def error(self, failure: Failure) -> XeroError:
        """Return the exception of this row for a failure."""
        sentence = self.sentence.format(endpoint=failure.endpoint, status=failure.status, when=failure.when)
        return XeroError(self.failure_type, sentence, failure.facts, self.name, self.action)


def _is(status: int, *kinds: str, endpoint: str | None = None) -> Callable[[Failure], bool]:
    """Match a status, any of the kinds (as a part of the word; none given: any) and an endpoint."""

    def matches(failure: Failure) -> bool:
        named = not kinds or any(kind in failure.kind for kind in kinds)
        return failure.status == status and named and endpoint in (None, failure.endpoint)

    return matches


def _at_sign_in(*kinds: str) -> Callable[[Failure], bool]:
    return lambda failure: failure.endpoint == SIGN_IN and failure.kind in kinds


def _day_is_over(failure: Failure) -> bool:
    long = failure.retry_after is not None and failure.retry_after > LONGEST_WAIT_SECONDS
    return failure.status == HTTPStatus.TOO_MANY_REQUESTS and ("day" in failure.kind or long)


_RECONNECT = "Connect to Xero again (Authenticate) and allow the organisation."

LONGEST_WAIT_SECONDS = 300.0
"""A ``Retry-After`` above this is treated as the end of the day's calls, whatever limit Xero names."""

DAY_LIMIT = "day limit"
DAILY_RESERVE = "daily call reserve"
TOO_MANY_DOCUMENTS = "too many documents"
CLIENT_ERRORS = 4
"""First digit of the statuses that say that the request was wrong."""

SIGN_IN = "sign-in"
"""Name of the token endpoint in messages."""

TABLE: tuple[Row, ...] = (
    Row(
        "connection expired",
        _at_sign_in("invalid_grant"),
        Action.FAIL,
        CONFIG,
        "Xero does not accept the refresh token: it was used before, has not been used for 60 days, was revoked, or belongs "
        "to another app. Two connections must not share one refresh token. " + _RECONNECT,
    ),
    Row(
        "wrong app credentials",
        _at_sign_in("invalid_client", "unauthorized_client"),
        Action.FAIL,
        CONFIG,
        "Xero does not know this app: credentials.client_id or credentials.client_secret is wrong, or the app may not sign "
        "in this way. Copy both again from the app's page at developer.xero.com.",
    ),
    Row(
        "scope refused",
        _at_sign_in("invalid_scope"),
        Action.FAIL,
        CONFIG,
        "Xero does not give this app the scopes it asked for. Compare the app's scopes at developer.xero.com with the "
        "documentation, then connect again.",
    ),
    Row(
        "sign-in limited",
        _is(429, endpoint=SIGN_IN),
        Action.RETRY,
        TRANSIENT,
        "Xero limits the number of sign-ins at the moment. Try again later.",
    ),
    Row(
        "sign-in refused",
        lambda failure: failure.endpoint == SIGN_IN and failure.status // 100 == CLIENT_ERRORS,
        Action.FAIL,
        CONFIG,
        "Xero refused the sign-in (status {status}). Check the settings under credentials, then connect to Xero again.",
    ),
    Row(
        "journals not allowed",
        _is(401, "authorizationunsuccessful", endpoint="Journals"),
        Action.FAIL,
        CONFIG,
        "Xero does not let this app read Journals. Either the sign-in did not include the scope accounting.journals.read, "
        "or the app may not have it: Xero allows Journals to apps of the Advanced tier and above after approval, and to "
        "custom connections created before 29 April 2026. Get the scope and connect again, or set journals.include to false "
        "to read everything else.",
    ),
    Row(
        "scope missing",
        _is(401, "authorizationunsuccessful"),
        Action.FAIL,
        CONFIG,
        "The sign-in does not include the scope that Xero wants for {endpoint}. Connect to Xero again with all the scopes "
        "that the documentation lists.",
    ),
    Row(
        "token refused",
        _is(401),
        Action.RENEW_TOKEN,
        CONFIG,
        "Xero does not accept the access token for {endpoint}, also after it was renewed. " + _RECONNECT,
    ),
    Row(
        "organisation not connected",
        _is(403, "authenticationunsuccessful"),
        Action.FAIL,
        CONFIG,
        "Xero refuses access to the organisation: the connection or the user's access to it was removed, the organisation "
        "was deleted, its trial ended, or it is a demo company that was reset. " + _RECONNECT,
    ),
    Row(
        "journals need a role",
        _is(403, endpoint="Journals"),
        Action.FAIL,
        CONFIG,
        "The user who connected Xero may not read Journals: in Xero this needs a role with access to reports. Let a user "
        "with that role connect, or set journals.include to false to read everything else.",
    ),
    Row(
        "permission missing",
        _is(403),
        Action.FAIL,
        CONFIG,
        "The user who connected Xero may not read {endpoint}. Let a user with a role that may read it connect again.",
    ),
    Row(
        DAY_LIMIT,
        _day_is_over,
        Action.FAIL,
        TRANSIENT,
        "Xero's daily limit of calls for this organisation is used up; calls are possible again {when}. The next sync goes on "
        "where this one stopped.",
    ),
    Row(
        "rate limit",
        _is(429),
        Action.WAIT,
        TRANSIENT,
        "Xero kept limiting the rate of calls although the connector waited. Other jobs seem to use the same Xero app and "
        "organisation: lower calls_per_minute or spread the schedules.",
    ),
    Row(
        "organisation offline",
        _is(503, "organisation is offline"),
        Action.RETRY_SLOWLY,
        TRANSIENT,
        "Xero says that the organisation is offline at the moment, usually for some minutes. Try again later.",
    ),
    Row(
        TOO_MANY_DOCUMENTS,
        _is(400, "highvolumeexception"),
        Action.FAIL,
        SYSTEM,
        "Xero refuses to list {endpoint} because more than 100,000 documents match, which is more than it lists in one go.",
    ),
    Row(
        "not implemented",
        _is(501),
        Action.FAIL,
        SYSTEM,
        "Xero says that it does not implement this request for {endpoint}. Please report it with the facts in the log.",
    ),
    Row(
        "Xero unavailable",
        lambda failure: failure.status in (500, 502, 503, 504),
        Action.RETRY,
        TRANSIENT,
        "Xero could not answer for {endpoint} (status {status}), also after several tries. Try again later.",
    ),
    Row(
        "unreadable answer",
        _is(200),
        Action.RETRY,
        TRANSIENT,
        "Xero's answers for {endpoint} could not be read, also after several tries. Try again later.",
    ),
    Row(
        "no answer",
        _is(0),
        Action.RETRY,
        TRANSIENT,
        "Xero could not be reached for {endpoint}, also after several tries. Check the network of the connector, then try again.",
    ),
    Row(
        "request refused",
        lambda failure: True,  # noqa: ARG005 - the last row takes what no other row took
        Action.FAIL,
        SYSTEM,
        "Xero refused the request for {endpoint} (status {status}). Please report it with the facts in the log.",
    ),
)
"""Looked up from the top; the first row that matches counts."""


def row_for(failure: Failure) -> Row:
    """Return the row of the error table for a failure."""
    return next(row for row in TABLE if row.matches(failure))


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
        f"{what} failed for a reason that the connector does not foresee. Please report it with the facts in the log.",
        f"{type(error).__name__} in {place}",
    )
