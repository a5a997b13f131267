"""One small Xero behind requests-mock, for tests of the whole source without a socket."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import datetime, timezone
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests_mock

from unit_tests.fake_xero.wire import TENANT, unwired, wire

TOKEN = "eyJ-access-0123456789"
CONFIG: dict[str, Any] = {"credentials": {"auth_type": "access_token", "access_token": TOKEN}, "tenant": TENANT}
FULL_PAGE = 100
"""Journals a page, by Xero's documentation of Journals."""
HUNDREDS = ("LinkedTransactions", "Quotes")
"""Lists of pages that Xero describes without ``pageSize`` and without ``pagination``."""
DETAILED = ("Budgets",)
"""Lists whose objects are asked for one by one as well; here such a call answers like the list."""

NOT_ALLOWED = {"Type": None, "Title": "Unauthorized", "Status": 401, "Detail": "AuthorizationUnsuccessful"}
FORBIDDEN = {"Type": None, "Title": "Forbidden", "Status": 403, "Detail": "no permission for Ledger Holdings"}


def journal(number: int, **fields: Any) -> dict[str, Any]:
    """Return a journal as Xero sends it: two lines that balance."""
    lines = [
        {"JournalLineID": f"{number}-{sign}", "AccountCode": "200", "NetAmount": sign * 12.5, "TrackingCategories": []}
        for sign in (1, -1)
    ]
    return {
        "JournalID": f"journal-{number}",
        "JournalDate": "/Date(1419937200000+0000)/",
        "JournalNumber": number,
        "CreatedDateUTC": wire(1_419_937_200_000 + number * 1000),
        "JournalLines": lines,
        **fields,
    }


def invoice(row: int, seconds: int = 0) -> dict[str, Any]:
    """Return an invoice as Xero sends it, changed so many seconds after the others."""
    return {
        "InvoiceID": f"invoice-{row:05d}",
        "Type": "ACCREC",
        "Total": 10.25,
        "Date": "/Date(1419937200000+0000)/",
        "DateString": "2014-12-30T00:00:00",
        "UpdatedDateUTC": wire(1_439_434_356_790 + seconds * 1000),
        "LineItems": [{"LineItemID": f"line-{row}", "UnitAmount": 2.5625, "Quantity": 4.0}],
    }


def changed(row: dict[str, Any]) -> str:
    """Return when a row was changed, or a journal created, as the header ``If-Modified-Since`` writes it."""
    stamp = row["CreatedDateUTC"] if "CreatedDateUTC" in row else row["UpdatedDateUTC"]
    return datetime.fromtimestamp(unwired(stamp) // 1000, tz=timezone.utc).strftime("%Y-%m-%dT%H:%M:%S")


class FakeXero:
    """Answers like Xero from plain lists.

    Attributes:
        rows: the objects of each list endpoint; one that is not there answers an empty list.
        refusals: status and body with which an endpoint refuses every call, by endpoint.
        headers: of every answer.
        connections: what ``/connections`` lists.
        calls: the queries of each endpoint, in order.
    """

    def __init__(self, mocker: requests_mock.Mocker) -> None:
        """Answer every call that ``mocker`` sees."""
        self.rows: dict[str, list[dict[str, Any]]] = {
            "Organisation": [{"OrganisationID": TENANT, "Name": "Ledger Holdings"}]
        }
        self.refusals: dict[str, tuple[int, dict[str, Any], dict[str, str]]] = {}
        self.connections = [{"tenantId": TENANT, "tenantType": "ORGANISATION", "tenantName": "Ledger Holdings"}]
        self.headers: dict[str, str] = {}
        self.calls: defaultdict[str, list[dict[str, str]]] = defaultdict(list)
        mocker.get(requests_mock.ANY, text=self._answer)

    def refuse(
        self, endpoint: str, status: int, body: dict[str, Any] | None = None, headers: dict[str, str] | None = None
    ) -> None:
        """Refuse every call of an endpoint from now on."""
        self.refusals[endpoint] = (status, body or {}, headers or {})

    def _answer(self, request: Any, context: Any) -> str:
        url = urlsplit(request.url)
        *_, parent, endpoint = url.path.split("/")
        endpoint, query = parent if parent in DETAILED else endpoint, dict(parse_qsl(url.query))
        self.calls[endpoint].append(query)
        context.headers["Content-Type"] = "application/json; charset=utf-8"
        context.headers.update(self.headers)
        if endpoint in self.refusals:
            context.status_code, body, headers = self.refusals[endpoint]
            context.headers.update(headers)
            return json.dumps(body)
        if endpoint == "connections":
            return json.dumps(self.connections)
        if parent == "Reports":
            return json.dumps({parent: self.rows.get(endpoint, [])})
        return json.dumps(self._page(endpoint, query, request.headers.get("If-Modified-Since", "")))

    def _page(self, endpoint: str, query: dict[str, str], since: str) -> dict[str, Any]:
        """Return the answer of a list; ``since`` is the header, which admits its own second."""
        rows = [row for row in self.rows.get(endpoint, []) if not since or changed(row) >= since]
        if endpoint == "Organisation":
            return {"Organisations": rows}
        if endpoint == "Journals":
            offset = int(query["offset"])
            return {endpoint: [row for row in rows if row["JournalNumber"] > offset][:FULL_PAGE]}
        if "page" not in query:
            return {endpoint: rows}
        page = int(query["page"])
        if endpoint in HUNDREDS:
            assert "pageSize" not in query, f"{endpoint} knows no pageSize"
            return {endpoint: rows[(page - 1) * FULL_PAGE : page * FULL_PAGE]}
        size = int(query["pageSize"])
        pagination = {"page": page, "pageSize": size, "pageCount": -(-len(rows) // size), "itemCount": len(rows)}
        return {"pagination": pagination, endpoint: rows[(page - 1) * size : page * size]}
