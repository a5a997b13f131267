"""A signal ends the process whatever its main thread is doing."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

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
