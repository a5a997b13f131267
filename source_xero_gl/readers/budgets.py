"""Budgets with their lines. See https://developer.xero.com/documentation/api/accounting/budgets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from source_xero_gl.readers.batch import Batch, Object, State, XeroList
from source_xero_gl.readers.changes.state import UPDATED
from source_xero_gl.readers.errors import broken
from source_xero_gl.readers.months import Month, current_month
from source_xero_gl.readers.reports.lines import is_amount
from source_xero_gl.xero.dates import read_instant

MONTHS = 24
"""Months that Xero gives at most in one answer."""

PAUSE = 2
"""The search ends on a side after this many windows without an amount."""

WINDOWS = 10
"""Most windows that are looked into on either side of today."""


@dataclass(frozen=True)
class BudgetWindows:
    """Budgets, each with its lines for every month.

    Xero gives the lines of one budget and of 24 months at most, so each budget is read in windows of that length, outwards from
    today and from its last change, until two in a row bring no amount, on either side.
    """

    cursor_field: None = None

    def batches(self, xero_list: XeroList, state: State | None) -> Iterator[Batch]:
        """Read the list, then budget by budget."""
        del state
        page = xero_list.page({})
        first = current_month(page.server_time) - MONTHS // 2
        for budget in page.objects:
            yield Batch([_with_lines(budget, first, xero_list)])
        yield Batch([], {})


def _with_lines(budget: Object, first: Month, xero_list: XeroList) -> Object:
    """Return a budget with its lines; window 0 begins with the month ``first``."""
    whole, lines, found = dict(budget), _Lines(), dict[int, bool]()

    def brings_amounts(window: int) -> bool:
        if window not in found:
            for answer in _window(budget, first + window * MONTHS, xero_list):
                whole.update(answer)  # what the list leaves out, e.g. the tracking categories
                try:
                    found[window] = lines.take(answer.get("BudgetLines") or ()) or found.get(window, False)
                except (AttributeError, TypeError):
                    raise broken("objects in BudgetLines and BudgetBalances") from None
        return found.setdefault(window, False)

    for start in (0, _changed(budget, first)):
        brings_amounts(start)
        for step in (-1, 1):
            window, empty = start + step, 0
            while abs(window) <= WINDOWS and empty < PAUSE:
                empty = 0 if brings_amounts(window) else empty + 1
                window += step
    return {**whole, "BudgetLines": lines.whole()}


def _window(budget: Object, first: Month, xero_list: XeroList) -> list[Object]:
    budget_id = budget.get(xero_list.id_field)
    if not isinstance(budget_id, str):
        raise broken(f"{xero_list.id_field} in each budget")
    days = {"DateFrom": first.first.isoformat(), "DateTo": (first + (MONTHS - 1)).last.isoformat()}
    return xero_list.page(days, below=f"/{budget_id}").objects


class _Lines:
    """The lines of one budget, put together from the windows."""

    def __init__(self) -> None:
        self._lines: dict[str, tuple[Object, dict[str, Object]]] = {}

    def take(self, lines: Iterable[Object]) -> bool:
        """Add the lines of a window; return whether it has an amount for a month that no window had before."""
        found = False
        for line in lines:
            account = str(line.get("AccountID") or line.get("AccountCode"))
            _, balances = self._lines.setdefault(account, (line, {}))
            for balance in line.get("BudgetBalances") or ():
                period = str(balance.get("Period"))
                if period not in balances:
                    balances[period] = balance
                    found = found or is_amount(str(balance.get("Amount") or ""))
        return found

    def whole(self) -> list[Object]:
        """Return every line with its balances, oldest first."""
        return [
            {**line, "BudgetBalances": [balances[period] for period in sorted(balances)]}
            for line, balances in self._lines.values()
        ]


def _changed(budget: Object, first: Month) -> int:
    """Return the number of the window in which a budget was changed last."""
    changed = read_instant(budget.get(UPDATED))
    months = 0 if changed is None else current_month(changed).since(first)
    return max(-WINDOWS, min(months // MONTHS, WINDOWS))
