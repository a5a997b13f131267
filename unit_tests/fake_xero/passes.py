"""A small model of a list that Xero cannot sort on request: rows move between its pages while it is read."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Literal
from unittest import mock

from source_xero_gl.engine.stream import XeroStream
from source_xero_gl.readers.batch import Batch
from source_xero_gl.readers.changes import reader as changes_reader
from source_xero_gl.settings.settings import AccessTokenCredentials, Settings
from source_xero_gl.streams.documents import ManualJournals
from source_xero_gl.xero.client import Page
from source_xero_gl.xero.errors import SYSTEM, Kind, XeroError
from unit_tests.fake_xero.changes import Document
from unit_tests.fake_xero.destination import Outcome, State, consume
from unit_tests.fake_xero.lists import list_from
from unit_tests.fake_xero.wire import TooManyCallsError, wire

TICK = 700
"""Milliseconds between two changes."""

ChangeKind = Literal["edit", "move", "insert", "delete"]
Order = Literal["change", "day", "id"]


@dataclass(frozen=True)
class Change:
    """A change of the list.

    Attributes:
        kind: what happens; a row that moves is one that is edited and gets another day.
        row: which row, of those that are there, in the order of their IDs; a new row gets an ID before it.
        day: of a row that moves or is new.
    """

    kind: ChangeKind
    row: int
    day: int = 0


@dataclass
class ShiftingList:
    """Xero's list of manual journals; after any call it may change.

    Attributes:
        rows: change stamp of each row by its ID, in milliseconds.
        order: what Xero sorts the list by, as nobody can ask it to: the date of the change, the day of the row, or the ID.
        page_size: rows a page, in place of 1,000.
        overlap: milliseconds that a sync goes back behind its state, in place of five minutes.
        inclusive: whether ``If-Modified-Since`` admits its own second; Xero does not document it.
        pagination: whether answers tell the number of pages.
        whole: whether the list ignores ``page`` and always comes as a whole.
        clocked: whether answers tell the instant.
        changes: what happens after each call.
        clock: instant of the next change, and of answers.
        days: of rows, counted from 1 January 2024; others are of that day.
        limit: most rows that ``where`` may admit, in place of 100,000.
        dated: whether Xero tells when a row was changed.
        reread_days: the setting.
        stream: what is read.
        asked: query and header of each call.
    """

    rows: dict[float, int]
    order: Order = "change"
    page_size: int = 3
    overlap: int = 0
    inclusive: bool = True
    pagination: bool = True
    whole: bool = False
    clocked: bool = True
    changes: list[tuple[Change, ...]] = field(default_factory=list)
    clock: int = 100_000
    days: dict[float, int] = field(default_factory=dict)
    limit: int | None = None
    dated: bool = True
    reread_days: int = 0
    stream: XeroStream = field(default_factory=ManualJournals)
    asked: list[tuple[Mapping[str, str | int], int | None]] = field(default_factory=list)
    calls_allowed: int = 400

    def fetch(
        self,
        params: Mapping[str, str | int],
        modified_since: int | None = None,
        withdrawn: threading.Event | None = None,
        below: str = "",
    ) -> Page:
        """Answer ``GET /ManualJournals``, then change."""
        del withdrawn
        assert not below, "a list that is read in passes is read from its own path"
        if len(self.asked) >= self.calls_allowed:
            raise TooManyCallsError
        self.asked.append((params, modified_since))
        page = self._page(params, modified_since)
        for change in self.changes.pop(0) if self.changes else ():
            self.change(change)
        return page

    def change(self, change: Change) -> None:
        """Change the list now."""
        self.clock += TICK
        ids = sorted(self.rows)
        row = ids[change.row % len(ids)] if ids else 0.0
        if change.kind == "insert":
            row = (row + max((other for other in ids if other < row), default=row - 1)) / 2
        elif change.kind == "delete":
            self.rows.pop(row, None)
        if change.kind == "insert" or (change.kind != "delete" and ids):
            self.rows[row] = self.clock
            self.days[row] = self.days.get(row, 0) if change.kind == "edit" else change.day

    def versions(self) -> set[tuple[str, str]]:
        """Return ID and stamp of every row in its last version."""
        return {(str(row), wire(stamp)) for row, stamp in self.rows.items()}

    def batches(self, state: State | None) -> Iterator[Batch]:
        """Return what the stream brings, on from a state."""
        settings = Settings(AccessTokenCredentials("token"), reread_days=self.reread_days)
        with mock.patch.object(changes_reader, "OVERLAP", self.overlap):
            yield from self.stream.reader.batches(list_from(self.fetch, self.stream.key[0], settings), state)

    def sync(self, state: State | None, crash_after: int | None = None) -> Outcome:
        """Run one sync on from a state."""
        return consume(self.batches(state), crash_after)

    def delivered(self, outcome: Outcome) -> list[tuple[str, str]]:
        """Return ID and stamp of the rows that a sync brought."""
        return [(row[self.stream.key[0]], row["UpdatedDateUTC"]) for row in outcome.objects]

    def _page(self, params: Mapping[str, str | int], modified_since: int | None) -> Page:
        chosen = [row for row in self.rows if self._document(row).selected(params)]
        if self.limit is not None and len(chosen) > self.limit:
            raise XeroError(SYSTEM, "More than 100,000 documents match.", "", Kind.TOO_MANY_DOCUMENTS)
        found = [row for row in chosen if self._is_modified(self.rows[row], modified_since)]
        found.sort(key=self._place)
        number = int(params.get("page", 1))
        part = found if self.whole else found[(number - 1) * self.page_size : number * self.page_size]
        rows: list[dict[str, Any]] = [
            {self.stream.key[0]: str(row), "UpdatedDateUTC": wire(self.rows[row]) if self.dated else None}
            for row in part
        ]
        count = -(-len(found) // self.page_size) if self.pagination else None
        return Page(rows, count, len(found) if self.pagination else None, self.clock if self.clocked else None)

    def _document(self, row: float) -> Document:
        return Document(date(2024, 1, 1) + timedelta(days=self.days.get(row, 0)))

    def _place(self, row: float) -> tuple[int, float]:
        places = {"change": self.rows[row], "day": self.days.get(row, 0), "id": 0}
        return places[self.order], row

    def _is_modified(self, stamp: int, modified_since: int | None) -> bool:
        if modified_since is None:
            return True
        second, header = stamp // 1000, modified_since // 1000
        return second >= header if self.inclusive else second > header
