"""The first signal ends the process that works, in order; the second one does not wait for it."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from source_xero_gl.commands.sync.stopping import Stop


def waiting() -> subprocess.Popen[str]:
    """Start a process that waits for ever."""
    return subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, text=True)


def test_a_signal_ends_the_child() -> None:
    """SIGTERM reaches the process that works, and the exit status is that of the signal."""
    stop = Stop()
    with waiting() as process, stop.child(process):
        stop.begin(signal.SIGINT, None)
        assert process.wait() == -signal.SIGTERM
    assert stop.status == 130


def test_a_child_that_comes_after_the_signal_ends_too() -> None:
    """A signal between two processes is not forgotten."""
    stop = Stop()
    stop.begin(signal.SIGTERM, None)
    with waiting() as process, stop.child(process):
        assert process.wait() == -signal.SIGTERM


def test_a_child_does_not_outlive_its_block() -> None:
    """Where nobody takes its output any more, the process ends."""
    with waiting() as process:
        with pytest.raises(ValueError, match="storing failed"), Stop().child(process):
            raise ValueError("storing failed")
        assert process.wait() == -signal.SIGTERM


def test_the_second_signal_waits_for_nothing() -> None:
    """Whoever presses Ctrl-C twice leaves at once."""
    stop = Stop()
    stop.begin(signal.SIGINT, None)
    with pytest.raises(KeyboardInterrupt):
        stop.begin(signal.SIGINT, None)
