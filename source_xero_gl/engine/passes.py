"""Lists that Xero can neither sort nor cut reliably: read from end to end, again until a pass brings nothing new.

A row may move across a page that has been read already, when others are edited or added during the read. It then turns up in
the next pass, because that begins at the first page again. Rows that vanish during two passes could still hide one; Xero
keeps what was deleted, with another status.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from source_xero_gl.engine.snapshot import NO_CURSOR_STATE
from source_xero_gl.engine.stream import Sync, XeroStream
from source_xero_gl.readers.batch import Batch, Fetch, Row, broken
from source_xero_gl.readers.changes.reader import first_header
from source_xero_gl.readers.changes.state import UPDATED, KeysetState, StampRange, keyset_state
from source_xero_gl.readers.changes.walk import PAGE_SIZE
from source_xero_gl.xero.client import Page
from source_xero_gl.xero.dates import now, read_instant

PASSES = 5
"""Passes after which what changed during the read may wait for the next sync."""


class PassStream(XeroStream):
    """A list that is read from end to end; with a cursor only what changed since the state, by ``If-Modified-Since``.

    Attributes:
        paged: whether Xero answers with pages; otherwise the list comes in one call.
    """

    paged: ClassVar[bool] = True

    def batches(self, fetch: Fetch, sync: Sync, state: Mapping[str, Any] | None) -> Iterator[Batch]:
        """Read the list, or what changed of it."""
        known = keyset_state(state, None, self.name).main.through if state and self.cursor_field else None
        passes = Passes(self, fetch, first_header(None, known) if self.cursor_field else None)
        for rows in passes.rows():
            yield Batch(rows)
        if not self.cursor_field:
            yield Batch([], NO_CURSOR_STATE)
            return
        through = max(passes.complete_through, known or 0)
        yield Batch([], KeysetState(StampRange(None, through)).as_blob(sync.tenant_id))


class Passes:
    """The passes of one sync over one list."""

    def __init__(self, stream: PassStream, fetch: Fetch, header: int | None) -> None:
        """Read the list of ``stream`` with ``fetch``, what changed since ``header`` only, None for all of it."""
        self._stream = stream
        self._fetch = fetch
        self._header = header
        self._emitted: set[tuple[str, int]] = set()
        self._began: int | None = None
        self._highest = 0
        self._at_once = True

    @property
    def complete_through(self) -> int:
        """The stamp up to which every change has been read, 0 when there was none."""
        return self._highest if self._at_once else min(self._highest, self._began or 0)

    def rows(self) -> Iterator[list[Row]]:
        """Yield the rows of each page that are new in this version.

        Raises:
            XeroError: by the error table, or system when a row lacks its ID.
        """
        for number in range(1, 2**31):
            pages, news, missed = 0, 0, False
            for page in self._pass():
                pages += 1
                fresh = [row for row in page.rows if self._is_new(row)]
                missed = missed or any(self._stamp(row) <= (self._began or 0) for row in fresh)
                news += len(fresh)
                yield fresh
            self._at_once = pages <= 1
            if self._at_once or not news or (number >= PASSES and not missed):
                return

    def _pass(self) -> Iterator[Page]:
        """Yield the pages of one pass. Without pagination one that only repeats what this pass has read is behind the end."""
        seen: set[str] = set()
        number = 1
        while True:
            page = self._fetch({"page": number, "pageSize": PAGE_SIZE} if self._stream.paged else {}, self._header)
            if self._began is None:
                self._began = now() if page.server_time is None else page.server_time
            ids = {self._id(row) for row in page.rows}
            yield page
            over = ids <= seen if page.page_count is None else number >= page.page_count
            if not self._stream.paged or over:
                return
            seen |= ids
            number += 1

    def _is_new(self, row: Row) -> bool:
        version = (self._id(row), self._stamp(row))
        if version in self._emitted:
            return False
        self._emitted.add(version)
        self._highest = max(self._highest, version[1])
        return True

    def _id(self, row: Row) -> str:
        row_id = row.get(self._stream.id_field)
        if not isinstance(row_id, str):
            raise broken(self._stream.name, f"{self._stream.id_field} in each row")
        return row_id

    def _stamp(self, row: Row) -> int:
        """Return when a row was changed; one that Xero does not date comes in every read that it is in."""
        return read_instant(row.get(UPDATED)) or 0
