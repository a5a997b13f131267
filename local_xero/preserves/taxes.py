"""GST, income tax and what the owner earns: made from what the books say by then, and paid to Inland Revenue.

A GST return covers two months and is due on the 28th of the month after, in May and January later. Provisional tax is due on
28 August, 15 January and 7 May: a third each of the last year's tax and five percent. The rest is due on 7 February.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

from local_xero.chart import class_of
from local_xero.everything.bookkeeping import entries
from local_xero.ledger import ZERO, cents
from local_xero.preserves.accounts import SUPPLIERS
from local_xero.preserves.diary import FIRST_DAY, Diary, Item, financial_year, month_end, months, next_month

OPENING_GST = Decimal("11864.35")
OPENING_INCOME_TAX = Decimal("5150.00")
OPENING_SAVINGS = Decimal("15600.00")
OWNER_SALARY = Decimal("60000.00")

_LAST_INSTALMENT, _OLD_TAX = Decimal("4100.00"), Decimal("12300.00")
_COMPANY_TAX = Decimal("0.28")
_UPLIFT = Decimal("1.05")
_SAVINGS_RATE = Decimal("0.031")
_YEARS = (2024, 2025, 2026)
_YEAR_END_MONTH = 3
_PERIODS_END = (1, 3, 5, 7, 9, 11)
_LATER = {3: (5, 7), 11: (1, 15)}
"""The period's last month: month and day on which its return is due, where that is not the 28th of the next month."""

Days = Mapping[str, Mapping[dt.date, Decimal]]
"""What was posted to each account, by its key, on each day; debit positive."""


def taxes(diary: Diary) -> None:
    """File all returns and pay them, after everything else was entered."""
    posted = _posted(diary)
    _gst(diary, posted)
    _income_tax(diary, posted)


def _posted(diary: Diary) -> Days:
    found: dict[str, dict[dt.date, Decimal]] = {}
    for entry in entries(diary.facts, diary.chart):
        for line in entry.lines:
            days = found.setdefault(line.account.key, {})
            days[entry.day] = days.get(entry.day, ZERO) + line.net
    return found


def _between(days: Mapping[dt.date, Decimal], first: dt.date, last: dt.date) -> Decimal:
    return sum((amount for day, amount in days.items() if first <= day <= last), ZERO)


def gst_due(period_end: dt.date) -> dt.date:
    """Return when the return of a period has to be paid."""
    month, day = _LATER.get(period_end.month, (0, 0))
    if not month:
        return next_month(period_end, 28)
    return dt.date(period_end.year + (month < period_end.month), month, day)


def _gst(diary: Diary, posted: Days) -> None:
    """Pay what each period has left on the GST account, or get it back."""
    _tax_paid(diary, gst_due(FIRST_DAY - dt.timedelta(days=1)), "gst", OPENING_GST, "GST return to 31 March 2023")
    begins = FIRST_DAY
    for month in months():
        if month.month in _PERIODS_END:
            last = month_end(month)
            owed = -_between(posted["gst"], begins, last)
            _tax_paid(diary, gst_due(last), "gst", owed, f"GST return to {last.day} {last:%B %Y}")
            begins = last + dt.timedelta(days=1)


def _tax_paid(diary: Diary, day: dt.date, account: str, amount: Decimal, text: str) -> None:
    kind = "SPEND" if amount > ZERO else "RECEIVE"
    if amount:
        diary.document(kind, day, SUPPLIERS["tax"], [Item(account, abs(amount), text, tax="NONE")])


def _income_tax(diary: Diary, posted: Days) -> None:
    """Close each year: the owner's salary and the tax of the profit, which the accountants enter in June."""
    before, left = _OLD_TAX, OPENING_INCOME_TAX - _LAST_INSTALMENT
    _provisional(diary, dt.date(2023, 5, 7), _LAST_INSTALMENT, "Provisional tax, third instalment")
    for year in _YEARS:
        _provisional(diary, dt.date(year, 2, 7), left, f"Terminal tax of {year - 1}")
        instalment = cents(before * _UPLIFT / 3)
        for number, day in enumerate((dt.date(year - 1, 8, 28), dt.date(year, 1, 15), dt.date(year, 5, 7)), start=1):
            _provisional(diary, day, instalment, f"Provisional tax of {year}, instalment {number}")
        last, entered = dt.date(year, _YEAR_END_MONTH, 31), dt.date(year, 6, 17)
        profit = _profit(diary, posted, year) + _interest(diary, year) - OWNER_SALARY
        tax = cents(max(profit, ZERO) * _COMPANY_TAX)
        salary = [Item("owner_salary", OWNER_SALARY), Item("owner", -OWNER_SALARY)]
        diary.journal(last, f"Shareholder salary of {year}", salary, entered)
        diary.journal(last, f"Income tax of {year}", [Item("tax_expense", tax), Item("income_tax", -tax)], entered)
        before, left = tax, tax - 3 * instalment
    _provisional(diary, dt.date(2026, 8, 28), cents(before * _UPLIFT / 3), "Provisional tax of 2027, instalment 1")
    _interest(diary, _YEARS[-1] + 1)


def _provisional(diary: Diary, day: dt.date, amount: Decimal, text: str) -> None:
    """Pay income tax from what was saved for it."""
    _tax_paid(diary, day, "income_tax", amount, text)
    diary.transfer(day, "savings", "bank", max(amount, ZERO).quantize(Decimal(1)))


def _profit(diary: Diary, posted: Days, year: int) -> Decimal:
    first, last = dt.date(year - 1, _YEAR_END_MONTH + 1, 1), dt.date(year, _YEAR_END_MONTH, 31)
    keys = [key for key, account in diary.chart.items() if class_of(account.type) in ("REVENUE", "EXPENSE")]
    return -sum((_between(posted[key], first, last) for key in keys if key in posted), ZERO)


def _interest(diary: Diary, year: int) -> Decimal:
    """Receive the interest of the savings account in the months of a financial year; return what that is."""
    earned = ZERO
    for month in months():
        last = month_end(month)
        if financial_year(last) == year:
            interest = cents(_saved(diary, last) * _SAVINGS_RATE / 12)
            diary.document("RECEIVE", last, SUPPLIERS["bank"], [Item("interest", interest, "Interest")], bank="savings")
            earned += interest
    return earned


def _saved(diary: Diary, day: dt.date) -> Decimal:
    """Return what the savings account holds on a day."""
    moved = [t.paid if t.target.key == "savings" else -t.paid for t in diary.facts.transfers if t.day <= day]
    earned = [d.total for d in diary.facts.documents if d.bank and d.bank.key == "savings"]
    return sum((*moved, *earned), OPENING_SAVINGS)
