"""What must arrive: the local Xero's own records, turned into what the documentation promises, without the connector's code."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from jsonschema import Draft7Validator, FormatChecker

from integration_tests.protocol import Json
from local_xero.process import XeroServerProcess

LISTS = {
    "journals": ("Journals", "JournalID"),
    "invoices": ("Invoices", "InvoiceID"),
    "accounts": ("Accounts", "AccountID"),
    "tracking_categories": ("TrackingCategories", "TrackingCategoryID"),
    "organisations": ("Organisation", "OrganisationID"),
    "contacts": ("Contacts", "ContactID"),
}
"""The lists that a ledger needs first: each stream's list in the local Xero and the ID in it."""

ALL_LISTS = LISTS | {
    "cash_journals": ("Journals", "JournalID"),
    "contact_groups": ("ContactGroups", "ContactGroupID"),
    "credit_notes": ("CreditNotes", "CreditNoteID"),
    "purchase_orders": ("PurchaseOrders", "PurchaseOrderID"),
    "quotes": ("Quotes", "QuoteID"),
    "repeating_invoices": ("RepeatingInvoices", "RepeatingInvoiceID"),
    "linked_transactions": ("LinkedTransactions", "LinkedTransactionID"),
    "manual_journals": ("ManualJournals", "ManualJournalID"),
    "payments": ("Payments", "PaymentID"),
    "batch_payments": ("BatchPayments", "BatchPaymentID"),
    "prepayments": ("Prepayments", "PrepaymentID"),
    "overpayments": ("Overpayments", "OverpaymentID"),
    "bank_transactions": ("BankTransactions", "BankTransactionID"),
    "bank_transfers": ("BankTransfers", "BankTransferID"),
    "items": ("Items", "ItemID"),
    "tax_rates": ("TaxRates", "TaxType"),
    "currencies": ("Currencies", "Code"),
    "branding_themes": ("BrandingThemes", "BrandingThemeID"),
    "users": ("Users", "UserID"),
    "budgets": ("Budgets", "BudgetID"),
}
"""Every stream whose records are the objects of a list."""

_DAYS = frozenset(
    [
        *("JournalDate", "Date", "DueDate", "ExpectedPaymentDate", "PlannedPaymentDate", "FullyPaidOnDate"),
        *("PeriodLockDate", "EndOfYearLockDate", "DeliveryDate", "ExpectedArrivalDate", "ExpiryDate"),
        *("StartDate", "NextScheduledDate", "EndDate"),
    ]
)
"""Fields that are calendar dates; those that end in UTC are instants. Everything else is text."""

_QUOTED: dict[str, Callable[[str], object]] = {
    "TotalAmount": Decimal,
    "IsReconciled": "true".__eq__,
}
"""Numbers and booleans of the batch inside a payment, which Xero quotes: https://developer.xero.com/documentation/api/accounting/payments."""

_WIRE_DATE = re.compile(r"/Date\((-?[0-9]+)(?:[+-][0-9]{4})?\)/")
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z")
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)

_FORMATS = FormatChecker(["date", "uuid"])


@_FORMATS.checks("date-time", raises=ValueError)
def _is_instant(value: object) -> bool:
    return not isinstance(value, str) or (
        _INSTANT.fullmatch(value) is not None and datetime.fromisoformat(value.replace("Z", "+00:00")) is not None
    )


@_FORMATS.checks("date", raises=ValueError)
def _is_day(value: object) -> bool:
    return not isinstance(value, str) or date.fromisoformat(value).isoformat() == value


def iso(millis: int) -> str:
    """Write an instant, milliseconds since the epoch, as records and settings carry it."""
    return (_EPOCH + timedelta(milliseconds=millis)).strftime("%Y-%m-%dT%H:%M:%S.") + f"{millis % 1000:03d}Z"


def truth(xero: XeroServerProcess, stream: str) -> list[Json]:
    """List the records that a complete read of a stream must bring, amounts as Decimals."""
    name = ALL_LISTS[stream][0]
    rows = xero.control("truth", {"list": name, "cash": stream == "cash_journals"}, Decimal)["records"]
    return [{"TenantID": xero.tenant_id, **converted(row)} for row in rows]


def converted(value: Any, name: str = "") -> Any:
    """Turn a wire value of a field into what a record carries."""
    if isinstance(value, dict):
        return {key: converted(item, key) for key, item in value.items()}
    if isinstance(value, list):
        return [converted(item) for item in value]
    if isinstance(value, str) and name in _QUOTED:
        return _QUOTED[name](value)
    found = _WIRE_DATE.fullmatch(value) if isinstance(value, str) else None
    if found and name.endswith("UTC"):
        return iso(int(found[1]))
    return iso(int(found[1]))[:10] if found and name in _DAYS else value


def assert_same(stream: str, records: Iterable[Json], wanted: Iterable[Json]) -> None:
    """Compare records with what was wanted: each once, nothing lost, nothing invented, no value changed."""
    key = ALL_LISTS[stream][1]
    got = list(records)
    by_id, wanted_by_id = {row[key]: row for row in got}, {row[key]: row for row in wanted}
    assert len(by_id) == len(got), "a record came twice"
    lost, invented = sorted(wanted_by_id.keys() - by_id), sorted(by_id.keys() - wanted_by_id)
    assert not lost, f"{len(lost)} records of {stream} were lost, such as {wanted_by_id[lost[0]]}"
    assert not invented, f"{len(invented)} records of {stream} came that were not wanted, such as {by_id[invented[0]]}"
    changed = [(row, by_id[row_id]) for row_id, row in wanted_by_id.items() if row != by_id[row_id]]
    assert not changed, f"{len(changed)} records were changed on the way, first (wanted, got): {changed[0]}"


def check_records(stream: Json, records: Iterable[Json]) -> None:
    """Validate records against the schema of a discovered stream, formats included."""
    validator = Draft7Validator(stream["json_schema"], format_checker=_FORMATS)
    for record in records:
        faults = [(error.json_path, error.message) for error in validator.iter_errors(record)]
        assert not faults, f"a record of {stream['name']} does not have its schema: {faults[:3]}"


def undeclared(schema: Json, value: Any, path: str = "") -> set[str]:
    """Name the fields of a record, nested ones too, that its schema does not declare; objects of any shape declare none."""
    if isinstance(value, list):
        items = schema.get("items") or {}
        return {name for item in value for name in undeclared(items, item, path)}
    declared = schema.get("properties")
    if not isinstance(value, dict) or declared is None:
        return set()
    unknown = {f"{path}{name}" for name in value.keys() - declared.keys()}
    known = [(declared[name], item, f"{path}{name}.") for name, item in value.items() if name in declared]
    return unknown.union(*(undeclared(*part) for part in known))
