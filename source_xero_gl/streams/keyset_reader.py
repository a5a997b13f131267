"""Reading a list by change date, so that rows edited during the read are not skipped.

Page numbers over a list that is sorted by a changing stamp lose rows: an edited row moves to the end and everything behind it
moves up. So the list is read in walks. A walk reads pages 1 to p under one ``If-Modified-Since`` header until the header
can move on, then pages p-1 to 1 again, because a row not yet read can only have moved to a lower page. Only then do the
header and the state move. See https://developer.xero.com/documentation/api/accounting/requests-and-responses.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

from source_xero_gl.streams.keyset_state import UPDATED, KeysetState, StampRange
from source_xero_gl.streams.reader import Batch, Fetch, Row, State, broken
from source_xero_gl.xero.dates import MINUTE, SECOND, read_instant

PAGE_SIZE = 1000
"""Rows a page, Xero's maximum."""

OVERLAP = 5 * MINUTE
"""How far the first request of a sync goes back behind the state: rows may be committed late."""


@dataclass(frozen=True)
class _Stamped:
    stamp: int
    row_id: str
    row: Row


@dataclass(frozen=True)
class _Step:
    """A page of a walk, or with ``through`` the end of one: up to there every row has been read."""

    rows: list[_Stamped]
    through: int | None = None
    expected_rows: int | None = None


class KeysetReader:
    """Reads what is missing below, if the filter was widened, then what has changed since the state."""

    def __init__(
        self, stream: str, id_field: str, fetch: Fetch, params: Mapping[str, str | int], tenant_id: str
    ) -> None:
        """Read for ``stream`` by ``fetch``.

        Args:
            stream: name, for errors.
            id_field: Xero's ID of a row.
            fetch: reads a page.
            params: of the query, besides paging and order.
            tenant_id: for the state.
        """
        self._stream = stream
        self._id_field = id_field
        self._fetch = fetch
        self._params = {**params, "order": f"{UPDATED} ASC", "pageSize": PAGE_SIZE}
        self._tenant_id = tenant_id
        self._emitted: set[tuple[int, str]] = set()

    def batches(self, state: KeysetState) -> Iterator[Batch]:
        """Read on from ``state``, which ``resume`` made for the same filter.

        Raises:
            XeroError: by the error table, or system when Xero ignores the header or the order.
        """
        if (backfill := state.backfill) is not None:
            for rows, part, _ in self._read(backfill, state.main.since):
                yield Batch(rows, None if part is backfill else self._blob(replace(state, backfill=part)))
                backfill = part
            state = KeysetState(replace(state.main, since=backfill.since))
            yield Batch([], self._blob(state))
        blob = None
        for rows, main, expected_rows in self._read(state.main, None):
            blob = None if main is state.main else self._blob(KeysetState(main))
            state = KeysetState(main)
            yield Batch(rows, blob, expected_rows)
        if blob is None:
            yield Batch([], self._blob(state))

    def _blob(self, state: KeysetState) -> State:
        return state.as_blob(self._tenant_id)

    def _read(self, part: StampRange, until: int | None) -> Iterator[tuple[list[Row], StampRange, int | None]]:
        """Yield the rows to emit of each page, the range that is complete with them, and how many rows to expect."""
        for step in self._walks(_first_header(part)):
            if step.through is not None:
                part = replace(part, through=max(step.through, part.through or 0, part.since or 0))
            yield self._news(step.rows, part.since, until), part, step.expected_rows
            if until is not None and step.through is not None and step.through >= until:
                return

    def _walks(self, header: int | None) -> Iterator[_Step]:
        """Yield every page of every walk, and the end of each walk. ``header`` is a whole second; None: no header."""
        while True:
            start, page, last = header, 1, None
            while True:
                rows, page_count, expected_rows = self._page(page, header)
                if rows:
                    last = rows[-1].stamp
                    start = _header(rows[0].stamp) if start is None else start
                    yield _Step(rows, expected_rows=expected_rows)
                if last is None:
                    return
                if not rows or page >= page_count or _header(last) > (start or 0):
                    break
                page += 1
            for back in range(page - 1, 0, -1):
                yield _Step(self._page(back, header)[0])
            yield _Step([], through=last)
            if not rows or page >= page_count:
                return
            header = _header(last)
            self._emitted = {version for version in self._emitted if version[0] >= header * SECOND}

    def _page(self, number: int, header: int | None) -> tuple[list[_Stamped], int, int | None]:
        """Return the rows of a page, the number of pages, and the number of rows of all pages if Xero tells."""
        page = self._fetch({**self._params, "page": number}, None if header is None else header * SECOND)
        rows = [self._stamped(row) for row in page.rows]
        if any(one.stamp > other.stamp for one, other in pairwise(rows)):
            raise broken(self._stream, f"rows in the order of {UPDATED}")
        if rows and header is not None and rows[0].stamp < header * SECOND:
            raise broken(self._stream, "no rows older than If-Modified-Since")
        page_count = page.page_count
        if page_count is None:  # an answer without pagination: a page with anything new may have another behind it
            page_count = number + 1 if any((row.stamp, row.row_id) not in self._emitted for row in rows) else number
        return rows, page_count, page.item_count

    def _stamped(self, row: Row) -> _Stamped:
        stamp, row_id = read_instant(row.get(UPDATED)), row.get(self._id_field)
        if stamp is None or not isinstance(row_id, str):
            raise broken(self._stream, f"{UPDATED} and {self._id_field} in each row")
        return _Stamped(stamp, row_id, row)

    def _news(self, rows: list[_Stamped], since: int | None, until: int | None) -> list[Row]:
        """Return the rows within the bounds that this sync has not emitted in the same version."""
        news = []
        for row in rows:
            version = (row.stamp, row.row_id)
            within = (since is None or row.stamp >= since) and (until is None or row.stamp < until)
            if within and version not in self._emitted:
                news.append(row.row)
            self._emitted.add(version)
        return news


def _header(stamp: int) -> int:
    """Return the whole second below a stamp: the header is precise to the second, and may or may not be inclusive."""
    return stamp // SECOND - 1


def _first_header(part: StampRange) -> int | None:
    if part.through is None:
        return None if part.since is None else _header(part.since)
    header = max(_header(part.through - OVERLAP), _header(part.since or 0))
    return header if header > 0 else None
