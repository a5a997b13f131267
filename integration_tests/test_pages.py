"""Lists that page in ways of their own, or not at all: complete while they change, and never asked for more than there is."""

from __future__ import annotations

import pytest

from integration_tests.connector import Connector
from integration_tests.expected import ALL_LISTS, assert_same, truth
from integration_tests.ledger import document
from integration_tests.load.books import newest
from integration_tests.protocol import Json, Output
from local_xero.process import XeroServerProcess

MIDNIGHT = 1_772_323_200_000  # 2026-03-01T00:00:00Z
SECOND = 1000
BY_CHANGE = (
    *("contacts", "payments", "bank_transactions", "credit_notes", "purchase_orders"),
    *("prepayments", "overpayments"),
)
UNPAGED = ("accounts", "items", "bank_transfers", "batch_payments", "users")


def fill(xero: XeroServerProcess, count: int, *streams: str) -> None:
    """Replace the books by so many objects of each stream, changed a second apart."""
    rows = {s: [document(s, n, MIDNIGHT + n * SECOND) for n in range(count)] for s in streams}
    xero.control("company", {"records": {ALL_LISTS[stream][0]: rows[stream] for stream in streams}})


def edit(stream: str, after: int, *indexes: int) -> list[Json]:
    """Script edits of objects of a stream right after a call of its list."""
    name = ALL_LISTS[stream][0]
    changes = {"Reference": f"edited after {after}"}
    edits = [{"list": name, "index": index, "changes": changes} for index in indexes]
    return [{"endpoint": name, "after": after, "do": "records/edit", "with": one} for one in edits]


def assert_nothing_lost(xero: XeroServerProcess, stream: str, *outputs: Output) -> None:
    """Check that the syncs ended well and brought, all of them together, every object in its last version."""
    assert [(output.status, output.errors()) for output in outputs] == [(0, [])] * len(outputs)
    assert_same(stream, newest(stream, *outputs), truth(xero, stream))


def test_edits_between_pages_lose_nothing(connector: Connector, xero: XeroServerProcess) -> None:
    """Objects of any page that are edited during the read move to the end: all arrive, at once or in the next sync."""
    fill(xero, 2600, *BY_CHANGE)
    steps = [step for s in BY_CHANGE for after in (1, 2, 3) for step in edit(s, after, *range(after * 7, 2600, 250))]
    xero.control("script", {"steps": steps})
    first = connector.read(xero.config(), *BY_CHANGE)
    assert xero.control("script", {"steps": []})["waiting"] == 0
    second = connector.read(xero.config(), *BY_CHANGE, state=first.last_state())
    for stream in BY_CHANGE:
        assert_nothing_lost(xero, stream, first, second)
        assert len(second.records(stream)) < 1000


def test_manual_journals_that_change_between_pages(connector: Connector, xero: XeroServerProcess) -> None:
    """Manual journals edited, removed and added during the read cost further passes, and none that is left is lost."""
    fill(xero, 2600, "manual_journals")
    name, steps = "ManualJournals", edit("manual_journals", 1, *range(3, 2600, 200))
    gone = [document("manual_journals", number, 0)["ManualJournalID"] for number in range(20, 320)]
    steps.append({"endpoint": name, "after": 2, "do": "records/remove", "with": {"list": name, "ids": gone}})
    new = [document("manual_journals", number, MIDNIGHT - SECOND) for number in range(5000, 5020)]
    steps.append({"endpoint": name, "after": 3, "do": "records/add", "with": {"list": name, "records": new}})
    xero.control("script", {"steps": steps})
    first = connector.read(xero.config(), "manual_journals")
    assert first.status == 0
    left = {row["ManualJournalID"] for row in truth(xero, "manual_journals")}
    assert [row for row in newest("manual_journals", first) if row["ManualJournalID"] not in left]
    came = [row for row in newest("manual_journals", first) if row["ManualJournalID"] in left]
    assert_same("manual_journals", came, truth(xero, "manual_journals"))
    assert not [call for call in xero.log(name) if "order" in call["query"]]
    assert {call["query"]["pageSize"] for call in xero.log(name)} == {"1000"}


def test_manual_journals_of_one_page_cost_one_call(connector: Connector, xero: XeroServerProcess) -> None:
    """Manual journals that fit on a page cost one call; the next sync asks with the header and brings what was edited."""
    first = connector.read(xero.config(), "manual_journals")
    assert len(xero.log("ManualJournals")) == 1
    ids = [row["ManualJournalID"] for row in truth(xero, "manual_journals")]
    for row_id, status in zip(ids, ("VOIDED", "DELETED"), strict=False):
        xero.control("records/edit", {"list": "ManualJournals", "id": row_id, "changes": {"Status": status}})
    second = connector.read(xero.config(), "manual_journals", state=first.last_state())
    assert_nothing_lost(xero, "manual_journals", first, second)
    assert {row["ManualJournalID"] for row in second.records("manual_journals")} >= set(ids[:2])
    assert len(second.records("manual_journals")) < len(ids)
    assert "if-modified-since" in xero.log("ManualJournals")[1]["headers"]
    assert len(xero.log("ManualJournals")) == 2


def test_lists_without_pages_are_read_once(connector: Connector, xero: XeroServerProcess) -> None:
    """A list that ignores ``page`` comes in one call, also when it is longer than any page."""
    fill(xero, 1500, *UNPAGED)
    output = connector.read(xero.config(), *UNPAGED)
    for stream in UNPAGED:
        assert_nothing_lost(xero, stream, output)
        (call,) = xero.log(ALL_LISTS[stream][0])
        assert "page" not in call["query"]


def test_deleted_transfers_arrive(connector: Connector, xero: XeroServerProcess) -> None:
    """Bank transfers are asked for with the deleted ones, also those deleted after an earlier sync."""
    fill(xero, 3, "bank_transfers")
    row = document("bank_transfers", 1, MIDNIGHT)
    deleted = {"list": "BankTransfers", "id": row["BankTransferID"], "changes": {"Status": "DELETED"}}
    xero.control("records/edit", deleted)
    output = connector.read(xero.config(), "bank_transfers")
    assert_nothing_lost(xero, "bank_transfers", output)
    assert [row.get("Status") for row in output.records("bank_transfers")].count("DELETED") == 1
    assert xero.log("BankTransfers")[0]["query"]["includeDeleted"] == "true"


def test_unpaged_lists_with_the_header_bring_what_has_changed(connector: Connector, xero: XeroServerProcess) -> None:
    """Batch payments and users come whole once; then If-Modified-Since leaves what has changed."""
    streams = ("batch_payments", "users")
    fill(xero, 500, *streams)
    first = connector.read(xero.config(), *streams)
    for stream in streams:
        key = ALL_LISTS[stream]
        row_id = document(stream, 7, 0)[key[1]]
        xero.control("records/edit", {"list": key[0], "id": row_id, "changes": {"Status": "DELETED"}})
    second = connector.read(xero.config(), *streams, state=first.last_state())
    for stream in streams:
        assert_nothing_lost(xero, stream, first, second)
        assert len(second.records(stream)) <= 5 * 60 + 3 + 1
        whole, changed = xero.log(ALL_LISTS[stream][0])
        assert "if-modified-since" not in whole["headers"]
        assert "if-modified-since" in changed["headers"]


@pytest.mark.parametrize("count", [100, 350])
def test_pages_of_a_hundred_without_a_count(connector: Connector, xero: XeroServerProcess, count: int) -> None:
    """Quotes and linked transactions, of which Xero never gives more than a hundred and no count, arrive whole and end."""
    streams = ("quotes", "linked_transactions")
    fill(xero, count, *streams)
    output = connector.read(xero.config(), *streams)
    for stream in streams:
        assert_nothing_lost(xero, stream, output)
    pages = -(-count // 100) + 1
    assert len(xero.log("LinkedTransactions")) <= 2 * pages
    assert len(xero.log("Quotes")) <= pages + 3


def test_edits_between_pages_of_a_hundred(connector: Connector, xero: XeroServerProcess) -> None:
    """Quotes and linked transactions that are edited during the read are not lost; what is left comes with the next sync."""
    streams = ("quotes", "linked_transactions")
    fill(xero, 350, *streams)
    steps = [step for s in streams for after in (1, 2, 3) for step in edit(s, after, *range(after * 7, 350, 40))]
    xero.control("script", {"steps": steps})
    first = connector.read(xero.config(), *streams)
    second = connector.read(xero.config(), "quotes", state=first.last_state())
    assert_nothing_lost(xero, "quotes", first, second)
    assert_nothing_lost(xero, "linked_transactions", first)
