"""Reports as rows, one call for each month end. See https://developer.xero.com/documentation/api/accounting/reports."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, ClassVar

from source_xero_gl.engine.flat import LINE_NUMBER
from source_xero_gl.engine.stream import Sync, XeroStream
from source_xero_gl.readers.batch import Batch, Fetch, Row, broken
from source_xero_gl.readers.reports.lines import figures, header, report_lines
from source_xero_gl.readers.reports.month_ends import (
    MONTH_END,
    MonthEnds,
    beginning,
    is_closed,
    month_ends,
    resume,
    through,
)
from source_xero_gl.readers.reports.months import Month, current_month
from source_xero_gl.readers.state import TENANT_KEY
from source_xero_gl.xero.client import Page

STEP = 11
"""Months that the search for the first figures goes back at a time, and whose profit it asks for: less than a year."""

LONGEST_SEARCH = 33
"""Steps after which the search ends: thirty years."""

LONGEST_PAUSE = 5
"""Steps without any profit or loss after which the search ends."""


class ReportStream(XeroStream):
    """A report at every month end from the first month with figures, or from ``reports.starting_on``, to the current one.

    Several months can be had in one call, but Xero then cuts a month of 31 days off at the last day of a shorter one; so each
    month is asked for by itself.

    Attributes:
        cumulative: whether its figures are balances, which stay the same while nothing is booked.
        columns: names for the amounts of a line.
        titles: titles that Xero gives the amounts; empty where they tell a date.
    """

    records_key = "Reports"
    id_field = MONTH_END
    cursor_field = MONTH_END
    cumulative: ClassVar[bool] = True
    columns: ClassVar[tuple[str, ...]] = ("Amount",)
    titles: ClassVar[tuple[str, ...]] = ()

    @property
    def key_fields(self) -> tuple[str, ...]:
        """The primary key: a line has no ID of its own."""
        return (TENANT_KEY, MONTH_END, LINE_NUMBER)

    @abstractmethod
    def query(self, month: Month, months: int) -> Mapping[str, str]:
        """Return what asks for the report of so many months that end with ``month``."""

    def batches(self, fetch: Fetch, sync: Sync, state: Mapping[str, Any] | None) -> Iterator[Batch]:
        """Read month by month; the state follows the months that are closed."""
        starting_on, locked = sync.settings.reports.starting_on, sync.lock_date.day()
        today = current_month(sync.lock_date.server_time)
        if locked:
            locked = min(locked, (today + -1).last)  # a month that is not over yet still changes, locked or not
        known = None if state is None else month_ends(state, starting_on, self.name)
        reached = resume(known, starting_on, locked) or beginning(self._first(fetch, today), None)
        yield Batch([], self._blob(reached, sync))  # months that are open again must not count as read after a crash
        for month in through(reached.closed + 1, today):
            lines = self._report(fetch(self.query(month, 1)))
            if is_closed(month, locked):
                reached = replace(reached, closed=month)
            yield Batch(_dated(lines, month), self._blob(reached, sync))

    def _first(self, fetch: Fetch, today: Month) -> Month:
        """Return the first month to read: behind years, seen from today, that show what was there before all books."""
        ever = self._figures(fetch, today + -STEP * LONGEST_SEARCH) if self.cumulative else {}
        last = first = today + -STEP
        quiet = 0
        for _ in range(LONGEST_SEARCH):
            if self._figures(fetch, last) != ever:
                quiet, first = 0, last + -STEP
            elif self.cumulative or (quiet := quiet + 1) == LONGEST_PAUSE:
                break
            last += -STEP
        return first + 1

    def _figures(self, fetch: Fetch, month: Month) -> dict[str, tuple[str, ...]]:
        return figures(self._report(fetch(self.query(month, STEP))), self.columns)

    def _report(self, page: Page) -> list[Row]:
        if len(page.rows) != 1:
            raise broken(self.name, "one report")
        try:
            titles, lines = header(page.rows[0])[1:], report_lines(page.rows[0], self.columns)
        except (AttributeError, TypeError, ValueError):
            raise broken(self.name, "rows of cells, with numbers behind the account") from None
        if lines and tuple(titles[: len(self.titles)]) != self.titles:
            raise broken(self.name, f"the columns {', '.join(self.titles)}")
        return lines

    def _blob(self, reached: MonthEnds, sync: Sync) -> dict[str, Any]:
        return reached.as_blob(sync.tenant_id)


class TrialBalanceLines(ReportStream):
    """The trial balance: movement of the month, and balances of the year to date."""

    name = "trial_balance_lines"
    path = "Reports/TrialBalance"
    columns = ("Debit", "Credit", "YTDDebit", "YTDCredit")
    titles = ("Debit", "Credit", "YTD Debit", "YTD Credit")

    def query(self, month: Month, months: int) -> Mapping[str, str]:
        """Return the day at which the balances stand."""
        del months
        return {"date": month.last.isoformat()}


class BalanceSheetLines(ReportStream):
    """The balance sheet at the month end, in Xero's standard layout."""

    name = "balance_sheet_lines"
    path = "Reports/BalanceSheet"
    params: ClassVar = {"standardLayout": "true"}

    def query(self, month: Month, months: int) -> Mapping[str, str]:
        """Return the day at which the balances stand."""
        del months
        return {"date": month.last.isoformat()}


class ProfitAndLossLines(ReportStream):
    """Profit and loss of the month, in Xero's standard layout."""

    name = "profit_and_loss_lines"
    path = "Reports/ProfitAndLoss"
    cumulative = False
    params: ClassVar = {"standardLayout": "true"}

    def query(self, month: Month, months: int) -> Mapping[str, str]:
        """Return the first and the last day."""
        return {"fromDate": (month + (1 - months)).first.isoformat(), "toDate": month.last.isoformat()}


def _dated(lines: list[Row], month: Month) -> list[Row]:
    return [{MONTH_END: month.last.isoformat(), **line} for line in lines]
