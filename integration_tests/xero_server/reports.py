"""The reports that are served, and who may read them."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from integration_tests.xero_server.balance_sheet import balance_sheet
from integration_tests.xero_server.books import Books
from integration_tests.xero_server.profit_and_loss import profit_and_loss
from integration_tests.xero_server.report_rows import ReportRequest
from integration_tests.xero_server.trial_balance import trial_balance
from integration_tests.xero_server.wire import Wire

_ALL_REPORTS = "accounting.reports"


class Report(NamedTuple):
    """One path under ``Reports/``: any of the scopes opens it, ``build`` raises ReportError for what cannot be read."""

    scopes: tuple[str, ...]
    build: Callable[[Books, ReportRequest], Wire]


REPORTS = {
    "TrialBalance": Report(("accounting.reports.trialbalance", _ALL_REPORTS), trial_balance),
    "BalanceSheet": Report(("accounting.reports.balancesheet", _ALL_REPORTS), balance_sheet),
    "ProfitAndLoss": Report(("accounting.reports.profitandloss", _ALL_REPORTS), profit_and_loss),
}
