"""What went wrong in the streams of a sync, and the one error that sums it up."""

from __future__ import annotations

import threading

from airbyte_cdk.models import FailureType
from airbyte_cdk.utils import AirbyteTracedException

from source_xero_gl.xero.errors import CONFIG, SYSTEM, TRANSIENT, XeroError


class Failures:
    """Collects the failures of streams. Safe under threads."""

    def __init__(self, streams: int) -> None:
        """Collect for a sync of so many streams."""
        self._streams = streams
        self._lock = threading.Lock()
        self._errors: dict[str, XeroError] = {}

    def add(self, stream: str, error: XeroError) -> None:
        """Note why a stream could not be read to its end."""
        with self._lock:
            self._errors[stream] = error

    def summary(self, raised: AirbyteTracedException) -> AirbyteTracedException:
        """Return the error of the sync: transient when every failure is, config when any is, system otherwise.

        Args:
            raised: by the engine; returned where no stream has failed.
        """
        with self._lock:
            errors = dict(self._errors)
        if not errors:
            return raised
        reasons = " ".join(f"{stream}: {error}" for stream, error in errors.items())
        return XeroError(
            _failure_type({error.failure_type for error in errors.values()}),
            f"{len(errors)} of {self._streams} streams could not be read to their end. {reasons}",
            "; ".join(f"{stream}: {error.internal_message}" for stream, error in errors.items()),
        )


def _failure_type(kinds: set[FailureType]) -> FailureType:
    if kinds == {TRANSIENT}:
        return TRANSIENT
    return CONFIG if CONFIG in kinds else SYSTEM
