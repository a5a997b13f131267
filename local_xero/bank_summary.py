"""The BankSummary report: what each bank account received and spent in a period, and its balances before and after.

Where a bank account is in a foreign currency, there is one more column: what the organisation gained by currency rates.
https://developer.xero.com/documentation/api/accounting/reports#bank-summary
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from local_xero.books import BookedAccount, Books
from local_xero.ledger import ZERO
from local_xero.report_rows import ReportError, ReportRequest, header, plain_row, report, section, written
from local_xero.wire import Wire

LONGEST = 365
"""Days that the report covers at most, besides the first one."""

_GAIN = "FX Gain"
_COLUMNS = ("Opening Balance", "Cash Received", "Cash Spent", _GAIN, "Closing Balance")


def bank_summary(books: Books, asked: ReportRequest) -> Wire:
    """Build the report from ``fromDate`` to ``toDate``, by default this month up to today.

    Raises:
        ReportError: when a date cannot be read, the period ends before it begins or is longer than a year.
    """
    last = asked.day("toDate", asked.today)
    first = asked.day("fromDate", last.replace(day=1))
    if first > last or (last - first).days > LONGEST:
        raise ReportError("fromDate")
    banks = sorted((a for a in books.accounts.values() if a.type == "BANK"), key=lambda account: account.name)
    foreign = any(account.currency not in ("", books.base_currency) for account in banks)
    columns = [column for column in _COLUMNS if foreign or column != _GAIN]
    found = _figures(books, first, last)
    amounts = [[found[column].get(account.account_id, ZERO) for column in columns] for account in banks]
    totals = [sum(column, ZERO) for column in zip(*amounts, strict=True)] or [ZERO for _ in columns]
    rows = [_row(account, columns, line) for account, line in zip(banks, amounts, strict=True)]
    titles = ["Bank Summary", books.name, f"From {written(first)} to {written(last)}"]
    shown = [header(("Bank Accounts", *columns)), section("", [*rows, plain_row("SummaryRow", "Total", totals)])]
    return report("BankSummary", titles, asked.today, asked.now_ms, shown)


def _figures(books: Books, first: dt.date, last: dt.date) -> dict[str, dict[str, Decimal]]:
    """Return the amounts of each column by account; what was spent is positive."""
    received = books.moved(first, last, lambda posting: posting.net > 0 and not posting.revalues)
    spent = books.moved(first, last, lambda posting: posting.net < 0 and not posting.revalues)
    gains = books.moved(first, last, lambda posting: posting.revalues)
    opening, closing = books.moved(None, first - dt.timedelta(days=1)), books.moved(None, last)
    spent = {key: -amount for key, amount in spent.items()}
    return dict(zip(_COLUMNS, (opening, received, spent, gains, closing), strict=True))


def _row(account: BookedAccount, columns: list[str], amounts: list[Decimal]) -> Wire:
    """Make the row of a bank account; its name, and what was received and spent, say which one it is."""
    row = plain_row("Row", account.name, amounts)
    name, *cells = row["Cells"]
    name["Attributes"] = [{"Value": account.account_id, "Id": "accountID"}]
    for cell, column in zip(cells, columns, strict=True):
        if column.startswith("Cash"):
            cell["Attributes"] = [{"Value": account.account_id, "Id": "account"}]
    return row
