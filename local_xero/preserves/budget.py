"""The budget of the current financial year: last year's months and six percent, in whole hundreds."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

from local_xero.chart import class_of
from local_xero.ledger import ZERO
from local_xero.preserves.accounts import OPENED_MS
from local_xero.preserves.diary import Diary, financial_year
from local_xero.wire import Wire, moment_of, parse_wire_date, wire_date

_LAST_YEAR = 2026
_MORE = Decimal("1.06")
_MONTHS = (*((2026, month) for month in range(4, 13)), *((2027, month) for month in range(1, 4)))


def budget(diary: Diary, journals: Iterable[Wire]) -> Wire:
    """Write the budget, a line for each account of income and expense that last year used."""
    booked = _last_year(journals)
    lines = []
    for account in diary.chart.values():
        sign = {"REVENUE": -1, "EXPENSE": 1}.get(class_of(account.type), 0)
        if sign and account.system is None and any(key == account.account_id for key, _ in booked):
            figures = [
                {
                    "Period": f"{year}-{month:02d}",
                    "Amount": _round(sign * booked.get((account.account_id, month), ZERO)),
                }
                for year, month in _MONTHS
            ]
            lines.append({"AccountID": account.account_id, "AccountCode": account.code, "BudgetBalances": figures})
    return {
        "BudgetID": diary.key("budget"),
        "Status": "APPROVED",
        "Description": "Budget to 31 March 2027",
        "Type": "OVERALL",
        "UpdatedDateUTC": wire_date(OPENED_MS),
        "BudgetLines": lines,
        "Tracking": [],
    }


def _last_year(journals: Iterable[Wire]) -> dict[tuple[str, int], Decimal]:
    """Add up last year's journals by account and month."""
    found: dict[tuple[str, int], Decimal] = {}
    for journal in journals:
        day = moment_of(parse_wire_date(journal["JournalDate"]) or 0).date()
        if financial_year(day) == _LAST_YEAR:
            for line in journal["JournalLines"]:
                place = (line["AccountID"], day.month)
                found[place] = found.get(place, ZERO) + line["NetAmount"]
    return found


def _round(amount: Decimal) -> Decimal:
    return (amount * _MORE / 100).quantize(Decimal(1), ROUND_HALF_UP) * 100
