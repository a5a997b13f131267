"""What a rebuilt ledger must be short of when one document is lost: by the posting rules of the local Xero, not by our SQL.

A document is lost from every list: a prepayment or an overpayment with its bank transaction, a credit with its uses. What names
it stays: its payments, and the credits that were used on it. Of these is expected

- a payment: money as ever, and receivables or payables by its type; nobody knows at what rate the document stood, so no gain;
- a use of a prepayment: its lines are taken back, and receivables or payables take their sum;
- a use of a credit note or an overpayment: nothing, as both sides are on one account;
- of a settlement that went with it: the other document's later settlements clear the share that is settled by then.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import TypeAlias

from local_xero.everything.document_rules import Chart, control_of, document_lines, manual_lines, transfer_lines
from local_xero.everything.facts import Allocation, Document, Facts, ManualJournal, Payment, Settlement, Transfer
from local_xero.everything.settlement_rules import allocation_lines, money_value, payment_lines, taken_back
from local_xero.ledger import Line

Losable: TypeAlias = Document | Payment | Transfer | ManualJournal
Cells: TypeAlias = "dict[tuple[dt.date, str], Decimal]"
"""Amounts by day and AccountID, debit positive; none is zero."""


def posted(facts: Facts) -> list[Losable]:
    """List what stands in the books."""
    return [
        *(document for document in facts.documents if document.status == "AUTHORISED"),
        *(payment for payment in facts.payments if not payment.deleted),
        *(transfer for transfer in facts.transfers if not transfer.deleted),
        *(journal for journal in facts.manual_journals if journal.status == "POSTED"),
    ]


def kind_of(lost: Losable) -> str:
    """Name the kind of what is lost."""
    return lost.kind if isinstance(lost, Document) else type(lost).__name__


def short_of(lost: Losable, chart: Chart) -> Cells:
    """Tell what the lines from documents are short of without it."""
    if isinstance(lost, Transfer):
        return _cells([(lost.day, transfer_lines(lost))])
    if isinstance(lost, ManualJournal):
        return _cells([(lost.day, manual_lines(lost, chart))])
    if isinstance(lost, Payment):
        return _difference(lost.document.live, [lost], chart)
    uses = [a for a in lost.live if isinstance(a, Allocation) and a.credit is lost]
    touched = dict.fromkeys(s for document in (lost, *(a.invoice for a in uses)) for s in document.live)
    own = [(lost.day, document_lines(lost, chart))]
    return _sum(_cells(own), _difference(touched, uses, chart, lost))


def _difference(
    touched: Collection[Settlement], gone: Sequence[Settlement], chart: Chart, lost: Document | None = None
) -> Cells:
    """Compare the lines of settlements with what is left of them when some have gone, and a document too."""
    before = [(settlement.day, _lines(settlement, chart)) for settlement in touched]
    with _without(gone):
        after = [(s.day, _left(s, chart, lost)) for s in touched if s not in gone]
    return _sum(_cells(before), {cell: -amount for cell, amount in _cells(after).items()})


def _lines(settlement: Settlement, chart: Chart) -> list[Line]:
    return (
        payment_lines(settlement, chart)
        if isinstance(settlement, Payment)
        else allocation_lines(_use(settlement), chart)
    )


def _left(settlement: Settlement, chart: Chart, lost: Document | None) -> list[Line]:
    if isinstance(settlement, Payment) and settlement.document is lost:
        money = next(line for line in payment_lines(settlement, chart) if line.account == settlement.account)
        value = money_value(settlement) * (1 if money.net > 0 else -1)
        return [Line(settlement.account, value), Line(control_of(lost, chart), -value)]
    if isinstance(settlement, Allocation) and settlement.invoice is lost:
        parts = taken_back(settlement.credit, settlement, chart) if settlement.credit.is_prepayment else []
        return [*parts, Line(control_of(lost, chart), -sum((line.net for line in parts), Decimal(0)))]
    return _lines(settlement, chart)


def _use(settlement: Settlement) -> Allocation:
    assert isinstance(settlement, Allocation)
    return settlement


@contextmanager
def _without(gone: Sequence[Settlement]) -> Iterator[None]:
    """Take settlements off both their documents for a while."""
    sides = [
        (d, s) for s in gone for d in ((s.document,) if isinstance(s, Payment) else (_use(s).credit, _use(s).invoice))
    ]
    for document, settlement in sides:
        document.settlements.remove(settlement)
    try:
        yield
    finally:
        for document, settlement in sides:
            document.settlements.append(settlement)


def _cells(entries: Iterable[tuple[dt.date, list[Line]]]) -> Cells:
    return _sum(*({(day, line.account.account_id): line.net} for day, lines in entries for line in lines))


def _sum(*parts: Cells) -> Cells:
    sums: Cells = {}
    for part in parts:
        for cell, amount in part.items():
            sums[cell] = sums.get(cell, Decimal(0)) + amount
    return {cell: amount for cell, amount in sums.items() if amount}
