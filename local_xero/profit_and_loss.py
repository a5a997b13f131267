"""The ProfitAndLoss report: income and expenses of a period.

https://developer.xero.com/documentation/api/accounting/reports#profit-and-loss
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from operator import add, sub
from typing import NamedTuple

from local_xero.books import BookedAccount, Books
from local_xero.ledger import ZERO
from local_xero.postings import Posting
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

Amounts = list[Decimal]


class Column(NamedTuple):
    """One column: its title, and the movement of each income and expense account, debit positive."""

    title: str
    moved: dict[str, Decimal]


def profit_and_loss(books: Books, asked: ReportRequest) -> Wire:
    """Build the report from ``fromDate`` to ``toDate``, by default this month up to today.

    With ``trackingCategoryID`` there is a column for each option that is in use or has figures, one for what has no option, and
    their sum; with ``trackingOptionID`` as well, that option's column alone. ``standardLayout`` is the only layout there is.
    There are no columns to compare with, and no second category.

    Raises:
        ReportError: when a date cannot be read, the period ends before it begins, or there is no such category or option.
    """
    last = asked.day("toDate", asked.today)
    first = asked.day("fromDate", last.replace(day=1))
    if first > last:
        raise ReportError("fromDate")

    def column(title: str, counts: Callable[[Posting], bool] = lambda _: True) -> Column:
        moved = books.moved(first, last, counts)
        return Column(title, {key: net for key, net in moved.items() if net and books.accounts[key].is_profit})

    columns = _by_option(books, asked, column) if "trackingCategoryID" in asked.query else [column(short(last))]
    titles = ["Profit & Loss", books.name, f"{written(first)} to {written(last)}"]
    rows = [header(("", *(shown.title for shown in columns))), *_Statement(books, columns).rows()]
    return report("ProfitAndLoss", titles, asked.today, asked.now_ms, rows)


def _by_option(books: Books, asked: ReportRequest, column: Callable[..., Column]) -> list[Column]:
    """Make the columns of the options of one tracking category."""
    found = [c for c in books.categories if c["TrackingCategoryID"] == asked.query["trackingCategoryID"]]
    if not found:
        raise ReportError("trackingCategoryID")
    options = found[0]["Options"]
    ids = {option["TrackingOptionID"] for option in options}
    by_id = {o["TrackingOptionID"]: column(o["Name"], partial(_has, o["TrackingOptionID"])) for o in options}
    chosen = asked.query.get("trackingOptionID")
    if chosen is not None:
        if chosen not in by_id:
            raise ReportError("trackingOptionID")
        return [by_id[chosen]]
    shown = [
        by_id[o["TrackingOptionID"]]
        for o in options
        if o.get("Status") != "ARCHIVED" or by_id[o["TrackingOptionID"]].moved
    ]
    return [*shown, column("Unassigned", lambda posting: ids.isdisjoint(posting.options)), column("Total")]


def _has(option_id: str, posting: Posting) -> bool:
    return option_id in posting.options


class _Statement:
    """The rows of one report."""

    def __init__(self, books: Books, columns: list[Column]) -> None:
        self._columns = columns
        keys = {key for column in columns for key in column.moved}
        self._accounts = sorted((books.accounts[key] for key in keys), key=lambda account: account.name)

    def rows(self) -> list[Wire]:
        """Make all rows, from income to the net profit."""
        known = (*_INCOME, *_COST, *_OTHER)
        income, earned = self._group([a for a in self._accounts if a.type in _INCOME], -1, "Income")
        costs, cost = self._group([a for a in self._accounts if a.type in _COST], 1, "Less Cost of Sales")
        others, extra = self._group([a for a in self._accounts if a.type in _OTHER], -1, "Plus Other Income")
        rest = [a for a in self._accounts if a.type not in known]
        expenses, spent = self._group(rest, 1, "Less Operating Expenses")
        gross = list(map(sub, earned, cost))
        net = list(map(sub, map(add, gross, extra), spent))
        profits = [
            section("", [plain_row("Row", title, a)]) for title, a in (("Gross Profit", gross), ("Net Profit", net))
        ]
        return [*income, *costs, profits[0], *others, *expenses, profits[1]]

    def _group(self, accounts: list[BookedAccount], sign: int, title: str) -> tuple[list[Wire], Amounts]:
        """Make one section with its total, or none when no account moved."""
        amounts = [[sign * column.moved.get(a.account_id, ZERO) for column in self._columns] for a in accounts]
        total = [sum((line[place] for line in amounts), ZERO) for place in range(len(self._columns))]
        if not accounts:
            return [], total
        rows = [
            account_row(a.account_id, (a.name, *map(text, line))) for a, line in zip(accounts, amounts, strict=True)
        ]
        label = title.removeprefix("Less ").removeprefix("Plus ")
        return [section(title, [*rows, plain_row("SummaryRow", f"Total {label}", total)])], total
