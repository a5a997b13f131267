"""Standard output for a platform: lines stay whole, and a reader who takes nothing is noticed."""

from __future__ import annotations

import io
import sys
import time
from typing import Any

_PIECE = 16_384
"""Bytes of one write: a reader who takes that much in a second is slow, not stuck."""


class Stdout(io.FileIO):
    """The process's standard output, written in small pieces."""

    def __init__(self) -> None:
        """Write to the descriptor that the process was started with."""
        super().__init__(1, "w", closefd=False)
        self._writes_since: float | None = None

    def write(self, data: Any, /) -> int:
        """Write the first piece of the data; return its length, as the buffer above expects."""
        self._writes_since = time.monotonic()
        try:
            return super().write(memoryview(data)[:_PIECE])
        finally:
            self._writes_since = None

    def blocked_seconds(self) -> float:
        """Return how long the write under way has taken so far; 0 when there is none."""
        since = self._writes_since
        return 0.0 if since is None else time.monotonic() - since

    def take_over(self) -> None:
        """Become ``sys.stdout``, with a buffer also where PYTHONUNBUFFERED takes it away.

        Without one, a signal during a write to a full pipe loses the rest of what was to be written, without an error.
        """
        sys.stdout = io.TextIOWrapper(io.BufferedWriter(self), encoding="utf-8", newline="\n")
        sys.__stdout__ = sys.stdout  # type: ignore[misc] # where the CDK's print buffer writes
