"""Sharing pages: a nested stream and its flat table that go on from the same state cost one call a page together."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from airbyte_cdk.sources.streams.concurrent.default_stream import DefaultStream

from source_xero_gl.engine.cursor import accept_state
from source_xero_gl.engine.output import OutputQueue
from source_xero_gl.engine.reading import Batches, Reading, engine_stream
from source_xero_gl.engine.records import record_converter
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
    groups: dict[tuple[str, str], tuple[State | None, list[XeroStream]]] = {}
    streams: list[DefaultStream] = []
    for stream, incoming in selected:
        try:
            state = accept_state(incoming, stream.name, stream.cursor_field, sync.tenant_id)
        except XeroError as error:
            if error.kind is Kind.OTHER_ORGANISATION:
                raise  # streams without a state would fill the tables of one organisation with records of another
            streams.append(engine_stream(stream, Reading(stream, sync, None, _failing(error))))
            continue
        # The parent's name identifies the list and its query; states that are equal are equal as sorted JSON.
        key = (stream.parent.name, json.dumps(state, sort_keys=True))
        groups.setdefault(key, (state, []))[1].append(stream)
    for state, members in groups.values():
        shares = [_converted(members, sync, state)]
        if len(members) > 1:
            hub = Hub(shares[0], len(members), sync.queue)
            shares = [hub.subscribe() for _ in members]
        pairs = zip(members, shares, strict=True)
        streams += [engine_stream(stream, Reading(stream, sync, state, share)) for stream, share in pairs]
    return streams


def _converted(members: Sequence[XeroStream], sync: Sync, state: State | None) -> Batches:
    """Read objects on from an accepted state and convert them, once for all streams that are made of them."""
    parent, waiting = members[0].parent, [stream.name for stream in members]
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
        """Share ``batches``, which no one else may read. Once the queue is abandoned, nobody waits for the others."""
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
    yield from ()
    raise error


def _in_steps(batches: Iterator[Batch]) -> Iterator[Batch]:
    """Yield the objects of each batch, and then its state."""
    for batch in batches:
        yield replace(batch, state=None)
        if batch.state is not None:
            yield Batch([], batch.state)
