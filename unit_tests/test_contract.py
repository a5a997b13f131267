"""The contract with those who use the connector: what stands in their catalogs, states, tables and settings.

Everything here is written out, and compared with the code. When a test of this module fails, the change breaks users: their
catalogs, saved states, tables or settings no longer fit. Then either take the change back, or
- raise the version in ``setup.py`` and ``metadata.yaml``: the major one when a stream, key, cursor or setting changes or goes,
- say in ``metadata.yaml`` (breakingChanges) and in the docs how to migrate, and keep reading old states, or raise ``VERSION`` of
  the states so that they are refused with a sentence,
- write it into ``CHANGELOG.md`` in the user's words,
and only then change this module. What is new and optional, a stream or a setting with a default, is added here and needs a
minor version.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import Mock

import pytest
import yaml
from airbyte_cdk.models import SyncMode

import source_xero_gl
from source_xero_gl.engine.cursor import NO_CURSOR_STATE
from source_xero_gl.engine.reading import engine_stream
from source_xero_gl.engine.stream import XeroStream
from source_xero_gl.readers.changes.state import ChangesState, StampRange
from source_xero_gl.readers.changes.windows import Window
from source_xero_gl.readers.journals.missing import Missing
from source_xero_gl.readers.journals.state import JournalRange, JournalState
from source_xero_gl.readers.months import Month, month_of
from source_xero_gl.readers.reports.month_ends import MonthEnds
from source_xero_gl.streams import STREAMS

TENANT = "3f2a7c1e-5b0d-4e86-9a41-6d7c8e9f0a1b"
FULL, INCREMENTAL = SyncMode.full_refresh, SyncMode.incremental
NUMBER, UPDATED = "JournalNumber", "UpdatedDateUTC"
ALL_STATUSES = "DRAFT,SUBMITTED,AUTHORISED,PAID,VOIDED,DELETED"
INVOICE_PARAMS: dict[str, str | int] = {"Statuses": ALL_STATUSES, "includeArchived": "true", "unitdp": 4}


class Contract(NamedTuple):
    """A stream as users know it: key besides TenantID, cursor (without one: full refresh only), endpoint and query."""

    key: tuple[str, ...]
    cursor: str | None
    path: str
    params: dict[str, str | int]


CONTRACTS = {
    "journals": Contract(("JournalID",), NUMBER, "Journals", {}),
    "journal_lines": Contract(("JournalLineID",), NUMBER, "Journals", {}),
    "cash_journals": Contract(("JournalID",), NUMBER, "Journals", {"paymentsOnly": "true"}),
    "cash_journal_lines": Contract(("JournalLineID",), NUMBER, "Journals", {"paymentsOnly": "true"}),
    "invoices": Contract(("InvoiceID",), UPDATED, "Invoices", INVOICE_PARAMS),
    "invoice_line_items": Contract(("InvoiceID", "LineNumber"), UPDATED, "Invoices", INVOICE_PARAMS),
    "accounts": Contract(("AccountID",), None, "Accounts", {}),
    "tracking_categories": Contract(("TrackingCategoryID",), None, "TrackingCategories", {"includeArchived": "true"}),
    "organisations": Contract(("OrganisationID",), None, "Organisation", {}),
    "contacts": Contract(("ContactID",), UPDATED, "Contacts", {"includeArchived": "true"}),
    "contact_groups": Contract(("ContactGroupID",), None, "ContactGroups", {}),
    "credit_notes": Contract(("CreditNoteID",), UPDATED, "CreditNotes", {"unitdp": 4}),
    "credit_note_line_items": Contract(("CreditNoteID", "LineNumber"), UPDATED, "CreditNotes", {"unitdp": 4}),
    "credit_note_allocations": Contract(("CreditNoteID", "LineNumber"), UPDATED, "CreditNotes", {"unitdp": 4}),
    "purchase_orders": Contract(("PurchaseOrderID",), UPDATED, "PurchaseOrders", {}),
    "purchase_order_line_items": Contract(("PurchaseOrderID", "LineNumber"), UPDATED, "PurchaseOrders", {}),
    "quotes": Contract(("QuoteID",), UPDATED, "Quotes", {}),
    "quote_line_items": Contract(("QuoteID", "LineNumber"), UPDATED, "Quotes", {}),
    "repeating_invoices": Contract(("RepeatingInvoiceID",), None, "RepeatingInvoices", {}),
    "repeating_invoice_line_items": Contract(("RepeatingInvoiceID", "LineNumber"), None, "RepeatingInvoices", {}),
    "linked_transactions": Contract(("LinkedTransactionID",), None, "LinkedTransactions", {}),
    "manual_journals": Contract(("ManualJournalID",), UPDATED, "ManualJournals", {}),
    "manual_journal_lines": Contract(("ManualJournalID", "LineNumber"), UPDATED, "ManualJournals", {}),
    "payments": Contract(("PaymentID",), UPDATED, "Payments", {}),
    "batch_payments": Contract(("BatchPaymentID",), UPDATED, "BatchPayments", {}),
    "prepayments": Contract(("PrepaymentID",), UPDATED, "Prepayments", {"unitdp": 4}),
    "prepayment_line_items": Contract(("PrepaymentID", "LineNumber"), UPDATED, "Prepayments", {"unitdp": 4}),
    "prepayment_allocations": Contract(("PrepaymentID", "LineNumber"), UPDATED, "Prepayments", {"unitdp": 4}),
    "overpayments": Contract(("OverpaymentID",), UPDATED, "Overpayments", {"unitdp": 4}),
    "overpayment_line_items": Contract(("OverpaymentID", "LineNumber"), UPDATED, "Overpayments", {"unitdp": 4}),
    "overpayment_allocations": Contract(("OverpaymentID", "LineNumber"), UPDATED, "Overpayments", {"unitdp": 4}),
    "bank_transactions": Contract(("BankTransactionID",), UPDATED, "BankTransactions", {"unitdp": 4}),
    "bank_transaction_line_items": Contract(
        ("BankTransactionID", "LineNumber"), UPDATED, "BankTransactions", {"unitdp": 4}
    ),
    "bank_transfers": Contract(("BankTransferID",), None, "BankTransfers", {"includeDeleted": "true"}),
    "items": Contract(("ItemID",), None, "Items", {"unitdp": 4}),
    "tax_rates": Contract(("TaxType",), None, "TaxRates", {}),
    "currencies": Contract(("Code",), None, "Currencies", {}),
    "branding_themes": Contract(("BrandingThemeID",), None, "BrandingThemes", {}),
    "users": Contract(("UserID",), UPDATED, "Users", {}),
    "budgets": Contract(("BudgetID",), None, "Budgets", {}),
    "budget_lines": Contract(("BudgetID", "LineNumber"), None, "Budgets", {}),
    "trial_balance_lines": Contract(("Date", "LineNumber"), "Date", "Reports/TrialBalance", {}),
    "balance_sheet_lines": Contract(("Date", "LineNumber"), "Date", "Reports/BalanceSheet", {"standardLayout": "true"}),
    "profit_and_loss_lines": Contract(
        ("Date", "LineNumber"), "Date", "Reports/ProfitAndLoss", {"standardLayout": "true"}
    ),
    "profit_and_loss_tracking_lines": Contract(
        ("Date", "TrackingCategoryID", "LineNumber"), "Date", "Reports/ProfitAndLoss", {"standardLayout": "true"}
    ),
    "cash_trial_balance_lines": Contract(
        ("Date", "LineNumber"), "Date", "Reports/TrialBalance", {"paymentsOnly": "true"}
    ),
    "cash_balance_sheet_lines": Contract(
        ("Date", "LineNumber"), "Date", "Reports/BalanceSheet", {"standardLayout": "true", "paymentsOnly": "true"}
    ),
    "cash_profit_and_loss_lines": Contract(
        ("Date", "LineNumber"), "Date", "Reports/ProfitAndLoss", {"standardLayout": "true", "paymentsOnly": "true"}
    ),
    "bank_summary_lines": Contract(("Date", "LineNumber"), "Date", "Reports/BankSummary", {}),
}

SETTINGS: dict[str, tuple[str, object]] = {
    "credentials": ("object", None),
    "credentials[oauth2.0].auth_type": ("string", "oauth2.0"),
    "credentials[oauth2.0].client_id": ("string", None),
    "credentials[oauth2.0].client_secret": ("string", None),
    "credentials[oauth2.0].refresh_token": ("string", None),
    "credentials[oauth2.0].access_token": ("string", None),
    "credentials[oauth2.0].token_expiry_date": ("string", None),
    "credentials[custom_connection].auth_type": ("string", "custom_connection"),
    "credentials[custom_connection].client_id": ("string", None),
    "credentials[custom_connection].client_secret": ("string", None),
    "credentials[access_token].auth_type": ("string", "access_token"),
    "credentials[access_token].access_token": ("string", None),
    "tenant": ("string", None),
    "journals": ("object", None),
    "journals.include": ("boolean", True),
    "journals.starting_at_journal_id": ("integer", None),
    "journals.ending_at_journal_id": ("integer", None),
    "journals.modified_since": ("string", None),
    "invoices": ("object", None),
    "invoices.modified_since": ("string", None),
    "invoices.reread_days": ("integer", None),
    "reports": ("object", None),
    "reports.starting_on": ("string", None),
    "reports.cash_basis": ("boolean", False),
    "reports.by_tracking": ("boolean", False),
    "reports.bank_summary": ("boolean", False),
    "reread_days": ("integer", 0),
    "calls_per_minute": ("integer", 60),
    "daily_call_reserve": ("integer", 0),
}
"""Type and default of every setting."""

REQUIRED = {
    "form": ["credentials"],
    "credentials[oauth2.0]": ["auth_type", "client_id", "refresh_token"],
    "credentials[custom_connection]": ["auth_type", "client_id", "client_secret"],
    "credentials[access_token]": ["auth_type", "access_token"],
}

each_stream = pytest.mark.parametrize("stream", STREAMS, ids=lambda stream: stream.name)


def form() -> dict[str, Any]:
    """Return the form of the settings."""
    spec = Path(source_xero_gl.__file__).with_name("spec.yaml").read_text(encoding="utf-8")
    found: dict[str, Any] = yaml.safe_load(spec)["connectionSpecification"]
    return found


def fields(schema: dict[str, Any], place: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every setting of a form, with the sections that it is in."""
    for name, field in schema.get("properties", {}).items():
        yield place + name, field
        yield from fields(field, f"{place}{name}.")
        for option in field.get("oneOf", []):
            yield from fields(option, f"{place}{name}[{option['properties']['auth_type']['const']}].")


def test_the_streams_and_their_order() -> None:
    """A stream that is renamed or gone leaves its users without a table; a new one is named here."""
    assert [stream.name for stream in STREAMS] == list(CONTRACTS)


@each_stream
def test_the_key_of_a_stream(stream: XeroStream) -> None:
    """Another key makes destinations merge rows wrongly: tables must be loaded again."""
    key = [["TenantID"], *([field] for field in CONTRACTS[stream.name].key)]
    assert engine_stream(stream).as_airbyte_stream().source_defined_primary_key == key


@each_stream
def test_the_cursor_and_sync_modes_of_a_stream(stream: XeroStream) -> None:
    """Another cursor or mode does not fit the catalogs of connections that exist."""
    entry, cursor = engine_stream(stream).as_airbyte_stream(), CONTRACTS[stream.name].cursor
    assert entry.supported_sync_modes == ([FULL, INCREMENTAL] if cursor else [FULL])
    assert (entry.default_cursor_field or []) == ([cursor] if cursor else [])
    assert bool(entry.source_defined_cursor) is (cursor is not None)


@each_stream
def test_the_endpoint_and_query_of_a_stream(stream: XeroStream) -> None:
    """Another query brings other rows or fields: deleted and archived ones, and unit amounts with four decimals."""
    contract = CONTRACTS[stream.name]
    assert (stream.parent.path, dict(stream.parent.params)) == (contract.path, contract.params)


def test_lists_without_a_page_size_are_asked_without_it() -> None:
    """Xero's description knows no ``pageSize`` for two lists; what it does with one there is not said."""
    fixed = {stream.parent for stream in STREAMS if stream.parent.fixed_pages}
    assert {stream.path for stream in fixed} == {"LinkedTransactions", "Quotes"}
    for stream in STREAMS:
        client = Mock()
        stream.parent.fetch_with(client)({"page": 2, "pageSize": 1000})
        assert ("pageSize" in client.page.call_args.args[2]) is not stream.parent.fixed_pages


def test_the_state_of_journals() -> None:
    """States that platforms keep must be read by every later version."""
    part = JournalRange(3, 4711, 1_000, 2)
    known = {"starting_at": 3, "modified_since": "1970-01-01T00:00:01.000Z", "older_through": 2}
    blob = {"JournalNumber": 4711, **known, "version": 1, "TenantID": TENANT}
    assert JournalState(part).as_blob(TENANT) == blob
    full = JournalState(part, JournalRange(1, 2), 9, (Missing(5, 6, 1_000),))
    below = {"JournalNumber": 2, "starting_at": 1, "modified_since": None, "older_through": 0, "until": 9}
    missing = [{"first": 5, "last": 6, "behind": "1970-01-01T00:00:01.000Z"}]
    assert full.as_blob(TENANT) == {**blob, "backfill": below, "missing": missing}


def test_the_state_of_a_list_by_change_date() -> None:
    """The same for invoices, other lists with UpdatedDateUTC, and those that are read by passes."""
    second, third = "1970-01-01T00:00:02.000Z", "1970-01-01T00:00:03.000Z"
    plain = ChangesState(StampRange(None, 2_000))
    blob = {"UpdatedDateUTC": second, "modified_since": None, "version": 1, "TenantID": TENANT}
    assert plain.as_blob(TENANT) == blob
    window = Window(date(2024, 3, 1), date(2024, 4, 1), kind="ACCPAY", status="PAID", done=True, through=2_000)
    cut = {
        "first": "2024-03-01",
        "end": "2024-04-01",
        "kind": "ACCPAY",
        "status": "PAID",
        "done": True,
        "through": second,
    }
    main = StampRange(None, 2_000, (window, Window(dated=False)), 3_000)
    full = ChangesState(main, StampRange(None, 2_000), 3_000, 3_000)
    backfill = {"UpdatedDateUTC": second, "modified_since": None, "until": third}
    more = {"windows": [cut, {"undated": True}], "began": third, "whole_at": third, "backfill": backfill}
    assert full.as_blob(TENANT) == {**blob, **more}


def test_the_state_of_a_report() -> None:
    """The last month that is closed, and what the reading began with."""
    months: tuple[Month, Month] = (month_of(date(2025, 4, 30)), month_of(date(2026, 1, 31)))
    blob = {"Date": "2026-01-31", "starting_on": None, "first": "2025-04-30", "version": 1, "TenantID": TENANT}
    assert MonthEnds(None, *months).as_blob(TENANT) == blob
    assert MonthEnds(date(2025, 4, 1), *months).as_blob(TENANT) == {**blob, "starting_on": "2025-04-01"}
    by_category = MonthEnds(None, *months, ("a", "b")).as_blob(TENANT)
    assert by_category == {**blob, "categories": ["a", "b"]}


def test_the_state_of_a_stream_without_a_cursor() -> None:
    """The key is the platform's own."""
    assert NO_CURSOR_STATE == {"__ab_no_cursor_state_message": True}


def test_the_settings() -> None:
    """A setting that goes, or another type or default, changes syncs that were configured before."""
    assert {name: (field["type"], field.get("default")) for name, field in fields(form())} == SETTINGS


def test_what_a_config_must_hold() -> None:
    """A setting that becomes required makes configs invalid that were saved before."""
    options = form()["properties"]["credentials"]["oneOf"]
    required = {f"credentials[{option['properties']['auth_type']['const']}]": option["required"] for option in options}
    assert {"form": form()["required"], **required} == REQUIRED
    assert [name for name, field in fields(form()) if "required" in field] == []
