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
