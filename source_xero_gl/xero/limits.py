"""When Xero's limits on calls in time admit the next one: arithmetic on what was sent and what answers said."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass

from source_xero_gl.xero.pacing import CALLS_PER_MINUTE, MINUTE_SECONDS, WINDOW_SECONDS

MOST_OVERTAKEN = 4 * CALLS_PER_MINUTE
"""Calls that Xero may count while one is under way, which takes four minutes at most; a number of calls left that is larger by
more than that is of a new day."""


@dataclass(frozen=True)
class Send:
    """One call that was admitted: its number among all calls of the process, and when it went, in monotonic seconds."""

    index: int
    at: float


@dataclass(frozen=True)
class _Reading:
    """The calls that were left in the minute by the answer to a call."""

    send: Send
    remaining: int


@dataclass
class _Day:
    """The calls that were left today by the answer that Xero counted last.

    Attributes:
        remaining: by that answer.
        sent: all calls that had been sent when it came.
        uncertain: those among them that Xero may have counted later: they were in flight, and their answers have not come.
    """

    remaining: int
    sent: int
    uncertain: int


class Limits:
    """The calls to one organisation against its limits. Instants are monotonic seconds. Not safe under threads."""

    def __init__(self, calls_per_minute: int) -> None:
        """Allow ``calls_per_minute`` calls in any 60.5 seconds, and no more than Xero's answers leave."""
        self.calls = 0
        self._calls_per_minute = calls_per_minute
        self._sent: deque[float] = deque(maxlen=max(calls_per_minute, CALLS_PER_MINUTE))
        self._not_before = 0.0
        self._new_minute_at = -math.inf
        self._minute: _Reading | None = None
        self._day: _Day | None = None

    @property
    def interval(self) -> float:
        """Seconds between calls at the rate that is allowed in the long run."""
        return WINDOW_SECONDS / self._calls_per_minute

    @property
    def left_today(self) -> int | None:
        """Calls that are left today for certain, by Xero's answers and what was sent since; None until it says."""
        day = self._day
        return None if day is None else max(0, day.remaining - day.uncertain - (self.calls - day.sent))

    def send(self, now: float) -> Send:
        """Count a call."""
        self.calls += 1
        self._sent.append(now)
        return Send(self.calls, now)

    def leaves(self, send: Send, now: float) -> None:
        """Let a call count from a later instant on, at which it really goes."""
        back = self.calls - send.index + 1
        if back <= len(self._sent):
            self._sent[-back] = now

    def observe(self, send: Send, minute: int | None, day: int | None, in_flight: int) -> None:
        """Take in how many calls are left by the answer to ``send``; ``in_flight`` calls are under way, this one included."""
        if minute is not None and (self._minute is None or send.index > self._minute.send.index):
            self._minute = _Reading(send, minute)
        if day is None:
            return
        # Calls overtake each other on their way: what Xero counted last has the smallest number. One with a larger number was
        # counted earlier if it was sent before the smallest was known, or else a new day has begun.
        last = self._day
        if last is not None and send.index <= last.sent and last.remaining <= day <= last.remaining + MOST_OVERTAKEN:
            last.uncertain = max(0, last.uncertain - 1)
        else:
            self._day = _Day(day, self.calls, in_flight - 1)

    def hold(self, until: float, *, new_minute: bool) -> None:
        """Admit nothing until an instant, at which a new minute of Xero's may begin."""
        self._not_before = max(self._not_before, until)
        if new_minute:
            self._new_minute_at = self._not_before

    def opens(self, now: float, ahead: int = 0) -> float:
        """Return the instant from which a call is admitted, if ``ahead`` others go before it now."""
        return max(self._not_before, self._own_minute_ends(ahead), self._xero_minute_ends(now, ahead))

    def _own_minute_ends(self, ahead: int) -> float:
        """Return when our own window has room for a call after ``ahead`` others; 0 if it has room now."""
        back = self._calls_per_minute - ahead
        if back <= 0:
            return math.inf  # the others fill the window
        return self._sent[-back] + WINDOW_SECONDS if back <= len(self._sent) else 0.0

    def _xero_minute_ends(self, now: float, ahead: int) -> float:
        """Return when a new minute of Xero's has begun for certain, if the last answer leaves no call in this one; else 0."""
        reading = self._minute
        if reading is None or reading.remaining - (self.calls - reading.send.index) > ahead:
            return 0.0
        if now >= reading.send.at + MINUTE_SECONDS or reading.send.at < self._new_minute_at <= now:
            return 0.0  # it was about an earlier minute
        # Xero says how many calls it has counted, not when its minute began. If we made all of them, it began no later than
        # the earliest of them went. If others call too, it began no later than the call that brought the count.
        counted = CALLS_PER_MINUTE - reading.remaining
        back = counted + self.calls - reading.send.index
        earliest = self._sent[-back] if 0 < back <= len(self._sent) else -math.inf
        if earliest > reading.send.at - WINDOW_SECONDS:
            return earliest + WINDOW_SECONDS
        return reading.send.at + MINUTE_SECONDS
