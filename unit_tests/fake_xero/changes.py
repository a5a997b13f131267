"""A small model of Xero's invoices as the reader calls them: a list sorted by change date, edited while it is read."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from unittest import mock

from source_xero_gl.readers.batch import Batch
from source_xero_gl.readers.changes import reader as changes_reader
from source_xero_gl.readers.changes import walk
from source_xero_gl.readers.changes.reader import ByChange
from source_xero_gl.readers.changes.windows import Cut
from source_xero_gl.settings.settings import AccessTokenCredentials, InvoiceSettings, Settings
from source_xero_gl.streams.invoices import STATUSES, TYPES
from source_xero_gl.xero.client import Page
from source_xero_gl.xero.errors import SYSTEM, Kind, XeroError
from unit_tests.fake_xero.destination import Outcome, State, consume
from unit_tests.fake_xero.lists import list_from
from unit_tests.fake_xero.wire import TooManyCallsError, wire

_DAY = re.compile(r"Date (>=|<) DateTime\((\d{4}),(\d{2}),(\d{2})\)")
_TYPE = re.compile(r'Type == "(\w+)"')


@dataclass(frozen=True)
class Document:
    """What a list can be cut by."""

    day: date | None
    kind: str = "ACCREC"
    status: str = "AUTHORISED"

    def selected(self, params: Mapping[str, str | int]) -> bool:
        """Tell whether ``where`` and ``Statuses`` of a query admit the document."""
        statuses = str(params.get("Statuses", self.status)).split(",")
        return self.status in statuses and all(map(self._fulfils, str(params.get("where", "")).split(" AND ")))

    def _fulfils(self, term: str) -> bool:
        if not term:
            return True
        if term == "Date == null":
            return self.day is None
        if match := _TYPE.fullmatch(term):
            return self.kind == match[1]
        match = _DAY.fullmatch(term)
        assert match, f"Xero would not understand {term}"
        bound = date(int(match[2]), int(match[3]), int(match[4]))
        return self.day is not None and (self.day >= bound if match[1] == ">=" else self.day < bound)


@dataclass(frozen=True)
class Edit:
    """A change of a row; the row also gets another date if one is given."""

    row: int
    moves: bool = False
    day: date | None = None


@dataclass
class ChangingList:
    """Xero's list of invoices, sorted by change date; after any call one row may be edited and move to the end.

    Attributes:
        rows: change stamp of each row, in milliseconds.
        page_size: rows a page, in place of 1,000.
        overlap: milliseconds that a sync goes back behind its state, in place of five minutes.
        inclusive: whether ``If-Modified-Since`` admits its own second; Xero does not document it.
        pagination: whether answers tell the number of pages.
        clamped: whether a page beyond the last is the last one again, and not empty; Xero does not document it.
        edits: the row to edit after each call, None for no edit.
        clock: instant of the next edit, and of answers.
        clocked: whether answers tell the instant.
        reread_days: the setting.
        documents: date, type and status of rows; those of others do not matter.
        limit: most documents that ``where`` may admit, in place of 100,000.
        cut: how the reader may cut the list.
        content: how often a row was changed, visibly or not.
        asked: query and header of each call.
    """

    rows: dict[int, int]
    page_size: int = 4
    overlap: int = 0
    inclusive: bool = True
    pagination: bool = True
    clamped: bool = False
    edits: list[Edit | int | None] = field(default_factory=list)
    clock: int = 100_000
    clocked: bool = True
    reread_days: int = 0
    documents: dict[int, Document] = field(default_factory=dict)
    limit: int | None = None
    cut: Cut | None = field(default_factory=lambda: Cut(types=TYPES, statuses=STATUSES))
    content: dict[int, int] = field(default_factory=dict)
    asked: list[tuple[Mapping[str, str | int], int | None]] = field(default_factory=list)
    calls_allowed: int = 500

    @property
    def calls(self) -> int:
        """How many calls were made."""
        return len(self.asked)

    def fetch(
        self,
        params: Mapping[str, str | int],
        modified_since: int | None = None,
        withdrawn: threading.Event | None = None,
        below: str = "",
    ) -> Page:
        """Answer ``GET /Invoices``."""
        del withdrawn
        assert not below, "a list by change date is read from its own path"
        if self.calls >= self.calls_allowed:
            raise TooManyCallsError
        self.asked.append((params, modified_since))
        try:
            return self._page(params, modified_since)
        finally:
            if self.edits:
                self.edit(self.edits.pop(0))

    def versions(self, since: int | None) -> set[tuple[str, str]]:
        """Return ID and stamp of the rows that match the filter, in their last version."""
        return {(str(row), wire(stamp)) for row, stamp in self.rows.items() if since is None or stamp >= since}

    def contents(self) -> set[tuple[str, int]]:
        """Return ID and content of all rows."""
        return {(str(row), self.content.get(row, 0)) for row in self.rows}

    def batches(self, since: int | None, state: State | None) -> Iterator[Batch]:
        """Return what the reader of ``invoices`` brings, on from a state."""
        reader = ByChange(lambda settings: settings.invoices, self.cut)
        filters = InvoiceSettings(since, self.reread_days)
        xero_list = list_from(self.fetch, "InvoiceID", Settings(AccessTokenCredentials("token"), invoices=filters))
        with (
            mock.patch.object(walk, "LARGEST_PAGE", self.page_size),
            mock.patch.object(changes_reader, "OVERLAP", self.overlap),
        ):
            yield from reader.batches(xero_list, state)

    def sync(self, since: int | None, state: State | None, crash_after: int | None = None) -> Outcome:
        """Run one sync of ``invoices`` on from a state."""
        return consume(self.batches(since, state), crash_after)

    def edit(self, edited: Edit | int | None) -> None:
        """Change a row now; None changes none."""
        if edited is None or not self.rows:
            return
        edit = edited if isinstance(edited, Edit) else Edit(edited)
        row = sorted(self.rows)[edit.row % len(self.rows)]
        self.clock += 700
        self.rows[row] = self.clock
        self.edit_unseen(row)
        if edit.moves:
            before = self.documents[row]
            self.documents[row] = Document(edit.day, before.kind, before.status)

    def edit_unseen(self, row: int) -> None:
        """Change the content of a row, not its stamp."""
        self.content[row] = self.content.get(row, 0) + 1

    def _page(self, params: Mapping[str, str | int], modified_since: int | None) -> Page:
        chosen = [row for row in self.rows if row not in self.documents or self.documents[row].selected(params)]
        if self.limit is not None and len(chosen) > self.limit:
            raise XeroError(SYSTEM, "More than 100,000 documents match.", "", Kind.TOO_MANY_DOCUMENTS)
        found = sorted((self.rows[row], row) for row in chosen if self._is_modified(self.rows[row], modified_since))
        page_count = -(-len(found) // self.page_size)
        number = min(int(params["page"]), page_count) if self.clamped else int(params["page"])
        part = found[(number - 1) * self.page_size : number * self.page_size] if found else []
        rows = [self._row(row, stamp) for stamp, row in part]
        server_time = self.clock if self.clocked else None
        if not self.pagination:
            return Page(rows, server_time=server_time)
        return Page(rows, page_count, len(found), server_time)

    def _is_modified(self, stamp: int, modified_since: int | None) -> bool:
        if modified_since is None:
            return True
        second, header = stamp // 1000, modified_since // 1000
        return second >= header if self.inclusive else second > header

    def _row(self, row: int, stamp: int) -> dict[str, Any]:
        return {"InvoiceID": str(row), "UpdatedDateUTC": wire(stamp), "Content": self.content.get(row, 0)}
