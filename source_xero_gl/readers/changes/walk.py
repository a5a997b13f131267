"""The walk: reading a list by change date, so that rows edited during the read are not skipped.

Page numbers over a list that is sorted by a changing stamp lose rows: an edited row moves to the end and everything behind it
moves up. So a walk reads pages 1 to p under one ``If-Modified-Since`` header until the header can move on, then pages p-1 to 1
again, because a row not yet read can only have moved to a lower page. Only then does the header move.
See https://developer.xero.com/documentation/api/accounting/requests-and-responses.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from source_xero_gl.readers.batch import Fetch, Row, broken
from source_xero_gl.readers.changes.state import UPDATED
from source_xero_gl.xero.dates import SECOND, read_instant

PAGE_SIZE = 1000
"""Rows a page, Xero's maximum."""


@dataclass(frozen=True)
class Stamped:
    """A row with its change stamp and Xero's ID, which tell whether two are the same version."""

    stamp: int
    row_id: str
    row: Row = field(compare=False)


@dataclass(frozen=True)
class Step:
    """A page of a walk, or with ``through`` the end of one: up to that stamp every row has been read.

    Attributes:
        rows: of the page.
        through: stamp; None for a page.
        expected_rows: rows of the whole list, where Xero tells.
        server_time: instant of the answer by Xero's clock.
    """

    rows: list[Stamped]
    through: int | None = None
    expected_rows: int | None = None
    server_time: int | None = None


@dataclass(frozen=True)
class _Page:
    rows: list[Stamped]
    count: int | None
    step: Step


class Walk:
    """Walks over one list."""

    def __init__(self, stream: str, id_field: str, fetch: Fetch, params: Mapping[str, str | int]) -> None:
        """Walk over the list that ``params`` select.

        Args:
            stream: name, for errors.
            id_field: Xero's ID of a row.
            fetch: reads a page.
            params: that select the list, besides those of every query, paging and order.
        """
        self._stream = stream
        self._id_field = id_field
        self._fetch = fetch
        self._params = {**params, "order": f"{UPDATED} ASC", "pageSize": PAGE_SIZE}

    def steps(self, header: int | None) -> Iterator[Step]:
        """Yield every page and the end of each walk until the list ends.

        Args:
            header: instant of the first walk's ``If-Modified-Since``, a whole second; None for no header.

        Raises:
            XeroError: by the error table, or system when Xero ignores the header or the order.
        """
        while True:
            start, number, last, page = header, 1, None, _Page([], None, Step([]))
            while True:
                page = self._next(number, header, page)
                yield page.step
                if page.rows:
                    last = page.rows[-1].stamp
                    start = header_below(page.rows[0].stamp) if start is None else start
                if last is None:
                    return
                if _is_last(page, number) or (start is not None and header_below(last) > start):
                    break
                number += 1
            for back in range(number - 1, 0, -1):
                yield self._page(back, header).step
            yield Step([], through=last)
            if _is_last(page, number):
                return
            header = header_below(last)

    def _next(self, number: int, header: int | None, before: _Page) -> _Page:
        """Return a page on the way forward. Without pagination one that only repeats the page before it is behind the end."""
        page = self._page(number, header)
        if page.count is None and page.rows == before.rows:
            return _Page([], None, Step([], server_time=page.step.server_time))
        return page

    def _page(self, number: int, header: int | None) -> _Page:
        page = self._fetch({**self._params, "page": number}, header)
        rows = [self._stamped(row) for row in page.rows]
        if any(one.stamp > other.stamp for one, other in pairwise(rows)):
            raise broken(self._stream, f"rows in the order of {UPDATED}")
        if rows and header is not None and rows[0].stamp < header:
            raise broken(self._stream, "no rows older than If-Modified-Since")
        return _Page(rows, page.page_count, Step(rows, None, page.item_count, page.server_time))

    def _stamped(self, row: Row) -> Stamped:
        stamp, row_id = read_instant(row.get(UPDATED)), row.get(self._id_field)
        if stamp is None or not isinstance(row_id, str):
            raise broken(self._stream, f"{UPDATED} and {self._id_field} in each row")
        return Stamped(stamp, row_id, row)


def _is_last(page: _Page, number: int) -> bool:
    """Tell whether no page follows; without pagination only one that is empty says so."""
    return not page.rows or (page.count is not None and number >= page.count)


def header_below(stamp: int) -> int:
    """Return the instant of the whole second below a stamp: the header has whole seconds, and may or may not be inclusive."""
    return (stamp // SECOND - 1) * SECOND
