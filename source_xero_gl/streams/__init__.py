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

LEDGER_STREAMS = (
    "invoices",
    "credit_notes",
    "payments",
    "bank_transactions",
    "bank_transfers",
    "manual_journals",
    "prepayments",
    "overpayments",
    "accounts",
    "organisations",
    "trial_balance_lines",
    "tax_rates",
)
"""Streams from which a ledger can be rebuilt without journals, and compared with Xero's trial balance."""

LEDGER_EXTRAS = ("currencies", "items", "contacts", "tracking_categories")
"""Streams that such a ledger uses when they are there."""


def available_streams(settings: Settings) -> list[XeroStream]:
    """Return the streams that the settings ask for: without ``journals.include`` no stream of journals."""
    return [stream for stream in STREAMS if settings.journals.include or not isinstance(stream.parent.reader, ByNumber)]
