"""The progress of a sync says what has arrived, of how much, and what is waited for."""

from __future__ import annotations

import json
from typing import Any

import pytest

from source_xero_gl.commands.sync.listener import Listener

NOW = 1_790_000_000.0
"""Seconds since 1970."""


def trace(**content: Any) -> str:
    """Give a line of the protocol."""
    return json.dumps({"type": "TRACE", "trace": content})


def status(stream: str, **content: Any) -> str:
    """Give a line about the status of a stream."""
    return trace(type="STREAM_STATUS", stream_status={"stream_descriptor": {"name": stream}, **content})


def waits(stream: str, seconds: int) -> str:
    """Give the line of a stream that waits for Xero's limits."""
    reason = {"type": "RATE_LIMITED", "rate_limited": {"quota_reset": int((NOW + seconds) * 1000)}}
    return status(stream, status="RUNNING", reasons=[reason])


def record(stream: str) -> str:
    """Give the beginning of a record, by which it is known."""
    return f'{{"type":"RECORD","record":{{"stream":"{stream}"'


def progress(*lines: str) -> str:
    """Return what is told while the connector goes on after these lines."""
    listener = Listener(clock=lambda: NOW)
    heard = listener.listen([*lines, "and so on"])
    for _ in lines:
        next(heard)
    next(heard)
    return listener.progress()


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ([], "no records yet"),
        ([waits("journals", 41)], "no records yet; waits for Xero's limits, 41 s"),
        (
            [record("journals"), waits("journals", 41), waits("invoices", 7)],
            "journals 1; waits for Xero's limits, 41 s",
        ),
        ([waits("journals", 41), record("journals")], "journals 1"),
        ([waits("journals", 41), status("journals", status="COMPLETE")], "no records yet; 1 stream read to the end"),
        (
            [trace(type="ESTIMATE", estimate={"name": "invoices", "row_estimate": 2500}), record("invoices")],
            "invoices 1 of 2,500",
        ),
        ([record(name) for name in "aabbccdde"], "a 2, b 2, c 2, d 2, …"),
    ],
)
def test_progress_says_what_is_true(lines: list[str], told: str) -> None:
    """Counts come with what is expected, and a wait is told until its stream goes on."""
    assert progress(*lines) == told


def test_a_wait_that_is_over_is_not_told() -> None:
    """When the time has come, nobody is said to wait."""
    assert progress(waits("journals", 0)) == "no records yet"


def test_storing_is_told() -> None:
    """When everything has been received, the rest of the time is for storing it."""
    listener = Listener(clock=lambda: NOW)
    list(listener.listen([record("journals"), status("journals", status="COMPLETE")]))
    assert listener.progress() == "journals 1; all received, is being stored"


def test_calls_are_those_that_the_connector_counts() -> None:
    """The number at the end of the log counts, with its commas."""
    listener = Listener()
    list(listener.listen([json.dumps({"type": "LOG", "log": {"level": "INFO", "message": "1,234 calls to Xero."}})]))
    assert listener.calls == 1234


@pytest.mark.parametrize(("kind", "passing"), [("transient_error", True), ("config_error", False)])
def test_an_error_that_passes_is_told_from_one_that_stays(kind: str, *, passing: bool) -> None:
    """The kind of failure that the connector names decides whether trying again may help."""
    listener = Listener(clock=lambda: NOW)
    list(listener.listen([trace(type="ERROR", error={"message": "No.", "failure_type": kind})]))
    assert (listener.error, listener.passing) == ("No.", passing)
