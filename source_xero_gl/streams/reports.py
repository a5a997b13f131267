"""Figures by month: reports, a record for each line at each month end, and budgets.

See https://developer.xero.com/documentation/api/accounting/reports.
"""

from __future__ import annotations

from typing import ClassVar

from source_xero_gl.engine.flat import LINE_NUMBER, FlatStream
from source_xero_gl.engine.stream import XeroStream
from source_xero_gl.readers.budgets import BudgetWindows
from source_xero_gl.readers.changes.state import UPDATED
from source_xero_gl.readers.reports.columns import ByTitle, InOrder
from source_xero_gl.readers.reports.first_month import Books
from source_xero_gl.readers.reports.month_ends import MONTH_END
from source_xero_gl.readers.reports.reader import MonthByMonth, in_period

TRIAL_BALANCE = InOrder(("Debit", "Credit", "YTDDebit", "YTDCredit"), ("Debit", "Credit", "YTD Debit", "YTD Credit"))
_BANK = ByTitle(
    {
        "Opening Balance": "OpeningBalance",
        "Cash Received": "CashReceived",
        "Cash Spent": "CashSpent",
        "FX Gain": "FXGain",
        "Closing Balance": "ClosingBalance",
    },
    moving=("CashReceived", "CashSpent"),
    optional=("FX Gain",),
)
_STANDARD = {"standardLayout": "true"}
_PAYMENTS = {"paymentsOnly": "true"}
_CASH_BASIS = "reports.cash_basis"


class ReportStream(XeroStream):
    """A report. Its lines have no ID of their own."""

    records_key = "Reports"
    key: ClassVar[tuple[str, ...]] = (MONTH_END, LINE_NUMBER)


class TrialBalanceLines(ReportStream):
    """The trial balance: movement of the month, and balances of the year to date."""

    name = "trial_balance_lines"
    path = "Reports/TrialBalance"
    reader = MonthByMonth(columns=TRIAL_BALANCE)


class BalanceSheetLines(ReportStream):
    """The balance sheet at the month end, in Xero's standard layout."""

    name = "balance_sheet_lines"
    path = "Reports/BalanceSheet"
    params: ClassVar = _STANDARD
    reader = MonthByMonth()


class ProfitAndLossLines(ReportStream):
    """Profit and loss of the month, in Xero's standard layout."""

    name = "profit_and_loss_lines"
    path = "Reports/ProfitAndLoss"
    params: ClassVar = _STANDARD
    reader = MonthByMonth(in_period, cumulative=False)


class ProfitAndLossTrackingLines(ReportStream):
    """Profit and loss of the month by the options of each tracking category."""

    name = "profit_and_loss_tracking_lines"
    path = "Reports/ProfitAndLoss"
    params: ClassVar = _STANDARD
    key = (MONTH_END, "TrackingCategoryID", LINE_NUMBER)
    reader = MonthByMonth(in_period, cumulative=False, by_option=True)
    switch = "reports.by_tracking"


class CashTrialBalanceLines(ReportStream):
    """The trial balance on a cash basis."""

    name = "cash_trial_balance_lines"
    path = "Reports/TrialBalance"
    params: ClassVar = _PAYMENTS
    reader = MonthByMonth(columns=TRIAL_BALANCE, books=Books.CASH)
    switch = _CASH_BASIS


class CashBalanceSheetLines(ReportStream):
    """The balance sheet on a cash basis."""

    name = "cash_balance_sheet_lines"
    path = "Reports/BalanceSheet"
    params: ClassVar = _STANDARD | _PAYMENTS
    reader = MonthByMonth(books=Books.CASH)
    switch = _CASH_BASIS


class CashProfitAndLossLines(ReportStream):
    """Profit and loss on a cash basis."""

    name = "cash_profit_and_loss_lines"
    path = "Reports/ProfitAndLoss"
    params: ClassVar = _STANDARD | _PAYMENTS
    reader = MonthByMonth(in_period, cumulative=False, books=Books.CASH)
    switch = _CASH_BASIS


class BankSummaryLines(ReportStream):
    """Each bank account in the month: from its opening to its closing balance."""

    name = "bank_summary_lines"
    path = "Reports/BankSummary"
    reader = MonthByMonth(in_period, _BANK, cumulative=False, books=Books.BANK)
    switch = "reports.bank_summary"


class Budgets(XeroStream):
    """Budgets, each with its lines for every month. See https://developer.xero.com/documentation/api/accounting/budgets."""

    name = "budgets"
    path = "Budgets"
    key = ("BudgetID",)
    reader = BudgetWindows()


class BudgetLines(FlatStream):
    """A record for each account and month of the budgets."""

    name = "budget_lines"
    nested = Budgets()
    lines_field = "BudgetLines"
    parts_field = "BudgetBalances"
    header = ("BudgetID", "Type", "Description", UPDATED, "Tracking")
    key = ("BudgetID", LINE_NUMBER)
