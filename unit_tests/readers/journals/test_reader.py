"""Reading journals against a model of Xero: gaps, short pages, filters that change, crashes at any moment."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from source_xero_gl.readers.errors import ReadingError
from source_xero_gl.settings.settings import JournalSettings
from source_xero_gl.xero.client import Page
from source_xero_gl.xero.errors import SYSTEM
from unit_tests.fake_xero.destination import Outcome, State
from unit_tests.fake_xero.journals import FULL_PAGE, JournalBook, ignored, obeyed, silent
from unit_tests.fake_xero.wire import TENANT

HIGHEST = 60
SECOND = 1000
EVERYTHING = JournalSettings()


@dataclass(frozen=True)
class Step:
    """A sync: the filters of that day, the gaps of what was posted since the last one, and when the destination dies."""

    filters: JournalSettings
    gaps: tuple[int, ...] = ()
    crash_after: int | None = None


@dataclass(frozen=True)
class World:
    """A ledger and the syncs that read it.

    Attributes:
        book: empty at first.
        disorder: milliseconds by which creation instants depart from the order of the numbers; 1: they do not.
        steps: one sync after the other.
        last: filters of one more sync.
    """

    book: JournalBook
    disorder: int
    steps: list[Step]
    last: JournalSettings

    def syncs(self, steps: list[Step] | None = None) -> Iterator[Outcome]:
        """Run one sync after the other, each on from the last state that came out of those before."""
        state: State | None = None
        for step in self.steps if steps is None else steps:
            post(self.book, step.gaps, self.disorder)
            outcome = self.book.sync(step.filters, state, step.crash_after)
            state = outcome.states[-1] if outcome.states else state
            yield outcome


SINCE = st.none() | st.integers(0, HIGHEST).map(lambda number: number * SECOND)


@st.composite
def filters(draw: st.DrawFn, sinces: st.SearchStrategy[int | None]) -> JournalSettings:
    """Draw any combination of the filters; a start, an end or a date may lie beyond the last journal."""
    start = draw(st.none() | st.integers(1, HIGHEST))
    end = draw(st.none() | st.integers(start or 1, HIGHEST))
    return JournalSettings(starting_at=start, ending_at=end, modified_since=draw(sinces))


GAPS = st.lists(st.sampled_from([1, 1, 1, 2, 5]), max_size=12).map(tuple)
CRASHES = st.none() | st.integers(0, 12)
LENGTHS = st.lists(st.integers(1, 4) | st.just(FULL_PAGE), min_size=1, max_size=4)


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Draw a world. Creation instants rise with the numbers where a date filters, elsewhere they need not."""
    dated = draw(st.booleans())
    some = filters(SINCE if dated else st.none())
    steps = st.lists(st.builds(Step, some, GAPS, CRASHES), min_size=1, max_size=4)
    disorder = 1 if dated else draw(st.sampled_from([1, 7 * SECOND, 30 * SECOND]))
    hint = draw(st.sampled_from([obeyed, ignored, silent]))
    return World(JournalBook(draw(LENGTHS), hint=hint), disorder, draw(steps), draw(some))


many_worlds = settings(max_examples=200, deadline=None)
some_worlds = settings(max_examples=60, deadline=None)


def post(book: JournalBook, gaps: tuple[int, ...], disorder: int = 1) -> None:
    """Post journals, each so many numbers above the last, created about a second apart."""
    number = max(book.created, default=0)
    for gap in gaps:
        number += gap
        book.post({number: number * SECOND + number * 7919 * SECOND % disorder})


@many_worlds
@given(world=worlds())
def test_nothing_is_lost(world: World) -> None:
    """Whatever crashed and whichever way the filters went: in the end every journal that they admit has arrived."""
    steps = [*world.steps, Step(world.last)]
    delivered = {number for outcome in world.syncs(steps) for number in outcome.numbers}
    assert world.book.admitted(world.last) - delivered == set()


@some_worlds
@given(world=worlds())
def test_nothing_outside_of_the_filters_arrives(world: World) -> None:
    """A sync brings what its own filters admit and nothing else."""
    for step, outcome in zip(world.steps, world.syncs(), strict=True):
        assert set(outcome.numbers) - world.book.admitted(step.filters) == set()


@some_worlds
@given(world=worlds())
def test_the_number_in_the_state_never_decreases(world: World) -> None:
    """Neither a crash nor a changed filter moves JournalNumber back."""
    numbers = [state["JournalNumber"] for outcome in world.syncs() for state in outcome.states]
    assert numbers == sorted(numbers)


@some_worlds
@given(world=worlds())
def test_records_come_in_the_order_of_their_numbers(world: World) -> None:
    """What a widened filter admits comes first, then what is new; each part in order."""
    for outcome in world.syncs():
        assert sum(later <= earlier for earlier, later in pairwise(outcome.numbers)) <= 1


@some_worlds
@given(world=worlds(), postings=st.lists(GAPS, min_size=1, max_size=4))
def test_nothing_arrives_twice(world: World, postings: list[tuple[int, ...]]) -> None:
    """Without a crash and with the same filters no journal is emitted a second time."""
    outcomes = world.syncs([Step(world.last, gaps) for gaps in postings])
    numbers = [number for outcome in outcomes for number in outcome.numbers]
    assert len(numbers) == len(set(numbers))


@some_worlds
@given(world=worlds(), gaps=GAPS, crash=CRASHES)
def test_a_crash_repeats_one_page_at_most(world: World, gaps: tuple[int, ...], crash: int | None) -> None:
    """A sync that is killed at any moment is paid for once more with a page of journals at most."""
    killed, second = world.syncs([Step(world.last, gaps, crash), Step(world.last)])
    received = killed.numbers + second.numbers
    assert len(received) - len(set(received)) <= FULL_PAGE
    committed = killed.states[-1]["JournalNumber"] if killed.states else 0
    assert all(number > committed for number in second.numbers)


@some_worlds
@given(world=worlds())
def test_every_sync_that_ends_emits_a_state(world: World) -> None:
    """Also a sync without a record says where the next one goes on, for which organisation, in which version."""
    for step, outcome in zip(world.steps, world.syncs(), strict=True):
        if step.crash_after is None:
            assert outcome.states
        for state in outcome.states:
            assert (state["TenantID"], state["version"]) == (TENANT, 1)


@some_worlds
@given(world=worlds(), gaps=GAPS)
def test_an_unchanged_ledger_costs_one_call(world: World, gaps: tuple[int, ...]) -> None:
    """The second sync makes one call at most, none when the window is finished, and no call at or beyond the end."""
    book, same = world.book, world.last
    end = same.ending_at
    first, second = world.syncs([Step(same, gaps), Step(same)])
    finished = end is not None and first.states[-1]["JournalNumber"] >= end
    calls = len(book.calls)
    assert second.objects == []
    assert all(end is None or offset < end for offset in book.calls)
    book.sync(same, second.states[-1])
    assert len(book.calls) - calls == (0 if finished else 1)


def test_full_pages_arrive_whole() -> None:
    """A ledger of several full pages, gaps between them, arrives with a state for each page."""
    book = JournalBook()
    post(book, (1,) * 250 + (500,) + (1,) * 100)
    outcome = book.sync(EVERYTHING, None)
    assert outcome.numbers == sorted(book.created)
    assert [state["JournalNumber"] for state in outcome.states] == [100, 200, 799, 850]


def test_a_short_page_is_not_the_end() -> None:
    """Xero may answer fewer than 100 journals though more follow; only an empty page ends the list."""
    book = JournalBook([1, 2])
    post(book, (1, 1, 1, 1, 1))
    assert book.sync(EVERYTHING, None).numbers == [1, 2, 3, 4, 5]


def test_the_window_is_inclusive() -> None:
    """Starting at 50 and ending at 52 brings 50, 51 and 52, by an offset of 49, which is exclusive."""
    book = JournalBook()
    post(book, (1,) * 60)
    outcome = book.sync(JournalSettings(starting_at=50, ending_at=52), None)
    assert book.calls == [49]
    assert outcome.numbers == [50, 51, 52]
    assert outcome.states[-1]["JournalNumber"] == 52


def test_a_window_whose_last_number_does_not_exist_is_finished_too() -> None:
    """A number above the end shows that the window is complete; the state then says the end."""
    book = JournalBook()
    post(book, (1, 1, 8))
    window = JournalSettings(ending_at=5)
    outcome = book.sync(window, None)
    assert (outcome.numbers, outcome.states[-1]["JournalNumber"]) == ([1, 2], 5)
    assert book.sync(window, outcome.states[-1]).objects == []
    assert len(book.calls) == 1


def test_modified_since_is_inclusive() -> None:
    """A journal created in the very millisecond of the filter arrives, one of the millisecond before does not."""
    book = JournalBook()
    book.post({1: 999, 2: 1000, 3: 1001})
    assert book.sync(JournalSettings(modified_since=1000), None).numbers == [2, 3]


def test_an_empty_organisation_emits_one_state() -> None:
    """Without a journal there is one call and one state, from which the first journal is found later."""
    book = JournalBook()
    outcome = book.sync(EVERYTHING, None)
    assert (outcome.objects, [state["JournalNumber"] for state in outcome.states], book.calls) == ([], [0], [0])
    post(book, (1,))
    assert book.sync(EVERYTHING, outcome.states[0]).numbers == [1]


@pytest.mark.parametrize("wider", [JournalSettings(), JournalSettings(starting_at=4)])
def test_a_lower_start_brings_what_is_below(wider: JournalSettings) -> None:
    """A start that is lowered later loads the numbers that it newly admits, then goes on with what is new."""
    book = JournalBook()
    post(book, (1,) * 10)
    first = book.sync(JournalSettings(starting_at=8), None)
    post(book, (1,))
    below = list(range(wider.starting_at or 1, 8))
    assert book.sync(wider, first.states[-1]).numbers == [*below, 11]


def test_an_earlier_date_brings_what_was_left_out() -> None:
    """A date that is moved back later loads the journals that it left out before, and no others again."""
    book = JournalBook()
    book.post({number: number * SECOND for number in range(1, 11)})
    first = book.sync(JournalSettings(modified_since=8 * SECOND), None)
    second = book.sync(JournalSettings(modified_since=4 * SECOND), first.states[-1])
    assert (first.numbers, second.numbers) == ([8, 9, 10], [4, 5, 6, 7])


def test_a_widened_filter_resumes_where_it_stopped() -> None:
    """A crash while the newly admitted journals are read does not read them from the start again."""
    book = JournalBook([2])
    post(book, (1,) * 10)
    first = book.sync(JournalSettings(starting_at=9), None)
    crashed = book.sync(EVERYTHING, first.states[-1], crash_after=4)  # two pages with their states
    assert (crashed.numbers, crashed.states[-1]["JournalNumber"]) == ([1, 2, 3, 4], 10)
    assert book.sync(EVERYTHING, crashed.states[-1]).numbers == [5, 6, 7, 8]


def test_a_bare_number_is_a_state() -> None:
    """``{"JournalNumber": n}`` goes on behind n, as if today's filters had always been there."""
    book = JournalBook()
    post(book, (1,) * 10)
    assert book.sync(EVERYTHING, {"JournalNumber": 7}).numbers == [8, 9, 10]
    assert book.sync(JournalSettings(starting_at=3), {"JournalNumber": 7}).numbers == [8, 9, 10]


def test_a_start_beyond_the_ledger_is_told() -> None:
    """When a start was set and nothing is there, the batch says so and names the setting, until something is there."""
    book = JournalBook()
    book.post({number: number * SECOND for number in range(1, 51)})
    filters, state = JournalSettings(starting_at=60), None
    for _ in range(2):
        (batch,) = book.batches(filters, state)
        assert batch.note
        assert "Journal ID 60" in batch.note
        assert "journals.starting_at_journal_id" in batch.note
        state = dict(batch.state or {})
    book.post({60: SECOND})
    assert [batch.note for batch in book.batches(filters, state)] == [None]
    assert [batch.note for batch in book.batches(filters, {"JournalNumber": 60})] == [None]


def test_an_empty_ledger_needs_no_explanation() -> None:
    """Without a start that was set, nothing to read is nothing to say."""
    assert [batch.note for batch in JournalBook().batches(EVERYTHING, None)] == [None]


class OddBook(JournalBook):
    """Answers with the rows it is given, whatever it is asked."""

    def __init__(self, *rows: dict[str, object]) -> None:
        super().__init__(calls_allowed=5)
        self._rows = rows

    def fetch(
        self,
        params: Mapping[str, str | int],
        modified_since: int | None = None,
        withdrawn: threading.Event | None = None,
        below: str = "",
    ) -> Page:
        """Answer the first call with the rows, the others with nothing."""
        super().fetch(params, modified_since, withdrawn, below)
        return Page([dict(row) for row in self._rows] if len(self.calls) == 1 else [])


@pytest.mark.parametrize(
    "row",
    [
        {"JournalNumber": 5, "CreatedDateUTC": "/Date(9000)/"},
        {"CreatedDateUTC": "/Date(9000)/"},
        {"JournalNumber": None, "CreatedDateUTC": "/Date(9000)/"},
        {"JournalNumber": True, "CreatedDateUTC": "/Date(9000)/"},
        {"JournalNumber": "7a", "CreatedDateUTC": "/Date(9000)/"},
        {"JournalNumber": 7},
        {"JournalNumber": 7, "CreatedDateUTC": "soon"},
    ],
)
def test_an_answer_that_could_lose_journals_is_an_error(row: dict[str, object]) -> None:
    """A number that does not advance, or a row that cannot be placed, fails instead of looping or skipping."""
    with pytest.raises(ReadingError, match="not as documented") as raised:
        OddBook(row).sync(JournalSettings(modified_since=1), {"JournalNumber": 5})
    assert raised.value.failure_type is SYSTEM
    assert "9000" not in raised.value.sentence


def test_an_odd_page_is_put_in_order() -> None:
    """Quoted numbers are numbers, and rows out of order leave in order."""
    made = {"CreatedDateUTC": "/Date(9000)/"}
    rows: list[dict[str, object]] = [{"JournalNumber": number, **made} for number in ("3", 10, 2)]
    outcome = OddBook(*rows).sync(EVERYTHING, None)
    assert outcome.numbers == [2, "3", 10]
    assert outcome.states[-1]["JournalNumber"] == 10


def test_an_earlier_date_brings_only_what_it_newly_admits() -> None:
    """A journal between older ones has arrived already: reading the older ones does not bring it again."""
    book = JournalBook()
    book.post({1: 10, 2: 300, 3: 20, 4: 400})
    first = book.sync(JournalSettings(modified_since=200), None)
    assert first.numbers == [2, 4]
    assert book.sync(JournalSettings(modified_since=15), first.states[-1]).numbers == [3]
