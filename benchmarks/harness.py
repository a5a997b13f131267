"""Running one reader as a process and measuring it: time, records, processor time, peak memory."""

from __future__ import annotations

import json
import os
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local_xero.process import XeroServerProcess

UNLIMITED = 600_000_000
"""Calls a minute and a day when limits must not matter."""

LONGEST_RUN_SECONDS = 900.0
STOP_SECONDS = 15.0

_NO_ENDPOINT = "-"
"""Asks for the log without single calls, to keep this process small."""

_RECORD = b'{"type":"RECORD"'
_STATE = b'{"type":"STATE"'
_TRACE = b'{"type":"TRACE"'
_KIB_PER_MIB = 1024.0


class BenchmarkError(Exception):
    """A run did not do what should be measured, so its figures mean nothing."""


@dataclass(frozen=True)
class Setting:
    """What all benchmarks share.

    Attributes:
        connector: the console script under measurement.
        directory: for configurations and catalogs, emptied afterwards.
        large: also the sizes that take minutes.
        long: pace over five minutes instead of two.
    """

    connector: Path
    directory: Path
    large: bool = False
    long: bool = False


@dataclass(frozen=True)
class Job:
    """A process to measure: its command line and what it needs in its environment."""

    command: Sequence[str]
    environment: Mapping[str, str]


@dataclass(frozen=True)
class Run:
    """What one process did.

    Attributes:
        records: RECORD messages on its stdout.
        seconds: from its start to its end.
        reading_seconds: from its first record to its end, so without the time that imports take.
        cpu_seconds: processor time, user and system.
        peak_mib: largest resident memory, in MiB.
        states: the last state of each stream.
    """

    records: int
    seconds: float
    reading_seconds: float
    cpu_seconds: float
    peak_mib: float
    states: tuple[Mapping[str, Any], ...]


@contextmanager
def unlimited_xero(**options: object) -> Iterator[XeroServerProcess]:
    """Start a local Xero with a bulk company and without limits; ``options`` as for the server."""
    limits = dict.fromkeys(("calls_per_minute", "calls_per_day", "app_calls_per_minute", "concurrent"), UNLIMITED)
    with XeroServerProcess("bulk", **(limits | options)) as xero:
        yield xero


def traffic(xero: XeroServerProcess) -> tuple[int, int]:
    """Return the calls since the log was last cleared, and the bytes of their answers' bodies."""
    log = xero.control("log", {"path": _NO_ENDPOINT})
    return int(log["total"]), int(log["bytes"])


def forget(xero: XeroServerProcess) -> None:
    """Clear the log of the server."""
    xero.control("reset", {"what": ["log"]})


@contextmanager
def started(job: Job, stdout: int) -> Iterator[subprocess.Popen[bytes]]:
    """Start a process, and stop it at the end of the block if it still runs."""
    process = subprocess.Popen(  # noqa: S603 - command lines of our own
        job.command, env=os.environ | dict(job.environment), stdin=subprocess.DEVNULL, stdout=stdout
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if process.stdout is not None:
            process.stdout.close()


@dataclass
class _Output:
    """What a process wrote: when its first record came, how many came, the last state of each stream, the last error."""

    first: float = 0.0
    records: int = 0
    states: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    error: str = ""

    def take(self, line: bytes) -> None:
        """Count one line."""
        if line.startswith(_RECORD):
            self.first = self.first or time.monotonic()
            self.records += 1
        elif line.startswith(_STATE):
            state = json.loads(line)["state"]
            self.states[json.dumps(state["stream"]["stream_descriptor"])] = state
        elif line.startswith(_TRACE):
            error = json.loads(line)["trace"].get("error")
            self.error = error["message"] if error else self.error


def measure(job: Job, expected_records: int | None = None) -> Run:
    """Run a process to its end and measure it. Its output is counted and thrown away, as fast as it comes.

    The peak memory that the kernel reports for a child is never below that of the process which started it: this one stays
    small, and imports no library that a reader uses.

    Args:
        job: what to run.
        expected_records: that it must deliver; None for any number.

    Raises:
        BenchmarkError: it failed, took more than 15 minutes, or delivered another number of records.
    """
    output, began = _Output(), time.monotonic()
    with started(job, subprocess.PIPE) as process:
        watchdog = threading.Timer(LONGEST_RUN_SECONDS, process.kill)
        watchdog.start()
        try:
            for line in process.stdout or ():
                output.take(line)
            _, status, usage = os.wait4(process.pid, 0)
            ended = time.monotonic()
            process.returncode = os.waitstatus_to_exitcode(status)
        finally:
            watchdog.cancel()
    name = Path(job.command[0]).name
    if process.returncode != 0:
        raise BenchmarkError(f"{name} ended with status {process.returncode}. {output.error}")
    if expected_records not in (None, output.records):
        raise BenchmarkError(f"{name} delivered {output.records} records instead of {expected_records}.")
    return Run(
        records=output.records,
        seconds=ended - began,
        reading_seconds=ended - (output.first or began),
        cpu_seconds=usage.ru_utime + usage.ru_stime,
        peak_mib=usage.ru_maxrss / _KIB_PER_MIB,
        states=tuple(output.states.values()),
    )
