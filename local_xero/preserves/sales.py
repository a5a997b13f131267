"""What is sold: to shops, through the online shop, abroad; what comes back, who pays late and who never does."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from local_xero.chart import class_of
from local_xero.everything.facts import Document
from local_xero.ledger import ZERO, cents
from local_xero.preserves.accounts import CUSTOMERS, EXPORTS, FAILED, HAMPERS, SLOW, SUPPLIERS
from local_xero.preserves.diary import LAST_DAY, Diary, Item, financial_year, next_month

SEASON = (0.90, 0.95, 1.05, 0.85, 0.80, 0.75, 0.75, 0.80, 0.95, 1.15, 1.45, 1.60)
"""A month's share of an average month, January first: Christmas sells most, winter least."""
GROWTH = {2023: 0.94, 2024: 1.0, 2025: 1.08, 2026: 1.15, 2027: 1.21}
"""Sales of a financial year, by the year in which it ends, against those of the second."""

WHOLESALE, ONLINE, EXPORT = 61_000, 15_000, 20_000
"""Sales of an average month, in New Zealand dollars without tax."""

PRODUCTS = (
    ("Plum jam, case of 12", Decimal("54.00")),
    ("Raspberry jam, case of 12", Decimal("62.40")),
    ("Tomato relish, case of 12", Decimal("58.80")),
    ("Apricot chutney, case of 12", Decimal("61.20")),
    ("Lemon curd, case of 12", Decimal("66.00")),
    ("Beetroot relish, case of 12", Decimal("57.60")),
    ("Honey mustard, case of 12", Decimal("63.60")),
    ("Quince paste, case of 24", Decimal("88.80")),
)
_HAMPER = Decimal("36.00")
_HAMPERS_A_YEAR = 900
_STOPPED_PAYING = {FAILED: dt.date(2024, 6, 1), "Corner Pantry": dt.date(2026, 6, 1)}
_WRITTEN_OFF = dt.date(2025, 2, 14)
_ABROAD_DISCOUNT = Decimal("0.9")
_RETURNS, _PAYS_TWICE = 0.04, 0.004
_INVOICES_A_MONTH = 12
_TAX = Decimal("1.15")
_SALES = ("ACCREC", "ACCRECCREDIT", "RECEIVE")


def expected(month: dt.date) -> float:
    """Return what is expected to be sold in a month, in New Zealand dollars without tax."""
    return (WHOLESALE + ONLINE + EXPORT) * level(month)


def level(month: dt.date) -> float:
    """Return how a month compares with an average one of the second year."""
    return SEASON[month.month - 1] * GROWTH[financial_year(month)]


class Sales:
    """Sells, month by month; what a customer has paid too much is kept for its next invoice."""

    def __init__(self, diary: Diary) -> None:
        self._diary = diary
        self._credits: dict[str, Document] = {}

    def month(self, month: dt.date) -> None:
        """Sell for a month."""
        self._wholesale(month)
        self._online(month)
        self._abroad(month)
        self._hampers(month)
        if month == _WRITTEN_OFF.replace(day=1):
            self._write_off()

    def sold(self, month: dt.date) -> Decimal:
        """Return what was sold in a month, in New Zealand dollars without tax."""
        sales = [d for d in self._diary.facts.documents if d.day.replace(day=1) == month and d.kind in _SALES]
        lines = [
            (d, line) for d in sales for line in d.lines if line.account and class_of(line.account.type) == "REVENUE"
        ]
        return sum((d.sign * d.base(d.net_of(line)) for d, line in lines), ZERO)

    def _wholesale(self, month: dt.date) -> None:
        """Invoice shops: those that buy in this month, each once or twice, on the days of the deliveries."""
        diary = self._diary
        customers = [name for name in CUSTOMERS if name != FAILED or month < dt.date(2024, 9, 1)]
        buying = [diary.rng.choice(customers) for _ in range(_INVOICES_A_MONTH)]
        for number, customer in enumerate(buying):
            day = month.replace(day=2 + number * 26 // _INVOICES_A_MONTH)
            items = self.order("wholesale", diary.near(WHOLESALE * level(month) / _INVOICES_A_MONTH, 0.4), "Wholesale")
            self._collect(self._invoice(day, customer, items), customer)

    def order(self, account: str, worth: Decimal, channel: str, price: Decimal = Decimal(1)) -> list[Item]:
        """Choose two or three products that are worth about so much together."""
        chosen = self._diary.rng.sample(PRODUCTS, self._diary.rng.choice((2, 3)))
        items = []
        for name, list_price in chosen:
            unit = cents(list_price * price)
            cases = max(1, round(worth / len(chosen) / unit))
            items.append(Item(account, unit * cases, name, channel, cases))
        return items

    def _invoice(self, day: dt.date, customer: str, items: list[Item]) -> Document | None:
        diary = self._diary
        if day > LAST_DAY:
            return None
        number = f"INV-{1_000 + diary.count('invoice')}"
        return diary.document("ACCREC", day, customer, items, number=number)

    def _collect(self, invoice: Document | None, customer: str) -> None:
        """Take back what broke, use up credits, and be paid: on the 20th of the next month, or when it suits the customer."""
        diary = self._diary
        if invoice is None:
            return
        diary.allocate(self._credits.pop(customer, None), invoice)
        if diary.rng.random() < _RETURNS:
            self._returned(invoice, customer)
        if invoice.day >= _STOPPED_PAYING.get(customer, dt.date.max):
            return
        late = diary.rng.randrange(25, 60) if customer in SLOW else diary.rng.choice((-4, -1, 0, 0, 0, 1, 3, 7, 12))
        assert invoice.due
        day = invoice.due + dt.timedelta(days=late)
        diary.pay(invoice, day)
        if diary.rng.random() < _PAYS_TWICE and customer not in self._credits:
            self._overpaid(invoice, customer, day + dt.timedelta(days=3))

    def _returned(self, invoice: Document, customer: str) -> None:
        """Credit two cases that were broken on arrival."""
        diary, line = self._diary, invoice.lines[0]
        day = invoice.day + dt.timedelta(days=6)
        if day <= LAST_DAY and line.account:
            number = f"CN-{diary.count('credit note'):03d}"
            broken = Item(line.account.key, cents(line.unit * 2), f"Broken: {line.description}", "Wholesale", 2)
            diary.allocate(diary.document("ACCRECCREDIT", day, customer, [broken], number=number), invoice)

    def _overpaid(self, invoice: Document, customer: str, day: dt.date) -> None:
        """Receive the same money once more, which waits for the customer's next invoice."""
        again = Item("receivable", min(invoice.total, Decimal(1_500)), f"{invoice.number} paid twice", tax="NONE")
        credit = self._diary.document("RECEIVE-OVERPAYMENT", day, customer, [again])
        if credit:
            self._credits[customer] = credit

    def _online(self, month: dt.date) -> None:
        """Receive what the online shop has sold in a week, less what the card processor keeps."""
        diary = self._diary
        for day in (4, 11, 18, 25):
            sold = diary.near(ONLINE * level(month) / 4, 0.2)
            fee = -cents(sold * _TAX * Decimal("0.029"))
            items = [
                Item("online", sold, "Online sales of the week", "Online"),
                Item("card_fees", fee, "Card processing", "Online"),
            ]
            diary.document("RECEIVE", month.replace(day=day), SUPPLIERS["shop"], items)

    def _abroad(self, month: dt.date) -> None:
        """Invoice distributors in their currency, without tax; they pay five to eight weeks later, at another rate."""
        diary = self._diary
        for number, (customer, currency) in enumerate(EXPORTS.items()):
            day = month.replace(day=6 + 8 * number)
            foreign = {"AUD": 0.92, "USD": 0.61}[currency]
            worth = diary.near(EXPORT * level(month) / len(EXPORTS) * foreign, 0.3)
            items = self.order("exports", worth, "Export", Decimal(str(foreign)) * _ABROAD_DISCOUNT)
            invoice = self._invoice(day, customer, items)
            diary.pay(invoice, day + dt.timedelta(days=diary.rng.randrange(35, 56)))

    def _hampers(self, month: dt.date) -> None:
        """Take a third in advance each September; deliver in November, use the deposit, be paid in December."""
        diary, year = self._diary, financial_year(month)
        count = round(_HAMPERS_A_YEAR * GROWTH[year])
        worth = _HAMPER * count
        if month.month == 9:
            deposit = Item("deposits", cents(worth / 3), f"Deposit for {count} Christmas hampers")
            advance = diary.document("RECEIVE-PREPAYMENT", month.replace(day=12), HAMPERS, [deposit])
            if advance:
                self._credits[HAMPERS] = advance
        if month.month == 11:
            day = month.replace(day=8)
            invoice = self._invoice(day, HAMPERS, [Item("wholesale", worth, "Christmas hampers", "Wholesale", count)])
            diary.allocate(self._credits.pop(HAMPERS, None), invoice)
            diary.pay(invoice, next_month(day, 20))

    def _write_off(self) -> None:
        """Write off what the customer that has failed still owes: tax comes back, the rest is a bad debt."""
        diary = self._diary
        owed = [d for d in diary.facts.documents if d.contact["Name"] == FAILED and d.kind == "ACCREC" and d.open]
        for invoice in owed:
            net = invoice.net if invoice.open == invoice.total else cents(invoice.open / _TAX)
            number = f"CN-{diary.count('credit note'):03d}"
            lost = Item("bad_debts", net, f"{invoice.number}: written off, the customer has closed")
            note = diary.document("ACCRECCREDIT", _WRITTEN_OFF, FAILED, [lost], number=number)
            diary.allocate(note, invoice)
            assert invoice.open == ZERO, invoice.number
