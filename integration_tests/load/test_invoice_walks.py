"""Invoices that are edited while they are read: the last version of each arrives, whatever moves where."""

from __future__ import annotations

import pytest

from integration_tests.connector import Connector
from integration_tests.expected import assert_same, truth
from integration_tests.load.books import INVOICES_A_PAGE, assert_no_version_twice, edits, fill, newest, now_ms
from integration_tests.protocol import Output
from local_xero.process import XeroServerProcess


def read_twice(connector: Connector, xero: XeroServerProcess) -> list[Output]:
    """Read while the scripted edits happen, then once more in quiet, and compare with the books."""
    first = connector.read(xero.config(), "invoices")
    xero.control("reset", {"what": ["script", "log"]})
    second = connector.read(xero.config(), "invoices", state=first.last_state())
    for output in (first, second):
        assert (output.status, output.errors()) == (0, [])
        assert_no_version_twice(output)
    assert_same("invoices", newest("invoices", first, second), truth(xero, "invoices"))
    return [first, second]


@pytest.mark.parametrize("exclusive", [False, True], ids=["inclusive", "exclusive"])
def test_edits_between_any_two_calls_lose_nothing(
    connector: Connector, xero: XeroServerProcess, *, exclusive: bool
) -> None:
    """After every call some rows of all pages move to the end: no row is skipped, no version comes twice."""
    total = 3300
    fill(xero, invoices=total, invoice_step_ms=400)
    xero.control("switches", {"invoices_since_exclusive": exclusive})
    steps = [step for after in range(1, 9) for step in edits(after, *range(after, total, 61))]
    xero.control("script", {"steps": steps})
    _, second = read_twice(connector, xero)
    assert len(xero.log("Invoices")) <= 2
    assert len(second.records("invoices")) <= INVOICES_A_PAGE


@pytest.mark.parametrize("exclusive", [False, True], ids=["inclusive", "exclusive"])
def test_a_full_second_that_is_edited_meanwhile(
    connector: Connector, xero: XeroServerProcess, *, exclusive: bool
) -> None:
    """2,600 invoices of one second, some of which move within it, behind it or far ahead during the walk, all arrive."""
    second_ms = now_ms() // 1000 * 1000 - 3_600_000
    fill(xero, invoices=2600, invoice_step_ms=0, invoice_first_ms=second_ms + 100)
    xero.control("switches", {"invoices_since_exclusive": exclusive})
    steps = [
        step
        for after in range(1, 7)
        for stamp in (second_ms + 100 + after, second_ms + 1000 * after, "now")
        for step in edits(after, *range(after, 2600, 97), stamp=stamp)
    ]
    xero.control("script", {"steps": steps})
    first, _ = read_twice(connector, xero)
    through = [state["UpdatedDateUTC"] for state in first.states("invoices")]
    assert through == sorted(through)


def test_invoices_that_vanish_from_lists_arrive(connector: Connector, xero: XeroServerProcess) -> None:
    """Invoices voided or deleted during and between syncs arrive with their status, also where lists hide them."""
    fill(xero, invoices=1300, invoice_step_ms=1000)
    xero.control("switches", {"hide_deleted": True})
    steps = [*edits(1, 0, 900, 1200, do="invoices/delete"), *edits(2, 1, 1100, do="invoices/void")]
    xero.control("script", {"steps": steps})
    outputs = read_twice(connector, xero)
    xero.control("invoices/delete", {"index": 5})
    xero.control("invoices/void", {"index": 6})
    third = connector.read(xero.config(), "invoices", state=outputs[-1].last_state())
    statuses = [row["Status"] for row in newest("invoices", *outputs, third)]
    wanted = [row["Status"] for row in truth(xero, "invoices")]
    assert sorted(statuses) == sorted(wanted)
    assert statuses.count("DELETED") == 4
