"""One budget with the months asked for: three by default, 24 at most.

https://developer.xero.com/documentation/api/accounting/budgets
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from local_xero.wire import Wire, moment_of

MOST_MONTHS = 24
_YEAR = 12


class PeriodError(ValueError):
    """The months cannot be read, are in the wrong order, or are too many."""


def budget_in_months(budget: Wire, query: Mapping[str, str], now_ms: int) -> Wire:
    """Cut a budget to the months from ``DateFrom`` to ``DateTo`` (both inclusive).

    Without dates these are the month before now, this one and the next; with one date alone, three months from or up to it.
    An account without a figure in these months keeps its line, with no balances.

    Raises:
        PeriodError: when a date is not ``YYYY-MM-DD`` or the months are more than 24.
    """
    first, last = _months(query, now_ms)
    if not 0 <= last - first < MOST_MONTHS:
        raise PeriodError
    lines = [
        line | {"BudgetBalances": [b for b in line["BudgetBalances"] if first <= _month(b["Period"]) <= last]}
        for line in budget.get("BudgetLines", ())
    ]
    return budget | {"BudgetLines": lines}


def _months(query: Mapping[str, str], now_ms: int) -> tuple[int, int]:
    """Count the first and the last month from year 0."""
    given = [query.get(name) for name in ("DateFrom", "DateTo")]
    try:
        first, last = (_month(dt.date.fromisoformat(text).isoformat()) if text else None for text in given)
    except ValueError as error:
        raise PeriodError from error
    if first is None and last is None:
        this = _month(moment_of(now_ms).date().isoformat())
        return this - 1, this + 1
    return (last or 0) - 2 if first is None else first, (first or 0) + 2 if last is None else last


def _month(text: str) -> int:
    year, month = text.split("-")[:2]
    return int(year) * _YEAR + int(month)
