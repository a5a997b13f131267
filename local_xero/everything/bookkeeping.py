"""A company's documents become its journals, in the order of their days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from local_xero.everything.document_rules import Chart, document_lines, manual_lines, transfer_lines
from local_xero.everything.facts import Document, Facts, Payment
from local_xero.everything.settlement_rules import allocation_lines, payment_lines
from local_xero.ledger import Ledger, Line, Source
from local_xero.wire import ms_of

_HOUR_MS = 3_600_000
_DAY_MS = 24 * _HOUR_MS
_REVERSED_AFTER_DAYS = 9
_POSTS_NOTHING = ("DRAFT", "SUBMITTED")
_SOURCES = {
    "RECEIVE": "CASHREC",
    "SPEND": "CASHPAID",
    "RECEIVE-PREPAYMENT": "ARPREPAYMENT",
    "SPEND-PREPAYMENT": "APPREPAYMENT",
    "RECEIVE-OVERPAYMENT": "AROVERPAYMENT",
    "SPEND-OVERPAYMENT": "APOVERPAYMENT",
}
"""SourceType of bank transactions; other documents have their Type."""
_REFUNDS = {"ACCRECCREDIT": "ARCREDITPAYMENT", "ACCPAYCREDIT": "APCREDITPAYMENT"}


@dataclass(frozen=True)
class Entry:
    """One journal to be posted; ``kind`` is that of an entry without a document, such as payroll.

    ``entered`` is the day on which somebody posted it, if that was not its own.
    """

    day: dt.date
    lines: list[Line]
    source: Source | None
    reversed: bool = False
    kind: str = ""
    entered: dt.date | None = None


def source_type(document: Document) -> str:
    """Return the SourceType of a document's own journal."""
    return _SOURCES.get(document.kind, document.kind)


def payment_type(payment: Payment) -> str:
    """Return the SourceType of a payment. Xero names none for refunds of pre- and overpayments: they have the credit's."""
    kind = payment.document.kind
    return _REFUNDS.get(kind) or _SOURCES.get(kind) or f"{kind}PAYMENT"


def entries(facts: Facts, chart: Chart) -> Iterator[Entry]:
    """Make the entries of all documents; what was deleted or voided after it was posted is reversed on the same date."""
    for document in facts.documents:
        if document.status not in _POSTS_NOTHING and not (document.status == "DELETED" and document.bank is None):
            gone = document.status in ("VOIDED", "DELETED")
            source = Source(source_type(document), document.key)
            yield Entry(document.day, document_lines(document, chart), source, gone)
    for payment in facts.payments:
        source = Source(payment_type(payment), payment.key)
        yield Entry(payment.day, payment_lines(payment, chart), source, payment.deleted)
    for allocation in facts.allocations:
        source = Source(source_type(allocation.credit), allocation.key)
        yield Entry(allocation.day, allocation_lines(allocation, chart), source, allocation.deleted)
    for transfer in facts.transfers:
        yield Entry(transfer.day, transfer_lines(transfer), Source("TRANSFER", transfer.key), transfer.deleted)
    for journal in facts.manual_journals:
        if journal.status in ("POSTED", "VOIDED"):
            source = Source("MANJOURNAL", journal.key)
            gone = journal.status == "VOIDED"
            yield Entry(journal.day, manual_lines(journal, chart), source, gone, entered=journal.entered)


def post(found: Iterable[Entry], ledger: Ledger) -> dict[str, list[int]]:
    """Post entries in the order in which they were entered; return the journal numbers of those without a document, by kind."""
    dated: list[tuple[int, int, Entry, list[Line]]] = []
    for entry in found:
        when = ms_of(entry.entered or entry.day) + 9 * _HOUR_MS
        dated.append((when, len(dated), entry, entry.lines))
        if entry.reversed:
            back = [line.reversed() for line in entry.lines]
            dated.append((when + _REVERSED_AFTER_DAYS * _DAY_MS, len(dated), entry, back))
    numbers: dict[str, list[int]] = {}
    for when, _, entry, lines in sorted(dated, key=lambda item: item[:2]):
        if not any(line.net for line in lines):
            continue
        ledger.post(when, ms_of(entry.day), lines, entry.source, "" if entry.source else None)
        if entry.kind:
            numbers.setdefault(entry.kind, []).append(ledger.journals[-1]["JournalNumber"])
    return numbers
