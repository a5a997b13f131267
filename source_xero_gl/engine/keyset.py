"""Streams that are incremental by the date of the last change, which Xero can sort and filter by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from source_xero_gl.engine.stream import Sync, XeroStream
from source_xero_gl.readers.batch import Batch, Fetch
from source_xero_gl.readers.changes.reader import KeysetList, KeysetReader
from source_xero_gl.readers.changes.state import UPDATED, keyset_state, resume
from source_xero_gl.settings.settings import Settings


class KeysetStream(XeroStream):
    """A paged list that is read by change date.

    Attributes:
        dated: whether rows have a ``Date`` that a list too long can be cut into windows by.
        types: every Type of the rows, by which a single day can be split further; none where it cannot be.
        statuses: every Status, likewise.
    """

    cursor_field = UPDATED
    dated: ClassVar[bool] = False
    types: ClassVar[tuple[str, ...]] = ()
    statuses: ClassVar[tuple[str, ...]] = ()

    def since(self, settings: Settings) -> int | None:
        """Return the instant from which on changes are read; None: everything."""
        del settings
        return None

    def reread_days(self, settings: Settings) -> int:
        """Return after how many days everything is read again; 0: never."""
        del settings
        return 0

    def batches(self, fetch: Fetch, sync: Sync, state: Mapping[str, Any] | None) -> Iterator[Batch]:
        """Read what has changed since the state."""
        since = self.since(sync.settings)
        known = None if state is None else keyset_state(state, since, self.name)
        reread_days = self.reread_days(sync.settings)
        what = KeysetList(self.name, self.id_field, self.dated, self.types, self.statuses, reread_days)
        return KeysetReader(what, fetch, sync.tenant_id).batches(resume(known, since))
