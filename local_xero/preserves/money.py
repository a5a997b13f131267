"""The bank, the van's loan, the owner, and what each month wears out or uses up."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from local_xero.ledger import ZERO, cents
from local_xero.preserves.accounts import SUPPLIERS
from local_xero.preserves.buying import INSURED
from local_xero.preserves.diary import Diary, Item, financial_year, month_end
from local_xero.preserves.sales import GROWTH

LENT, LOAN_DAY = Decimal("40000.00"), dt.date(2023, 7, 14)
LOAN_RATE, LOAN_MONTHS = Decimal("0.0895"), 48
"""Of a year; repaid in equal parts, from the month after."""

_DRAWN = 4_700
_SAVED = Decimal("2000.00")
_WORN = (
    ("plant", dt.date(2023, 4, 1), 880),
    ("van", dt.date(2023, 7, 1), 690),
    ("plant", dt.date(2025, 4, 1), 400),
    ("plant", dt.date(2026, 3, 1), 290),
)
"""Depreciation of a month, from when on."""


def instalment() -> Decimal:
    """Return what the van's loan takes each month."""
    rate = LOAN_RATE / 12
    return cents(LENT * rate / (1 - (1 + rate) ** -LOAN_MONTHS))


class Money:
    """Moves money, month by month."""

    def __init__(self, diary: Diary) -> None:
        self._diary = diary
        self._owed = ZERO

    def month(self, month: dt.date) -> None:
        """Repay, draw, save, and write off what a month has used up."""
        diary = self._diary
        self._loan(month)
        drawn = diary.near(_DRAWN, 0.1).quantize(Decimal(10))
        diary.document("SPEND", month.replace(day=15), SUPPLIERS["owner"], [Item("owner", drawn, "Drawings")])
        fee = Item("fees", Decimal("24.50"), "Account and transaction fees")
        diary.document("SPEND", month_end(month), SUPPLIERS["bank"], [fee])
        diary.transfer(month.replace(day=26), "bank", "savings", _SAVED)
        self._used_up(month)

    def _loan(self, month: dt.date) -> None:
        diary = self._diary
        if month == LOAN_DAY.replace(day=1):
            lent = Item("van_loan", LENT, "Loan for the van", tax="NONE")
            diary.document("RECEIVE", LOAN_DAY, SUPPLIERS["lender"], [lent])
            self._owed = LENT
        elif self._owed:
            interest = cents(self._owed * LOAN_RATE / 12)
            repaid = min(instalment() - interest, self._owed)
            items = [Item("van_loan", repaid, "Repaid"), Item("loan_interest", interest, "Interest")]
            diary.document("SPEND", month.replace(day=14), SUPPLIERS["lender"], items)
            self._owed -= repaid

    def _used_up(self, month: dt.date) -> None:
        """Post depreciation, and a twelfth of the insurance that was paid in advance."""
        diary, day = self._diary, month_end(month)
        insured = financial_year(month) - (month.month in (4, 5, 6))
        share = cents(INSURED * Decimal(str(GROWTH[insured])) / 12)
        diary.journal(day, "Insurance of the month", [Item("insurance", share), Item("prepaid", -share)])
        for asset in ("plant", "van"):
            worn = sum((Decimal(amount) for key, since, amount in _WORN if key == asset and month >= since), ZERO)
            diary.journal(day, f"Depreciation of {asset}", [Item("depreciation", worn), Item(f"{asset}_worn", -worn)])
