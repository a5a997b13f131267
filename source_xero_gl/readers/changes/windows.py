"""Windows on the date of documents, for organisations with more of them than Xero lists in one go.

Xero refuses a list for which it would have to work through more than 100,000 documents. Windows on ``Date`` stay below that:
open below, ranges, open above, and documents without a date. One that is still too large is split.
See https://developer.xero.com/documentation/api/accounting/invoices and, for a range of dates without ``where``,
https://developer.xero.com/documentation/api/accounting/purchaseorders.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from source_xero_gl.readers.errors import unreadable
from source_xero_gl.readers.state import day_in, instant_in, instant_out

WINDOWS_KEY = "windows"

_WORD = re.compile(r"[A-Z-]{1,40}", re.ASCII)
"""How Xero spells types and statuses."""

_EARLIEST, _LATEST = date(1900, 1, 1), date(2200, 1, 1)
_OPEN_STEP = timedelta(days=3653)
"""How much of a window that is open at one end is split off: ten years."""


@dataclass(frozen=True)
class Window:
    """Documents of some days, maybe of one type and status only.

    Attributes:
        first: first day; None: open below.
        end: the day after the last one; None: open above.
        dated: False for the documents without a date.
        kind: Type of the documents; None: all.
        status: Status of the documents; None: all.
        done: whether the current read has been through it.
        through: highest stamp up to which the current read is complete in it.
    """

    first: date | None = None
    end: date | None = None
    dated: bool = True
    kind: str | None = None
    status: str | None = None
    done: bool = False
    through: int | None = None

    def by_where(self) -> dict[str, str]:
        """Return what selects the window in the query of a list that takes ``where``."""
        terms = [] if self.dated else ["Date == null"]
        if self.first:
            terms.append(f"Date >= {_date_time(self.first)}")
        if self.end:
            terms.append(f"Date < {_date_time(self.end)}")
        if self.kind:
            terms.append(f'Type == "{self.kind}"')
        return {"where": " AND ".join(terms), **({"Statuses": self.status} if self.status else {})}

    def by_range(self) -> dict[str, str]:
        """Return what selects the window, but for type and status, in the query of a list that takes a range of dates.

        ``DateTo`` is the day after the last one: Xero does not say that it is inclusive, and a day less could be a day lost.
        Documents of that day may come twice, with this window and the next.
        """
        days = {"DateFrom": self.first, "DateTo": self.end}
        return {name: day.isoformat() for name, day in days.items() if day}

    @property
    def days(self) -> str:
        """The days of the window, for a sentence."""
        if not self.dated:
            return "no date"
        return f"{self.first or 'the beginning'} to before {self.end or 'the end'}"

    def split(self, types: Sequence[str], statuses: Sequence[str]) -> tuple[Window, ...]:
        """Return the windows that make up this one, by days, types or statuses; none when it cannot be split any more."""
        whole = replace(self, done=False, through=None)
        pivot = self._pivot()
        if pivot:
            return replace(whole, end=pivot), replace(whole, first=pivot)
        if self.kind is None and types:
            return tuple(replace(whole, kind=kind) for kind in types)
        if self.status is None:
            return tuple(replace(whole, status=status) for status in statuses)
        return ()

    def _pivot(self) -> date | None:
        """Return the day at which to halve the window, None for a single day and for what has no days."""
        if not self.dated or self.kind:
            return None
        if self.first and self.end:
            days = (self.end - self.first).days
            return self.first + timedelta(days // 2) if days > 1 else None
        if self.end:
            return max(self.end - _OPEN_STEP, _EARLIEST) if self.end > _EARLIEST else None
        if self.first:
            return min(self.first + _OPEN_STEP, _LATEST) if self.first < _LATEST else None
        return None


FIRST_WINDOWS = (
    Window(end=date(2010, 1, 1)),
    Window(first=date(2010, 1, 1), end=date(2040, 1, 1)),
    Window(first=date(2040, 1, 1)),
    Window(dated=False),
)


@dataclass(frozen=True)
class Cut:
    """How a list that is too long is cut into windows.

    Attributes:
        params: asks for a window.
        windows: to begin with; together they are the whole list.
        types: every Type of the objects, by which a single day can be split further; none where it cannot be.
        statuses: every Status, likewise.
    """

    params: Callable[[Window], Mapping[str, str]] = Window.by_where
    windows: tuple[Window, ...] = FIRST_WINDOWS
    types: Sequence[str] = ()
    statuses: Sequence[str] = ()


BY_RANGE = Cut(Window.by_range, tuple(window for window in FIRST_WINDOWS if window.dated))
"""By ``DateFrom`` and ``DateTo``, for documents that all have a date."""


def unread(windows: Iterable[Window]) -> tuple[Window, ...]:
    """Return the same windows for another read."""
    return tuple(replace(window, done=False, through=None) for window in windows)


def windows_out(windows: Iterable[Window]) -> list[dict[str, Any]]:
    """Return windows as states carry them, without what is not set."""
    return [_window_out(window) for window in windows]


def windows_in(state: Mapping[str, Any]) -> tuple[Window, ...]:
    """Return the windows in a state.

    Raises:
        ReadingError: config, when they cannot be read.
    """
    windows = state.get(WINDOWS_KEY, [])
    if not isinstance(windows, list):
        raise unreadable(WINDOWS_KEY)
    return tuple(_window_in(window) for window in windows)


def _date_time(day: date) -> str:
    return f"DateTime({day.year:04},{day.month:02},{day.day:02})"


def _window_out(window: Window) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "first": window.first and window.first.isoformat(),
        "end": window.end and window.end.isoformat(),
        "kind": window.kind,
        "status": window.status,
        "through": instant_out(window.through),
        "undated": not window.dated,
        "done": window.done,
    }
    return {key: value for key, value in fields.items() if value}


def _window_in(window: object) -> Window:
    if not isinstance(window, Mapping):
        raise unreadable(WINDOWS_KEY)
    return Window(
        day_in(window, "first"),
        day_in(window, "end"),
        dated=not window.get("undated"),
        kind=_word_in(window, "kind"),
        status=_word_in(window, "status"),
        done=bool(window.get("done")),
        through=instant_in(window, "through"),
    )


def _word_in(window: Mapping[str, Any], key: str) -> str | None:
    word = window.get(key)
    if word is not None and not (isinstance(word, str) and _WORD.fullmatch(word)):
        raise unreadable(WINDOWS_KEY)
    return word
