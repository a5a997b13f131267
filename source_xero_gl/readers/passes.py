"""Lists that Xero can neither sort nor cut reliably: read from end to end, again until a pass brings nothing new.

A row may move across a page that has been read already, when others are edited or added during the read. It then turns up in
the next pass, because that begins at the first page again. Rows that vanish during two passes could still hide one; Xero
keeps what was deleted, with another status.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from source_xero_gl.readers.batch import Batch, Object, State, XeroList
from source_xero_gl.readers.changes.reader import first_header
from source_xero_gl.readers.changes.state import UPDATED, KeysetState, StampRange, keyset_state
from source_xero_gl.readers.changes.walk import PAGE_SIZE
from source_xero_gl.readers.errors import broken
from source_xero_gl.xero.client import Page
from source_xero_gl.xero.dates import now, read_instant

PASSES = 5
"""Passes after which what changed during the read may wait for the next sync."""


@dataclass(frozen=True)
class InPasses:
    """A list that is read from end to end; with a cursor only what changed since the state, by ``If-Modified-Since``.

    Attributes:
        paged: whether Xero answers with pages; otherwise the list comes in one call.
        cursor_field: UpdatedDateUTC; None: everything is read each time.
    """

    paged: bool = True
    cursor_field: str | None = UPDATED

    def batches(self, xero_list: XeroList, state: State | None) -> Iterator[Batch]:
        """Read the list, or what changed of it."""
        known = keyset_state(state, None).main.through if state and self.cursor_field else None
        passes = Passes(xero_list, first_header(None, known) if self.cursor_field else None, paged=self.paged)
        for objects in passes.objects():
            yield Batch(objects)
        through = max(passes.complete_through, known or 0)
        state = KeysetState(StampRange(None, through)).as_blob(xero_list.tenant_id) if self.cursor_field else {}
        yield Batch([], state)


class Passes:
    """The passes of one sync over one list."""

    def __init__(self, xero_list: XeroList, header: int | None, *, paged: bool) -> None:
        """Read a list, what changed since ``header`` only, None for all of it."""
        self._list = xero_list
        self._header = header
        self._paged = paged
        self._emitted: set[tuple[str, int]] = set()
        self._began: int | None = None
        self._highest = 0
        self._at_once = True

    @property
    def complete_through(self) -> int:
        """The stamp up to which every change has been read, 0 when there was none."""
        return self._highest if self._at_once else min(self._highest, self._began or 0)

    def objects(self) -> Iterator[list[Object]]:
        """Yield the rows of each page that are new in this version.

        Raises:
            XeroError: by the error table.
            ReadingError: system, when an object lacks its ID.
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
            page = self._list.page({"page": number, "pageSize": PAGE_SIZE} if self._paged else {}, self._header)
            if self._began is None:
                self._began = now() if page.server_time is None else page.server_time
            ids = {self._id(row) for row in page.rows}
            yield page
            over = ids <= seen if page.page_count is None else number >= page.page_count
            if not self._paged or over:
                return
            seen |= ids
            number += 1

    def _is_new(self, row: Object) -> bool:
        version = (self._id(row), self._stamp(row))
        if version in self._emitted:
            return False
        self._emitted.add(version)
        self._highest = max(self._highest, version[1])
        return True

    def _id(self, row: Object) -> str:
        row_id = row.get(self._list.id_field)
        if not isinstance(row_id, str):
            raise broken(f"{self._list.id_field} in each object")
        return row_id

    def _stamp(self, row: Object) -> int:
        """Return when a row was changed; one that Xero does not date comes in every read that it is in."""
        return read_instant(row.get(UPDATED)) or 0
