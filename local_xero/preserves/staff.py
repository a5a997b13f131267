"""Payroll: a manual journal at the end of each month, net pay on that day, what Inland Revenue gets on the 20th of the next."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from local_xero.ledger import ZERO, cents
from local_xero.preserves.accounts import SUPPLIERS
from local_xero.preserves.diary import Diary, Item, financial_year, next_month
from local_xero.preserves.sales import SEASON

OPENING_PAYE, OPENING_KIWISAVER = Decimal("5214.60"), Decimal("1476.20")
"""Of March 2023, paid in April."""

_PRODUCTION, _OFFICE = 14_900, 13_700
_RISE = 1.035
_PAYE = Decimal("0.192")
_SUPER_TAX = Decimal("0.175")
"""Employer's superannuation contribution tax, paid with PAYE."""
_DEARER_KIWISAVER = dt.date(2026, 4, 1)
"""The default rate rises from 3 to 3.5 percent."""


class Staff:
    """Pays staff, month by month."""

    def __init__(self, diary: Diary) -> None:
        self._diary = diary
        self._due = (OPENING_PAYE, OPENING_KIWISAVER)

    def month(self, month: dt.date) -> None:
        """Pay last month's deductions, then this month's wages; more hands are needed before Christmas."""
        diary = self._diary
        self._pay_deductions(month.replace(day=20))
        rise = _RISE ** (financial_year(month) - 2024)
        busy = 0.55 + 0.45 * SEASON[next_month(month, 1).month - 1]
        kitchen, office = diary.near(_PRODUCTION * rise * busy, 0.03), diary.near(_OFFICE * rise, 0.005)
        gross = kitchen + office
        rate = Decimal("0.035") if month >= _DEARER_KIWISAVER else Decimal("0.03")
        paye, saved = cents(gross * _PAYE), cents(gross * rate)
        super_tax = cents(saved * _SUPER_TAX)
        net = gross - paye - saved
        day = month.replace(day=28)
        items = [
            Item("production", kitchen, "Kitchen"),
            Item("salaries", office, "Office and sales"),
            Item("kiwisaver_cost", saved, "Employer contributions"),
            Item("paye", -paye - super_tax, "PAYE and tax on contributions"),
            Item("kiwisaver", -saved - saved + super_tax, "Deducted and contributed"),
            Item("wages_clearing", -net, "Net pay"),
        ]
        diary.journal(day, f"Payroll of {month:%B %Y}", items)
        diary.document("SPEND", day, SUPPLIERS["payroll"], [Item("wages_clearing", net, "Net pay")])
        self._due = (paye + super_tax, saved + saved - super_tax)

    def _pay_deductions(self, day: dt.date) -> None:
        items = [Item("paye", self._due[0], "PAYE"), Item("kiwisaver", self._due[1], "KiwiSaver")]
        if sum((item.amount for item in items), ZERO):
            self._diary.document("SPEND", day, SUPPLIERS["tax"], items)
