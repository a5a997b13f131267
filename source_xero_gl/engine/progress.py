"""What a person can follow during a long read: a line of the log now and then."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence

from airbyte_cdk.models import AirbyteLogMessage, AirbyteMessage, Level, Type

from source_xero_gl.readers.batch import Batch, Row
from source_xero_gl.xero.gate import Calls

INTERVAL_SECONDS = 60.0
"""Time between two lines of a stream; a stream that is read sooner has none."""

_MINUTE = 60.0


class Progress:
    """Counts what one stream has read, and says so about once a minute. For the thread that reads the stream.

    A line holds numbers and dates alone, nothing else of the ledger. It goes to where the records go, so it stands behind the
    rows that it counts.
    """

    def __init__(
        self,
        stream: str,
        cursor_field: str | None,
        put: Callable[[AirbyteMessage], None],
        calls: Callable[[], Calls],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Begin to count.

        Args:
            stream: name.
            cursor_field: the field that tells the position in the list; None where there is none.
            put: puts a message on the queue of the records.
            calls: tells how many calls the sync has made, and how many are left.
            clock: monotonic seconds.
        """
        self._stream = stream
        self._cursor_field = cursor_field
        self._put = put
        self._calls = calls
        self._clock = clock
        self._began = self._told = clock()
        self._objects = 0
        self._rows = 0
        self._expected: int | None = None

    def advance(self, batch: Batch, rows: int) -> None:
        """Count a batch that is on the queue.

        Args:
            batch: of objects.
            rows: that have become of them: as many, but for a flat twin.
        """
        if self._expected is None and batch.expected_rows is not None:
            self._expected = self._objects + batch.expected_rows
        self._objects += len(batch.rows)
        self._rows += rows
        now = self._clock()
        if batch.rows and now - self._told >= INTERVAL_SECONDS:
            self._told = now
            self._say(self._so_far(batch.rows, now - self._began))

    def end(self) -> None:
        """Say at the end of a long read what it has brought."""
        seconds = self._clock() - self._began
        if seconds >= INTERVAL_SECONDS:
            self._say(f"all read, {self._rows:,} rows in {_duration(seconds)}")

    def _so_far(self, rows: Sequence[Row], seconds: float) -> str:
        left = self._objects_left()
        of = "" if left is None or self._rows != self._objects else f" of about {self._objects + left:,}"
        reached = _position(rows, self._cursor_field)
        at = "" if reached is None else f", at {self._cursor_field} {reached}"
        rest = "" if left is None else f", about {_duration(seconds * left / self._objects)} to go"
        return f"{self._rows:,}{of} rows in {_duration(seconds)}{at}{rest}"

    def _objects_left(self) -> int | None:
        """Return how many objects are still to come; None where Xero has not told, or where more have come than it told."""
        if self._expected is None or self._expected < self._objects:
            return None
        return self._expected - self._objects

    def _say(self, what: str) -> None:
        calls = self._calls()
        left = "" if calls.left_today is None else f"; left today: {calls.left_today:,}"
        text = f"{self._stream}: {what}. Calls of all streams in this sync: {calls.made:,}{left}."
        self._put(AirbyteMessage(type=Type.LOG, log=AirbyteLogMessage(level=Level.INFO, message=text)))


def _position(rows: Sequence[Row], cursor_field: str | None) -> str | int | None:
    """Return where a batch ends; None where its rows do not lie in the order of the cursor, so that the end says nothing."""
    values = [row.get(cursor_field) for row in rows] if cursor_field else []
    numbers = [value for value in values if isinstance(value, int)]
    texts = [value for value in values if isinstance(value, str)]
    if len(numbers) == len(rows) and numbers == sorted(numbers):
        return numbers[-1]
    if len(texts) == len(rows) and texts == sorted(texts):
        return texts[-1]
    return None


def _duration(seconds: float) -> str:
    hours, minutes = divmod(math.ceil(seconds / _MINUTE), 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"
