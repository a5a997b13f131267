"""The lock date: asked once, the later of two, and never taken for absent because a call failed."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest

from source_xero_gl.readers.lock_date import LockDate
from source_xero_gl.xero.client import Page
from source_xero_gl.xero.errors import TRANSIENT, XeroError
from unit_tests.fake_xero.client import Call, FakeClient

MARCH = "/Date(1774915200000+0000)/"  # date -u -d 2026-03-31 +%s000
JUNE = "/Date(1782777600000+0000)/"  # date -u -d 2026-06-30 +%s000
SERVER_TIME = 1_782_864_000_000


def client_of(*organisations: dict[str, Any]) -> FakeClient:
    """Return a client that answers with these organisations."""
    return FakeClient(lambda *_: Page(list(organisations), server_time=SERVER_TIME))


@pytest.mark.parametrize(
    ("organisation", "expected"),
    [
        ({"PeriodLockDate": JUNE, "EndOfYearLockDate": MARCH}, date(2026, 6, 30)),
        ({"PeriodLockDate": MARCH, "EndOfYearLockDate": JUNE}, date(2026, 6, 30)),
        ({"PeriodLockDate": MARCH}, date(2026, 3, 31)),
        ({"EndOfYearLockDate": MARCH}, date(2026, 3, 31)),
        ({"PeriodLockDate": None, "EndOfYearLockDate": MARCH}, date(2026, 3, 31)),
        ({"PeriodLockDate": "2026-06-30T00:00:00", "EndOfYearLockDate": MARCH}, date(2026, 6, 30)),
    ],
)
def test_the_later_date_counts(organisation: dict[str, Any], expected: date) -> None:
    """https://developer.xero.com/documentation/api/accounting/organisation names two dates; either may be absent."""
    assert LockDate(client_of(organisation)).day() == expected


@pytest.mark.parametrize(
    "value", [None, "", "soon", 5, True, [], {}, "/Date()/", "2026-02-30", "/Date(99999999999999999)/"]
)
def test_what_is_no_date_locks_nothing(value: object) -> None:
    """A date that cannot be read costs calls and loses nothing: no month counts as closed."""
    assert LockDate(client_of({"PeriodLockDate": value, "EndOfYearLockDate": value})).day() is None
    assert LockDate(client_of({"PeriodLockDate": value, "EndOfYearLockDate": MARCH})).day() == date(2026, 3, 31)


@pytest.mark.parametrize("organisations", [[], [{}]])
def test_an_organisation_may_have_no_lock_date(organisations: list[dict[str, Any]]) -> None:
    """Xero leaves out what is not set."""
    assert LockDate(client_of(*organisations)).day() is None


def test_many_streams_cost_one_call() -> None:
    """Whoever comes while the call is under way waits for its answer."""
    entered, together = threading.Event(), threading.Barrier(8)

    def answer(*_: object) -> Page:
        entered.wait(0.05)  # long enough that the others stand before the lock; the outcome does not depend on it
        return Page([{"PeriodLockDate": JUNE}], server_time=SERVER_TIME)

    client = FakeClient(answer)
    lock_date = LockDate(client)

    def ask(_: int) -> date | None:
        together.wait(10)
        return lock_date.day()

    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(ask, range(8))) == {date(2026, 6, 30)}
    assert client.asked == [("Organisation", {})]
    assert lock_date.server_time == SERVER_TIME


def test_nothing_locked_is_an_answer_too() -> None:
    """An organisation without a lock date is not asked again."""
    client = client_of({})
    lock_date = LockDate(client)
    assert [lock_date.day(), lock_date.day()] == [None, None]
    assert len(client.asked) == 1


def test_nothing_is_asked_before_it_is_wanted() -> None:
    """A sync without a report makes no call for the lock date."""
    client = client_of({})
    assert LockDate(client).server_time is None
    assert client.asked == []


def test_a_failed_call_is_no_answer() -> None:
    """A failure reaches the stream that asked; the next one asks again, and gets the date."""
    failures = [XeroError(TRANSIENT, "Xero does not answer.")]

    def answer(_: Call) -> Page:
        if failures:
            raise failures.pop()
        return Page([{"PeriodLockDate": JUNE}])

    lock_date = LockDate(FakeClient(answer))
    with pytest.raises(XeroError, match="does not answer"):
        lock_date.day()
    assert lock_date.day() == date(2026, 6, 30)
