"""One reading for several streams: a nested stream and its flat twin that stand at the same state cost one call a page."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from airbyte_cdk.sources.streams.concurrent.default_stream import DefaultStream

from source_xero_gl.engine.stream import Batches, Sync, XeroStream
from source_xero_gl.readers.batch import Batch
from source_xero_gl.xero.errors import Kind, StoppedError, XeroError

_POLL_SECONDS = 0.5


def readings(selected: Iterable[tuple[XeroStream, Mapping[str, Any]]], sync: Sync) -> list[DefaultStream]:
    """Return the streams of one sync; those that want the same objects from the same state on share one reading.

    Args:
        selected: each stream with its part of the platform's state, which is empty to begin.
        sync: what the streams share.

    Raises:
        XeroError: config, when a state belongs to another organisation; a state that is wrong otherwise fails its stream alone.
    """
    groups: dict[tuple[str, str], list[tuple[XeroStream, Mapping[str, Any] | None]]] = {}
    streams: list[DefaultStream] = []
    for stream, incoming in selected:
        try:
            state = stream.accepted(sync, incoming)
        except XeroError as error:
            if error.kind is Kind.OTHER_ORGANISATION:
                raise  # what streams without a state would bring belongs to another organisation than the tables
            streams.append(stream.reading(sync, None, _failing(error)))
            continue
        groups.setdefault((stream.source, json.dumps(state, sort_keys=True)), []).append((stream, state))
    for members in groups.values():
        (first, state), names = members[0], [stream.name for stream, _ in members]
        batches = first.converted(sync, state, names)
        if len(members) == 1:
            streams.append(first.reading(sync, state, batches))
            continue
        hub = Hub(batches, len(members), sync.over)
        streams += [stream.reading(sync, state, hub.subscribe()) for stream, _ in members]
    return streams


class Hub:
    """Hands every batch of a reading to each of its subscribers, in step.

    The next batch is read when every subscriber has come for it, by whichever comes last. Rows and state go out one after the
    other: a state is handed out when the rows before it are on the queue for every subscriber. So their states are the same
    whenever a sync ends, but for the moment between two messages, and the next sync can share again. For that a sync that is
    told to stop ends in the reading, for all at the same batch.
    """

    def __init__(self, batches: Iterator[Batch], subscribers: int, over: Callable[[], bool]) -> None:
        """Share ``batches``, which no one else may read.

        Args:
            batches: of the reading.
            subscribers: how many there will be.
            over: tells whether nobody takes messages any more, so that nobody waits for one that does not come.
        """
        self._steps = _in_steps(batches)
        self._over = over
        self._changed = threading.Condition()
        self._subscribers = subscribers
        self._come = 0
        self._turn = 0
        self._batch: Batch | None = None
        self._error: Exception | None = None

    def subscribe(self) -> Batches:
        """Yield every batch; each subscriber has a thread of its own.

        Raises:
            XeroError: what the reading raised, to each subscriber.
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
        """Return the batch of a turn when every subscriber has come for it, None at the end."""
        with self._changed:
            self._come += 1
            while self._turn == turn:
                if self._come >= self._subscribers:
                    self._read()
                elif self._over():
                    raise StoppedError
                else:
                    self._changed.wait(_POLL_SECONDS)
            if self._error:
                raise self._error
            return self._batch

    def _read(self) -> None:
        """Read the next batch; the others wait for it anyway, so the lock is kept."""
        try:
            self._batch = next(self._steps, None)
        except Exception as error:  # noqa: BLE001 - every subscriber raises it
            self._error = error
        self._come = 0
        self._turn += 1
        self._changed.notify_all()


def _failing(error: XeroError) -> Batches:
    """Return a reading that brings nothing but an error."""
    yield from ()
    raise error


def _in_steps(batches: Iterator[Batch]) -> Iterator[Batch]:
    """Yield the rows of each batch, and then its state."""
    for batch in batches:
        yield replace(batch, state=None)
        if batch.state is not None:
            yield Batch([], batch.state)
