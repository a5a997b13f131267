"""The error that sums up a sync in which streams failed."""

from __future__ import annotations

import pytest
from airbyte_cdk.models import FailureType
from airbyte_cdk.utils import AirbyteTracedException

from source_xero_gl.engine.failures import Failures
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


def test_the_last_reason_of_a_stream_counts() -> None:
    """A stream that reports twice is one stream."""
    failures = Failures(1)
    failures.add("journals", XeroError(SYSTEM, "First."))
    failures.add("journals", XeroError(TRANSIENT, "Second."))
    assert failures.summary(RAISED).message == "1 of 1 streams could not be read to their end. journals: Second."
    assert failures.summary(RAISED).failure_type is TRANSIENT


def test_without_a_failed_stream_the_engine_is_heard() -> None:
    """An error that no stream has told is not replaced by an empty sentence."""
    assert Failures(3).summary(RAISED) is RAISED
