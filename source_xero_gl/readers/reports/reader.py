"""Reports, one call for each month end. See https://developer.xero.com/documentation/api/accounting/reports."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from source_xero_gl.readers.batch import Batch, Object, State, XeroList
from source_xero_gl.readers.errors import broken
from source_xero_gl.readers.months import Month, current_month
from source_xero_gl.readers.reports.columns import AMOUNT, Columns, lines_of
from source_xero_gl.readers.reports.first_month import STEP, Books
from source_xero_gl.readers.reports.lines import figures
from source_xero_gl.readers.reports.month_ends import (
    MONTH_END,
    beginning,
    is_closed,
    lock_date,
    month_ends,
    resume,
    through,
)
from source_xero_gl.readers.reports.tracking import Category, active_categories, option_lines
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
class Part:
    """One of the reports that a month is made of.

    Attributes:
        params: that ask for it, besides the dates.
        lines: makes its lines.
    """

    params: Mapping[str, str]
    lines: Callable[[Object], list[Object]]

    def read(self, page: Page) -> list[Object]:
        """Return the lines of an answer.

        Raises:
            ReadingError: system, when it is not one report of lines with numbers.
        """
        if len(page.objects) != 1:
            raise broken("one report")
        try:
            return self.lines(page.objects[0])
        except (AttributeError, TypeError, ValueError):
            raise broken("rows of cells, with numbers after the account") from None


@dataclass(frozen=True)
class MonthByMonth:
    """A report at every month end from the first month with figures, or from ``reports.starting_on``, to the current one.

    Several months can be had in one call, but Xero then cuts a month of 31 days off at the last day of a shorter one. So each
    month is asked for by itself.

    Attributes:
        query: asks for a month, or for several as one.
        columns: the amounts of a line.
        cumulative: whether its figures are balances, which stay the same while nothing is booked.
        books: what it is made from.
        by_option: whether a month is read once for each tracking category, with a line for each of its options.
    """

    query: Query = as_at
    columns: Columns = AMOUNT
    cumulative: bool = True
    books: Books = Books.ACCRUAL
    by_option: bool = False
    cursor_field: str = MONTH_END

    def batches(self, xero_list: XeroList, state: State | None) -> Iterator[Batch]:
        """Read month by month; the state follows the months that are closed."""
        organisation = xero_list.organisation()
        starting_on, locked = xero_list.settings.reports.starting_on, lock_date(organisation.objects)
        today = current_month(organisation.server_time)
        if locked:
            locked = min(locked, (today - 1).last)  # a month that is not over yet still changes, locked or not
        categories = active_categories(xero_list.categories()) if self.by_option else None
        known = None if state is None else month_ends(state, starting_on)
        if known and categories and not known.covers(category.category_id for category in categories):
            known = None  # the closed months were read without a category that is new
        first = today if categories == [] else None  # without categories there is nothing to search for
        reached = resume(known, starting_on, locked) or beginning(first or self._first(xero_list, today), None)
        if categories is not None:
            reached = replace(reached, categories=tuple(sorted(category.category_id for category in categories)))
        parts = self.parts(categories)
        # Months that are open again must not count as read after a crash, so the state goes out before the first of them.
        yield Batch([], reached.as_blob(xero_list.tenant_id))
        for month in through(reached.closed + 1, today):
            lines = [
                line for part in parts for line in part.read(xero_list.page({**self.query(month, 1), **part.params}))
            ]
            if is_closed(month, locked):
                reached = replace(reached, closed=month)
            dated: list[Object] = [{MONTH_END: month.last.isoformat(), **line} for line in lines]
            yield Batch(dated, reached.as_blob(xero_list.tenant_id))

    def parts(self, categories: Sequence[Category] | None = None) -> list[Part]:
        """Return the reports that a month is made of: one, or with tracking categories one for each."""
        if categories is None:
            return [Part({}, partial(lines_of, columns=self.columns))]
        return [
            Part({"trackingCategoryID": category.category_id}, partial(option_lines, category=category))
            for category in categories
        ]

    def _first(self, xero_list: XeroList, today: Month) -> Month:
        (whole,) = self.parts()

        def found(month: Month) -> dict[str, tuple[str, ...]]:
            return figures(whole.read(xero_list.page(self.query(month, STEP))), self.columns.moving)

        first_month = xero_list.first_months[self.books]
        search = first_month.of_balances if self.cumulative else first_month.of_movements
        return search(today, found)
