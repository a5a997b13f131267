"""Lists of documents: filters, order and pages.

https://developer.xero.com/documentation/api/accounting/requests-and-responses
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from local_xero import problems
from local_xero.company import Company
from local_xero.documents import Document, DocumentBook
from local_xero.endpoints import STAMP, Endpoint
from local_xero.filters import chosen, visible, within
from local_xero.http import Request, Response
from local_xero.switches import Switches
from local_xero.where import QueryParseError, parse_where
from local_xero.wire import Wire, parse_modified_since

DEFAULT_PAGE_SIZE = 100
LARGEST_PAGE_SIZE = 1000
_PAGE_PARAMETERS = ("page", "pageSize", "unitdp", "summaryOnly")
_SELECTIONS_KEPT = 8


class Page:
    """One answer of a list: its records' texts and, on a paged answer, the ``pagination`` object."""

    def __init__(self, texts: list[bytes], pagination: Wire | None) -> None:
        self.texts = texts
        self.pagination = pagination


@dataclass
class Selection:
    """Documents in order; ``stamps`` are theirs when that is the order, so that a header needs no scan."""

    documents: list[Document]
    stamps: list[int] | None


class ListReader:
    """Reads one list; remembers the last selections, because a walk asks for the same one page by page."""

    def __init__(self, endpoint: Endpoint, book: DocumentBook, switches: Switches) -> None:
        self._endpoint = endpoint
        self._book = book
        self._switches = switches
        self._selections: dict[tuple[object, ...], Selection] = {}

    def read(self, request: Request) -> Page | Response:
        """Answer a request for the list, or refuse it."""
        try:
            selected = self._selection(request)
        except QueryParseError:
            return problems.bad_request("QueryParseException", 16, "The where clause could not be parsed")
        endpoint, query = self._endpoint, request.query
        if endpoint.limited and (len(selected) > self._switches.high_volume_threshold or self._scanned(request)):
            return problems.high_volume()
        if endpoint.hundreds:
            page = max(1, _integer(query.get("page"), 1))
            return Page(
                self._texts(selected[(page - 1) * DEFAULT_PAGE_SIZE :][:DEFAULT_PAGE_SIZE], "full", query), None
            )
        if not endpoint.paged or self._unpaged(request):
            return Page(self._texts(selected, self._detail(request), query), None)
        return self._page(request, selected)

    def _unpaged(self, request: Request) -> bool:
        """Return whether all objects come at once: without ``page``, and for ManualJournals with ``order``."""
        if self._endpoint.path == "ManualJournals" and "order" in request.query:
            return True
        forced = "Statuses" in request.query and "Statuses" in self._endpoint.filters
        return not ("page" in request.query or forced or self._summary(request))

    def _summary(self, request: Request) -> bool:
        return self._endpoint.path in ("Invoices", "Contacts") and request.flag("summaryOnly")

    def _detail(self, request: Request) -> str:
        """Name what an answer that is not paged shows of each record."""
        if self._endpoint.path == "TrackingCategories":
            return "full" if request.flag("includeArchived") else "active"
        return "brief" if self._endpoint.brief and not (self._endpoint.paged and "page" in request.query) else "full"

    def _page(self, request: Request, selected: list[Document]) -> Page:
        query = request.query
        page, size = max(1, _integer(query.get("page"), 1)), self._size(query)
        count = -(-len(selected) // size)
        if self._switches.clamp_page:
            page = max(1, min(page, count))
        rows = selected[(page - 1) * size : page * size]
        pagination = {"page": page, "pageSize": size, "pageCount": count, "itemCount": len(selected)}
        return Page(self._texts(rows, "summary" if self._summary(request) else "full", query), pagination)

    def _size(self, query: Any) -> int:
        size = _integer(query.get("pageSize"), DEFAULT_PAGE_SIZE) if "page" in query else DEFAULT_PAGE_SIZE
        return min(max(1, size), LARGEST_PAGE_SIZE)

    def _texts(self, rows: Iterable[Document], detail: str, query: Any) -> list[bytes]:
        decimals = unit_decimals(self._endpoint, query)
        return [document.text(detail, decimals) for document in rows]

    def _scanned(self, request: Request) -> bool:
        """Return whether Xero would have to look through too many documents, even if it returns fewer."""
        if not self._switches.high_volume_ignores_header or "if-modified-since" not in request.headers:
            return False
        whole = Request(request.method, request.path, request.query, {})
        return len(self._selection(whole)) > self._switches.high_volume_threshold

    def _selection(self, request: Request) -> list[Document]:
        """Filter and sort; what does not depend on the header is remembered."""
        named = sorted(item for item in request.query.items() if item[0] not in _PAGE_PARAMETERS)
        key = (self._book.version, self._switches.hide_deleted, *named)
        if key not in self._selections:
            if len(self._selections) >= _SELECTIONS_KEPT:
                self._selections.pop(next(iter(self._selections)))
            self._selections[key] = self._sorted(self._filtered(request), request.query)
        return self._since(self._selections[key], request)

    def _since(self, rows: Selection, request: Request) -> list[Document]:
        """Apply If-Modified-Since, which is precise to the second."""
        invoices = self._endpoint.path == "Invoices"
        since = parse_modified_since(request.headers.get("if-modified-since")) if self._endpoint.since else None
        if since is None or (invoices and self._switches.invoices_ignore_header):
            return rows.documents
        name = self._endpoint.since
        first_ms = (since // 1000 + (invoices and self._switches.invoices_since_exclusive)) * 1000
        if name == STAMP and rows.stamps is not None:
            return rows.documents[bisect_left(rows.stamps, first_ms) :]
        return [d for d in rows.documents if (d.stamp_ms if name == STAMP else d.field(name) or 0) >= first_ms]

    def _filtered(self, request: Request) -> list[Document]:
        query, endpoint = request.query, self._endpoint
        rows = within(chosen(visible(self._book, endpoint, request), endpoint, query), endpoint, query)
        if endpoint.path == "Invoices" and self._switches.hide_deleted and not _asks_for_status(query):
            rows = [d for d in rows if d.field("Status") != "DELETED"]
        if query.get("where") and endpoint.where:
            holds = parse_where(query["where"])
            rows = [d for d in rows if holds(d)]
        return rows

    def _sorted(self, rows: list[Document], query: Any) -> Selection:
        """Sort by the field asked for, ID as the tie-break; without one by UpdatedDateUTC."""
        id_field = self._endpoint.id_field
        order = query.get("order") if self._endpoint.order else None
        name, _, direction = (order or STAMP).strip().partition(" ")
        name = id_field if name.lower() == id_field.lower() else name
        down = direction.strip().upper() == "DESC"
        rows.sort(key=lambda d: str(d.field(id_field)), reverse=down and name == id_field)
        if name == STAMP:
            rows.sort(key=lambda d: d.stamp_ms, reverse=down)
            return Selection(rows, None if down else [d.stamp_ms for d in rows])
        if name != id_field:
            rows.sort(key=lambda d: _rank(d.field(name)), reverse=down)
        return Selection(rows, None)


def _rank(value: Any) -> tuple[int, Any]:
    """Make values of any type comparable; absent ones come first."""
    if value is None:
        return (0, 0)
    return (2, value.lower()) if isinstance(value, str) else (1, value)


def _asks_for_status(query: Any) -> bool:
    return "Statuses" in query or "Status" in query.get("where", "")


def unit_decimals(endpoint: Endpoint, query: Any) -> int:
    """Return how many decimals unit amounts are served with."""
    return 4 if query.get("unitdp") == "4" or not endpoint.unit_decimals else 2


def _integer(text: str | None, default: int) -> int:
    try:
        return int(text) if text is not None else default
    except ValueError:
        return default


def single(document: Document, company: Company, decimals: int) -> bytes:
    """Answer for one record; here an invoice has its whole contact."""
    contact = document.field("Contact.ContactID")
    whole = company.lists["Contacts"].find(contact) if isinstance(contact, str) else None
    shown = document if whole is None else Document(document.record | {"Contact": whole.record})
    return shown.text("full", decimals)
