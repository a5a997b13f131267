"""Lists with more documents than Xero answers in one go: read window by window, complete, and resumed where they stopped."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from source_xero_gl.readers.changes.windows import windows_in
from source_xero_gl.readers.errors import ReadingError
from source_xero_gl.xero.errors import SYSTEM, XeroError
from unit_tests.fake_xero.changes import ChangingList, Document, Edit
from unit_tests.fake_xero.destination import Outcome, State

FIRST_OF_MARCH = date(2024, 3, 1)
KINDS = ("ACCREC", "ACCPAY")
STATUSES = ("DRAFT", "SUBMITTED", "AUTHORISED", "PAID", "VOIDED", "DELETED")
DAYS = (
    st.none() | st.sampled_from([FIRST_OF_MARCH, date(2024, 3, 2), date(1850, 1, 1), date(2300, 12, 31)]) | st.dates()
)
EDITS = st.lists(st.none() | st.builds(Edit, st.integers(0, 21), st.booleans(), DAYS), max_size=30).map(tuple)


@dataclass(frozen=True)
class Step:
    """A sync: the filter of that day, the edits during it, and when the destination dies."""

    since: int | None = None
    edits: tuple[Edit | None, ...] = ()
    crash_after: int | None = None


def document(row: int, day: date | None) -> Document:
    """Return a document; of 22 on the same day two at most have the same type and status."""
    return Document(day, KINDS[row % 2], STATUSES[row // 2 % 6])


@st.composite
def lists(draw: st.DrawFn) -> ChangingList:
    """Draw a list that Xero may refuse to answer as a whole."""
    rows = dict(enumerate(draw(st.lists(st.integers(0, 4_000), min_size=1, max_size=22))))
    documents = {row: document(row, draw(DAYS)) for row in rows}
    overlap = draw(st.sampled_from([0, 1_500, 300_000]))
    inclusive, limit = draw(st.booleans()), draw(st.integers(3, 12))
    return ChangingList(
        rows, overlap=overlap, inclusive=inclusive, documents=documents, limit=limit, calls_allowed=3_000
    )


SINCE = st.none() | st.integers(0, 5_000)
STEPS = st.lists(st.builds(Step, SINCE, EDITS, st.none() | st.integers(0, 30)), min_size=1, max_size=3)
some_worlds = settings(max_examples=80, deadline=None)
many_worlds = settings(max_examples=250, deadline=None)


def syncs(world: ChangingList, steps: list[Step]) -> Iterator[Outcome]:
    """Run one sync after the other, each on from the last state that came out of those before."""
    state: State | None = None
    for step in steps:
        world.edits = list(step.edits)
        outcome = world.sync(step.since, state, step.crash_after)
        state = outcome.states[-1] if outcome.states else state
        yield outcome


@many_worlds
@given(world=lists(), steps=STEPS, last=SINCE)
def test_nothing_is_lost(world: ChangingList, steps: list[Step], last: int | None) -> None:
    """Whatever was edited, changed its date or crashed: two quiet syncs later every document has arrived as it is.

    The first ends a read that was under way. What went to a window that was done by then is newer than the beginning of
    that read, where the second goes on.
    """
    quiet = [Step(last), Step(last)]
    delivered = {version for outcome in syncs(world, [*steps, *quiet]) for version in outcome.versions}
    assert world.versions(last) - delivered == set()


@some_worlds
@given(world=lists(), since=SINCE)
def test_a_quiet_list_arrives_once(world: ChangingList, since: int | None) -> None:
    """Windows do not overlap: every document that the filter admits arrives, none twice."""
    (outcome,) = syncs(world, [Step(since)])
    assert sorted(outcome.versions) == sorted(world.versions(since))


@some_worlds
@given(world=lists(), crash=st.integers(1, 40))
def test_windows_that_are_done_are_not_read_again(world: ChangingList, crash: int) -> None:
    """A sync that goes on after a crash asks for no window that the state calls done."""
    killed = world.sync(None, None, crash)
    if not killed.states:
        return
    done = [window.by_where() for window in windows_in(killed.states[-1]) if window.done]
    calls = world.calls
    world.sync(None, killed.states[-1])
    asked = [{key: query[key] for key in ("where", "Statuses") if key in query} for query, _ in world.asked[calls:]]
    assert [query for query in asked if query in done] == []


def test_a_window_goes_on_behind_its_last_walk() -> None:
    """A crash within a window repeats one walk of it: the state tells how far each walk has come."""
    world = days_in_a_row(8, limit=7)
    world.documents[7] = document(7, None)  # the other seven are in the second window, from 2010 on
    world.page_size = 2
    states = {windows_in(state)[1].through: state for state in world.sync(None, None).states}
    assert list(states) == [None, 1_000, 3_000, 5_000, 6_000]
    calls = world.calls
    world.sync(None, states[3_000])
    query, header = world.asked[calls]
    assert query["where"] == "Date >= DateTime(2010,01,01) AND Date < DateTime(2040,01,01)"
    assert header == 2_000


@some_worlds
@given(world=lists())
def test_later_syncs_use_the_boundaries(world: ChangingList) -> None:
    """Once the windows are known a quiet sync costs one call for each, and nothing is refused again."""
    first, _ = syncs(world, [Step(), Step()])
    windows = windows_in(first.states[-1])
    world.page_size, calls = 100, world.calls
    world.sync(None, first.states[-1])
    assert world.calls - calls == (len(windows) or 1)
    assert all("where" in query for query, _ in world.asked[calls:] if windows)


def days_in_a_row(count: int, limit: int) -> ChangingList:
    """Return a list with a document a day."""
    documents = {row: document(row, FIRST_OF_MARCH + timedelta(days=row)) for row in range(count)}
    return ChangingList({row: 1_000 * row for row in range(count)}, documents=documents, limit=limit)


def test_a_list_that_is_short_enough_is_read_whole() -> None:
    """Windows cost calls: without a refusal there are none."""
    world = days_in_a_row(10, limit=10)
    (outcome,) = syncs(world, [Step()])
    assert "windows" not in outcome.states[-1]
    assert all("where" not in query for query, _ in world.asked)


def test_the_stamp_goes_on_before_the_first_attempt() -> None:
    """Windows are read one after the other: the state stands at their beginning, by the server's clock, less the overlap."""
    world = days_in_a_row(10, limit=4)
    world.overlap, world.clock, world.edits = 300_000, 86_400_000, [0, 1, 2, 3]
    (outcome,) = syncs(world, [Step()])
    assert "1970-01-01T23:55:00.000Z" <= outcome.states[-1]["UpdatedDateUTC"] <= "1970-01-01T23:55:01.400Z"


@pytest.mark.parametrize("limit", [2, 11])
def test_a_day_above_the_limit_is_split_by_type_and_status(limit: int) -> None:
    """22 documents of one day are read by type (11 of each), or by type and status (two of each at most)."""
    world = ChangingList(dict.fromkeys(range(22), 1_000), limit=limit, calls_allowed=1_000)
    world.documents = {row: document(row, FIRST_OF_MARCH) for row in range(22)}
    (outcome,) = syncs(world, [Step()])
    assert sorted(outcome.ids, key=int) == [str(row) for row in range(22)]
    assert any("Type ==" in str(query.get("where")) for query, _ in world.asked)
    assert any("Statuses" in query for query, _ in world.asked) is (limit == 2)


@pytest.mark.parametrize("day", [None, FIRST_OF_MARCH])
def test_a_day_that_cannot_be_split_is_an_error(day: date | None) -> None:
    """More documents of one day, type and status than Xero lists: one sentence that names them and what to do."""
    world = ChangingList(dict.fromkeys(range(5), 1_000), limit=4, calls_allowed=1_000)
    world.documents = dict.fromkeys(range(5), Document(day, "ACCPAY", "PAID"))
    with pytest.raises(ReadingError, match="ACCPAY, PAID") as raised:
        list(syncs(world, [Step()]))
    assert raised.value.failure_type is SYSTEM
    assert "Modified since" in raised.value.sentence


def test_documents_without_a_date_arrive() -> None:
    """A draft may have no date yet: it is in a window of its own."""
    world = days_in_a_row(10, limit=4)
    world.documents[3] = document(3, None)
    (outcome,) = syncs(world, [Step()])
    assert sorted(outcome.ids) == sorted(map(str, range(10)))
    assert any(query.get("where") == "Date == null" for query, _ in world.asked)


def test_a_list_without_dates_is_not_cut() -> None:
    """Contacts have no date: the refusal is the error."""
    world = ChangingList(dict.fromkeys(range(5), 1_000), limit=4, cut=None)
    with pytest.raises(XeroError, match="100,000"):
        list(syncs(world, [Step()]))
    assert world.calls == 1
