"""Calendar months: their days, their arithmetic, and which one is now."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_xero_gl.readers import months
from source_xero_gl.readers.months import Month, current_month, month_of

JULY_2026 = 1_782_864_000_000  # date -u -d 2026-07-01 +%s000
MARCH_2024 = 1_709_251_200_000  # date -u -d 2024-03-01 +%s000
MONTHS = st.builds(Month, st.integers(1900, 2200), st.integers(1, 12))


@pytest.mark.parametrize(
    ("month", "last"),
    [
        (Month(2026, 1), date(2026, 1, 31)),
        (Month(2026, 4), date(2026, 4, 30)),
        (Month(2026, 12), date(2026, 12, 31)),
        (Month(2023, 2), date(2023, 2, 28)),
        (Month(2024, 2), date(2024, 2, 29)),
        (Month(2000, 2), date(2000, 2, 29)),
        (Month(1900, 2), date(1900, 2, 28)),
        (Month(2100, 2), date(2100, 2, 28)),
    ],
)
def test_a_month_has_the_days_of_the_calendar(month: Month, last: date) -> None:
    """A month end is the last day of the month, also in leap years and in centuries that are none."""
    assert (month.first, month.last) == (last.replace(day=1), last)


@given(MONTHS)
def test_months_follow_each_other_without_a_gap(month: Month) -> None:
    """The day after a month end is the first of the next month."""
    assert month.last + timedelta(1) == (month + 1).first


@pytest.mark.parametrize(
    ("months_later", "expected"),
    [(0, (2026, 1)), (1, (2026, 2)), (11, (2026, 12)), (12, (2027, 1)), (-1, (2025, 12)), (-13, (2024, 12))],
)
def test_months_are_added_across_years(months_later: int, expected: tuple[int, int]) -> None:
    """Adding goes both ways, over any new year."""
    assert Month(2026, 1) + months_later == Month(*expected)


@given(MONTHS, st.integers(-600, 600), st.integers(-600, 600))
def test_adding_keeps_the_order(month: Month, one: int, other: int) -> None:
    """More months later is later, and there and back is the same month."""
    assert month + one + -one == month
    assert (month + one < month + other) == (one < other)


@given(st.dates())
def test_a_day_lies_in_its_month(day: date) -> None:
    """A day is never before the first or behind the last one of its month."""
    assert month_of(day).first <= day <= month_of(day).last


def test_months_apart() -> None:
    """The difference of two months counts across years, and is negative backwards."""
    assert [Month(2026, 2).since(Month(2025, 12)), Month(2025, 12).since(Month(2026, 2))] == [2, -2]


@pytest.mark.parametrize(
    ("server_time", "expected"),
    [
        (JULY_2026 - 1, Month(2026, 6)),
        (JULY_2026, Month(2026, 7)),
        (MARCH_2024 - 1, Month(2024, 2)),
        (MARCH_2024, Month(2024, 3)),
        (0, Month(1970, 1)),
    ],
)
def test_now_is_told_by_xeros_clock(monkeypatch: pytest.MonkeyPatch, server_time: int, expected: Month) -> None:
    """A month begins at midnight UTC by the answer of the server; our own clock may be years off."""
    monkeypatch.setattr(months, "now", lambda: JULY_2026 * 2)
    assert current_month(server_time) == expected


def test_without_xeros_clock_it_is_told_by_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer without a date leaves no other choice."""
    monkeypatch.setattr(months, "now", lambda: JULY_2026 - 1)
    assert current_month(None) == Month(2026, 6)
