"""The OAuth scopes that Xero wants for its endpoints.

Apps created since 2 March 2026 have granular scopes only; older apps may use the broad ones until September 2027.
See https://developer.xero.com/documentation/guides/oauth2/scopes.
"""

from __future__ import annotations

_TRANSACTIONS = "accounting.transactions.read"
_INVOICES = ("accounting.invoices.read", _TRANSACTIONS)
_PAYMENTS = ("accounting.payments.read", _TRANSACTIONS)
_BANK = ("accounting.banktransactions.read", _TRANSACTIONS)
_MANUAL_JOURNALS = ("accounting.manualjournals.read", _TRANSACTIONS)
_SETTINGS = ("accounting.settings.read",)
_CONTACTS = ("accounting.contacts.read",)
_REPORTS = "accounting.reports.read"

SCOPES: dict[str, tuple[str, ...]] = {
    "Accounts": _SETTINGS,
    "BankTransactions": _BANK,
    "BankTransfers": _BANK,
    "BatchPayments": _PAYMENTS,
    "BrandingThemes": _SETTINGS,
    "Budgets": ("accounting.budgets.read",),
    "ContactGroups": _CONTACTS,
    "Contacts": _CONTACTS,
    "CreditNotes": _INVOICES,
    "Currencies": _SETTINGS,
    "Invoices": _INVOICES,
    "Items": ("accounting.settings.read", "accounting.invoices.read"),
    "Journals": ("accounting.journals.read",),
    "LinkedTransactions": _INVOICES,
    "ManualJournals": _MANUAL_JOURNALS,
    "Organisation": _SETTINGS,
    "Overpayments": _PAYMENTS,
    "Payments": _PAYMENTS,
    "Prepayments": _PAYMENTS,
    "PurchaseOrders": _INVOICES,
    "Quotes": _INVOICES,
    "RepeatingInvoices": _INVOICES,
    "Reports/BalanceSheet": ("accounting.reports.balancesheet.read", _REPORTS),
    "Reports/BankSummary": ("accounting.reports.banksummary.read", _REPORTS),
    "Reports/ProfitAndLoss": ("accounting.reports.profitandloss.read", _REPORTS),
    "Reports/TrialBalance": ("accounting.reports.trialbalance.read", _REPORTS),
    "TaxRates": _SETTINGS,
    "TrackingCategories": _SETTINGS,
    "Users": _SETTINGS,
}
"""The scopes of each endpoint, the granular one first; one of them is enough to read it."""


def wanted_scope(endpoint: str) -> str:
    """Return the scope that an endpoint wants, or one object of its list (``Budgets/…``), as a part of a sentence."""
    scopes = SCOPES.get(endpoint) or SCOPES.get(endpoint.split("/", maxsplit=1)[0], ())
    if not scopes:
        return "a scope that the documentation lists"
    return " or ".join(scopes)
