"""The gate: every call to Xero passes it, so that a sync stays inside Xero's limits.

Xero counts calls for each pair of app and organisation: 5 at a time, 60 a minute, 1,000 or 5,000 a day. Its minutes follow
each other without a gap, and begin at a different second for each organisation.
See https://developer.xero.com/documentation/guides/oauth2/limits.
"""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from source_xero_gl.xero.errors import TRANSIENT, Kind, StoppedError, XeroError
from source_xero_gl.xero.pacing import (
    CALLS_PER_MINUTE,
    CONCURRENT_CALLS,
    MINUTE_SECONDS,
    WINDOW_SECONDS,
    wait_seconds,
)

POLL_SECONDS = 0.2
"""Longest wait before a waiter looks at the stop event again."""

LONG_WAIT_SECONDS = 5.0
"""A caller is told of a wait of this length or longer."""


class WithdrawnError(Exception):
    """The caller does not need its turn any more."""


@dataclass(frozen=True)
class Caller:
    """Who asks for a turn.

    Attributes:
        withdrawn: is set when the turn is not needed any more.
        waits: is called with the seconds of a long wait, once for each turn.
    """

    withdrawn: threading.Event = field(default_factory=threading.Event)
    waits: Callable[[float], None] = lambda _: None


@dataclass(frozen=True)
class Calls:
    """How many calls have been made so far, retries included, and how many are left today; None until Xero says."""

    made: int = 0
    left_today: int | None = None


@dataclass(frozen=True)
class Send:
    """One call that passed the gate: its place among all calls of the process and when it went, in monotonic seconds."""

    index: int
    at: float


@dataclass(frozen=True)
class _Reading:
    """``X-MinLimit-Remaining`` as the answer to a call gave it."""

    send: Send
    remaining: int


class Gate:
    """Admits calls in the order in which they ask, each as soon as every limit allows it. Safe under threads."""

    def __init__(
        self,
        calls_per_minute: int,
        stop: threading.Event,
        daily_call_reserve: int = 0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Open a gate for one organisation.

        Args:
            calls_per_minute: calls in any 60.5 seconds, from 1.
            stop: is set when the sync must end: every call that waits, and every later one, gets StoppedError.
            daily_call_reserve: stop when Xero reports this many calls left today; 0 for no reserve.
            clock: monotonic seconds.
        """
        self._calls_per_minute = calls_per_minute
        self._stop = stop
        self._reserve = daily_call_reserve
        self._clock = clock
        self._changed = threading.Condition()
        self._waiting: deque[object] = deque()
        self._sent: deque[float] = deque(maxlen=max(calls_per_minute, CALLS_PER_MINUTE))
        self._calls = 0
        self._in_flight = 0
        self._concurrency = 1  # until the first answer has shown what the limits are
        self._halved_until = 0.0
        self._not_before = 0.0
        self._new_minute_at = -math.inf
        self._reading: _Reading | None = None
        self._day_left: _Reading | None = None
        self._closed: XeroError | None = None

    @property
    def calls(self) -> int:
        """Calls that have passed so far, retries included."""
        return self._calls

    def count(self) -> Calls:
        """Return the calls so far, with what Xero's last answer said about the day."""
        with self._changed:
            left = None if self._day_left is None else max(0, self._left(self._day_left))
            return Calls(self._calls, left)

    @property
    def interval(self) -> float:
        """Seconds between calls at the rate that is allowed in the long run."""
        return WINDOW_SECONDS / self._calls_per_minute

    def ready(self) -> int:
        """Return how many more calls would pass at this moment without waiting, after those that wait already."""
        with self._changed:
            now = self._clock()
            if self._stop.is_set() or self._closed:
                return 0
            room = self._room(now)
            if self._day_left:
                room = min(room, self._left(self._day_left) - self._reserve)
            free = 0
            while free < room and self._opens(now, free) <= now:
                free += 1
            return max(0, free - len(self._waiting))

    @contextmanager
    def slot(self, caller: Caller | None = None) -> Iterator[Send]:
        """Wait for a turn and hold one of the slots while the call is in flight.

        Raises:
            StoppedError: the sync was told to stop.
            WithdrawnError: the caller does not need its turn any more.
            XeroError: the day's calls are used up, or down to the reserve.
        """
        send = self._enter(caller or Caller())
        try:
            yield send
        finally:
            with self._changed:
                self._in_flight -= 1
                self._changed.notify_all()

    def leaves(self, send: Send) -> None:
        """Let a call count from now on: a renewal of the token may have held it up since it passed the gate."""
        with self._changed:
            back = self._calls - send.index + 1
            if back <= len(self._sent):
                self._sent[-back] = self._clock()

    def observe(self, send: Send, headers: Mapping[str, str]) -> None:
        """Take in what an answer says about the limits; ``headers`` are those of the answer to ``send``."""
        minute, day = _count(headers.get("X-MinLimit-Remaining")), _count(headers.get("X-DayLimit-Remaining"))
        with self._changed:
            if self._concurrency == 1 and not self._halved_until:
                self._concurrency = CONCURRENT_CALLS
            if minute is not None and (self._reading is None or send.index > self._reading.send.index):
                self._reading = _Reading(send, minute)
            if day is not None and (self._day_left is None or send.index > self._day_left.send.index):
                self._day_left = _Reading(send, day)
            self._changed.notify_all()

    def refused(self, error: XeroError) -> None:
        """Take in that Xero refused a call, which matters here if it was for a limit.

        To be called while the refused call has its slot, so that no other call slips through.
        """
        match error.kind:
            case Kind.DAY_LIMIT:
                self.close(error)
            case Kind.CONCURRENCY_LIMIT:
                self.narrow()
                self.hold(wait_seconds(error))
            case Kind.RATE_LIMIT:
                # Retry-After leads to the end of Xero's minute; the wait without one is a guess and may end within it.
                self.hold(wait_seconds(error), new_minute=error.retry_after is not None)

    def hold(self, seconds: float, *, new_minute: bool = False) -> None:
        """Admit nothing for so many seconds.

        Args:
            seconds: the wait.
            new_minute: whether a new minute of Xero's begins after it; what answers said about the last one is void then.
        """
        with self._changed:
            self._not_before = max(self._not_before, self._clock() + seconds)
            if new_minute:
                self._new_minute_at = self._not_before

    def narrow(self) -> None:
        """Halve the calls in flight for a minute: Xero saw more than it allows, so other jobs use the organisation too."""
        with self._changed:
            self._concurrency = max(1, self._concurrency // 2)
            self._halved_until = self._clock() + MINUTE_SECONDS

    def close(self, reason: XeroError) -> None:
        """Admit nothing any more: every later call raises an error like ``reason``."""
        with self._changed:
            self._closed = reason
            self._changed.notify_all()

    def _enter(self, caller: Caller) -> Send:
        turn, told = object(), False
        with self._changed:
            self._waiting.append(turn)
        try:
            while True:
                with self._changed:
                    self._check_open()
                    if caller.withdrawn.is_set():
                        raise WithdrawnError
                    pause = self._pause()
                    if pause <= 0 and self._waiting[0] is turn:
                        return self._admit()
                    if told or pause < LONG_WAIT_SECONDS:
                        self._changed.wait(min(max(pause, 0) or POLL_SECONDS, POLL_SECONDS))
                        continue
                    self._waiting.remove(turn)
                told = True
                caller.waits(pause)  # without lock and place: it may wait for a slow destination
                with self._changed:
                    self._waiting.appendleft(turn)
        finally:
            with self._changed:
                if turn in self._waiting:
                    self._waiting.remove(turn)
                self._changed.notify_all()

    def _admit(self) -> Send:
        now = self._clock()
        self._calls += 1
        self._in_flight += 1
        self._sent.append(now)
        return Send(self._calls, now)

    def _check_open(self) -> None:
        if self._stop.is_set():
            raise StoppedError
        if self._closed:
            raise self._closed.again()
        if self._reserve and self._day_left and self._left(self._day_left) <= self._reserve:
            raise XeroError(
                TRANSIENT,
                f"The sync stopped because only {self._reserve} calls (daily_call_reserve) are left today for this "
                "organisation; more are possible within 24 hours. The next sync goes on where this one stopped.",
                f"X-DayLimit-Remaining {self._day_left.remaining}",
                Kind.DAILY_RESERVE,
            )

    def _left(self, reading: _Reading) -> int:
        return reading.remaining - (self._calls - reading.send.index)

    def _pause(self) -> float:
        """Return the seconds until the next call may go; 0 or less: now."""
        now = self._clock()
        if self._room(now) <= 0:
            return POLL_SECONDS  # until a call ends, which wakes the waiters anyway
        return self._opens(now) - now

    def _opens(self, now: float, ahead: int = 0) -> float:
        """Return when the limits on time admit a call, if so many others go ahead of it now."""
        return max(self._not_before, self._own_minute_ends(ahead), self._xero_minute_ends(now, ahead))

    def _room(self, now: float) -> int:
        """Return how many more calls may be in flight."""
        if self._halved_until and now >= self._halved_until:
            self._halved_until, self._concurrency = 0.0, CONCURRENT_CALLS
        return self._concurrency - self._in_flight

    def _own_minute_ends(self, ahead: int) -> float:
        """Return when our own window admits a call behind so many others; 0 while it has room."""
        back = self._calls_per_minute - ahead
        if back <= 0:
            return math.inf  # the others fill the window
        return self._sent[-back] + WINDOW_SECONDS if back <= len(self._sent) else 0.0

    def _xero_minute_ends(self, now: float, ahead: int) -> float:
        """Return when a new minute of Xero's has begun for certain, if the last answer leaves no call in its minute; else 0."""
        reading = self._reading
        if reading is None or self._left(reading) > ahead or not self._is_valid(reading, now):
            return 0.0
        # Xero says how many calls it has counted, not when its minute began. If we made all of them, it began no later than
        # the earliest of them went. If others call too, it began no later than the call that brought the count.
        counted = CALLS_PER_MINUTE - reading.remaining
        back = counted + self._calls - reading.send.index
        earliest = self._sent[-back] if 0 < back <= len(self._sent) else -math.inf
        if earliest > reading.send.at - WINDOW_SECONDS:
            return earliest + WINDOW_SECONDS
        return reading.send.at + MINUTE_SECONDS

    def _is_valid(self, reading: _Reading, now: float) -> bool:
        """Tell whether a reading may still be about Xero's current minute."""
        passed = reading.send.at < self._new_minute_at <= now
        return now < reading.send.at + MINUTE_SECONDS and not passed


def _count(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() else None
