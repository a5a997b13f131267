"""What has been read of the journals: one contiguous range of numbers, and a second one below it while a filter was widened.

Pure: ``resume`` decides what a sync still has to read, ``merged`` joins the two ranges once they meet.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from source_xero_gl.readers.errors import unreadable
from source_xero_gl.readers.journals.journal import Journal
from source_xero_gl.readers.journals.missing import MAX_RANGES, MISSING_KEY, Missing, missing_in, missing_out
from source_xero_gl.readers.state import (
    TENANT_KEY,
    VERSION,
    VERSION_KEY,
    instant_in,
    instant_out,
    number_in,
)
from source_xero_gl.settings.settings import JournalSettings

JOURNAL_NUMBER = "JournalNumber"


@dataclass(frozen=True)
class JournalRange:
    """Journals of consecutive numbers that have been read.

    Attributes:
        starting_at: lowest number that was asked for, from 1.
        number: highest number that was read, at least ``starting_at - 1``.
        modified_since: every journal of the range created at this instant or later has been emitted; None: all.
        older_through: highest number that was left out because it was created earlier; 0 when none was.
    """

    starting_at: int
    number: int
    modified_since: int | None = None
    older_through: int = 0

    @property
    def begins(self) -> bool:
        """Whether nothing of the range has been read yet."""
        return self.number < self.starting_at

    def has_emitted(self, journal: Journal) -> bool:
        """Tell whether a journal up to the range's end was emitted with it: those from before its date were not."""
        recent = self.modified_since is None or journal.created >= self.modified_since
        return journal.number >= self.starting_at and recent


@dataclass(frozen=True)
class JournalState:
    """The range that new journals extend, and what a widened filter has brought below it so far.

    Attributes:
        main: the range that JournalNumber in the state belongs to.
        backfill: the part of the widened filter that has been read; None when nothing is missing.
        backfill_until: the last number that the widened filter newly admits.
        missing: fresh gaps in the numbering, the oldest first.
    """

    main: JournalRange
    backfill: JournalRange | None = None
    backfill_until: int = 0
    missing: tuple[Missing, ...] = ()

    def as_blob(self, tenant_id: str) -> dict[str, Any]:
        """Return the state as the platform keeps it."""
        blob = {**_range_out(self.main), VERSION_KEY: VERSION, TENANT_KEY: tenant_id}
        if self.backfill:
            blob["backfill"] = {**_range_out(self.backfill), "until": self.backfill_until}
        if self.missing:
            blob[MISSING_KEY] = missing_out(self.missing)
        return blob

    def with_missing(self, found: Iterable[Missing]) -> JournalState:
        """Return the state with more gaps, the oldest forgotten where they are too many."""
        return replace(self, missing=(*self.missing, *found)[-MAX_RANGES:])


def journal_state(blob: Mapping[str, Any], filters: JournalSettings) -> JournalState:
    """Return the state in a blob; a bare ``{"JournalNumber": n}`` gets the bounds of today's filters.

    Raises:
        ReadingError: config, when the blob cannot be read.
    """
    state = JournalState(_range_in(blob, filters), missing=missing_in(blob))
    backfill = blob.get("backfill")
    if backfill is None:
        return state
    if not isinstance(backfill, Mapping):
        raise unreadable("backfill")
    until = number_in(backfill, "until", 0)
    return replace(state, backfill=_range_in(backfill, filters), backfill_until=until)


def resume(state: JournalState | None, filters: JournalSettings) -> JournalState:
    """Return the state from which a sync with these filters goes on.

    A start that leaves a gap above what was read begins a new range. A filter that was widened begins a backfill of what it
    newly admits, or goes on with the one that it began before.
    """
    start = filters.starting_at or 1
    fresh = JournalRange(start, start - 1, filters.modified_since)
    if state is None or start > state.main.number + 1:
        return JournalState(fresh)
    main = state.main
    # A lower start admits what is below the range; an earlier date what the range has left out. 0 is below every start.
    below = main.starting_at - 1 if start < main.starting_at else 0
    left_out = main.older_through if _earlier(filters.modified_since, main.modified_since) else 0
    until = max(below, left_out)
    if until < start:  # nothing is missing
        main = replace(main, modified_since=_later(filters.modified_since, main.modified_since))
        return JournalState(main, missing=state.missing)
    begun = state.backfill
    if (
        begun is not None
        and begun.starting_at == start
        and begun.modified_since == filters.modified_since
        and state.backfill_until == until
    ):
        return state
    return JournalState(main, fresh, until, state.missing)


def merged(state: JournalState) -> JournalState:
    """Return the state in which a backfill that is complete has joined the main range."""
    main, backfill = state.main, state.backfill
    if backfill is None or backfill.number < state.backfill_until:
        return state
    # The backfill's date holds for the joined range when the backfill went through the main range as well, or when the date is
    # earlier and the main range had left out nothing. Otherwise only what both dates admit is complete.
    widened_date = state.backfill_until >= main.starting_at or _earlier(backfill.modified_since, main.modified_since)
    since = backfill.modified_since if widened_date else _later(backfill.modified_since, main.modified_since)
    older = backfill.older_through if widened_date else max(backfill.older_through, main.older_through)
    return JournalState(JournalRange(backfill.starting_at, main.number, since, older), missing=state.missing)


def _earlier(one: int | None, other: int | None) -> bool:
    """Tell whether a lower bound admits more than another; None admits all."""
    return other is not None and (one is None or one < other)


def _later(one: int | None, other: int | None) -> int | None:
    return one if _earlier(other, one) else other


def _range_out(part: JournalRange) -> dict[str, Any]:
    return {
        JOURNAL_NUMBER: part.number,
        "starting_at": part.starting_at,
        "modified_since": instant_out(part.modified_since),
        "older_through": part.older_through,
    }


def _range_in(blob: Mapping[str, Any], filters: JournalSettings) -> JournalRange:
    number = number_in(blob, JOURNAL_NUMBER)
    since = instant_in(blob, "modified_since") if "modified_since" in blob else filters.modified_since
    starting_at = number_in(blob, "starting_at", min(filters.starting_at or 1, number + 1))
    older_through = number_in(blob, "older_through", number if since is not None else 0)
    if not 1 <= starting_at <= number + 1:
        raise unreadable("starting_at")
    return JournalRange(starting_at, number, since, older_through)
