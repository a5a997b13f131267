"""The Journals endpoint: a hundred a page by number, oldest first; the end is an empty answer.

https://developer.xero.com/documentation/api/accounting/journals
"""

from __future__ import annotations

import zlib
from itertools import islice

from local_xero.http import Request
from local_xero.journal_book import JournalBook, JournalRow
from local_xero.switches import Switches
from local_xero.wire import Wire, parse_modified_since

PAGE_ROWS = 100
_SCALE = 10_000


def read_page(book: JournalBook, request: Request, switches: Switches) -> list[bytes]:
    """Answer one call: journals with a number greater than ``offset``.

    ``page``, ``pageSize``, ``where`` and ``order`` do nothing, as in Xero. Short pages are a matter of the switches and depend
    on the offset alone, so that the same call gets the same answer.
    """
    offset = _offset(request.query.get("offset"))
    since = None if switches.journals_ignore_header else parse_modified_since(request.headers.get("if-modified-since"))
    rows = book.rows_after(offset, since)
    if since is not None:
        missing = set(switches.journals_dropped)
        rows = (row for row in rows if row.number not in missing and not _dropped(row, switches.journals_header_drops))
    return [row.text for row in islice(rows, _rows_at(offset, switches.journals_short_pages))]


def single(book: JournalBook, key: str) -> Wire | None:
    """Answer for one journal by number or ID; SourceID and SourceType are not returned here."""
    journal = book.find(key)
    return journal and {name: value for name, value in journal.items() if name not in ("SourceID", "SourceType")}


def _offset(text: str | None) -> int:
    try:
        return max(0, int(text or 0))
    except ValueError:
        return 0


def _rows_at(offset: int, share: float) -> int:
    draw = zlib.crc32(f"page {offset}".encode())
    return 1 + draw // _SCALE % (PAGE_ROWS - 1) if draw % _SCALE < share * _SCALE else PAGE_ROWS


def _dropped(row: JournalRow, share: float) -> bool:
    return zlib.crc32(f"journal {row.number}".encode()) % _SCALE < share * _SCALE
