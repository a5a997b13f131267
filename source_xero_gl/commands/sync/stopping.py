"""Ctrl-C and SIGTERM during a sync: the process that works for it ends in order, and what it has brought is stored."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from source_xero_gl.signals import SIGNALLED


class Stop:
    """Whether the sync was asked to stop; ``status`` is the exit status that the signal asks for, 0 while none has come."""

    def __init__(self) -> None:
        self.status = 0
        self._child: subprocess.Popen[str] | None = None

    def begin(self, signum: int, frame: FrameType | None) -> None:
        """Handle a signal: the first one ends the child in order.

        Raises:
            KeyboardInterrupt: it is the second one, from somebody who does not want to wait.
        """
        del frame
        if self.status:
            raise KeyboardInterrupt
        self.status = SIGNALLED + signum
        self._end()

    @contextmanager
    def child(self, process: subprocess.Popen[str]) -> Iterator[None]:
        """End a process when a signal comes during the block, and in any case with the block."""
        self._child = process
        if self.status:  # the signal came while the process was started
            self._end()
        try:
            yield
        finally:
            self._end()
            self._child = None

    def _end(self) -> None:
        if self._child is not None and self._child.poll() is None:
            self._child.terminate()
