"""The gate: every call to Xero passes it, so that a sync stays inside Xero's limits.

Xero counts calls for each pair of app and organisation: 5 at a time, 60 a minute, 1,000 or 5,000 a day. Its windows are
fixed, not rolling, and start at a time of their own for each organisation.
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

from source_xero_gl.xero.errors import DAILY_RESERVE, TRANSIENT, StoppedError, XeroError

CONCURRENT_CALLS = 5
"""Calls that Xero allows in flight at a time for an organisation."""

CALLS_PER_MINUTE = 60
"""Calls that Xero allows for an organisation in a minute."""

MINUTE_SECONDS = 60.0
WINDOW_SECONDS = 60.5
"""Our own rolling window: half a second more than Xero's, for the way of a call to Xero."""

POLL_SECONDS = 0.2
"""Longest wait before a waiter looks at the stop event again."""


LONG_WAIT_SECONDS = 5.0
"""A wait from this on is told to whoever waits."""


class WithdrawnError(Exception):
    """Whoever asked for a turn does not need it any more."""


@dataclass(frozen=True)
class Caller:
    """Who asks for a turn.

    Attributes:
        withdrawn: once set, the turn is not needed any more.
        waits: is told the seconds of a long wait, once for each turn.
    """

    withdrawn: threading.Event = field(default_factory=threading.Event)
    waits: Callable[[float], None] = lambda _: None


@dataclass(frozen=True)
class Calls:
    """Calls that have been made so far, retries included, and those that are left today; None as long as Xero has not told."""

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
            stop: once set, whoever waits or asks gets StoppedError.
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
        self._minute_begins = -math.inf
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
        """Count a call from now on: something, such as a renewal of the token, has held it up since it passed."""
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

    def hold(self, seconds: float, *, minute_begins: bool = False) -> None:
        """Admit nothing for so many seconds.

        Args:
            seconds: the wait, as ``Retry-After`` asks.
            minute_begins: whether Xero's minute begins anew behind the wait, so that earlier readings say nothing any more.
        """
        with self._changed:
            self._not_before = max(self._not_before, self._clock() + seconds)
            if minute_begins:
                self._minute_begins = self._not_before

    def narrow(self) -> None:
        """Halve the calls in flight for a minute: Xero saw more at a time than it allows, so others use the tenant too."""
        with self._changed:
            self._concurrency = max(1, self._concurrency // 2)
            self._halved_until = self._clock() + MINUTE_SECONDS

    def close(self, reason: XeroError) -> None:
        """Admit nothing any more: every later call raises ``reason``."""
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
            raise self._closed
        if self._reserve and self._day_left and self._left(self._day_left) <= self._reserve:
            raise XeroError(
                TRANSIENT,
                f"The sync stopped because only {self._reserve} calls (daily_call_reserve) are left today for this "
                "organisation; more are possible within 24 hours. The next sync goes on where this one stopped.",
                f"X-DayLimit-Remaining {self._day_left.remaining}",
                DAILY_RESERVE,
            )

    def _left(self, reading: _Reading) -> int:
        return reading.remaining - (self._calls - reading.send.index)

    def _pause(self) -> float:
        """Return the seconds until the next call may go; 0 or less: now."""
        now = self._clock()
        if self._halved_until and now >= self._halved_until:
            self._halved_until, self._concurrency = 0.0, CONCURRENT_CALLS
        if self._in_flight >= self._concurrency:
            return POLL_SECONDS
        return max(self._not_before, self._own_window(), self._xero_window(now)) - now

    def _own_window(self) -> float:
        if len(self._sent) < self._calls_per_minute:
            return 0.0
        return self._sent[-self._calls_per_minute] + WINDOW_SECONDS

    def _xero_window(self, now: float) -> float:
        """Return when Xero's minute surely has begun anew, if its last reading leaves no call; 0 if it leaves some.

        Calls that Xero counted began in its current window. When our own calls explain the count, the earliest of them
        tells when the window has passed; otherwise others use the tenant too and only the age of the reading does.
        """
        reading = self._reading
        if reading is None or self._left(reading) > 0 or now >= reading.send.at + MINUTE_SECONDS:
            return 0.0
        if reading.send.at < self._minute_begins <= now:
            return 0.0
        back = CALLS_PER_MINUTE - reading.remaining + self._calls - reading.send.index
        ours = self._sent[-back] if 0 < back <= len(self._sent) else -math.inf
        alone = ours > reading.send.at - WINDOW_SECONDS
        return ours + WINDOW_SECONDS if alone else reading.send.at + MINUTE_SECONDS


def _count(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() else None
