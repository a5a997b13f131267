"""The one error table: what follows on every answer of Xero's that is no success, and the sentence that a person reads.

See https://developer.xero.com/documentation/api/accounting/responsecodes and
https://developer.xero.com/documentation/oauth2/troubleshooting.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

from airbyte_cdk.models import FailureType

from source_xero_gl.wording import WITHOUT_JOURNALS
from source_xero_gl.xero.errors import (
    CONFIG,
    OFFLINE,
    SIGN_IN,
    SYSTEM,
    TRANSIENT,
    Action,
    Failure,
    Kind,
    XeroError,
)
from source_xero_gl.xero.pacing import LONGEST_WAIT_SECONDS
from source_xero_gl.xero.scopes import wanted_scope

_CLIENT_ERRORS = range(400, 500)
"""Statuses that say that the request was wrong."""

_RECONNECT = "Connect to Xero again (Authenticate) and allow the organisation."


@dataclass(frozen=True)
class ErrorRow:
    """One row of the error table.

    Attributes:
        matches: whether a failure belongs to this row, if it belongs to none above.
        sentence: for the person; may hold ``{endpoint}``, ``{scope}``, ``{status}`` and ``{when}``, the time of the next call.
    """

    kind: Kind
    matches: Callable[[Failure], bool]
    failure_type: FailureType
    sentence: str
    action: Action = Action.FAIL

    def error(self, failure: Failure) -> XeroError:
        """Return the exception of this row for a failure."""
        sentence = self.sentence.format(
            endpoint=failure.endpoint,
            status=failure.status,
            when=failure.when,
            scope=wanted_scope(failure.endpoint),
        )
        return XeroError(self.failure_type, sentence, failure.facts, self.kind, self.action, failure.retry_after)


def _is(status: int, word: str | None = None, endpoint: str | None = None) -> Callable[[Failure], bool]:
    """Match a status, a part of Xero's word for the problem, and an endpoint; None matches any."""

    def matches(failure: Failure) -> bool:
        named = word is None or word in (failure.word or "")
        return failure.status == status and named and endpoint in (None, failure.endpoint)

    return matches


def _at_sign_in(*words: str) -> Callable[[Failure], bool]:
    return lambda failure: failure.endpoint == SIGN_IN and failure.word in words


def _day_is_over(failure: Failure) -> bool:
    too_long = failure.retry_after is not None and failure.retry_after > LONGEST_WAIT_SECONDS
    return failure.status == HTTPStatus.TOO_MANY_REQUESTS and ("day" in (failure.word or "") or too_long)


TABLE: tuple[ErrorRow, ...] = (
    ErrorRow(
        Kind.CONNECTION_EXPIRED,
        _at_sign_in("invalid_grant"),
        CONFIG,
        "Xero does not accept the refresh token: it was used before, has not been used for 60 days, was revoked, or belongs "
        "to another app. Two connections must not share one refresh token. " + _RECONNECT,
    ),
    ErrorRow(
        Kind.WRONG_APP,
        _at_sign_in("invalid_client", "unauthorized_client"),
        CONFIG,
        "Xero does not know this app: credentials.client_id or credentials.client_secret is wrong, or the app may not sign "
        "in this way. Copy both again from the app's page at developer.xero.com.",
    ),
    ErrorRow(
        Kind.SCOPE_REFUSED,
        _at_sign_in("invalid_scope"),
        CONFIG,
        "Xero does not give this app the scopes it asked for. Compare the app's scopes at developer.xero.com with the "
        "documentation, then connect again.",
    ),
    ErrorRow(
        Kind.SIGN_IN_LIMITED,
        _is(429, endpoint=SIGN_IN),
        TRANSIENT,
        "Xero limits the number of sign-ins at the moment. Try again later.",
        Action.RETRY,
    ),
    ErrorRow(
        Kind.SIGN_IN_REFUSED,
        lambda failure: failure.endpoint == SIGN_IN and failure.status in _CLIENT_ERRORS,
        CONFIG,
        "Xero refused the sign-in (status {status}). Check the settings under credentials, then connect to Xero again.",
    ),
    ErrorRow(
        Kind.JOURNALS_NOT_ALLOWED,
        _is(401, "authorizationunsuccessful", endpoint="Journals"),
        CONFIG,
        "Xero does not let this app read Journals. Either the sign-in did not include the scope accounting.journals.read, "
        "or the app may not have it: Xero allows Journals to apps of the Advanced tier and above after approval, and to "
        "custom connections created before 29 April 2026. Get the scope and connect again, or set journals.include to false. "
        + WITHOUT_JOURNALS,
    ),
    ErrorRow(
        Kind.SCOPE_MISSING,
        _is(401, "authorizationunsuccessful"),
        CONFIG,
        "The sign-in does not include the scope that Xero wants for {endpoint}: {scope}. Connect to Xero again with that scope, "
        "or leave the stream out.",
    ),
    ErrorRow(
        Kind.TOKEN_REFUSED,
        _is(401),
        CONFIG,
        "Xero does not accept the access token for {endpoint}, even after it was renewed. " + _RECONNECT,
        Action.RENEW_TOKEN,
    ),
    ErrorRow(
        Kind.NOT_CONNECTED,
        _is(403, "authenticationunsuccessful"),
        CONFIG,
        "Xero refuses access to the organisation: the connection or the user's access to it was removed, the organisation "
        "was deleted, its trial ended, or it is a demo company that was reset. " + _RECONNECT,
    ),
    ErrorRow(
        Kind.JOURNALS_NEED_A_ROLE,
        _is(403, endpoint="Journals"),
        CONFIG,
        "The user who connected Xero may not read Journals: in Xero this needs a role with access to reports. Let a user "
        "with that role connect, or set journals.include to false. " + WITHOUT_JOURNALS,
    ),
    ErrorRow(
        Kind.PERMISSION_MISSING,
        _is(403),
        CONFIG,
        "The user who connected Xero may not read {endpoint}. Let a user with a role that may read it connect again, with the "
        "scope {scope}.",
    ),
    ErrorRow(
        Kind.DAY_LIMIT,
        _day_is_over,
        TRANSIENT,
        "Xero admits no more calls for this organisation: its daily limit is used up, or the wait is too long. Calls are "
        "possible again {when}. The next sync goes on from here.",
    ),
    ErrorRow(
        Kind.CONCURRENCY_LIMIT,
        _is(429, "concurrent"),
        TRANSIENT,
        "Xero kept refusing calls because too many were under way at a time, although the connector stays below the limit. Other "
        "jobs seem to use the same Xero app and organisation: run them at other times.",
        Action.WAIT,
    ),
    ErrorRow(
        Kind.RATE_LIMIT,
        _is(429),
        TRANSIENT,
        "Xero kept limiting the rate of calls although the connector waited. Other jobs seem to use the same Xero app and "
        "organisation: lower calls_per_minute, or run them at other times.",
        Action.WAIT,
    ),
    ErrorRow(
        Kind.ORGANISATION_OFFLINE,
        _is(503, OFFLINE),
        TRANSIENT,
        "Xero says that the organisation is offline at the moment, usually for some minutes. Try again later.",
        Action.RETRY_SLOWLY,
    ),
    ErrorRow(
        Kind.TOO_MANY_DOCUMENTS,
        _is(400, "highvolumeexception"),
        SYSTEM,
        "Xero refuses to list {endpoint} because more than 100,000 documents match, which is more than it lists in one go. "
        "Leave the stream out, and report it with the facts in the log.",
    ),
    ErrorRow(
        Kind.NOT_IMPLEMENTED,
        _is(501),
        SYSTEM,
        "Xero says that it does not implement this request for {endpoint}. Please report it with the facts in the log.",
    ),
    ErrorRow(
        Kind.UNAVAILABLE,
        lambda failure: failure.status in (500, 502, 503, 504),
        TRANSIENT,
        "Xero could not answer for {endpoint} (status {status}), even after several tries. Try again later.",
        Action.RETRY,
    ),
    ErrorRow(
        Kind.UNREADABLE,
        _is(200),
        TRANSIENT,
        "Xero's answers for {endpoint} could not be read, even after several tries. Try again later.",
        Action.RETRY,
    ),
    ErrorRow(
        Kind.NO_ANSWER,
        _is(0),
        TRANSIENT,
        "Xero could not be reached for {endpoint}, even after several tries. Check the network of the connector, then try again.",
        Action.RETRY,
    ),
    ErrorRow(
        Kind.REQUEST_REFUSED,
        lambda failure: True,  # noqa: ARG005 - the last row takes what no other row took
        SYSTEM,
        "Xero refused the request for {endpoint} (status {status}). Please report it with the facts in the log.",
    ),
)
"""Looked up from the top; the first row that matches counts."""


def error_for(failure: Failure) -> XeroError:
    """Return the error for a failure: the one place where an answer of Xero's gets its meaning."""
    return next(row for row in TABLE if row.matches(failure)).error(failure)
