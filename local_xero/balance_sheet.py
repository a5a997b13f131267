"""The BalanceSheet report: what is owned and owed at the end of a day, and on the same day of earlier periods.

https://developer.xero.com/documentation/api/accounting/reports#balance-sheet
"""

from __future__ import annotations

import calendar
import datetime as dt
from decimal import Decimal
from operator import add, sub

from local_xero.books import NO_ACCOUNT, BookedAccount, Books
from local_xero.ledger import ZERO
from local_xero.report_rows import (
    ReportError,
    ReportRequest,
    account_row,
    american,
    header,
    plain_row,
    report,
    section,
    short,
    text,
    written,
)
from local_xero.wire import Wire

MOST_PERIODS = 11
_MONTHS = {"MONTH": 1, "QUARTER": 3, "YEAR": 12}
_ASSETS = (
    ("Bank", ("BANK",)),
    ("Current Assets", ("CURRENT", "PREPAYMENT", "INVENTORY")),
    ("Fixed Assets", ("FIXED",)),
    ("Non-current Assets", ("NONCURRENT",)),
)
_TERM = ("TERMLIAB",)
_LIABILITIES = (
    ("Current Liabilities", ("CURRLIAB", "LIABILITY", "PAYG", "PAYGLIABILITY", "SUPERANNUATIONLIABILITY")),
    ("Non-current Liabilities", _TERM),
)

Amounts = list[Decimal]
Groups = tuple[tuple[str, tuple[str, ...]], ...]


def balance_sheet(books: Books, asked: ReportRequest) -> Wire:
    """Build the report for ``date`` (today without one) and, one year earlier, once more.

    ``periods`` and ``timeframe`` ask for other columns; ``standardLayout`` is the only layout there is.

    Raises:
        ReportError: when a parameter cannot be read.
    """
    day = asked.day("date", asked.today)
    step = _MONTHS.get(asked.query.get("timeframe", "YEAR").upper())
    if step is None:
        raise ReportError("timeframe")
    periods = asked.count("periods", 1, MOST_PERIODS)
    days = [earlier(day, number * step) for number in range(periods + 1)]
    titles = ["Balance Sheet", books.name, f"As at {written(day)}"]
    return report("BalanceSheet", titles, asked.today, asked.now_ms, _Sheet(books, days).rows())


def earlier(day: dt.date, months: int) -> dt.date:
    """Go back a number of months; the last day of a month stays the last day."""
    index = day.year * 12 + day.month - 1 - months
    year, month = divmod(index, 12)
    last = calendar.monthrange(year, month + 1)[1]
    is_last = day.day == calendar.monthrange(day.year, day.month)[1]
    return dt.date(year, month + 1, last if is_last else min(day.day, last))


class _Sheet:
    """The columns of one report."""

    def __init__(self, books: Books, days: list[dt.date]) -> None:
        self._books = books
        self._days = days
        self._balances = [books.balances(day) for day in days]
        self._zero = [ZERO for _ in days]

    def rows(self) -> list[Wire]:
        """Make all rows, from the column headings to the total of equity."""
        assets, owned = self._groups(_ASSETS, 1)
        liabilities, owed = self._groups(_LIABILITIES, -1)
        return [
            header(("", *map(short, self._days))),
            section("Assets", []),
            *assets,
            section("", [plain_row("SummaryRow", "Total Assets", owned)]),
            section("Liabilities", []),
            *liabilities,
            section("", [plain_row("SummaryRow", "Total Liabilities", owed)]),
            section("", [plain_row("Row", "Net Assets", map(sub, owned, owed))]),
            self._equity(),
        ]

    def _groups(self, groups: Groups, sign: int) -> tuple[list[Wire], Amounts]:
        """Make the sections that have accounts with a balance, and their sum."""
        sections, total = [], self._zero
        for title, types in groups:
            rows, amounts = self._members([a for a in self._books.accounts.values() if a.type in types], sign)
            if rows:
                sections.append(section(title, [*rows, plain_row("SummaryRow", f"Total {title}", amounts)]))
            total = list(map(add, total, amounts))
        return sections, total

    def _members(self, accounts: list[BookedAccount], sign: int) -> tuple[list[Wire], Amounts]:
        rows, total = [], self._zero
        for account in sorted(accounts, key=lambda a: a.name):
            amounts = [sign * balances.get(account.account_id, ZERO) for balances in self._balances]
            if any(amounts):
                rows.append(account_row(account.account_id, (account.name, *map(text, amounts))))
                total = list(map(add, total, amounts))
        return rows, total

    def _equity(self) -> Wire:
        books, retained = self._books, self._books.retained
        starts = [books.year_start(day) for day in self._days]
        current = [-books.profit(start, day) for start, day in zip(starts, self._days, strict=True)]
        kept = [-balances.get(retained.account_id, ZERO) for balances in self._balances]
        others = [a for a in books.accounts.values() if a.account_class == "EQUITY" and a != retained]
        rows, total = self._members(others, -1)
        total = [sum(parts, ZERO) for parts in zip(total, current, kept, strict=True)]
        rows = [
            self._earnings(NO_ACCOUNT, "Current Year Earnings", current, [american(start) for start in starts]),
            *rows,
            self._earnings(retained.account_id, retained.name, kept, ["" for _ in starts]),
        ]
        return section("Equity", [*rows, plain_row("SummaryRow", "Total Equity", total)])

    def _earnings(self, account_id: str, name: str, amounts: Amounts, starts: list[str]) -> Wire:
        """Make a row of earnings; its amounts also have the period for which they count."""
        row = account_row(account_id, (name, *map(text, amounts)))
        for cell, start, day in zip(row["Cells"][1:], starts, self._days, strict=True):
            dates = [{"Value": start, "Id": "fromDate"}, {"Value": american(day), "Id": "toDate"}]
            cell["Attributes"] = [*cell["Attributes"], *dates]
        return row
