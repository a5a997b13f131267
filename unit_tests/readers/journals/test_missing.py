"""Numbers that no journal has yet: found between the journals of the last day, and what a look leaves of them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_xero_gl.readers.errors import ReadingError
from source_xero_gl.readers.journals.journal import Journal
from source_xero_gl.readers.journals.missing import Missing, gaps, looked_at, missing_in, missing_out
from source_xero_gl.xero.errors import CONFIG
from unit_tests.fake_xero.wire import wire

DAY = 86_400_000
NOW = 1_700_000_000_000
NUMBERS = st.lists(st.integers(1, 60), unique=True, max_size=20).map(sorted)


def journal(number: int, created: int = NOW) -> Journal:
    """Return a journal that was created at an instant."""
    return Journal(number, {"CreatedDateUTC": wire(created)})


def numbers_of(parts: list[Missing]) -> list[int]:
    """Return all numbers of the ranges."""
    return [number for part in parts for number in range(part.first, part.last + 1)]


@given(reached=st.integers(0, 30), numbers=NUMBERS)
def test_fresh_gaps_are_the_numbers_between(reached: int, numbers: list[int]) -> None:
    """Of numbers above the last one read those are missing that lie below the highest and are not there."""
    page = [journal(number) for number in numbers if number > reached]
    there = {found.number for found in page}
    assert numbers_of(gaps(reached, page, NOW)) == sorted(set(range(reached + 1, max(there, default=0))) - there)


@pytest.mark.parametrize(("age", "found"), [(0, [2, 3]), (DAY - 1, [2, 3]), (DAY, []), (-5_000, [2, 3])])
def test_only_journals_of_the_last_day_leave_gaps(age: int, found: list[int]) -> None:
    """What counts is when the journal behind the gap was created, by Xero's clock."""
    page = [journal(1, 0), journal(4, NOW - age)]
    assert numbers_of(gaps(0, page, NOW)) == found


@given(first=st.integers(1, 40), length=st.integers(1, 30), numbers=NUMBERS, seen=st.none() | st.integers(1, 60))
def test_a_look_leaves_what_it_has_not_brought(first: int, length: int, numbers: list[int], seen: int | None) -> None:
    """While the gap is fresh everything stays missing but the numbers that were found."""
    if seen is not None:
        numbers = [number for number in numbers if number <= seen]
    rest = looked_at(Missing(first, first + length - 1, NOW), numbers, seen, NOW)
    assert numbers_of(rest) == sorted(set(range(first, first + length)) - set(numbers))
    assert {part.next_created for part in rest} <= {NOW}


@given(first=st.integers(1, 40), length=st.integers(1, 30), numbers=NUMBERS, seen=st.none() | st.integers(1, 60))
def test_an_old_gap_is_forgotten_as_far_as_it_was_looked_at(
    first: int, length: int, numbers: list[int], seen: int | None
) -> None:
    """A day after the journal behind it only what the look did not reach is kept."""
    numbers = [number for number in numbers if seen is None or number <= seen]
    rest = looked_at(Missing(first, first + length - 1, NOW - DAY), numbers, seen, NOW)
    assert numbers_of(rest) == [number for number in range(first, first + length) if seen is not None and number > seen]


RANGES = st.builds(
    lambda first, length, created: Missing(first, first + length, created),
    st.integers(1, 10**9),
    st.integers(0, 100),
    st.integers(0, 4_102_444_800_000),
)


@given(st.lists(RANGES, max_size=5).map(tuple))
def test_ranges_survive_as_json(missing: tuple[Missing, ...]) -> None:
    """What a platform keeps is all that the next sync needs."""
    assert missing_in({"missing": json.loads(json.dumps(missing_out(missing)))}) == missing


BEHIND = "2026-01-01T00:00:00Z"


@pytest.mark.parametrize(
    "missing",
    [
        5,
        {},
        [5],
        [{"first": 1, "last": 2}],
        [{"first": 1, "last": 2, "behind": "soon"}],
        [{"first": 3, "last": 2, "behind": BEHIND}],
        [{"first": 0, "last": 2, "behind": BEHIND}],
        [{"first": "1", "last": 2, "behind": BEHIND}],
        [{"last": 2, "behind": BEHIND}],
    ],
)
def test_ranges_that_cannot_be_read_are_a_configuration_error(missing: Any) -> None:
    """An edited state is refused by the name of a key."""
    with pytest.raises(ReadingError) as raised:
        missing_in({"missing": missing})
    assert "state of journals cannot be read" in str(raised.value.named("journals").message)
    assert raised.value.failure_type is CONFIG
