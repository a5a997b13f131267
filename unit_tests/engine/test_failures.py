"""The error that sums up a sync in which streams failed."""

from __future__ import annotations

import logging

import pytest
from airbyte_cdk.models import FailureType
from airbyte_cdk.utils import AirbyteTracedException

from source_xero_gl.engine.failures import Failures, WithoutRepeats
from source_xero_gl.xero.errors import CONFIG, SYSTEM, TRANSIENT, XeroError

RAISED = AirbyteTracedException("concurrent", "The engine's own error.", SYSTEM)
"""What the engine raises after the streams have told their failures."""


def failures_of(*kinds: FailureType) -> Failures:
    """Return the failures of a sync of five streams, one for each kind."""
    failures = Failures(5)
    for number, kind in enumerate(kinds):
        failures.add(f"stream_{number}", XeroError(kind, f"Reason {number}.", f"facts {number}"))
    return failures


@pytest.mark.parametrize(
    ("kinds", "summary"),
    [
        ((TRANSIENT,), TRANSIENT),
        ((TRANSIENT, TRANSIENT), TRANSIENT),
        ((TRANSIENT, CONFIG), CONFIG),
        ((SYSTEM, CONFIG), CONFIG),
        ((TRANSIENT, SYSTEM), SYSTEM),
        ((SYSTEM,), SYSTEM),
    ],
)
def test_the_summary_is_transient_when_all_failures_are(kinds: tuple[FailureType, ...], summary: FailureType) -> None:
    """A platform tries again by itself only when every failure may pass; what a person can mend is said first."""
    assert failures_of(*kinds).summary(RAISED).failure_type is summary


def test_the_summary_names_every_stream_and_its_reason() -> None:
    """The sentence counts the streams and gives each reason; the facts stand in the engineer's part."""
    summary = failures_of(CONFIG, TRANSIENT).summary(RAISED)
    assert summary.message == ("2 of 5 streams could not be read to their end. stream_0: Reason 0. stream_1: Reason 1.")
    assert summary.internal_message == "stream_0: facts 0; stream_1: facts 1"


def test_a_reason_that_many_streams_share_is_given_once() -> None:
    """Three streams are named, of more the first two; positions follow at the end; each reason and each fact comes once."""
    failures = Failures(32)
    limit = XeroError(TRANSIENT, "No more calls today.", "answered 429")
    for number in range(30):
        failures.add(f"stream_{number}", limit, f"JournalNumber {number}" if number < 2 else None)
    for number in range(30, 32):
        failures.add(f"stream_{number}", XeroError(CONFIG, "Not allowed.", "answered 403"))
    summary = failures.summary(RAISED)
    assert summary.message == (
        "32 of 32 streams could not be read to their end. stream_0, stream_1 and 28 others: No more calls today. "
        "stream_30, stream_31: Not allowed. "
        "Read so far: stream_0 up to JournalNumber 0, stream_1 up to JournalNumber 1."
    )
    assert summary.internal_message == (
        "stream_0, stream_1 and 28 others: answered 429; stream_30, stream_31: answered 403"
    )


def test_the_last_reason_of_a_stream_counts() -> None:
    """A stream that reports twice is one stream."""
    failures = Failures(1)
    failures.add("journals", XeroError(SYSTEM, "First."))
    failures.add("journals", XeroError(TRANSIENT, "Second."))
    assert failures.summary(RAISED).message == "1 of 1 stream could not be read to their end. journals: Second."
    assert failures.summary(RAISED).failure_type is TRANSIENT


def test_without_a_failed_stream_the_engine_is_heard() -> None:
    """An error that no stream has told is not replaced by an empty sentence."""
    assert Failures(3).summary(RAISED) is RAISED


@pytest.mark.parametrize(
    ("error", "is_new"), [(XeroError(SYSTEM, "Told."), False), (KeyError("x"), True), (None, True)]
)
def test_the_engine_does_not_repeat_what_a_stream_has_told(error: Exception | None, *, is_new: bool) -> None:
    """A traceback of a failure that has a sentence of its own stays out of the log; every other line is in it."""
    info = (type(error), error, None) if error else None
    line = logging.LogRecord("engine", logging.ERROR, "file", 1, "Exception while syncing", None, info)
    assert WithoutRepeats().filter(line) is is_new
