"""What a platform shows while a stream is read: how many records to expect, waits for Xero's limits, lines of the log."""

from __future__ import annotations

from airbyte_cdk.models import (
    AirbyteEstimateTraceMessage,
    AirbyteLogMessage,
    AirbyteMessage,
    AirbyteStreamStatus,
    AirbyteStreamStatusReason,
    AirbyteStreamStatusTraceMessage,
    AirbyteTraceMessage,
    EstimateType,
    Level,
    StreamDescriptor,
    TraceType,
    Type,
)
from airbyte_protocol_dataclasses.models import AirbyteStreamStatusRateLimitedReason, AirbyteStreamStatusReasonType

from source_xero_gl.xero.dates import SECOND, now


def log(level: Level, text: str) -> AirbyteMessage:
    """Return a line of the log that keeps its place among records and states."""
    return AirbyteMessage(type=Type.LOG, log=AirbyteLogMessage(level=level, message=text))


def estimate(stream: str, records: int) -> AirbyteMessage:
    """Return the message that says how many records a stream will bring."""
    body = AirbyteEstimateTraceMessage(name=stream, type=EstimateType.STREAM, row_estimate=records)
    return _message(AirbyteTraceMessage(type=TraceType.ESTIMATE, emitted_at=now(), estimate=body))


def rate_limited(stream: str, seconds: float) -> AirbyteMessage:
    """Return the message that says how long a stream waits for Xero's limits."""
    reset = int(now() + seconds * SECOND)
    reason = AirbyteStreamStatusReason(
        type=AirbyteStreamStatusReasonType.RATE_LIMITED,
        rate_limited=AirbyteStreamStatusRateLimitedReason(quota_reset=reset),
    )
    body = AirbyteStreamStatusTraceMessage(
        stream_descriptor=StreamDescriptor(name=stream), status=AirbyteStreamStatus.RUNNING, reasons=[reason]
    )
    return _message(AirbyteTraceMessage(type=TraceType.STREAM_STATUS, emitted_at=now(), stream_status=body))


def _message(trace: AirbyteTraceMessage) -> AirbyteMessage:
    return AirbyteMessage(type=Type.TRACE, trace=trace)
