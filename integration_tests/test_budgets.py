"""Budgets: Xero gives their lines for 24 months at a time, and they must arrive whole."""

from __future__ import annotations

from datetime import date

from integration_tests.connector import Connector
from integration_tests.expected import assert_same, truth
from integration_tests.ledger import guid, wire
from integration_tests.protocol import Json
from integration_tests.report_months import at, millis, month_ends
from local_xero.process import XeroServerProcess

LONGEST_MONTHS = 24


def budget(number: int, first: str, last: str, changed: str) -> Json:
    """Write a budget with two lines, an amount for each month from one (YYYY-MM) to another, and the day of its last change."""
    months = [day[:7] for day in month_ends(first, last)]
    amounts = [{"Amount": 100 + n, "UnitAmount": 100 + n, "Notes": ""} for n, _ in enumerate(months)]
    balances = [{"Period": month, **amount} for month, amount in zip(months, amounts, strict=True)]
    lines = [{"AccountID": guid("account", c), "AccountCode": c, "BudgetBalances": balances} for c in ("200", "400")]
    head = {"BudgetID": guid("budget", number), "Type": "OVERALL", "Description": f"Budget {number}", "Tracking": []}
    return {**head, "UpdatedDateUTC": wire(millis(changed)), "BudgetLines": lines}


BUDGETS = [
    ("2024-09", "2027-03", "2026-10-01"),  # 31 months around today
    ("2026-10", "2026-10", "2026-10-19"),
    ("2021-01", "2026-12", "2024-05-06"),
    ("2026-11", "2031-01", "2026-03-01"),
    ("2018-04", "2019-03", "2018-03-20"),  # long ago
    ("2022-01", "2022-12", "2026-03-01"),  # corrected years later
]


def test_budgets_arrive_whole(connector: Connector, xero: XeroServerProcess) -> None:
    """A budget's lines come for all its months, however many there are; no call asks for more months than Xero gives."""
    at(xero, "2026-10-20")
    xero.control("company", {"records": {"Budgets": [budget(n, *months) for n, months in enumerate(BUDGETS)]}})
    output = connector.read(xero.config(), "budgets")
    assert (output.status, output.statuses("budgets")[-1]) == (0, "COMPLETE")
    assert_same("budgets", output.records("budgets"), truth(xero, "budgets"))
    whole, *windows = [call["query"] for call in xero.log("Budgets")]
    assert "DateFrom" not in whole
    for window in windows:
        start, end = (date.fromisoformat(window[name]) for name in ("DateFrom", "DateTo"))
        assert 0 <= (end.year - start.year) * 12 + end.month - start.month < LONGEST_MONTHS
