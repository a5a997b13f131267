"""The TrialBalance report.

Debit and Credit are the movement of the report date's month, YTD Debit and YTD Credit the balance: of balance-sheet accounts
since the first journal, of income and expense accounts since the start of the financial year. Earlier profit is in retained
earnings.
https://developer.xero.com/documentation/api/accounting/reports#trial-balance
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from local_xero.books import BookedAccount, Books
from local_xero.ledger import ZERO
from local_xero.report_rows import (
    ReportRequest,
    account_row,
    header,
    plain_row,
    report,
    section,
    text,
    written,
)
from local_xero.wire import Wire

_SECTIONS = (
    ("REVENUE", "Revenue"),
    ("EXPENSE", "Expenses"),
    ("ASSET", "Assets"),
    ("LIABILITY", "Liabilities"),
    ("EQUITY", "Equity"),
)
_CREDIT_SIDE = ("REVENUE", "LIABILITY", "EQUITY")
_COLUMNS = ("Account", "Debit", "Credit", "YTD Debit", "YTD Credit")


@dataclass(frozen=True)
class Balance:
    """One account's row: movement of the month and balance to date, debit positive."""

    account: BookedAccount
    month: Decimal
    to_date: Decimal


def trial_balance(books: Books, asked: ReportRequest) -> Wire:
    """Build the report for ``date`` (today without one).

    Raises:
        ReportError: when the date cannot be read.
    """
    day = asked.day("date", asked.today)
    month, to_date = books.moved(day.replace(day=1), day), books.balances(day)
    balances = [
        Balance(account, month.get(key, ZERO), to_date.get(key, ZERO))
        for key, account in books.accounts.items()
        if month.get(key) or to_date.get(key)
    ]
    titles = ["Trial Balance", books.name, f"As at {written(day)}"]
    return report("TrialBalance", titles, day, asked.now_ms, _rows(balances))


def _rows(balances: list[Balance]) -> list[Wire]:
    rows = [header(_COLUMNS)]
    for account_class, title in _SECTIONS:
        members = [b for b in balances if b.account.account_class == account_class]
        if members:
            rows.append(section(title, [_row(balance) for balance in sorted(members, key=lambda b: b.account.name)]))
    month, to_date = [b.month for b in balances], [b.to_date for b in balances]
    totals = (_debits(month), _debits(-m for m in month), _debits(to_date), _debits(-t for t in to_date))
    return [*rows, section("", [plain_row("SummaryRow", "Total", totals)])]


def _debits(amounts: Iterable[Decimal]) -> Decimal:
    return sum((amount for amount in amounts if amount > 0), ZERO)


def _row(balance: Balance) -> Wire:
    account = balance.account
    label = account.name if account.code is None else f"{account.name} ({account.code})"
    credit = account.account_class in _CREDIT_SIDE
    return account_row(
        account.account_id, (label, *_sides(balance.month, credit=credit), *_sides(balance.to_date, credit=credit))
    )


def _sides(amount: Decimal, *, credit: bool) -> tuple[str, str]:
    """Write an amount into its column; zero goes to the usual side of the account's class."""
    shown = text(abs(amount))
    return ("", shown) if amount < 0 or (not amount and credit) else (shown, "")
