"""Xero's failures as it answers them, each with its kind and the words that a person must read."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import requests
from airbyte_cdk.models import FailureType

from source_xero_gl.xero.errors import CONFIG, SYSTEM, TRANSIENT, Kind
from unit_tests.xero.fakes import ACCESS_TOKEN

CORRELATION_ID = "0f3f1d9c-7f0e-4c6a-9d1b-0a54be2c9a10"
LEDGER = "Rent-Smith-4711.50"
"""Stands for what a body must not bring into a message."""

CLIENT_ID = "client-id-s3cr3t"
CLIENT_SECRET = "client-secret-s3cr3t"
REFRESH_TOKEN = "refresh-token-s3cr3t"
SECRETS = (LEDGER, ACCESS_TOKEN, CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN, "access-1", "access-2")

PLAIN, HTML, XML = "text/plain", "text/html; charset=utf-8", "text/xml; charset=utf-8"
SIGN_IN = "sign-in"


def problem(detail: str, title: str) -> str:
    """Return the JSON of a refused call."""
    return json.dumps({"Type": None, "Title": title, "Detail": detail, "Instance": LEDGER, "Extensions": {}})


def exception_xml(name: str, number: int) -> str:
    """Return the XML of an exception, which Xero sends whatever was asked for."""
    return f"<ApiException><ErrorNumber>{number}</ErrorNumber><Type>{name}</Type><Message>{LEDGER}</Message></ApiException>"


def exception_json(name: str, number: int) -> str:
    """Return the JSON of an exception."""
    return json.dumps({"ErrorNumber": number, "Type": name, "Message": LEDGER, "Elements": [{"Reference": LEDGER}]})


def oauth(error: str) -> str:
    """Return the JSON of a refused token request."""
    return json.dumps({"error": error, "error_description": LEDGER})


@dataclass(frozen=True)
class Case:
    """An answer of Xero, its kind and what the person must be told."""

    kind: Kind
    failure_type: FailureType
    words: tuple[str, ...]
    endpoint: str = "Invoices"
    status: int = 200
    body: str = ""
    content_type: str = "application/json; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)
    calls: int = 1

    @property
    def answer(self) -> dict[str, Any]:
        """What requests-mock is to answer."""
        if not self.status:
            return {"exc": requests.ConnectTimeout(f"Bearer {ACCESS_TOKEN} {LEDGER}")}
        headers = {"Content-Type": self.content_type, "Xero-Correlation-Id": CORRELATION_ID, **self.headers}
        return {"status_code": self.status, "text": self.body, "headers": headers}


RECONNECT = ("Connect to Xero again (Authenticate)",)
LATER = ("Try again later",)
UNAUTHORIZED = problem("AuthorizationUnsuccessful", "Unauthorized")

CASES = [
    Case(
        Kind.CONNECTION_EXPIRED, CONFIG, ("refresh token", "60 days", *RECONNECT), SIGN_IN, 400, oauth("invalid_grant")
    ),
    Case(
        Kind.WRONG_APP,
        CONFIG,
        ("credentials.client_id", "client_secret"),
        SIGN_IN,
        400,
        oauth("invalid_client"),
    ),
    Case(Kind.WRONG_APP, CONFIG, ("developer.xero.com",), SIGN_IN, 400, oauth("unauthorized_client")),
    Case(Kind.SCOPE_REFUSED, CONFIG, ("scopes", "connect again"), SIGN_IN, 400, oauth("invalid_scope")),
    Case(Kind.SIGN_IN_LIMITED, TRANSIENT, LATER, SIGN_IN, 429, "slow down " + LEDGER, PLAIN, calls=6),
    Case(Kind.SIGN_IN_REFUSED, CONFIG, ("under credentials",), SIGN_IN, 400, oauth("unsupported_grant_type")),
    Case(Kind.SIGN_IN_REFUSED, CONFIG, ("status 403",), SIGN_IN, 403, f"<html>{LEDGER}</html>", HTML),
    Case(Kind.UNAVAILABLE, TRANSIENT, (SIGN_IN, *LATER), SIGN_IN, 503, f"<html>{LEDGER}</html>", HTML, calls=6),
    Case(Kind.UNREADABLE, TRANSIENT, (SIGN_IN, *LATER), SIGN_IN, 200, f"<html>{LEDGER}</html>", HTML, calls=6),
    Case(Kind.NO_ANSWER, TRANSIENT, (SIGN_IN, "network"), SIGN_IN, 0, calls=6),
    Case(
        Kind.JOURNALS_NOT_ALLOWED,
        CONFIG,
        ("accounting.journals.read", "Advanced", "journals.include to false"),
        "Journals",
        401,
        UNAUTHORIZED,
    ),
    Case(Kind.SCOPE_MISSING, CONFIG, ("scope", "Contacts", "Connect to Xero again"), "Contacts", 401, UNAUTHORIZED),
    Case(
        Kind.SCOPE_MISSING,
        CONFIG,
        ("Contacts",),
        "Contacts",
        401,
        LEDGER,
        PLAIN,
        {"WWW-Authenticate": 'Bearer error="insufficient_scope"'},
    ),
    Case(
        Kind.TOKEN_REFUSED,
        CONFIG,
        ("Invoices", *RECONNECT),
        status=401,
        body=problem(f"TokenExpired: token expired at 05/01/2026 10:11:12 {LEDGER}", "Unauthorized"),
        calls=2,
    ),
    Case(Kind.TOKEN_REFUSED, CONFIG, RECONNECT, status=401, body=f"<html>{LEDGER}</html>", content_type=HTML, calls=2),
    Case(
        Kind.NOT_CONNECTED,
        CONFIG,
        ("demo company", *RECONNECT),
        "Journals",
        403,
        problem("AuthenticationUnsuccessful", "Forbidden"),
    ),
    Case(Kind.JOURNALS_NEED_A_ROLE, CONFIG, ("role", "journals.include to false"), "Journals", 403, LEDGER, PLAIN),
    Case(
        Kind.PERMISSION_MISSING,
        CONFIG,
        ("Invoices", "role"),
        status=403,
        body=f"<html>{LEDGER}</html>",
        content_type=HTML,
    ),
    Case(
        Kind.DAY_LIMIT,
        TRANSIENT,
        ("daily limit", "in 5 h 1 min", "goes on from here"),
        status=429,
        headers={"X-Rate-Limit-Problem": "Day", "Retry-After": "18001"},
    ),
    Case(Kind.DAY_LIMIT, TRANSIENT, ("within 24 hours",), status=429, headers={"X-Rate-Limit-Problem": "day"}),
    Case(
        Kind.DAY_LIMIT,
        TRANSIENT,
        ("in 1 h 0 min",),
        status=429,
        headers={"X-Rate-Limit-Problem": "minute", "Retry-After": "3600"},
    ),
    Case(
        Kind.RATE_LIMIT,
        TRANSIENT,
        ("calls_per_minute", "run them at other times"),
        status=429,
        body=LEDGER,
        content_type=PLAIN,
        headers={"X-Rate-Limit-Problem": "Minute", "Retry-After": "2"},
        calls=12,
    ),
    Case(
        Kind.CONCURRENCY_LIMIT,
        TRANSIENT,
        ("too many were under way at a time", "run them at other times"),
        status=429,
        headers={"X-Rate-Limit-Problem": "Concurrent"},
        calls=12,
    ),
    Case(
        Kind.ORGANISATION_OFFLINE,
        TRANSIENT,
        ("organisation is offline", *LATER),
        status=503,
        body=f"The Organisation is offline {LEDGER}",
        content_type=PLAIN,
        calls=6,
    ),
    Case(
        Kind.TOO_MANY_DOCUMENTS,
        SYSTEM,
        ("Invoices", "more than 100,000 documents match"),
        status=400,
        body=exception_json("HighVolumeException", 51),
    ),
    Case(
        Kind.TOO_MANY_DOCUMENTS,
        SYSTEM,
        ("100,000",),
        status=400,
        body=exception_xml("HighVolumeException", 51),
        content_type=XML,
    ),
    Case(
        Kind.NOT_IMPLEMENTED,
        SYSTEM,
        ("Quotes", "report"),
        "Quotes",
        501,
        exception_xml("ApiMethodNotImplementedException", 20),
        HTML,
    ),
    Case(
        Kind.UNAVAILABLE,
        TRANSIENT,
        ("Invoices", "status 500", *LATER),
        status=500,
        body=exception_xml("UnknownErrorException", 500),
        content_type=XML,
        calls=6,
    ),
    *(
        Case(Kind.UNAVAILABLE, TRANSIENT, (f"status {status}",), status=status, body=LEDGER, content_type=HTML, calls=6)
        for status in (502, 503, 504)
    ),
    Case(Kind.UNREADABLE, TRANSIENT, ("Invoices", *LATER), body=f'{{"Invoices": [{{"Reference": "{LEDGER}', calls=6),
    Case(Kind.UNREADABLE, TRANSIENT, ("Invoices",), body=json.dumps({"Reference": LEDGER}), calls=6),
    Case(Kind.NO_ANSWER, TRANSIENT, ("Invoices", "network"), status=0, calls=6),
    Case(
        Kind.REQUEST_REFUSED,
        SYSTEM,
        ("Invoices", "status 400", "report"),
        status=400,
        body=exception_json("ValidationException", 10),
    ),
    Case(
        Kind.REQUEST_REFUSED,
        SYSTEM,
        ("status 404",),
        status=404,
        body=f"The resource you're looking for cannot be found {LEDGER}",
        content_type=HTML,
    ),
    Case(Kind.REQUEST_REFUSED, SYSTEM, ("status 412",), status=412, body=LEDGER, content_type=PLAIN),
    Case(Kind.REQUEST_REFUSED, SYSTEM, ("status 302",), status=302, headers={"Location": f"https://{LEDGER}/"}),
]
