"""A line now and then while long work runs, and none of it stops the work."""

from __future__ import annotations

import io
import threading

import pytest

from source_xero_gl.commands import layout


class Closed(io.StringIO):
    """A pipe that nobody reads any more."""

    def __init__(self) -> None:
        super().__init__()
        self.tried = threading.Event()

    def write(self, text: str) -> int:
        """Refuse, as the system does."""
        del text
        self.tried.set()
        raise BrokenPipeError


def test_an_output_that_was_closed_is_no_crash_of_the_beat(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever closes the pipe finds no traceback of a thread; the work itself goes on."""
    crashed: list[object] = []
    monkeypatch.setattr(threading, "excepthook", crashed.append)
    monkeypatch.setattr(layout, "BEAT_SECONDS", 0.0)
    output = Closed()
    with layout.Heartbeat(lambda: "halfway", output):
        output.tried.wait()
    assert crashed == []
