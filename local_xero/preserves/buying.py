"""What is bought: ingredients and jars ahead of the season, what the kitchen and the office need, a van and machines."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from local_xero.everything.facts import Document
from local_xero.ledger import cents
from local_xero.preserves.accounts import SUPPLIERS
from local_xero.preserves.diary import Diary, Item, financial_year, month_end, next_month, rate_of
from local_xero.preserves.sales import GROWTH, SEASON, expected

MATERIALS = 0.395
"""The share of sales that ingredients, jars and packaging cost."""
_SPLIT = (
    ("fruit", "ingredients", 0.25, (3, 17)),
    ("sugar", "ingredients", 0.10, (4, 18)),
    ("labels", "packaging", 0.12, (10,)),
)
"""Supplier, account, share of each delivery, days of the deliveries."""
_JARS = 0.18
"""Jars come from Australia, and are paid in its dollars."""
_FREIGHT = 0.052
OPENING_STOCK = Decimal("52400.00")

INSURED = Decimal("9960.00")
"""Insurance of a year without tax, from 1 July."""


@dataclass(frozen=True)
class Overhead:
    """A cost that comes back: about so much each time, in these months (all when there are none)."""

    supplier: str
    account: str
    amount: float
    text: str
    day: int
    months: Sequence[int] = ()
    spread: float = 0.08
    from_bank: bool = False


_OVERHEADS = (
    Overhead("rent", "rent", 5_150, "Rent of kitchen and store", 1, spread=0, from_bank=True),
    Overhead("advertising", "advertising", 2_300, "Advertising", 9, spread=0.25),
    Overhead("cleaning", "cleaning", 560, "Cleaning and laundry", 27),
    Overhead("software", "software", 640, "Broadband, phones, software", 5, spread=0.02, from_bank=True),
    Overhead("repairs", "repairs", 1_350, "Service of machines", 18, (2, 5, 8, 11), 0.4),
    Overhead("office", "office", 290, "Stationery and small things", 16, spread=0.4, from_bank=True),
    Overhead("fuel", "vehicle", 610, "Fuel and road user charges", 28, spread=0.2, from_bank=True),
    Overhead("accounting", "accounting", 420, "Bookkeeping", 22, spread=0),
    Overhead("accounting", "accounting", 5_800, "Annual accounts", 24, (6,), 0.05),
)


class Buying:
    """Buys, month by month."""

    def __init__(self, diary: Diary) -> None:
        self._diary = diary
        self._stock = OPENING_STOCK
        self._machine: Document | None = None

    def month(self, month: dt.date, sold: Decimal) -> None:
        """Buy for a month in which so much was sold, and count the stock at its end."""
        bought = self._materials(month)
        self._count_stock(month, sold, bought)
        self._bill(
            month.replace(day=26), "freight", Item("freight", self._diary.near(float(sold) * _FREIGHT), "Freight")
        )
        cold = 1.15 if month.month in (6, 7, 8) else 1.0
        kitchen = 700 + 680 * SEASON[next_month(month, 1).month - 1] * cold
        self._bill(month.replace(day=12), "power", Item("power", self._diary.near(kitchen), "Power and gas"))
        for overhead in _OVERHEADS:
            if not overhead.months or month.month in overhead.months:
                self._overhead(month, overhead)
        if month.month == 7:
            self._bill(
                month,
                "insurance",
                Item("prepaid", INSURED * Decimal(str(GROWTH[financial_year(month)])), "Insurance until 30 June"),
            )
        self._assets(month)

    def _bill(self, day: dt.date, supplier: str, *items: Item, pay: int = 20) -> Document | None:
        """Enter a bill, paid on the 20th of the month that follows."""
        name = SUPPLIERS[supplier]
        number = f"{''.join(word[0] for word in name.split())}-{4_000 + 7 * self._diary.count(supplier)}"
        bill = self._diary.document("ACCPAY", day, name, items, number=number)
        self._diary.pay(bill, next_month(day, pay))
        return bill

    def _materials(self, month: dt.date) -> Decimal:
        """Buy what this month and the next will use, and less when there is too much in stock; return what it cost."""
        diary = self._diary
        ahead = next_month(month, 1)
        wanted = MATERIALS * (0.4 * expected(month) + 0.6 * expected(ahead))
        target = MATERIALS * (0.6 * expected(ahead) + 0.7 * expected(next_month(ahead, 1)))
        worth = max(8_000.0, wanted + 0.35 * (target - float(self._stock)))
        spent = Decimal(0)
        for supplier, account, share, days in _SPLIT:
            for day in days:
                amount = diary.near(worth * share)
                self._bill(month.replace(day=day), supplier, Item(account, amount, SUPPLIERS[supplier]))
                spent += amount
        arrived = month.replace(day=8)
        jars = cents(diary.near(worth * _JARS) * rate_of("AUD", arrived))
        self._bill(arrived, "jars", Item("packaging", jars, "Jars and lids", tax="NONE"), pay=15)
        return spent + cents(jars / rate_of("AUD", arrived))

    def _count_stock(self, month: dt.date, sold: Decimal, bought: Decimal) -> None:
        """Count the stock: what was used is about the usual share of what was sold."""
        used = self._diary.near(float(sold) * MATERIALS, 0.03)
        change = bought - used
        self._stock += change
        items = [Item("stock", change, "Stock counted"), Item("stock_change", -change, "Stock counted")]
        self._diary.journal(month_end(month), "Stock on hand at the end of the month", items)

    def _overhead(self, month: dt.date, cost: Overhead) -> None:
        dearer = 1 + 0.03 * (financial_year(month) - 2024)
        item = Item(cost.account, self._diary.near(cost.amount * dearer, cost.spread), cost.text)
        if cost.from_bank:
            self._diary.document("SPEND", month.replace(day=cost.day), SUPPLIERS[cost.supplier], [item])
        else:
            self._bill(month.replace(day=cost.day), cost.supplier, item)

    def _assets(self, month: dt.date) -> None:
        """Buy a van, a bottling machine with a deposit, and a cold store."""
        diary = self._diary
        if month == dt.date(2023, 6, 1):
            self._bill(dt.date(2023, 6, 15), "dealer", Item("van", Decimal("46000.00"), "Refrigerated van"))
        if month == dt.date(2025, 1, 1):
            deposit = Item("prepaid", Decimal("9000.00"), "Deposit for a bottling machine")
            self._machine = diary.document("SPEND-PREPAYMENT", dt.date(2025, 1, 20), SUPPLIERS["repairs"], [deposit])
        if month == dt.date(2025, 3, 1):
            machine = Item("plant", Decimal("36000.00"), "Bottling machine")
            bill = diary.document("ACCPAY", dt.date(2025, 3, 12), SUPPLIERS["repairs"], [machine], number="KES-M118")
            diary.allocate(self._machine, bill)
            diary.pay(bill, dt.date(2025, 4, 20))
        if month == dt.date(2026, 2, 1):
            self._bill(dt.date(2026, 2, 6), "repairs", Item("plant", Decimal("28500.00"), "Cold store"))
