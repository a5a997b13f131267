"""What a company has done, in its own words: both its lists and its journals are made from these.

Amounts are in a document's own currency, rates in foreign units for one unit of the base currency, as CurrencyRate is.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal

from local_xero.chart import Account
from local_xero.ledger import ZERO, cents
from local_xero.wire import Wire

BASE = "NZD"
ONE = Decimal("1.000000")
_DEBITS = ("ACCREC", "ACCPAYCREDIT", "RECEIVE", "RECEIVE-PREPAYMENT", "RECEIVE-OVERPAYMENT")


@dataclass(frozen=True)
class EnteredLine:
    """One line of a document or a manual journal.

    Attributes:
        line_id: LineItemID.
        account: None for a line that is a text only.
        amount: LineAmount as entered, after the discount; with tax in an Inclusive document. May be negative.
        tax: TaxAmount. In a NoTax document it counts for nothing, whatever it says.
        tax_type: TaxType.
        description: Description.
        tracking: at most two options.
        quantity: Quantity.
        unit: UnitAmount, before the discount.
        discount: DiscountRate in percent.
        naming: how lists name the account: "AccountID", "AccountId" (both with the code), or "AccountCode" alone.
    """

    line_id: str
    account: Account | None
    amount: Decimal = ZERO
    tax: Decimal = ZERO
    tax_type: str = "NONE"
    description: str = ""
    tracking: tuple[Wire, ...] = ()
    quantity: Decimal = Decimal(1)
    unit: Decimal = ZERO
    discount: Decimal = ZERO
    naming: str = "AccountID"


@dataclass(eq=False, kw_only=True)
class Settlement:
    """Settles a part of a document, or all of it; ``amount`` is in the currency of the document."""

    key: str
    day: dt.date
    amount: Decimal
    deleted: bool = False


@dataclass(eq=False, kw_only=True)
class Document:
    """An invoice, a bill, a credit note, money spent or received, a prepayment or an overpayment.

    Attributes:
        kind: Type as Xero has it.
        key: InvoiceID, CreditNoteID, BankTransactionID, PrepaymentID or OverpaymentID.
        number: InvoiceNumber or CreditNoteNumber.
        contact: its record.
        day: Date.
        mode: LineAmountTypes.
        lines: as entered.
        currency: CurrencyCode.
        rate: CurrencyRate.
        overwritten: what a person added to the Total of the lines, from -0.10 to 0.10.
        status: AUTHORISED until settled; DRAFT, SUBMITTED, DELETED, VOIDED.
        bank: the bank account of money that moves with the document.
        bank_key: BankTransactionID of a prepayment or an overpayment.
        due: DueDate; None where nobody has entered one.
        settlements: payments and allocations of this document, in any order.
    """

    kind: str
    key: str
    number: str
    contact: Wire
    day: dt.date
    mode: str
    lines: list[EnteredLine]
    currency: str = BASE
    rate: Decimal = ONE
    overwritten: Decimal = ZERO
    status: str = "AUTHORISED"
    bank: Account | None = None
    bank_key: str = ""
    due: dt.date | None = None
    settlements: list[Settlement] = field(default_factory=list)

    @property
    def sign(self) -> int:
        """Return 1 where the control account or the bank is debited, -1 where it is credited."""
        return 1 if self.kind in _DEBITS else -1

    @property
    def is_sale(self) -> bool:
        """Whether it belongs to receivables, not to payables."""
        return self.kind.startswith(("ACCREC", "RECEIVE"))

    @property
    def is_prepayment(self) -> bool:
        """Whether it is a prepayment, which never stands on receivables or payables."""
        return self.kind.endswith("-PREPAYMENT")

    @property
    def is_overpayment(self) -> bool:
        """Whether it is an overpayment, which stands on receivables or payables as a whole."""
        return self.kind.endswith("-OVERPAYMENT")

    def tax_of(self, line: EnteredLine) -> Decimal:
        """Return the tax of a line that counts."""
        return ZERO if self.mode == "NoTax" else line.tax

    def net_of(self, line: EnteredLine) -> Decimal:
        """Return the amount of a line without tax."""
        return line.amount - line.tax if self.mode == "Inclusive" else line.amount

    @property
    def net(self) -> Decimal:
        """SubTotal."""
        return sum(map(self.net_of, self.lines), ZERO)

    @property
    def tax(self) -> Decimal:
        """TotalTax."""
        return sum(map(self.tax_of, self.lines), ZERO)

    @property
    def total(self) -> Decimal:
        """Total, as a person may have overwritten it."""
        return self.net + self.tax + self.overwritten

    @property
    def live(self) -> list[Settlement]:
        """The settlements that were not deleted, in the order of their dates."""
        return sorted((s for s in self.settlements if not s.deleted), key=lambda s: (s.day, s.key))

    @property
    def open(self) -> Decimal:
        """AmountDue or RemainingCredit."""
        return self.total - sum((s.amount for s in self.live), ZERO)

    def base(self, amount: Decimal) -> Decimal:
        """Convert an amount to the base currency."""
        return cents(amount / self.rate)

    def settle(self, settlement: Settlement) -> None:
        """Add a settlement; two of one day would leave open which of them takes the odd cent."""
        if not settlement.deleted:
            assert all(settlement.day != other.day for other in self.live), self.kind
            assert ZERO < settlement.amount <= self.open, self.kind
        self.settlements.append(settlement)


@dataclass(eq=False, kw_only=True)
class Payment(Settlement):
    """Money for a document, or the refund of a credit.

    Attributes:
        document: what is paid or paid back.
        rate: CurrencyRate of the day.
        account: where the money moves.
        bank_amount: BankAmount, in the currency of ``account``.
        batch: BatchPaymentID, "" when it is in none.
    """

    document: Document
    rate: Decimal
    account: Account
    bank_amount: Decimal
    batch: str = ""


@dataclass(eq=False, kw_only=True)
class Allocation(Settlement):
    """A credit note, a prepayment or an overpayment set against an invoice or a bill of the same currency."""

    credit: Document
    invoice: Document


@dataclass(eq=False, kw_only=True)
class Transfer:
    """Money between two bank accounts; each amount is in the currency of its account."""

    key: str
    day: dt.date
    source: Account
    target: Account
    paid: Decimal
    received: Decimal
    paid_rate: Decimal = ONE
    received_rate: Decimal = ONE
    deleted: bool = False


@dataclass(eq=False, kw_only=True)
class ManualJournal:
    """A manual journal, in the base currency; ``amount`` of its lines is debit positive.

    ``entered`` is the day on which it was posted, if that was not its own.
    """

    key: str
    day: dt.date
    mode: str
    lines: list[EnteredLine]
    status: str = "POSTED"
    narration: str = ""
    entered: dt.date | None = None


@dataclass
class Facts:
    """All documents of a company."""

    documents: list[Document] = field(default_factory=list)
    payments: list[Payment] = field(default_factory=list)
    allocations: list[Allocation] = field(default_factory=list)
    transfers: list[Transfer] = field(default_factory=list)
    manual_journals: list[ManualJournal] = field(default_factory=list)
