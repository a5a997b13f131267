"""Where to begin when only journals created since a date are wanted.

Xero warns that ``If-Modified-Since`` can miss journals, so its answer is a hint that is verified, and never what is read.
The search assumes that CreatedDateUTC rises with the number.
See https://developer.xero.com/documentation/api/accounting/journals.
"""

from __future__ import annotations

from source_xero_gl.streams.journal_rows import JournalRows, Numbered
from source_xero_gl.streams.look_ahead import PAGE_SIZE
from source_xero_gl.streams.reader import Fetch
from source_xero_gl.xero.dates import SECOND

PAGES_BEFORE = 2
"""Consecutive pages that must lie wholly before the date."""


class JournalStart:
    """Finds the offset from which journals created at an instant or later are to be read."""

    def __init__(self, rows: JournalRows, fetch: Fetch, floor: int, end: int | None) -> None:
        """Search above the offset ``floor`` and, if there is an ``end``, up to that number."""
        self._rows = rows
        self._fetch = fetch
        self._floor = floor
        self._end = end

    def offset(self, since: int) -> int:
        """Return an offset below which no journal was created at ``since`` or later.

        Raises:
            XeroError: by the error table, or system when a journal has no number or date.
        """
        hinted = self._page(self._floor, since)
        obeyed = hinted and self._rows.created(hinted[0][1]) >= since // SECOND * SECOND  # the header has whole seconds
        first = self._recent(hinted, since) or hinted[-1][0] + 1 if obeyed else self._search(since)
        return self._step_back(first, since)

    def _search(self, since: int) -> int:
        """Return the number of the first journal that is not older, by halving; one above the last if all are."""
        older, step = self._floor, PAGE_SIZE  # no journal up to and including the number ``older`` is recent
        upper = self._end
        while True:
            if upper is None:
                offset, step = older + step, step * 2
            else:
                offset = (older + upper) // 2 if upper - older > PAGE_SIZE else older
            rows = self._page(offset)
            recent = self._recent(rows, since)
            if rows and recent != rows[0][0]:
                if recent is not None:
                    return recent
                older = rows[-1][0]
            elif offset == older:
                return older + 1 if recent is None else recent
            else:
                upper = offset

    def _step_back(self, first: int, since: int) -> int:
        """Return the offset below ``first``, or below what is recent on the pages before it."""
        low, before, size = first, 0, PAGE_SIZE
        while before < PAGES_BEFORE and low - 1 > self._floor:
            offset = max(self._floor, low - 1 - size)
            rows = self._between(offset, low)
            recent = self._recent(rows, since)
            if recent is not None:
                first, before = recent, 0
            elif rows:
                before += 1
            else:
                size *= 2  # nothing but a gap
            low = offset + 1
        return first - 1

    def _between(self, offset: int, end: int) -> list[Numbered]:
        """Return the journals above ``offset`` and below ``end``; a short page does not end them."""
        found: list[Numbered] = []
        while offset < end - 1:
            rows = self._page(offset)
            if not rows:
                break
            found += [row for row in rows if row[0] < end]
            offset = rows[-1][0]
        return found

    def _page(self, offset: int, since: int | None = None) -> list[Numbered]:
        return self._rows.numbered(self._fetch({"offset": offset}, since).rows, offset)

    def _recent(self, rows: list[Numbered], since: int) -> int | None:
        return next((number for number, row in rows if self._rows.created(row) >= since), None)
