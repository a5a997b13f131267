"""Numbers that journals of the last day have skipped: should Xero publish such a journal later, it still arrives.

Whether Xero ever publishes a lower number after a higher one is not documented. A number that is missing is remembered only
when the next higher journal is less than a day old, and forgotten after one more look once it is older.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from source_xero_gl.readers.errors import unreadable
from source_xero_gl.readers.journals.journal import Journal
from source_xero_gl.readers.state import instant_in, instant_out, number_in
from source_xero_gl.xero.dates import DAY

LOOKS = 2
"""Calls that a sync may spend on missing numbers."""

MAX_RANGES = 500
"""Ranges that a state may hold; the oldest are dropped first."""

MISSING_KEY = "missing"


@dataclass(frozen=True)
class Missing:
    """Consecutive numbers that no journal had.

    Attributes:
        first: lowest of them.
        last: highest of them.
        next_created: instant at which the next higher journal was created.
    """

    first: int
    last: int
    next_created: int

    def holds(self, number: int) -> bool:
        """Tell whether a number is one of them."""
        return self.first <= number <= self.last

    def starting_at(self, number: int) -> Missing:
        """Return the part from a number on."""
        return replace(self, first=max(self.first, number))

    def up_to(self, number: int) -> Missing:
        """Return the part up to a number."""
        return replace(self, last=min(self.last, number))


def gaps(reached: int, journals: Iterable[Journal], now: int) -> list[Missing]:
    """Return the gaps before and between journals whose next journal was less than a day old at ``now``, by Xero's clock.

    Args:
        reached: number up to which everything had been read.
        journals: in the order of their numbers, all above ``reached``.
        now: instant.
    """
    found = []
    for journal in journals:
        if journal.number > reached + 1 and now - journal.created < DAY:
            found.append(Missing(reached + 1, journal.number - 1, journal.created))
        reached = journal.number
    return found


def looked_at(missing: Missing, found: Iterable[int], seen_through: int | None, now: int) -> list[Missing]:
    """Return what remains missing after a look.

    Args:
        missing: what was looked for.
        found: numbers that the look has brought, in order.
        seen_through: number up to which the look was complete; None: all.
        now: instant by the server's clock.
    """
    end = missing.last if seen_through is None else min(missing.last, seen_through)
    forgotten = now - missing.next_created >= DAY
    rest: list[Missing] = []
    first = missing.first
    here = [number for number in found if missing.first <= number <= end]
    for number in [*here, end + 1]:  # what is between two of them is still missing, and so is what follows the last one
        if number > first and not forgotten:
            rest.append(Missing(first, number - 1, missing.next_created))
        first = number + 1
    if missing.last > end:  # not looked at, so it is kept however old it is
        rest.append(Missing(max(end + 1, missing.first), missing.last, missing.next_created))
    return rest


def missing_out(missing: Iterable[Missing]) -> list[dict[str, Any]]:
    """Return ranges as states carry them."""
    return [{"first": part.first, "last": part.last, "behind": instant_out(part.next_created)} for part in missing]


def missing_in(state: Mapping[str, Any]) -> tuple[Missing, ...]:
    """Return the ranges in a state.

    Raises:
        ReadingError: config, when they cannot be read.
    """
    parts = state.get(MISSING_KEY, [])
    if not isinstance(parts, list) or not all(isinstance(part, Mapping) for part in parts):
        raise unreadable(MISSING_KEY)
    return tuple(_missing_in(part) for part in parts)


def _missing_in(part: Mapping[str, Any]) -> Missing:
    first, last = number_in(part, "first"), number_in(part, "last")
    next_created = instant_in(part, "behind")
    if next_created is None or not 1 <= first <= last:
        raise unreadable(MISSING_KEY)
    return Missing(first, last, next_created)
