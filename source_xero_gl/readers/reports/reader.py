"""Reports, one call for each month end. See https://developer.xero.com/documentation/api/accounting/reports."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from source_xero_gl.readers.batch import Batch, Object, State, XeroList
from source_xero_gl.readers.errors import broken
from source_xero_gl.readers.months import Month, current_month
from source_xero_gl.readers.reports.first_month import STEP
from source_xero_gl.readers.reports.lines import figures, header, report_lines
from source_xero_gl.readers.reports.month_ends import (
    MONTH_END,
    beginning,
    is_closed,
    lock_date,
    month_ends,
    resume,
    through,
)
from source_xero_gl.xero.client import Page

Query = Callable[[Month, int], Mapping[str, str]]
"""Returns the parameters that ask for a report: by its last month, and how many months it covers."""


def as_at(month: Month, months: int) -> Mapping[str, str]:
    """Ask for balances: they are those of the last day, whatever the number of months."""
    del months
    return {"date": month.last.isoformat()}


def in_period(month: Month, months: int) -> Mapping[str, str]:
    """Ask for movements, from the first to the last day."""
    return {"fromDate": (month - (months - 1)).first.isoformat(), "toDate": month.last.isoformat()}


@dataclass(frozen=True)
class MonthByMonth:
    """A report at every month end from the first month with figures, or from ``reports.starting_on``, to the current one.

    Several months can be had in one call, but Xero then cuts a month of 31 days off at the last day of a shorter one. So each
    month is asked for by itself.

    Attributes:
        query: asks for a month, or for several as one.
        columns: names for the amounts of a line.
        titles: titles that Xero gives the amounts; empty where they are a date.
        cumulative: whether its figures are balances, which stay the same while nothing is booked.
    """

    query: Query = as_at
    columns: tuple[str, ...] = ("Amount",)
    titles: tuple[str, ...] = ()
    cumulative: bool = True
    cursor_field: str = MONTH_END

    def batches(self, xero_list: XeroList, state: State | None) -> Iterator[Batch]:
        """Read month by month; the state follows the months that are closed."""
        organisation = xero_list.organisation()
        starting_on, locked = xero_list.settings.reports.starting_on, lock_date(organisation.objects)
        today = current_month(organisation.server_time)
        if locked:
            locked = min(locked, (today - 1).last)  # a month that is not over yet still changes, locked or not
        known = None if state is None else month_ends(state, starting_on)
        reached = resume(known, starting_on, locked) or beginning(self._first(xero_list, today), None)
        # Months that are open again must not count as read after a crash, so the state goes out before the first of them.
        yield Batch([], reached.as_blob(xero_list.tenant_id))
        for month in through(reached.closed + 1, today):
            lines = self._report(xero_list.page(self.query(month, 1)))
            if is_closed(month, locked):
                reached = replace(reached, closed=month)
            dated: list[Object] = [{MONTH_END: month.last.isoformat(), **line} for line in lines]
            yield Batch(dated, reached.as_blob(xero_list.tenant_id))

    def _first(self, xero_list: XeroList, today: Month) -> Month:

        def found(month: Month) -> dict[str, tuple[str, ...]]:
            return figures(self._report(xero_list.page(self.query(month, STEP))), self.columns)

        search = xero_list.first_month.of_balances if self.cumulative else xero_list.first_month.of_movements
        return search(today, found)

    def _report(self, page: Page) -> list[Object]:
        if len(page.objects) != 1:
            raise broken("one report")
        try:
            titles, lines = header(page.objects[0])[1:], report_lines(page.objects[0], self.columns)
        except (AttributeError, TypeError, ValueError):
            raise broken("rows of cells, with numbers after the account") from None
        if lines and tuple(titles[: len(self.titles)]) != self.titles:
            raise broken(f"the columns {', '.join(self.titles)}")
        return lines
