"""The state of journals: what a sync still has to read, and how it survives as JSON."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_xero_gl.readers.errors import ReadingError
from source_xero_gl.readers.journals.missing import Missing
from source_xero_gl.readers.journals.state import JournalRange, JournalState, journal_state, merged, resume
from source_xero_gl.settings.settings import JournalSettings
from source_xero_gl.xero.errors import CONFIG
from unit_tests.fake_xero.wire import TENANT

NUMBERS = st.integers(0, 10**9)
INSTANTS = st.none() | st.integers(0, 4_102_444_800_000)  # 2100-01-01
EVERYTHING = JournalSettings()


@st.composite
def ranges(draw: st.DrawFn) -> JournalRange:
    """Draw a range that could have been read."""
    start = draw(NUMBERS) + 1
    return JournalRange(start, start - 1 + draw(NUMBERS), draw(INSTANTS), draw(NUMBERS))


GAPS = st.lists(st.builds(lambda first: Missing(first, first + 3, 1_000), st.integers(1, 99)), max_size=3).map(tuple)
STATES = st.builds(JournalState, ranges(), missing=GAPS) | st.builds(JournalState, ranges(), ranges(), NUMBERS, GAPS)


@given(STATES)
def test_a_state_survives_as_json(state: JournalState) -> None:
    """What a platform keeps is all that the next sync needs, whatever its filters."""
    blob = json.loads(json.dumps(state.as_blob(TENANT)))
    assert journal_state(blob, JournalSettings(starting_at=3, modified_since=5)) == state


@given(ranges())
def test_the_blob_says_what_people_look_for(part: JournalRange) -> None:
    """The cursor stands at the top under Xero's name, beside version and tenant."""
    blob = JournalState(part).as_blob(TENANT)
    assert (blob["JournalNumber"], blob["TenantID"], blob["version"]) == (part.number, TENANT, 1)


def test_a_bare_number_gets_todays_bounds() -> None:
    """``{"JournalNumber": n}`` counts as read with today's filters, from which a later change is told apart."""
    filters = JournalSettings(starting_at=3, modified_since=5)
    main = journal_state({"JournalNumber": 9}, filters).main
    assert (main.starting_at, main.number, main.modified_since, main.older_through) == (3, 9, 5, 9)
    main = journal_state({"JournalNumber": 9}, EVERYTHING).main
    assert (main.starting_at, main.number, main.modified_since, main.older_through) == (1, 9, None, 0)


@pytest.mark.parametrize("start", [11, 12, 500])
def test_a_bare_number_far_below_the_start_begins_a_new_range(start: int) -> None:
    """``{"JournalNumber": 9}`` under a start of 11 or more is a state that leaves a gap, not one that cannot be read."""
    filters = JournalSettings(starting_at=start)
    known = journal_state({"JournalNumber": 9}, filters)
    assert resume(known, filters) == JournalState(JournalRange(start, start - 1))


def test_a_date_of_null_is_no_date() -> None:
    """A range that was read without a date filter stays one, whatever today's filter is."""
    blob = {"JournalNumber": 9, "starting_at": 1, "modified_since": None}
    assert journal_state(blob, JournalSettings(modified_since=5)).main.modified_since is None


@pytest.mark.parametrize(
    "blob",
    [
        {},
        {"JournalNumber": None},
        {"JournalNumber": "9"},
        {"JournalNumber": -1},
        {"JournalNumber": 9, "starting_at": 0},
        {"JournalNumber": 9, "starting_at": 11},
        {"JournalNumber": 9, "modified_since": "soon"},
        {"JournalNumber": 9, "older_through": -1},
        {"JournalNumber": 9, "backfill": 5},
        {"JournalNumber": 9, "backfill": {}},
        {"JournalNumber": 9, "backfill": {"JournalNumber": 5, "until": "9"}},
    ],
)
def test_a_state_that_cannot_be_read_is_a_configuration_error(blob: dict[str, Any]) -> None:
    """An edited state stops the stream with the name of the key, instead of reading from somewhere."""
    with pytest.raises(ReadingError) as raised:
        journal_state(blob, EVERYTHING)
    assert "state of journals cannot be read" in str(raised.value.named("journals").message)
    assert raised.value.failure_type is CONFIG


def test_nothing_read_begins_at_the_start() -> None:
    """A first sync reads from the start of the filter, or from the first number."""
    assert resume(None, EVERYTHING) == JournalState(JournalRange(1, 0))
    assert resume(None, JournalSettings(starting_at=50, modified_since=7)) == JournalState(JournalRange(50, 49, 7))


@pytest.mark.parametrize("start", [None, 10, 15, 31])
def test_a_start_within_what_was_read_goes_on(start: int | None) -> None:
    """The same start, or a higher one that leaves no gap, goes on behind the last number."""
    read = JournalState(JournalRange(10 if start else 1, 30))
    assert resume(read, JournalSettings(starting_at=start)).main.number == 30
    assert resume(read, JournalSettings(starting_at=start)).backfill is None


def test_a_start_that_leaves_a_gap_begins_a_new_range() -> None:
    """What lies between is not read; the state forgets the lower range, so that a later filter can bring it back."""
    assert resume(JournalState(JournalRange(1, 30)), JournalSettings(starting_at=32)) == JournalState(
        JournalRange(32, 31)
    )


def test_a_lower_start_reads_what_is_below() -> None:
    """The missing part ends where the range began."""
    begun = resume(JournalState(JournalRange(10, 30)), JournalSettings(starting_at=4))
    assert (begun.main.number, begun.backfill, begun.backfill_until) == (30, JournalRange(4, 3), 9)


def test_an_earlier_date_reads_as_far_as_something_was_left_out() -> None:
    """Above the last journal that an earlier date filter left out nothing is missing."""
    read = JournalState(JournalRange(1, 30, 1_000, older_through=12))
    begun = resume(read, JournalSettings(modified_since=500))
    assert (begun.backfill, begun.backfill_until) == (JournalRange(1, 0, 500), 12)
    nothing_left_out = JournalState(JournalRange(1, 30, 1_000))
    assert resume(nothing_left_out, EVERYTHING).backfill is None


def test_a_part_that_was_begun_goes_on_under_the_same_filters() -> None:
    """A crash does not begin the missing part again; other filters do."""
    begun = JournalState(JournalRange(10, 30), JournalRange(4, 6), 9)
    assert resume(begun, JournalSettings(starting_at=4)) == begun
    assert resume(begun, JournalSettings(starting_at=3)).backfill == JournalRange(3, 2)
    assert resume(begun, JournalSettings(starting_at=10)).backfill is None


def test_parts_that_meet_become_one() -> None:
    """Once the missing part is complete one range is left, from the lower start to the last number."""
    complete = JournalState(JournalRange(10, 30), JournalRange(4, 9), 9)
    assert merged(complete) == JournalState(JournalRange(4, 30))
    incomplete = JournalState(JournalRange(10, 30), JournalRange(4, 8), 9)
    assert merged(incomplete) == incomplete


def test_gaps_outlive_a_change_of_the_filters() -> None:
    """What is missing in a range that is kept is still missing, also while a backfill runs and after it has joined."""
    gap = Missing(5, 6, 1_000)
    read = JournalState(JournalRange(4, 30), missing=(gap,))
    assert resume(read, JournalSettings(starting_at=10)).missing == (gap,)
    wider = resume(read, EVERYTHING)
    assert (wider.backfill, wider.missing) == (JournalRange(1, 0), (gap,))
    assert merged(JournalState(JournalRange(4, 30), JournalRange(1, 3), 3, (gap,))).missing == (gap,)


def test_a_new_range_has_no_gaps() -> None:
    """A start beyond what was read leaves the old range, and what is missing in it."""
    read = JournalState(JournalRange(4, 30), missing=(Missing(5, 6, 1_000),))
    assert resume(read, JournalSettings(starting_at=40)) == JournalState(JournalRange(40, 39))


def test_the_oldest_gaps_are_forgotten_first() -> None:
    """A state holds 500 ranges at most."""
    gaps = tuple(Missing(2 * number, 2 * number, 1_000 + number) for number in range(1, 502))
    assert JournalState(JournalRange(1, 2_000)).with_missing(gaps).missing == gaps[1:]
