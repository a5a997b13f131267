"""SIGTERM and Ctrl-C: the work ends in order and within a grace; then the process ends by the signal itself."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

SIGNALLED = 128
"""Exit statuses after a signal begin here, as shells count them: 143 after SIGTERM, 130 after Ctrl-C."""

GRACE_SECONDS = 8.0
"""Time to finish the calls under way after a signal; container engines wait ten seconds before they kill."""

STUCK_SECONDS = 1.0
"""After a signal, the process ends when nobody has taken its output for this long."""

_LOOK_SECONDS = 0.2

Handler = Callable[[int, FrameType | None], object] | signal.Handlers


class Ending:
    """Which signal asked the process to end; ``status`` is the exit status that it asks for, 0 while none has come."""

    def __init__(self, stop: threading.Event, blocked: Callable[[], float]) -> None:
        self.status = 0
        self._stop = stop
        self._blocked = blocked
        self._since = 0.0

    def begin(self, signum: int, frame: FrameType | None) -> None:
        """Tell everyone to stop; raises nothing, because an exception in the middle of a write would cut a message in two."""
        del frame
        if not self.status:
            self._since = time.monotonic()  # before the status, by which a look knows that it counts
            self.status = SIGNALLED + signum
            signal.setitimer(signal.ITIMER_REAL, _LOOK_SECONDS, _LOOK_SECONDS)
        self._stop.set()  # after the timer: the main thread may hold the event's lock, and then this does not return

    def look(self, signum: int, frame: FrameType | None) -> None:
        """End the process when its grace is over, or when nobody takes what it writes."""
        del signum, frame
        passed = time.monotonic() - self._since
        if self.status and (passed >= GRACE_SECONDS or min(passed, self._blocked()) >= STUCK_SECONDS):
            leave(self.status)


@contextmanager
def ending_on_signals(stop: threading.Event, blocked: Callable[[], float] | None = None) -> Iterator[Ending]:
    """Let SIGTERM and Ctrl-C set an event, and end the process if it does not end by itself then.

    ``blocked`` returns for how many seconds the output has not taken what is being written. Such an output must go on after a
    write that was broken off, as ``Stdout`` does: Python handles a signal when the main thread is between two steps, and one that
    comes right before a write that nobody takes would wait for its end. A timer breaks it off, from the beginning of the block.
    """
    ending = Ending(stop, blocked or (lambda: 0.0))
    with handling({signal.SIGTERM: ending.begin, signal.SIGINT: ending.begin, signal.SIGALRM: ending.look}):
        if blocked:
            signal.setitimer(signal.ITIMER_REAL, _LOOK_SECONDS, _LOOK_SECONDS)
        try:
            yield ending
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)


@contextmanager
def handling(handlers: Mapping[signal.Signals, Handler]) -> Iterator[None]:
    """Handle signals in other ways for as long as the block lasts."""
    before = {signum: signal.signal(signum, handler) for signum, handler in handlers.items()}
    try:
        yield
    finally:
        for signum, handler in before.items():
            signal.signal(signum, handler)


def leave(status: int) -> NoReturn:
    """End the process at once, whatever its threads wait for; with a status above 128, by the signal that the status names.

    Whoever started the process sees that it was the signal: PyAirbyte takes status 143 for a failure, and shells leave a loop
    only after a command that died of Ctrl-C.
    """
    if status > SIGNALLED:
        signum = status - SIGNALLED
        signal.signal(signum, signal.SIG_DFL)
        signal.raise_signal(signum)
    os._exit(status)  # also where the signal does nothing by default, as for the first process of a container
