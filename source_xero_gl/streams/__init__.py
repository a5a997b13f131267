"""The streams: declarations, and nothing else."""

from __future__ import annotations

from source_xero_gl.engine.stream import XeroStream
from source_xero_gl.readers.journals.reader import ByNumber
from source_xero_gl.settings.settings import Settings
from source_xero_gl.streams import bank, documents, payments, reference, reports
from source_xero_gl.streams.invoices import InvoiceLineItems, Invoices
from source_xero_gl.streams.journals import CashJournalLines, CashJournals, JournalLines, Journals

STREAMS: tuple[XeroStream, ...] = (
    Journals(),
    JournalLines(),
    CashJournals(),
    CashJournalLines(),
    Invoices(),
    InvoiceLineItems(),
    reference.Accounts(),
    reference.TrackingCategories(),
    reference.Organisations(),
    reference.Contacts(),
    reference.ContactGroups(),
    documents.CreditNotes(),
    documents.PurchaseOrders(),
    documents.Quotes(),
    documents.RepeatingInvoices(),
    documents.LinkedTransactions(),
    documents.ManualJournals(),
    payments.Payments(),
    payments.BatchPayments(),
    payments.Prepayments(),
    payments.Overpayments(),
    bank.BankTransactions(),
    bank.BankTransfers(),
    reference.Items(),
    reference.TaxRates(),
    reference.Currencies(),
    reference.BrandingThemes(),
    reference.Users(),
    reports.Budgets(),
    reports.TrialBalanceLines(),
    reports.BalanceSheetLines(),
    reports.ProfitAndLossLines(),
)
"""Every stream, in the order in which ``discover`` lists them."""


def available_streams(settings: Settings) -> list[XeroStream]:
    """Return the streams that the settings ask for: without ``journals.include`` no stream of journals."""
    return [stream for stream in STREAMS if settings.journals.include or not isinstance(stream.parent.reader, ByNumber)]
