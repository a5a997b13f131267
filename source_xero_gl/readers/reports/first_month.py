"""The first month that reports have figures for: Xero does not say when the books begin, so it is searched for.

The search goes back from today, most of a year at a time. It is made once a sync, by these rules:

- A report of balances answers for all reports. Before its first month the balances are those from before all books, so nothing
  moved there; and where balances differ from one look to the next, something moved in between.
- A report of movements answers for itself. A report of balances that comes later begins to look before that month.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from enum import Enum, auto
from typing import Any

from source_xero_gl.readers.months import Month

STEP = 11
"""Months that the search goes back at a time, and whose movements it asks for: less than a year."""

LONGEST_SEARCH = 33
"""Steps after which the search ends: thirty years."""

LONGEST_PAUSE = 5
"""Steps without any movement after which the search for the first one ends."""


class Books(Enum):
    """What a report is made from. Reports of the same books begin in the same month."""

    ACCRUAL = auto()
    CASH = auto()
    BANK = auto()


Figures = Callable[[Month], Mapping[str, Any]]
"""Returns the figures of a report by account: balances at the end of a month, or movements of a step that ends with it."""


class FirstMonth:
    """The first month of the reports of one sync. Safe under threads: a report that asks during a search waits for its result."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._of_balances: Month | None = None
        self._of_movements: Month | None = None

    def of_balances(self, today: Month, figures: Figures) -> Month:
        """Return the first month of a report of balances.

        Args:
            today: the current month.
            figures: asks the report, if it is the one to search in.

        Raises:
            XeroError, ReadingError: the report cannot be read; the next report searches for itself.
        """
        with self._lock:
            if self._of_balances is None:
                self._search_balances(today, figures)
            return self._of_balances or today

    def of_movements(self, today: Month, figures: Figures) -> Month:
        """Return the first month of a report of movements; arguments and errors are those of ``of_balances``."""
        with self._lock:
            if self._of_movements is None:
                self._of_movements = _first_moving(today, lambda month: bool(figures(month)))
            return self._of_movements

    def _search_balances(self, today: Month, figures: Figures) -> None:
        """Look until the balances are what they were before all books: old ones of a conversion may be dated 1970."""
        oldest = today - STEP * LONGEST_SEARCH
        ever = figures(oldest)
        month = today - STEP if self._of_movements is None else self._of_movements - 1
        looks: dict[Month, Mapping[str, Any]] = {month: figures(month)}
        while looks[month] != ever and month > oldest:
            month -= STEP
            looks[month] = figures(month)
        self._of_balances = month + 1
        if self._of_movements is None:
            # Where balances are not known they are those before all books.
            self._of_movements = _first_moving(
                today, lambda last: looks.get(last, ever) != looks.get(last - STEP, ever)
            )


def _first_moving(today: Month, moved: Callable[[Month], bool]) -> Month:
    """Return the first month of the earliest step in which anything moved; ``moved`` is asked with a step's last month."""
    first = last = today - STEP
    quiet = 0
    for _ in range(LONGEST_SEARCH):
        if moved(last):
            quiet, first = 0, last - STEP
        else:
            quiet += 1
            if quiet == LONGEST_PAUSE:
                break
        last -= STEP
    return first + 1
