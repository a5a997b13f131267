"""The gate's own limits: the pace, the calls in flight, the order, and waits that everybody shares."""

from __future__ import annotations

import pickle
import threading
from collections.abc import Callable

import pytest

from source_xero_gl.xero.gate import Gate
from source_xero_gl.xero.limits import Limits, Send
from unit_tests.xero.gate_world import LATE, World

TIMEOUT = 20
"""Real seconds after which a thread that never ends fails its test."""


@pytest.fixture(autouse=True)
def _quick_polls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("source_xero_gl.xero.gate.POLL_SECONDS", 1e-5)


@pytest.mark.parametrize("calls_per_minute", [1, 7, 60, 90])
def test_no_window_holds_more_calls_than_allowed(calls_per_minute: int) -> None:
    """Any 60.5 seconds see at most calls_per_minute sends, and a call that may go goes at once."""
    world = World(calls_per_minute)
    sends = [world.call() for _ in range(3 * calls_per_minute + 1)]
    for earlier, later in zip(sends, sends[calls_per_minute:], strict=False):
        assert 60.5 <= later.at - earlier.at <= 60.5 + LATE


def test_sends_are_counted_and_not_answers() -> None:
    """Slow answers do not slow the pace: the next minute begins 60.5 seconds after the first send."""
    world = World(calls_per_minute=2)
    with world.gate.slot() as first:
        world.clock.pass_by(50)
        world.answer(first)
    world.call()
    assert 60.5 <= world.call().at - first.at <= 60.5 + LATE


def test_the_first_call_goes_alone() -> None:
    """Until one answer has shown what the limits are, a second call waits."""
    world = World()
    assert world.fits(1)


def test_five_calls_are_in_flight_at_most() -> None:
    """After the first answer there are five slots, as many as Xero allows."""
    world = World()
    world.call()
    assert world.fits(5)


def test_five_threads_are_in_flight_at_once() -> None:
    """Five callers really meet inside the gate."""
    world = World()
    world.call()
    meeting = threading.Barrier(5)

    def call() -> None:
        with world.gate.slot():
            meeting.wait(TIMEOUT)

    in_threads(5, call)
    assert not meeting.broken


def test_a_call_that_fails_gives_its_slot_back() -> None:
    """An exception inside the slot does not cost one of the five."""
    world = World()
    with pytest.raises(KeyError), world.gate.slot():
        raise KeyError
    assert not world.waits()


class WatchedStop(threading.Event):
    """A stop event that tells when a thread has looked at it: whoever waits at the gate does."""

    def __init__(self) -> None:
        super().__init__()
        self._watched: int | None = None
        self.seen = threading.Event()

    def is_set(self) -> bool:
        """Note who asks."""
        if threading.get_ident() == self._watched:
            self.seen.set()
        return super().is_set()

    def watch(self, thread: threading.Thread) -> None:
        """Wait until a thread looks."""
        self.seen.clear()
        self._watched = thread.ident
        assert self.seen.wait(TIMEOUT)


def test_calls_pass_in_the_order_in_which_they_asked() -> None:
    """No stream is overtaken by another one."""
    stop, order = WatchedStop(), list[int]()
    gate = Gate(1_000_000, stop)

    def ask(number: int) -> None:
        with gate.slot() as send:
            order.append(number)
            gate.observe(send, {})

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    with gate.slot():
        for thread in threads:
            thread.start()
            stop.watch(thread)
    for thread in threads:
        thread.join(TIMEOUT)
    assert order == list(range(8))


def test_retry_after_holds_everybody() -> None:
    """Xero's not-before time is one for the tenant, and a shorter one does not shorten it."""
    world = World()
    start = world.call().at
    world.gate.hold(300)
    world.gate.hold(5)
    sends = [world.call(), world.call()]
    assert all(300 <= send.at - start <= 300 + 2 * LATE for send in sends)


def test_no_slot_is_held_while_waiting() -> None:
    """A call that waits for its next try takes no slot: with a single one, it still gets its turn again."""
    world = World()
    world.call()
    for _ in range(3):
        world.gate.narrow()
    with world.gate.slot() as first:
        world.gate.hold(5)
    assert 5 <= world.call().at - first.at < 60


@pytest.mark.parametrize(("times", "left"), [(1, 2), (2, 1), (9, 1)])
def test_too_many_at_a_time_halves_the_calls_in_flight(times: int, left: int) -> None:
    """Five become two, then one; never none."""
    world = World()
    world.call()
    for _ in range(times):
        world.gate.narrow()
    assert world.fits(left)


def test_the_calls_in_flight_recover_after_a_minute() -> None:
    """The other jobs of the tenant may have ended: five again."""
    world = World()
    world.call()
    world.gate.narrow()
    world.clock.pass_by(61)
    assert world.fits(5)


def test_an_answer_does_not_undo_the_halving() -> None:
    """Calls that were in flight when Xero complained bring their answers without widening the gate."""
    world = World()
    world.call()
    for _ in range(3):
        world.gate.narrow()
    world.call()
    assert world.fits(1)


def test_a_long_sync_takes_no_more_memory() -> None:
    """The calls of a minute are remembered, however many there have been: 100,000 take no more room than 1,000."""
    limits, rooms = Limits(60), list[int]()
    for calls in range(1, 100_001):
        limits.send(float(calls))
        if calls in {1_000, 100_000}:
            rooms.append(len(pickle.dumps(limits)))
    assert rooms[1] <= rooms[0] + 10  # the count itself has more digits


def test_calls_are_counted() -> None:
    """Each call has its place among all calls of the process."""
    world = World()
    assert [world.call().index for _ in range(3)] == [1, 2, 3]
    assert world.gate.count().made == 3


def test_the_limits_hold_under_threads() -> None:
    """Eight threads that call as fast as they can break neither the window nor the number in flight, and none starves."""
    world = World(calls_per_minute=30)
    lock, sends, in_flight = threading.Lock(), list[Send](), list[int]()
    now = 0

    def call() -> None:
        nonlocal now
        for _ in range(15):
            with world.gate.slot() as send:
                with lock:
                    now += 1
                    in_flight.append(now)
                    sends.append(send)
                world.answer(send)
                with lock:
                    now -= 1

    in_threads(8, call)
    sends.sort(key=lambda send: send.index)
    assert [send.index for send in sends] == list(range(1, 121))
    assert all(later.at - earlier.at >= 60.5 for earlier, later in zip(sends, sends[30:], strict=False))
    assert max(in_flight) <= 5


def in_threads(number: int, work: Callable[[], None]) -> None:
    """Run work in several threads to its end."""
    threads = [threading.Thread(target=work) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(TIMEOUT)
    assert not any(thread.is_alive() for thread in threads)
