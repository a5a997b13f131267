"""A company's day book: it draws dates, amounts and texts, and posts entries that need no invoice."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from random import Random

from local_xero import chart
from local_xero.ledger import Ledger, Line, Source, cents
from local_xero.sales import Invoice, Item
from local_xero.wire import Wire

DAY_MS = 86_400_000
FIRST_DAY_MS = 1_727_740_800_000
"""2024-10-01."""
DAYS = 730
"""Two years, to 2026-09-30: the financial year ends twice, on 31 March."""

OPENING_JOURNALS = 3
"""Conversion balances. The last one has the date ``/Date(0+0000)/``, as some of Xero's records do."""

REFERENCES = (
    "Red Fish, Blue Fish",
    "",
    "/Date(5)/",
    "Date(5)",
    'PO "42" \\ é',
    "🧾 Ōtautahi/CHC",
    "Monthly",
    "P-1042",
)
TEXTS = (
    "Acme Tires",
    "Half day training",
    "Widget “Größe” 5/8",
    "/Date(1439434356790)/",
    "",
    "Fish 🐟 out of water",
    "A\nB",
)


@dataclass(frozen=True)
class Plan:
    """How much a company does; ``journals`` is approximate."""

    journals: int
    invoices: int
    contacts: int
    gaps: float
    seed: int


class DayBook:
    """A company's accounts and contacts, its two ledgers, and the entries that belong to no document."""

    def __init__(self, plan: Plan) -> None:
        rng = Random(plan.seed)
        self._rng = rng
        self._plan = plan
        self.chart = chart.chart_of_accounts(rng)
        self.tracking = chart.tracking_categories(rng)
        names = chart.contact_names(plan.contacts, rng)
        self.contacts = [chart.contact_record(name, number, rng) for number, name in enumerate(names)]
        self.invoices: list[Invoice] = []
        self.accrual = Ledger(rng, plan.gaps)
        self.cash = Ledger(rng, plan.gaps)

    def _date(self, when: int) -> int:
        """Pick a document's date: mostly the day itself, sometimes a much earlier day, sometimes a slightly later one."""
        back = self._rng.choice((0, 0, 0, 0, 0, 1, 1, 2, 12, 45, -3))
        return max(FIRST_DAY_MS, when // DAY_MS * DAY_MS - back * DAY_MS)

    def _amount(self, most: int) -> Decimal:
        return cents(Decimal(self._rng.randrange(101, most * 100)) / 100)

    def _tracking(self) -> tuple[Wire, ...]:
        chosen = self._rng.sample(self.tracking[:2], self._rng.choice((0, 0, 1, 2)))
        picks = []
        for category in chosen:
            option = self._rng.choice(category["Options"])
            picks.append(
                {
                    "Name": category["Name"],
                    "Option": option["Name"],
                    "TrackingCategoryID": category["TrackingCategoryID"],
                    "TrackingOptionID": option["TrackingOptionID"],
                }
            )
        return tuple(picks)

    def _post(self, when: int, date: int, lines: list[Line], source: Source | None, reference: str | None) -> None:
        """Post an entry to both ledgers, because it moves money or belongs to no invoice."""
        self.accrual.post(when, date, lines, source, reference)
        self.cash.post(when, date, lines, source, reference)

    def _open(self, when: int) -> None:
        """Post a balance from the books before Xero; it has no source and no reference."""
        amount = self._amount(40_000)
        key = self._rng.choice(("bank", "inventory", "equipment"))
        lines = [Line(self.chart[key], amount), Line(self.chart["historical"], -amount)]
        dateless = len(self.accrual.journals) == OPENING_JOURNALS - 1
        self._post(when, 0 if dateless else FIRST_DAY_MS - DAY_MS, lines, None, None)

    def _depreciate(self, when: int) -> None:
        amount = self._amount(300)
        lines = [
            Line(self.chart["depreciation"], amount, tax_type="NONE", description=None),
            Line(self.chart["wear"], -amount, tax_type="NONE", description="Depreciation"),
        ]
        self._post(when, when // DAY_MS * DAY_MS, lines, Source("MANJOURNAL", chart.new_id(self._rng)), None)

    def _bank(self, when: int) -> None:
        """Spend, receive or move money without an invoice."""
        rng = self._rng
        kind = rng.choice(("CASHPAID", "CASHPAID", "CASHPAID", "CASHREC", "TRANSFER"))
        amount = self._amount(250 if kind == "CASHPAID" else 900)
        bank, card = self.chart["bank"], self.chart["card"]
        source = Source(kind, chart.new_id(rng))
        if kind == "TRANSFER":
            self._post(when, self._date(when), [Line(card, amount), Line(bank, -amount)], source, "")
            return
        key = rng.choice(
            ("fees", "office", "rent", "archived", "advertising")
            if kind == "CASHPAID"
            else ("interest", "funds", "sales")
        )
        account = self.chart[key]
        tax = cents(amount * chart.TAX_RATES[account.tax_type])
        money = rng.choice((bank, bank, card)) if kind == "CASHPAID" else bank
        sign = 1 if kind == "CASHPAID" else -1
        entry = Line(account, sign * amount, sign * tax, account.tax_type, rng.choice(TEXTS), self._tracking())
        lines = [Line(money, -sign * (amount + tax)), entry, *([Line(self.chart["gst"], sign * tax)] if tax else [])]
        self._post(when, self._date(when), lines, source, rng.choice(REFERENCES))

    def items(self, accounts: tuple[str, ...]) -> list[Item]:
        """Make the lines of a document, on some of these accounts."""
        rng = self._rng
        items = []
        for _ in range(rng.choice((1, 1, 2, 3))):
            account = self.chart[rng.choice(accounts)]
            quantity = Decimal(rng.randrange(1, 40)) / (2 if account.type in ("REVENUE", "SALES") else 8)
            unit = Decimal(rng.randrange(10_000, 2_500_000)) / 10_000
            text = rng.choice(TEXTS)
            items.append(Item(chart.new_id(rng), account, text, quantity, unit, account.tax_type, self._tracking()))
        if rng.random() < 0.05:
            items.append(Item(chart.new_id(rng), None, "Thank you! ありがとう", Decimal(0), Decimal(0), "NONE"))
        return items
