"""For each list of the API: its name, the ID of its records, its scopes, and the parameters that have an effect.

https://developer.xero.com/documentation/api/accounting/overview
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

STAMP = "UpdatedDateUTC"


class Hidden(NamedTuple):
    """Records whose ``field`` is ``status`` are not in the list unless the parameter ``unless`` is true."""

    field: str
    status: str
    unless: str = ""


@dataclass(frozen=True)
class Endpoint:
    """One path under ``/api.xro/2.0/``.

    Attributes:
        path: the path and, unless ``key`` says otherwise, the key of the list in the answer.
        id_field: what identifies a record.
        scopes: any of them opens the path; each also as ``….read``.
        paged: ``page`` and ``pageSize`` work, and a paged answer has a ``pagination`` object.
        hundreds: always paged by a hundred; ``pageSize`` does nothing, there is no ``pagination`` object.
        since: what If-Modified-Since compares; "" where the header does nothing.
        stamped: an edit moves UpdatedDateUTC; some lists have no such field.
        where: ``where`` works.
        order: ``order`` works.
        unit_decimals: unit amounts have two decimals unless ``unitdp=4`` asks for four.
        limited: more than 100,000 documents are refused.
        brief: without ``page`` the records come without their lines.
        hidden: records that the list leaves out.
        filters: parameters with comma-separated values → the field that must have one of them.
        dates: date fields that ``<name>From`` and ``<name>To`` narrow.
    """

    path: str
    id_field: str
    scopes: tuple[str, ...]
    paged: bool = False
    hundreds: bool = False
    since: str = ""
    stamped: bool = True
    where: bool = True
    order: bool = True
    unit_decimals: bool = False
    limited: bool = False
    brief: bool = False
    hidden: Hidden | None = None
    filters: Mapping[str, str] = field(default_factory=dict)
    dates: tuple[str, ...] = ()
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

_ARCHIVED = Hidden("Status", "ARCHIVED", "includeArchived")
_SEVERAL = {"IDs": "", "InvoiceNumbers": "InvoiceNumber", "ContactIDs": "Contact.ContactID", "Statuses": "Status"}
_QUOTE = {"Status": "Status", "QuoteNumber": "QuoteNumber", "ContactID": "Contact.ContactID"}
_LINKS = ("LinkedTransactionID", "SourceTransactionID", "TargetTransactionID", "ContactID", "Status")

_ALL = (
    Endpoint("Accounts", "AccountID", _SETTINGS, since=STAMP),
    Endpoint("TrackingCategories", "TrackingCategoryID", _SETTINGS, stamped=False, hidden=_ARCHIVED),
    Endpoint("Organisation", "OrganisationID", _SETTINGS, stamped=False, key="Organisations"),
    Endpoint(
        "Contacts", "ContactID", _CONTACTS, paged=True, since=STAMP, limited=True, brief=True, filters={"IDs": ""},
        hidden=Hidden("ContactStatus", "ARCHIVED", "includeArchived"),
    ),
    Endpoint(
        "Invoices", "InvoiceID", _INVOICES, paged=True, since=STAMP, unit_decimals=True, limited=True, brief=True,
        hidden=_ARCHIVED, filters=_SEVERAL,
    ),
    Endpoint(
        "ContactGroups", "ContactGroupID", _CONTACTS, stamped=False, brief=True, hidden=Hidden("Status", "DELETED")
    ),
    Endpoint(
        "CreditNotes", "CreditNoteID", _INVOICES, paged=True, since=STAMP, unit_decimals=True, limited=True, brief=True
    ),
    Endpoint(
        "BankTransactions", "BankTransactionID", _BANK, paged=True, since=STAMP, unit_decimals=True, limited=True,
        brief=True,
    ),
    Endpoint(
        "BankTransfers", "BankTransferID", _BANK, since="CreatedDateUTC", stamped=False,
        hidden=Hidden("Status", "DELETED", "includeDeleted"),
    ),
    Endpoint("Payments", "PaymentID", _PAYMENTS, paged=True, since=STAMP, limited=True),
    Endpoint("BatchPayments", "BatchPaymentID", _PAYMENTS, since=STAMP),
    Endpoint(
        "Prepayments", "PrepaymentID", _PAYMENTS, paged=True, since=STAMP, unit_decimals=True, brief=True,
        filters={"InvoiceNumbers": "InvoiceNumber"},
    ),
    Endpoint(
        "Overpayments", "OverpaymentID", _PAYMENTS, paged=True, since=STAMP, unit_decimals=True, brief=True,
        filters={"References": "Reference"},
    ),
    Endpoint("ManualJournals", "ManualJournalID", _MANUAL, paged=True, since=STAMP, limited=True, brief=True),
    Endpoint("Items", "ItemID", (*_INVOICES, *_SETTINGS), since=STAMP, unit_decimals=True),
    Endpoint("TaxRates", "TaxType", _SETTINGS, stamped=False),
    Endpoint("Currencies", "Code", _SETTINGS, stamped=False),
    Endpoint("Users", "UserID", _SETTINGS, since=STAMP),
    Endpoint(
        "PurchaseOrders", "PurchaseOrderID", _INVOICES, paged=True, since=STAMP, where=False, limited=True, brief=True,
        filters={"Status": "Status"}, dates=("Date",),
    ),
    Endpoint(
        "Quotes", "QuoteID", _INVOICES, hundreds=True, since=STAMP, where=False, filters=_QUOTE,
        dates=("Date", "ExpiryDate"),
    ),
    Endpoint("RepeatingInvoices", "RepeatingInvoiceID", _INVOICES, stamped=False),
    Endpoint(
        "LinkedTransactions", "LinkedTransactionID", _INVOICES, hundreds=True, where=False, order=False,
        filters={name: name for name in _LINKS},
    ),
    Endpoint("BrandingThemes", "BrandingThemeID", _SETTINGS, stamped=False, where=False, order=False),
    Endpoint("Receipts", "ReceiptID", _EXPENSES, since=STAMP),
    Endpoint("ExpenseClaims", "ExpenseClaimID", _EXPENSES, since=STAMP),
    Endpoint(
        "Budgets", "BudgetID", ("accounting.budgets",), brief=True, where=False, order=False, filters={"IDs": ""}
    ),
)  # fmt: skip
LISTS = {endpoint.path: endpoint for endpoint in _ALL}
"""Every list by its path. Journals and reports are not lists of documents: ``journals.py`` and ``reports.py`` serve them."""

JOURNAL_SCOPES = ("accounting.journals",)

DEFAULT_SCOPES = (
    "openid profile email offline_access"
    " accounting.invoices.read accounting.payments.read accounting.banktransactions.read"
    " accounting.manualjournals.read accounting.settings.read accounting.contacts.read accounting.budgets.read"
    " accounting.classicexpenses.read accounting.journals.read accounting.reports.trialbalance.read"
    " accounting.reports.balancesheet.read accounting.reports.profitandloss.read accounting.reports.banksummary.read"
)
"""The scopes that the user has granted unless a test changes them: all that this server knows."""


def may_read(granted: set[str], scopes: tuple[str, ...]) -> bool:
    """Return whether one of the scopes is granted, with or without ``.read``."""
    return any(scope in granted or f"{scope}.read" in granted for scope in scopes)
