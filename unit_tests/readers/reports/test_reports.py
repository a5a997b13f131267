"""Reports by month end: which calls are made, what arrives, and where the next sync goes on."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from source_xero_gl.readers import months
from source_xero_gl.readers.errors import ReadingError
from source_xero_gl.readers.months import Month
from source_xero_gl.streams.reports import (
    BalanceSheetLines,
    ProfitAndLossLines,
    ReportStream,
    TrialBalanceLines,
)
from source_xero_gl.xero.client import Page
from source_xero_gl.xero.errors import SYSTEM
from unit_tests.fake_xero.client import Call, FakeClient
from unit_tests.fake_xero.lists import batches_with, records_with
from unit_tests.fake_xero.reports import ACCOUNT, TITLES, ReportBook, monthly, report, row, section
from unit_tests.fake_xero.wire import TENANT, midnight

TRIAL_BALANCE, BALANCE_SHEET, PROFIT_AND_LOSS = TrialBalanceLines(), BalanceSheetLines(), ProfitAndLossLines()
SPRING = ["2026-03-31", "2026-04-30", "2026-05-31", "2026-06-30"]
MARCH = date(2026, 3, 1)

each_report = pytest.mark.parametrize(
    "stream", [TRIAL_BALANCE, BALANCE_SHEET, PROFIT_AND_LOSS], ids=lambda stream: stream.name
)


def answering(*shown: dict[str, Any]) -> FakeClient:
    """Return a client to which every report is the same list of reports; it is 15 June 2026 and nothing is locked."""

    def answer(call: Call) -> Page:
        return Page([] if call.endpoint == "Organisation" else list(shown), server_time=midnight(date(2026, 6, 15)))

    return FakeClient(answer)


def records(stream: ReportStream, client: FakeClient, starting_on: date) -> list[dict[str, Any]]:
    """Return what one sync brings, converted by the schema."""
    return records_with(client, stream, starting_on)


@pytest.mark.parametrize(
    ("stream", "endpoint", "query"),
    [
        (TRIAL_BALANCE, "Reports/TrialBalance", {"date": "2026-06-30"}),
        (BALANCE_SHEET, "Reports/BalanceSheet", {"date": "2026-06-30", "standardLayout": "true"}),
        (
            PROFIT_AND_LOSS,
            "Reports/ProfitAndLoss",
            {"fromDate": "2026-06-01", "toDate": "2026-06-30", "standardLayout": "true"},
        ),
    ],
)
def test_a_month_is_one_call_with_these_parameters(stream: ReportStream, endpoint: str, query: dict[str, str]) -> None:
    """Parameters as in https://developer.xero.com/documentation/api/accounting/reports, and no other."""
    client = answering(report(titles=TITLES))
    assert records(stream, client, date(2026, 6, 1)) == []
    assert client.asked == [("Organisation", {}), (endpoint, query)]


@each_report
def test_every_month_is_asked_for_once(stream: ReportStream) -> None:
    """With a start no search is needed: one call a month, oldest first."""
    book = ReportBook(monthly(Month(2020, 1), Month(2026, 6)))
    rows = book.sync(stream, starting_on=MARCH).objects
    assert book.month_ends() == SPRING
    assert [line["Date"] for line in rows] == SPRING


@pytest.mark.parametrize(
    ("today", "last"), [(date(2026, 6, 30), "2026-06-30"), (date(2026, 7, 1), "2026-07-31"), (None, "2026-05-31")]
)
def test_the_last_month_is_the_servers(monkeypatch: pytest.MonkeyPatch, today: date | None, last: str) -> None:
    """The current month is that of Xero's clock, our own only where Xero does not tell."""
    monkeypatch.setattr(months, "now", lambda: midnight(date(2026, 5, 31)))
    book = ReportBook({}, now=today)
    book.sync(TRIAL_BALANCE, starting_on=MARCH)
    assert book.month_ends()[-1] == last


@pytest.mark.parametrize(
    ("starting_on", "first"),
    [(date(2026, 3, 1), "2026-03-31"), (date(2026, 3, 31), "2026-03-31"), (date(2026, 4, 1), "2026-04-30")],
)
def test_a_month_end_on_the_start_or_behind_it_is_read(starting_on: date, first: str) -> None:
    """The setting compares with the month end, inclusively."""
    book = ReportBook({})
    book.sync(TRIAL_BALANCE, starting_on=starting_on)
    assert book.month_ends()[0] == first


def test_a_start_in_the_future_reads_nothing_yet() -> None:
    """The stream leaves a state all the same, and begins when the month has come."""
    book = ReportBook({}, locked=date(2026, 5, 31))
    outcome = book.sync(TRIAL_BALANCE, starting_on=date(2026, 8, 1))
    assert (book.asked, outcome.objects, outcome.states[-1]["Date"]) == ([], [], "2026-07-31")
    book.now = date(2026, 9, 2)
    book.sync(TRIAL_BALANCE, outcome.states[-1], date(2026, 8, 1))
    assert book.month_ends() == ["2026-08-31", "2026-09-30"]


@each_report
def test_a_state_follows_each_closed_month(stream: ReportStream) -> None:
    """Months up to the lock date are done; open ones move no state."""
    book = ReportBook(monthly(Month(2026, 1), Month(2026, 6)), locked=date(2026, 4, 30))
    found = [
        (batch.objects[0]["Date"], batch.state["Date"])
        for batch in book.batches(stream, starting_on=MARCH)
        if batch.objects and batch.state
    ]
    assert found == [
        ("2026-03-31", "2026-03-31"),
        ("2026-04-30", "2026-04-30"),
        ("2026-05-31", "2026-04-30"),
        ("2026-06-30", "2026-04-30"),
    ]


def test_open_months_are_read_again_and_closed_ones_are_not() -> None:
    """The next sync asks for what can have changed."""
    book = ReportBook(monthly(Month(2026, 1), Month(2026, 7)), locked=date(2026, 4, 30))
    state = book.sync(TRIAL_BALANCE, starting_on=MARCH).states[-1]
    book.sync(TRIAL_BALANCE, state, MARCH)
    assert book.month_ends() == ["2026-05-31", "2026-06-30"]
    book.now, book.locked = date(2026, 7, 1), date(2026, 5, 31)
    state = book.sync(TRIAL_BALANCE, state, MARCH).states[-1]
    assert book.month_ends() == ["2026-05-31", "2026-06-30", "2026-07-31"]
    book.sync(TRIAL_BALANCE, state, MARCH)
    assert book.month_ends() == ["2026-06-30", "2026-07-31"]


def test_a_lock_date_in_the_middle_closes_the_month_before() -> None:
    """Half a locked month can still change."""
    book = ReportBook({}, locked=date(2026, 5, 30))
    assert book.sync(TRIAL_BALANCE, starting_on=MARCH).states[-1]["Date"] == "2026-04-30"


@each_report
@pytest.mark.parametrize("crash_after", range(10))
def test_a_crash_goes_on_behind_the_last_closed_month(stream: ReportStream, crash_after: int) -> None:
    """What was read for good is not paid twice, and nothing is missing."""
    book = ReportBook(monthly(Month(2026, 1), Month(2026, 6)), locked=date(2026, 5, 31))
    begun = book.sync(stream, starting_on=MARCH, crash_after=crash_after)
    state = begun.states[-1] if begun.states else None
    rest = book.sync(stream, state, MARCH)
    done = [end for end in SPRING if state and end <= state["Date"]]
    assert book.month_ends() == [end for end in SPRING if end not in done]
    assert sorted({line["Date"] for line in begun.objects + rest.objects}) == SPRING


def test_amounts_arrive_as_numbers() -> None:
    """Xero quotes every amount and leaves the other side blank; dates become ISO 8601."""
    shown = report(section("Revenue", row("Sales (400)", "", "200.00", "-80.50", "1020.22")))
    assert records(TRIAL_BALANCE, answering(shown), date(2026, 6, 1)) == [
        {
            "Date": "2026-06-30",
            "LineNumber": 1,
            "RowType": "Row",
            "Section": "Revenue",
            "AccountID": ACCOUNT,
            "Account": "Sales (400)",
            "Debit": None,
            "Credit": 200.0,
            "YTDDebit": -80.5,
            "YTDCredit": 1020.22,
            "UpdatedDateUTC": "2019-04-24T18:12:38.724Z",  # date -u -d @1556129558
        }
    ]


@pytest.mark.parametrize("stream", [BALANCE_SHEET, PROFIT_AND_LOSS], ids=lambda stream: stream.name)
def test_the_first_column_is_the_amount(stream: ReportStream) -> None:
    """The title of the column is a date, whatever its form; further columns are to compare with."""
    shown = report(
        section("Bank", row("Savings", "-1850.00", "7.00"), row("Cash", "")), titles=("30 Jun 26", "31 May 26")
    )
    found = records(stream, answering(shown), date(2026, 6, 1))
    assert [(line["Account"], line["Amount"]) for line in found] == [("Savings", -1850.0), ("Cash", None)]


@each_report
def test_a_record_has_the_fields_of_the_schema(stream: ReportStream) -> None:
    """Every field is described, and the key is complete."""
    titles = TITLES if stream is TRIAL_BALANCE else ("30 Jun 26",)
    shown = report(section("Bank", row("Savings", "1.00", "2.00", "3.00", "4.00")), titles=titles)
    (record,) = records(stream, answering(shown), date(2026, 6, 1))
    assert {"TenantID", *record} == stream.schema["properties"].keys()
    assert stream.primary_key == ["TenantID", "Date", "LineNumber"]
    assert stream.cursor_field == "Date"


@pytest.mark.parametrize("shown", [{}, {"Rows": []}, report()], ids=["bare", "no rows", "titles"])
def test_an_empty_report_is_no_failure(shown: dict[str, Any]) -> None:
    """A month without figures has no lines; the stream leaves its state."""
    batches = list(batches_with(answering(shown), TRIAL_BALANCE, date(2026, 6, 1)))
    assert [row for batch in batches for row in batch.objects] == []
    assert batches[-1].state is not None
    assert (batches[-1].state["Date"], batches[-1].state["TenantID"]) == ("2026-05-31", TENANT)


@pytest.mark.parametrize(
    "titles",
    [
        ("Credit", "Debit", "YTD Debit", "YTD Credit"),
        ("30 Jun 2026",),
        ("Debit", "Credit", "YTD Debit"),
        ("", "", "", ""),
    ],
)
def test_a_trial_balance_with_other_columns_fails(titles: tuple[str, ...]) -> None:
    """A debit is never taken for a credit: the sentence names the columns that were expected."""
    shown = report(section("Revenue", row("Sales", "1.00")), titles=titles)
    with pytest.raises(ReadingError, match="expected the columns Debit, Credit, YTD Debit, YTD Credit") as raised:
        records(TRIAL_BALANCE, answering(shown), date(2026, 6, 1))
    assert raised.value.failure_type is SYSTEM
    assert "Sales" not in raised.value.sentence


@pytest.mark.parametrize("titles", [(*TITLES, "Budget")])
def test_a_trial_balance_may_have_more_columns(titles: tuple[str, ...]) -> None:
    """What Xero adds behind the known columns is left out."""
    shown = report(section("Revenue", row("Sales", "1.00", "", "2.00", "", "9.00")), titles=titles)
    (line,) = records(TRIAL_BALANCE, answering(shown), date(2026, 6, 1))
    assert [line[column] for column in ("Debit", "Credit", "YTDDebit", "YTDCredit")] == [1.0, None, 2.0, None]
    assert 9.0 not in line.values()


@each_report
@pytest.mark.parametrize("count", [0, 2])
def test_an_answer_is_one_report(stream: ReportStream, count: int) -> None:
    """Anything else breaks what Xero documents; a month is not skipped silently."""
    with pytest.raises(ReadingError, match="expected one report") as raised:
        records(stream, answering(*[report()] * count), date(2026, 6, 1))
    assert raised.value.failure_type is SYSTEM


def test_a_month_that_is_not_over_is_open() -> None:
    """A lock date that was set ahead closes no month in which today lies: its figures still change."""
    book = ReportBook(monthly(Month(2026, 1), Month(2026, 6)), locked=date(2027, 3, 31))
    state = book.sync(TRIAL_BALANCE, starting_on=MARCH).states[-1]
    assert state["Date"] == "2026-05-31"
    book.booked[Month(2026, 6)] = 99_900
    assert "999.00" in {line["Debit"] for line in book.sync(TRIAL_BALANCE, state, starting_on=MARCH).objects}


@each_report
@pytest.mark.parametrize("amount", ["1,234.50", "(12.00)", "1e3", "n/a"])
def test_an_amount_that_is_no_number_fails(stream: ReportStream, amount: str) -> None:
    """Rather than text in a column of numbers."""
    shown = report(section("Revenue", row("Sales", amount)), titles=TITLES)
    with pytest.raises(ReadingError, match="numbers after the account") as raised:
        records(stream, answering(shown), date(2026, 6, 1))
    assert amount not in raised.value.sentence


@pytest.mark.parametrize("rows", [[None], [{"RowType": "Row", "Cells": [None]}], 7])
def test_rows_of_another_form_fail(rows: object) -> None:
    """With a sentence that names the stream and what was expected."""
    with pytest.raises(ReadingError, match=r"\{stream\} is not as documented"):
        records(BALANCE_SHEET, answering({"Rows": rows}), date(2026, 6, 1))
