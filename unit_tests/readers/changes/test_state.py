"""The state of lists by change date: what a sync still has to read, and how it survives as JSON."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_xero_gl.readers.changes.state import ChangesState, StampRange, changes_state, resume
from source_xero_gl.readers.changes.windows import Window
from source_xero_gl.readers.errors import ReadingError
from source_xero_gl.xero.errors import CONFIG
from unit_tests.fake_xero.wire import TENANT

INSTANTS = st.integers(0, 4_102_444_800_000)  # 2100-01-01
WINDOWS = st.just(()) | st.just((Window(first=date(2024, 3, 1), done=True, through=5), Window(dated=False)))
RANGES = st.builds(StampRange, st.none() | INSTANTS, INSTANTS, WINDOWS, st.none() | INSTANTS)
STATES = st.builds(ChangesState, RANGES, whole_at=st.none() | INSTANTS) | st.builds(
    ChangesState, RANGES, RANGES, INSTANTS, st.none() | INSTANTS
)
TEN_SECONDS, MINUTE = 10_000, 60_000


@given(STATES)
def test_a_state_survives_as_json(state: ChangesState) -> None:
    """What a platform keeps is all that the next sync needs, whatever its filter."""
    blob = json.loads(json.dumps(state.as_blob(TENANT)))
    assert changes_state(blob, 5) == state


def test_the_blob_says_what_people_look_for() -> None:
    """The cursor stands at the top under Xero's name as ISO 8601, beside version and tenant."""
    blob = ChangesState(StampRange(None, 1_439_434_356_790)).as_blob(TENANT)
    expected = ("2015-08-13T02:52:36.790Z", TENANT, 1)
    assert (blob["UpdatedDateUTC"], blob["TenantID"], blob["version"]) == expected


def test_a_bare_stamp_gets_todays_filter() -> None:
    """``{"UpdatedDateUTC": …}`` counts as read with today's filter, from which a later change is told apart."""
    blob = {"UpdatedDateUTC": "1970-01-01T00:01:00.000Z"}
    assert changes_state(blob, TEN_SECONDS) == ChangesState(StampRange(TEN_SECONDS, MINUTE))
    assert changes_state(blob, None) == ChangesState(StampRange(None, MINUTE))
    unfiltered = {**blob, "modified_since": None}
    assert changes_state(unfiltered, TEN_SECONDS) == ChangesState(StampRange(None, MINUTE))


@pytest.mark.parametrize(
    "blob",
    [
        {},
        {"UpdatedDateUTC": None},
        {"UpdatedDateUTC": 5},
        {"UpdatedDateUTC": "soon"},
        {"UpdatedDateUTC": "2026-01-01T00:00:00Z", "modified_since": "soon"},
        {"UpdatedDateUTC": "2026-01-01T00:00:00Z", "backfill": 5},
        {"UpdatedDateUTC": "2026-01-01T00:00:00Z", "backfill": {}},
    ],
)
def test_a_state_that_cannot_be_read_is_a_configuration_error(blob: dict[str, Any]) -> None:
    """An edited state stops the stream with the name of the key, instead of reading from somewhere."""
    with pytest.raises(ReadingError, match=r"state of \{stream\} cannot be read") as raised:
        changes_state(blob, None)
    assert raised.value.failure_type is CONFIG


@pytest.mark.parametrize("since", [None, 0, TEN_SECONDS])
def test_nothing_read_begins_at_the_filter(since: int | None) -> None:
    """A first sync reads everything that the filter admits."""
    assert resume(None, since) == ChangesState(StampRange(since))


def test_the_same_or_a_later_filter_goes_on() -> None:
    """Nothing is missing below; a later filter raises the bound that was read from."""
    read = ChangesState(StampRange(TEN_SECONDS, MINUTE))
    assert resume(read, TEN_SECONDS) == read
    assert resume(read, MINUTE) == ChangesState(StampRange(MINUTE, MINUTE))
    assert resume(ChangesState(StampRange(None, MINUTE)), None) == ChangesState(StampRange(None, MINUTE))


def test_a_filter_that_leaves_a_gap_begins_a_new_range() -> None:
    """What lies between is not read; the state forgets the lower range, so that a later filter can bring it back."""
    assert resume(ChangesState(StampRange(None, MINUTE)), MINUTE + 1) == ChangesState(StampRange(MINUTE + 1))


@pytest.mark.parametrize("since", [None, 0, TEN_SECONDS - 1])
def test_an_earlier_filter_reads_what_is_below(since: int | None) -> None:
    """The missing part begins at the new filter and ends where the range began; what was read stays."""
    read = StampRange(TEN_SECONDS, MINUTE)
    assert resume(ChangesState(read), since) == ChangesState(read, StampRange(since), TEN_SECONDS)


def test_where_nothing_was_read_an_earlier_filter_begins() -> None:
    """A filter that lay in the future has read nothing: there is no range to join."""
    assert resume(ChangesState(StampRange(MINUTE, MINUTE)), TEN_SECONDS) == ChangesState(StampRange(TEN_SECONDS))


def test_a_part_that_was_begun_goes_on_under_the_same_filter() -> None:
    """A crash does not begin the missing part again; another filter does."""
    read = StampRange(TEN_SECONDS, MINUTE)
    begun = ChangesState(read, StampRange(None, 5_000), TEN_SECONDS)
    assert resume(begun, None) == begun
    assert resume(begun, 2_000) == ChangesState(read, StampRange(2_000), TEN_SECONDS)
    assert resume(begun, TEN_SECONDS) == ChangesState(read)


def test_reading_everything_again_goes_on_under_the_same_filter() -> None:
    """A crash does not begin it again, and it ends where the main range stood when it was due."""
    begun = ChangesState(StampRange(None, MINUTE), StampRange(None, 5_000), MINUTE, whole_at=7)
    assert resume(begun, None) == begun
    assert begun.caught_up() == ChangesState(StampRange(None, MINUTE), whole_at=7)


def test_windows_are_known_to_all_later_reads() -> None:
    """A wider filter uses the boundaries of the main range, and the main range those that a backfill has found."""
    window = Window(first=date(2024, 3, 1))
    done = replace(window, done=True, through=5)
    wider = resume(ChangesState(StampRange(TEN_SECONDS, MINUTE, (done,))), None)
    assert wider.backfill == StampRange(None, windows=(window,))
    found = ChangesState(StampRange(TEN_SECONDS, MINUTE), StampRange(None, TEN_SECONDS, (done,)), TEN_SECONDS)
    assert found.caught_up() == ChangesState(StampRange(None, MINUTE, (window,)))
