"""Xero's limits in virtual time: fixed minutes of 60 calls, five at a time, and other users of the same organisation."""

from __future__ import annotations

import heapq
import itertools
import math
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from random import Random

from source_xero_gl.xero.gate import Gate
from source_xero_gl.xero.limits import Send

MINUTE = 60.0
CALLS = 60
AT_A_TIME = 5
LONGEST_WAY = 0.5
"""Seconds from us to Xero at most."""


class PassingTime(threading.Condition):
    """A condition on which one thread waits in virtual time."""

    def __init__(self, pass_by: Callable[[float], None]) -> None:
        super().__init__()
        self._pass_by = pass_by

    def wait(self, timeout: float | None = None) -> bool:
        """Let time pass, up to the next event."""
        self._pass_by(timeout or 0.0)
        return True


class XeroMinutes:
    """A gate in front of Xero's limits: time passes while the gate waits, and answers arrive meanwhile.

    Attributes:
        served: when Xero has served calls of ours.
        refused: when it has answered 429 to ours.
    """

    def __init__(
        self, phase: float, latencies: tuple[float, float], random: Random, calls_per_minute: int = CALLS
    ) -> None:
        self.now = 0.0
        self.served: list[float] = []
        self.refused: list[float] = []
        self.gate = Gate(calls_per_minute, threading.Event(), clock=lambda: self.now)
        self.gate._changed = PassingTime(self._pass_by)
        self._phase = phase
        self._latencies = latencies
        self._random = random
        self._minute, self._used, self._in_flight = -1, 0, 0
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = itertools.count()

    def call(self) -> None:
        """Send a call as soon as the gate admits it; its answer arrives later."""
        slot = self.gate.slot()
        send = slot.__enter__()
        latency = self._random.uniform(*self._latencies)
        way = self._random.uniform(0.0, min(LONGEST_WAY, latency))
        self._after(way, lambda: self._arrive(slot, send, latency - way))

    def call_until(self, end: float) -> None:
        """Have a caller at the gate all the time."""
        while self.now < end:
            self.call()

    def others_call(self, times: list[float]) -> None:
        """Let another program send calls to the same organisation at these times."""
        for time in times:
            self._after(time - self.now, self._other)

    def _other(self) -> None:
        if not self._limit():
            self._used += 1
            self._in_flight += 1
            self._after(min(self._latencies), self._leave)

    def _arrive(self, slot: AbstractContextManager[Send], send: Send, seconds: float) -> None:
        limit = self._limit()
        if limit:
            self.refused.append(self.now)
            left = math.ceil((self._minute + 1) * MINUTE + self._phase - self.now)
            self._after(seconds, lambda: self._refuse(slot, send, limit, left))
            return
        self._used += 1
        self._in_flight += 1
        self.served.append(self.now)
        headers = {"X-MinLimit-Remaining": str(CALLS - self._used)}
        self._after(seconds, lambda: self._answer(slot, send, headers))

    def _limit(self) -> str:
        minute = math.floor((self.now - self._phase) / MINUTE)
        if minute != self._minute:
            self._minute, self._used = minute, 0
        if self._in_flight >= AT_A_TIME:
            return "concurrent"
        return "minute" if self._used >= CALLS else ""

    def _answer(self, slot: AbstractContextManager[Send], send: Send, headers: dict[str, str]) -> None:
        self._leave()
        self.gate.observe(send, headers)
        slot.__exit__(None, None, None)

    def _refuse(self, slot: AbstractContextManager[Send], send: Send, limit: str, left: int) -> None:
        """Do as the client does on a 429."""
        if limit == "minute":
            self.gate.observe(send, {"X-MinLimit-Remaining": "0"})
            self.gate.hold(left)
        else:
            self.gate.observe(send, {})
            self.gate.narrow()
            self.gate.hold(1.0)
        slot.__exit__(None, None, None)

    def _leave(self) -> None:
        self._in_flight -= 1

    def _after(self, seconds: float, event: Callable[[], None]) -> None:
        heapq.heappush(self._events, (self.now + seconds, next(self._numbers), event))

    def _pass_by(self, seconds: float) -> None:
        then = self.now + max(seconds, 1e-6)
        if self._events and self._events[0][0] <= then:
            self.now, _, event = heapq.heappop(self._events)
            event()
        else:
            self.now = then
