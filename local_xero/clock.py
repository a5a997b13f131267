"""The server's own clock, which a test may move."""

from __future__ import annotations

import time


class Clock:
    """Wall clock in milliseconds since the epoch, UTC, moved by a settable offset."""

    def __init__(self) -> None:
        self.offset_ms = 0

    def now_ms(self) -> int:
        """Return the server's time."""
        return time.time_ns() // 1_000_000 + self.offset_ms
