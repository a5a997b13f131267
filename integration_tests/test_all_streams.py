"""Every stream of the catalog, in one sync and a second one: complete, as declared, and cheap when nothing has changed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from integration_tests.connector import Connector
from integration_tests.expected import ALL_LISTS, assert_same, truth, undeclared
from integration_tests.flat import TWINS, allocate, flat_rows
from integration_tests.protocol import Json, Output
from integration_tests.report_months import MORE_REPORTS, REPORTS, SWITCHES, at, lock
from local_xero.process import XeroServerProcess

STREAMS = (*ALL_LISTS, *TWINS, *REPORTS, *MORE_REPORTS)
BY_STAMP = (
    *("invoices", "invoice_line_items", "contacts", "credit_notes", "purchase_orders", "quotes", "manual_journals"),
    *("payments", "batch_payments", "prepayments", "overpayments", "bank_transactions", "users"),
    *("credit_note_line_items", "credit_note_allocations", "purchase_order_line_items", "quote_line_items"),
    *("manual_journal_lines", "prepayment_line_items", "prepayment_allocations", "overpayment_line_items"),
    *("overpayment_allocations", "bank_transaction_line_items"),
)
"""Streams whose cursor is UpdatedDateUTC."""

TODAY, STARTING_ON, LOCKED = "2026-10-20", "2026-06-01", "2026-07-31"
OPEN_MONTHS = 3  # August to October
CATEGORIES = 2  # tracking categories that are active
OVERLAP = timedelta(minutes=5, seconds=2)
"""Five minutes, and what whole seconds in the header cost."""

CALLS = {
    "Journals": 2,  # accrual and cash basis; their flat tables cost nothing
    "Organisation": 2,  # the stream, and the lock date for all reports together
    "Quotes": 4,  # as these lists do not say how long they are, the end must be seen
    "LinkedTransactions": 4,
    "Budgets": 13,  # the list; of each of the two budgets the present window, one more with amounts, and two empty ones a side
    "TrackingCategories": 2,  # the stream, and the categories of profit and loss
    "Reports/TrialBalance": 2 * OPEN_MONTHS,  # accrual and cash basis
    "Reports/BalanceSheet": 2 * OPEN_MONTHS,
    "Reports/ProfitAndLoss": (2 + CATEGORIES) * OPEN_MONTHS,
    "Reports/BankSummary": OPEN_MONTHS,
}
"""Calls of a second sync in which nothing has changed; of every other list one."""


@dataclass(frozen=True)
class Syncs:
    """A first sync of all streams, a second one on its state, what Xero has, and what the second one called."""

    first: Output
    second: Output
    truth: dict[str, list[Json]]
    calls: dict[str, int]


@pytest.fixture(scope="module")
def connector(tmp_path_factory: pytest.TempPathFactory, xero_process: XeroServerProcess, catalog: Json) -> Connector:
    """Give the connector for this module, whose tests change nothing at the local Xero."""
    return Connector(tmp_path_factory.mktemp("all"), xero_process.environment(), catalog)


@pytest.fixture(scope="module")
def syncs(connector: Connector, xero_process: XeroServerProcess) -> Syncs:
    """Read all streams twice."""
    at(xero_process, TODAY)
    lock(xero_process, LOCKED)
    allocate(xero_process)
    config = xero_process.config(reports={"starting_on": STARTING_ON, **SWITCHES})
    first = connector.read(config, *STREAMS)
    xero_process.control("reset", {"what": ["log"]})
    second = connector.read(config, *STREAMS, state=first.last_state())
    calls = xero_process.control("log")["counts"]
    return Syncs(first, second, {stream: truth(xero_process, stream) for stream in ALL_LISTS}, calls)


def test_these_are_all_streams(catalog: Json) -> None:
    """The tests of this module know every stream that can be discovered."""
    assert Counter(stream["name"] for stream in catalog["streams"]) == Counter(STREAMS)


def test_both_syncs_end_well(syncs: Syncs) -> None:
    """A sync of all streams ends without an error, and so does the next one on its state."""
    for output in (syncs.first, syncs.second):
        assert (output.status, output.errors()) == (0, [])


@pytest.mark.parametrize("stream", ALL_LISTS)
def test_every_object_arrives_once_and_unchanged(syncs: Syncs, stream: str) -> None:
    """The first sync brings every object of a list, each once, each value as Xero holds it."""
    assert syncs.truth[stream]
    assert_same(stream, syncs.first.records(stream), syncs.truth[stream])


@pytest.mark.parametrize(("flat", "nested"), TWINS.items())
def test_every_line_arrives_once(syncs: Syncs, flat: str, nested: str) -> None:
    """A flat stream brings every line of the nested records, in their order, with the fields of its header."""
    assert syncs.first.records(flat) == flat_rows(flat, syncs.first.records(nested))


@pytest.mark.parametrize("stream", STREAMS)
def test_stream_keeps_what_it_declares(connector: Connector, syncs: Syncs, stream: str) -> None:
    """Records, which all have their schema, have no field that it does not declare, and a key that no other record has."""
    declared, records = connector.stream(stream), syncs.first.records(stream)
    assert records
    assert undeclared(declared["json_schema"], records) == set()
    keys = [tuple(row[name] for (name,) in declared["source_defined_primary_key"]) for row in records]
    assert len(set(keys)) == len(keys)
    assert None not in {part for key in keys for part in key}


@pytest.mark.parametrize("stream", STREAMS)
def test_stream_goes_through_its_statuses(connector: Connector, syncs: Syncs, stream: str) -> None:
    """Every stream begins, ends COMPLETE, and leaves a state behind its last record; records are of the organisation."""
    for output in (syncs.first, syncs.second):
        assert output.statuses(stream)[:1] == ["STARTED"]
        assert output.statuses(stream)[-1:] == ["COMPLETE"]
        kinds = [m["type"] for m in output.messages if _is_data_of(stream, m)]
        assert kinds[-1:] == ["STATE"]
    cursor = connector.stream(stream).get("default_cursor_field", [])
    assert {name for name in cursor if name not in syncs.first.states(stream)[-1]} == set()
    (organisation,) = syncs.truth["organisations"]
    assert {row["TenantID"] for row in syncs.first.records(stream)} == {organisation["TenantID"]}


def _is_data_of(stream: str, message: Json) -> bool:
    if message["type"] == "RECORD":
        return bool(message["record"]["stream"] == stream)
    if message["type"] == "STATE":
        return bool(message["state"]["stream"]["stream_descriptor"]["name"] == stream)
    return False


@pytest.mark.parametrize("stream", BY_STAMP)
def test_second_sync_brings_the_overlap_at_most(syncs: Syncs, stream: str) -> None:
    """Where nothing has changed, the second sync brings only records of the last five minutes, and keeps the state."""
    (last,) = {output.states(stream)[-1]["UpdatedDateUTC"] for output in (syncs.first, syncs.second)}
    lowest = _instant(last) - OVERLAP
    assert all(_instant(row["UpdatedDateUTC"]) >= lowest for row in syncs.second.records(stream))


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


@pytest.mark.parametrize("stream", ["journals", "journal_lines", "cash_journals", "cash_journal_lines"])
def test_second_sync_brings_no_journal_again(syncs: Syncs, stream: str) -> None:
    """Journals never change: the second sync brings none that the first has brought, and keeps the state."""
    assert syncs.second.records(stream) == []
    assert syncs.second.states(stream)[-1] == syncs.first.states(stream)[-1]


def test_unchanged_books_cost_the_documented_calls(syncs: Syncs) -> None:
    """The second sync of all streams costs one call of each list, and a few more of those that the table names."""
    lists = {name for name, _ in ALL_LISTS.values()} | {
        f"Reports/{name}" for name in {**REPORTS, **MORE_REPORTS}.values()
    }
    allowed = {name: CALLS.get(name, 1) for name in lists} | {"/connect/token": 1, "/connections": 1}
    assert {name: calls for name, calls in syncs.calls.items() if calls > allowed.get(name, 0)} == {}
    assert lists - syncs.calls.keys() == set()
