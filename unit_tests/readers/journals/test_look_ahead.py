"""Journals fetched ahead: pages answered at the same time and in any order, yet emitted in the order of the numbers."""

from __future__ import annotations

import random
import threading
from dataclasses import dataclass
from itertools import islice, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from source_xero_gl.readers.batch import Params
from source_xero_gl.readers.journals.look_ahead import LookAhead
from source_xero_gl.settings.settings import JournalSettings
from source_xero_gl.xero.client import Page
from source_xero_gl.xero.errors import XeroError
from unit_tests.fake_xero.journals import CONCURRENT_CALLS, FULL_PAGE, JournalBook

EVERYTHING = JournalSettings()
SLOW_SECONDS = 30.0
"""With a call a second every call that may be under way is."""

SECONDS = st.sampled_from([0.0, 0.9, 2.5, SLOW_SECONDS])
BURSTS = st.sampled_from([0, 60])
DELAYS = st.lists(st.sampled_from([0.0, 0.0005, 0.002]), min_size=1, max_size=5).map(tuple)
LENGTHS = (
    st.just([FULL_PAGE])
    | st.lists(st.sampled_from([1, 7, 60, 99, 100, 100]), min_size=1, max_size=6)
    | st.lists(st.sampled_from([100] * 6 + [99, 60]), min_size=6, max_size=12)
)
SHARES = st.sampled_from([0.0, 0.0, 0.005, 0.05, 0.2, 0.5, 0.9]) | st.floats(0.0, 0.95)
"""Shares of the numbers that no journal has."""


@dataclass(frozen=True)
class Stretch:
    """Consecutive numbers of which a share is missing, by chance."""

    numbers: int
    missing: float
    seed: int

    def journals(self, above: int) -> dict[int, int]:
        """Return journals above a number: number to creation instant."""
        chance = random.Random(self.seed)
        numbers = range(above + 1, above + self.numbers + 1)
        return {number: number * 1000 for number in numbers if chance.random() >= self.missing}


SEEDS = st.integers(0, 10**6)
STRETCHES = st.lists(st.builds(Stretch, st.integers(1, 400), SHARES, SEEDS), max_size=4)
ARRIVALS = st.lists(st.builds(Stretch, st.integers(0, 120), SHARES, SEEDS), max_size=6)


@st.composite
def books(draw: st.DrawFn) -> JournalBook:
    """Draw a ledger of stretches with gaps of their own density, to which journals are posted while it is read."""
    book, top = JournalBook(draw(LENGTHS), seconds=draw(SECONDS), delays=draw(DELAYS), burst=draw(BURSTS)), 0
    for stretch in draw(STRETCHES):
        book.post(stretch.journals(top))
        top += stretch.numbers
    for stretch in draw(ARRIVALS):
        book.arrivals.append(stretch.journals(top))
        top += stretch.numbers
    return book


@st.composite
def windows(draw: st.DrawFn) -> JournalSettings:
    """Draw a start and an end."""
    start = draw(st.none() | st.integers(1, 800))
    return JournalSettings(starting_at=start, ending_at=draw(st.none() | st.integers(start or 1, 1500)))


def even_book(
    numbers: int, missing: float = 0.0, seed: int = 0, seconds: float = SLOW_SECONDS, burst: int = 0
) -> JournalBook:
    """Return a ledger with gaps of one density."""
    book = JournalBook(seconds=seconds, burst=burst)
    book.post(Stretch(numbers, missing, seed).journals(0))
    return book


some_worlds = settings(max_examples=100, deadline=None)


@some_worlds
@given(book=books(), window=windows(), crash=st.none() | st.integers(0, 12))
def test_nothing_is_lost_or_repeated(book: JournalBook, window: JournalSettings, crash: int | None) -> None:
    """However pages overtake each other: all arrive in order, once; after a crash what no state covered comes again."""
    first = book.sync(window, None, crash)
    state = first.states[-1] if first.states else None
    book.arrivals.clear()
    second = book.sync(window, state)
    for outcome in (first, second):
        assert all(earlier < later for earlier, later in pairwise(outcome.numbers))
    reached = state["JournalNumber"] if state else 0
    assert all(number > reached for number in second.numbers)
    assert {*first.numbers, *second.numbers} == book.admitted(window)


@some_worlds
@given(book=books(), end=st.integers(1, 900))
def test_no_call_is_made_at_or_beyond_the_end(book: JournalBook, end: int) -> None:
    """A window that ends is never asked for behind its end, also not ahead."""
    book.sync(JournalSettings(ending_at=end), None)
    assert all(offset < end for offset in book.calls)


@some_worlds
@given(book=books(), crash=st.none() | st.integers(0, 8))
def test_calls_that_wait_are_withdrawn(book: JournalBook, crash: int | None) -> None:
    """However the reader ends, calls beyond what it has read are told that nobody needs them."""
    read = max(book.sync(EVERYTHING, None, crash).numbers, default=0)
    beyond = [event for offset, event in zip(book.calls, book.withdrawn, strict=True) if offset > read and event]
    assert all(event.is_set() for event in beyond)


@settings(max_examples=25, deadline=None)
@given(numbers=st.integers(0, 12_000), seconds=SECONDS, burst=BURSTS)
def test_without_gaps_little_is_wasted(numbers: int, seconds: float, burst: int) -> None:
    """Calls that bring nothing are four at most, or 2 % of them."""
    book = even_book(numbers, seconds=seconds, burst=burst)
    outcome = book.sync(EVERYTHING, None)
    assert len(outcome.objects) == numbers
    assert len(book.calls) - book.calls_in_turn() <= max(4, 0.02 * len(book.calls))


@settings(max_examples=25, deadline=None)
@given(missing=st.floats(0.0, 0.98), pages=st.integers(1, 80), seed=SEEDS, seconds=st.sampled_from([0.3, SLOW_SECONDS]))
def test_with_gaps_of_any_density_a_tenth_is_wasted_at_most(
    missing: float, pages: int, seed: int, seconds: float
) -> None:
    """A sync costs at most a tenth more calls than reading page by page, or four, with a burst or without."""
    book = even_book(int(pages * FULL_PAGE / (1 - missing)), missing, seed, seconds, burst=60)
    book.sync(EVERYTHING, None)
    assert len(book.calls) - book.calls_in_turn() <= max(4, 0.1 * book.calls_in_turn())


class Watched:
    """A reading ahead that waits until its calls have really begun."""

    def __init__(self, book: JournalBook) -> None:
        self._book = book
        self._begun = threading.Semaphore(0)

    def fetch(
        self,
        params: Params,
        modified_since: int | None = None,
        withdrawn: threading.Event | None = None,
        below: str = "",
    ) -> Page:
        """Answer ``GET /Journals``."""
        page = self._book.fetch(params, modified_since, withdrawn, below)
        self._begun.release()
        return page

    def read(self, pages: int, calls: int) -> None:
        """Take some pages, wait for so many calls, and end the reading."""
        reading = LookAhead(self.fetch, self._book, None).pages(0)
        taken = list(islice(reading, pages))
        began = [self._begun.acquire(timeout=20) for _ in range(calls)]
        del reading  # which ends it
        assert (len(taken), all(began)) == (pages, True)


@pytest.mark.parametrize(
    ("missing", "pages", "calls"), [(None, 1, 3), (None, 2, 5), (None, 4, 9), (50, 10, 11), (50, 11, 13)]
)
def test_guesses_grow_with_full_pages_and_shrink_with_a_gap(missing: int | None, pages: int, calls: int) -> None:
    """Each full page allows a guess more; a single missing number leaves 9 % of the calls, so the twelfth brings the first."""
    book = JournalBook(seconds=SLOW_SECONDS)
    book.post({number: 0 for number in range(1, 3_001) if number != missing})
    Watched(book).read(pages, calls)
    assert len(book.calls) == calls


def test_guesses_under_way_are_withdrawn_at_the_end() -> None:
    """When a reading ends, the calls whose pages it has not taken are told so, the others are not."""
    book = even_book(1_000)
    Watched(book).read(pages=1, calls=3)
    needed = {offset: not event.is_set() for offset, event in zip(book.calls, book.withdrawn, strict=True) if event}
    assert needed == {0: True, 100: False, 200: False}


def test_slow_calls_are_fetched_ahead() -> None:
    """While a page is awaited the next ones are under way, never more than Xero allows at a time."""
    book = even_book(3_000)
    book.delays = (0.02,)
    book.sync(EVERYTHING, None)
    assert 1 < book.most_at_a_time <= CONCURRENT_CALLS


@pytest.mark.parametrize("length", [1, 50, 98, 99])
def test_a_short_page_leaves_a_hole_that_is_read_first(length: int) -> None:
    """A page ahead is used only where it joins what was read: behind a short page the numbers up to it are asked for."""
    book = JournalBook([FULL_PAGE] * 7 + [length], seconds=SLOW_SECONDS)
    book.post(Stretch(3_000, 0.0, 0).journals(0))
    assert book.sync(EVERYTHING, None).numbers == list(range(1, 3_001))


def test_an_error_ends_the_read_behind_what_came_before() -> None:
    """A call ahead that fails is an error only when its page is due; every page below it is out by then."""
    book = even_book(2_000)
    book.fail_at = 700
    batches = book.batches(EVERYTHING, None)
    received = [row["JournalNumber"] for batch in islice(batches, 7) for row in batch.objects]
    with pytest.raises(XeroError, match="Enough"):
        next(batches)
    assert received == list(range(1, 701))


def test_calls_that_the_minute_admits_at_once_are_fetched_ahead() -> None:
    """50 pages of 300 ms: while the minute has calls left, five are under way, although answers come before the average pace."""
    book = even_book(50 * FULL_PAGE, seconds=0.3, burst=60)
    book.delays = (0.02,)
    assert len(book.sync(EVERYTHING, None).objects) == 5_000
    assert book.most_at_a_time == CONCURRENT_CALLS
    assert len(book.calls) - book.calls_in_turn() <= 4


def test_behind_the_burst_quick_calls_are_made_one_by_one() -> None:
    """Once the minute admits no call at once, guesses that would have to wait for their turn are not made any more."""
    book = even_book(40 * FULL_PAGE, seconds=0.3, burst=12)
    book.sync(EVERYTHING, None)
    assert book.calls[12 + CONCURRENT_CALLS :] == list(range(book.calls[12 + CONCURRENT_CALLS], 4_100, FULL_PAGE))
    assert len(book.calls) == book.calls_in_turn()


def test_quick_calls_are_made_one_by_one() -> None:
    """Where an answer comes before the next call is allowed, guesses would only cost."""
    book = even_book(1_000, seconds=0.1)
    book.sync(EVERYTHING, None)
    assert book.calls == list(range(0, 1_100, 100))


def test_a_small_ledger_costs_its_pages() -> None:
    """A page that is not full, or the first full one, brings no guess: nothing shows yet that there is more."""
    for numbers, calls in ((0, [0]), (50, [0, 50])):
        book = even_book(numbers)
        book.sync(EVERYTHING, None)
        assert book.calls == calls
