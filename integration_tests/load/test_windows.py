"""More documents than Xero lists in one go: windows on their date, complete, kept across crashes and syncs."""

from __future__ import annotations

import pytest

from integration_tests.connector import Connector
from integration_tests.expected import assert_same, truth
from integration_tests.ledger import invoice, wire
from integration_tests.load.books import DAY_MS, newest, now_ms
from integration_tests.load.running import Running
from integration_tests.protocol import Json
from local_xero.process import XeroServerProcess

THRESHOLD = 300
CROWDED_DAY = 200
"""Days before today of the day that alone has more documents than Xero lists."""

TYPES, STATUSES = ("ACCREC", "ACCPAY"), ("DRAFT", "AUTHORISED", "PAID", "VOIDED", "DELETED")


def invoices() -> list[Json]:
    """Write 1,700 invoices: over two years, some far away in time, some without a date, and too many on one day."""
    today = now_ms() // DAY_MS * DAY_MS
    days: list[int | None] = [today - number * DAY_MS // 2 for number in range(1200)]
    days += [today - CROWDED_DAY * DAY_MS] * 460
    days += [None] * 20 + [-DAY_MS * 9000] * 10 + [today + 50 * 365 * DAY_MS] * 10
    rows = []
    for number, day in enumerate(days):
        row = invoice(number, today - (2000 - number) * 60_000, Type=TYPES[number % 2], Status=STATUSES[number % 5])
        row["Date"] = wire(day) if day is not None else None
        rows.append({name: value for name, value in row.items() if value is not None})
    return rows


@pytest.fixture
def crowd(xero: XeroServerProcess) -> XeroServerProcess:
    """Give the local Xero more invoices than it lists in one go."""
    xero.control("company", {"records": {"Invoices": invoices()}})
    xero.control("switches", {"high_volume_threshold": THRESHOLD, "high_volume_ignores_header": True})
    return xero


def refused(xero: XeroServerProcess) -> int:
    """Count the calls that Xero refused because of their volume."""
    return sum(call["status"] == 400 for call in xero.log("Invoices"))


def test_killed_read_in_windows_goes_on_where_it_was(connector: Connector, crowd: XeroServerProcess) -> None:
    """After SIGKILL the windows that are done are not read again, and what was split is not tried as a whole again."""
    with Running(connector, crowd.config(), "invoices") as sync:
        sync.take(1100)
        first = sync.kill()
    refusals = refused(crowd)
    crowd.control("reset", {"what": ["log"]})
    second = connector.read(crowd.config(), "invoices", state=first.last_state())
    assert second.status == 0
    assert_same("invoices", newest("invoices", first, second), truth(crowd, "invoices"))
    assert refused(crowd) < refusals
    again = {row["InvoiceID"] for output in (first, second) for row in output.records("invoices")}
    assert len(first.records("invoices")) + len(second.records("invoices")) - len(again) <= THRESHOLD
