"""Where journals that were created since a date begin: found in few calls, whatever the server makes of the header."""

from __future__ import annotations

import math
import random
from itertools import accumulate

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from source_xero_gl.readers.journals.start import JournalStart
from source_xero_gl.settings.settings import JournalSettings
from unit_tests.fake_xero.journals import FULL_PAGE, Hint, JournalBook, ignored, obeyed, silent

DAY = 86_400_000


def dropping(share: float, seed: int) -> Hint:
    """Return what Xero warns of: an answer in which some journals are missing."""
    chance = random.Random(seed)

    def answer(all_numbers: list[int], since: list[int]) -> list[int]:
        del all_numbers
        return [number for number in since if chance.random() >= share]

    return answer


HINTS = st.sampled_from([obeyed, ignored, silent]) | st.builds(dropping, st.floats(0.0, 0.97), st.integers(0, 10**6))


@st.composite
def books(draw: st.DrawFn) -> JournalBook:
    """Draw a ledger with gaps whose creation instants rise with the numbers, some of them equal."""
    chance = random.Random(draw(st.integers(0, 10**6)))
    count, steps = draw(st.integers(0, 1_500)), draw(st.sampled_from([[1], [1, 1, 2], [1, 3, 40], [1] * 50 + [3_000]]))
    numbers = accumulate(chance.choice(steps) for _ in range(count))
    instants = accumulate(chance.choice([0, 1, 400, 1_000, 50_000]) for _ in range(count))
    book = JournalBook(draw(st.sampled_from([[FULL_PAGE], [100, 30, 1]])), hint=draw(HINTS))
    book.post({number: 10**9 + instant for number, instant in zip(numbers, instants, strict=True)})
    return book


PLACES = st.floats(-0.01, 1.01)
"""Where a date lies between the first journal and the last, also before and behind them."""


def filter_at(
    book: JournalBook, place: float, starting_at: int | None = None, ending_at: int | None = None
) -> JournalSettings:
    """Return the date filter that lies at a place of the ledger, within a window."""
    instants = [*book.created.values(), 10**9]
    since = int(min(instants) + place * (max(instants) - min(instants)))
    return JournalSettings(starting_at=starting_at, ending_at=ending_at, modified_since=since)


many_worlds = settings(max_examples=150, deadline=None)
some_worlds = settings(max_examples=60, deadline=None)


@many_worlds
@given(book=books(), place=PLACES)
def test_every_journal_created_since_arrives(book: JournalBook, place: float) -> None:
    """Whether the server obeys the header, ignores it, drops rows or names none: all that was created since arrives."""
    wanted = filter_at(book, place)
    assert book.sync(wanted, None).numbers == sorted(book.admitted(wanted))


@many_worlds
@given(book=books(), place=PLACES, start=st.integers(1, 900), length=st.integers(0, 900))
def test_a_date_and_a_window_go_together(book: JournalBook, place: float, start: int, length: int) -> None:
    """Within a window the same holds, and no call is made below its start or at its end."""
    wanted = filter_at(book, place, starting_at=start, ending_at=start + length)
    assert book.sync(wanted, None).numbers == sorted(book.admitted(wanted))
    assert all(start - 1 <= offset < start + length for offset in book.calls)


@some_worlds
@given(place=PLACES, hint=HINTS, numbers=st.integers(1, 30_000))
def test_the_search_is_short(place: float, hint: Hint, numbers: int) -> None:
    """Besides the pages that are read, the number of calls grows with the logarithm of the ledger alone."""
    book = JournalBook(hint=hint)
    book.post({number: 10**9 + number * 1000 for number in range(1, numbers + 1)})
    wanted = filter_at(book, place)
    pages = len(book.sync(wanted, None).objects) // FULL_PAGE + 1
    assert len(book.calls) - pages <= 2 * math.log2(numbers / FULL_PAGE + 1) + 10


def test_a_header_that_is_obeyed_costs_four_calls() -> None:
    """One for the first page, one for the hint and two for the pages before it."""
    book = JournalBook()
    book.post({number: number * DAY for number in range(1, 5_001)})
    book.sync(JournalSettings(modified_since=4_951 * DAY), None)
    assert sorted(book.calls[:4]) == [0, 100, 4_750, 4_850]
    assert book.calls[4:] == [4_950, 5_000]


def test_a_hint_is_precise_to_the_second_only() -> None:
    """A page of the header's second, but from before the instant, is passed over; what comes behind it arrives."""
    book = JournalBook()
    instants = [0] * 100 + [5_000] * 150 + [5_600] * 50
    book.post(dict(enumerate(instants, 1)))
    assert book.sync(JournalSettings(modified_since=5_500), None).numbers == list(range(251, 301))
    assert book.calls == [0, 100, 100, 200, 300]


def test_a_hint_far_too_high_costs_a_search() -> None:
    """Where the header names the last of many recent journals only, the first is searched for, not walked back to."""
    book = JournalBook(hint=lambda _, since: since[-50:])
    book.post({number: number * DAY for number in range(1, 50_001)})
    start = JournalStart(book.fetch, 0, None).offset(10_000 * DAY)
    assert start == 9_999
    assert len(book.calls) <= 2 * math.log2(50_000 / FULL_PAGE) + 10


@pytest.mark.parametrize("since", [0, 1, 60])
def test_a_small_ledger_costs_its_pages_alone(since: int) -> None:
    """Where the first page shows what is recent, or that there is nothing, no call is made for the date."""
    book = JournalBook()
    assert book.sync(JournalSettings(modified_since=since), None).objects == []
    assert book.calls == [0]
    book.post({number: number for number in range(1, 81)})
    book.sync(JournalSettings(modified_since=since), None)
    assert len(book.calls) == 1 + 3


def test_a_date_behind_the_last_journal_is_searched_for_once() -> None:
    """The next sync goes on behind the last journal, in one call."""
    book = JournalBook()
    book.post({number: number * DAY for number in range(1, 501)})
    future = JournalSettings(modified_since=1_000 * DAY)
    state = book.sync(future, None).states[-1]
    book.post({501: 999 * DAY, 502: 1_000 * DAY})
    calls = len(book.calls)
    assert book.sync(future, state).numbers == [502]
    assert book.calls[calls:] == [500, 502]


@pytest.mark.parametrize("hint", [obeyed, ignored, silent])
def test_a_window_older_than_the_date_is_not_left(hint: Hint) -> None:
    """Where all journals up to the end and beyond are older than the date, the search ends with the window."""
    book = JournalBook(hint=hint)
    book.post({number: number for number in range(1, 5_001)})
    assert book.sync(JournalSettings(ending_at=250, modified_since=10**9), None).objects == []
    assert all(offset < 250 for offset in book.calls)
    assert len(book.calls) <= 10
