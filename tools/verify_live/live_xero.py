"""The organisation that is probed: with GET only, at the paths listed here only, and with a bounded number of calls."""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import requests

from source_xero_gl.commands.organisation import Organisation
from source_xero_gl.xero.answers import parse_json
from source_xero_gl.xero.client import API_PATH
from source_xero_gl.xero.dates import format_header
from source_xero_gl.xero.error_table import error_for
from source_xero_gl.xero.errors import Kind, XeroError
from source_xero_gl.xero.transport import Answer, Transport

Json = dict[str, Any]

MOST_CALLS = 36
"""The most calls for the claims of the connector. Sign-in and the choice of the organisation are not counted."""

LEDGER_CALLS = 20
"""The most calls that the claims of the rebuilt ledger add."""

PATHS = (
    "Accounts",
    "BankTransactions",
    "BankTransfers",
    "Budgets",
    "CreditNotes",
    "Invoices",
    "Journals",
    "ManualJournals",
    "Organisation",
    "Overpayments",
    "Payments",
    "Prepayments",
    "Quotes",
    "Receipts",
    "Reports/TrialBalance",
)
_ONE_BUDGET = re.compile(r"Budgets/[0-9A-Fa-f-]{36}")


class NotTestedError(Exception):
    """A claim could not be tested. The text says why and holds nothing of the ledger."""


class ForbiddenCallError(AssertionError):
    """A probe asked for a path that is not listed, or for more calls than were announced."""


@dataclass(frozen=True)
class Reply:
    """What Xero answered to one question.

    Attributes:
        status: HTTP status.
        kind: Xero's word for the problem, in lower case; empty when it gives none.
        headers: of the answer, case-insensitive.
        body: the JSON object of a success; empty otherwise.
    """

    status: int
    kind: str
    headers: Mapping[str, str] = field(repr=False)
    body: Json = field(repr=False)

    def objects(self, key: str) -> list[Json]:
        """Return the objects of a list.

        Raises:
            NotTestedError: Xero refused, or there is no list.
        """
        if self.status != requests.codes.ok:
            raise NotTestedError(f"Xero answered {self.status}{f' ({self.kind})' if self.kind else ''}")
        objects = self.body.get(key)
        if not isinstance(objects, list):
            raise NotTestedError(f"the answer holds no list of {key}")
        return objects

    def pagination(self, name: str) -> int | None:
        """Return a number of ``pagination``, None where there is none."""
        pagination = self.body.get("pagination")
        value = pagination.get(name) if isinstance(pagination, dict) else None
        return int(str(value)) if str(value).isdigit() else None


class LiveXero:
    """Asks each question once, even when several probes need the answer."""

    def __init__(self, organisation: Organisation, stop: threading.Event, second: Path | None = None) -> None:
        """Ask an organisation that is open; ``second`` has another sign-in. When ``stop`` is set, waits end."""
        self.organisation = organisation
        self.second = second
        self.stop = stop
        self._transport = Transport(stop)
        self._replies: dict[tuple[object, ...], Reply] = {}
        self._limited = False
        self._most = MOST_CALLS
        self.calls = 0

    @property
    def tenant_id(self) -> str | None:
        """The tenant header; None for a custom connection, which sends none."""
        return self.organisation.connection.client.tenant_id

    @property
    def replies(self) -> list[Reply]:
        """Every answer so far."""
        return list(self._replies.values())

    def allow(self, calls: int) -> None:
        """Let so many calls more be made."""
        self._most += calls

    def get(self, path: str, params: Mapping[str, str | int] | None = None, since: int | None = None) -> Reply:
        """Ask with GET.

        Args:
            path: below ``/api.xro/2.0/``, one of ``PATHS`` or a single budget.
            params: of the query.
            since: instant for ``If-Modified-Since``.

        Raises:
            NotTestedError: Xero could not answer.
            ForbiddenCallError: the path is not listed, or the calls are used up.
        """
        key = (path, *sorted((params or {}).items()), since)
        if key not in self._replies:
            if path not in PATHS and not _ONE_BUDGET.fullmatch(path):
                raise ForbiddenCallError(path)
            if self.calls >= self._most:
                raise ForbiddenCallError(f"more than {self._most} calls")
            if self._limited:
                raise NotTestedError("not asked, because Xero limits the rate of calls")
            self._replies[key] = self._asked(path, params or {}, since)
        return self._replies[key]

    def _asked(self, path: str, params: Mapping[str, str | int], since: int | None) -> Reply:
        try:
            answer = self._sent(path, params, since)
        except XeroError as error:
            if error.kind is not Kind.NO_ANSWER:
                raise
            raise NotTestedError(f"no answer: {error.internal_message}") from None
        failure = answer.failure()
        self._limited = answer.status == requests.codes.too_many_requests
        if self._limited or answer.status >= requests.codes.server_error:
            raise NotTestedError(f"{error_for(failure).internal_message}")
        body: object = {}
        if answer.status == requests.codes.ok:
            try:
                body = parse_json(answer.body)
            except ValueError:
                raise NotTestedError("the answer is not JSON") from None
        kind = "" if answer.status == requests.codes.ok else failure.word or ""
        return Reply(answer.status, kind, answer.headers, body if isinstance(body, dict) else {})

    def _sent(self, path: str, params: Mapping[str, str | int], since: int | None) -> Answer:
        connection = self.organisation.connection
        with connection.client.gate.slot() as send:
            token = connection.tokens.current()
            connection.client.gate.leaves(send)
            headers = {"Accept": "application/json", "Authorization": f"Bearer {token}"}
            if self.tenant_id is not None:
                headers["xero-tenant-id"] = self.tenant_id
            if since is not None:
                headers["If-Modified-Since"] = format_header(since)
            query = urlencode(params, quote_via=quote)  # a blank is %20, as in the connector
            url = f"{self.organisation.environment.api_url}{API_PATH}{path}"
            self.calls += 1
            answer = self._transport.send(path, requests.Request("GET", url, headers=headers, params=query))
            connection.client.gate.observe(send, answer.headers)
            return answer
