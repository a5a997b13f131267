"""What each list of the API is called, what identifies its records, and who may read it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Endpoint:
    """One path under ``/api.xro/2.0/``.

    Attributes:
        path: the path and, unless ``key`` says otherwise, the key of the list in the answer.
        id_field: what identifies a record.
        scopes: any of them opens the path; each also as ``….read``.
        paged: whether ``page`` and ``pageSize`` do anything.
        since: whether ``If-Modified-Since`` does anything.
        archive: the status field by which archived records hide from lists without ``includeArchived``.
    """

    path: str
    id_field: str
    scopes: tuple[str, ...]
    paged: bool = False
    since: bool = False
    archive: str | None = None
    key: str = ""

    @property
    def list_key(self) -> str:
        """The key of the list in the answer."""
        return self.key or self.path


_SETTINGS = ("accounting.settings",)
_INVOICES = ("accounting.invoices", "accounting.transactions")
_PAYMENTS = ("accounting.payments", "accounting.transactions")
_BANK = ("accounting.banktransactions", "accounting.transactions")
_MANUAL = ("accounting.manualjournals", "accounting.transactions")
_CONTACTS = ("accounting.contacts",)
_EXPENSES = ("accounting.classicexpenses", "accounting.transactions")

_ALL = (
    Endpoint("Accounts", "AccountID", _SETTINGS, since=True),
    Endpoint("TrackingCategories", "TrackingCategoryID", _SETTINGS, archive="Status"),
    Endpoint("Organisation", "OrganisationID", _SETTINGS, key="Organisations"),
    Endpoint("Contacts", "ContactID", _CONTACTS, paged=True, since=True, archive="ContactStatus"),
    Endpoint("Invoices", "InvoiceID", _INVOICES, paged=True, since=True, archive="Status"),
    Endpoint("ContactGroups", "ContactGroupID", _CONTACTS),
    Endpoint("CreditNotes", "CreditNoteID", _INVOICES, paged=True, since=True),
    Endpoint("BankTransactions", "BankTransactionID", _BANK, paged=True, since=True),
    Endpoint("BankTransfers", "BankTransferID", _BANK, since=True),
    Endpoint("Payments", "PaymentID", _PAYMENTS, paged=True, since=True),
    Endpoint("BatchPayments", "BatchPaymentID", _PAYMENTS, since=True),
    Endpoint("Prepayments", "PrepaymentID", _PAYMENTS, paged=True, since=True),
    Endpoint("Overpayments", "OverpaymentID", _PAYMENTS, paged=True, since=True),
    Endpoint("ManualJournals", "ManualJournalID", _MANUAL, paged=True, since=True),
    Endpoint("Items", "ItemID", (*_INVOICES, *_SETTINGS), since=True),
    Endpoint("TaxRates", "TaxType", _SETTINGS),
    Endpoint("Currencies", "Code", _SETTINGS),
    Endpoint("Users", "UserID", _SETTINGS, since=True),
    Endpoint("PurchaseOrders", "PurchaseOrderID", _INVOICES, paged=True, since=True),
    Endpoint("Quotes", "QuoteID", _INVOICES, paged=True, since=True),
    Endpoint("RepeatingInvoices", "RepeatingInvoiceID", _INVOICES),
    Endpoint("LinkedTransactions", "LinkedTransactionID", _INVOICES, paged=True),
    Endpoint("BrandingThemes", "BrandingThemeID", _SETTINGS),
    Endpoint("Receipts", "ReceiptID", _EXPENSES, since=True),
    Endpoint("ExpenseClaims", "ExpenseClaimID", _EXPENSES, since=True),
    Endpoint("Budgets", "BudgetID", ("accounting.budgets",)),
)
LISTS = {endpoint.path: endpoint for endpoint in _ALL}
"""Every list by its path. Journals and reports are not lists of documents and are served elsewhere."""

JOURNAL_SCOPES = ("accounting.journals",)
TRIAL_BALANCE_SCOPES = ("accounting.reports.trialbalance", "accounting.reports")

DEFAULT_SCOPES = (
    "openid profile email offline_access"
    " accounting.invoices.read accounting.payments.read accounting.banktransactions.read"
    " accounting.manualjournals.read accounting.settings.read accounting.contacts.read accounting.budgets.read"
    " accounting.classicexpenses.read accounting.journals.read accounting.reports.trialbalance.read"
)
"""What the user has granted, unless a test says otherwise: everything that this server can read."""
