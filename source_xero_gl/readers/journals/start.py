"""Where to begin when only journals created since a date are wanted: those are called recent here.

Xero warns that ``If-Modified-Since`` can miss journals, so its answer is a hint that is verified, and never what is read.
The search assumes that CreatedDateUTC rises with the number.
See https://developer.xero.com/documentation/api/accounting/journals.
"""

from __future__ import annotations

from source_xero_gl.readers.batch import Fetch
from source_xero_gl.readers.journals.journal import PAGE_SIZE, Journal, journal_page
from source_xero_gl.xero.dates import SECOND

PAGES_BEFORE = 2
"""Consecutive pages before the first recent journal that must have no recent one."""


class JournalStart:
    """Finds the offset from which journals created at an instant or later are to be read."""

    def __init__(self, fetch: Fetch, floor: int, end: int | None) -> None:
        """Search above the offset ``floor`` and, if there is an ``end``, up to that number."""
        self._fetch = fetch
        self._end = end
        self._older = floor  # no journal above the floor and up to this number is recent

    def offset(self, since: int) -> int | None:
        """Return the number of the last journal before those created at ``since`` or later; None without journals.

        Where the window has no such journal, it is the end of the window.

        Raises:
            ReadingError: system, when a journal has no number or date.
        """
        page = self._page(self._older)
        if not page:
            return None
        recent = _first_recent(page, since)
        if recent is not None:
            older = max((journal.number for journal in page if journal.number < recent), default=self._older)
            return older if self._end is None else min(older, self._end)
        self._older = page[-1].number
        if self._end is None:
            return self._step_back(self._hint(since), since)
        if self._older >= self._end:
            return self._end
        return self._step_back(min(self._hint(since), self._end + 1), since)

    def _hint(self, since: int) -> int:
        """Return the number of the first recent journal: by Xero's answer to the header, or by a search where that shows none."""
        page = self._page(self._older, since)
        # The header has whole seconds. A journal from before that second shows that Xero ignored the header.
        if not page or page[0].created < since // SECOND * SECOND:
            return self._search(since, self._end)
        recent = _first_recent(page, since)
        # All of these journals may be from the header's second, but from before the instant.
        return page[-1].number + 1 if recent is None else recent

    def _search(self, since: int, upper: int | None) -> int:
        """Return the number of the first recent journal, by halving; one above the last, or above the end, if there is none.

        ``upper`` is an offset above which every journal is recent, or none exists; None when no such offset is known yet.
        """
        older = self._older
        step = PAGE_SIZE
        while self._end is None or older < self._end:
            if upper is None:
                offset = older + step
                step *= 2
            elif upper - older > PAGE_SIZE:
                offset = (older + upper) // 2
            else:
                offset = older
            journals = self._page(offset)
            recent = _first_recent(journals, since)
            if journals and recent != journals[0].number:
                # The page begins with older journals: the first recent one is on it or after it.
                if recent is not None:
                    return recent
                older = journals[-1].number
            elif offset == older:
                # The page right after the older journals settles it: recent from the start, or the end of the list.
                return older + 1 if recent is None else recent
            else:
                upper = offset
        return older + 1

    def _step_back(self, first: int, since: int) -> int:
        """Return the number of the last journal below ``first``, or below what is recent on the pages before it."""
        lowest = first  # what is below has not been looked at yet
        pages_before = 0
        step = PAGE_SIZE
        searched = False
        older = [self._older]
        while pages_before < PAGES_BEFORE and lowest > self._older + 1:
            offset = max(self._older, lowest - 1 - step)
            journals = self._between(offset, lowest, since)
            lowest = offset + 1
            recent = _first_recent(journals, since)
            older += [journal.number for journal in journals if journal.number != recent]
            if recent is not None:
                first = recent
                pages_before = 0
                # Recent from the first journal on: the hint was far off, and page by page the way back may be long. Once is
                # enough: where numbers and dates disagree another search would be no better.
                if recent == journals[0].number and not searched:
                    first = lowest = self._search(since, offset)
                    searched = True
            elif journals:
                pages_before += 1
            else:
                step *= 2  # a gap in the numbering is no page: it proves nothing
        return max(number for number in older if number < first)

    def _between(self, offset: int, end: int, since: int) -> list[Journal]:
        """Return the journals above ``offset`` and below ``end`` up to the first recent one, page by page."""
        found: list[Journal] = []
        while offset < end - 1:
            journals = [journal for journal in self._page(offset) if journal.number < end]
            recent = _first_recent(journals, since)
            found += journals if recent is None else [journal for journal in journals if journal.number <= recent]
            if not journals or recent is not None:
                break
            offset = journals[-1].number
        return found

    def _page(self, offset: int, since: int | None = None) -> list[Journal]:
        return journal_page(self._fetch({"offset": offset}, since), offset).journals


def _first_recent(journals: list[Journal], since: int) -> int | None:
    return next((journal.number for journal in journals if journal.created >= since), None)
