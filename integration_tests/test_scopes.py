"""A sign-in without some of the scopes: the streams that need them fail, each with a sentence, and all others are read."""

from __future__ import annotations

import pytest

from integration_tests.connector import Connector
from integration_tests.expected import ALL_LISTS
from integration_tests.flat import TWINS, allocate
from integration_tests.protocol import Json
from integration_tests.report_months import MORE_REPORTS, REPORTS, SWITCHES, at
from local_xero.endpoints import DEFAULT_SCOPES
from local_xero.process import XeroServerProcess

STREAMS = (*ALL_LISTS, *TWINS, *REPORTS, *MORE_REPORTS)
FIRST_MONTH = "2026-09-01"
TRANSACTIONS, ALL_REPORTS = "accounting.transactions.read", "accounting.reports.read"

BROAD = {
    "accounting.invoices.read": TRANSACTIONS,
    "accounting.payments.read": TRANSACTIONS,
    "accounting.banktransactions.read": TRANSACTIONS,
    "accounting.manualjournals.read": TRANSACTIONS,
    "accounting.reports.trialbalance.read": ALL_REPORTS,
    "accounting.reports.balancesheet.read": ALL_REPORTS,
    "accounting.reports.profitandloss.read": ALL_REPORTS,
    "accounting.reports.banksummary.read": ALL_REPORTS,
}
"""Granular scopes and the broad ones that they came out of: https://developer.xero.com/documentation/guides/oauth2/scopes."""

NEEDED = {
    "accounting.invoices.read": {
        *("invoices", "invoice_line_items", "credit_notes", "credit_note_line_items", "credit_note_allocations"),
        *("quotes", "quote_line_items", "purchase_orders", "purchase_order_line_items"),
        *("repeating_invoices", "repeating_invoice_line_items", "linked_transactions"),
    },
    "accounting.payments.read": {
        *("payments", "batch_payments", "prepayments", "prepayment_line_items", "prepayment_allocations"),
        *("overpayments", "overpayment_line_items", "overpayment_allocations"),
    },
    "accounting.banktransactions.read": {"bank_transactions", "bank_transaction_line_items", "bank_transfers"},
    "accounting.manualjournals.read": {"manual_journals", "manual_journal_lines"},
    "accounting.settings.read": {
        *("accounts", "tracking_categories", "organisations", "tax_rates", "currencies", "branding_themes", "users"),
        *REPORTS,
        *MORE_REPORTS,  # the lock date, up to which their months are read once, stands in the organisation
    },
    "accounting.contacts.read": {"contacts", "contact_groups"},
    "accounting.budgets.read": {"budgets", "budget_lines"},
    "accounting.journals.read": {"journals", "journal_lines", "cash_journals", "cash_journal_lines"},
    "accounting.reports.trialbalance.read": {"trial_balance_lines", "cash_trial_balance_lines"},
    "accounting.reports.balancesheet.read": {"balance_sheet_lines", "cash_balance_sheet_lines"},
    "accounting.reports.profitandloss.read": {
        *("profit_and_loss_lines", "profit_and_loss_tracking_lines", "cash_profit_and_loss_lines"),
    },
    "accounting.reports.banksummary.read": {"bank_summary_lines"},
}
"""Streams that cannot be read without a scope. Items can also be read with the other one of settings and invoices."""


def config(xero: XeroServerProcess, scopes: str) -> Json:
    """Give settings for a sign-in with some scopes, and with few months of reports."""
    at(xero, "2026-10-20")
    allocate(xero)
    xero.control("tokens", {"scopes": scopes})
    return xero.config(reports={"starting_on": FIRST_MONTH, **SWITCHES})


@pytest.mark.parametrize("scope", NEEDED)
def test_missing_scope_fails_its_streams_alone(connector: Connector, xero: XeroServerProcess, scope: str) -> None:
    """Without a scope exactly its streams fail, each names that scope and the broad one; all others complete with a state."""
    granted = [name for name in DEFAULT_SCOPES.split() if name != scope]
    output = connector.read(config(xero, " ".join(granted)), *STREAMS)
    failed = {stream for stream in STREAMS if output.statuses(stream)[-1:] != ["COMPLETE"]}
    assert failed == NEEDED[scope]
    assert (output.status, output.errors()[-1]["failure_type"]) == (1, "config_error")
    for stream in failed:
        assert output.statuses(stream)[-1] == "INCOMPLETE"
        assert output.records(stream) == []
        assert all(
            state["Date"] < FIRST_MONTH for state in output.states(stream)
        )  # none but of a report, which claims nothing
        (sentence,) = [error["message"] for error in output.errors() if _is_about(stream, error)]
        assert scope in sentence
        assert BROAD.get(scope, "") in sentence
    assert all(output.records(stream) and output.states(stream) for stream in STREAMS if stream not in failed)


def _is_about(stream: str, error: Json) -> bool:
    return bool((error.get("stream_descriptor") or {}).get("name") == stream)


def test_broad_scopes_are_enough(connector: Connector, xero: XeroServerProcess) -> None:
    """An older app, which has the broad scopes only, reads every stream."""
    broad = [name for name in DEFAULT_SCOPES.split() if name not in BROAD]
    output = connector.read(config(xero, " ".join([*broad, TRANSACTIONS, ALL_REPORTS])), *STREAMS)
    assert (output.status, output.errors()) == (0, [])
    assert all(output.records(stream) for stream in STREAMS)


def test_items_need_one_of_two_scopes(connector: Connector, xero: XeroServerProcess) -> None:
    """Without settings and without invoices, items cannot be read, and the sentence names both scopes."""
    output = connector.read(config(xero, "offline_access accounting.contacts.read"), "items", "contacts")
    assert output.statuses("contacts")[-1] == "COMPLETE"
    assert output.statuses("items")[-1] == "INCOMPLETE"
    sentence = output.errors()[-1]["message"]
    assert "accounting.settings.read" in sentence
    assert "accounting.invoices.read" in sentence
