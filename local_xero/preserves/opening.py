"""The books before Xero: what customers and suppliers owe is entered as their documents, all else as conversion balances."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from local_xero.everything.bookkeeping import Entry
from local_xero.everything.undocumented import CONVERSION
from local_xero.ledger import ZERO, Line
from local_xero.preserves.accounts import CUSTOMERS, SUPPLIERS
from local_xero.preserves.buying import OPENING_STOCK
from local_xero.preserves.diary import FIRST_DAY, Diary, Item, next_month
from local_xero.preserves.staff import OPENING_KIWISAVER, OPENING_PAYE
from local_xero.preserves.taxes import OPENING_GST, OPENING_INCOME_TAX, OPENING_SAVINGS

CONVERTED = FIRST_DAY - dt.timedelta(days=1)
_OWED_BY = (8_420, 6_310, 9_875, 4_960, 7_240, 5_130, 8_055, 3_690, 6_780)
_OWED_TO = {"fruit": 12_640, "sugar": 7_310, "freight": 4_480, "power": 1_420, "advertising": 2_190}
_BALANCES = {
    "bank": Decimal("104318.42"),
    "savings": OPENING_SAVINGS,
    "prepaid": Decimal("2340.60"),
    "stock": OPENING_STOCK,
    "plant": Decimal("104500.00"),
    "plant_worn": Decimal("-41800.00"),
    "gst": -OPENING_GST,
    "paye": -OPENING_PAYE,
    "kiwisaver": -OPENING_KIWISAVER,
    "income_tax": -OPENING_INCOME_TAX,
    "capital": Decimal("-20000.00"),
    "owner": Decimal("-31500.00"),
}


def opening(diary: Diary) -> Entry:
    """Enter the old documents, which Xero posts against the historical adjustment, and make the conversion balances.

    What is left is what the company has earned before.
    """
    for number, amount in enumerate(_OWED_BY):
        day = dt.date(2023, 3, 3 + 3 * number)
        old = Item("historical", Decimal(amount), "Invoice from before Xero", tax="NONE")
        invoice = diary.document("ACCREC", day, CUSTOMERS[number], [old], number=f"OLD-{number + 1:02d}")
        diary.pay(invoice, next_month(day, 20))
    for supplier, amount in _OWED_TO.items():
        old = Item("historical", Decimal(amount), "Bill from before Xero", tax="NONE")
        day = dt.date(2023, 3, 20)
        bill = diary.document("ACCPAY", day, SUPPLIERS[supplier], [old], number=f"OLD {supplier}")
        diary.pay(bill, next_month(day, 20))
    adjusted = Decimal(sum(_OWED_BY) - sum(_OWED_TO.values())).quantize(ZERO)
    lines = [Line(diary.chart[key], amount) for key, amount in _BALANCES.items()]
    lines.append(Line(diary.chart["historical"], adjusted))
    earned = sum((line.net for line in lines), ZERO)
    return Entry(CONVERTED, [*lines, Line(diary.chart["retained"], -earned)], None, kind=CONVERSION)
