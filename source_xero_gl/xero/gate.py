"""The gate: every call to Xero passes it, so that a sync stays inside Xero's limits.

Xero counts calls for each pair of app and organisation: 5 at a time, 60 a minute, 1,000 or 5,000 a day. Its minutes follow
each other without a gap, and begin at a different second for each organisation.
See https://developer.xero.com/documentation/guides/oauth2/limits.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from source_xero_gl.wording import counted
from source_xero_gl.xero.errors import TRANSIENT, Kind, StoppedError, XeroError
from source_xero_gl.xero.limits import Limits, Send
from source_xero_gl.xero.pacing import CONCURRENT_CALLS, MINUTE_SECONDS, wait_seconds

POLL_SECONDS = 0.2
"""Longest wait before a waiter looks at the stop event again."""

LONG_WAIT_SECONDS = 5.0
"""A caller is told of a wait of this length or longer."""

NOT_CALLED = "not asked"
"""The facts of a caller for whom the gate is closed: those of the call that closed it are told where it was made."""


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

    def sentence(self) -> str:
        """Return them in words; a program may look for these words in the log."""
        left = "" if self.left_today is None else f"; left today: {self.left_today:,}"
        return f"{counted(self.made, 'call')} to Xero in this sync{left}."


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
        self._limits = Limits(calls_per_minute)
        self._stop = stop
        self._reserve = daily_call_reserve
        self._clock = clock
        self._changed = threading.Condition()
        self._waiting: deque[object] = deque()
        self._in_flight = 0
        self._concurrency = 1  # until the first answer has shown what the limits are
        self._halved_until = 0.0
        self._closed: XeroError | None = None

    def count(self) -> Calls:
        """Return the calls so far, with what Xero's last answer said about the day."""
        with self._changed:
            return Calls(self._limits.calls, self._limits.left_today)

    @property
    def interval(self) -> float:
        """Seconds between calls at the rate that is allowed in the long run."""
        return self._limits.interval

    def ready(self) -> int:
        """Return how many more calls would pass at this moment without waiting, after those that wait already."""
        with self._changed:
            now = self._clock()
            if self._stop.is_set() or self._closed:
                return 0
            room, left = self._room(now), self._limits.left_today
            if left is not None:
                room = min(room, left - self._reserve)
            free = 0
            while free < room and self._limits.opens(now, ahead=free) <= now:
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
            self._limits.leaves(send, self._clock())

    def observe(self, send: Send, headers: Mapping[str, str]) -> None:
        """Take in what an answer says about the limits; ``headers`` are those of the answer to ``send``."""
        minute, day = _count(headers.get("X-MinLimit-Remaining")), _count(headers.get("X-DayLimit-Remaining"))
        with self._changed:
            if self._concurrency == 1 and not self._halved_until:
                self._concurrency = CONCURRENT_CALLS
            self._limits.observe(send, minute, day, self._in_flight)
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
        """Admit nothing for some seconds; when a new minute of Xero's begins then, what is known of the last one is void."""
        with self._changed:
            self._limits.hold(self._clock() + seconds, new_minute=new_minute)

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
                        self._in_flight += 1
                        return self._limits.send(self._clock())
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

    def _check_open(self) -> None:
        if self._stop.is_set():
            raise StoppedError
        if self._closed:
            raise self._closed.again(facts=NOT_CALLED)
        left = self._limits.left_today
        if self._reserve and left is not None and left <= self._reserve:
            raise XeroError(
                TRANSIENT,
                f"The sync stopped to leave calls unused (daily_call_reserve {self._reserve:,}): Xero allows {left:,} more today "
                "for this organisation; its day ends within 24 hours. The next sync goes on where this one stopped.",
                f"{left} left of X-DayLimit-Remaining",
                Kind.DAILY_RESERVE,
            )

    def _pause(self) -> float:
        """Return the seconds until the next call may go; 0 or less: now."""
        now = self._clock()
        if self._room(now) <= 0:
            return POLL_SECONDS  # until a call ends, which wakes the waiters anyway
        return self._limits.opens(now) - now

    def _room(self, now: float) -> int:
        """Return how many more calls may be in flight."""
        if self._halved_until and now >= self._halved_until:
            self._halved_until, self._concurrency = 0.0, CONCURRENT_CALLS
        return self._concurrency - self._in_flight


def _count(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() else None
