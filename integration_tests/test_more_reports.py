"""Reports that are off by default: they say the same as the others, closed months come once, and every call is counted."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from decimal import Decimal

import pytest

from integration_tests.connector import Connector
from integration_tests.protocol import Json, Output
from integration_tests.report_months import (
    MORE_REPORTS,
    REPORTS,
    SWITCHES,
    asked_month,
    at,
    lines_of,
    lock,
    month_ends,
    months_read,
    told,
)
from local_xero.process import XeroServerProcess

STREAMS = (*REPORTS, *MORE_REPORTS)
CASH = ("cash_trial_balance_lines", "cash_balance_sheet_lines", "cash_profit_and_loss_lines")
TODAY, STARTING_ON, LOCKED = "2025-06-15", "2025-01-01", "2025-03-31"
ALL, OPEN = month_ends("2025-01", "2025-06"), month_ends("2025-04", "2025-06")
REPORT_CALLS = {"TrialBalance": 2, "BalanceSheet": 2, "ProfitAndLoss": 2 + 2, "BankSummary": 1}
"""Calls for a month: accrual and cash basis, two tracking categories that are active, and the bank summary."""


@dataclass(frozen=True)
class Syncs:
    """A first sync and the next one, the calls of each, and the local Xero, which shows currency gains."""

    first: Output
    second: Output
    calls: list[list[Json]]
    xero: XeroServerProcess


@pytest.fixture(scope="module")
def connector(tmp_path_factory: pytest.TempPathFactory, xero_process: XeroServerProcess, catalog: Json) -> Connector:
    """Give the connector for this module, whose tests change nothing at the local Xero."""
    return Connector(tmp_path_factory.mktemp("more"), xero_process.environment(), catalog)


@pytest.fixture(scope="module")
def syncs(connector: Connector, xero_process: XeroServerProcess) -> Syncs:
    """Read all reports twice, in June 2025, the books locked up to the end of March."""
    at(xero_process, TODAY)
    lock(xero_process, LOCKED)
    xero_process.control("switches", {"revaluations": True})
    outputs, calls, state = list[Output](), list[list[Json]](), None
    for _ in range(2):
        xero_process.control("reset", {"what": ["log"]})
        config = xero_process.config(reports={"starting_on": STARTING_ON, **SWITCHES})
        outputs.append(connector.read(config, *STREAMS, state=state))
        calls.append(xero_process.log())
        state = outputs[-1].last_state()
    return Syncs(outputs[0], outputs[1], calls, xero_process)


def amount(row: Json, name: str = "Amount") -> Decimal:
    """Read an amount as it was in the report."""
    return Decimal(str(row.get(name) or 0))


@pytest.mark.parametrize("stream", [*CASH, "bank_summary_lines"])
def test_lines_are_those_of_the_report(syncs: Syncs, stream: str) -> None:
    """Every line of a month's report comes once, in its order, with its account and amounts of the same value."""
    wanted = [line for month_end in ALL for line in lines_of(syncs.xero, stream, month_end)]
    assert len(wanted) > 10
    assert told(syncs.first.records(stream)) == wanted


@pytest.mark.parametrize("number", [0, 1], ids=["first", "second"])
def test_closed_months_are_read_once_and_calls_are_counted(syncs: Syncs, number: int) -> None:
    """Each report is one call a month, of each category one; the next sync makes those of the open months alone."""
    output, months = (syncs.first, ALL) if number == 0 else (syncs.second, OPEN)
    assert (output.status, output.errors()) == (0, [])
    assert {stream: months_read(output, stream) for stream in STREAMS} == dict.fromkeys(STREAMS, months)
    made = Counter(call["path"].rpartition("/2.0/")[2] for call in syncs.calls[number] if "/2.0/" in call["path"])
    once = {"Organisation": 1, "TrackingCategories": 1}
    assert made == {**once, **{f"Reports/{name}": calls * len(months) for name, calls in REPORT_CALLS.items()}}
    asked = [call for call in syncs.calls[number] if "trackingCategoryID" in call["query"]]
    assert Counter(asked_month(call) for call in asked) == dict.fromkeys(months, 2)
    assert {output.states(stream)[-1]["Date"] for stream in STREAMS} == {LOCKED}


def test_options_add_up_to_profit_and_loss(syncs: Syncs) -> None:
    """In each month and category, those of each line of the report add up to it, what has no option among them."""
    wanted = {
        (row["Date"], row.get("Section"), row["Account"]): amount(row)
        for row in syncs.first.records("profit_and_loss_lines")
    }
    found: dict[str, dict[tuple[str, str | None, str], Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for row in syncs.first.records("profit_and_loss_tracking_lines"):
        found[row["TrackingCategoryID"]][row["Date"], row.get("Section"), row["Account"]] += amount(row)
    assert len(found) == 2
    for sums in found.values():
        assert {line: value for line, value in sums.items() if value} == {line: v for line, v in wanted.items() if v}
    options = {
        row["TrackingOptionName"] for row in syncs.first.records("profit_and_loss_tracking_lines") if amount(row)
    }
    assert {"Unassigned", "Eastside", "Field"} <= options


def test_an_option_has_its_own_id(syncs: Syncs) -> None:
    """Each is that of the tracking category; what has no option has none."""
    by_id = {
        (category["TrackingCategoryID"], option["TrackingOptionID"]): option["Name"]
        for category in syncs.xero.truth("TrackingCategories")
        for option in category["Options"]
    }
    rows = syncs.first.records("profit_and_loss_tracking_lines")
    assert {
        by_id[row["TrackingCategoryID"], row.get("TrackingOptionID")] == row["TrackingOptionName"]
        for row in rows
        if row.get("TrackingOptionID")
    } == {True}
    assert {row["TrackingOptionName"] for row in rows if not row.get("TrackingOptionID")} == {"Unassigned"}


def test_the_bank_summary_agrees_with_the_trial_balance(syncs: Syncs) -> None:
    """What a bank account opens with, and what moved, is what it closes with: its balance at the month end, in each month."""
    banks = [row for row in syncs.first.records("bank_summary_lines") if row["RowType"] == "Row"]
    balances = {
        (row["Date"], row.get("AccountID")): amount(row, "YTDDebit") - amount(row, "YTDCredit")
        for row in syncs.first.records("trial_balance_lines")
    }
    assert len(banks) == 3 * len(ALL)
    for row in banks:
        opening, received, spent, gain, closing = (
            amount(row, name) for name in ("OpeningBalance", "CashReceived", "CashSpent", "FXGain", "ClosingBalance")
        )
        assert closing == opening + received - spent + gain
        assert closing == balances.get((row["Date"], row["AccountID"]), 0)
    assert any(amount(row, "FXGain") for row in banks)


def test_the_cash_basis_balances(syncs: Syncs) -> None:
    """In each month debits are credits, net assets are equity, the profits agree, and it is not the accrual basis."""
    for month_end in ALL:
        trial, sheet, profit = ([r for r in syncs.first.records(stream) if r["Date"] == month_end] for stream in CASH)
        *lines, total = trial
        for debit, credit in (("Debit", "Credit"), ("YTDDebit", "YTDCredit")):
            debits, credits_ = (sum(amount(row, name) for row in lines) for name in (debit, credit))
            assert debits == credits_ == amount(total, debit) == amount(total, credit) > 0
        figures = {row["Account"]: amount(row) for row in sheet}
        assert figures["Net Assets"] == figures["Total Equity"]
        net = {row["Account"]: amount(row) for row in profit}["Net Profit"]
        sides = [row for row in lines if row.get("Section") in ("Revenue", "Expenses")]
        assert net == sum(amount(row, "Credit") - amount(row, "Debit") for row in sides)
    assert told(syncs.first.records(CASH[2])) != told(syncs.first.records("profit_and_loss_lines"))


def test_a_category_that_is_new_has_all_months_read(connector: Connector, syncs: Syncs) -> None:
    """No closed month lacks it: the stream begins again, and says so in its state."""
    archived = next(c for c in syncs.xero.truth("TrackingCategories") if c["Status"] == "ARCHIVED")
    change = {"list": "TrackingCategories", "id": archived["TrackingCategoryID"]}
    syncs.xero.control("records/edit", {**change, "changes": {"Status": "ACTIVE"}})
    config = syncs.xero.config(reports={"starting_on": STARTING_ON, **SWITCHES})
    output = connector.read(config, "profit_and_loss_tracking_lines", state=syncs.second.last_state())
    syncs.xero.control("records/edit", {**change, "changes": {"Status": "ARCHIVED"}})
    assert months_read(output, "profit_and_loss_tracking_lines") == ALL
    state = output.states("profit_and_loss_tracking_lines")[-1]
    assert (len(state["categories"]), archived["TrackingCategoryID"] in state["categories"]) == (3, True)
