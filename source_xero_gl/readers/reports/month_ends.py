"""Which month ends of a report have been read, and which a sync reads. Pure: no network, no clock.

A month is closed when it ends on or before the organisation's lock date. Closed months are read once; the state is the end of
the last one. The months after it are read again in each sync.
See https://developer.xero.com/documentation/api/accounting/organisation.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from source_xero_gl.readers.batch import Object
from source_xero_gl.readers.errors import unreadable
from source_xero_gl.readers.months import Month, month_of
from source_xero_gl.readers.state import TENANT_KEY, VERSION, VERSION_KEY, day_in
from source_xero_gl.xero.dates import read_day

MONTH_END = "Date"
_STARTING_ON, _FIRST, _CATEGORIES = "starting_on", "first", "categories"


@dataclass(frozen=True)
class MonthEnds:
    """Month ends that have been read for good.

    Attributes:
        starting_on: the setting with which the reading began; None: from the first month with figures.
        first: the first month that was read.
        closed: the last month that was read when it was closed; the month before the first one when none was.
        categories: IDs of the tracking categories by which they were read; None for a report that has none.
    """

    starting_on: date | None
    first: Month
    closed: Month
    categories: tuple[str, ...] | None = None

    def covers(self, categories: Iterable[str]) -> bool:
        """Tell whether the months were read by all of these categories; where the state does not say, they were."""
        return self.categories is None or set(categories) <= set(self.categories)

    def as_blob(self, tenant_id: str) -> dict[str, Any]:
        """Return the state as the platform keeps it."""
        by_category = {} if self.categories is None else {_CATEGORIES: list(self.categories)}
        return {
            MONTH_END: self.closed.last.isoformat(),
            _STARTING_ON: self.starting_on and self.starting_on.isoformat(),
            _FIRST: self.first.last.isoformat(),
            **by_category,
            VERSION_KEY: VERSION,
            TENANT_KEY: tenant_id,
        }


def month_ends(blob: Mapping[str, Any], starting_on: date | None) -> MonthEnds:
    """Return the state in a blob; a bare ``{"Date": …}`` gets today's setting.

    Raises:
        ReadingError: config, when the blob cannot be read.
    """
    closed = _day_in(blob, MONTH_END)
    if closed is None or closed != month_of(closed).last:
        raise unreadable(MONTH_END)
    began = _day_in(blob, _STARTING_ON) if _STARTING_ON in blob else starting_on
    first = _day_in(blob, _FIRST) or min(starting_on or closed, closed)
    return MonthEnds(began, month_of(first), month_of(closed), _categories_in(blob))


def beginning(first: Month, starting_on: date | None) -> MonthEnds:
    """Return the state before the first month has been read."""
    return MonthEnds(starting_on, first, first - 1)


def resume(known: MonthEnds | None, starting_on: date | None, locked: date | None) -> MonthEnds | None:
    """Return where a sync goes on, None when it must find the first month with figures.

    Args:
        known: the state, None to begin.
        starting_on: today's setting.
        locked: the lock date; one that was moved back, or taken away, opens months again.
    """
    if known is None or _is_widened(known, starting_on):
        return None if starting_on is None else beginning(month_of(starting_on), starting_on)
    first = known.first if starting_on is None else max(known.first, month_of(starting_on))
    open_from = first if locked is None else _last_closed(locked) + 1
    return MonthEnds(starting_on, first, max(first - 1, min(known.closed, open_from - 1)))


def lock_date(organisations: Sequence[Object]) -> date | None:
    """Return the last locked day of the organisation that Xero answers with; None when nothing is locked.

    Xero has one date for everybody and one up to which advisers still book. The later one counts, because it is the one that
    teams set at each month end.
    """
    found = organisations[0] if organisations else {}
    days = [read_day(found.get(field)) for field in ("PeriodLockDate", "EndOfYearLockDate")]
    return max((day for day in days if day), default=None)


def is_closed(month: Month, locked: date | None) -> bool:
    """Tell whether a month ends on or before the lock date."""
    return locked is not None and month.last <= locked


def through(first: Month, last: Month) -> Iterator[Month]:
    """Yield the months from one to another, both included."""
    while first <= last:
        yield first
        first += 1


def _is_widened(known: MonthEnds, starting_on: date | None) -> bool:
    return known.starting_on is not None if starting_on is None else month_of(starting_on) < known.first


def _last_closed(locked: date) -> Month:
    month = month_of(locked)
    return month if month.last <= locked else month - 1


def _categories_in(blob: Mapping[str, Any]) -> tuple[str, ...] | None:
    categories: object = blob.get(_CATEGORIES)
    if categories is None:
        return None
    if not isinstance(categories, list) or not all(isinstance(category, str) for category in categories):
        raise unreadable(_CATEGORIES)
    return tuple(categories)


def _day_in(blob: Mapping[str, Any], key: str) -> date | None:
    """Return a day from a state: not of the first year, because the month before must exist."""
    day = day_in(blob, key)
    if day and day.year == date.min.year:
        raise unreadable(key)
    return day
