"""The reports that are served, and who may read them."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from local_xero.balance_sheet import balance_sheet
from local_xero.bank_summary import bank_summary
from local_xero.books import Books
from local_xero.profit_and_loss import profit_and_loss
from local_xero.report_rows import ReportRequest
from local_xero.trial_balance import trial_balance
from local_xero.wire import Wire

_ALL_REPORTS = "accounting.reports"


class Report(NamedTuple):
    """One path under ``Reports/``: any of the scopes opens it, ``build`` raises ReportError for what cannot be read."""

    scopes: tuple[str, ...]
    build: Callable[[Books, ReportRequest], Wire]


REPORTS = {
    "TrialBalance": Report(("accounting.reports.trialbalance", _ALL_REPORTS), trial_balance),
    "BalanceSheet": Report(("accounting.reports.balancesheet", _ALL_REPORTS), balance_sheet),
    "BankSummary": Report(("accounting.reports.banksummary", _ALL_REPORTS), bank_summary),
    "ProfitAndLoss": Report(("accounting.reports.profitandloss", _ALL_REPORTS), profit_and_loss),
}
