"""Reading journals by offset. An offset is a journal number: a page holds the next 100 journals with a higher one.

A page with fewer than 100 rows does not end the list; an empty page does.
See https://developer.xero.com/documentation/api/accounting/journals.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from source_xero_gl.config import JournalSettings
from source_xero_gl.streams.journal_state import JournalRange, JournalState, merged
from source_xero_gl.streams.reader import Batch, Fetch, Row, State, broken
from source_xero_gl.xero.dates import read_instant

Numbered = tuple[int, Row]


class JournalReader:
    """Reads what is missing below, if a filter was widened, then what is new; a batch for each page."""

    def __init__(self, stream: str, fetch: Fetch, filters: JournalSettings, tenant_id: str) -> None:
        """Read for ``stream`` by ``fetch`` what ``filters`` admit of the organisation ``tenant_id``."""
        self._stream = stream
        self._fetch = fetch
        self._filters = filters
        self._tenant_id = tenant_id

    def batches(self, state: JournalState) -> Iterator[Batch]:
        """Read on from ``state``, which ``resume`` made for the same filters.

        Raises:
            XeroError: by the error table, or system when a page does not advance.
        """
        blob: State | None = None
        if state.backfill:
            for rows, backfill in self._read(state.backfill, state.backfill_until):
                state = replace(state, backfill=backfill)
                blob = merged(state).as_blob(self._tenant_id)
                yield Batch(self._missing(rows, state.main), blob)
            state = merged(self._exhausted(state))
        for rows, main in self._read(state.main, None):
            state = replace(state, main=main)
            blob = state.as_blob(self._tenant_id)
            yield Batch([row for _, row in rows], blob)
        if blob != state.as_blob(self._tenant_id):
            yield Batch([], state.as_blob(self._tenant_id))

    def _exhausted(self, state: JournalState) -> JournalState:
        """Return the state after a backfill that found no more journals: unless the window ended it, it is complete."""
        ending_at = self._filters.ending_at
        if state.backfill is None or (ending_at is not None and ending_at < state.backfill_until):
            return state
        return replace(state, backfill=replace(state.backfill, number=state.backfill_until))

    def _read(self, part: JournalRange, until: int | None) -> Iterator[tuple[list[Numbered], JournalRange]]:
        """Yield the rows that the filters admit of each page, and the range that is complete with them."""
        ends = [end for end in (until, self._filters.ending_at) if end is not None]
        since = self._filters.modified_since
        for page, number in self._pages(part.number, min(ends) if ends else None):
            older = {row_number for row_number, row in page if since is not None and self._created(row) < since}
            part = replace(part, number=number, older_through=max([part.older_through, *older]))
            yield [item for item in page if item[0] not in older], part

    def _pages(self, offset: int, end: int | None) -> Iterator[tuple[list[Numbered], int]]:
        """Yield the journals of each page above ``offset`` up to ``end``, and the number that is reached with them."""
        while end is None or offset < end:
            rows = self._fetch({"offset": offset}).rows
            page = sorted(((self._number(row), row) for row in rows), key=lambda item: item[0])
            if not page:
                return
            if page[0][0] <= offset:
                raise broken(self._stream, f"journal numbers above the offset {offset}")
            offset = page[-1][0] if end is None else min(page[-1][0], end)
            yield [item for item in page if item[0] <= offset], offset

    def _missing(self, rows: list[Numbered], main: JournalRange) -> list[Row]:
        """Return the rows that the main range has not emitted."""
        since = main.modified_since
        return [
            row
            for number, row in rows
            if number < main.starting_at or (since is not None and self._created(row) < since)
        ]

    def _number(self, row: Row) -> int:
        number = row.get("JournalNumber")
        if isinstance(number, str) and number.isascii() and number.isdigit():
            return int(number)
        if isinstance(number, bool) or not isinstance(number, int):
            raise broken(self._stream, "a JournalNumber in each journal")
        return number

    def _created(self, row: Row) -> int:
        instant = read_instant(row.get("CreatedDateUTC"))
        if instant is None:
            raise broken(self._stream, "a CreatedDateUTC in each journal")
        return instant
