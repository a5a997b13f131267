"""States of a stream: from which one it may go on, and a STATE message for each batch, after its records on the same queue."""

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
from airbyte_cdk.sources.streams import NO_CURSOR_STATE_KEY
from airbyte_cdk.sources.streams.concurrent.cursor import Cursor
from airbyte_cdk.sources.streams.concurrent.partitions.partition import Partition
from airbyte_cdk.sources.types import Record

from source_xero_gl.readers.batch import State
from source_xero_gl.readers.errors import unreadable
from source_xero_gl.readers.state import TENANT_KEY, VERSION, VERSION_KEY
from source_xero_gl.xero.errors import CONFIG, Kind, XeroError
from source_xero_gl.xero.tenants import same_tenant

NO_CURSOR_STATE = {NO_CURSOR_STATE_KEY: True}
"""The state of a stream that is read whole each time; the platform expects one of every stream."""

_ENGINE_PREFIX = "__ab"
"""Keys of the CDK, in states of streams without a cursor."""


def accept_state(state: State, stream: str, cursor_field: str | None, tenant_id: str) -> State | None:
    """Return a state that this organisation can go on from, with its tenant ID as spelled now; None to begin.

    Raises:
        XeroError: config, when the state is of another organisation, of another version, or none of ours.
    """
    if cursor_field is None or all(key.startswith(_ENGINE_PREFIX) for key in state):
        return None
    # A tenant ID is a GUID, and a setting may have been typed in upper or lower case.
    if not same_tenant(state.get(TENANT_KEY, tenant_id), tenant_id):
        raise XeroError(
            CONFIG,
            f"The state of {stream} belongs to another organisation than the one that is read now. Use one connection for each "
            "organisation, or clear the stream's data and state to begin with this one.",
            kind=Kind.OTHER_ORGANISATION,
        )
    if state.get(VERSION_KEY, VERSION) != VERSION:
        raise XeroError(
            CONFIG, f"The state of {stream} was written by another version of this connector. Update the connector."
        )
    if cursor_field not in state:
        raise unreadable(cursor_field).named(stream)
    return {**state, TENANT_KEY: tenant_id} if TENANT_KEY in state else state


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
