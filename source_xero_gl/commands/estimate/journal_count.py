"""How many journals there are, from few pages: the highest number is searched for, gaps are estimated from what was seen.

See https://developer.xero.com/documentation/api/accounting/journals.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from source_xero_gl.readers.batch import Fetch, Object, Params
from source_xero_gl.readers.journals.journal import PAGE_SIZE, Journal, journal_page
from source_xero_gl.readers.journals.start import JournalStart
from source_xero_gl.settings.settings import JournalSettings
from source_xero_gl.xero.client import Page
from source_xero_gl.xero.dates import DAY, now

EXTRA_PAGES = 4
"""Pages that are looked at beside those of the search, in the middle of the widest stretches that nobody has seen."""


@dataclass(frozen=True)
class Stretch:
    """Journal numbers above ``after`` up to ``through``, of which ``used`` have a journal; None: not known."""

    after: int
    through: int
    used: int | None = None

    @property
    def numbers(self) -> int:
        """How many numbers it has."""
        return self.through - self.after

    @property
    def share(self) -> float:
        """The part of its numbers that is used; 1 where that is not known."""
        return 1.0 if self.used is None or not self.numbers else self.used / self.numbers


@dataclass(frozen=True)
class JournalCount:
    """What reading the journals will bring.

    Attributes:
        journals: how many; counted when ``counted``, else estimated.
        counted: whether every number has been looked at.
        pages: pages that were looked at.
        journals_a_page: in a page that is not the last one, at most 100; fewer when Xero sends short pages.
        sample: some of the journals.
    """

    journals: int
    counted: bool
    pages: int
    journals_a_page: float = PAGE_SIZE
    sample: list[Object] = field(default_factory=list, repr=False)


def count_journals(fetch: Fetch, filters: JournalSettings) -> JournalCount:
    """Count the journals that the filters admit.

    Raises:
        ReadingError: system, when a journal has no number or date.
    """
    seen = _Seen(fetch)
    floor = (filters.starting_at or 1) - 1
    if filters.modified_since is not None:
        floor = seen.search(floor, filters.ending_at, filters.modified_since) or floor
        if filters.ending_at is not None and floor >= filters.ending_at:
            return JournalCount(0, counted=True, pages=len(seen.pages))
    # Nothing is created after tomorrow, so this search ends after the last journal.
    last = seen.search(floor, filters.ending_at, now() + DAY)
    if last is None or last <= floor:
        return JournalCount(0, counted=True, pages=len(seen.pages))
    for _ in range(EXTRA_PAGES):
        unseen = [part for part in seen.stretches(floor, last) if part.used is None]
        widest = max(unseen, key=lambda part: part.numbers, default=None)
        if widest is None:
            break
        seen.fetch({"offset": (widest.after + widest.through) // 2})
    return seen.counted(floor, last)


class _Seen:
    def __init__(self, fetch: Fetch) -> None:
        self._fetch = fetch
        self.pages: dict[int, list[Journal]] = {}

    def search(self, floor: int, end: int | None, since: int) -> int | None:
        """Return the number of the last journal before those created at an instant or later; None without journals."""
        return JournalStart(self.fetch, floor, end).offset(since)

    def fetch(self, params: Params, modified_since: int | None = None, *_: object, **__: object) -> Page:
        """Read a page, and remember it if it shows all journals above its offset."""
        page = self._fetch(params, modified_since)
        if modified_since is None:
            offset = int(params["offset"])
            self.pages[offset] = journal_page(page, offset).journals
        return page

    def stretches(self, floor: int, last: int) -> list[Stretch]:
        """Return the numbers from ``floor`` to ``last`` in consecutive parts, seen and not seen."""
        found: list[Stretch] = []
        reached = floor
        for offset, journals in sorted(self.pages.items()):
            through = min(journals[-1].number, last) if journals else last
            begin = max(offset, reached)
            if through <= begin:
                continue
            if begin > reached:
                found.append(Stretch(reached, begin))
            found.append(Stretch(begin, through, sum(begin < journal.number <= through for journal in journals)))
            reached = through
        return [*found, Stretch(reached, last)] if reached < last else found

    def counted(self, floor: int, last: int) -> JournalCount:
        """Return the count; a part that was not seen is taken to be as full as its neighbours."""
        parts = self.stretches(floor, last)
        known = sum(part.used for part in parts if part.used is not None)
        guessed = 0.0
        for index, part in enumerate(parts):
            if part.used is None:
                near = [p for p in parts[max(0, index - 1) : index + 2] if p.used is not None]
                guessed += part.numbers * sum(p.share for p in near) / len(near)
        full = [len(journals) for journals in self.pages.values() if journals and journals[-1].number < last]
        return JournalCount(
            known + round(guessed),
            counted=not guessed,
            pages=len(self.pages),
            journals_a_page=sum(full) / len(full) if full else PAGE_SIZE,
            sample=[journal.object for journals in self.pages.values() for journal in journals],
        )
