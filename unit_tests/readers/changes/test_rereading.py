"""Reading everything again every so many days: for the edits that Xero does not date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from source_xero_gl.engine.stream import XeroStream
from source_xero_gl.readers.changes.reader import ByChange
from source_xero_gl.settings.settings import parse_settings
from source_xero_gl.streams import STREAMS
from source_xero_gl.streams.documents import ManualJournals
from source_xero_gl.streams.payments import BatchPayments
from source_xero_gl.streams.reference import Users
from unit_tests.fake_xero.changes import ChangingList, Document
from unit_tests.fake_xero.destination import State
from unit_tests.fake_xero.passes import ShiftingList

HOUR = 3_600_000
DAY = 24 * HOUR
FIVE_MINUTES = 300_000
TOKEN = {"auth_type": "access_token", "access_token": "token"}


@dataclass(frozen=True)
class Step:
    """Hours that pass, rows that are edited with and without a new stamp, during the sync too, and a crash."""

    hours: int
    seen: tuple[int, ...] = ()
    unseen: tuple[int, ...] = ()
    edits: tuple[int | None, ...] = ()
    crash_after: int | None = None


ROW = st.integers(0, 21)
ROWS = st.lists(ROW, max_size=4).map(tuple)
EDITS = st.lists(st.none() | ROW, max_size=8).map(tuple)
STEPS = st.lists(
    st.builds(Step, st.integers(0, 60), ROWS, ROWS, EDITS, st.none() | st.integers(0, 14)), min_size=1, max_size=5
)


class Days:
    """A list over some days, read again and again."""

    def __init__(self, world: ChangingList) -> None:
        """Read this list."""
        self.world = world
        self.state: State | None = None
        self.delivered: set[tuple[str, int]] = set()

    def run(self, step: Step) -> int:
        """Let time pass, edit, sync, and return the number of calls."""
        world, calls = self.world, self.world.calls
        world.clock += step.hours * HOUR
        for row in step.seen:
            world.edit(row)
        for row in step.unseen:
            world.edit_unseen(row % len(world.rows))
        world.edits = list(step.edits)
        outcome = world.sync(None, self.state, step.crash_after)
        self.state = outcome.states[-1] if outcome.states else self.state
        self.delivered |= set(outcome.contents)
        return world.calls - calls


@st.composite
def lists(draw: st.DrawFn) -> ChangingList:
    """Draw a list that is read again every day or every second day."""
    rows = dict(enumerate(draw(st.lists(st.integers(0, 4_000), min_size=1, max_size=22))))
    return ChangingList(
        rows,
        overlap=draw(st.sampled_from([0, FIVE_MINUTES])),
        inclusive=draw(st.booleans()),
        pagination=draw(st.booleans()),
        reread_days=draw(st.integers(1, 2)),
    )


@settings(max_examples=150, deadline=None)
@given(world=lists(), steps=STEPS)
def test_edits_without_a_stamp_arrive_when_due(world: ChangingList, steps: list[Step]) -> None:
    """Whatever crashed before: a sync so many days later brings every row as it is now."""
    days = Days(world)
    for step in steps:
        days.run(step)
    days.run(Step(24 * world.reread_days))
    assert world.contents() - days.delivered == set()


def quiet_list(reread_days: int = 7, rows: int = 20) -> ChangingList:
    """Return a list whose rows lie far apart."""
    return ChangingList(
        {row: row * HOUR for row in range(rows)}, clock=100 * HOUR, reread_days=reread_days, overlap=FIVE_MINUTES
    )


@pytest.mark.parametrize(("reread_days", "hours", "arrives"), [(7, 167, False), (7, 168, True), (0, 9_999, False)])
def test_it_is_due_after_so_many_days(reread_days: int, hours: int, *, arrives: bool) -> None:
    """Seven days after the last reading of everything began, not before; 0 is never."""
    days = Days(quiet_list(reread_days))
    days.run(Step(0))
    calls = days.run(Step(hours, unseen=(3,)))
    assert (("3", 1) in days.delivered) is arrives
    assert (calls > 1) is arrives


def test_it_is_done_once_when_due() -> None:
    """After it the days are counted again."""
    days = Days(quiet_list())
    assert days.run(Step(0)) > 1
    assert [days.run(Step(24 * 4)) > 1 for _ in range(6)] == [False, True, False, True, False, True]


def test_it_goes_on_after_a_crash() -> None:
    """A reading that was killed is not begun again, and ends in the next sync."""
    days = Days(quiet_list(rows=40))
    whole = days.run(Step(0))
    days.run(Step(24 * 7, unseen=tuple(range(40)), crash_after=16))
    arrived = len({row for row, content in days.delivered if content == 1})
    assert 0 < arrived < 40
    assert days.run(Step(1)) < whole
    assert days.world.contents() <= days.delivered


def test_a_state_from_before_the_setting_is_read_again_at_once() -> None:
    """When everything was read last is not known there."""
    days = Days(quiet_list())
    days.state = {"UpdatedDateUTC": "1970-01-01T19:00:00.000Z"}
    days.run(Step(0))
    assert days.world.contents() <= days.delivered


def test_without_a_clock_it_is_never_due() -> None:
    """Our own clock is not asked: without the server's nothing is read again."""
    days = Days(quiet_list())
    days.world.clocked = False
    days.run(Step(0))
    assert days.run(Step(24 * 30)) == 1


BY_CHANGE = {stream.name: stream.parent.reader for stream in STREAMS if isinstance(stream.parent.reader, ByChange)}


@pytest.mark.parametrize("name", BY_CHANGE)
def test_every_list_by_change_date_has_the_setting(name: str) -> None:
    """No list that is read by UpdatedDateUTC is left out, nor are invoices, which may have days of their own."""
    assert BY_CHANGE[name].filters(parse_settings({"credentials": TOKEN, "reread_days": 7})).reread_days == 7


@pytest.mark.parametrize("stream", [ManualJournals(), BatchPayments(), Users()], ids=lambda stream: stream.name)
@pytest.mark.parametrize(("hours", "rows"), [(167, 1), (168, 6)])
def test_lists_without_an_order_are_read_again_too(stream: XeroStream, hours: int, rows: int) -> None:
    """In passes and in one call: all rows come when seven days are over, before that the newest alone."""
    world = ShiftingList({float(row): row * HOUR for row in range(6)}, stream=stream, reread_days=7, clock=9 * HOUR)
    world.whole = stream.name != "manual_journals"
    first = world.sync(None)
    world.clock += hours * HOUR
    again = world.sync(first.states[-1])
    assert [len(first.objects), len(again.objects)] == [6, rows]


def test_a_list_in_windows_is_read_again_in_windows() -> None:
    """A list that is too long for one answer is not asked for as a whole, and every edit without a stamp arrives."""
    days = Days(quiet_list())
    days.world.documents = {row: Document(date(2020, 1, 1 + row)) for row in range(20)}
    days.world.limit = 8
    days.run(Step(0))
    refused = len([query for query, _ in days.world.asked if "where" not in query])
    days.run(Step(24 * 7, unseen=tuple(range(20))))
    assert days.world.contents() <= days.delivered
    assert len([query for query, _ in days.world.asked if "where" not in query]) == refused == 1
