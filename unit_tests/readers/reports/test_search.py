"""The search for the first month of a report: from today back to the last months without figures."""

from __future__ import annotations

import pytest

from source_xero_gl.readers.months import Month
from source_xero_gl.readers.reports.first_month import LONGEST_PAUSE, LONGEST_SEARCH
from source_xero_gl.streams.reports import BalanceSheetLines, ProfitAndLossLines, ReportStream, TrialBalanceLines
from unit_tests.fake_xero.reports import ReportBook, monthly

TRIAL_BALANCE, BALANCE_SHEET, PROFIT_AND_LOSS = TrialBalanceLines(), BalanceSheetLines(), ProfitAndLossLines()

each_report = pytest.mark.parametrize(
    "stream", [TRIAL_BALANCE, BALANCE_SHEET, PROFIT_AND_LOSS], ids=lambda stream: stream.name
)
each_balance = pytest.mark.parametrize("stream", [TRIAL_BALANCE, BALANCE_SHEET], ids=lambda stream: stream.name)


@pytest.mark.parametrize(("stream", "calls"), [(TRIAL_BALANCE, 5), (BALANCE_SHEET, 5), (PROFIT_AND_LOSS, 8)])
def test_the_first_month_lies_behind_what_was_ever_there(stream: ReportStream, calls: int) -> None:
    """The search goes back by eleven months from today; behind the last ones without figures nothing is asked for."""
    book = ReportBook(monthly(Month(2023, 5), Month(2026, 6)))
    book.sync(stream)
    assert book.month_ends()[calls] == "2022-11-30"
    assert len(book.asked) == calls + 44


@each_report
def test_a_pause_is_no_beginning(stream: ReportStream) -> None:
    """A company may rest for years and go on."""
    book = ReportBook(monthly(Month(2019, 1), Month(2020, 12)) | monthly(Month(2024, 1), Month(2026, 6)))
    assert min(line["Date"] for line in book.sync(stream).objects) == "2019-01-31"


@each_report
def test_a_new_organisation_costs_eleven_months(stream: ReportStream) -> None:
    """Where nothing was booked eleven months ago, or ever, what came since is read."""
    book = ReportBook(monthly(Month(2026, 5), Month(2026, 6)))
    book.sync(stream)
    assert book.month_ends()[-11] == "2025-08-31"
    assert len(book.asked) == 11 + (LONGEST_PAUSE if stream is PROFIT_AND_LOSS else 2)


@each_balance
def test_old_opening_balances_do_not_lead_to_old_months(stream: ReportStream) -> None:
    """Conversion balances may be dated 1970: what was there before all books is no booking."""
    book = ReportBook({Month(1970, 1): 100_000, Month(2025, 2): 5_000})
    book.sync(stream)
    assert book.month_ends()[:4] == ["1996-03-31", "2025-07-31", "2024-08-31", "2024-09-30"]


@each_report
def test_the_search_has_an_end(stream: ReportStream) -> None:
    """A server that shows figures for any year does not lead to an endless sync."""
    book = ReportBook(monthly(Month(1950, 1), Month(2026, 6)))
    book.sync(stream)
    assert len(book.asked) <= 13 * (LONGEST_SEARCH + 1)


def test_after_the_search_the_next_sync_does_not_search_again() -> None:
    """The first month is in the state, also when nothing is locked and every month is read again."""
    book = ReportBook(monthly(Month(2025, 8), Month(2026, 6)))
    state = book.sync(PROFIT_AND_LOSS).states[-1]
    book.sync(PROFIT_AND_LOSS, state)
    assert (book.month_ends()[0], len(book.asked)) == ("2025-08-31", 11)
