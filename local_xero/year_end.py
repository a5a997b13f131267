"""Entries outside of daily business, made after the two years: credits, deletions, foreign money."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

from local_xero import chart
from local_xero.day_book import DAY_MS, DAYS, FIRST_DAY_MS, Plan
from local_xero.ledger import Line, Source, cents
from local_xero.sales import BASE_CURRENCY, Invoice
from local_xero.trading import Trading
from local_xero.wire import Wire

_END_MS = FIRST_DAY_MS + DAYS * DAY_MS
_INVOICES_PER_ROUND = 250
_FOREIGN = 8


@dataclass
class CreditNote:
    """A credit note; ``document`` holds its lines as an invoice of the same direction would.

    Attributes:
        document: type ACCREC for a customer's credit, ACCPAY for a supplier's.
        allocated: the invoice that it is set against, wholly.
        refund_id: the PaymentID of the money that was paid back.
    """

    document: Invoice
    allocated: Invoice | None = None
    refund_id: str | None = None


@dataclass
class Advance:
    """A prepayment or an overpayment: money for which there is no invoice yet."""

    document_id: str
    incoming: bool
    over: bool
    amount: Decimal
    contact: Wire
    date_ms: int


@dataclass
class ForeignMoney:
    """The amount of a bank transaction in another currency; ``rate`` is foreign per base."""

    amount: Decimal
    rate: Decimal


@dataclass
class Extras:
    """What the journals of the year end do not say of their documents."""

    credit_notes: list[CreditNote] = field(default_factory=list)
    advances: list[Advance] = field(default_factory=list)
    foreign: dict[str, ForeignMoney] = field(default_factory=dict)
    deleted_payments: dict[str, Invoice] = field(default_factory=dict)


class YearEnd(Trading):
    """Trading, and then what trading leaves out; the journals of trading stay as they are.

    No money is spent here (CASHPAID), so that the last such journal by number is one of the last month.
    """

    def __init__(self, plan: Plan) -> None:
        super().__init__(plan)
        self.extras = Extras()
        self._open_invoices: list[Invoice] = []

    def run(self) -> YearEnd:
        """Play the two years, then the rest."""
        super().run()
        if not self._plan.journals or not self.contacts:
            return self
        self.chart |= chart.later_accounts(self._rng)
        self._open_invoices = [
            i for i in self.invoices if i.status == "AUTHORISED" and not i.payments and i.currency == BASE_CURRENCY
        ]
        for _ in range(1 + self._plan.invoices // _INVOICES_PER_ROUND):
            self._round()
        return self

    def _round(self) -> None:
        self._credits()
        for over in (False, True):
            for incoming in (True, False):
                self._advance(incoming=incoming, over=over)
        self._delete_bank_transaction()
        self._delete_transfer()
        self._void_manual_journal()
        self._delete_payment()
        for _ in range(_FOREIGN):
            self._foreign_bank()

    def _day(self) -> int:
        return self._date(self._moment())

    def _both(self, date: int, lines: list[Line], source: Source, reference: str | None = "") -> None:
        self._post(_END_MS, date, lines, source, reference)

    def _and_back(self, date: int, lines: list[Line], source: Source) -> None:
        """Post something and reverse it, as a deletion does."""
        self._both(date, lines, source)
        self._both(date, [line.reversed() for line in lines], source)

    def _credits(self) -> None:
        """Write six credit notes: open, a supplier's, allocated, refunded, voided, a draft."""
        self._credit("ACCREC")
        self._credit("ACCPAY")
        allocated = self._credit("ACCREC")
        mine = [
            i for i in self._open_invoices if i.type == "ACCREC" and i.total - i.credited > allocated.document.total
        ]
        if mine:
            allocated.allocated, allocated.document.status = self._rng.choice(mine), "PAID"
            allocated.allocated.credited += allocated.document.total
        self._refund(self._credit("ACCREC"))
        self._void_credit(self._credit("ACCREC"))
        self._credit("ACCPAY", status="DRAFT")

    def _credit(self, kind: str, status: str = "AUTHORISED") -> CreditNote:
        number, date = len(self.extras.credit_notes) + 1, self._day()
        items = self.items(("sales", "consulting") if kind == "ACCREC" else ("purchases", "office"))[:1]
        note_id = chart.new_id(self._rng)
        label = f"CN-{number:04d}" if kind == "ACCREC" else ""
        contact = self._rng.choice(self.contacts)
        document = Invoice(kind, note_id, label, "Returned", contact, date, None, items, "Exclusive", status=status)
        document.updated_ms = _END_MS + number * 1_003
        note = CreditNote(document)
        self.extras.credit_notes.append(note)
        if status != "DRAFT":
            self.accrual.post(_END_MS, date, self._credit_lines(note), self._credit_source(note), "Returned")
        return note

    def _credit_source(self, note: CreditNote) -> Source:
        return Source(f"{note.document.type}CREDIT", note.document.invoice_id)

    def _credit_lines(self, note: CreditNote) -> list[Line]:
        return [line.reversed() for line in self._entries(note.document)]

    def _refund(self, note: CreditNote) -> None:
        """Pay a customer's credit back: the money, and on a cash basis the lines of the note."""
        document, date = note.document, note.document.date_ms + DAY_MS
        note.refund_id, document.status = chart.new_id(self._rng), "PAID"
        document.paid_on_ms = date
        source = Source("ARCREDITPAYMENT", note.refund_id)
        money = Line(self.chart["bank"], -document.total)
        self.accrual.post(_END_MS, date, [money, Line(self.chart["receivable"], document.total)], source, "")
        self.cash.post(_END_MS, date, [money, *self._credit_lines(note)[1:]], source, "")

    def _void_credit(self, note: CreditNote) -> None:
        note.document.status = "VOIDED"
        lines = [line.reversed() for line in self._credit_lines(note)]
        self.accrual.post(_END_MS, note.document.date_ms, lines, self._credit_source(note), "Returned")

    def _advance(self, *, incoming: bool, over: bool) -> None:
        """Receive or spend money in advance; advances of customers are in receivables."""
        advance = Advance(
            chart.new_id(self._rng), incoming, over, self._amount(900), self._rng.choice(self.contacts), self._day()
        )
        self.extras.advances.append(advance)
        kind = f"{'AR' if incoming else 'AP'}{'OVERPAYMENT' if over else 'PREPAYMENT'}"
        account = self.chart["receivable" if incoming else "payable" if over else "prepaid"]
        money = advance.amount if incoming else -advance.amount
        lines = [Line(self.chart["bank"], money), Line(account, -money, tax_type="NONE")]
        self._both(advance.date_ms, lines, Source(kind, advance.document_id))

    def _delete_bank_transaction(self) -> None:
        amount = self._amount(90)
        entry = Line(self.chart["interest"], -amount, tax_type="NONE", description="Entered twice")
        source = Source("CASHREC", chart.new_id(self._rng))
        self._and_back(self._day(), [Line(self.chart["bank"], amount), entry], source)

    def _delete_transfer(self) -> None:
        amount = self._amount(500)
        lines = [Line(self.chart["card"], amount), Line(self.chart["bank"], -amount)]
        self._and_back(self._day(), lines, Source("TRANSFER", chart.new_id(self._rng)))

    def _void_manual_journal(self) -> None:
        amount = self._amount(70)
        lines = [
            Line(self.chart["office"], amount, tax_type="NONE", description="Accrued", tracking=self._tracking()),
            Line(self.chart["loan"], -amount, tax_type="NONE", description="Accrued"),
        ]
        self._and_back(self._day(), lines, Source("MANJOURNAL", chart.new_id(self._rng)))

    def _delete_payment(self) -> None:
        """Pay an open invoice and delete the payment: the invoice is as it was."""
        if not self._open_invoices:
            return
        invoice, date = self._rng.choice(self._open_invoices), self._day()
        payment = chart.new_id(self._rng)
        self.extras.deleted_payments[payment] = invoice
        owed = self._entries(invoice)[0]
        source = Source(f"{invoice.type}PAYMENT", payment)
        accrual = [Line(self.chart["bank"], owed.net), Line(owed.account, -owed.net)]
        bases: tuple[tuple[Callable[..., None], list[Line]], ...] = (
            (self.accrual.post, accrual),
            (self.cash.post, self._cash_entries(invoice, owed.net, invoice.total)),
        )
        for post, lines in bases:
            post(_END_MS, date, lines, source, "")
            post(_END_MS, date, [line.reversed() for line in lines], source, "")

    def _foreign_bank(self) -> None:
        """Receive US dollars."""
        money = ForeignMoney(self._amount(2_000), Decimal(self._rng.randrange(580, 640)) / 1_000)
        base = cents(money.amount / money.rate)
        source = Source("CASHREC", chart.new_id(self._rng))
        self.extras.foreign[source.id] = money
        entry = Line(self.chart["interest"], -base, tax_type="NONE", description="USD")
        self._both(self._day(), [Line(self.chart["foreign"], base), entry], source)
