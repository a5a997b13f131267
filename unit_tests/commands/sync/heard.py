"""Lines as the connector writes them, and a listener that has heard some."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from source_xero_gl.commands.sync.listener import Listener

NOW = 1_790_000_000.0
"""Seconds since 1970."""


class Clocks:
    """A monotonic clock and a calendar that a test moves.

    Attributes:
        now: monotonic seconds.
        calendar: seconds since 1970, which somebody may correct.
    """

    def __init__(self) -> None:
        """Begin at instants that are no round numbers."""
        self.now = 1234.5
        self.calendar = NOW

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds
        self.calendar += seconds


def trace(**content: Any) -> str:
    """Give a line of the protocol."""
    return json.dumps({"type": "TRACE", "trace": content})


def status(stream: str, word: str = "RUNNING", **content: Any) -> str:
    """Give a line about the status of a stream."""
    return trace(type="STREAM_STATUS", stream_status={"stream_descriptor": {"name": stream}, "status": word, **content})


def waits(stream: str, seconds: float) -> str:
    """Give the line of a stream that waits for Xero's limits."""
    reason = {"type": "RATE_LIMITED", "rate_limited": {"quota_reset": int((NOW + seconds) * 1000)}}
    return status(stream, reasons=[reason])


def estimate(stream: str, records: int) -> str:
    """Give the line that says how many records a stream will bring."""
    return trace(type="ESTIMATE", estimate={"name": stream, "row_estimate": records})


def records(stream: str, number: int = 1) -> list[str]:
    """Give the beginnings of records, by which they are known."""
    return [f'{{"type":"RECORD","record":{{"stream":"{stream}"'] * number


def log(text: str) -> str:
    """Give a line of the log."""
    return json.dumps({"type": "LOG", "log": {"level": "INFO", "message": text}})


def listening(lines: Iterable[str], clocks: Clocks | None = None) -> Listener:
    """Return a listener that has heard lines of a connector that goes on."""
    clocks = clocks or Clocks()
    listener = Listener(lambda: clocks.now, lambda: clocks.calendar)
    hear(listener, lines)
    return listener


def hear(listener: Listener, lines: Iterable[str]) -> None:
    """Let a listener hear more lines."""
    lines = list(lines)
    heard = listener.listen([*lines, "and so on"])
    for _ in [*lines, "and so on"]:
        next(heard)
