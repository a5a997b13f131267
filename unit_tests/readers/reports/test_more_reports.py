"""The bank summary and the reports on a cash basis: their columns, and that neither answers for other reports."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from source_xero_gl.engine.stream import XeroStream
from source_xero_gl.readers.errors import ReadingError
from source_xero_gl.streams.reports import (
    BankSummaryLines,
    CashBalanceSheetLines,
    CashProfitAndLossLines,
    CashTrialBalanceLines,
    ProfitAndLossLines,
    TrialBalanceLines,
)
from source_xero_gl.xero.client import Page
from source_xero_gl.xero.errors import SYSTEM
from unit_tests.fake_xero.client import Call, FakeClient, fake_sync
from unit_tests.fake_xero.lists import records_with
from unit_tests.fake_xero.reports import TITLES, cells, report, row, section
from unit_tests.fake_xero.wire import midnight

BANK_SUMMARY = BankSummaryLines()
BANK = "03f9cf1e-2deb-4bf1-b0a8-b57f08672eb8"
JUNE = date(2026, 6, 1)
OFFICIAL = ("Opening Balance", "Cash Received", "Cash Spent", "Closing Balance")
"""Columns of Xero's example; where there are foreign bank accounts FX Gain comes before the last one."""

AMOUNTS = ("OpeningBalance", "CashReceived", "CashSpent", "FXGain", "ClosingBalance")


def bank_row(*values: str) -> dict[str, Any]:
    """Return the row of a bank account as in Xero's example, whose cells name the account in two ways."""
    name, *others = cells("Big City Bank", *values)
    name["Attributes"] = [{"Value": BANK, "Id": "accountID"}]
    others[1]["Attributes"] = [{"Value": BANK, "Id": "account"}]
    return {"RowType": "Row", "Cells": [name, *others]}


def answering(*rows: dict[str, Any], titles: tuple[str, ...]) -> FakeClient:
    """Return a client to which every report has these rows; it is 15 June 2026 and nothing is locked."""

    def answer(call: Call) -> Page:
        found = [] if call.endpoint == "Organisation" else [report(section("", *rows), titles=titles)]
        return Page(found, server_time=midnight(date(2026, 6, 15)))

    return FakeClient(answer)


def amounts(client: FakeClient) -> list[Any]:
    """Return the amounts of the only line that a sync brings."""
    (line,) = records_with(client, BANK_SUMMARY, JUNE)
    return [line.get(name) for name in AMOUNTS]


@pytest.mark.parametrize(
    ("stream", "endpoint", "query"),
    [
        (CashTrialBalanceLines(), "TrialBalance", {"date": "2026-06-30", "paymentsOnly": "true"}),
        (
            CashBalanceSheetLines(),
            "BalanceSheet",
            {"date": "2026-06-30", "standardLayout": "true", "paymentsOnly": "true"},
        ),
        (
            CashProfitAndLossLines(),
            "ProfitAndLoss",
            {"fromDate": "2026-06-01", "toDate": "2026-06-30", "standardLayout": "true", "paymentsOnly": "true"},
        ),
        (BANK_SUMMARY, "BankSummary", {"fromDate": "2026-06-01", "toDate": "2026-06-30"}),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_a_month_is_one_call_with_these_parameters(stream: XeroStream, endpoint: str, query: dict[str, str]) -> None:
    """Parameters as in https://developer.xero.com/documentation/api/accounting/reports, and no other."""
    client = answering(titles=TITLES)
    assert records_with(client, stream, JUNE) == []
    assert client.asked == [("Organisation", {}), (f"Reports/{endpoint}", query)]


def test_a_bank_account_is_a_record() -> None:
    """Its ID comes from the attribute accountID, which other reports do not have; the total has none."""
    total = row("Total", "0.00", "110.00", "100.00", "10.00", account=None, kind="SummaryRow")
    found = records_with(
        answering(bank_row("0.00", "110.00", "100.00", "10.00"), total, titles=OFFICIAL), BANK_SUMMARY, JUNE
    )
    assert [(line["AccountID"], line["Account"], line["RowType"]) for line in found] == [
        (BANK, "Big City Bank", "Row"),
        (None, "Total", "SummaryRow"),
    ]
    assert [found[0].get(name) for name in AMOUNTS] == [0.0, 110.0, 100.0, None, 10.0]


@pytest.mark.parametrize(
    ("titles", "values", "expected"),
    [
        ((*OFFICIAL[:3], "FX Gain", OFFICIAL[3]), ("1.00", "2.00", "3.00", "4.00", "5.00"), [1.0, 2.0, 3.0, 4.0, 5.0]),
        (tuple(reversed(OFFICIAL)), ("5.00", "3.00", "2.00", "1.00"), [1.0, 2.0, 3.0, None, 5.0]),
        (("Statement Balance", *OFFICIAL), ("9.00", "1.00", "2.00", "3.00", "5.00"), [1.0, 2.0, 3.0, None, 5.0]),
        (tuple(title.capitalize() for title in OFFICIAL), ("1.00", "2.00", "3.00", "5.00"), [1.0, 2.0, 3.0, None, 5.0]),
    ],
    ids=["foreign", "another order", "one more", "another spelling"],
)
def test_columns_are_found_by_their_titles(
    titles: tuple[str, ...], values: tuple[str, ...], expected: list[Any]
) -> None:
    """Whatever their order; a column that Xero adds is left out."""
    assert amounts(answering(bank_row(*values), titles=titles)) == expected


@pytest.mark.parametrize(
    "titles",
    [OFFICIAL[:3], (*OFFICIAL, "Cash Spent"), ("", "", "", ""), ()],
    ids=["missing", "twice", "blank", "none"],
)
def test_a_bank_summary_with_other_columns_fails(titles: tuple[str, ...]) -> None:
    """What was received is never taken for what was spent: the sentence names the columns that were expected."""
    with pytest.raises(ReadingError, match="the columns Opening Balance, Cash Received, Cash Spent, Closing") as raised:
        amounts(answering(bank_row("1.00", "2.00", "3.00", "4.00"), titles=titles))
    assert raised.value.failure_type is SYSTEM
    assert "Big City" not in raised.value.sentence


def test_an_account_named_by_its_amounts_is_found() -> None:
    """Where the first cell does not say which account it is, the others do."""
    client = answering(
        {"RowType": "Row", "Cells": [{"Value": "Bank"}, *cells("1.00", "2.00", "3.00", "4.00", account=BANK)]},
        titles=OFFICIAL,
    )
    (line,) = records_with(client, BANK_SUMMARY, JUNE)
    assert line["AccountID"] == BANK


class LateCash:
    """Xero in June 2026: sales since January 2025 on an accrual basis, paid and banked since May 2026."""

    def answer(self, call: Call) -> Page:
        """Answer a report: one account, its movement up to the end of the period, or its balance."""
        if call.endpoint == "Organisation":
            return Page([{}], server_time=midnight(date(2026, 6, 15)))
        late = "paymentsOnly" in call.params or call.endpoint == "Reports/BankSummary"
        last = str(call.params.get("date") or call.params["toDate"])
        booked = last >= ("2026-05-01" if late else "2025-01-01")
        titles = OFFICIAL if call.endpoint == "Reports/BankSummary" else TITLES
        value = last.replace("-", "") if booked else "0.00"
        return Page([report(section("", row("Sales", value, value, value, value)), titles=titles)])


def months(stream: XeroStream, shared: Any) -> Iterator[str]:
    """Yield the month ends that a stream brings in a sync with others."""
    for batch in stream.reader.batches(shared.list_of(stream, ()), None):
        yield from dict.fromkeys(line["Date"] for line in batch.objects)


@pytest.mark.parametrize(
    "earlier", [CashTrialBalanceLines(), CashProfitAndLossLines(), BANK_SUMMARY], ids=lambda s: s.name
)
@pytest.mark.parametrize("later", [TrialBalanceLines(), ProfitAndLossLines()], ids=lambda s: s.name)
def test_what_was_paid_late_hides_no_month_of_other_reports(earlier: XeroStream, later: XeroStream) -> None:
    """On a cash basis, and in the bank, everything may begin later: a search there does not answer for accruals."""
    shared = fake_sync(FakeClient(LateCash().answer))
    begun = list(months(earlier, shared))
    found = list(months(later, shared))
    assert begun[-1] == found[-1] == "2026-06-30"
    assert found[0] <= "2025-01-31" < begun[0]
