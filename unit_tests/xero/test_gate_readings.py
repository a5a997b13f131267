"""What closes the gate or holds it: Xero's own counts, the daily reserve, the end of the day, a stop."""

from __future__ import annotations

import threading

import pytest

from source_xero_gl.xero.errors import SYSTEM, TRANSIENT, StoppedError, XeroError
from unit_tests.xero.gate_world import LATE, World


@pytest.fixture(autouse=True)
def _quick_polls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("source_xero_gl.xero.gate.POLL_SECONDS", 1e-5)


def test_a_minute_that_others_have_used_up_is_waited_for() -> None:
    """X-MinLimit-Remaining 0 holds the next call until the reading is 60 seconds old, and no longer."""
    world = World()
    read = world.call(MinLimit="0")
    assert 60 <= world.call().at - read.at <= 60 + LATE


def test_a_minute_counts_also_just_after_the_machine_has_started() -> None:
    """A monotonic clock that is not yet at 60 seconds shortens no wait."""
    world = World()
    world.clock.now = 40.0
    read = world.call(MinLimit="0")
    assert 60 <= world.call().at - read.at <= 60 + LATE


def test_a_reading_is_reduced_by_our_own_calls_since() -> None:
    """Three calls left are three calls, not one for each answer that has not come yet."""
    world = World()
    read = world.call(MinLimit="3")
    sends = [world.call() for _ in range(4)]
    assert sends[2].at - read.at < 60
    assert sends[3].at - read.at >= 60


def test_when_we_are_alone_the_minute_ends_with_our_own_first_call() -> None:
    """Sixty calls of ours explain the reading 0: the minute surely began with the first, so it ends 60.5 s after it."""
    world = World()
    first = world.call(MinLimit="59")
    for left in range(58, -1, -1):
        world.call(MinLimit=str(left))
    assert 60.5 <= world.call().at - first.at <= 60.5 + LATE


def test_a_call_that_was_on_its_way_when_the_minute_began_is_one_of_it() -> None:
    """Sent up to half a second before Xero's minute, it explains the reading as well: we are alone and wait no longer."""
    world = World()
    first = world.call(MinLimit="59")
    for left in range(58, 0, -1):
        world.call(MinLimit=str(left))
    world.clock.now = first.at + 59.75
    read = world.call(MinLimit="0")
    assert 60 < read.at - first.at < 60.5  # the same minute of Xero's, if the first call took as long to get there
    assert 60.5 <= world.call().at - first.at <= 60.5 + LATE


def test_a_newer_reading_counts() -> None:
    """When a new minute has begun, the answer that says so lets calls pass at once."""
    world = World()
    world.call()
    with world.gate.slot() as older, world.gate.slot() as newer:
        world.answer(older, MinLimit="0")
        world.answer(newer, MinLimit="59")
    assert not world.waits()


def test_an_older_reading_that_comes_late_does_not_count() -> None:
    """Answers may overtake each other: the call that was sent last knows best."""
    world = World()
    world.call()
    with world.gate.slot() as older, world.gate.slot() as newer:
        world.answer(newer, MinLimit="0")
        world.answer(older, MinLimit="59")
    assert world.waits()


@pytest.mark.parametrize("text", ["", "-1", "none", "0.0", "\u0660"])
def test_a_malformed_reading_is_none(text: str) -> None:
    """A header that is no count holds nothing."""
    world = World()
    world.call(MinLimit=text, DayLimit=text)
    assert not world.waits()


def test_the_daily_reserve_is_left_untouched() -> None:
    """With 12 calls left and a reserve of 10, two more calls go; the third ends the sync cleanly."""
    world = World(daily_call_reserve=10)
    world.call(DayLimit="12")
    world.call()
    world.call()
    with pytest.raises(XeroError, match="daily_call_reserve") as raised:
        world.call()
    assert raised.value.failure_type is TRANSIENT
    assert "within 24 hours" in str(raised.value.message)
    assert "goes on where this one stopped" in str(raised.value.message)
    assert world.gate.count().made == 3


def test_without_a_reserve_xero_decides() -> None:
    """No reserve, no stop of our own: the last call of the day may be used."""
    world = World()
    world.call(DayLimit="0")
    assert not world.waits()


def test_calls_that_overtake_each_other_leave_the_reserve() -> None:
    """Of five calls at a time Xero counts the last first: the four others may still be counted, and are reckoned with."""
    world = World(daily_call_reserve=8)
    world.call(DayLimit="14")
    slots = [world.gate.slot() for _ in range(5)]
    sends = [slot.__enter__() for slot in slots]
    for left in (13, 12, 11, 10, 9):
        world.answer(sends.pop(), DayLimit=str(left))
        assert world.gate.count().left_today == 9
        slots.pop().__exit__(None, None, None)
    world.call(DayLimit="8")
    with pytest.raises(XeroError, match="daily_call_reserve"), world.gate.slot():
        pytest.fail("it passed")
    assert world.gate.count().made == 7


def test_a_call_that_was_counted_earlier_takes_nothing_off() -> None:
    """An answer that comes late with more calls left is no new day, and what it says is known already."""
    world = World()
    world.call(DayLimit="100")
    with world.gate.slot() as earlier, world.gate.slot() as later:
        world.answer(later, DayLimit="98")
        assert world.gate.count().left_today == 97
        world.answer(earlier, DayLimit="99")
        assert world.gate.count().left_today == 98


def test_a_new_day_opens_the_reserve() -> None:
    """A later answer with a fresh count replaces the reading."""
    world = World(daily_call_reserve=10)
    world.call()
    with world.gate.slot() as older, world.gate.slot() as newer:
        world.answer(older, DayLimit="10")
        world.answer(newer, DayLimit="4999")
    assert not world.waits()


def test_a_closed_gate_gives_the_reason() -> None:
    """Once the day's calls are used up, every stream learns it without a call."""
    world = World()
    world.gate.close(XeroError(SYSTEM, "the day is over"))
    for _ in range(2):
        with pytest.raises(XeroError, match="the day is over"):
            world.call()
    assert world.gate.count().made == 0


def test_closing_ends_the_wait() -> None:
    """Whoever is waiting when the gate closes gets the reason too, long before its turn."""
    world = World()
    world.gate.hold(10**9)
    closing = threading.Thread(target=world.gate.close, args=(XeroError(SYSTEM, "the day is over"),))
    world.clock.after(5, closing.start)
    with pytest.raises(XeroError, match="the day is over"):
        world.call()


def test_a_stop_ends_the_wait() -> None:
    """A sync that is told to stop does not sit out Xero's limits."""
    world = World()
    world.gate.hold(10**9)
    world.clock.after(5, world.stop.set)
    with pytest.raises(StoppedError):
        world.call()


def test_nothing_passes_after_a_stop() -> None:
    """A free gate admits nobody once the sync is told to stop."""
    world = World()
    world.stop.set()
    with pytest.raises(StoppedError):
        world.call()
    assert world.gate.count().made == 0


def test_who_gives_up_waiting_does_not_block_the_others() -> None:
    """A waiter that was stopped leaves the queue."""
    world = World()
    world.gate.hold(60)
    assert world.waits(5)
    assert not world.waits(61)
