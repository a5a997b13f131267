"""What a platform shows while a stream is read."""

from __future__ import annotations

import time

from airbyte_cdk.models import AirbyteMessage, AirbyteMessageSerializer, AirbyteStreamStatus, TraceType, Type

from source_xero_gl.engine.traces import estimate, rate_limited


def as_json(message: AirbyteMessage) -> dict[str, object]:
    """Return the trace in a message as it is printed."""
    trace = AirbyteMessageSerializer.dump(message)["trace"]
    assert isinstance(trace, dict)
    return trace


def test_an_estimate_is_a_trace() -> None:
    """The number of rows to expect reaches the platform's progress bar."""
    message = estimate("invoices", 2_345)
    assert message.type is Type.TRACE
    assert message.trace
    assert message.trace.type is TraceType.ESTIMATE
    assert message.trace.estimate
    assert (message.trace.estimate.name, message.trace.estimate.row_estimate) == ("invoices", 2_345)


def test_waiting_for_the_limits_is_a_status() -> None:
    """The stream is running, for the reason that it is rate limited, until an instant in milliseconds."""
    before = time.time_ns() // 1_000_000
    message = rate_limited("journals", 90.0)
    after = time.time_ns() // 1_000_000
    assert message.trace
    status = message.trace.stream_status
    assert status
    assert (status.stream_descriptor.name, status.status) == ("journals", AirbyteStreamStatus.RUNNING)
    assert status.reasons
    (reason,) = status.reasons
    assert reason.type.value == "RATE_LIMITED"
    assert reason.rate_limited
    assert before + 90_000 <= reason.rate_limited.quota_reset <= after + 90_000


def test_traces_can_be_printed() -> None:
    """Both messages survive the way to stdout."""
    assert as_json(estimate("invoices", 5))["type"] == "ESTIMATE"
    assert as_json(rate_limited("journals", 5.0))["type"] == "STREAM_STATUS"
