"""A stream is a declaration. Here a declaration becomes a stream of the CDK's concurrent engine."""

from __future__ import annotations

import logging
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Any, ClassVar

from airbyte_cdk.models import AirbyteMessage
from airbyte_cdk.sources.message import MessageRepository, NoopMessageRepository
from airbyte_cdk.sources.streams.concurrent.cursor import Cursor, CursorField, FinalStateCursor
from airbyte_cdk.sources.streams.concurrent.default_stream import DefaultStream
from airbyte_cdk.sources.streams.concurrent.partitions.partition import Partition
from airbyte_cdk.sources.streams.concurrent.partitions.partition_generator import PartitionGenerator
from airbyte_cdk.sources.types import Record
from airbyte_cdk.sources.utils.schema_helpers import ResourceSchemaLoader

from source_xero_gl.engine.cursor import CheckpointCursor
from source_xero_gl.engine.progress import Progress
from source_xero_gl.engine.records import record_converter
from source_xero_gl.engine.traces import estimate, rate_limited
from source_xero_gl.readers.batch import Batch, Fetch, Row
from source_xero_gl.readers.reports.lock_date import LockDate
from source_xero_gl.readers.state import TENANT_KEY, accept_state
from source_xero_gl.settings.settings import Settings
from source_xero_gl.xero.client import Page, XeroClient
from source_xero_gl.xero.errors import Kind, XeroError, unforeseen
from source_xero_gl.xero.gate import Caller, Calls

LOGGER = logging.getLogger("airbyte")
PACKAGE = "source_xero_gl"

Batches = Generator[Batch, None, None]


@dataclass(frozen=True)
class Sync:
    """What the streams of one sync share.

    Attributes:
        client: token, tenant, pacing and retries.
        settings: what the user has chosen.
        tenant_id: TenantID of every record and state.
        lock_date: of the organisation.
        put: puts a message on the queue of the records, in their order.
        offer: puts a message there if there is room.
        messages: takes messages of the engine.
        failed: is told which stream could not be read to its end, and why.
        over: tells whether nobody takes messages any more.
        calls: tells how many calls the sync has made, and how many are left today.
        clock: monotonic seconds.
    """

    client: XeroClient
    settings: Settings
    tenant_id: str
    lock_date: LockDate
    put: Callable[[AirbyteMessage], None]
    offer: Callable[[AirbyteMessage], None]
    messages: MessageRepository
    failed: Callable[[str, XeroError], None]
    over: Callable[[], bool]
    calls: Callable[[], Calls] = Calls
    clock: Callable[[], float] = time.monotonic


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

    @property
    def source(self) -> str:
        """Name of the stream whose objects this one is made of: its own, but for a flat twin."""
        return self.name

    @property
    def key_fields(self) -> tuple[str, ...]:
        """The primary key."""
        return (TENANT_KEY, self.id_field)

    @abstractmethod
    def batches(self, fetch: Fetch, sync: Sync, state: Mapping[str, Any] | None) -> Iterator[Batch]:
        """Read the objects on from a state, None to begin."""

    def rows(self, record: Row) -> Iterable[Row]:
        """Return the rows that an object becomes."""
        return (record,)

    def declared(self) -> DefaultStream:
        """Return the stream for a catalog; it cannot be read."""
        return self._default_stream(FinalStateCursor(self.name, None, NoopMessageRepository()), tuple)

    def accepted(self, sync: Sync, state: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """Return the state from which the stream goes on in a sync, None when it begins.

        Args:
            sync: what its streams share.
            state: the stream's part of the platform's state, which is empty to begin.

        Raises:
            XeroError: config, when the state does not belong to this stream of this organisation.
        """
        return accept_state(state, self.name, self.cursor_field, sync.tenant_id) if self.cursor_field else None

    def converted(self, sync: Sync, state: Mapping[str, Any] | None, readers: Sequence[str]) -> Batches:
        """Read the objects on from an accepted state and convert them.

        Args:
            sync: what its streams share.
            state: accepted, None to begin.
            readers: names of the streams that wait for them.
        """
        convert = record_converter(schema(self.source))
        for batch in self.batches(partial(self._fetch, sync, readers), sync, state):
            yield replace(batch, rows=[convert(row) for row in batch.rows])

    def reading(self, sync: Sync, state: Mapping[str, Any] | None, batches: Batches) -> DefaultStream:
        """Return the stream for one sync.

        Args:
            sync: what its streams share.
            state: accepted, None to begin.
            batches: of objects, converted, on from that state.
        """
        cursor = CheckpointCursor(self.name, state or {}, sync.put, sync.messages)
        return self._default_stream(cursor, partial(self._records, sync, cursor, batches))

    def _records(self, sync: Sync, cursor: CheckpointCursor, batches: Batches) -> Iterator[Record]:
        """Yield the records; when those of a batch are on the queue, its state follows them."""
        progress = Progress(self.name, self.cursor_field, sync.put, sync.calls, sync.clock)
        try:
            for batch in batches:
                if batch.expected_rows is not None and self.source == self.name:
                    sync.put(estimate(self.name, batch.expected_rows))
                rows = 0
                for record in batch.rows:
                    for row in self.rows(record):
                        rows += 1
                        yield Record({TENANT_KEY: sync.tenant_id, **row}, self.name)
                if batch.state is not None:
                    cursor.checkpoint(batch.state)
                progress.advance(batch, rows)
            progress.end()
        except XeroError as error:
            told = self._with_position(error, cursor)
            sync.failed(self.name, told)
            raise told from None
        except Exception as error:  # noqa: BLE001 - its text may quote the ledger and must not reach the engine's log
            hidden = unforeseen(f"Reading {self.name}", error)
            sync.failed(self.name, hidden)
            raise hidden from None
        finally:
            batches.close()  # a twin must not wait for one that has failed

    def _with_position(self, error: XeroError, cursor: CheckpointCursor) -> XeroError:
        """Return the error, when it is about the day's calls with how far the stream got."""
        reached = cursor.state.get(self.cursor_field or "")
        if error.kind not in (Kind.DAY_LIMIT, Kind.DAILY_RESERVE) or reached is None:
            return error
        return error.again(f"{error.message} {self.name} has been read up to {self.cursor_field} {reached}.")

    def _fetch(
        self,
        sync: Sync,
        readers: Sequence[str],
        params: Mapping[str, str | int],
        modified_since: int | None = None,
        withdrawn: threading.Event | None = None,
    ) -> Page:
        def waiting(seconds: float) -> None:
            for name in readers:
                sync.offer(rate_limited(name, seconds))

        caller = Caller(withdrawn or threading.Event(), waiting)
        return sync.client.page(self.path, self.records_key, {**self.params, **params}, modified_since, caller)

    def _default_stream(self, cursor: Cursor, read: Callable[[], Iterable[Record]]) -> DefaultStream:
        return DefaultStream(
            partition_generator=_OnePartition(self.name, read),
            name=self.name,
            json_schema=schema(self.name),
            primary_key=list(self.key_fields),
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
