"""The TrialBalance report, computed from the journals as Xero does.

Debit and Credit are the movement of the report date's month, YTD Debit and YTD Credit the balance: of balance-sheet accounts
since ever, of income and expense accounts since the start of the financial year. Earlier profit stands in retained earnings.
https://developer.xero.com/documentation/api/accounting/reports#trial-balance
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from integration_tests.xero_server.chart import class_of
from integration_tests.xero_server.company import Company
from integration_tests.xero_server.wire import Wire, decode, moment_of, ms_of, parse_wire_date

_SECTIONS = (
    ("REVENUE", "Revenue"),
    ("EXPENSE", "Expenses"),
    ("ASSET", "Assets"),
    ("LIABILITY", "Liabilities"),
    ("EQUITY", "Equity"),
)
_PROFIT = ("REVENUE", "EXPENSE")
_CREDIT_SIDE = ("REVENUE", "LIABILITY", "EQUITY")
_COLUMNS = ("Account", "Debit", "Credit", "YTD Debit", "YTD Credit")
_NO_ACCOUNT = "00000000-0000-0000-0000-000000000000"
ZERO = Decimal("0.00")


@dataclass
class Balance:
    """One account's row: movement of the month and balance to date, debit positive."""

    account_id: str
    name: str
    code: str | None
    account_class: str
    month: Decimal = ZERO
    to_date: Decimal = ZERO


def trial_balance(company: Company, date: str | None, now_ms: int, *, cash: bool) -> Wire | None:
    """Build the report.

    Args:
        company: whose books.
        date: ``YYYY-MM-DD``, the last day that counts; None for today.
        now_ms: the server's time.
        cash: count the cash-basis journals instead of the accrual ones.

    Returns:
        The report, or None when the date cannot be read.
    """
    try:
        day = dt.date.fromisoformat(date) if date else moment_of(now_ms).date()
    except ValueError:
        return None
    balances = _balances(company, day, cash=cash)
    title = f"{day.day} {calendar.month_name[day.month]} {day.year}"
    return {
        "ReportName": "Trial Balance",
        "ReportType": "TrialBalance",
        "ReportTitles": ["Trial Balance", company.organisation["Name"], f"As at {title}"],
        "ReportDate": title,
        "UpdatedDateUTC": f"/Date({now_ms})/",
        "Fields": [],
        "Rows": _rows(balances),
    }


def year_start(company: Company, day: dt.date) -> dt.date:
    """Find the first day of the financial year that a day lies in."""
    organisation = company.organisation
    month, last = int(organisation.get("FinancialYearEndMonth", 12)), int(organisation.get("FinancialYearEndDay", 31))
    for year in (day.year, day.year - 1):
        end = dt.date(year, month, min(last, calendar.monthrange(year, month)[1]))
        if end < day:
            return end + dt.timedelta(days=1)
    end = dt.date(day.year - 2, month, min(last, calendar.monthrange(day.year - 2, month)[1]))
    return end + dt.timedelta(days=1)


def _balances(company: Company, day: dt.date, *, cash: bool) -> list[Balance]:
    year, month, last = ms_of(year_start(company, day)), ms_of(day.replace(day=1)), ms_of(day)
    balances = {a["AccountID"]: _balance(a["AccountID"], a) for a in (d.record for d in company.lists["Accounts"])}
    earlier_profit = ZERO
    for row in company.book(cash=cash).rows_after(0):
        journal = decode(row.text)
        date = parse_wire_date(journal.get("JournalDate")) or 0
        if date > last:
            continue
        for line in journal.get("JournalLines", ()):
            balance = balances.get(line["AccountID"])
            if balance is None:
                balance = balances[line["AccountID"]] = _balance(line["AccountID"], _described(line))
            net = Decimal(str(line["NetAmount"]))
            balance.month += net if date >= month else ZERO
            if balance.account_class in _PROFIT and date < year:
                earlier_profit += net
            else:
                balance.to_date += net
    if earlier_profit:
        _retained_earnings(company, balances).to_date += earlier_profit
    return [balance for balance in balances.values() if balance.month or balance.to_date]


def _balance(account_id: str, account: Wire) -> Balance:
    return Balance(account_id, account["Name"], account.get("Code"), account.get("Class") or class_of(account["Type"]))


def _described(line: Wire) -> Wire:
    """Describe an account that is not in the chart by what its journal line says of it."""
    return {
        "Name": line.get("AccountName", ""),
        "Code": line.get("AccountCode"),
        "Type": line.get("AccountType", "CURRENT"),
    }


def _retained_earnings(company: Company, balances: dict[str, Balance]) -> Balance:
    for account in (document.record for document in company.lists["Accounts"]):
        if account.get("SystemAccount") == "RETAINEDEARNINGS" or account["Name"] == "Retained Earnings":
            return balances[account["AccountID"]]
    return balances.setdefault(_NO_ACCOUNT, Balance(_NO_ACCOUNT, "Retained Earnings", None, "EQUITY"))


def _rows(balances: list[Balance]) -> list[Wire]:
    rows: list[Wire] = [{"RowType": "Header", "Cells": [{"Value": column} for column in _COLUMNS]}]
    for account_class, title in _SECTIONS:
        members = sorted((b for b in balances if b.account_class == account_class), key=lambda b: b.name)
        if members:
            rows.append({"RowType": "Section", "Title": title, "Rows": [_row(balance) for balance in members]})
    month, to_date = [b.month for b in balances], [b.to_date for b in balances]
    totals = (_debits(month), _debits(-m for m in month), _debits(to_date), _debits(-t for t in to_date))
    cells = [{"Value": "Total"}, *({"Value": f"{total:f}"} for total in totals)]
    return [*rows, {"RowType": "Section", "Title": "", "Rows": [{"RowType": "SummaryRow", "Cells": cells}]}]


def _debits(amounts: Iterable[Decimal]) -> Decimal:
    return sum((amount for amount in amounts if amount > 0), ZERO)


def _row(balance: Balance) -> Wire:
    label = balance.name if balance.code is None else f"{balance.name} ({balance.code})"
    credit = balance.account_class in _CREDIT_SIDE
    values = (label, *_sides(balance.month, credit=credit), *_sides(balance.to_date, credit=credit))
    attributes = [{"Value": balance.account_id, "Id": "account"}]
    return {"RowType": "Row", "Cells": [{"Value": value, "Attributes": attributes} for value in values]}


def _sides(amount: Decimal, *, credit: bool) -> tuple[str, str]:
    """Write an amount in its column; zero stands on the usual side of the account's class."""
    text = f"{abs(amount):f}"
    return ("", text) if amount < 0 or (not amount and credit) else (text, "")
