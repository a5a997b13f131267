"""The ProfitAndLoss report: income and expenses of a period.

https://developer.xero.com/documentation/api/accounting/reports#profit-and-loss
"""

from __future__ import annotations

from decimal import Decimal

from local_xero.books import Books
from local_xero.ledger import ZERO
from local_xero.report_rows import (
    ReportError,
    ReportRequest,
    account_row,
    header,
    plain_row,
    report,
    section,
    short,
    text,
    written,
)
from local_xero.wire import Wire

_INCOME = ("REVENUE", "SALES")
_COST = ("DIRECTCOSTS",)
_OTHER = ("OTHERINCOME",)


def profit_and_loss(books: Books, asked: ReportRequest) -> Wire:
    """Build the report from ``fromDate`` to ``toDate``, by default this month up to today.

    ``standardLayout`` is the only layout there is; one column, no comparison, no tracking.

    Raises:
        ReportError: when a date cannot be read, or the period ends before it begins.
    """
    last = asked.day("toDate", asked.today)
    first = asked.day("fromDate", last.replace(day=1))
    if first > last:
        raise ReportError("fromDate")
    moved = {key: net for key, net in books.moved(first, last).items() if net and books.accounts[key].is_profit}
    titles = ["Profit & Loss", books.name, f"{written(first)} to {written(last)}"]
    rows = [header(("", short(last))), *_rows(books, moved)]
    return report("ProfitAndLoss", titles, asked.today, asked.now_ms, rows)


def _rows(books: Books, moved: dict[str, Decimal]) -> list[Wire]:
    known = (*_INCOME, *_COST, *_OTHER)
    types = {key: books.accounts[key].type for key in moved}
    income, earned = _group(books, {k: -v for k, v in moved.items() if types[k] in _INCOME}, "Income")
    costs, cost = _group(books, {k: v for k, v in moved.items() if types[k] in _COST}, "Less Cost of Sales")
    others, extra = _group(books, {k: -v for k, v in moved.items() if types[k] in _OTHER}, "Plus Other Income")
    rest = {k: v for k, v in moved.items() if types[k] not in known}
    expenses, spent = _group(books, rest, "Less Operating Expenses")
    gross = section("", [plain_row("Row", "Gross Profit", [earned - cost])])
    net = section("", [plain_row("Row", "Net Profit", [earned - cost + extra - spent])])
    return [*income, *costs, gross, *others, *expenses, net]


def _group(books: Books, amounts: dict[str, Decimal], title: str) -> tuple[list[Wire], Decimal]:
    """Make one section with its total, or none when no account moved."""
    total = sum(amounts.values(), ZERO)
    if not amounts:
        return [], total
    members = sorted((books.accounts[key] for key in amounts), key=lambda account: account.name)
    rows = [account_row(a.account_id, (a.name, text(amounts[a.account_id]))) for a in members]
    label = title.removeprefix("Less ").removeprefix("Plus ")
    return [section(title, [*rows, plain_row("SummaryRow", f"Total {label}", [total])])], total
