"""Entering what the company does: documents, payments, transfers and manual journals, each on its day."""

from __future__ import annotations

import calendar
import datetime as dt
import math
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from random import Random

from local_xero.chart import TAX_RATES
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
from local_xero.preserves.accounts import CHANNELS, accounts, channels, contacts
from local_xero.wire import Wire

FIRST_DAY = dt.date(2023, 4, 1)
LAST_DAY = dt.date(2026, 9, 30)
"""Three financial years, which end on 31 March, and half of the fourth."""

_RATES = {"AUD": (0.925, 0.018, 9.0), "USD": (0.605, 0.02, 14.0)}
"""Foreign units for one New Zealand dollar: the middle, how far it goes up and down, and in how many months."""
_SATURDAY = 5


@dataclass(frozen=True)
class Item:
    """What a line is for: an amount without tax on an account, debit positive in manual journals only.

    Attributes:
        account: its key.
        amount: without tax.
        text: Description.
        channel: the sales channel, "" for none.
        quantity: Quantity.
        tax: TaxType; None: that of the account.
    """

    account: str
    amount: Decimal
    text: str = ""
    channel: str = ""
    quantity: int = 1
    tax: str | None = None


class Diary:
    """What the company has done so far. Nothing is entered after ``LAST_DAY``.

    Args:
        seed: one seed gives one company.
    """

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._counts: dict[str, int] = {}
        self.rng = Random(f"preserves {seed}")
        self.chart = accounts(self.rng)
        self.tracking = channels(self.rng)
        self.contacts = contacts(self.rng)
        self.facts = Facts()

    def key(self, kind: str) -> str:
        """Make the next ID of a kind."""
        return str(uuid.uuid5(uuid.NAMESPACE_URL, f"preserves {self._seed} {kind} {self.count(kind)}"))

    def count(self, kind: str) -> int:
        """Count on: 1, 2, 3 of each kind."""
        self._counts[kind] = self._counts.get(kind, 0) + 1
        return self._counts[kind]

    def near(self, amount: float | Decimal, spread: float = 0.1) -> Decimal:
        """Draw an amount that differs by at most a share."""
        return cents(Decimal(float(amount) * self.rng.uniform(1 - spread, 1 + spread)))

    def _line(self, item: Item) -> EnteredLine:
        account = self.chart[item.account]
        tax_type = account.tax_type if item.tax is None else item.tax
        tax = cents(item.amount * TAX_RATES[tax_type])
        unit = (item.amount / item.quantity).quantize(Decimal("0.0001"), ROUND_HALF_UP)
        return EnteredLine(
            self.key("line"), account, item.amount, tax, tax_type, item.text, self._options(item.channel),
            Decimal(item.quantity), unit,
        )  # fmt: skip

    def _options(self, channel: str) -> tuple[Wire, ...]:
        if not channel:
            return ()
        option = self.tracking["Options"][CHANNELS.index(channel)]
        names = {"Name": self.tracking["Name"], "Option": option["Name"]}
        ids = {
            "TrackingCategoryID": self.tracking["TrackingCategoryID"],
            "TrackingOptionID": option["TrackingOptionID"],
        }
        return (names | ids,)

    def document(
        self,
        kind: str,
        day: dt.date,
        contact: str,
        items: Sequence[Item],
        *,
        number: str = "",
        bank: str = "bank",
    ) -> Document | None:
        """Enter a document in the currency of its contact; None after the last day.

        Money spent and received, and advances, move on a bank account.
        """
        if day > LAST_DAY:
            return None
        currency = self.contacts[contact]["DefaultCurrency"]
        made = Document(
            kind=kind,
            key=self.key(kind),
            number=number,
            contact=self.contacts[contact],
            day=day,
            mode="Exclusive",
            lines=[self._line(item) for item in items],
            currency=currency,
            rate=rate_of(currency, day),
            due=next_month(day, 20) if kind in ("ACCREC", "ACCPAY") else None,
        )
        if kind.startswith(("RECEIVE", "SPEND")):
            made.bank = self.chart[bank]
            made.bank_key = self.key("bank transaction of an advance")
        self.facts.documents.append(made)
        return made

    def pay(self, document: Document | None, day: dt.date, amount: Decimal | None = None) -> None:
        """Pay a document, whole or in part, from or into the business account."""
        day = workday(day)
        if document is None or day > LAST_DAY or not document.open:
            return
        rate, amount = rate_of(document.currency, day), document.open if amount is None else amount
        paid = Payment(
            key=self.key("payment"), day=day, amount=amount, document=document, rate=rate, account=self.chart["bank"],
            bank_amount=cents(amount / rate),
        )  # fmt: skip
        document.settle(paid)
        self.facts.payments.append(paid)

    def allocate(self, credit: Document | None, invoice: Document | None) -> None:
        """Set a credit against an invoice, on the later of their two dates."""
        if credit is None or invoice is None:
            return
        amount, day = min(credit.open, invoice.open), max(credit.day, invoice.day)
        made = Allocation(key=self.key("allocation"), day=day, amount=amount, credit=credit, invoice=invoice)
        credit.settle(made)
        invoice.settle(made)
        self.facts.allocations.append(made)

    def transfer(self, day: dt.date, source: str, target: str, amount: Decimal) -> None:
        """Move money between two bank accounts."""
        if day <= LAST_DAY and amount > ZERO:
            moved = Transfer(
                key=self.key("transfer"), day=day, source=self.chart[source], target=self.chart[target], paid=amount,
                received=amount,
            )  # fmt: skip
            self.facts.transfers.append(moved)

    def journal(self, day: dt.date, narration: str, items: Sequence[Item], entered: dt.date | None = None) -> None:
        """Post a manual journal without tax; ``entered`` is when, if that was not its own day."""
        items = [item for item in items if item.amount]
        if items and max(day, entered or day) <= LAST_DAY:
            lines = [
                EnteredLine(
                    self.key("line"), self.chart[item.account], item.amount, description=item.text or narration,
                    tracking=self._options(item.channel),
                )
                for item in items
            ]  # fmt: skip
            self.facts.manual_journals.append(
                ManualJournal(
                    key=self.key("journal"), day=day, mode="NoTax", lines=lines, narration=narration, entered=entered
                )
            )


def months() -> Iterator[dt.date]:
    """Go through the first days of all months."""
    day = FIRST_DAY
    while day <= LAST_DAY:
        yield day
        day = next_month(day, 1)


def next_month(day: dt.date, on: int) -> dt.date:
    """Return a day of the month that follows."""
    return (day.replace(day=1) + dt.timedelta(days=31)).replace(day=on)


def month_end(day: dt.date) -> dt.date:
    """Return the last day of a day's month."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def workday(day: dt.date) -> dt.date:
    """Return the day, or the Monday after a weekend."""
    return day + dt.timedelta(days=max(0, 7 - day.weekday()) if day.weekday() >= _SATURDAY else 0)


def rate_of(currency: str, day: dt.date) -> Decimal:
    """Return the rate of a day with six decimals: it goes up and down slowly."""
    if currency == BASE:
        return ONE
    middle, swing, every = _RATES[currency]
    turn = (day - FIRST_DAY).days / 30.4 / every * 2 * math.pi
    return Decimal(middle + swing * math.sin(turn) + swing / 3 * math.sin(3.7 * turn)).quantize(ONE, ROUND_HALF_UP)


def financial_year(day: dt.date) -> int:
    """Return the calendar year in which the financial year of a day ends."""
    return day.year + (day.month > 3)
