"""Telling what a company does: documents with drawn amounts, and what happens to them.

IDs, dates and the order of events depend on the seed alone; amounts and rates also on the organisation. So two organisations of
one seed have the same IDs and other figures.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import Any

from local_xero import chart
from local_xero.everything.accounts import BANKS, accounts
from local_xero.everything.facts import (
    BASE,
    ONE,
    Allocation,
    Document,
    EnteredLine,
    Facts,
    ManualJournal,
    Payment,
    Transfer,
)
from local_xero.ledger import ZERO, cents
from local_xero.wire import Wire

FIRST_YEAR, FIRST_MONTH = 2024, 10
MONTHS = 24
LAST_DAY = dt.date(2026, 9, 30)
"""Two years, to the end of a month; the financial year ends twice."""

_CONTACTS = 12
_RATES = {"USD": (580_000, 640_000), "AUD": (890_000, 950_000)}
_MILLION = Decimal(1_000_000)
_TEN_THOUSANDTH = Decimal("0.0001")
_QUANTITIES = (Decimal(1), Decimal(3), Decimal("2.5"))


@dataclass(frozen=True)
class Draw:
    """How a line is drawn: ``most`` is the largest amount about, a negative line takes away, ``tax_type`` is the account's."""

    account: str
    most: int = 900
    negative: bool = False
    discount: int = 0
    naming: str = "AccountID"
    tax_type: str | None = None


class Story:
    """What a company has done so far.

    Args:
        seed: of IDs and events.
        organisation: with the seed, of amounts and rates.
    """

    def __init__(self, seed: int, organisation: str) -> None:
        self._seed = seed
        self._rng = Random(f"everything's amounts {seed} {organisation}")
        self._counts: dict[str, int] = {}
        same = Random(f"everything's names {seed}")
        self.chart = accounts(seed)
        self.tracking = chart.tracking_categories(same)
        names = chart.contact_names(_CONTACTS, same)
        self.contacts = [chart.contact_record(name, number, same) for number, name in enumerate(names)]
        self.facts = Facts()

    def count(self, kind: str) -> int:
        """Count on: 1, 2, 3 of each kind."""
        self._counts[kind] = self._counts.get(kind, 0) + 1
        return self._counts[kind]

    def key(self, kind: str) -> str:
        """Make the next ID of a kind."""
        return str(uuid.uuid5(uuid.NAMESPACE_URL, f"everything {self._seed} {kind} {self.count(kind)}"))

    def day(self, month: int, day: int) -> dt.date:
        """Return a day of the n-th month, counted from 0."""
        year, index = divmod(FIRST_MONTH - 1 + month, 12)
        return dt.date(FIRST_YEAR + year, index + 1, day)

    def amount(self, least: int, most: int) -> Decimal:
        """Draw an amount with two decimals."""
        return Decimal(self._rng.randrange(least * 100, most * 100)) / 100

    def rate(self, currency: str) -> Decimal:
        """Draw a rate of the day with six decimals."""
        return ONE if currency == BASE else Decimal(self._rng.randrange(*_RATES[currency])) / _MILLION

    def line(self, draw: Draw, mode: str = "Exclusive") -> EnteredLine:
        """Draw a line of a document."""
        account, number = self.chart[draw.account], self.count("drawn line")
        quantity = _QUANTITIES[number % len(_QUANTITIES)]
        drawn = Decimal(self._rng.randrange(draw.most * 2_000, draw.most * 10_000)) / 10_000
        unit = (drawn / quantity).quantize(_TEN_THOUSANDTH, ROUND_HALF_UP) * (-1 if draw.negative else 1)
        amount = cents(quantity * unit * (100 - draw.discount) / 100)
        tax_type = account.tax_type if draw.tax_type is None else draw.tax_type
        tax_type = "NONE" if mode == "NoTax" else tax_type
        rate = chart.TAX_RATES[tax_type]
        return EnteredLine(
            self.key("line"), account, amount, cents(amount * (rate / (1 + rate) if mode == "Inclusive" else rate)),
            tax_type, f"Line {number}", self._options(number), quantity, unit, Decimal(draw.discount), draw.naming,
        )  # fmt: skip

    def _options(self, number: int) -> tuple[Wire, ...]:
        """Pick no, one or two tracking options."""
        return tuple(
            {
                "Name": category["Name"],
                "Option": option["Name"],
                "TrackingCategoryID": category["TrackingCategoryID"],
                "TrackingOptionID": option["TrackingOptionID"],
            }
            for category in self.tracking[: number % 3]
            for option in [category["Options"][number % 2]]
        )

    def document(
        self, kind: str, day: dt.date, draws: list[Draw], mode: str = "Exclusive", currency: str = BASE, **more: Any
    ) -> Document:
        """Enter a document; ``more`` are its other fields."""
        number = self.count(kind)
        names = {"ACCREC": f"INV-{number:04d}", "ACCRECCREDIT": f"CN-{number:04d}", "ACCPAY": f"B{number}"}
        made = Document(
            kind=kind,
            key=self.key(f"document {kind}"),
            number=names.get(kind, ""),
            contact=self.contacts[self.count("contact") % len(self.contacts)],
            day=day,
            mode=mode,
            lines=[self.line(draw, mode) for draw in draws],
            currency=currency,
            rate=self.rate(currency),
            **more,
        )
        if kind.startswith(("RECEIVE", "SPEND")):
            made.bank = self.chart[BANKS[currency]]
            made.bank_key = self.key("bank transaction of an advance")
        self.facts.documents.append(made)
        return made

    def pay(
        self, document: Document, days: int, amount: Decimal | None = None, account: str = "bank", **more: Any
    ) -> Payment | None:
        """Pay a document, or pay it back, so many days after its date: all that is open, or an amount.

        Nothing happens after the last day of the books.
        """
        day = document.day + dt.timedelta(days=days)
        if day > LAST_DAY:
            return None
        target, rate = self.chart[account], self.rate(document.currency)
        amount = document.open if amount is None else amount
        moved = amount if target.currency == document.currency else cents(amount / rate)
        if moved >= 100_000 and document.currency != BASE:
            # A person types what the bank has moved, and six decimals of the rate do not give it back to the cent.
            moved += Decimal("0.04")
            rate = (amount / moved).quantize(ONE, ROUND_HALF_UP)
        payment = Payment(
            key=self.key("payment"), day=day, amount=amount, document=document, rate=rate, account=target,
            bank_amount=moved, **more,
        )  # fmt: skip
        document.settle(payment)
        self.facts.payments.append(payment)
        return payment

    def allocate(
        self, credit: Document, invoice: Document, amount: Decimal | None = None, *, deleted: bool = False
    ) -> Allocation:
        """Set a credit against an invoice on the later of their two dates: as much as both have open, or an amount."""
        amount = min(credit.open, invoice.open) if amount is None else amount
        day = max(credit.day, invoice.day)
        made = Allocation(
            key=self.key("allocation"), day=day, amount=amount, credit=credit, invoice=invoice, deleted=deleted
        )
        credit.settle(made)
        invoice.settle(made)
        self.facts.allocations.append(made)
        return made

    def transfer(self, day: dt.date, source: str, target: str, *, deleted: bool = False) -> None:
        """Move money between two bank accounts."""
        payer, taker = self.chart[source], self.chart[target]
        paid, paid_rate = self.amount(50, 3_000), self.rate(payer.currency)
        value = cents(paid / paid_rate)
        received = value if taker.currency == BASE else cents(value * self.rate(taker.currency))
        received_rate = ONE if taker.currency == BASE else (received / value).quantize(ONE, ROUND_HALF_UP)
        self.facts.transfers.append(
            Transfer(
                key=self.key("transfer"),
                day=day,
                source=payer,
                target=taker,
                paid=paid,
                received=received,
                paid_rate=paid_rate,
                received_rate=received_rate,
                deleted=deleted,
            )
        )

    def manual(self, day: dt.date, mode: str, debits: list[Draw], credit: str, status: str = "POSTED") -> None:
        """Post a manual journal: lines with tax on the debit side, all of it on one account on the credit side."""
        lines = [self.line(draw, mode) for draw in debits]
        taxed = mode == "Exclusive"
        whole = sum((line.amount + (line.tax if taxed else ZERO) for line in lines), ZERO)
        last = EnteredLine(self.key("line"), self.chart[credit], -whole, description="The other side")
        self.facts.manual_journals.append(
            ManualJournal(
                key=self.key("manual journal"),
                day=day,
                mode=mode,
                lines=[*lines, last],
                status=status,
                narration=f"{mode} {status}",
            )
        )
