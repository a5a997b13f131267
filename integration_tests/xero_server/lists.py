"""Lists of documents: filters, order and pages.

https://developer.xero.com/documentation/api/accounting/requests-and-responses
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from integration_tests.xero_server import problems
from integration_tests.xero_server.company import Company
from integration_tests.xero_server.documents import STAMP, Document, DocumentBook
from integration_tests.xero_server.endpoints import Endpoint
from integration_tests.xero_server.http import Request, Response
from integration_tests.xero_server.switches import Switches
from integration_tests.xero_server.where import QueryParseError, parse_where
from integration_tests.xero_server.wire import Wire, parse_modified_since

DEFAULT_PAGE_SIZE = 100
LARGEST_PAGE_SIZE = 1000
_ID_FILTERS = {"IDs": None, "InvoiceNumbers": "InvoiceNumber", "ContactIDs": "Contact.ContactID"}
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
        query = request.query
        summary = request.flag("summaryOnly")
        limited = self._endpoint.path in ("Invoices", "Contacts")
        if len(selected) > self._switches.high_volume_threshold or self._scanned(request):
            return problems.high_volume()
        if not (self._endpoint.paged and ("page" in query or "Statuses" in query or summary)):
            detail = "brief" if limited else "full"
            if self._endpoint.path == "TrackingCategories" and not request.flag("includeArchived"):
                detail = "active"
            return Page(self._texts(selected, detail, query), None)
        detail = "summary" if summary and limited else "full"
        page, size = max(1, _integer(query.get("page"), 1)), self._size(query)
        count = -(-len(selected) // size)
        if self._switches.clamp_page:
            page = max(1, min(page, count))
        rows = selected[(page - 1) * size : page * size]
        pagination = {"page": page, "pageSize": size, "pageCount": count, "itemCount": len(selected)}
        return Page(self._texts(rows, detail, query), pagination)

    def _size(self, query: Any) -> int:
        size = _integer(query.get("pageSize"), DEFAULT_PAGE_SIZE) if "page" in query else DEFAULT_PAGE_SIZE
        return min(max(1, size), LARGEST_PAGE_SIZE)

    def _texts(self, rows: Iterable[Document], detail: str, query: Any) -> list[bytes]:
        decimals = 4 if query.get("unitdp") == "4" else 2
        return [document.text(detail, decimals) for document in rows]

    def _scanned(self, request: Request) -> bool:
        """Say whether the request works through too much even though it returns less."""
        if not self._switches.high_volume_ignores_header or "if-modified-since" not in request.headers:
            return False
        whole = Request(request.method, request.path, request.query, {})
        return len(self._selection(whole)) > self._switches.high_volume_threshold

    def _selection(self, request: Request) -> list[Document]:
        """Filter and sort; what does not depend on the header is remembered."""
        names = ("where", "order", "Statuses", "includeArchived", *_ID_FILTERS)
        key = (self._book.version, self._switches.hide_deleted, *(request.query.get(name) for name in names))
        if key not in self._selections:
            if len(self._selections) >= _SELECTIONS_KEPT:
                self._selections.pop(next(iter(self._selections)))
            self._selections[key] = self._sorted(self._filtered(request), request.query.get("order", ""))
        return self._since(self._selections[key], request)

    def _since(self, rows: Selection, request: Request) -> list[Document]:
        """Apply If-Modified-Since, which is precise to the second."""
        invoices = self._endpoint.path == "Invoices"
        since = parse_modified_since(request.headers.get("if-modified-since")) if self._endpoint.since else None
        if since is None or (invoices and self._switches.invoices_ignore_header):
            return rows.documents
        first_ms = (since // 1000 + (invoices and self._switches.invoices_since_exclusive)) * 1000
        if rows.stamps is not None:
            return rows.documents[bisect_left(rows.stamps, first_ms) :]
        return [document for document in rows.documents if document.stamp_ms >= first_ms]

    def _filtered(self, request: Request) -> list[Document]:
        query, endpoint = request.query, self._endpoint
        rows = list(self._book)
        if endpoint.archive and not request.flag("includeArchived"):
            rows = [d for d in rows if d.field(endpoint.archive) != "ARCHIVED"]
        if "Statuses" in query:
            wanted = set(_split(query["Statuses"].upper()))
            rows = [d for d in rows if d.field("Status") in wanted]
        elif endpoint.path == "Invoices" and self._switches.hide_deleted and "Status" not in query.get("where", ""):
            rows = [d for d in rows if d.field("Status") != "DELETED"]
        for name, field in _ID_FILTERS.items():
            if name in query:
                wanted = {value.lower() for value in _split(query[name])}
                rows = [d for d in rows if str(d.field(field or endpoint.id_field)).lower() in wanted]
        if query.get("where"):
            holds = parse_where(query["where"])
            rows = [d for d in rows if holds(d)]
        return rows

    def _sorted(self, rows: list[Document], order: str) -> Selection:
        """Sort by the field asked for, ID as the tie-break; without one by UpdatedDateUTC."""
        id_field = self._endpoint.id_field
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


def _split(text: str) -> list[str]:
    return [part.strip().strip('"') for part in text.split(",") if part.strip()]


def _integer(text: str | None, default: int) -> int:
    try:
        return int(text) if text is not None else default
    except ValueError:
        return default


def single(document: Document, company: Company, decimals: int) -> bytes:
    """Answer for one record: here an invoice carries its whole contact."""
    contact = document.field("Contact.ContactID")
    whole = company.lists["Contacts"].find(contact) if isinstance(contact, str) else None
    shown = document if whole is None else Document(document.record | {"Contact": whole.record})
    return shown.text("full", decimals)
