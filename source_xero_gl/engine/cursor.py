"""The cursor: a STATE message for each batch, after its records on the same queue."""

from __future__ import annotations

import copy
from collections.abc import Callable, MutableMapping
from typing import Any

from airbyte_cdk.models import (
    AirbyteMessage,
    AirbyteStateBlob,
    AirbyteStateMessage,
    AirbyteStateType,
    AirbyteStreamState,
    StreamDescriptor,
    Type,
)
from airbyte_cdk.sources.message import MessageRepository
from airbyte_cdk.sources.streams.concurrent.cursor import Cursor
from airbyte_cdk.sources.streams.concurrent.partitions.partition import Partition
from airbyte_cdk.sources.types import Record

from source_xero_gl.readers.batch import State


class CheckpointCursor(Cursor):
    """Emits what its reader says is complete. A stream has one partition, so only one thread moves its cursor."""

    def __init__(
        self, stream_name: str, state: State, put: Callable[[AirbyteMessage], None], messages: MessageRepository
    ) -> None:
        """Begin at the state that the platform sent, empty for a stream that begins.

        Args:
            stream_name: name of the stream.
            state: to begin at.
            put: puts a message on the queue of the records, from the thread that reads the stream. The message repository
                would not do: there a thread may pick up another one's state and put it out of its order.
            messages: takes a message from the main thread, which reads the queue and must not wait for it.
        """
        self._stream_name = stream_name
        self._state: dict[str, Any] = dict(state)
        self._put = put
        self._messages = messages
        self._emitted = False

    @property
    def state(self) -> MutableMapping[str, Any]:
        """The last state, a copy."""
        return copy.deepcopy(self._state)

    def checkpoint(self, state: State) -> None:
        """Emit a state for the records that are on the queue by now."""
        self._state = dict(state)
        self._emitted = True
        self._put(self._message())

    def ensure_at_least_one_state_emitted(self) -> None:
        """Emit the state that came in, if the stream failed before it emitted one; never an older one than emitted."""
        if not self._emitted and self._state:
            self._messages.emit_message(self._message())

    def observe(self, record: Record) -> None:
        """Do nothing: the reader knows what is complete."""
        del record

    def close_partition(self, partition: Partition) -> None:
        """Do nothing: the last batch of a reader carries the last state."""
        del partition

    def should_be_synced(self, record: Record) -> bool:
        """Return True: readers filter."""
        del record
        return True

    def _message(self) -> AirbyteMessage:
        """Return the state as a message, a copy: what is queued must not change later."""
        stream = AirbyteStreamState(
            stream_descriptor=StreamDescriptor(name=self._stream_name), stream_state=AirbyteStateBlob(**self.state)
        )
        return AirbyteMessage(type=Type.STATE, state=AirbyteStateMessage(type=AirbyteStateType.STREAM, stream=stream))
