"""Which types of Xero's OpenAPI description the streams consist of, and what the schemas know beyond it, with the reason.

The description is ``xero_accounting.yaml`` of https://github.com/XeroAPI/Xero-OpenAPI.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Source:
    """Where Xero describes the fields of a stream.

    Attributes:
        type_name: the type all of whose fields the stream has; none for the lines of a report.
        chosen: fields that the stream takes from elsewhere: its name of each, and the type and field that it is.
        without: fields of the type that the stream takes apart instead.
    """

    type_name: str | None
    chosen: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    without: frozenset[str] = frozenset()


_OPENED = {
    "Contact": {"ContactID": ("Contact", "ContactID"), "ContactName": ("Contact", "Name")},
    "BankAccount": {
        "BankAccountID": ("Account", "AccountID"),
        "BankAccountCode": ("Account", "Code"),
        "BankAccountName": ("Account", "Name"),
    },
}
_CREDIT = ("Type", "Status", "UpdatedDateUTC", "CurrencyCode", "CurrencyRate", "Contact")
_DOCUMENT = ("Date", "Status", "UpdatedDateUTC", "CurrencyCode", "CurrencyRate", "LineAmountTypes", "Contact")


def _header(owner: str, *names: str) -> dict[str, tuple[str, str]]:
    """Return the columns of a flat table that come from fields of a type; objects among these fields are taken apart."""
    return {column: found for name in names for column, found in _OPENED.get(name, {name: (owner, name)}).items()}


_USES = {
    **_header("Invoice", "InvoiceID", "InvoiceNumber"),
    **_header("CreditNote", "CreditNoteID", "CreditNoteNumber"),
    **_header("Prepayment", "PrepaymentID"),
    **_header("Overpayment", "OverpaymentID"),
}


def _line_item(owner: str, *names: str) -> Source:
    return Source("LineItem", _header(owner, *names), frozenset({"Tracking"}))


def _allocation(owner: str, *names: str) -> Source:
    taken_apart = frozenset({"Invoice", "CreditNote", "Prepayment", "Overpayment"})
    return Source("Allocation", {**_USES, **_header(owner, *names, *_CREDIT)}, taken_apart)


_JOURNAL = ("JournalID", "JournalNumber", "JournalDate", "CreatedDateUTC", "Reference", "SourceID", "SourceType")
JOURNAL_LINE = Source("JournalLine", _header("Journal", *_JOURNAL), frozenset({"TrackingCategories"}))
MANUAL_JOURNAL_LINE = Source(
    "ManualJournalLine",
    _header(
        *("ManualJournal", "ManualJournalID", "Narration", "Date", "Status", "UpdatedDateUTC"),
        *("LineAmountTypes", "ShowOnCashBasisReports"),
    ),
    frozenset({"Tracking"}),
)
BUDGET_LINE = Source(
    "BudgetLine",
    {
        **_header("Budget", "BudgetID", "Type", "Description", "UpdatedDateUTC"),
        **_header("BudgetBalance", "Period", "Amount"),
    },
    frozenset({"BudgetBalances"}),
)
REPORT_LINE = Source(
    None,
    {
        "RowType": ("ReportRow", "RowType"),
        "Section": ("ReportRows", "Title"),
        "AccountID": ("ReportAttribute", "Value"),
        "Account": ("ReportCell", "Value"),
        "UpdatedDateUTC": ("ReportWithRow", "UpdatedDateUTC"),
    },
)
OPTION_LINE = Source(
    None,
    {
        **REPORT_LINE.chosen,
        "TrackingCategoryID": ("TrackingCategory", "TrackingCategoryID"),
        "TrackingCategoryName": ("TrackingCategory", "Name"),
        "TrackingOptionID": ("TrackingOption", "TrackingOptionID"),
        "TrackingOptionName": ("ReportCell", "Value"),
    },
)

SOURCES = {
    "accounts": Source("Account"),
    "balance_sheet_lines": REPORT_LINE,
    "bank_summary_lines": REPORT_LINE,
    "bank_transaction_line_items": _line_item(
        "BankTransaction", "BankTransactionID", "Reference", "Type", "IsReconciled", "BankAccount", *_DOCUMENT
    ),
    "bank_transactions": Source("BankTransaction"),
    "bank_transfers": Source("BankTransfer"),
    "batch_payments": Source("BatchPayment"),
    "branding_themes": Source("BrandingTheme"),
    "budget_lines": BUDGET_LINE,
    "budgets": Source("Budget"),
    "cash_balance_sheet_lines": REPORT_LINE,
    "cash_journal_lines": JOURNAL_LINE,
    "cash_journals": Source("Journal"),
    "cash_profit_and_loss_lines": REPORT_LINE,
    "cash_trial_balance_lines": REPORT_LINE,
    "contact_groups": Source("ContactGroup"),
    "contacts": Source("Contact"),
    "credit_note_allocations": _allocation("CreditNote", "CreditNoteID", "CreditNoteNumber"),
    "credit_note_line_items": _line_item(
        "CreditNote", "CreditNoteID", "CreditNoteNumber", "DueDate", "Type", *_DOCUMENT
    ),
    "credit_notes": Source("CreditNote"),
    "currencies": Source("Currency"),
    "invoice_line_items": _line_item("Invoice", "InvoiceID", "InvoiceNumber", "DueDate", "Type", *_DOCUMENT),
    "invoices": Source("Invoice"),
    "items": Source("Item"),
    "journal_lines": JOURNAL_LINE,
    "journals": Source("Journal"),
    "linked_transactions": Source("LinkedTransaction"),
    "manual_journal_lines": MANUAL_JOURNAL_LINE,
    "manual_journals": Source("ManualJournal"),
    "organisations": Source("Organisation"),
    "overpayment_allocations": _allocation("Overpayment", "OverpaymentID", "Reference"),
    "overpayment_line_items": _line_item("Overpayment", "OverpaymentID", "Reference", "Type", *_DOCUMENT),
    "overpayments": Source("Overpayment"),
    "payments": Source("Payment"),
    "prepayment_allocations": _allocation("Prepayment", "PrepaymentID", "Reference"),
    "prepayment_line_items": _line_item("Prepayment", "PrepaymentID", "Reference", "Type", *_DOCUMENT),
    "prepayments": Source("Prepayment"),
    "profit_and_loss_lines": REPORT_LINE,
    "profit_and_loss_tracking_lines": OPTION_LINE,
    "purchase_order_line_items": _line_item(
        "PurchaseOrder", "PurchaseOrderID", "PurchaseOrderNumber", "DeliveryDate", *_DOCUMENT
    ),
    "purchase_orders": Source("PurchaseOrder"),
    "quote_line_items": _line_item("Quote", "QuoteID", "QuoteNumber", "ExpiryDate", *_DOCUMENT),
    "quotes": Source("Quote"),
    "repeating_invoice_line_items": _line_item(
        *("RepeatingInvoice", "RepeatingInvoiceID", "Reference", "Status", "Type", "CurrencyCode", "LineAmountTypes"),
        "Contact",
    ),
    "repeating_invoices": Source("RepeatingInvoice"),
    "tax_rates": Source("TaxRate"),
    "tracking_categories": Source("TrackingCategory"),
    "trial_balance_lines": REPORT_LINE,
    "users": Source("User"),
}
"""Of each stream, where Xero describes its fields."""

DOCUMENTS = frozenset({"CreditNote", "Invoice", "Overpayment", "Prepayment"})
"""Types that refer to one another without end: below the level where one first occurs, only a reference to it is expected."""

PLAIN_TEXT = frozenset({"BudgetBalance.Period"})
"""Marked as a date, but a month (2019-08) in Xero's own example."""

_TRACKING = "ours: the tracking categories of the line, side by side"
_CELL = "ours: a cell of the report, which Xero sends as text, as a number"
OURS = {
    "TenantID": "ours: the organisation",
    "Date": "ours: the day that the report was asked for",
    "LineNumber": "ours: the position of the line",
    **{f"Tracking{n}{part}": _TRACKING for n in (1, 2) for part in ("Name", "Option", "CategoryID", "OptionID")},
    **dict.fromkeys(("Amount", "Debit", "Credit", "YTDDebit", "YTDCredit"), _CELL),
    **dict.fromkeys(("OpeningBalance", "CashReceived", "CashSpent", "FXGain", "ClosingBalance"), _CELL),
}
"""Fields of streams that are no field of Xero's, and what they are."""

REMOVED = frozenset({"BudgetBalance.Notes", "BudgetBalance.UnitAmount"})
"""In older descriptions; the release notes of 20.1.0 call them unsupported."""

_EXAMPLE = "in Xero's examples"
_REAL = "in real data"
_DOCUMENTED = "in Xero's documentation of the endpoint"
_NEWER = "in the release notes of Xero's descriptions 20.0.0 and 20.1.0"
_SPELLING = "another spelling of the same, in some of Xero's answers"
_WRITTEN = "in Xero's answers to write requests"
EXTRAS = {
    "Account.CreatedDateUTC": _NEWER,
    "Allocation.AllocationId": _SPELLING,
    "BankTransaction.Attachments": _EXAMPLE,
    "BankTransaction.BatchPayment": _EXAMPLE,
    "BankTransaction.DateString": _EXAMPLE,
    "BankTransaction.ExternalLinkProviderName": _REAL,
    "BankTransfer.Attachments": _EXAMPLE,
    "BankTransfer.CreatedDateUTCString": _EXAMPLE,
    "BankTransfer.DateString": _EXAMPLE,
    "Budget.CreatedIn": _NEWER,
    "Budget.Status": _EXAMPLE,
    "Contact.SkypeUserName": _REAL,
    "Contact.Warnings": _WRITTEN,
    "ContactGroup.HasValidationErrors": _EXAMPLE,
    "CreditNote.Attachments": _EXAMPLE,
    "CreditNote.DateString": _EXAMPLE,
    "CreditNote.DueDateString": _REAL,
    "CreditNote.ID": _EXAMPLE,
    "Invoice.DateString": _EXAMPLE,
    "Invoice.DueDateString": _EXAMPLE,
    "Invoice.ExpectedPaymentDateString": _REAL,
    "Invoice.ExternalLinkProviderName": _REAL,
    "Invoice.PlannedPaymentDateString": _REAL,
    "Invoice.SalesTaxCalculationTypeCode": _DOCUMENTED,
    "LineItem.AccountId": _SPELLING,
    "LineItem.DiscountEnteredAsPercent": _EXAMPLE,
    "LineItem.ValidationErrors": _EXAMPLE,
    "LineItemTracking.TrackingCategoryName": _SPELLING,
    "LineItemTracking.TrackingOptionName": _SPELLING,
    "Overpayment.DateString": _EXAMPLE,
    "Overpayment.ID": _EXAMPLE,
    "Prepayment.DateString": _EXAMPLE,
    "Prepayment.ID": _EXAMPLE,
    "PurchaseOrder.DateString": _EXAMPLE,
    "PurchaseOrder.DeliveryDateString": _EXAMPLE,
    "PurchaseOrder.ExpectedArrivalDateString": _REAL,
    "PurchaseOrder.HasErrors": _EXAMPLE,
    "PurchaseOrder.IsDiscounted": _EXAMPLE,
    "PurchaseOrder.Type": _EXAMPLE,
    "RepeatingInvoice.TotalDiscount": _REAL,
    "TrackingCategory.TrackingCategoryName": _SPELLING,
    "TrackingCategory.TrackingOptionName": _SPELLING,
    "TrackingOption.HasValidationErrors": _REAL,
    "TrackingOption.IsActive": _REAL,
    "TrackingOption.IsArchived": _REAL,
    "TrackingOption.IsDeleted": _REAL,
    "TrackingReference.TrackingCategoryName": _SPELLING,
    "TrackingReference.TrackingOptionName": _SPELLING,
    "User.ValidationErrors": _REAL,
    "User.Warnings": _WRITTEN,
}
"""Fields that Xero sends though its description lacks them, by type, and where they are seen."""
