"""Documents beside invoices: credit notes, purchase orders, quotes, manual journals and the like, and their lines."""

from __future__ import annotations

from typing import ClassVar

from source_xero_gl.engine.flat import CREDIT, DOCUMENT, LINE_NUMBER, FlatStream
from source_xero_gl.engine.stream import XeroStream
from source_xero_gl.readers.changes.reader import ByChange
from source_xero_gl.readers.changes.state import UPDATED
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


class CreditNoteLineItems(FlatStream):
    """A record for each line of the credit notes."""

    name = "credit_note_line_items"
    nested = CreditNotes()
    header = ("CreditNoteID", "CreditNoteNumber", "DueDate", "Type", *DOCUMENT)
    key = ("CreditNoteID", LINE_NUMBER)


class CreditNoteAllocations(FlatStream):
    """A record for each amount of a credit note that was allocated to an invoice."""

    name = "credit_note_allocations"
    nested = CreditNotes()
    lines_field = "Allocations"
    header = ("CreditNoteID", "CreditNoteNumber", *CREDIT)
    key = ("CreditNoteID", LINE_NUMBER)


class PurchaseOrders(XeroStream):
    """Purchase orders with their lines. See https://developer.xero.com/documentation/api/accounting/purchaseorders."""

    name = "purchase_orders"
    path = "PurchaseOrders"
    key = ("PurchaseOrderID",)
    reader = ByChange(cut=BY_RANGE)


class PurchaseOrderLineItems(FlatStream):
    """A record for each line of the purchase orders."""

    name = "purchase_order_line_items"
    nested = PurchaseOrders()
    header = ("PurchaseOrderID", "PurchaseOrderNumber", "DeliveryDate", *DOCUMENT)
    key = ("PurchaseOrderID", LINE_NUMBER)


class Quotes(XeroStream):
    """Quotes with their lines. See https://developer.xero.com/documentation/api/accounting/quotes."""

    name = "quotes"
    path = "Quotes"
    key = ("QuoteID",)
    reader = ByChange()
    fixed_pages = True


class QuoteLineItems(FlatStream):
    """A record for each line of the quotes."""

    name = "quote_line_items"
    nested = Quotes()
    header = ("QuoteID", "QuoteNumber", "ExpiryDate", *DOCUMENT)
    key = ("QuoteID", LINE_NUMBER)


class RepeatingInvoices(XeroStream):
    """Templates of invoices. See https://developer.xero.com/documentation/api/accounting/repeatinginvoices."""

    name = "repeating_invoices"
    path = "RepeatingInvoices"
    key = ("RepeatingInvoiceID",)
    reader = Snapshot()


class RepeatingInvoiceLineItems(FlatStream):
    """A record for each line of the templates."""

    name = "repeating_invoice_line_items"
    nested = RepeatingInvoices()
    header = ("RepeatingInvoiceID", "Reference", "Status", "Type", "CurrencyCode", "LineAmountTypes", "Contact")
    key = ("RepeatingInvoiceID", LINE_NUMBER)


class LinkedTransactions(XeroStream):
    """Billable expenses. See https://developer.xero.com/documentation/api/accounting/linkedtransactions."""

    name = "linked_transactions"
    path = "LinkedTransactions"
    key = ("LinkedTransactionID",)
    reader = InPasses()
    fixed_pages = True


class ManualJournals(XeroStream):
    """Journals that a person or an app entered, with their lines; ``order`` makes Xero ignore the pages.

    See https://developer.xero.com/documentation/api/accounting/manualjournals.
    """

    name = "manual_journals"
    path = "ManualJournals"
    key = ("ManualJournalID",)
    reader = ByChange(cut=Cut(), way=Passes)


class ManualJournalLines(FlatStream):
    """A record for each line of the manual journals."""

    name = "manual_journal_lines"
    nested = ManualJournals()
    lines_field = "JournalLines"
    header = ("ManualJournalID", "Narration", "Date", "Status", UPDATED, "LineAmountTypes", "ShowOnCashBasisReports")
    key = ("ManualJournalID", LINE_NUMBER)
