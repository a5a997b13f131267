"""A gate whose time passes by being looked at."""

from __future__ import annotations

import threading
from contextlib import ExitStack

from source_xero_gl.xero.errors import StoppedError
from source_xero_gl.xero.gate import Gate
from source_xero_gl.xero.limits import Send
from unit_tests.xero.fakes import Clock

STEP = 0.25
"""Virtual seconds between two looks at the clock; a call may be late by a few of them."""

LATE = 4 * STEP


class World:
    """A gate whose time passes by being looked at, so that hours of waiting take no time."""

    def __init__(self, calls_per_minute: int = 1_000_000, daily_call_reserve: int = 0) -> None:
        self.stop = threading.Event()
        self.clock = Clock(step=STEP)
        self.gate = Gate(calls_per_minute, self.stop, daily_call_reserve, self.clock)

    def call(self, **headers: str) -> Send:
        """Make a call whose answer has headers (``MinLimit="0"`` for ``X-MinLimit-Remaining: 0``)."""
        with self.gate.slot() as send:
            self.answer(send, **headers)
        return send

    def answer(self, send: Send, **headers: str) -> None:
        """Take in the answer to a call."""
        self.gate.observe(send, {f"X-{name}-Remaining": count for name, count in headers.items()})

    def waits(self, seconds: float = 30) -> bool:
        """Tell whether a call is still waiting after so many seconds; it gives up then."""
        self.clock.after(seconds, self.stop.set)
        try:
            with self.gate.slot():
                return False
        except StoppedError:
            self.stop.clear()
            return True

    def fits(self, calls: int) -> bool:
        """Tell whether exactly so many calls may be in flight."""
        with ExitStack() as slots:
            for _ in range(calls):
                slots.enter_context(self.gate.slot())
            return self.waits()
