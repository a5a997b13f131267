"""The streams: declarations, and nothing else."""

from __future__ import annotations

from operator import attrgetter

from source_xero_gl.engine.stream import XeroStream
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
    documents.CreditNoteLineItems(),
    documents.CreditNoteAllocations(),
    documents.PurchaseOrders(),
    documents.PurchaseOrderLineItems(),
    documents.Quotes(),
    documents.QuoteLineItems(),
    documents.RepeatingInvoices(),
    documents.RepeatingInvoiceLineItems(),
    documents.LinkedTransactions(),
    documents.ManualJournals(),
    documents.ManualJournalLines(),
    payments.Payments(),
    payments.BatchPayments(),
    payments.Prepayments(),
    payments.PrepaymentLineItems(),
    payments.PrepaymentAllocations(),
    payments.Overpayments(),
    payments.OverpaymentLineItems(),
    payments.OverpaymentAllocations(),
    bank.BankTransactions(),
    bank.BankTransactionLineItems(),
    bank.BankTransfers(),
    reference.Items(),
    reference.TaxRates(),
    reference.Currencies(),
    reference.BrandingThemes(),
    reference.Users(),
    reports.Budgets(),
    reports.BudgetLines(),
    reports.TrialBalanceLines(),
    reports.BalanceSheetLines(),
    reports.ProfitAndLossLines(),
    reports.ProfitAndLossTrackingLines(),
    reports.CashTrialBalanceLines(),
    reports.CashBalanceSheetLines(),
    reports.CashProfitAndLossLines(),
    reports.BankSummaryLines(),
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
    """Return the streams that the settings ask for: every one whose switch is on."""
    switches = ((stream, stream.parent.switch) for stream in STREAMS)
    return [stream for stream, switch in switches if switch is None or attrgetter(switch)(settings)]
