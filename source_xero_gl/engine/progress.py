"""What a person can follow during a long read: a line of the log now and then."""

from __future__ import annotations

from collections.abc import Sequence

from airbyte_cdk.models import Level

from source_xero_gl.engine.sync import Sync
from source_xero_gl.engine.traces import log
from source_xero_gl.readers.batch import Batch, Object
from source_xero_gl.wording import counted, duration

INTERVAL_SECONDS = 60.0
"""Time between two lines of a stream; one that is read sooner has none."""


class Progress:
    """Counts what one stream has read, and says so about once a minute. For the thread that reads the stream.

    A line holds numbers and dates alone, nothing else of the ledger. It goes to where the records go, so it follows the
    records that it counts. With a cursor field it says where in the list the stream is.
    """

    def __init__(self, stream: str, cursor_field: str | None, sync: Sync) -> None:
        self._stream = stream
        self._cursor_field = cursor_field
        self._sync = sync
        self._began = self._said_at = sync.clock()
        self._objects = 0
        self._records = 0
        self._expected: int | None = None

    def advance(self, batch: Batch, records: int) -> None:
        """Count a batch that is on the queue, and the records made of it: as many as objects, but for a flat table."""
        if self._expected is None and batch.expected is not None:
            self._expected = self._objects + batch.expected
        self._objects += len(batch.objects)
        self._records += records
        self._sync.brought[self._stream] = self._records
        now = self._sync.clock()
        if batch.objects and now - self._said_at >= INTERVAL_SECONDS:
            self._said_at = now
            self._say(self._so_far(batch.objects, now - self._began))

    def end(self) -> None:
        """Say at the end of a long read what it has brought."""
        seconds = self._sync.clock() - self._began
        if seconds >= INTERVAL_SECONDS:
            self._say(f"all read, {counted(self._records, 'record')} in {duration(seconds)}")

    def _so_far(self, objects: Sequence[Object], seconds: float) -> str:
        # Not known where Xero has not said how many there are, or where more have come than it said.
        left = None if self._expected is None or self._expected < self._objects else self._expected - self._objects
        brought = counted(self._records, "record")
        # Xero counts objects: that says nothing of the lines of a flat table.
        if left is not None and self._records == self._objects:
            brought = f"{self._records:,} of about {counted(self._objects + left, 'record')}"
        reached = _position(objects, self._cursor_field)
        at = "" if reached is None else f", at {self._cursor_field} {reached}"
        rest = "" if left is None else f", about {duration(seconds * left / self._objects)} to go"
        return f"{brought} in {duration(seconds)}{at}{rest}"

    def _say(self, what: str) -> None:
        calls = self._sync.client.gate.count()
        left = "" if calls.left_today is None else f"; left today: {calls.left_today:,}"
        text = f"{self._stream}: {what}. Calls of all streams in this sync: {calls.made:,}{left}."
        self._sync.queue.put(log(Level.INFO, text))


def _position(objects: Sequence[Object], cursor_field: str | None) -> str | int | None:
    """Return where a batch ends; None where its objects are not in the order of the cursor, so that the end says nothing."""
    values = [found.get(cursor_field) for found in objects] if cursor_field else []
    numbers = [value for value in values if isinstance(value, int)]
    texts = [value for value in values if isinstance(value, str)]
    if len(numbers) == len(objects) and numbers == sorted(numbers):
        return numbers[-1]
    if len(texts) == len(objects) and texts == sorted(texts):
        return texts[-1]
    return None
