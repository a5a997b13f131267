"""Where to begin when only journals created since a date are wanted.

Xero warns that ``If-Modified-Since`` can miss journals, so its answer is a hint that is verified, and never what is read.
The search assumes that CreatedDateUTC rises with the number.
See https://developer.xero.com/documentation/api/accounting/journals.
"""

from __future__ import annotations

from source_xero_gl.readers.batch import Fetch
from source_xero_gl.readers.journals.journal import PAGE_SIZE, Journal, journal_page
from source_xero_gl.xero.dates import SECOND

PAGES_BEFORE = 2
"""Consecutive pages that must lie wholly before the date."""


class JournalStart:
    """Finds the offset from which journals created at an instant or later are to be read."""

    def __init__(self, fetch: Fetch, floor: int, end: int | None) -> None:
        """Search above the offset ``floor`` and, if there is an ``end``, up to that number."""
        self._fetch = fetch
        self._end = end
        self._older = floor  # no journal above the floor and up to here was created since

    def offset(self, since: int) -> int | None:
        """Return the number of the last journal in front of those created at ``since`` or later; None without journals.

        Raises:
            XeroError: by the error table.
            ReadingError: system, when a journal has no number or date.
        """
        page = self._page(self._older)
        if not page:
            return None
        recent = self._recent(page, since)
        if recent is not None:
            return max((journal.number for journal in page if journal.number < recent), default=self._older)
        self._older = page[-1].number
        if self._end is None:
            return self._step_back(self._hint(since), since)
        if self._older >= self._end:
            return self._end
        return self._step_back(min(self._hint(since), self._end + 1), since)

    def _hint(self, since: int) -> int:
        """Return the number of the first recent journal as the header names it, searched for where it names none."""
        page = self._page(self._older, since)
        if page and page[0].created >= since // SECOND * SECOND:  # the header has whole seconds
            return self._recent(page, since) or page[-1].number + 1
        return self._search(since, self._end)

    def _search(self, since: int, upper: int | None) -> int:
        """Return the number of the first recent journal, by halving; one above the last, or above the end, if there is none."""
        older, step = self._older, PAGE_SIZE
        while self._end is None or older < self._end:
            if upper is None:
                offset, step = older + step, step * 2
            else:
                offset = (older + upper) // 2 if upper - older > PAGE_SIZE else older
            journals = self._page(offset)
            recent = self._recent(journals, since)
            if journals and recent != journals[0].number:
                if recent is not None:
                    return recent
                older = journals[-1].number
            elif offset == older:
                return older + 1 if recent is None else recent
            else:
                upper = offset
        return older + 1

    def _step_back(self, first: int, since: int) -> int:
        """Return the number of the last journal below ``first``, or below what is recent on the pages before it."""
        low, before, size, searched = first, 0, PAGE_SIZE, False
        older = [self._older]
        while before < PAGES_BEFORE and low - 1 > self._older:
            offset = max(self._older, low - 1 - size)
            journals = self._between(offset, low, since)
            recent = self._recent(journals, since)
            older += [journal.number for journal in journals if journal.number != recent]
            low = offset + 1
            if recent is None:
                before, size = (
                    (before + 1, size) if journals else (before, size * 2)
                )  # nothing but a gap proves nothing
                continue
            first, before = recent, 0
            if recent == journals[0].number and not searched:  # the hint was far off
                first = low = self._search(since, offset)
                searched = True
        return max(number for number in older if number < first)

    def _between(self, offset: int, end: int, since: int) -> list[Journal]:
        """Return the journals above ``offset`` and below ``end`` up to the first recent one; a short page does not end them."""
        found: list[Journal] = []
        while offset < end - 1:
            journals = [journal for journal in self._page(offset) if journal.number < end]
            recent = self._recent(journals, since)
            found += journals if recent is None else [journal for journal in journals if journal.number <= recent]
            if not journals or recent is not None:
                break
            offset = journals[-1].number
        return found

    def _page(self, offset: int, since: int | None = None) -> list[Journal]:
        return journal_page(self._fetch({"offset": offset}, since), offset).journals

    def _recent(self, journals: list[Journal], since: int) -> int | None:
        return next((journal.number for journal in journals if journal.created >= since), None)
