"""How much of the allowed rate the connector uses, at several latencies, in real minutes.

Xero allows 60 calls a minute, https://developer.xero.com/documentation/guides/oauth2/limits. Nothing is shortened: the
latencies are measured side by side, each by a connector with a local Xero of its own, because all of them mostly wait.
"""

from __future__ import annotations

import subprocess
import time
from contextlib import ExitStack
from dataclasses import dataclass

from benchmarks.engines import connector
from benchmarks.harness import BenchmarkError, Setting, started, traffic
from local_xero.process import XeroServerProcess
from source_xero_gl.commands.layout import say, show, step, table

LATENCIES_MS = (20, 300, 1000, 3000)
ALLOWED_PER_MINUTE = 60
MINUTE_SECONDS = 60.0
SHORT_MINUTES = 2
LONG_MINUTES = 5

_JOURNALS = 100_000
_GRACE_SECONDS = 30.0
_POLL_SECONDS = 1.0
_HEAD = ("latency", "calls", "of allowed", "steady", "429s", "in flight")


@dataclass(frozen=True)
class _Lane:
    latency_ms: int
    xero: XeroServerProcess
    process: subprocess.Popen[bytes]


def run(setting: Setting) -> None:
    """Read journals for some minutes at each latency, then stop the readers."""
    minutes = LONG_MINUTES if setting.long else SHORT_MINUTES
    step(f"pace: share of the allowed calls, {ALLOWED_PER_MINUTE} a minute, over {minutes} real minutes")
    say(
        f"calls = sent in the first {minutes} minutes; of allowed = calls / {ALLOWED_PER_MINUTE * minutes};",
        f"steady = {ALLOWED_PER_MINUTE * minutes} calls at one a second / the seconds until call "
        f"{ALLOWED_PER_MINUTE * minutes + 1} was sent.",
    )
    with ExitStack() as stack:
        lanes = [_lane(setting, stack, latency) for latency in LATENCIES_MS]
        _wait(lanes, ALLOWED_PER_MINUTE * minutes + 1, minutes * MINUTE_SECONDS + _GRACE_SECONDS)
        rows = [_row(lane, minutes) for lane in lanes]
    show(table(_HEAD, rows, left=0))


def _lane(setting: Setting, stack: ExitStack, latency_ms: int) -> _Lane:
    xero = stack.enter_context(XeroServerProcess("bulk", journals=_JOURNALS, latency=latency_ms))
    job = connector(setting, xero, "journals", paced=True)
    return _Lane(latency_ms, xero, stack.enter_context(started(job, subprocess.DEVNULL)))


def _wait(lanes: list[_Lane], calls: int, seconds: float) -> None:
    """Wait until every lane has made a number of calls, for a limited time.

    Raises:
        BenchmarkError: a connector ended before.
    """
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        time.sleep(_POLL_SECONDS)
        if any(lane.process.poll() is not None for lane in lanes):
            raise BenchmarkError("A connector ended before the minutes were over.")
        if all(traffic(lane.xero)[0] >= calls for lane in lanes):
            return


def _row(lane: _Lane, minutes: int) -> list[str]:
    log = lane.xero.control("log", {"path": "Journals"})
    sent = sorted(float(call["time"]) - float(log["calls"][0]["time"]) for call in log["calls"])
    allowed = ALLOWED_PER_MINUTE * minutes
    calls = sum(moment < minutes * MINUTE_SECONDS for moment in sent)
    steady = f"{minutes * MINUTE_SECONDS / sent[allowed]:.1%}" if len(sent) > allowed else "-"
    rejected = sum(log["rejected"].values())
    return [
        f"{lane.latency_ms:,} ms",
        str(calls),
        f"{calls / allowed:.1%}",
        steady,
        str(rejected),
        str(log["max_in_flight"]),
    ]
