"""Xero's failures as it answers them, each with the row of the error table and the words that a person must read."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import requests
from airbyte_cdk.models import FailureType

from source_xero_gl.xero.errors import CONFIG, SYSTEM, TRANSIENT
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
    """An answer of Xero, the row that it falls into and what the person must be told."""

    row: str
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
    Case("connection expired", CONFIG, ("refresh token", "60 days", *RECONNECT), SIGN_IN, 400, oauth("invalid_grant")),
    Case(
        "wrong app credentials",
        CONFIG,
        ("credentials.client_id", "client_secret"),
        SIGN_IN,
        400,
        oauth("invalid_client"),
    ),
    Case("wrong app credentials", CONFIG, ("developer.xero.com",), SIGN_IN, 400, oauth("unauthorized_client")),
    Case("scope refused", CONFIG, ("scopes", "connect again"), SIGN_IN, 400, oauth("invalid_scope")),
    Case("sign-in limited", TRANSIENT, LATER, SIGN_IN, 429, "slow down " + LEDGER, PLAIN, calls=6),
    Case("sign-in refused", CONFIG, ("under credentials",), SIGN_IN, 400, oauth("unsupported_grant_type")),
    Case("sign-in refused", CONFIG, ("status 403",), SIGN_IN, 403, f"<html>{LEDGER}</html>", HTML),
    Case("Xero unavailable", TRANSIENT, (SIGN_IN, *LATER), SIGN_IN, 503, f"<html>{LEDGER}</html>", HTML, calls=6),
    Case("unreadable answer", TRANSIENT, (SIGN_IN, *LATER), SIGN_IN, 200, f"<html>{LEDGER}</html>", HTML, calls=6),
    Case("no answer", TRANSIENT, (SIGN_IN, "network"), SIGN_IN, 0, calls=6),
    Case(
        "journals not allowed",
        CONFIG,
        ("accounting.journals.read", "Advanced", "journals.include to false"),
        "Journals",
        401,
        UNAUTHORIZED,
    ),
    Case("scope missing", CONFIG, ("scope", "Contacts", "Connect to Xero again"), "Contacts", 401, UNAUTHORIZED),
    Case(
        "scope missing",
        CONFIG,
        ("Contacts",),
        "Contacts",
        401,
        LEDGER,
        PLAIN,
        {"WWW-Authenticate": 'Bearer error="insufficient_scope"'},
    ),
    Case(
        "token refused",
        CONFIG,
        ("Invoices", *RECONNECT),
        status=401,
        body=problem(f"TokenExpired: token expired at 05/01/2026 10:11:12 {LEDGER}", "Unauthorized"),
        calls=2,
    ),
    Case("token refused", CONFIG, RECONNECT, status=401, body=f"<html>{LEDGER}</html>", content_type=HTML, calls=2),
    Case(
        "organisation not connected",
        CONFIG,
        ("demo company", *RECONNECT),
        "Journals",
        403,
        problem("AuthenticationUnsuccessful", "Forbidden"),
    ),
    Case("journals need a role", CONFIG, ("role", "journals.include to false"), "Journals", 403, LEDGER, PLAIN),
    Case(
        "permission missing", CONFIG, ("Invoices", "role"), status=403, body=f"<html>{LEDGER}</html>", content_type=HTML
    ),
    Case(
        "day limit",
        TRANSIENT,
        ("daily limit", "in 5 h 1 min", "goes on where this one stopped"),
        status=429,
        headers={"X-Rate-Limit-Problem": "Day", "Retry-After": "18001"},
    ),
    Case("day limit", TRANSIENT, ("within 24 hours",), status=429, headers={"X-Rate-Limit-Problem": "day"}),
    Case(
        "day limit",
        TRANSIENT,
        ("in 1 h 0 min",),
        status=429,
        headers={"X-Rate-Limit-Problem": "minute", "Retry-After": "3600"},
    ),
    Case(
        "rate limit",
        TRANSIENT,
        ("calls_per_minute", "spread the schedules"),
        status=429,
        body=LEDGER,
        content_type=PLAIN,
        headers={"X-Rate-Limit-Problem": "Minute", "Retry-After": "2"},
        calls=12,
    ),
    Case(
        "organisation offline",
        TRANSIENT,
        ("organisation is offline", *LATER),
        status=503,
        body=f"The Organisation is offline {LEDGER}",
        content_type=PLAIN,
        calls=6,
    ),
    Case(
        "too many documents",
        SYSTEM,
        ("Invoices", "more than 100,000 documents match"),
        status=400,
        body=exception_json("HighVolumeException", 51),
    ),
    Case(
        "too many documents",
        SYSTEM,
        ("100,000",),
        status=400,
        body=exception_xml("HighVolumeException", 51),
        content_type=XML,
    ),
    Case(
        "not implemented",
        SYSTEM,
        ("Quotes", "report"),
        "Quotes",
        501,
        exception_xml("ApiMethodNotImplementedException", 20),
        HTML,
    ),
    Case(
        "Xero unavailable",
        TRANSIENT,
        ("Invoices", "status 500", *LATER),
        status=500,
        body=exception_xml("UnknownErrorException", 500),
        content_type=XML,
        calls=6,
    ),
    *(
        Case(
            "Xero unavailable", TRANSIENT, (f"status {status}",), status=status, body=LEDGER, content_type=HTML, calls=6
        )
        for status in (502, 503, 504)
    ),
    Case(
        "unreadable answer", TRANSIENT, ("Invoices", *LATER), body=f'{{"Invoices": [{{"Reference": "{LEDGER}', calls=6
    ),
    Case("unreadable answer", TRANSIENT, ("Invoices",), body=json.dumps({"Reference": LEDGER}), calls=6),
    Case("no answer", TRANSIENT, ("Invoices", "network"), status=0, calls=6),
    Case(
        "request refused",
        SYSTEM,
        ("Invoices", "status 400", "report"),
        status=400,
        body=exception_json("ValidationException", 10),
    ),
    Case(
        "request refused",
        SYSTEM,
        ("status 404",),
        status=404,
        body=f"The resource you're looking for cannot be found {LEDGER}",
        content_type=HTML,
    ),
    Case("request refused", SYSTEM, ("status 412",), status=412, body=LEDGER, content_type=PLAIN),
    Case("request refused", SYSTEM, ("status 302",), status=302, headers={"Location": f"https://{LEDGER}/"}),
]
