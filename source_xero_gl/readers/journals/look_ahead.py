"""Pages of journals in order, with the next ones already on the way.

An offset is a journal number, so the offset of the next page is known only when a page is there. Without gaps in the numbering
it is 100 further on, and that guess is asked for ahead. What comes of a guess is used only as far as it joins what has been
read; the rest is asked for again.
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
from source_xero_gl.xero.gate import CONCURRENT_CALLS

WASTE_LIMIT = 0.06
"""Share of the calls that may bring nothing new before guessing stops for a while."""

WASTE_CEILING = 0.09
"""Share of the calls that may bring nothing new if every guess under way turns out wrong, once there have been gaps."""

LATENCY_MARGIN = 1.25
"""Latency varies: calls are kept under way for a quarter more than the last ones took."""


@dataclass(frozen=True)
class _Ask:
    """A page on the way, and what says that it is not needed any more."""

    page: Future[Page]
    withdrawn: threading.Event

    def withdraw(self) -> None:
        self.withdrawn.set()
        self.page.cancel()


class LookAhead:
    """Reads pages from an offset on until an empty one. For one thread."""

    def __init__(self, fetch: Fetch, pace: Pace, end: int | None) -> None:
        """Read with ``fetch``, which several threads call.

        Args:
            fetch: reads a page.
            pace: of the calls; guesses pay only where calls take longer than the pause between them.
            end: last number to read; None to read all. No call is made at or beyond it.
        """
        self._fetch = fetch
        self._pace = pace
        self._end = end
        self._coming: dict[int, _Ask] = {}
        self._calls = 0
        self._wasted = 0.0
        self._depth = 1
        self._gaps_seen = False
        self._emitting = 0.0

    def pages(self, offset: int) -> Iterator[JournalPage]:
        """Yield the journals of each page that are new, in the order of their numbers, never an empty list.

        Raises:
            XeroError: by the error table.
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
                    self._ask_ahead(offset, page, pool)
                    began = time.monotonic()
                    yield JournalPage(news, at)
                    self._emitting = time.monotonic() - began
        finally:
            for ask in self._coming.values():
                ask.withdraw()
            pool.shutdown(wait=False, cancel_futures=True)

    def _next(self, reached: int, pool: ThreadPoolExecutor) -> tuple[int, Page]:
        """Return the page that goes on furthest from ``reached`` without a hole, asking for it if none is on the way."""
        usable = [asked for asked in self._coming if asked <= reached]
        if not usable:
            self._ask(reached, pool)
            usable = [reached]
        asked = max(usable)
        for older in usable:
            if older != asked:
                self._coming.pop(older).withdraw()
                self._wasted += 1
        return asked, self._coming.pop(asked).page.result()

    def _ask(self, offset: int, pool: ThreadPoolExecutor) -> None:
        self._calls += 1
        withdrawn = threading.Event()
        self._coming[offset] = _Ask(pool.submit(self._fetch, {"offset": offset}, withdrawn=withdrawn), withdrawn)

    def _ask_ahead(self, reached: int, page: Page, pool: ThreadPoolExecutor) -> None:
        """Ask for the next page, whose offset is known, and for guesses as far as they pay."""
        if self._end is not None and reached >= self._end:
            return
        if not any(asked <= reached for asked in self._coming):
            self._ask(reached, pool)
        pace = max(self._pace.interval, self._emitting)  # calls that come faster than pages go out need no guesses
        needed = math.ceil(LATENCY_MARGIN * page.seconds / pace) if pace > 0 else CONCURRENT_CALLS
        guesses = min(needed, self._depth, CONCURRENT_CALLS) - 1
        while sum(asked > reached for asked in self._coming) < min(guesses, self._guesses_left()):
            guess = max(self._coming) + PAGE_SIZE
            if self._end is not None and guess >= self._end:
                return
            self._ask(guess, pool)

    def _guesses_left(self) -> int:
        """Return how many guesses may be under way: few enough to stay below the ceiling if all of them are wrong."""
        if not self._gaps_seen:
            return CONCURRENT_CALLS - 1
        if self._wasted > WASTE_LIMIT * self._calls:
            return 0
        return int(WASTE_CEILING * self._calls - self._wasted)

    def _judge(self, journals: list[Journal], news: list[Journal]) -> None:
        """Count what a page wasted, and look deeper page by page while guesses hold."""
        dropped = len(journals) - len(news)
        self._wasted += dropped / PAGE_SIZE if journals else 1
        gaps = news[-1].number - news[0].number + 1 - len(news) if news else 0
        self._gaps_seen = self._gaps_seen or dropped > 0 or gaps > 0
        clean = len(journals) >= PAGE_SIZE and max(dropped, gaps) <= WASTE_LIMIT * PAGE_SIZE
        self._depth = min(self._depth + 1, CONCURRENT_CALLS) if clean else 1
