"""Pages of journals in order, with the next ones already on the way.

An offset is a journal number, so the offset of the next page is known only when a page has come. Without gaps in the numbering
it is 100 higher, and pages are asked for ahead at that guess. A guessed page is used only where it continues what has been
read; otherwise what lies between is read first.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from source_xero_gl.readers.batch import Fetch, Pace
from source_xero_gl.readers.journals.journal import PAGE_SIZE, Journal, JournalPage, journal_page
from source_xero_gl.xero.client import Page
from source_xero_gl.xero.pacing import CONCURRENT_CALLS

WASTE_LIMIT = 0.06
"""Share of the calls that may bring nothing new before guessing stops for a while."""

WASTE_CEILING = 0.09
"""Share of the calls that may bring nothing new if every guess under way turns out wrong, once there have been gaps."""

LATENCY_MARGIN = 1.25
"""Latency varies: calls are kept under way for a quarter more than the last ones took."""


@dataclass(frozen=True)
class _PageToCome:
    """A page that was asked for, and the event that says that it is not needed any more."""

    page: Future[Page]
    withdrawn: threading.Event

    def withdraw(self) -> None:
        self.withdrawn.set()
        self.page.cancel()


class LookAhead:
    """Reads pages from an offset on until an empty one. For one thread."""

    def __init__(self, fetch: Fetch, pace: Pace, end: int | None) -> None:
        """Read with ``fetch``, which several threads call, up to the number ``end``, if any: no call is made at or beyond it."""
        self._fetch = fetch
        self._pace = pace
        self._end = end
        self._coming: dict[int, _PageToCome] = {}  # by offset
        self._calls = 0
        self._wasted = 0.0  # in calls: a page of which half is known already counts as half a call
        self._depth = 1  # most calls under way; only a full page without gaps shows that one more pays
        self._gaps_seen = False
        self._handing_on = 0.0  # seconds that it took to hand on the last page

    def pages(self, offset: int) -> Iterator[JournalPage]:
        """Yield the journals of each page that are new, in the order of their numbers, never an empty list.

        Raises:
            ReadingError: system, when a page does not lie above its offset.
        """
        pool = ThreadPoolExecutor(CONCURRENT_CALLS, thread_name_prefix="journals-ahead")
        try:
            while self._end is None or offset < self._end:
                asked, page = self._next(offset, pool)
                journals, at = journal_page(page, asked)
                if not journals and asked == offset:
                    return
                news = [journal for journal in journals if journal.number > offset]
                self._judge(journals, news)
                if news:
                    offset = news[-1].number
                    self._ask_ahead(offset, page.seconds, pool)
                    began = time.monotonic()
                    yield JournalPage(news, at)
                    self._handing_on = time.monotonic() - began
        finally:
            for coming in self._coming.values():
                coming.withdraw()
            # Not waited for: a call may take minutes, and nobody needs its answer.
            pool.shutdown(wait=False, cancel_futures=True)

    def _next(self, reached: int, pool: ThreadPoolExecutor) -> tuple[int, Page]:
        """Return the page on the way that leads furthest beyond ``reached``, after its offset; ask for one if there is none."""
        # A page at a higher offset would leave a hole: the journals between were never seen.
        usable = [offset for offset in self._coming if offset <= reached]
        if not usable:
            self._ask(reached, pool)
            usable = [reached]
        best = max(usable)
        for offset in usable:
            if offset != best:
                self._coming.pop(offset).withdraw()
                self._wasted += 1
        return best, self._coming.pop(best).page.result()

    def _ask(self, offset: int, pool: ThreadPoolExecutor) -> None:
        self._calls += 1
        withdrawn = threading.Event()
        self._coming[offset] = _PageToCome(pool.submit(self._fetch, {"offset": offset}, withdrawn=withdrawn), withdrawn)

    def _ask_ahead(self, reached: int, latency: float, pool: ThreadPoolExecutor) -> None:
        """Ask for the next page, whose offset is known, and for guesses as far as they pay."""
        if self._end is not None and reached >= self._end:
            return
        guesses = min(self._calls_that_pay(latency), self._depth) - 1
        if not any(offset <= reached for offset in self._coming):
            self._ask(reached, pool)
        while sum(offset > reached for offset in self._coming) < min(guesses, self._guesses_left()):
            guess = max(self._coming) + PAGE_SIZE
            if self._end is not None and guess >= self._end:
                return
            self._ask(guess, pool)

    def _calls_that_pay(self, latency: float) -> int:
        """Return how many calls must be under way so that only Xero's limits make a page wait; one takes ``latency``."""
        # Calls that the minute has left may go at once: only the time for handing pages on slows them down.
        at_once = min(self._during(latency, self._handing_on), len(self._coming) + self._pace.ready())
        in_the_long_run = self._during(latency, max(self._pace.interval, self._handing_on))
        return max(at_once, in_the_long_run)

    def _during(self, latency: float, pause: float) -> int:
        """Return how many calls begin while one is under way, with ``pause`` seconds between them; five at most."""
        if pause <= 0:
            return CONCURRENT_CALLS
        return min(math.ceil(LATENCY_MARGIN * latency / pause), CONCURRENT_CALLS)

    def _guesses_left(self) -> int:
        """Return how many guesses may be under way: few enough to stay below the ceiling if all of them are wrong."""
        if not self._gaps_seen:
            return CONCURRENT_CALLS - 1
        if self._wasted > WASTE_LIMIT * self._calls:
            return 0
        # Half a page that is repeated can cost a whole call at the end of the list.
        return int(WASTE_CEILING * self._calls) - math.ceil(self._wasted)

    def _judge(self, journals: list[Journal], news: list[Journal]) -> None:
        """Count what a page wasted, and look one page further ahead as long as guesses prove right."""
        dropped = len(journals) - len(news)
        self._wasted += dropped / PAGE_SIZE if journals else 1
        gaps = news[-1].number - news[0].number + 1 - len(news) if news else 0
        self._gaps_seen = self._gaps_seen or dropped > 0 or gaps > 0
        clean = len(journals) >= PAGE_SIZE and max(dropped, gaps) <= WASTE_LIMIT * PAGE_SIZE
        self._depth = min(self._depth + 1, CONCURRENT_CALLS) if clean else 1
