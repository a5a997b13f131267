"""Streams that Xero answers as a whole, in one unpaged list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from airbyte_cdk.sources.streams import NO_CURSOR_STATE_KEY

from source_xero_gl.engine.stream import Sync, XeroStream
from source_xero_gl.readers.batch import Batch, Fetch

NO_CURSOR_STATE = {NO_CURSOR_STATE_KEY: True}
"""The state of a stream that begins anew each time; the platform expects one of every stream."""


class SnapshotStream(XeroStream):
    """A list that is read whole each time, in one call."""

    def batches(self, fetch: Fetch, sync: Sync, state: Mapping[str, Any] | None) -> Iterator[Batch]:
        """Read the list."""
        del sync, state
        yield Batch(fetch({}).rows, NO_CURSOR_STATE)
