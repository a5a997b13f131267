"""A company at work: two years of sales, bills, payments, bank transactions, corrections and voids."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from decimal import Decimal

from local_xero import chart
from local_xero.day_book import (
    DAY_MS,
    DAYS,
    FIRST_DAY_MS,
    OPENING_JOURNALS,
    REFERENCES,
    DayBook,
    Plan,
)
from local_xero.ledger import ZERO, Line, Source, cents
from local_xero.sales import BASE_CURRENCY, Invoice
from local_xero.wire import wire_date


class Trading(DayBook):
    """Plays the events and keeps the result: accounts, contacts, invoices and two ledgers."""

    def __init__(self, plan: Plan) -> None:
        super().__init__(plan)
        self._events: list[tuple[int, int, Callable[[int], None]]] = []
        self._sequence = 0

    def run(self) -> Trading:
        """Play all events in the order of their time."""
        if self._plan.journals:
            for _ in range(OPENING_JOURNALS):
                self._at(FIRST_DAY_MS - DAY_MS + self._rng.randrange(DAY_MS // 2), self._open)
            for month in range(DAYS // 30):
                self._at(FIRST_DAY_MS + (month * 30 + 29) * DAY_MS, self._depreciate)
        for _ in range(self._plan.invoices):
            self._at(self._moment(), self._draw_up)
        for _ in range(max(0, self._plan.journals - self._plan.invoices * 9 // 5 - 27)):
            self._at(self._moment(), self._bank)
        while self._events:
            when, _, event = heapq.heappop(self._events)
            event(when)
        return self

    def _at(self, when: int, event: Callable[[int], None]) -> None:
        self._sequence += 1
        if when < FIRST_DAY_MS + DAYS * DAY_MS:
            heapq.heappush(self._events, (when, self._sequence, event))

    def _moment(self) -> int:
        return FIRST_DAY_MS + self._rng.randrange((DAYS - 1) * DAY_MS)

    def _later(self, when: int, days: int) -> int:
        return when + self._rng.randrange(DAY_MS // 24, days * DAY_MS)

    def _draw_up(self, when: int) -> None:
        """Enter an invoice or a bill, and draw what happens to it."""
        rng, number = self._rng, len(self.invoices) + 1
        sale = rng.random() < 0.6
        foreign = rng.random() < 0.08
        date = self._date(when)
        invoice = Invoice(
            type="ACCREC" if sale else "ACCPAY",
            invoice_id=chart.new_id(rng),
            number=f"INV-{number:04d}" if sale else rng.choice((f"B{number}", "AP", "")),
            reference=rng.choice(REFERENCES),
            contact=rng.choice(self.contacts),
            date_ms=date,
            due_ms=date + rng.choice((7, 14, 30)) * DAY_MS if rng.random() < 0.95 else None,
            items=self.items(("sales", "consulting") if sale else ("purchases", "office", "rent", "equipment")),
            mode=rng.choice(("Exclusive",) * 6 + ("Inclusive", "NoTax")) if not foreign else "NoTax",
            currency="USD" if foreign else BASE_CURRENCY,
            rate=Decimal(rng.randrange(580_000, 640_000)) / 1_000_000 if foreign else Decimal("1.000000"),
            status=rng.choice(("DRAFT",) * 3 + ("SUBMITTED", "DELETED") + ("AUTHORISED",) * 30),
            updated_ms=when + rng.randrange(1000),
        )
        self.invoices.append(invoice)
        if invoice.status == "AUTHORISED":
            self.accrual.post(when, date, self._entries(invoice), invoice.source, self._reference(invoice))
            self._plan_fate(when, invoice)

    def _plan_fate(self, when: int, invoice: Invoice) -> None:
        fate = self._rng.random()
        if fate < 0.06:
            self._at(self._later(when, 20), lambda then: self._void(then, invoice))
            return
        if fate < 0.18:
            when = self._later(when, 10)
            self._at(when, lambda then: self._edit(then, invoice))
        if fate < 0.85:
            part = self._rng.random() < 0.1
            self._at(self._later(when, 45), lambda then: self._pay(then, invoice, part=part))

    def _reference(self, invoice: Invoice) -> str:
        return invoice.reference if invoice.type == "ACCREC" else ""

    def _entries(self, invoice: Invoice) -> list[Line]:
        control = self.chart["receivable" if invoice.type == "ACCREC" else "payable"]
        return invoice.entries(control, self.chart["gst"])

    def _edit(self, when: int, invoice: Invoice) -> None:
        """Change a posted invoice: one journal reverses the old amounts, the next has the new ones."""
        old = [line.reversed() for line in self._entries(invoice)]
        self.accrual.post(when, invoice.date_ms, old, invoice.source, self._reference(invoice))
        invoice.items[0].unit += Decimal("1.2345")
        invoice.items[0].description += " (corrected)"
        self.accrual.post(when, invoice.date_ms, self._entries(invoice), invoice.source, self._reference(invoice))
        invoice.updated_ms = when

    def _void(self, when: int, invoice: Invoice) -> None:
        lines = [line.reversed() for line in self._entries(invoice)]
        self.accrual.post(when, invoice.date_ms, lines, invoice.source, self._reference(invoice))
        invoice.status, invoice.updated_ms = "VOIDED", when + self._rng.randrange(1000)
        if self._rng.random() < 0.25 or not any(other.date_ms == 0 for other in self.invoices):
            invoice.date_ms = 0  # as Xero shows some voided invoices

    def _pay(self, when: int, invoice: Invoice, *, part: bool) -> None:
        """Pay an invoice, fully or in part; if the rate has changed, there is a currency gain or loss."""
        rng, date = self._rng, self._date(when)
        amount = cents(invoice.total * Decimal("0.4")) if part else invoice.total - invoice.paid
        drift = Decimal(rng.randrange(980_000, 1_020_000)) / 1_000_000
        rate = invoice.rate if invoice.currency == BASE_CURRENCY else (invoice.rate * drift).quantize(invoice.rate)
        owed = self._entries(invoice)[0].net
        owed = cents(owed * amount / invoice.total) if part else owed
        money = invoice.sign * cents(amount / rate) if invoice.currency != BASE_CURRENCY else owed
        control = self.chart["receivable" if invoice.type == "ACCREC" else "payable"]
        lines = [Line(self.chart["bank"], money), Line(control, -owed), Line(self.chart["fx"], owed - money)]
        payment = chart.new_id(rng)
        source = Source(f"{invoice.type}PAYMENT", payment)
        self.accrual.post(when, date, lines, source, rng.choice(("", None)))
        self.cash.post(when, date, self._cash_entries(invoice, money, amount), source, "")
        invoice.payments.append(
            {"PaymentID": payment, "Date": wire_date(date), "Amount": amount, "Reference": "", "CurrencyRate": rate}
            | {"HasAccount": False, "HasValidationErrors": False}
        )
        if not part:
            invoice.status, invoice.paid_on_ms = "PAID", date
        invoice.updated_ms = when + rng.randrange(1000)

    def _cash_entries(self, invoice: Invoice, money: Decimal, amount: Decimal) -> list[Line]:
        """On a cash basis a payment posts the lines of its invoice, in proportion to the amount paid."""
        share = amount / invoice.total
        lines = [
            Line(
                line.account,
                cents(line.net * share),
                cents(line.tax * share),
                line.tax_type,
                line.description,
                line.tracking,
            )
            for line in self._entries(invoice)[1:]
        ]
        rest = money + sum((line.net for line in lines), ZERO)
        return [Line(self.chart["bank"], money), *lines, *([Line(self.chart["rounding"], -rest)] if rest else [])]
