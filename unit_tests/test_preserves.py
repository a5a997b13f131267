"""The demo's company is believable: its books are those of a small business that sells, pays, files returns and is paid late."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from itertools import pairwise

import pytest

from local_xero.chart import class_of
from local_xero.everything.bookkeeping import entries
from local_xero.ledger import Source
from local_xero.preserves.accounts import EXPORTS, FAILED
from local_xero.preserves.company import NAME, preserves, told
from local_xero.preserves.diary import FIRST_DAY, LAST_DAY, Diary, financial_year, month_end, months, next_month
from local_xero.preserves.money import LENT, LOAN_DAY, LOAN_MONTHS, LOAN_RATE
from local_xero.preserves.taxes import gst_due

YEARS = (2024, 2025, 2026)
MONTHS = list(months())
BALANCE_SHEET = ("ASSET", "LIABILITY", "EQUITY")
CENT = Decimal("0.01")


class Books:
    """The ledger of the company: amounts by day and account, debit positive."""

    def __init__(self) -> None:
        self.diary, conversion = told()
        self.entries = [conversion, *entries(self.diary.facts, self.diary.chart)]
        self._moved = [(entry.day, line.account, line.net) for entry in self.entries for line in entry.lines]

    def sum(self, first: dt.date, last: dt.date, *, keys: tuple[str, ...] = (), types: tuple[str, ...] = ()) -> Decimal:
        """Add up accounts, by key or by type or class, over days."""
        return sum(
            (
                net
                for day, account, net in self._moved
                if first <= day <= last
                and (account.key in keys or account.type in types or class_of(account.type) in types)
            ),
            Decimal(0),
        )

    def balance(self, day: dt.date, *keys: str) -> Decimal:
        """Return what accounts stand at after a day."""
        return self.sum(dt.date.min, day, keys=keys)

    def sold(self, first: dt.date, last: dt.date) -> Decimal:
        """Return sales without tax."""
        return -self.sum(first, last, types=("REVENUE",)) + self.sum(first, last, keys=("interest",))


@cache
def built() -> Books:
    """Tell the company once."""
    return Books()


@pytest.fixture
def books() -> Books:
    """The company's ledger."""
    return built()


def year(number: int) -> tuple[dt.date, dt.date]:
    """Return the first and the last day of a financial year."""
    return dt.date(number - 1, 4, 1), dt.date(number, 3, 31)


def quarters() -> Iterator[tuple[dt.date, dt.date]]:
    """Go through the quarters."""
    for first in MONTHS[::3]:
        yield first, month_end(next_month(next_month(first, 1), 1))


def test_every_entry_and_every_month_end_balances(books: Books) -> None:
    """Debits equal credits: in each entry, and so on the balance sheet at each month end, with what was earned."""
    assert [entry for entry in books.entries if sum(line.net for line in entry.lines)] == []
    for month in MONTHS:
        last = month_end(month)
        owned = books.sum(dt.date.min, last, types=BALANCE_SHEET)
        earned = books.sum(dt.date.min, last, types=("REVENUE", "EXPENSE"))
        assert owned + earned == 0


def test_the_gross_margin_is_steady(books: Books) -> None:
    """In each quarter 36 to 47 percent of sales are left after what was sold was made and delivered."""
    for first, last in quarters():
        margin = 1 - books.sum(first, last, types=("DIRECTCOSTS",)) / books.sold(first, last)
        assert Decimal("0.36") <= margin <= Decimal("0.47"), first


def test_it_sells_most_before_christmas(books: Books) -> None:
    """October to December sell more than any other quarter of each year, and twice as much as June to August."""
    for number in YEARS:
        best = books.sold(dt.date(number - 1, 10, 1), dt.date(number - 1, 12, 31))
        others = [books.sold(*quarter) for quarter in quarters() if financial_year(quarter[0]) == number]
        assert best == max(others)
        assert best > Decimal("1.6") * books.sold(dt.date(number - 1, 6, 1), dt.date(number - 1, 8, 31))


def test_it_grows_and_earns_a_little(books: Books) -> None:
    """Sales grow by 2 to 12 percent a year; after the owner's salary and tax 3 to 8 percent of them are left."""
    sold = [books.sold(*year(number)) for number in YEARS]
    assert all(Decimal("1.02") < later / earlier < Decimal("1.12") for earlier, later in pairwise(sold))
    for number, sales in zip(YEARS, sold, strict=True):
        profit = -books.sum(*year(number), types=("REVENUE", "EXPENSE"))
        assert Decimal("0.03") < profit / sales < Decimal("0.08"), number


def test_tax_is_28_percent_of_the_profit(books: Books) -> None:
    """Income tax of a closed year is the company rate of the profit before it."""
    for number in YEARS:
        tax = books.sum(*year(number), keys=("tax_expense",))
        profit = -books.sum(*year(number), types=("REVENUE", "EXPENSE")) + tax
        assert abs(tax - profit * Decimal("0.28")) <= CENT


def test_the_bank_is_never_overdrawn(books: Books) -> None:
    """The business account holds money at each month end, from less than a month's sales to three of them."""
    for month in MONTHS:
        assert Decimal(20_000) < books.balance(month_end(month), "bank") < Decimal(300_000), month
        assert books.balance(month_end(month), "savings") > 0


def test_customers_pay_in_20_to_60_days(books: Books) -> None:
    """What is owed at a year end is 20 to 60 days of the sales of the year with their tax."""
    for number in YEARS:
        first, last = year(number)
        owed, sales = books.balance(last, "receivable"), books.sold(first, last) * Decimal("1.12")
        assert 20 < owed / sales * 365 < 60, number


def test_gst_returns_leave_nothing(books: Books) -> None:
    """When a return is paid, the GST account holds nothing of its period, to the cent."""
    ends = [month_end(month) for month in MONTHS if month.month % 2 and gst_due(month_end(month)) <= LAST_DAY]
    assert len(ends) == 20
    for end in ends:
        later = [
            line.net
            for entry in books.entries
            if end < entry.day <= gst_due(end) and not _pays_tax(books.diary, entry.source)
            for line in entry.lines
            if line.account.key == "gst"
        ]
        assert books.balance(gst_due(end), "gst") == sum(later), end


def _pays_tax(diary: Diary, source: Source | None) -> bool:
    return source is not None and any(
        d.key == source.id and d.contact["Name"] == "Inland Revenue" for d in diary.facts.documents
    )


def test_payroll_liabilities_are_paid_off(books: Books) -> None:
    """Net pay leaves nothing behind; on the 20th PAYE and KiwiSaver hold what payroll will bring, and so nothing."""
    for month in MONTHS:
        assert books.balance(month_end(month), "wages_clearing") == 0
        assert books.balance(month.replace(day=20), "paye", "kiwisaver") == 0
        assert books.balance(month_end(month), "paye") < 0


def test_the_loan_falls_as_its_schedule_says(books: Books) -> None:
    """After n equal parts, the balance is what the annuity formula gives, to a few cents."""
    rate = float(LOAN_RATE) / 12
    for paid, month in enumerate(month for month in MONTHS if month >= LOAN_DAY.replace(day=1)):
        left = float(LENT) * ((1 + rate) ** LOAN_MONTHS - (1 + rate) ** paid) / ((1 + rate) ** LOAN_MONTHS - 1)
        assert abs(float(books.balance(month_end(month), "van_loan")) + left) < 0.2


def test_what_was_paid_in_advance_is_used_up(books: Books) -> None:
    """Insurance is used up by each 30 June, and each Christmas the hampers' deposit."""
    for number in YEARS:
        assert books.balance(dt.date(number, 6, 30), "prepaid") == 0
        assert books.balance(dt.date(number - 1, 11, 30), "deposits") == 0
        assert books.balance(dt.date(number - 1, 10, 31), "deposits") < 0


def test_stock_and_assets_are_plausible(books: Books) -> None:
    """Stock is one to two months of what is used; no asset is worn out beyond its cost; the owner is not in debt at year ends."""
    for month in MONTHS:
        last = month_end(month)
        assert Decimal(25_000) < books.balance(last, "stock") < Decimal(100_000)
        assert books.balance(last, "plant", "plant_worn") > 0
        assert books.balance(last, "van", "van_worn") >= 0
    assert all(books.balance(year(number)[1], "owner") < 0 for number in YEARS)


def test_a_customer_that_failed_is_written_off(books: Books) -> None:
    """Its invoices are settled by credit notes, tax comes back, and the year has a bad debt."""
    owed = [d for d in books.diary.facts.documents if d.contact["Name"] == FAILED]
    assert all(document.open == 0 for document in owed)
    assert books.sum(*year(2025), keys=("bad_debts",)) > Decimal(10_000)


def test_foreign_customers_bring_gains_and_losses(books: Books) -> None:
    """Each closed year has realised currency differences, small beside what is sold abroad."""
    foreign = {d.currency for d in books.diary.facts.documents if d.contact["Name"] in EXPORTS}
    assert foreign == {"AUD", "USD"}
    for number in YEARS:
        gained = books.sum(*year(number), keys=("fx",))
        assert 0 < abs(gained) < -books.sum(*year(number), keys=("exports",)) / 20


def test_conversion_leaves_no_historical_adjustment(books: Books) -> None:
    """Old invoices and conversion balances together are the last balance sheet before Xero."""
    assert books.balance(FIRST_DAY - dt.timedelta(days=1), "historical") == 0
    assert books.balance(FIRST_DAY - dt.timedelta(days=1), "receivable") > 0


def test_one_seed_gives_one_company() -> None:
    """Made twice, the company is the same, with at most 3,300 journals and a budget of its current year."""
    first, second = (preserves("organisation", NAME) for _ in range(2))
    journals = [row.text for row in first.journals.rows_after(0)]
    assert journals == [row.text for row in second.journals.rows_after(0)]
    assert 2_500 < len(journals) < 3_300
    for name, listed in first.lists.items():
        assert [d.record for d in listed] == [d.record for d in second.lists[name]], name
    (budget,) = [d.record for d in first.lists["Budgets"]]
    assert {b["Period"] for line in budget["BudgetLines"] for b in line["BudgetBalances"]} >= {"2026-04", "2027-03"}
