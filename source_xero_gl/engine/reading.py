"""The read of one stream in one sync: batches of objects become records, and a state after each batch."""

from __future__ import annotations

import logging
from collections.abc import Generator, Iterable, Mapping
from typing import Any

from airbyte_cdk.models import Level
from airbyte_cdk.sources.message import NoopMessageRepository
from airbyte_cdk.sources.streams.concurrent.cursor import CursorField, FinalStateCursor
from airbyte_cdk.sources.streams.concurrent.default_stream import DefaultStream
from airbyte_cdk.sources.streams.concurrent.partitions.partition import Partition
from airbyte_cdk.sources.streams.concurrent.partitions.partition_generator import PartitionGenerator
from airbyte_cdk.sources.types import Record

from source_xero_gl.engine.cursor import NO_CURSOR_STATE, CheckpointCursor
from source_xero_gl.engine.progress import Progress
from source_xero_gl.engine.stream import XeroStream
from source_xero_gl.engine.sync import Sync
from source_xero_gl.engine.traces import estimate, log
from source_xero_gl.readers.batch import Batch, State
from source_xero_gl.readers.errors import about
from source_xero_gl.readers.state import TENANT_KEY
from source_xero_gl.xero.errors import Kind, XeroError, unforeseen

LOGGER = logging.getLogger("airbyte")

Batches = Generator[Batch, None, None]


class Reading(PartitionGenerator, Partition):
    """One stream as one partition: in which order pages are read is the reader's business."""

    def __init__(self, stream: XeroStream, sync: Sync, state: State | None, batches: Batches) -> None:
        """Read a stream on from an accepted state; ``batches`` has its parent's objects from there on, converted."""
        self._stream = stream
        self._sync = sync
        self._batches = batches
        self.cursor = CheckpointCursor(stream.name, state or {}, sync.queue.put, sync.messages)

    def generate(self) -> Iterable[Partition]:
        """Yield the one partition."""
        yield self

    def read(self) -> Iterable[Record]:
        """Yield the records; when those of a batch are on the queue, its state follows them.

        Raises:
            XeroError: the stream cannot be read to its end. It is a new one for each stream: one that several threads raise
                would grow a traceback of them all.
        """
        try:
            with about(self._stream.name):
                yield from self._records()
        except XeroError as error:
            raise self._failed(error) from None
        except Exception as error:  # noqa: BLE001 - its text may quote the ledger and must not reach the engine's log
            raise self._failed(unforeseen(f"Reading {self._stream.name}", error)) from None
        finally:
            self._batches.close()  # a stream that shares the batches must not wait for one that has failed

    def _records(self) -> Iterable[Record]:
        stream, sync = self._stream, self._sync
        progress = Progress(stream.name, stream.cursor_field, sync)
        for batch in self._batches:
            if batch.expected is not None and stream.parent is stream:
                sync.queue.put(estimate(stream.name, batch.expected))
            if batch.note is not None:
                sync.queue.put(log(Level.WARN, f"{stream.name}: {batch.note}"))
            records = 0
            for found in batch.objects:
                for record in stream.records(found):
                    records += 1
                    yield Record({TENANT_KEY: sync.tenant_id, **record}, stream.name)
            if batch.state is not None:
                self.cursor.checkpoint(batch.state or NO_CURSOR_STATE)
            progress.advance(batch, records)
            sync.tell_calls()
        progress.end()

    def _failed(self, error: XeroError) -> XeroError:
        """Note the error for this stream and return it; one about the day's calls also says how far the stream got."""
        name, cursor_field = self._stream.name, self._stream.cursor_field
        value = self.cursor.state.get(cursor_field) if cursor_field else None
        resumable = error.kind in (Kind.DAY_LIMIT, Kind.DAILY_RESERVE) and value is not None
        reached = f"{cursor_field} {value}" if resumable else None
        own = error.again()
        self._sync.failures.add(name, own, reached)
        return own.again(f"{own.message} {name} has been read up to {reached}.") if reached else own

    def to_slice(self) -> Mapping[str, Any]:
        """Return an empty slice: the stream is one."""
        return {}

    def stream_name(self) -> str:
        """Return the name of the stream."""
        return self._stream.name

    def __hash__(self) -> int:
        return hash(self._stream.name)


def engine_stream(stream: XeroStream, reading: Reading | None = None) -> DefaultStream:
    """Return a stream for the engine, which reads it; without a reading it is for a catalog only."""
    return DefaultStream(
        partition_generator=reading or _Unread(),
        name=stream.name,
        json_schema=stream.schema,
        primary_key=stream.primary_key,
        cursor_field=CursorField(stream.cursor_field) if stream.cursor_field else None,
        logger=LOGGER,
        cursor=reading.cursor if reading else FinalStateCursor(stream.name, None, NoopMessageRepository()),
    )


class _Unread(PartitionGenerator):
    def generate(self) -> Iterable[Partition]:
        return ()
