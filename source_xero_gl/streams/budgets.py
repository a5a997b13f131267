"""Budgets with their lines. See https://developer.xero.com/documentation/api/accounting/budgets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from source_xero_gl.engine.snapshot import NO_CURSOR_STATE
from source_xero_gl.engine.stream import Sync, XeroStream
from source_xero_gl.readers.batch import Batch, Fetch, Row, broken
from source_xero_gl.readers.changes.state import UPDATED
from source_xero_gl.readers.reports.months import Month, current_month
from source_xero_gl.xero.dates import read_instant

MONTHS = 24
"""Months that Xero gives at most in one answer."""

PAUSE = 2
"""Windows without an amount after which the search ends on that side."""

WINDOWS = 10
"""Windows of so many months on either side of today to look into at most."""


class Budgets(XeroStream):
    """Budgets, each with its lines for every month.

    Xero gives the lines of one budget and of 24 months at most, so each budget is read in windows of that length, outwards from
    today and from its last change, until two on either side bring no amount.
    """

    name = "budgets"
    path = "Budgets"
    records_key = "Budgets"
    id_field = "BudgetID"

    def batches(self, fetch: Fetch, sync: Sync, state: Mapping[str, Any] | None) -> Iterator[Batch]:
        """Read the list, then budget by budget."""
        del state
        page = fetch({})
        first = current_month(page.server_time) + -MONTHS // 2
        for budget in page.rows:
            yield Batch([self._with_lines(budget, first, sync)])
        yield Batch([], NO_CURSOR_STATE)

    def _with_lines(self, budget: Row, first: Month, sync: Sync) -> Row:
        """Return a budget with its lines; the window number 0 begins with the month ``first``."""
        whole, lines, found = dict(budget), _Lines(), dict[int, bool]()

        def brings_amounts(window: int) -> bool:
            if window not in found:
                for row in self._window(budget, first + window * MONTHS, sync):
                    whole.update(row)  # what the list leaves out, e.g. the tracking categories
                    try:
                        found[window] = lines.take(row.get("BudgetLines") or ()) or found.get(window, False)
                    except (AttributeError, TypeError):
                        raise broken(self.name, "objects in BudgetLines and BudgetBalances") from None
            return found.setdefault(window, False)

        for start in (0, _changed(budget, first)):
            brings_amounts(start)
            for step in (-1, 1):
                window, empty = start + step, 0
                while abs(window) <= WINDOWS and empty < PAUSE:
                    empty = 0 if brings_amounts(window) else empty + 1
                    window += step
        return {**whole, "BudgetLines": lines.whole()}

    def _window(self, budget: Row, first: Month, sync: Sync) -> list[Row]:
        budget_id = budget.get(self.id_field)
        if not isinstance(budget_id, str):
            raise broken(self.name, f"{self.id_field} in each row")
        days = {"DateFrom": first.first.isoformat(), "DateTo": (first + (MONTHS - 1)).last.isoformat()}
        return sync.client.page(f"{self.path}/{budget_id}", self.records_key, days).rows


class _Lines:
    """The lines of one budget, put together from the windows."""

    def __init__(self) -> None:
        self._lines: dict[str, tuple[Row, dict[str, Row]]] = {}

    def take(self, lines: Iterable[Row]) -> bool:
        """Add the lines of a window; tell whether there was an amount that was not known."""
        found = False
        for line in lines:
            account = str(line.get("AccountID") or line.get("AccountCode"))
            _, balances = self._lines.setdefault(account, (line, {}))
            for balance in line.get("BudgetBalances") or ():
                period = str(balance.get("Period"))
                if period not in balances:
                    balances[period] = balance
                    found = found or _amount(balance)
        return found

    def whole(self) -> list[Row]:
        """Return every line with its balances, oldest first."""
        return [
            {**line, "BudgetBalances": [balances[period] for period in sorted(balances)]}
            for line, balances in self._lines.values()
        ]


def _changed(budget: Row, first: Month) -> int:
    """Return the number of the window in which a budget was changed last."""
    changed = read_instant(budget.get(UPDATED))
    months = 0 if changed is None else current_month(changed) - first
    return max(-WINDOWS, min(months // MONTHS, WINDOWS))


def _amount(balance: Row) -> bool:
    return bool(str(balance.get("Amount") or "").strip("-0."))
