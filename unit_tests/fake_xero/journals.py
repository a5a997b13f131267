"""Xero's journals as their reader calls them: an offset is a number, pages may be short, headers may lie."""

from __future__ import annotations

import threading
import time
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from source_xero_gl.readers.batch import Batch
from source_xero_gl.readers.journals.reader import ByNumber
from source_xero_gl.settings.settings import JournalSettings
from source_xero_gl.xero.client import Page
from source_xero_gl.xero.errors import TRANSIENT, XeroError
from unit_tests.fake_xero.client import SETTINGS
from unit_tests.fake_xero.destination import Outcome, State, consume
from unit_tests.fake_xero.lists import list_from
from unit_tests.fake_xero.wire import TooManyCallsError, wire

FULL_PAGE = 100
"""Journals a page, by Xero's documentation of Journals."""

CONCURRENT_CALLS = 5
"""Calls that Xero allows at a time, by its documentation of limits."""

_JOIN_SECONDS = 30

Hint = Callable[[list[int], list[int]], list[int]]


def obeyed(all_numbers: list[int], since: list[int]) -> list[int]:
    """Answer ``If-Modified-Since`` as one would expect."""
    del all_numbers
    return since


def ignored(all_numbers: list[int], since: list[int]) -> list[int]:
    """Answer as if there was no header."""
    del since
    return all_numbers


def silent(all_numbers: list[int], since: list[int]) -> list[int]:
    """Answer that nothing has changed."""
    del all_numbers, since
    return []


@dataclass
class JournalBook:
    """Xero's journals: ``offset`` is a number, a page may be short though more follow, an empty page is the end.

    Attributes:
        lengths: most journals of a page, one call after the other.
        created: creation instant of each journal.
        calls: offset of each call.
        seconds: how long a call takes, as it is told; nothing waits so long.
        delays: seconds by which answers are really held back, one call after the other, so that they overtake each other.
        arrivals: what is posted right after each call, in turn.
        fail_at: an offset at which a call fails.
        hint: what the header ``If-Modified-Since`` does to the journals above the offset.
        now: instant by the server's clock; None when it does not tell.
        most_at_a_time: most calls that were under way together.
        withdrawn: whether a call is needed still, for each call.
        interval: seconds between calls at the rate that is allowed in the long run; Xero allows one a second.
        burst: calls of the first minute that are admitted at once.
    """

    lengths: list[int] = field(default_factory=lambda: [FULL_PAGE])
    created: dict[int, int] = field(default_factory=dict)
    calls: list[int] = field(default_factory=list)
    seconds: float = 0.0
    delays: tuple[float, ...] = (0.0,)
    arrivals: list[Mapping[int, int]] = field(default_factory=list)
    fail_at: int | None = None
    hint: Hint = obeyed
    now: int | None = 10**12
    withdrawn: list[threading.Event | None] = field(default_factory=list)
    most_at_a_time: int = 0
    calls_allowed: int = 2_000
    interval: float = 1.0
    burst: int = 0
    _under_way: int = 0
    _sorted: list[int] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def post(self, created: Mapping[int, int]) -> None:
        """Add journals: number to creation instant."""
        self.created.update(created)
        self._sorted = sorted(self.created)

    def fetch(
        self,
        params: Mapping[str, str | int],
        modified_since: int | None = None,
        withdrawn: threading.Event | None = None,
        below: str = "",
    ) -> Page:
        """Answer ``GET /Journals``."""
        del below
        with self._lock:
            call = len(self.calls)
            self._under_way += 1
            self.most_at_a_time = max(self.most_at_a_time, self._under_way)
            self.calls.append(int(params["offset"]))
            self.withdrawn.append(withdrawn)
            if call >= self.calls_allowed:
                raise TooManyCallsError
            if self.calls[-1] == self.fail_at:
                raise XeroError(TRANSIENT, "Enough for today.")
            page = self._page(int(params["offset"]), modified_since, self.lengths[call % len(self.lengths)])
            if self.arrivals:
                self.post(self.arrivals.pop(0))
        if delay := self.delays[call % len(self.delays)]:
            time.sleep(delay)
        with self._lock:
            self._under_way -= 1
        return page

    def ready(self) -> int:
        """Return how many calls would be admitted without waiting, as the gate does."""
        with self._lock:
            return max(0, min(CONCURRENT_CALLS - self._under_way, self.burst - len(self.calls)))

    def admitted(self, filters: JournalSettings) -> set[int]:
        """Return the numbers of the journals that match the filters."""
        low, high, since = filters.starting_at or 1, filters.ending_at, filters.modified_since
        return {
            number
            for number, made in self.created.items()
            if number >= low and (high is None or number <= high) and (since is None or made >= since)
        }

    def calls_in_turn(self) -> int:
        """Return how many calls read the whole book page by page, by offset."""
        pages, offset = 1, 0
        while (index := bisect_right(self._sorted, offset)) < len(self._sorted):
            pages, offset = pages + 1, self._sorted[min(index + FULL_PAGE, len(self._sorted)) - 1]
        return pages

    def sync(self, filters: JournalSettings, state: State | None, crash_after: int | None = None) -> Outcome:
        """Run one sync of ``journals`` on from a state, until no call is under way any more."""
        try:
            return consume(self.batches(filters, state), crash_after)
        finally:
            for thread in threading.enumerate():
                if thread.name.startswith("journals-ahead"):
                    thread.join(_JOIN_SECONDS)

    def batches(self, filters: JournalSettings, state: State | None) -> Iterator[Batch]:
        """Return what the reader of ``journals`` brings, on from a state."""
        settings = replace(SETTINGS, journals=filters)
        return ByNumber().batches(list_from(self.fetch, "JournalID", settings, pace=self), state)

    def _page(self, offset: int, modified_since: int | None, length: int) -> Page:
        first = bisect_right(self._sorted, offset)
        numbers = self._sorted[first : first + length]
        if modified_since is not None:
            second = modified_since // 1000 * 1000
            above = self._sorted[first:]
            numbers = self.hint(above, [n for n in above if self.created[n] >= second])[:length]
        return Page([self._journal(number) for number in numbers], server_time=self.now, seconds=self.seconds)

    def _journal(self, number: int) -> dict[str, Any]:
        return {
            "JournalID": f"journal {number}",
            "JournalNumber": number,
            "CreatedDateUTC": wire(self.created[number]),
        }
