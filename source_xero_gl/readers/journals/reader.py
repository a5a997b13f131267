"""Reading journals by offset. An offset is a journal number: a page holds the next 100 journals with a higher one.

A page with fewer than 100 journals does not end the list; an empty page does.
See https://developer.xero.com/documentation/api/accounting/journals.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from source_xero_gl.readers.batch import Batch, Object, State, XeroList
from source_xero_gl.readers.journals.journal import Journal, journal_page
from source_xero_gl.readers.journals.look_ahead import LookAhead
from source_xero_gl.readers.journals.missing import LOOKS, Missing, gaps, looked_at
from source_xero_gl.readers.journals.start import JournalStart
from source_xero_gl.readers.journals.state import (
    JOURNAL_NUMBER,
    JournalRange,
    JournalState,
    journal_state,
    merged,
    resume,
)

Part = tuple[JournalRange, list[Journal], list[Missing]]
"""What a page brings: the range that is complete with it, the journals that the filters admit, the gaps that are fresh."""


@dataclass(frozen=True)
class ByNumber:
    """Journals, read by number; the filters of ``journals`` in the settings govern them."""

    cursor_field: str = JOURNAL_NUMBER

    def batches(self, xero_list: XeroList, state: State | None) -> Iterator[Batch]:
        """Read what the filters admit and the state does not have."""
        filters = xero_list.settings.journals
        known = None if state is None else journal_state(state, filters)
        return JournalReader(xero_list, resume(known, filters)).batches()


class JournalReader:
    """Reads what came late, then what is missing below if a filter was widened, then what is new."""

    def __init__(self, xero_list: XeroList, state: JournalState) -> None:
        """Read on from ``state``, which ``resume`` made for the filters of the settings."""
        self._list = xero_list
        self._filters = xero_list.settings.journals
        self._state = state

    def batches(self) -> Iterator[Batch]:
        """Yield a batch for each page, at least one; raises what ``Reader`` says."""
        silent = True
        for read in (self._late, self._below, self._new):
            for objects in read():
                silent = False
                yield Batch(objects, self._state.as_blob(self._list.tenant_id))
        if silent:
            yield Batch([], self._state.as_blob(self._list.tenant_id), note=self._beyond_the_ledger())

    def _beyond_the_ledger(self) -> str | None:
        """Return what a person should know when a start was set and no journal has ever been found from there on."""
        start = self._filters.starting_at
        if start is None or not self._state.main.begins:
            return None
        return (
            f"No journal has the Journal ID {start} or a higher one yet, so nothing was read. If journals are expected, lower "
            "journals.starting_at_journal_id (Starting at Journal ID)."
        )

    def _late(self) -> Iterator[list[Object]]:
        """Look again for numbers that were missing lately, the oldest first, with two calls at most."""
        start, end = self._filters.starting_at or 1, self._filters.ending_at
        if end is not None and end <= self._state.main.number:
            return  # a finished window costs no call
        waiting = [part.starting_at(start) for part in self._state.missing if part.last >= start]
        kept = [part.up_to(start - 1) for part in self._state.missing if part.first < start]
        for _ in range(LOOKS):
            if not waiting:
                return
            offset = waiting[0].first - 1
            journals, at = journal_page(self._list.page({"offset": offset}), offset)
            # A page has every journal up to its last one; an empty page shows that there is none above the offset.
            seen = journals[-1].number if journals else None
            reached = [part for part in waiting if part.first > offset and (seen is None or part.first <= seen)]
            waiting = [part for part in waiting if part not in reached]
            for part in reached:
                kept += looked_at(part, [journal.number for journal in journals], seen, at)
            came = [journal for journal in journals if any(part.holds(journal.number) for part in reached)]
            main, admitted = self._filtered(came, self._state.main)
            missing = sorted(waiting + kept, key=lambda part: (part.next_created, part.first))
            self._state = replace(self._state, main=main, missing=()).with_missing(missing)
            yield _objects(admitted)

    def _below(self) -> Iterator[list[Object]]:
        """Read what a widened filter newly admits."""
        if self._state.backfill is None:
            return
        main = self._state.main
        for part, admitted, found in self._read(self._state.backfill, self._state.backfill_until):
            self._state = merged(replace(self._state, backfill=part).with_missing(found))
            yield _objects(journal for journal in admitted if not main.has_emitted(journal))
        if self._state.backfill is None or main.begins:
            return  # no journal is above the backfill either: its numbers are yet to come
        end = self._filters.ending_at
        if end is None or end >= self._state.backfill_until:
            # The list has no more journals for the backfill: it is complete, although its last number may not exist.
            complete = replace(self._state.backfill, number=self._state.backfill_until)
            self._state = merged(replace(self._state, backfill=complete))
            yield []

    def _new(self) -> Iterator[list[Object]]:
        for part, admitted, found in self._read(self._state.main, None):
            self._state = replace(self._state, main=part).with_missing(found)
            yield _objects(admitted)

    def _read(self, part: JournalRange, until: int | None) -> Iterator[Part]:
        """Read on from the end of a range, up to a number or to the end of the list."""
        end = min((number for number in (until, self._filters.ending_at) if number is not None), default=None)
        since = self._filters.modified_since
        if part.begins and since is not None and (end is None or part.number < end):
            start = JournalStart(self._list.page, part.number, end).offset(since)
            if start is None:
                return
            if start > part.number:
                part = replace(part, number=start, older_through=start)
                yield part, [], []  # the calls of the search are paid for: a crash must not repeat them
        for journals, at in LookAhead(self._list.page, self._list.pace, end).pages(part.number):
            found = gaps(part.number, journals, at)
            last = journals[-1].number
            if end is not None:
                found = [gap.up_to(end) for gap in found if gap.first <= end]
                last = min(last, end)
            within = [journal for journal in journals if journal.number <= last]
            part, admitted = self._filtered(within, part)
            part = replace(part, number=last)
            yield part, admitted, found

    def _filtered(self, journals: list[Journal], part: JournalRange) -> tuple[JournalRange, list[Journal]]:
        """Return the range, with the highest number that was left out, and the journals that the date filter admits."""
        since = self._filters.modified_since
        if since is None:
            return part, journals
        older = [journal.number for journal in journals if journal.created < since]
        admitted = [journal for journal in journals if journal.created >= since]
        return replace(part, older_through=max([part.older_through, *older])), admitted


def _objects(journals: Iterable[Journal]) -> list[Object]:
    return [journal.object for journal in journals]
