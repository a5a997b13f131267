"""Where a report stream stands: what lock dates and settings make of a state, and that no month is lost by any of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from source_xero_gl.readers.errors import ReadingError
from source_xero_gl.readers.months import Month, month_of
from source_xero_gl.readers.reports.month_ends import MonthEnds, beginning, is_closed, month_ends, resume, through
from source_xero_gl.streams.reports import ProfitAndLossLines
from source_xero_gl.xero.errors import CONFIG
from unit_tests.fake_xero.reports import ReportBook
from unit_tests.fake_xero.wire import TENANT

JULY_2025, JANUARY, MARCH, JUNE = Month(2025, 7), Month(2026, 1), Month(2026, 3), Month(2026, 6)
READ = MonthEnds(None, JULY_2025, MARCH)
MONTHS = st.builds(Month, st.integers(1970, 2100), st.integers(1, 12))
STATES = st.builds(MonthEnds, st.none() | st.dates(date(1970, 1, 1), date(2099, 12, 31)), MONTHS, MONTHS)


@given(STATES, st.none() | st.dates())
def test_a_state_survives_as_json(state: MonthEnds, starting_on: date | None) -> None:
    """What a platform keeps is all that the next sync needs, whatever its setting."""
    blob = json.loads(json.dumps(state.as_blob(TENANT)))
    assert month_ends(blob, starting_on) == state


def test_the_blob_says_what_people_look_for() -> None:
    """The cursor stands at the top as the end of the last closed month, beside version and tenant."""
    blob = MonthEnds(date(2025, 7, 15), JULY_2025, Month(2024, 2)).as_blob(TENANT)
    assert (blob["Date"], blob["TenantID"], blob["version"]) == ("2024-02-29", TENANT, 1)


@pytest.mark.parametrize("starting_on", [None, date(2026, 1, 15)])
def test_a_bare_date_goes_on_behind_it(starting_on: date | None) -> None:
    """``{"Date": …}`` counts as read with today's setting, so that a later change is told apart."""
    known = month_ends({"Date": "2026-03-31"}, starting_on)
    assert (known.starting_on, known.closed) == (starting_on, MARCH)
    going_on = resume(known, starting_on, MARCH.last)
    assert going_on is not None
    assert going_on.closed == MARCH


@pytest.mark.parametrize(
    "blob",
    [
        {},
        {"Date": None},
        {"Date": 5},
        {"Date": ""},
        {"Date": "soon"},
        {"Date": "2026-02-30"},
        {"Date": "2026-03-31T00:00:00Z"},
        {"Date": ["2026-03-31"]},
        {"Date": "2026-03-31", "starting_on": 5},
        {"Date": "2026-03-31", "starting_on": "soon"},
        {"Date": "2026-03-31", "first": {}},
        {"Date": "2026-03-31", "first": "2026-13-31"},
    ],
)
def test_a_state_that_cannot_be_read_is_a_configuration_error(blob: dict[str, Any]) -> None:
    """An edited state stops the stream with the name of the key, instead of reading from somewhere."""
    with pytest.raises(ReadingError, match=r"cannot be read: look at (Date|starting_on|first)") as raised:
        month_ends(blob, None)
    assert raised.value.failure_type is CONFIG


@pytest.mark.parametrize("locked", [None, date(2020, 1, 31), date(2026, 3, 31), date(2030, 1, 1)])
def test_without_a_state_the_setting_or_the_search_decides(locked: date | None) -> None:
    """Nothing counts as read, whatever is locked; without a setting the first month must be found."""
    assert resume(None, date(2026, 3, 31), locked) == beginning(MARCH, date(2026, 3, 31))
    assert resume(None, None, locked) is None
    assert beginning(MARCH, None) == MonthEnds(None, MARCH, Month(2026, 2))


@pytest.mark.parametrize(
    ("locked", "closed"),
    [
        (date(2026, 3, 31), MARCH),
        (date(2026, 4, 1), MARCH),
        (date(2026, 5, 31), MARCH),
        (date(2030, 1, 1), MARCH),
        (date(2026, 3, 30), Month(2026, 2)),
        (date(2025, 12, 31), Month(2025, 12)),
        (date(2025, 12, 30), Month(2025, 11)),
        (date(2025, 7, 31), JULY_2025),
        (date(2025, 7, 30), Month(2025, 6)),
        (date(2020, 1, 31), Month(2025, 6)),
        (None, Month(2025, 6)),
    ],
)
def test_months_that_are_open_again_are_read_again(locked: date | None, closed: Month) -> None:
    """A lock date that moves back, or is taken away, opens months; one that moves on takes nothing for read."""
    assert resume(READ, None, locked) == MonthEnds(None, JULY_2025, closed)


@pytest.mark.parametrize(
    ("starting_on", "locked", "first", "closed"),
    [
        (date(2026, 1, 31), date(2026, 3, 31), JANUARY, MARCH),
        (date(2026, 1, 1), date(2026, 2, 28), JANUARY, Month(2026, 2)),
        (date(2026, 1, 1), date(2025, 9, 30), JANUARY, Month(2025, 12)),
        (date(2026, 1, 1), None, JANUARY, Month(2025, 12)),
        (date(2026, 6, 1), date(2026, 3, 31), JUNE, Month(2026, 5)),
        (date(2026, 6, 1), None, JUNE, Month(2026, 5)),
    ],
)
def test_a_narrower_setting_reads_no_earlier_month(
    starting_on: date, locked: date | None, first: Month, closed: Month
) -> None:
    """What is closed stays read; what is before the setting is not asked for any more, open or not."""
    for known in (READ, MonthEnds(date(2025, 7, 1), JULY_2025, MARCH)):
        assert resume(known, starting_on, locked) == MonthEnds(starting_on, first, closed)


@pytest.mark.parametrize("locked", [None, date(2025, 12, 31), date(2030, 1, 1)])
def test_a_wider_setting_begins_anew(locked: date | None) -> None:
    """Earlier months are missing: everything is read from the new start, or from the first month with figures."""
    known = MonthEnds(date(2025, 7, 1), JULY_2025, MARCH)
    assert resume(known, date(2025, 6, 30), locked) == beginning(Month(2025, 6), date(2025, 6, 30))
    assert resume(known, None, locked) is None


def test_the_same_setting_goes_on() -> None:
    """Nothing has changed: the month behind the last closed one is next."""
    known = MonthEnds(date(2025, 7, 15), JULY_2025, MARCH)
    assert resume(known, date(2025, 7, 15), date(2026, 3, 31)) == known


@pytest.mark.parametrize(
    ("locked", "closed"), [(date(2027, 6, 30), Month(2027, 1)), (date(2026, 3, 31), MARCH), (None, Month(2025, 6))]
)
def test_a_state_in_the_future_counts_as_far_as_it_is_locked(locked: date | None, closed: Month) -> None:
    """A lock date may lie ahead; when it is moved back, the months behind it are read."""
    assert resume(MonthEnds(None, JULY_2025, Month(2027, 1)), None, locked) == MonthEnds(None, JULY_2025, closed)


@pytest.mark.parametrize(
    ("locked", "closed"),
    [(date(2024, 2, 29), True), (date(2024, 3, 1), True), (date(2024, 2, 28), False), (None, False)],
)
def test_a_month_is_closed_when_it_ends_by_the_lock_date(locked: date | None, *, closed: bool) -> None:
    """The lock date itself is locked."""
    assert is_closed(Month(2024, 2), locked) is closed


def test_months_from_one_to_another() -> None:
    """Both are included; nothing lies between a month and an earlier one."""
    assert list(through(Month(2025, 11), JANUARY)) == [Month(2025, 11), Month(2025, 12), JANUARY]
    assert list(through(MARCH, MARCH)) == [MARCH]
    assert list(through(MARCH, JANUARY)) == []


BOOKS_BEGIN, TODAY = Month(2025, 1), Month(2025, 9)
DAYS = st.dates(date(2025, 1, 1), date(2026, 8, 31))


@dataclass(frozen=True)
class Step:
    """What happens until a sync, and the sync.

    Attributes:
        later: months that go by.
        locked: the lock date from now on.
        starting_on: the setting from now on.
        before: months, counted from the first, that are edited under the lock date until now.
        after: likewise, under the new one.
        crash_after: batches and states after which the sync crashes; another one follows it.
    """

    later: int
    locked: date | None
    starting_on: date | None
    before: Sequence[int]
    after: Sequence[int]
    crash_after: int | None


EDITS = st.lists(st.integers(0, 20), max_size=4)
STEPS = st.builds(
    Step, st.integers(0, 2), st.none() | DAYS, st.none() | DAYS, EDITS, EDITS, st.none() | st.integers(0, 30)
)


@dataclass
class Company:
    """A company whose months change while they are open, and a destination that keeps the last version of each.

    Attributes:
        book: Xero; the amount of a month tells its version.
        got: the amount that the destination has of each month.
        done: months that were read for good, by the state.
    """

    book: ReportBook = field(default_factory=lambda: ReportBook({BOOKS_BEGIN + number: 100 for number in range(40)}))
    got: dict[str, str] = field(default_factory=dict)
    done: set[str] = field(default_factory=set)
    state: dict[str, Any] | None = None
    starting_on: date | None = None
    today: Month = TODAY

    def take(self, step: Step) -> None:
        """Live through a step."""
        self._edit(step.before)
        self.book.locked = step.locked
        self.today += step.later
        self.book.now = self.today.first
        if self.starting_on and (step.starting_on is None or step.starting_on < self.starting_on):
            self.done.clear()  # what is missing below is read together with what is not
        self.starting_on = step.starting_on
        self.done = {end for end in self.done if self._is_locked(month_of(date.fromisoformat(end)))}
        if step.crash_after is not None:
            self._sync(step.crash_after)
        self._edit(step.after)
        self._sync(None)

    def missing(self) -> list[str]:
        """Return the months within the setting whose last version has not arrived."""
        first = BOOKS_BEGIN if self.starting_on is None else max(BOOKS_BEGIN, month_of(self.starting_on))
        ends = {month: month.last.isoformat() for month in through(first, self.today)}
        return [end for month, end in ends.items() if self.got.get(end) != f"{self.book.booked[month] / 100:.2f}"]

    def _is_locked(self, month: Month) -> bool:
        return self.book.locked is not None and self.book.locked >= month.last

    def _edit(self, months: Sequence[int]) -> None:
        for month in (BOOKS_BEGIN + number for number in months):
            if not self._is_locked(month):
                self.book.booked[month] += 100

    def _sync(self, crash_after: int | None) -> None:
        outcome = self.book.sync(ProfitAndLossLines(), self.state, self.starting_on, crash_after)
        self.got |= {line["Date"]: line["Amount"] for line in outcome.objects}
        self.state = outcome.states[-1] if outcome.states else self.state
        asked = [last for first, last in self.book.months() if first[:7] == last[:7]]
        assert len(asked) == len(set(asked)), "a month was read twice in a sync"
        assert not self.done.intersection(asked), "a closed month was read twice"
        reached = str(outcome.states[-1]["Date"]) if outcome.states else ""
        closed = {end for end in asked if self._is_locked(month_of(date.fromisoformat(end)))}
        self.done |= {end for end in closed if end <= reached}


@settings(max_examples=250, deadline=None)
@given(st.lists(STEPS, min_size=1, max_size=5))
def test_every_change_arrives_and_closed_months_are_paid_once(steps: list[Step]) -> None:
    """After each sync every month within the setting stands as in Xero, whatever lock dates, settings and crashes there were."""
    company = Company()
    for step in steps:
        company.take(step)
        assert company.missing() == []


@settings(max_examples=60, deadline=None)
@given(st.none() | DAYS, st.lists(EDITS, max_size=4))
def test_an_unchanged_setting_costs_the_open_months(locked: date | None, edits: list[list[int]]) -> None:
    """With a lock date that stays, each further sync asks for the months behind it, for the running one, and for no other."""
    company = Company()
    company.take(Step(0, locked, date(2025, 1, 1), [], [], None))
    for edited in edits:
        company.take(Step(0, locked, date(2025, 1, 1), edited, [], None))
        months = through(BOOKS_BEGIN, TODAY)
        open_months = [month for month in months if locked is None or month.last > locked or month == TODAY]
        assert company.book.month_ends() == [month.last.isoformat() for month in open_months]
