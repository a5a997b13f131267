"""How many calls the gate would admit at this moment: what a reader may ask for ahead without making anybody wait."""

from __future__ import annotations

import threading

import pytest

from source_xero_gl.xero.errors import TRANSIENT, XeroError
from source_xero_gl.xero.gate import Gate
from source_xero_gl.xero.limits import Send
from unit_tests.xero.fakes import Clock, InstantStop
from unit_tests.xero.gate_world import World

TIMEOUT = 20
"""Real seconds after which a thread that never ends fails its test."""


@pytest.mark.parametrize("calls_per_minute", [60, 3])
def test_as_many_are_ready_as_fit_into_flight_and_minute(
    calls_per_minute: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before the first answer it is one; then as many as fit beside those in flight and into the minute."""
    monkeypatch.setattr("source_xero_gl.xero.gate.POLL_SECONDS", 1e-5)
    world = World(calls_per_minute)
    assert world.gate.ready() == 1
    world.call()
    assert world.gate.ready() == min(5, calls_per_minute - 1)
    with world.gate.slot():
        assert world.gate.ready() == min(4, calls_per_minute - 2)
    for _ in range(calls_per_minute - 2):
        world.call()
    assert world.gate.ready() == 0
    world.clock.pass_by(60.5)
    assert world.gate.ready() == min(5, calls_per_minute)


def test_what_xero_says_bounds_them() -> None:
    """Neither Xero's minute nor its day is counted on beyond the last answer, and the reserve stays."""
    world = World(daily_call_reserve=10)
    world.call(MinLimit="2", DayLimit="1000")
    assert world.gate.ready() == 2
    world.call(MinLimit="60", DayLimit="13")
    assert world.gate.ready() == 3


def test_none_is_ready_while_the_gate_holds_or_has_ended() -> None:
    """A narrowed gate, a wait that Xero asks for, a stop and the end of the day's calls count at once."""
    world = World()
    world.call()
    world.gate.narrow()
    assert world.gate.ready() == 2
    world.gate.hold(30)
    assert world.gate.ready() == 0
    world.clock.pass_by(60)
    assert world.gate.ready() == 5
    world.stop.set()
    assert world.gate.ready() == 0
    world.stop.clear()
    world.gate.close(XeroError(TRANSIENT, "the day is over"))
    assert world.gate.ready() == 0


def test_who_waits_already_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """A turn that a waiting call is about to take is promised to nobody else."""
    monkeypatch.setattr("source_xero_gl.xero.gate.POLL_SECONDS", TIMEOUT)
    clock, asked = Clock(), threading.Event()

    def now() -> float:
        asked.set()
        return clock.now

    gate = Gate(60, InstantStop(), clock=now)

    def call() -> Send:
        with gate.slot() as send:
            gate.observe(send, {})
        return send

    send = call()
    gate.hold(4)
    asked.clear()
    waiting = threading.Thread(target=call, daemon=True)
    waiting.start()
    assert asked.wait(TIMEOUT)
    clock.pass_by(5)
    assert gate.ready() == 4
    gate.observe(send, {})  # wakes the other
    waiting.join(TIMEOUT)
    assert not waiting.is_alive()
    assert gate.ready() == 5
