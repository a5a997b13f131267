"""A signal ends the process whatever its main thread is doing."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from source_xero_gl import signals
from source_xero_gl.signals import Ending

BOUND_SECONDS = 60

UNSEEN = """
import os, signal, threading, time
from source_xero_gl.signals import ending_on_signals

began = time.monotonic()

def unseen():
    time.sleep(0.5)
    signal.pthread_kill(threading.get_ident(), signal.SIGTERM)

threading.Thread(target=unseen, daemon=True).start()
with ending_on_signals(threading.Event(), lambda: time.monotonic() - began):
    while True:
        os.write(1, bytes(100_000))
"""
"""A write that nobody takes, and a SIGTERM that does not break it off: another thread gets it, as if it came right before."""


def test_a_signal_is_heard_also_right_before_a_write_that_nobody_takes() -> None:
    """PyAirbyte reads no more when it ends the connector early, and kills it after ten seconds."""
    root = Path(__file__).resolve().parents[1]
    with subprocess.Popen([sys.executable, "-c", UNSEEN], stdout=subprocess.PIPE, cwd=root) as process:
        try:
            assert process.wait(BOUND_SECONDS) == -signal.SIGTERM
        finally:
            process.kill()


def test_the_grace_begins_with_the_signal(monkeypatch: pytest.MonkeyPatch) -> None:
    """A look in the middle of the beginning does not take the time since the computer was started for the grace."""
    ending, left, looking = Ending(threading.Event(), lambda: 0.0), list[int](), threading.Lock()

    def monotonic() -> float:
        if looking.acquire(blocking=False):  # the alarm comes while begin asks for the time
            ending.look(signal.SIGALRM, None)
            looking.release()
        return 50_000.0

    monkeypatch.setattr(signals, "leave", left.append)
    monkeypatch.setattr(signal, "setitimer", lambda *_: None)
    monkeypatch.setattr(time, "monotonic", monotonic)
    ending.begin(signal.SIGTERM, None)
    assert (ending.status, left) == (143, [])
