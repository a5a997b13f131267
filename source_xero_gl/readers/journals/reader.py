"""Reading journals by offset. An offset is a journal number: a page holds the next 100 journals with a higher one.

A page with fewer than 100 rows does not end the list; an empty page does.
See https://developer.xero.com/documentation/api/accounting/journals.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from source_xero_gl.readers.batch import Batch, Fetch, Row
from source_xero_gl.readers.journals.look_ahead import LookAhead
from source_xero_gl.readers.journals.missing import LOOKS, Missing, gaps, looked_at
from source_xero_gl.readers.journals.numbers import JournalRows, Numbered
from source_xero_gl.readers.journals.start import JournalStart
from source_xero_gl.readers.journals.state import JournalRange, JournalState, merged
from source_xero_gl.settings.settings import JournalSettings
from source_xero_gl.xero.client import Page
from source_xero_gl.xero.dates import now


class JournalReader:
    """Reads what came late, then what is missing below if a filter was widened, then what is new; a batch for each page."""

    def __init__(
        self, stream: str, fetch: Fetch, filters: JournalSettings, tenant_id: str, interval: float = 0.0
    ) -> None:
        """Read what the filters admit.

        Args:
            stream: name, for errors.
            fetch: reads a page; called by several threads.
            filters: of the settings.
            tenant_id: for the state.
            interval: seconds between calls at the allowed rate.
        """
        self._stream = stream
        self._fetch = fetch
        self._filters = filters
        self._tenant_id = tenant_id
        self._interval = interval
        self._rows = JournalRows(stream)

    def batches(self, state: JournalState) -> Iterator[Batch]:
        """Read on from ``state``, which ``resume`` made for the same filters.

        Raises:
            XeroError: by the error table, or system when a page does not advance.
        """
        silent = True
        for reached, rows in self._steps(state):
            silent = False
            yield Batch(rows, reached.as_blob(self._tenant_id))
        if silent:
            yield Batch([], state.as_blob(self._tenant_id))

    def _steps(self, state: JournalState) -> Iterator[tuple[JournalState, list[Row]]]:
        """Yield each state with the rows that it makes complete."""
        for looked, rows in self._late(state):
            state = looked
            yield state, rows
        if state.backfill:
            for part, page, found in self._read(state.backfill, state.backfill_until):
                state = replace(state, backfill=part).with_missing(found)
                yield merged(state), self._unread(page, state.main)
            exhausted = merged(self._exhausted(state))
            if exhausted != merged(state):
                yield exhausted, []
            state = exhausted
        for part, page, found in self._read(state.main, None):
            state = replace(state, main=part).with_missing(found)
            yield state, [row for _, row in page]

    def _late(self, state: JournalState) -> Iterator[tuple[JournalState, list[Row]]]:
        """Look again for numbers that were missing lately, the oldest first, with two calls at most."""
        start, end = self._filters.starting_at or 1, self._filters.ending_at
        if end is not None and end <= state.main.number:
            return  # a finished window costs no call
        waiting = [part.starting_at(start) for part in state.missing if part.last >= start]
        kept = [part.up_to(start - 1) for part in state.missing if part.first < start]
        for _ in range(LOOKS):
            if not waiting:
                return
            page = self._fetch({"offset": waiting[0].first - 1})
            rows = self._rows.numbered(page.rows, waiting[0].first - 1)
            seen = rows[-1][0] if rows else None
            reached = [p for p in waiting if p.first >= waiting[0].first and (seen is None or p.first <= seen)]
            waiting = [part for part in waiting if part not in reached]
            numbers = [number for number, _ in rows]
            for part in reached:
                kept += looked_at(part, numbers, seen, self._now(page))
            missing = sorted(waiting + kept, key=lambda part: (part.behind, part.first))
            came = [item for item in rows if _within(item[0], reached)]
            admitted, main = self._split(came, state.main)
            state = replace(state, main=main, missing=()).with_missing(missing)
            yield state, [row for _, row in admitted]

    def _exhausted(self, state: JournalState) -> JournalState:
        """Return the state after a backfill that found no more journals.

        It is complete, unless the window ended it, or no journal is above it either: then its numbers are yet to come.
        """
        ending_at = self._filters.ending_at
        cut = ending_at is not None and ending_at < state.backfill_until
        if state.backfill is None or cut or state.main.begins:
            return state
        return replace(state, backfill=replace(state.backfill, number=state.backfill_until))

    def _read(
        self, part: JournalRange, until: int | None
    ) -> Iterator[tuple[JournalRange, list[Numbered], list[Missing]]]:
        """Yield the range that is complete with each page, the rows that the filters admit, and the fresh gaps."""
        ends = [end for end in (until, self._filters.ending_at) if end is not None]
        end, since = min(ends, default=None), self._filters.modified_since
        if part.begins and since is not None and (end is None or part.number < end):
            start = JournalStart(self._rows, self._fetch, part.number, end).offset(since)
            if start is None:
                return
            if start > part.number:
                start = start if end is None else min(start, end)
                part = replace(part, number=start, older_through=start)
                yield part, [], []
        ahead = LookAhead(self._stream, self._rows, self._fetch, self._interval, end)
        for news, page in ahead.pages(part.number):
            rows = [item for item in news if end is None or item[0] <= end]
            found = gaps(part.number, news, self._rows.created, self._now(page))
            found = found if end is None else [gap.up_to(end) for gap in found if gap.first <= end]
            admitted, part = self._split(rows, part)
            part = replace(part, number=news[-1][0] if end is None else min(news[-1][0], end))
            yield part, admitted, found

    def _split(self, rows: list[Numbered], part: JournalRange) -> tuple[list[Numbered], JournalRange]:
        """Return the rows that the date filter admits, and the range that remembers up to where others were left out."""
        since = self._filters.modified_since
        if since is None:
            return rows, part
        older = [number for number, row in rows if self._rows.created(row) < since]
        admitted = [item for item in rows if self._rows.created(item[1]) >= since]
        return admitted, replace(part, older_through=max([part.older_through, *older]))

    def _unread(self, rows: list[Numbered], main: JournalRange) -> list[Row]:
        """Return the rows of a backfill that the main range has not emitted."""
        since = main.modified_since
        return [
            row
            for number, row in rows
            if number < main.starting_at or (since is not None and self._rows.created(row) < since)
        ]

    def _now(self, page: Page) -> int:
        """Return the instant by Xero's clock, by our own only where Xero does not tell."""
        return page.server_time if page.server_time is not None else now()


def _within(number: int, parts: list[Missing]) -> bool:
    return any(part.first <= number <= part.last for part in parts)
