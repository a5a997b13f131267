"""Documents beside invoices: credit notes, purchase orders, quotes, repeating invoices and linked transactions."""

from __future__ import annotations

from typing import ClassVar

from source_xero_gl.engine.keyset import KeysetStream
from source_xero_gl.engine.passes import PassStream
from source_xero_gl.engine.snapshot import SnapshotStream


class CreditNotes(KeysetStream):
    """Credit notes with their lines. See https://developer.xero.com/documentation/api/accounting/creditnotes."""

    name = "credit_notes"
    path = "CreditNotes"
    records_key = "CreditNotes"
    id_field = "CreditNoteID"
    params: ClassVar = {"unitdp": 4}
    dated = True
    types = ("ACCRECCREDIT", "ACCPAYCREDIT")


class PurchaseOrders(KeysetStream):
    """Purchase orders with their lines. See https://developer.xero.com/documentation/api/accounting/purchaseorders."""

    name = "purchase_orders"
    path = "PurchaseOrders"
    records_key = "PurchaseOrders"
    id_field = "PurchaseOrderID"


class Quotes(KeysetStream):
    """Quotes with their lines. See https://developer.xero.com/documentation/api/accounting/quotes."""

    name = "quotes"
    path = "Quotes"
    records_key = "Quotes"
    id_field = "QuoteID"


class RepeatingInvoices(SnapshotStream):
    """Templates of invoices. See https://developer.xero.com/documentation/api/accounting/repeatinginvoices."""

    name = "repeating_invoices"
    path = "RepeatingInvoices"
    records_key = "RepeatingInvoices"
    id_field = "RepeatingInvoiceID"


class LinkedTransactions(PassStream):
    """Billable expenses. See https://developer.xero.com/documentation/api/accounting/linkedtransactions."""

    name = "linked_transactions"
    path = "LinkedTransactions"
    records_key = "LinkedTransactions"
    id_field = "LinkedTransactionID"
