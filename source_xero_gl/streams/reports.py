"""Figures by month: reports, a record for each line at each month end, and budgets.

See https://developer.xero.com/documentation/api/accounting/reports.
"""

from __future__ import annotations

from typing import ClassVar

from source_xero_gl.engine.flat import LINE_NUMBER, FlatStream
from source_xero_gl.engine.stream import XeroStream
from source_xero_gl.readers.budgets import BudgetWindows
from source_xero_gl.readers.changes.state import UPDATED
from source_xero_gl.readers.reports.month_ends import MONTH_END
from source_xero_gl.readers.reports.reader import MonthByMonth, in_period


class ReportStream(XeroStream):
    """A report. Its lines have no ID of their own."""

    records_key = "Reports"
    key = (MONTH_END, LINE_NUMBER)


class TrialBalanceLines(ReportStream):
    """The trial balance: movement of the month, and balances of the year to date."""

    name = "trial_balance_lines"
    path = "Reports/TrialBalance"
    reader = MonthByMonth(
        columns=("Debit", "Credit", "YTDDebit", "YTDCredit"), titles=("Debit", "Credit", "YTD Debit", "YTD Credit")
    )


class BalanceSheetLines(ReportStream):
    """The balance sheet at the month end, in Xero's standard layout."""

    name = "balance_sheet_lines"
    path = "Reports/BalanceSheet"
    params: ClassVar = {"standardLayout": "true"}
    reader = MonthByMonth()


class ProfitAndLossLines(ReportStream):
    """Profit and loss of the month, in Xero's standard layout."""

    name = "profit_and_loss_lines"
    path = "Reports/ProfitAndLoss"
    params: ClassVar = {"standardLayout": "true"}
    reader = MonthByMonth(in_period, cumulative=False)


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
