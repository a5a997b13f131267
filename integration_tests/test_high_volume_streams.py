"""Other lists that are longer than Xero lists in one go: cut by date where they have one, told where they cannot be cut."""

from __future__ import annotations

import pytest

from integration_tests.connector import Connector
from integration_tests.expected import ALL_LISTS, assert_same, truth
from integration_tests.ledger import document, wire
from integration_tests.load.books import DAY_MS, newest
from local_xero.process import XeroServerProcess

MIDNIGHT = 1_772_323_200_000  # 2026-03-01T00:00:00Z
THRESHOLD, COUNT = 300, 700
DATED = ("payments", "bank_transactions", "credit_notes", "manual_journals", "purchase_orders")
NOT_TO_BE_CUT = ("contacts",)


@pytest.fixture
def crowd(xero: XeroServerProcess) -> XeroServerProcess:
    """Give the local Xero more documents of some lists than it lists in one go, over two years."""
    rows = {
        ALL_LISTS[stream][0]: [
            document(stream, n, MIDNIGHT + n * 1000, Date=wire(MIDNIGHT - n * DAY_MS)) for n in range(COUNT)
        ]
        for stream in (*DATED, *NOT_TO_BE_CUT)
    }
    xero.control("company", {"records": rows})
    xero.control("switches", {"high_volume_threshold": THRESHOLD, "high_volume_ignores_header": True})
    return xero


def test_long_lists_with_dates_are_read_in_windows(connector: Connector, crowd: XeroServerProcess) -> None:
    """Every document arrives once, and so does what is edited later; the next sync knows the windows and is refused nothing."""
    first = connector.read(crowd.config(), *DATED)
    for stream in DATED:
        # Purchase orders of the day between two windows may come with both.
        arrived = newest(stream, first) if stream == "purchase_orders" else first.records(stream)
        assert_same(stream, arrived, truth(crowd, stream))
        name = ALL_LISTS[stream][0]
        assert 400 in {call["status"] for call in crowd.log(name)}
        crowd.control("records/edit", {"list": name, "index": 650, "changes": {"Reference": "changed"}})
    crowd.control("reset", {"what": ["log"]})
    second = connector.read(crowd.config(), *DATED, state=first.last_state())
    assert (first.status, second.status) == (0, 0)
    for stream in DATED:
        assert_same(stream, newest(stream, first, second), truth(crowd, stream))
        assert "changed" in [row["Reference"] for row in second.records(stream)]
        assert {call["status"] for call in crowd.log(ALL_LISTS[stream][0])} == {200}


def test_long_lists_that_cannot_be_cut_fail_alone(connector: Connector, crowd: XeroServerProcess) -> None:
    """Contacts beyond Xero's limit have no date to be cut by: they fail with the sentence about it; the others are read."""
    output = connector.read(crowd.config(), *NOT_TO_BE_CUT, "payments")
    assert (output.status, output.statuses("payments")[-1]) == (1, "COMPLETE")
    assert_same("payments", output.records("payments"), truth(crowd, "payments"))
    for stream in NOT_TO_BE_CUT:
        assert output.statuses(stream)[-1] == "INCOMPLETE"
        assert output.states(stream) == []
        sentences = [error["message"] for error in output.errors() if ALL_LISTS[stream][0] in error["message"]]
        assert any("100,000" in sentence for sentence in sentences)
