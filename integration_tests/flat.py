"""What flat streams must bring: the lines of the nested records, by the documentation, without the connector's code."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from integration_tests.protocol import Json
from local_xero.process import XeroServerProcess


class Table(NamedTuple):
    """A flat table: the stream whose pages it shares, what its rows carry of a record, and where lines and tracking are."""

    nested: str
    header: tuple[str, ...]
    contact: bool = True
    lines: str = "LineItems"
    tracking: str = "Tracking"


_JOURNAL = ("JournalID", "JournalNumber", "JournalDate", "CreatedDateUTC", "SourceType", "SourceID", "Reference")
_DOCUMENT = ("Date", "Status", "UpdatedDateUTC", "CurrencyCode", "CurrencyRate", "LineAmountTypes")
_CREDIT = ("Type", "Status", "UpdatedDateUTC", "CurrencyCode", "CurrencyRate")

TABLES = {
    "journal_lines": Table("journals", _JOURNAL, contact=False, lines="JournalLines", tracking="TrackingCategories"),
    "cash_journal_lines": Table(
        "cash_journals", _JOURNAL, contact=False, lines="JournalLines", tracking="TrackingCategories"
    ),
    "invoice_line_items": Table("invoices", ("InvoiceID", "InvoiceNumber", "DueDate", "Type", *_DOCUMENT)),
    "credit_note_line_items": Table(
        "credit_notes", ("CreditNoteID", "CreditNoteNumber", "DueDate", "Type", *_DOCUMENT)
    ),
    "credit_note_allocations": Table(
        "credit_notes", ("CreditNoteID", "CreditNoteNumber", *_CREDIT), lines="Allocations"
    ),
    "purchase_order_line_items": Table(
        "purchase_orders", ("PurchaseOrderID", "PurchaseOrderNumber", "DeliveryDate", *_DOCUMENT)
    ),
    "quote_line_items": Table("quotes", ("QuoteID", "QuoteNumber", "ExpiryDate", *_DOCUMENT)),
    "repeating_invoice_line_items": Table(
        "repeating_invoices",
        ("RepeatingInvoiceID", "Reference", "Status", "Type", "CurrencyCode", "LineAmountTypes"),
    ),
    "manual_journal_lines": Table(
        "manual_journals",
        (
            *("ManualJournalID", "Narration", "Date", "Status", "UpdatedDateUTC", "LineAmountTypes"),
            "ShowOnCashBasisReports",
        ),
        contact=False,
        lines="JournalLines",
    ),
    "prepayment_line_items": Table("prepayments", ("PrepaymentID", "Reference", "Type", *_DOCUMENT)),
    "prepayment_allocations": Table("prepayments", ("PrepaymentID", "Reference", *_CREDIT), lines="Allocations"),
    "overpayment_line_items": Table("overpayments", ("OverpaymentID", "Reference", "Type", *_DOCUMENT)),
    "overpayment_allocations": Table("overpayments", ("OverpaymentID", "Reference", *_CREDIT), lines="Allocations"),
    "bank_transaction_line_items": Table(
        "bank_transactions", ("BankTransactionID", "Reference", "Type", "IsReconciled", *_DOCUMENT)
    ),
    "budget_lines": Table("budgets", ("BudgetID", "Type", "Description", "UpdatedDateUTC"), contact=False),
}
"""Every flat table."""

TWINS = {flat: table.nested for flat, table in TABLES.items()}
"""Each flat stream and the nested one whose pages it shares."""

_TRACKING = {"Name": "Name", "Option": "Option", "CategoryID": "TrackingCategoryID", "OptionID": "TrackingOptionID"}


def allocate(xero: XeroServerProcess) -> None:
    """Allocate part of a prepayment and of an overpayment, in two amounts, to invoices."""
    uses = [
        {
            "AllocationID": f"00000000-0000-4000-8000-00000000000{number}",
            "Invoice": {
                "InvoiceID": invoice["InvoiceID"],
                "InvoiceNumber": invoice["InvoiceNumber"],
                "HasErrors": False,
            },
            "Amount": 1.25 * number,
            "Date": "/Date(1772323200000+0000)/",
            "IsDeleted": number == 2,
        }
        for number, invoice in enumerate(xero.truth("Invoices")[:2], 1)
    ]
    for name in ("Prepayments", "Overpayments"):
        changes = {"Allocations": uses}
        xero.control("records/edit", {"list": name, "index": 0, "changes": changes, "stamp": None})


def flat_rows(flat: str, nested: Iterable[Json]) -> list[Json]:
    """List the rows of a flat stream that belong to nested records; the CDK writes no field of a record that is null."""
    rows = (row for record in nested for row in _rows(flat, record))
    return [{name: value for name, value in row.items() if value is not None} for row in rows]


def _rows(flat: str, record: Json) -> list[Json]:
    table = TABLES[flat]
    head = {name: record[name] for name in ("TenantID", *table.header) if name in record}
    if table.contact:
        contact = record.get("Contact") or {}  # transfers have none
        head |= {"ContactID": contact.get("ContactID"), "ContactName": contact.get("Name")}
    if flat == "bank_transaction_line_items":
        bank = record["BankAccount"]
        head |= {f"BankAccount{short}": bank.get(name) for short, name in _BANK_ACCOUNT.items()}
    if flat == "budget_lines":
        lines = _months(record)
    elif table.lines == "Allocations":
        lines = [_allocation(use) for use in record.get("Allocations", [])]
    else:
        lines = [_spelled(line) for line in record.get(table.lines) or []]
    return [
        {**_without(line, table.tracking), **_tracking(line.get(table.tracking, [])), **head, "LineNumber": number}
        for number, line in enumerate(lines, 1)
    ]


_BANK_ACCOUNT = {"ID": "AccountID", "Code": "Code", "Name": "Name"}


def _spelled(line: Json) -> Json:
    """Give the account of a line the spelling that flat tables have."""
    account = {"AccountID": line["AccountId"]} if "AccountId" in line else {}
    return {**_without(line, "AccountId"), **account}


def _allocation(use: Json) -> Json:
    invoice = use["Invoice"]
    return {**_without(use, "Invoice"), "InvoiceID": invoice["InvoiceID"], "InvoiceNumber": invoice["InvoiceNumber"]}


def _months(budget: Json) -> list[Json]:
    """List the months of each account, with the tracking of the budget."""
    return [
        {"AccountID": line["AccountID"], "AccountCode": line["AccountCode"], "Tracking": budget["Tracking"], **balance}
        for line in budget["BudgetLines"]
        for balance in line["BudgetBalances"]
    ]


def _without(line: Json, name: str) -> Json:
    return {key: value for key, value in line.items() if key != name}


def _tracking(categories: list[Json]) -> Json:
    return {
        f"Tracking{number}{name}": category.get(field)
        for number, category in enumerate(categories, 1)
        for name, field in _TRACKING.items()
    }
