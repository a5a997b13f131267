"""The lines of all journals of one basis, from which reports are computed."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple
from weakref import WeakKeyDictionary

from local_xero.company import Company
from local_xero.journal_book import JournalBook, StoredJournals
from local_xero.wire import Wire, decode, parse_wire_date


class Posting(NamedTuple):
    """One line: date in milliseconds, account, amount (debit positive), and the line's own fields of the account.

    ``options`` are the IDs of its tracking options; ``revalues`` tells what is in no journal.
    """

    date_ms: int
    account_id: str
    net: Decimal
    account: Wire
    source_id: str = ""
    options: tuple[str, ...] = ()
    revalues: bool = False


_KNOWN: WeakKeyDictionary[StoredJournals, tuple[int, list[Posting]]] = WeakKeyDictionary()


def postings(company: Company, *, cash: bool) -> list[Posting]:
    """Return the lines of the journals; those of a stored book are read once for each of its versions."""
    book = company.book(cash=cash)
    if not isinstance(book, StoredJournals):
        return _read(book)
    version, lines = _KNOWN.get(book, (-1, []))
    if version != book.version:
        lines = _read(book)
        _KNOWN[book] = (book.version, lines)
    return lines


def _read(book: JournalBook) -> list[Posting]:
    lines = []
    for row in book.rows_after(0):
        journal = decode(row.text)
        date_ms = parse_wire_date(journal.get("JournalDate")) or 0
        source = journal.get("SourceID", "")
        for line in journal.get("JournalLines", ()):
            net = Decimal(str(line["NetAmount"]))
            options = tuple(tracked.get("TrackingOptionID", "") for tracked in line.get("TrackingCategories", ()))
            lines.append(Posting(date_ms, line["AccountID"], net, _described(line), source, options))
    return lines


def _described(line: Wire) -> Wire:
    """Describe an account as its journal line does, for accounts that are not in the chart."""
    return {
        "Name": line.get("AccountName", ""),
        "Code": line.get("AccountCode"),
        "Type": line.get("AccountType", "CURRENT"),
    }
