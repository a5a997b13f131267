"""Calendar months, as reports and budgets count them."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

from source_xero_gl.xero.dates import DAY, now

_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, order=True)
class Month:
    """A month, number 1 to 12, of a year from 1 to 9999."""

    year: int
    number: int

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, self.number, 1)

    @property
    def last(self) -> date:
        """Its last day."""
        return date(self.year, self.number, calendar.monthrange(self.year, self.number)[1])

    def __add__(self, months: int) -> Month:
        year, index = divmod(self.year * 12 + self.number - 1 + months, 12)
        return Month(year, index + 1)

    def __sub__(self, months: int) -> Month:
        return self + -months

    def since(self, other: Month) -> int:
        """Return how many months this one is later than another."""
        return (self.year - other.year) * 12 + self.number - other.number


def month_of(day: date) -> Month:
    """Return the month in which a day lies."""
    return Month(day.year, day.month)


def current_month(server_time: int | None) -> Month:
    """Return the month of an instant by Xero's clock; for None, today's month by our own clock."""
    return month_of(_EPOCH + timedelta((now() if server_time is None else server_time) // DAY))
