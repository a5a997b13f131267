"""How documents are posted: each line is converted and rounded by itself, and the control account takes their sum."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from local_xero.chart import Account
from local_xero.everything.facts import BASE, Document, ManualJournal, Transfer
from local_xero.ledger import ZERO, Line, cents

Chart = Mapping[str, Account]
"""Accounts by their key in ``local_xero.chart``."""


def control_of(document: Document, chart: Chart) -> Account:
    """Return receivables or payables."""
    return chart["receivable" if document.is_sale else "payable"]


def document_lines(document: Document, chart: Chart) -> list[Line]:
    """Post a document: the money or what is owed first, then its lines, its tax in one line, and what was overwritten.

    The line of an overpayment is on receivables or payables itself.
    """
    sign, base = -document.sign, document.base
    lines = [
        Line(
            line.account,
            sign * base(document.net_of(line)),
            sign * base(document.tax_of(line)),
            line.tax_type if document.mode != "NoTax" else "NONE",
            line.description,
            line.tracking,
        )
        for line in document.lines
        if line.account and (document.net_of(line) or document.tax_of(line))
    ]
    tax = sum((line.tax for line in lines), ZERO)
    others = [*lines, Line(chart["gst"], tax), Line(chart["rounding"], sign * base(document.overwritten))]
    first = document.bank or control_of(document, chart)
    return [Line(first, -sum((line.net for line in others), ZERO)), *(line for line in others if line.net or line.tax)]


def transfer_lines(transfer: Transfer) -> list[Line]:
    """Post a transfer: one value in the base currency, that of the side which is in it, else of the side which pays."""
    value = transfer_value(transfer)
    return [Line(transfer.target, value), Line(transfer.source, -value)]


def transfer_value(transfer: Transfer) -> Decimal:
    """Return the value of a transfer in the base currency."""
    if transfer.source.currency != BASE and transfer.target.currency == BASE:
        return transfer.received
    return cents(transfer.paid / transfer.paid_rate)


def manual_lines(journal: ManualJournal, chart: Chart) -> list[Line]:
    """Post a manual journal: its lines without tax, and their tax in one line."""
    inclusive, taxed = journal.mode == "Inclusive", journal.mode != "NoTax"
    lines = [
        Line(
            line.account,
            line.amount - line.tax if inclusive else line.amount,
            line.tax if taxed else ZERO,
            line.tax_type if taxed else "NONE",
            line.description,
            line.tracking,
        )
        for line in journal.lines
        if line.account
    ]
    tax = sum((line.tax for line in lines), ZERO)
    return [*lines, Line(chart["gst"], tax)] if tax else lines
