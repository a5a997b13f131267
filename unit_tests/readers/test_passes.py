"""Lists that cannot be sorted on request: read from end to end until nothing new comes, without a loss and without a loop."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from source_xero_gl.engine.stream import XeroStream
from source_xero_gl.readers import passes
from source_xero_gl.readers.errors import ReadingError
from source_xero_gl.streams.documents import LinkedTransactions, ManualJournals
from source_xero_gl.streams.payments import BatchPayments
from source_xero_gl.streams.reference import Users
from source_xero_gl.xero.client import Page
from source_xero_gl.xero.errors import SYSTEM
from unit_tests.fake_xero.destination import Outcome, State
from unit_tests.fake_xero.passes import Change, ChangeKind, Order, ShiftingList

DAY = 86_400_000
HALF_PAGE = 2
"""Most changes between two calls; a list that grows by a whole page meanwhile looks as if it ignored ``page``."""


@dataclass(frozen=True)
class Step:
    """A sync: the changes during it, and when the destination dies."""

    changes: list[tuple[Change, ...]]
    crash_after: int | None = None


def changes(*kinds: ChangeKind) -> st.SearchStrategy[list[tuple[Change, ...]]]:
    """Draw what happens between the calls of a sync."""
    change = st.builds(Change, st.sampled_from(kinds), st.integers(0, 20), st.integers(0, 9))
    return st.lists(st.lists(change, max_size=HALF_PAGE).map(tuple), max_size=8)


@st.composite
def lists(draw: st.DrawFn, order: Order, limit: int | None = None) -> ShiftingList:
    """Draw a list of up to five pages; ``limit`` bounds what Xero lists in one go."""
    rows = draw(st.lists(st.tuples(st.integers(0, 90_000), st.integers(0, 9)), max_size=20))
    return ShiftingList(
        {float(row): stamp for row, (stamp, _) in enumerate(rows)},
        order,
        page_size=4,
        overlap=draw(st.sampled_from([0, 1_500])),
        inclusive=draw(st.booleans()),
        pagination=draw(st.booleans()),
        days={float(row): day for row, (_, day) in enumerate(rows)},
        limit=limit,
        calls_allowed=2_000,
    )


def syncs(world: ShiftingList, steps: list[Step]) -> list[Outcome]:
    """Run one sync after the other, each on from the last state that came out of those before."""
    state: State | None = None
    outcomes = []
    for step in steps:
        world.changes = list(step.changes)
        outcomes.append(world.sync(state, step.crash_after))
        state = outcomes[-1].states[-1] if outcomes[-1].states else state
    world.changes = []
    return outcomes


@pytest.mark.parametrize("order", ["change", "day", "id"])
@settings(max_examples=500, deadline=None)
@given(data=st.data())
def test_nothing_is_lost(order: Order, data: st.DataObject) -> None:
    """Whatever was edited, moved or added during the syncs, or crashed: a quiet sync later every row has arrived as it is."""
    world = data.draw(lists(order))
    step = st.builds(Step, changes("edit", "move", "insert"), st.none() | st.integers(0, 12))
    steps = data.draw(st.lists(step, min_size=1, max_size=3))
    outcomes = syncs(world, [*steps, Step([])])
    delivered = {version for outcome in outcomes for version in world.delivered(outcome)}
    assert world.versions() - delivered == set()


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_nothing_is_lost_of_a_list_that_is_too_long(data: st.DataObject) -> None:
    """A list that Xero refuses to answer in one go is read in windows, each in passes; two quiet syncs later all is there.

    The first ends a read that was under way. What went to a window that was done by then is newer than the beginning of
    that read, where the second goes on.
    """
    world = data.draw(lists("change", limit=30))
    for row in range(20, 40):
        world.rows[float(row)], world.days[float(row)] = 1_000 * row, row // 2
    step = st.builds(Step, changes("edit", "move"), st.none() | st.integers(0, 12))
    outcomes = syncs(world, [*data.draw(st.lists(step, max_size=2)), Step([]), Step([])])
    delivered = {version for outcome in outcomes for version in world.delivered(outcome)}
    assert world.versions() - delivered == set()


@pytest.mark.parametrize("limit", [None, 30])
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_everything_comes_again_when_it_is_due(limit: int | None, data: st.DataObject) -> None:
    """Whatever crashed before, also in the middle of reading everything again: a day later a sync brings every row."""
    world = data.draw(lists("change", limit))
    world.reread_days = 1
    for row in range(20, 40):
        world.rows[float(row)], world.days[float(row)] = 1_000 * row, row // 2
    step = st.builds(Step, changes("edit", "move"), st.none() | st.integers(0, 20))
    state: State | None = None
    last = Outcome()
    for crashing in [*data.draw(st.lists(step, max_size=3)), Step([])]:
        world.clock += DAY
        world.changes = list(crashing.changes)
        last = world.sync(state, crashing.crash_after)
        state = last.states[-1] if last.states else state
    assert world.versions() - set(world.delivered(last)) == set()


@settings(max_examples=300, deadline=None)
@given(world=lists("change"), removed=changes("delete"))
def test_what_moves_up_because_others_vanish_is_found(world: ShiftingList, removed: list[tuple[Change, ...]]) -> None:
    """Rows that vanish during the first pass move others across a page; the next pass finds them."""
    outcome = Outcome()
    for batch in world.batches(None):
        outcome.objects += batch.objects
        first_pass = [query["page"] for query, _ in world.asked].count(1) == 1
        for change in removed.pop(0) if first_pass and removed else ():
            world.change(change)
    assert world.versions() - set(world.delivered(outcome)) == set()


@settings(max_examples=200, deadline=None)
@given(world=lists("change"))
def test_a_quiet_list_arrives_once(world: ShiftingList) -> None:
    """No row comes twice in the same version, and a second sync brings only what lies in the overlap."""
    first, second = syncs(world, [Step([]), Step([])])
    assert sorted(world.delivered(first)) == sorted(world.versions())
    highest = max(world.rows.values(), default=0)
    recent = {str(row) for row, stamp in world.rows.items() if stamp >= highest - world.overlap - 2_000}
    assert {row for row, _ in world.delivered(second)} <= recent


def test_a_list_of_one_page_costs_one_call() -> None:
    """What comes in one answer cannot move meanwhile: one call, and the state goes on to the highest stamp."""
    world = ShiftingList({1.0: 5_000, 2.0: 9_000})
    outcome = world.sync(None)
    assert world.asked == [({"page": 1, "pageSize": 1000}, None)]
    assert [state["UpdatedDateUTC"] for state in outcome.states] == ["1970-01-01T00:00:09.000Z"]


def test_an_empty_list_costs_one_call() -> None:
    """A stream without records still ends with a state, from which the next sync reads everything."""
    for pagination in (True, False):
        world = ShiftingList({}, pagination=pagination)
        (state,) = world.sync(None).states
        world.sync(state)
        assert [header for _, header in world.asked] == [None, None]


def test_a_quiet_list_of_pages_is_read_twice() -> None:
    """The second pass shows that nothing moved: two calls for each page, none of them beyond the last one."""
    world = ShiftingList({float(row): 1_000 * row for row in range(7)})
    outcome = world.sync(None)
    assert [query["page"] for query, _ in world.asked] == [1, 2, 3, 1, 2, 3]
    assert len(outcome.objects) == 7


def test_a_list_without_pagination_ends() -> None:
    """Where Xero does not tell the number of pages an empty one is the end."""
    world = ShiftingList({float(row): 1_000 * row for row in range(5)}, pagination=False)
    outcome = world.sync(None)
    assert [query["page"] for query, _ in world.asked] == [1, 2, 3, 1, 2, 3]
    assert len(outcome.objects) == 5


def test_a_list_that_ignores_the_page_ends() -> None:
    """An answer that repeats what the pass has read already is behind the end: two calls a pass, every row once."""
    world = ShiftingList({float(row): 1_000 * row for row in range(7)}, whole=True, pagination=False)
    outcome = world.sync(None)
    assert len(world.asked) == 4
    assert sorted(world.delivered(outcome)) == sorted(world.versions())


def test_passes_are_bounded() -> None:
    """A list that changes all the time is read five times; the state stays at the beginning, and nothing is lost by it."""
    world = ShiftingList({float(row): 1_000 * row for row in range(6)}, changes=[(Change("edit", 5),)] * 100)
    outcome = world.sync(None)
    assert [query["page"] for query, _ in world.asked].count(1) == 5
    assert outcome.states[-1]["UpdatedDateUTC"] == "1970-01-01T00:01:40.000Z"  # the clock of the first answer
    world.changes = []
    later = world.sync(outcome.states[-1])
    assert world.versions() <= {*world.delivered(outcome), *world.delivered(later)}


@pytest.mark.parametrize("stream", [ManualJournals(), LinkedTransactions()], ids=lambda stream: stream.name)
def test_passes_are_bounded_without_dates_too(stream: XeroStream) -> None:
    """Where Xero gives no date of change a list that grows all the time is read five times; the next sync reads all again."""
    rows = {float(row): 1_000 * row for row in range(6)}
    world = ShiftingList(rows, changes=[(Change("insert", 0),)] * 100, stream=stream, dated=False)
    first = world.sync(None)
    assert [query["page"] for query, _ in world.asked].count(1) == 5
    world.changes = []
    second = world.sync(first.states[-1])
    assert {header for _, header in world.asked} == {None}
    assert {row for row, _ in world.delivered(second)} == {str(row) for row in world.rows}


def test_windows_without_dates_of_change_do_not_move_the_state() -> None:
    """What the passes over one window may have missed is asked for again in all: the state stays where it was."""
    rows = {float(row): 1_000 * row for row in range(46)}
    days = {float(row): 3_700 + row for row in range(6, 46)}  # ten years after the others
    world = ShiftingList(rows, days=days, limit=45, changes=[(Change("insert", 0),)] * 30, dated=False)
    state = world.sync(None).states[-1]
    assert state["UpdatedDateUTC"] == "1970-01-01T00:00:00.000Z"
    assert {row for row, _ in world.delivered(world.sync(state))} == {str(row) for row in world.rows}


def test_a_row_that_was_missed_is_worth_another_pass() -> None:
    """While passes still find rows older than the beginning there may be more of them: the fifth pass is not the last."""
    world = ShiftingList({float(row): 1_000 * row for row in range(6)}, changes=[(Change("edit", 5),)] * 100)
    batches, rows = world.batches(None), list[Any]()
    for number, batch in enumerate(batches, start=1):
        rows += batch.objects
        if number == 9:  # between the pages of the fifth pass
            world.rows[3.5] = 3_500
    assert [query["page"] for query, _ in world.asked].count(1) > 5
    assert "3.5" in {row["ManualJournalID"] for row in rows}


def test_without_the_servers_time_our_own_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where Xero's clock is not known the state of a list that never rests goes on to the beginning by our clock."""
    monkeypatch.setattr(passes, "now", lambda: 50_000)
    rows = {float(row): 1_000 * row for row in range(6)}
    world = ShiftingList(rows, clocked=False, changes=[(Change("edit", 5),)] * 100)
    assert world.sync(None).states[-1]["UpdatedDateUTC"] == "1970-01-01T00:00:50.000Z"


def test_the_state_never_goes_back() -> None:
    """A sync that brings nothing, or something older, leaves the state where it was."""
    state = {"UpdatedDateUTC": "1970-01-01T00:10:00.000Z"}
    for rows in ({}, {1.0: 590_000}):
        world = ShiftingList(rows, overlap=300_000)
        assert world.sync(state).states[-1]["UpdatedDateUTC"] == "1970-01-01T00:10:00.000Z"


@pytest.mark.parametrize("stream", [BatchPayments(), Users()], ids=lambda stream: stream.name)
def test_a_list_without_pages_costs_one_call(stream: XeroStream) -> None:
    """No page is asked for, whatever the length; the header goes five minutes behind the state, to the second below."""
    rows = {float(row): 1_000_000 + 100 * row for row in range(9)}
    world = ShiftingList(rows, whole=True, pagination=False, stream=stream, overlap=300_000)
    first = world.sync(None)
    assert world.asked == [({}, None)]
    assert len(first.objects) == 9
    assert first.states == [
        {
            "UpdatedDateUTC": "1970-01-01T00:16:40.800Z",
            "modified_since": None,
            "version": 1,
            "TenantID": "3f2a7c1e-5b0d-4e86-9a41-6d7c8e9f0a1b",
        }
    ]
    world.sync(first.states[-1])
    assert world.asked[1:] == [({}, 699_000)]  # 1,000.8 s less 300 s, and the second below that


def test_a_full_refresh_ends_without_a_cursor() -> None:
    """Linked transactions are read page by page and whole each time, whatever the state; rows need no stamp."""
    world = ShiftingList({float(row): 1_000 for row in range(5)}, stream=LinkedTransactions())
    states: list[State | None] = [None, {}]
    for state in states:
        outcome = world.sync(state)
        assert outcome.states == [{}]
        assert len(outcome.objects) == 5
    assert {header for _, header in world.asked} == {None}


@pytest.mark.parametrize("row_id", [None, 7])
def test_a_row_that_cannot_be_told_apart_fails(row_id: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without its ID a row could be lost: the stream fails instead."""
    world, row = ShiftingList({1.0: 1_000}), {"ManualJournalID": row_id, "UpdatedDateUTC": "/Date(1000+0000)/"}
    monkeypatch.setattr(world, "fetch", lambda *_, **__: Page([row], 1))
    with pytest.raises(ReadingError, match="ManualJournalID in each object") as raised:
        world.sync(None)
    assert raised.value.failure_type is SYSTEM


def test_a_row_without_a_date_comes_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """One row that Xero does not date costs neither itself nor the others; the state goes by those."""
    rows: list[dict[str, Any]] = [
        {"ManualJournalID": "a", "UpdatedDateUTC": None},
        {"ManualJournalID": "b", "UpdatedDateUTC": "/Date(1000)/"},
    ]
    world = ShiftingList({1.0: 1_000})
    monkeypatch.setattr(world, "fetch", lambda *_, **__: Page(rows, 1))
    assert world.sync(None).states[-1]["UpdatedDateUTC"] == "1970-01-01T00:00:01.000Z"
