"""Callers at the gate: who leaves the queue, and who is told of a long wait."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from source_xero_gl.xero.gate import Caller, Gate, WithdrawnError
from unit_tests.xero.gate_world import World

TIMEOUT = 20
"""Real seconds after which a thread that never ends fails its test."""


@pytest.fixture(autouse=True)
def _quick_polls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("source_xero_gl.xero.gate.POLL_SECONDS", 1e-5)


def told(world: World, hold: float) -> list[float]:
    """Return what a caller is told whose turn comes after ``hold`` seconds."""
    waits = list[float]()
    world.gate.hold(hold)
    with world.gate.slot(Caller(waits=waits.append)):
        return waits


def test_a_withdrawn_caller_makes_no_call() -> None:
    """It does not pass, also when the gate is free, and no call is counted."""
    world, caller = World(), Caller()
    caller.withdrawn.set()
    with pytest.raises(WithdrawnError), world.gate.slot(caller):
        pytest.fail("it passed")
    assert world.gate.count().made == 0


def test_a_caller_that_withdraws_stops_waiting() -> None:
    """Long before its turn it is gone, and nobody waits behind it."""
    world, caller = World(), Caller()
    start = world.clock.now
    world.gate.hold(1000)
    world.clock.after(10, caller.withdrawn.set)
    with pytest.raises(WithdrawnError), world.gate.slot(caller):
        pytest.fail("it passed")
    assert 10 <= world.clock.now - start <= 12
    assert not world.waits(1001)


def test_a_withdrawn_caller_holds_no_slot() -> None:
    """The one slot of a process that has not seen an answer yet is still there."""
    world, caller = World(), Caller()
    caller.withdrawn.set()
    for _ in range(3):
        with pytest.raises(WithdrawnError), world.gate.slot(caller):
            pytest.fail("it passed")
    assert world.fits(1)


def test_a_caller_that_withdraws_while_in_flight_keeps_its_answer() -> None:
    """The call is paid: its answer counts, and its slot comes back."""
    world, caller = World(), Caller()
    with world.gate.slot(caller) as send:
        caller.withdrawn.set()
        world.answer(send)
    assert world.gate.count().made == 1
    assert world.fits(5)


def test_a_long_wait_is_told_once() -> None:
    """The caller learns at the beginning how many seconds the wait takes."""
    waits = told(World(), hold=30)
    assert len(waits) == 1
    assert 29 <= waits[0] <= 30


def test_a_short_wait_is_not_told() -> None:
    """Below five seconds there is nothing to show."""
    assert told(World(), hold=5) == []  # the first look at the clock comes later than the hold
    assert told(World(), hold=6) != []


def test_each_turn_is_told_anew() -> None:
    """A caller that meets a limit twice shows it twice."""
    world = World()
    waits = list[float]()
    caller = Caller(waits=waits.append)
    for _ in range(2):
        world.gate.hold(30)
        with world.gate.slot(caller):
            pass
    assert len(waits) == 2


def test_a_free_gate_tells_nobody() -> None:
    """No wait, no word, also when all slots are taken for a moment."""
    assert told(World(), hold=0) == []


def test_an_error_of_the_listener_gives_the_turn_back() -> None:
    """A closed output ends the caller, and not the queue."""

    def closed(_: float) -> None:
        raise BrokenPipeError

    world = World()
    world.gate.hold(30)
    with pytest.raises(BrokenPipeError), world.gate.slot(Caller(waits=closed)):
        pytest.fail("it passed")
    assert not world.waits(31)


@contextmanager
def slow_listener(gate: Gate) -> Iterator[None]:
    """Have a caller at the gate whose listener takes its time, as with a slow destination."""
    listening, go_on, passed = threading.Event(), threading.Event(), threading.Event()

    def listen(_: float) -> None:
        listening.set()
        assert go_on.wait(TIMEOUT)

    def call() -> None:
        with gate.slot(Caller(waits=listen)):
            passed.set()

    thread = threading.Thread(target=call, daemon=True)
    thread.start()
    assert listening.wait(TIMEOUT)
    try:
        yield
    finally:
        go_on.set()
        thread.join(TIMEOUT)
    assert passed.is_set()


def test_a_slow_listener_does_not_hold_up_calls_in_flight() -> None:
    """Their answers are taken in and their slots come back meanwhile: the listener is told outside of the lock."""
    world = World()
    world.call()
    call = ExitStack()
    send = call.enter_context(world.gate.slot())
    world.gate.hold(30)

    def answer() -> None:
        world.answer(send)
        call.close()

    with slow_listener(world.gate):
        answering = threading.Thread(target=answer, daemon=True)
        answering.start()
        answering.join(TIMEOUT)
        assert not answering.is_alive()


def test_a_slow_listener_does_not_hold_up_other_callers() -> None:
    """Once the wait is over, whoever is ready goes."""
    world = World()
    world.call()
    world.gate.hold(30)
    with slow_listener(world.gate):
        assert not world.waits(60)
