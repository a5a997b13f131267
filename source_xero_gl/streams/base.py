"""A stream is a declaration. Here a declaration becomes a stream of the CDK's concurrent engine."""

from __future__ import annotations

import logging
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, ClassVar

from airbyte_cdk.sources.message import MessageRepository, NoopMessageRepository
from airbyte_cdk.sources.streams.concurrent.cursor import Cursor, CursorField, FinalStateCursor
from airbyte_cdk.sources.streams.concurrent.default_stream import DefaultStream
from airbyte_cdk.sources.streams.concurrent.partitions.partition import Partition
from airbyte_cdk.sources.streams.concurrent.partitions.partition_generator import PartitionGenerator
from airbyte_cdk.sources.types import Record
from airbyte_cdk.sources.utils.schema_helpers import ResourceSchemaLoader
from airbyte_cdk.utils import AirbyteTracedException

from source_xero_gl.config import Settings
from source_xero_gl.streams.cursor import CheckpointCursor
from source_xero_gl.streams.reader import Batch, Fetch
from source_xero_gl.streams.records import record_converter
from source_xero_gl.streams.state import TENANT_KEY, accept_state
from source_xero_gl.xero.client import XeroClient
from source_xero_gl.xero.errors import unforeseen

LOGGER = logging.getLogger("airbyte")
PACKAGE = "source_xero_gl"


@dataclass(frozen=True)
class Sync:
    """What the streams of one sync share.

    Attributes:
        client: token, tenant, pacing and retries.
        settings: what the user has chosen.
        tenant_id: TenantID of every record and state.
        messages: takes states and traces, in the order of the records.
    """

    client: XeroClient
    settings: Settings
    tenant_id: str
    messages: MessageRepository


class XeroStream(ABC):
    """A stream: subclasses declare what it is called, where it comes from and how it is keyed.

    Attributes:
        name: of the stream, snake case, plural; its schema is ``schemas/<name>.json``.
        path: of the endpoint, below ``/api.xro/2.0/``.
        records_key: key of the list in the answer.
        id_field: Xero's ID of a row; with TenantID the primary key.
        cursor_field: by which the stream is incremental; None for a full refresh each time.
        params: of every query.
    """

    name: ClassVar[str]
    path: ClassVar[str]
    records_key: ClassVar[str]
    id_field: ClassVar[str]
    cursor_field: ClassVar[str | None] = None
    params: ClassVar[Mapping[str, str | int]] = {}

    @abstractmethod
    def batches(self, fetch: Fetch, sync: Sync, state: Mapping[str, Any] | None) -> Iterator[Batch]:
        """Read the stream on from a state, None to begin."""

    def declared(self) -> DefaultStream:
        """Return the stream for a catalog; it cannot be read."""
        return self._default_stream(FinalStateCursor(self.name, None, NoopMessageRepository()), tuple)

    def reading(
        self, sync: Sync, state: Mapping[str, Any], failed: Callable[[str, AirbyteTracedException], None]
    ) -> DefaultStream:
        """Return the stream for one sync.

        Args:
            sync: what its streams share.
            state: this stream's part of the platform's state, empty to begin.
            failed: is told why the stream could not be read to its end.

        Raises:
            XeroError: config, when the state does not belong to this stream of this organisation.
        """
        if self.cursor_field is None:
            cursor: Cursor = FinalStateCursor(self.name, None, sync.messages)
            return self._default_stream(cursor, partial(self._records, sync, None, lambda _: None, failed))
        accepted = accept_state(state, self.name, self.cursor_field, sync.tenant_id)
        checkpoints = CheckpointCursor(self.name, accepted or {}, sync.messages)
        records = partial(self._records, sync, accepted, partial(_checkpoint, checkpoints), failed)
        return self._default_stream(checkpoints, records)

    def _records(
        self,
        sync: Sync,
        state: Mapping[str, Any] | None,
        done: Callable[[Batch], None],
        failed: Callable[[str, AirbyteTracedException], None],
    ) -> Iterator[Record]:
        """Yield the records; ``done`` is called when those of a batch are on the queue."""
        convert = record_converter(schema(self.name))
        fetch = partial(sync.client.page, self.path, self.records_key)
        try:
            for batch in self.batches(fetch, sync, state):
                for row in batch.rows:
                    yield Record({TENANT_KEY: sync.tenant_id, **convert(row)}, self.name)
                done(batch)
        except AirbyteTracedException as error:
            failed(self.name, error)
            raise
        except Exception as error:  # noqa: BLE001 - its text may quote the ledger and must not reach the engine's log
            hidden = unforeseen(f"Reading {self.name}", error)
            failed(self.name, hidden)
            raise hidden from None

    def _default_stream(self, cursor: Cursor, read: Callable[[], Iterable[Record]]) -> DefaultStream:
        return DefaultStream(
            partition_generator=_OnePartition(self.name, read),
            name=self.name,
            json_schema=schema(self.name),
            primary_key=[TENANT_KEY, self.id_field],
            cursor_field=CursorField(self.cursor_field) if self.cursor_field else None,
            logger=LOGGER,
            cursor=cursor,
        )


@cache
def schema(name: str) -> Mapping[str, Any]:
    """Return the JSON schema of a stream, its references resolved.

    Raises:
        OSError: there is no such file in ``schemas/``.
    """
    return ResourceSchemaLoader(PACKAGE).get_schema(name)


def _checkpoint(cursor: CheckpointCursor, batch: Batch) -> None:
    if batch.expected_rows is not None:
        cursor.estimate(time.time_ns() // 1_000_000, batch.expected_rows)
    if batch.state is not None:
        cursor.checkpoint(batch.state)


class _OnePartition(PartitionGenerator, Partition):
    """The whole stream as one partition: the order of pages is the reader's business."""

    def __init__(self, stream: str, read: Callable[[], Iterable[Record]]) -> None:
        self._stream = stream
        self._read = read

    def generate(self) -> Iterable[Partition]:
        yield self

    def read(self) -> Iterable[Record]:
        return self._read()

    def to_slice(self) -> Mapping[str, Any]:
        return {}

    def stream_name(self) -> str:
        return self._stream

    def __hash__(self) -> int:
        return hash(self._stream)
