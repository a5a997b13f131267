"""Journals whose number appears below one that was read already: they arrive within a day, and cost next to nothing."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from source_xero_gl.settings.settings import JournalSettings
from unit_tests.fake_xero.destination import Outcome, State
from unit_tests.fake_xero.journals import FULL_PAGE, JournalBook

HOUR = 3_600_000
DAY = 24 * HOUR
NOON = 1_700_000_000_000
EVERYTHING = JournalSettings()
MOST_RANGES = 500
ALWAYS = 0
NEVER = -1


@dataclass(frozen=True)
class Step:
    """Hours that pass, the journals that are created after them (in how many steps each can be seen), and a crash."""

    hours: int
    seen_after: tuple[int, ...]
    crash_after: int | None = None


SEEN_AFTER = st.lists(st.sampled_from([ALWAYS] * 5 + [NEVER, 1, 2, 3]), max_size=25).map(tuple)
STEPS = st.lists(st.builds(Step, st.integers(0, 7), SEEN_AFTER, st.none() | st.integers(0, 4)), min_size=1, max_size=8)
"""Three steps of seven hours are less than a day."""

LENGTHS = st.sampled_from([[FULL_PAGE], [FULL_PAGE, 3], [7]])


class Days:
    """A ledger over some days, read again and again."""

    def __init__(self, filters: JournalSettings, lengths: list[int]) -> None:
        """Read with these filters, from pages of these lengths."""
        self.book = JournalBook(lengths, now=NOON, calls_allowed=5_000)
        self.filters = filters
        self.outcomes: list[Outcome] = []
        self.extra_calls: list[int] = []
        self.state: State | None = None
        self._top = 0
        self._hidden: dict[int, tuple[int, int]] = {}  # number: step in which it is seen, creation instant
        self._step = 0

    def run(self, step: Step) -> None:
        """Let time pass, create journals, show those that are due, and sync."""
        now = self.book.now = (self.book.now or 0) + step.hours * HOUR
        for seen_after in step.seen_after:
            self._top += 1
            if seen_after != NEVER:
                self._hidden[self._top] = (self._step + seen_after, now)
        due = {number: made for number, (seen, made) in self._hidden.items() if seen <= self._step}
        self._hidden = {number: entry for number, entry in self._hidden.items() if number not in due}
        self.book.post(due)
        self._step += 1
        reached, calls = (self.state or {"JournalNumber": 0})["JournalNumber"], len(self.book.calls)
        outcome = self.book.sync(self.filters, self.state, step.crash_after)
        self.extra_calls.append(sum(offset < reached for offset in self.book.calls[calls:]))
        self.state = outcome.states[-1] if outcome.states else self.state
        self.outcomes.append(outcome)

    def end(self) -> None:
        """Let the last journals appear, then sync without news until a day has passed and all has been looked at."""
        for hours in (7, 7, 7, *[25] * 15):
            self.run(Step(hours, ()))

    @property
    def arrived(self) -> Counter[int]:
        """How often each journal has arrived."""
        return Counter(number for outcome in self.outcomes for number in outcome.numbers)


some_worlds = settings(max_examples=50, deadline=None)
FILTERS = st.sampled_from(
    [
        EVERYTHING,
        JournalSettings(starting_at=9),
        JournalSettings(ending_at=10**6),
        JournalSettings(modified_since=NOON + 2 * HOUR),
    ]
)
WINDOWS = st.builds(
    lambda start, length: JournalSettings(starting_at=start, ending_at=length and (start or 1) + length),
    st.none() | st.integers(1, 60),
    st.none() | st.integers(1, 60),
)


@some_worlds
@given(steps=STEPS, filters=FILTERS, lengths=LENGTHS)
def test_late_journals_arrive(steps: list[Step], filters: JournalSettings, lengths: list[int]) -> None:
    """A number that can be seen within a day arrives, whatever crashes on the way; afterwards nothing is remembered."""
    days = Days(filters, lengths)
    for step in steps:
        days.run(step)
    days.end()
    assert days.arrived.keys() == days.book.admitted(filters)
    assert "missing" not in (days.state or {})


@some_worlds
@given(steps=STEPS, filters=FILTERS, lengths=LENGTHS)
def test_late_journals_arrive_once(steps: list[Step], filters: JournalSettings, lengths: list[int]) -> None:
    """Without a crash no journal arrives twice, and a sync looks for missing ones with two calls at most."""
    days = Days(filters, lengths)
    for step in steps:
        days.run(Step(step.hours, step.seen_after))
    days.end()
    assert set(days.arrived.values()) <= {1}
    assert max(days.extra_calls) <= 2


@some_worlds
@given(steps=STEPS, windows=st.lists(WINDOWS, min_size=8, max_size=8), last=st.none() | st.integers(1, 60))
def test_late_journals_arrive_while_windows_change(
    steps: list[Step], windows: list[JournalSettings], last: int | None
) -> None:
    """Also where start and end of the window change from sync to sync, in the end all that the last one admits is there."""
    days = Days(EVERYTHING, [FULL_PAGE])
    for step, window in zip(steps, windows, strict=False):
        days.filters = window
        days.run(step)
    days.filters = JournalSettings(starting_at=last)
    days.end()
    assert days.book.admitted(days.filters) - days.arrived.keys() == set()


@some_worlds
@given(steps=STEPS, start=st.integers(2, 60))
def test_nothing_below_the_start_is_looked_for(steps: list[Step], start: int) -> None:
    """No call is made below the lower bound, for whatever gap."""
    days = Days(JournalSettings(starting_at=start), [FULL_PAGE])
    for step in steps:
        days.run(step)
    assert all(offset >= start - 1 for offset in days.book.calls)


def ledger(*numbers: int, age: int = HOUR) -> JournalBook:
    """Return a ledger of journals that were created that many milliseconds ago."""
    book = JournalBook(now=NOON)
    book.post(dict.fromkeys(numbers, NOON - age))
    return book


def test_a_finished_window_is_not_looked_into() -> None:
    """What is late in a window that has been read to its end costs no call any more."""
    book, window = ledger(1, 2, 4, 6), JournalSettings(ending_at=5)
    state = book.sync(window, None).states[-1]
    book.post({3: NOON})
    calls = len(book.calls)
    assert book.sync(window, state).objects == []
    assert len(book.calls) == calls


def test_an_old_gap_costs_nothing() -> None:
    """A number that was skipped by a journal a day old is not remembered."""
    state = ledger(1, 2, 4, age=DAY).sync(EVERYTHING, None).states[-1]
    assert "missing" not in state
    state = ledger(1, 2, 4, age=DAY - 1).sync(EVERYTHING, None).states[-1]
    assert len(state["missing"]) == 1


def test_a_gap_is_looked_at_once_more_after_a_day() -> None:
    """A day after the journal behind it the gap is looked at for the last time: the sync after it costs one call."""
    book = ledger(1, 2, 4, age=0)
    state = book.sync(EVERYTHING, None).states[-1]
    book.now = NOON + DAY - 1
    state = book.sync(EVERYTHING, state).states[-1]
    book.now, calls = NOON + DAY, len(book.calls)
    state = book.sync(EVERYTHING, state).states[-1]
    assert (book.calls[calls:], "missing" in state) == ([2, 4], False)
    book.sync(EVERYTHING, state)
    assert book.calls[calls + 2 :] == [4]


def test_an_unchanged_ledger_with_fresh_gaps_costs_three_calls() -> None:
    """Gaps on many pages are looked for with two calls, the news with one."""
    book = ledger(*range(1, 2_000, 2))
    state = book.sync(EVERYTHING, None).states[-1]
    calls = len(book.calls)
    book.sync(EVERYTHING, state)
    assert len(book.calls) - calls == 3


def test_the_state_stays_small() -> None:
    """However many gaps there are, the latest are remembered and the oldest forgotten."""
    state = ledger(*range(1, 3_000, 2)).sync(EVERYTHING, None).states[-1]
    assert len(state["missing"]) == MOST_RANGES
    assert state["missing"][-1]["last"] == 2_998


@pytest.mark.parametrize("number", [3, 4, 5])
def test_what_is_still_missing_of_a_gap_is_kept(number: int) -> None:
    """A number that appears in the middle of a gap leaves the rest of the gap to be looked for."""
    book = ledger(1, 2, 6)
    state = book.sync(EVERYTHING, None).states[-1]
    book.post({number: NOON})
    second = book.sync(EVERYTHING, state)
    assert second.numbers == [number]
    book.post({3: NOON, 4: NOON, 5: NOON})
    assert book.sync(EVERYTHING, second.states[-1]).numbers == [late for late in (3, 4, 5) if late != number]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (JournalSettings(starting_at=8), EVERYTHING),
        (JournalSettings(ending_at=7), EVERYTHING),
        (JournalSettings(modified_since=NOON - HOUR), JournalSettings(modified_since=NOON - HOUR)),
    ],
)
def test_a_gap_at_the_edge_of_a_filter_is_remembered(before: JournalSettings, after: JournalSettings) -> None:
    """In front of the first journal of a start or a date, and behind the last one of an end, numbers may be missing too."""
    book = ledger(1, 2, 3, age=2 * HOUR)
    book.post(dict.fromkeys((5, 8, 9), NOON - HOUR))
    state = book.sync(before, None).states[-1]
    state = book.sync(after, state).states[-1]
    book.post({4: NOON - HOUR, 7: NOON - HOUR})
    assert book.sync(after, state).numbers == [4, 7]


def test_a_start_within_a_gap_divides_it() -> None:
    """After the start was raised nothing below it is asked for or emitted; once it is lowered again the rest arrives."""
    book, raised = ledger(1, 2, 10), JournalSettings(starting_at=8)
    state = book.sync(EVERYTHING, None).states[-1]
    book.post({4: NOON, 9: NOON})
    calls = len(book.calls)
    second = book.sync(raised, state)
    assert (second.numbers, book.calls[calls:]) == ([9], [7, 10])
    assert book.sync(EVERYTHING, second.states[-1]).numbers == [4]


def test_the_state_stays_small_when_gaps_are_divided() -> None:
    """Journals that appear in the middle of many gaps make more of them, not a larger state."""
    book = ledger(*range(4, 2_045, 4))
    state = book.sync(EVERYTHING, None).states[-1]
    book.post(dict.fromkeys(range(2, 2_045, 4), NOON))
    assert len(book.sync(EVERYTHING, state).states[-1]["missing"]) <= MOST_RANGES


def test_a_server_without_a_clock_is_read_all_the_same() -> None:
    """Where the answer has no date our own clock tells what is fresh."""
    book = JournalBook(now=None)
    book.post({1: NOON, 3: NOON})
    outcome = book.sync(EVERYTHING, None)
    assert (outcome.numbers, "missing" in outcome.states[-1]) == ([1, 3], False)
