"""Sharing pages: a nested stream and its flat table that go on from the same state cost one call a page together."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from airbyte_cdk.sources.streams.concurrent.default_stream import DefaultStream

from source_xero_gl.engine.output import OutputQueue
from source_xero_gl.engine.reading import Batches, Reading, stream_to_read
from source_xero_gl.engine.records import record_converter
from source_xero_gl.engine.state import accept_state
from source_xero_gl.engine.stream import XeroStream
from source_xero_gl.engine.sync import Sync
from source_xero_gl.readers.batch import Batch, State
from source_xero_gl.xero.errors import Kind, StoppedError, XeroError

_POLL_SECONDS = 0.5


def readings(selected: Iterable[tuple[XeroStream, State]], sync: Sync) -> list[DefaultStream]:
    """Return the streams of one sync; those that want the same objects from the same state on share the pages.

    Args:
        selected: each stream with its part of the platform's state, which is empty to begin.
        sync: what the streams share.

    Raises:
        XeroError: config, when a state belongs to another organisation; a state that is wrong otherwise fails its stream alone.
    """
    groups: dict[tuple[str, str], _Group] = {}
    streams: list[DefaultStream] = []
    for stream, incoming in selected:
        try:
            state = _accepted(stream, incoming, sync)
        except XeroError as error:
            if error.kind is Kind.OTHER_ORGANISATION:
                raise  # streams without a state would fill the tables of one organisation with records of another
            streams.append(stream_to_read(stream, Reading(stream, sync, None, _failing(error))))
            continue
        # The parent's name identifies the list and its query; states that are equal are equal as sorted JSON.
        key = (stream.parent.name, json.dumps(state, sort_keys=True))
        groups.setdefault(key, _Group(stream.parent, state)).members.append(stream)
    for group in groups.values():
        streams += _group_readings(group, sync)
    return streams


@dataclass
class _Group:
    """Streams that are made of the same objects, read on from the same state."""

    parent: XeroStream
    state: State | None
    members: list[XeroStream] = field(default_factory=list)


def _accepted(stream: XeroStream, incoming: State, sync: Sync) -> State | None:
    if stream.cursor_field is None:
        return None
    return accept_state(incoming, stream.name, stream.cursor_field, sync.tenant_id)


def _group_readings(group: _Group, sync: Sync) -> list[DefaultStream]:
    names = [stream.name for stream in group.members]
    batches = _converted(group.parent, sync, group.state, names)
    if len(names) == 1:
        shares = [batches]
    else:
        hub = Hub(batches, len(names), sync.queue)
        shares = [hub.subscribe() for _ in names]
    pairs = zip(group.members, shares, strict=True)
    return [stream_to_read(stream, Reading(stream, sync, group.state, share)) for stream, share in pairs]


def _converted(parent: XeroStream, sync: Sync, state: State | None, waiting: Sequence[str]) -> Batches:
    """Read the objects on from an accepted state and convert them, once for all streams that wait for them."""
    convert = record_converter(parent.schema)
    for batch in parent.reader.batches(sync.list_of(parent, waiting), state):
        yield replace(batch, objects=[convert(found) for found in batch.objects])


class Hub:
    """Hands every batch to each of its subscribers, in step.

    The next batch is read when every subscriber has asked for it, by the last one to ask. Objects and state are handed out one
    after the other: the state only when every subscriber has put the objects before it on the queue. So the states of the
    subscribers are the same whenever a sync ends, but for the moment between two messages, and the next sync can share again.
    For that reason a sync that is told to stop ends in the reader, for all at the same batch.
    """

    def __init__(self, batches: Iterator[Batch], subscribers: int, queue: OutputQueue) -> None:
        """Share ``batches``, which no one else may read.

        Args:
            batches: to share.
            subscribers: how many there will be.
            queue: where the records go; once it is abandoned, nobody waits for a subscriber that does not come.
        """
        self._steps = _in_steps(batches)
        self._queue = queue
        self._changed = threading.Condition()
        self._subscribers = subscribers
        self._asking = 0  # subscribers that have asked for the next batch
        self._turn = 0  # batches that have been read
        self._batch: Batch | None = None
        self._error: Exception | None = None

    def subscribe(self) -> Batches:
        """Yield every batch; each subscriber has a thread of its own.

        Raises:
            Exception: what the reader raised, to each subscriber.
            StoppedError: nobody takes messages any more.
        """
        turn = 0
        try:
            while (batch := self._take(turn)) is not None:
                yield batch
                turn += 1
        finally:
            with self._changed:
                self._subscribers -= 1
                self._changed.notify_all()

    def _take(self, turn: int) -> Batch | None:
        """Return the batch of a turn when every subscriber has asked for it, None at the end."""
        with self._changed:
            self._asking += 1
            while self._turn == turn:
                # Checked again whenever a subscriber leaves: those who stay may all have asked by then.
                if self._asking >= self._subscribers:
                    self._read()
                elif self._queue.abandoned:
                    raise StoppedError
                else:
                    self._changed.wait(_POLL_SECONDS)
            if self._error:
                raise self._error
            return self._batch

    def _read(self) -> None:
        """Read the next batch; every other subscriber waits for it, so the lock may be kept."""
        try:
            self._batch = next(self._steps, None)
        except Exception as error:  # noqa: BLE001 - every subscriber raises it
            self._error = error
        self._asking = 0
        self._turn += 1
        self._changed.notify_all()


def _failing(error: XeroError) -> Batches:
    """Return batches of which the first is an error."""
    yield from ()
    raise error


def _in_steps(batches: Iterator[Batch]) -> Iterator[Batch]:
    """Yield the objects of each batch, and then its state."""
    for batch in batches:
        yield replace(batch, state=None)
        if batch.state is not None:
            yield Batch([], batch.state)
