"""Documents beside invoices: credit notes, purchase orders, quotes, manual journals and the like."""

from __future__ import annotations

from typing import ClassVar

from source_xero_gl.engine.stream import XeroStream
from source_xero_gl.readers.changes.reader import ByChange
from source_xero_gl.readers.changes.windows import BY_RANGE, Cut
from source_xero_gl.readers.passes import InPasses, Passes
from source_xero_gl.readers.snapshot import Snapshot


class CreditNotes(XeroStream):
    """Credit notes with their lines. See https://developer.xero.com/documentation/api/accounting/creditnotes."""

    name = "credit_notes"
    path = "CreditNotes"
    key = ("CreditNoteID",)
    reader = ByChange(cut=Cut(types=("ACCRECCREDIT", "ACCPAYCREDIT")))
    params: ClassVar = {"unitdp": 4}


class PurchaseOrders(XeroStream):
    """Purchase orders with their lines. See https://developer.xero.com/documentation/api/accounting/purchaseorders."""

    name = "purchase_orders"
    path = "PurchaseOrders"
    key = ("PurchaseOrderID",)
    reader = ByChange(cut=BY_RANGE)


class Quotes(XeroStream):
    """Quotes with their lines. See https://developer.xero.com/documentation/api/accounting/quotes."""

    name = "quotes"
    path = "Quotes"
    key = ("QuoteID",)
    reader = ByChange()


class RepeatingInvoices(XeroStream):
    """Templates of invoices. See https://developer.xero.com/documentation/api/accounting/repeatinginvoices."""

    name = "repeating_invoices"
    path = "RepeatingInvoices"
    key = ("RepeatingInvoiceID",)
    reader = Snapshot()


class LinkedTransactions(XeroStream):
    """Billable expenses. See https://developer.xero.com/documentation/api/accounting/linkedtransactions."""

    name = "linked_transactions"
    path = "LinkedTransactions"
    key = ("LinkedTransactionID",)
    reader = InPasses()


class ManualJournals(XeroStream):
    """Journals that a person or an app entered, with their lines; ``order`` makes Xero ignore the pages.

    See https://developer.xero.com/documentation/api/accounting/manualjournals.
    """

    name = "manual_journals"
    path = "ManualJournals"
    key = ("ManualJournalID",)
    reader = ByChange(cut=Cut(), way=Passes)
