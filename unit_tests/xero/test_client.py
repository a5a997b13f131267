"""The client: what it asks Xero and what it makes of pages."""

from __future__ import annotations

import dataclasses
from types import SimpleNamespace
from typing import Any
from unittest.mock import ANY

import pytest
import requests
import requests_mock

from source_xero_gl.xero import transport
from source_xero_gl.xero.client import Page
from source_xero_gl.xero.errors import CONFIG, XeroError
from source_xero_gl.xero.gate import Gate
from source_xero_gl.xero.tokens.tokens import GivenToken
from unit_tests.xero.fakes import (
    ACCESS_TOKEN,
    EXPIRED,
    TENANT_ID,
    Clock,
    InstantStop,
    NumberedTokens,
    client,
    list_url,
)

JOURNALS = list_url("Journals")
INVOICES = list_url("Invoices")


def last(xero: requests_mock.Mocker) -> Any:
    """Return the last request."""
    assert xero.last_request is not None
    return xero.last_request


def read(endpoint: str, modified_since: int | None = None) -> Page:
    """Return a page, but for the time that its call took."""
    page = client().page(endpoint, endpoint, modified_since=modified_since)
    return dataclasses.replace(page, seconds=0.0)


def test_a_page_is_asked_for_as_xero_wants_it(requests_mock: requests_mock.Mocker) -> None:
    """JSON, the token, the tenant and the query; no If-Modified-Since unless it is asked for."""
    requests_mock.get(JOURNALS, json={"Journals": []})
    xero = client()
    xero.tenant_id = TENANT_ID
    xero.page("Journals", "Journals", {"offset": 100, "paymentsOnly": "true"})
    request = last(requests_mock)
    assert request.url == f"{JOURNALS}?offset=100&paymentsOnly=true"
    assert request.headers["Accept"] == "application/json"
    assert request.headers["Authorization"] == f"Bearer {ACCESS_TOKEN}"
    assert request.headers["xero-tenant-id"] == TENANT_ID
    assert "If-Modified-Since" not in request.headers


def test_a_custom_connection_sends_no_tenant(requests_mock: requests_mock.Mocker) -> None:
    """Its token reaches one organisation; the header is left out, not sent empty."""
    requests_mock.get(JOURNALS, json={"Journals": []})
    client().page("Journals", "Journals")
    assert "xero-tenant-id" not in last(requests_mock).headers


def test_modified_since_is_a_header_of_whole_seconds(requests_mock: requests_mock.Mocker) -> None:
    """UTC, yyyy-MM-ddTHH:mm:ss: Xero ignores any other form, and then returns everything."""
    requests_mock.get(INVOICES, json={"Invoices": []})
    client().page("Invoices", "Invoices", modified_since=1_439_434_356_790)
    assert last(requests_mock).headers["If-Modified-Since"] == "2015-08-13T02:52:36"


def test_a_page_has_rows_counts_and_the_server_time(requests_mock: requests_mock.Mocker) -> None:
    """Rows are as Xero sent them; pagination and the Date header come along."""
    rows = [{"InvoiceID": "1", "Total": 10.5, "New": {"field": None}}]
    pagination = {"page": 1, "pageSize": 1000, "pageCount": 3, "itemCount": 2001}
    requests_mock.get(
        INVOICES,
        json={"Id": "x", "Status": "OK", "pagination": pagination, "Invoices": rows},
        headers={"Date": "Sun, 06 Nov 1994 08:49:37 GMT"},
    )
    assert read("Invoices") == Page(rows, 3, 2001, 784_111_777_000, size=ANY)


def test_quoted_counts_are_counts(requests_mock: requests_mock.Mocker) -> None:
    """Xero sometimes quotes numbers: a walk over pages must not end early for that."""
    requests_mock.get(INVOICES, json={"pagination": {"pageCount": "3", "itemCount": "2001"}, "Invoices": []})
    assert read("Invoices") == Page([], 3, 2001, size=ANY)


def test_a_page_tells_how_long_its_call_took(
    requests_mock: requests_mock.Mocker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From sending to the last byte; the wait at the gate is not part of it."""
    clock, stop = Clock(step=0.25), InstantStop()
    monkeypatch.setattr("source_xero_gl.xero.gate.POLL_SECONDS", 1e-5)
    monkeypatch.setattr(transport, "time", SimpleNamespace(monotonic=lambda: clock.now))
    gate = Gate(60, stop, clock=clock)
    gate.hold(100)

    def answer(*_: Any) -> dict[str, Any]:
        clock.pass_by(2.5)
        return {"Journals": []}

    requests_mock.get(JOURNALS, json=answer)
    assert client(stop=stop, gate=gate).page("Journals", "Journals").seconds == 2.5


def test_a_page_tells_how_large_its_answer_is(requests_mock: requests_mock.Mocker) -> None:
    """In bytes, by which an estimate knows what a whole list will be."""
    requests_mock.get(JOURNALS, content=b'{"Journals": []}')
    assert read("Journals").size == 16


@pytest.mark.parametrize(
    "envelope", [{}, {"pagination": None}, {"pagination": {"pageCount": -1, "itemCount": "many"}}, {"pagination": []}]
)
def test_a_page_without_pagination_has_no_counts(envelope: dict[str, Any], requests_mock: requests_mock.Mocker) -> None:
    """Journals and most lists send none; counts that are no counts are none."""
    requests_mock.get(JOURNALS, json={"Journals": [], **envelope})
    assert read("Journals") == Page([], size=ANY)


def test_not_modified_is_an_empty_page(requests_mock: requests_mock.Mocker) -> None:
    """304 means that nothing has changed since, and is no failure."""
    requests_mock.get(INVOICES, status_code=304, headers={"Date": "Sun, 06 Nov 1994 08:49:37 GMT"})
    assert read("Invoices", modified_since=0) == Page([], None, None, 784_111_777_000)


@pytest.mark.parametrize(
    "body",
    [
        b'{"Journals": [{"JournalID": "1"',
        b"",
        b"<html></html>",
        b"[]",
        b'{"Invoices": []}',
        b'{"Journals": null}',
        b'{"Journals": {}}',
        b'{"Journals": [1]}',
    ],
)
def test_a_page_that_cannot_be_read_is_asked_for_again(body: bytes, requests_mock: requests_mock.Mocker) -> None:
    """A truncated or foreign body is never taken for an empty page, which would end the journals."""
    requests_mock.get(JOURNALS, [{"content": body}, {"json": {"Journals": [{"JournalNumber": 1}]}}])
    assert client().page("Journals", "Journals", {"offset": 0}).objects == [{"JournalNumber": 1}]
    assert [request.query for request in requests_mock.request_history] == ["offset=0"] * 2


def test_one_object_in_place_of_a_list_is_a_list_of_one(requests_mock: requests_mock.Mocker) -> None:
    """Xero's example of https://developer.xero.com/documentation/api/accounting/budgets shows a single budget so."""
    requests_mock.get("https://api.xero.com/api.xro/2.0/Budgets/a", json={"Budgets": {"BudgetID": "a"}})
    assert client().page("Budgets/a", "Budgets").objects == [{"BudgetID": "a"}]


def test_lone_surrogates_become_replacement_characters(requests_mock: requests_mock.Mocker) -> None:
    """Half an emoji in a reference does not cost the page."""
    requests_mock.get(JOURNALS, content=rb'{"Journals": [{"Reference": "caf\u00e9 \ud83d"}]}')
    assert client().page("Journals", "Journals").objects == [{"Reference": "café �"}]


@pytest.mark.parametrize(
    "passing",
    [{"exc": requests.ReadTimeout}, {"exc": requests.ConnectionError}, {"status_code": 500}, {"status_code": 503}],
)
def test_what_may_pass_is_tried_again(passing: dict[str, Any], requests_mock: requests_mock.Mocker) -> None:
    """An outage of some seconds is not seen; each try passes the gate."""
    requests_mock.get(JOURNALS, [passing, {"json": {"Journals": []}}])
    stop = InstantStop()
    gate = Gate(60, stop)
    assert client(stop=stop, gate=gate).page("Journals", "Journals").objects == []
    assert gate.count().made == 2


def test_an_expired_token_is_renewed_and_the_call_repeated(requests_mock: requests_mock.Mocker) -> None:
    """One renewal, the same request again with the new token."""
    requests_mock.get(JOURNALS, [EXPIRED, {"json": {"Journals": []}}])
    tokens = NumberedTokens()
    client(tokens).page("Journals", "Journals", {"offset": 7})
    assert tokens.refused == ["access-1"]
    assert [(request.headers["Authorization"], request.query) for request in requests_mock.request_history] == [
        ("Bearer access-1", "offset=7"),
        ("Bearer access-2", "offset=7"),
    ]


def test_a_new_token_that_is_refused_too_is_final(requests_mock: requests_mock.Mocker) -> None:
    """No loop of renewals, each of which spends a refresh token."""
    requests_mock.get(JOURNALS, **EXPIRED)
    tokens = NumberedTokens()
    with pytest.raises(XeroError) as raised:
        client(tokens).page("Journals", "Journals")
    assert raised.value.failure_type is CONFIG
    assert requests_mock.call_count == 2
    assert tokens.refused == ["access-1"]


def test_a_token_that_cannot_be_renewed_still_tells_the_facts(requests_mock: requests_mock.Mocker) -> None:
    """The engineer gets Xero's answer, with the ID that its support asks for, beside the reason."""
    requests_mock.get(JOURNALS, status_code=401, headers={"Xero-Correlation-Id": "corr-1"})
    with pytest.raises(XeroError, match=r"credentials\.access_token") as raised:
        client(GivenToken("pasted-s3cr3t")).page("Journals", "Journals")
    assert "Journals answered 401, Xero-Correlation-Id corr-1" in str(raised.value.internal_message)
    assert "s3cr3t" not in repr(raised.value) + str(raised.value.internal_message)


def test_a_missing_scope_costs_no_renewal(requests_mock: requests_mock.Mocker) -> None:
    """A new token would have the same scopes."""
    requests_mock.get(
        JOURNALS,
        status_code=401,
        json={"Detail": "AuthorizationUnsuccessful"},
        headers={"Content-Type": "application/json"},
    )
    tokens = NumberedTokens()
    with pytest.raises(XeroError, match=r"accounting\.journals\.read"):
        client(tokens).page("Journals", "Journals")
    assert tokens.refused == []


def test_the_query_is_percent_encoded(requests_mock: requests_mock.Mocker) -> None:
    """A blank in the query goes out as %20, as Xero's documentation writes it, and never as a plus sign."""
    requests_mock.get(INVOICES, json={"Invoices": []})
    client().page("Invoices", "Invoices", {"order": "UpdatedDateUTC ASC", "where": 'Type == "ACCREC"'})
    assert last(requests_mock).url.endswith("?order=UpdatedDateUTC%20ASC&where=Type%20%3D%3D%20%22ACCREC%22")
