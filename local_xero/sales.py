"""Invoices and bills: amounts with tax and currency, their JSON, and the entries that they post."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from local_xero.chart import TAX_RATES, Account
from local_xero.ledger import ZERO, Line, Source, cents
from local_xero.wire import Wire, date_string, stamp_string, wire_date

BASE_CURRENCY = "NZD"
_ONE = Decimal("1.000000")


@dataclass
class Item:
    """One line of an invoice; a line without an account is a description only."""

    item_id: str
    account: Account | None
    description: str
    quantity: Decimal
    unit: Decimal
    tax_type: str
    tracking: tuple[Wire, ...] = ()

    @property
    def amount(self) -> Decimal:
        """LineAmount, two decimals, as entered (with tax included or not)."""
        return cents(self.quantity * self.unit)

    def tax(self, mode: str) -> Decimal:
        """TaxAmount under the invoice's LineAmountTypes."""
        rate = TAX_RATES[self.tax_type] if mode != "NoTax" else Decimal(0)
        share = rate / (1 + rate) if mode == "Inclusive" else rate
        return cents(self.amount * share)

    def wire(self, mode: str) -> Wire:
        """Write the line as Xero does, unit amounts with four decimals."""
        record: Wire = {"Description": self.description}
        if self.account is None:
            return record | {"LineItemID": self.item_id, "Tracking": [], "LineAmount": ZERO, "TaxAmount": ZERO}
        record |= {
            "UnitAmount": self.unit.quantize(Decimal("0.0001"), ROUND_HALF_UP),
            "TaxType": self.tax_type if mode != "NoTax" else "NONE",
            "TaxAmount": self.tax(mode),
            "LineAmount": self.amount,
        }
        if self.account.code is not None:
            record["AccountCode"] = self.account.code
        tracking = [{k: v for k, v in item.items() if k != "Status"} for item in self.tracking]
        record |= {"Tracking": tracking, "Quantity": self.quantity.quantize(Decimal("0.0001"))}
        return record | {"LineItemID": self.item_id, "AccountID": self.account.account_id}


@dataclass
class Invoice:
    """A sales invoice (ACCREC) or a bill (ACCPAY) during its life."""

    type: str
    invoice_id: str
    number: str
    reference: str
    contact: Wire
    date_ms: int
    due_ms: int | None
    items: list[Item]
    mode: str
    currency: str = BASE_CURRENCY
    rate: Decimal = _ONE
    status: str = "DRAFT"
    updated_ms: int = 0
    payments: list[Wire] = field(default_factory=list)
    credited: Decimal = ZERO
    paid_on_ms: int | None = None

    @property
    def sign(self) -> int:
        """Return 1 where the customer owes us, -1 where we owe the supplier."""
        return 1 if self.type == "ACCREC" else -1

    @property
    def tax(self) -> Decimal:
        """TotalTax in the invoice's currency."""
        return sum((i.tax(self.mode) for i in self.items if i.account), ZERO)

    @property
    def total(self) -> Decimal:
        """Total, tax included, in the invoice's currency."""
        entered = sum((i.amount for i in self.items if i.account), ZERO)
        return entered if self.mode == "Inclusive" else entered + self.tax

    @property
    def paid(self) -> Decimal:
        """AmountPaid so far in the invoice's currency."""
        return sum((p["Amount"] for p in self.payments), ZERO)

    @property
    def source(self) -> Source:
        """The source that this invoice's journals name."""
        return Source(self.type, self.invoice_id)

    def base(self, amount: Decimal) -> Decimal:
        """Convert to the base currency: CurrencyRate is foreign per base."""
        return cents(amount / self.rate)

    def entries(self, control: Account, gst: Account) -> list[Line]:
        """Build the accrual entries: control account first, then the lines, then the tax."""
        lines = [
            Line(
                item.account,
                -self.sign * self.base(item.amount - (item.tax(self.mode) if self.mode == "Inclusive" else ZERO)),
                -self.sign * self.base(item.tax(self.mode)),
                item.tax_type if self.mode != "NoTax" else "NONE",
                item.description,
                item.tracking,
            )
            for item in self.items
            if item.account
        ]
        tax = sum((line.tax for line in lines), ZERO)
        owed = -sum((line.net for line in lines), ZERO) - tax
        return [Line(control, owed), *lines, *([Line(gst, tax)] if tax else [])]

    def wire(self) -> Wire:
        """Write the invoice as a paged list sends it, with four decimals."""
        zero_date = self.date_ms == 0
        record: Wire = {"Type": self.type, "InvoiceID": self.invoice_id, "InvoiceNumber": self.number}
        if self.type == "ACCREC":
            record["Reference"] = self.reference
        open_amount = self.status not in ("VOIDED", "DELETED")
        record |= {
            "Payments": self.payments if open_amount else [],
            "CreditNotes": [],
            "Prepayments": [],
            "Overpayments": [],
            "AmountDue": self.total - self.paid - self.credited if open_amount else ZERO,
            "AmountPaid": self.paid if open_amount else ZERO,
            "AmountCredited": self.credited if open_amount else ZERO,
        }
        if self.type == "ACCREC":
            record["SentToContact"] = self.status == "PAID"
        record |= {"CurrencyRate": self.rate, "IsDiscounted": False, "HasAttachments": False, "HasErrors": False}
        record["Contact"] = {
            "ContactID": self.contact["ContactID"],
            "Name": self.contact["Name"],
            **{key: [] for key in ("Addresses", "Phones", "ContactGroups", "ContactPersons")},
            "HasValidationErrors": False,
        }
        if not zero_date:
            record["DateString"] = date_string(self.date_ms)
        record["Date"] = wire_date(self.date_ms)
        if self.due_ms is not None:
            record |= {"DueDateString": date_string(self.due_ms), "DueDate": wire_date(self.due_ms)}
        record |= {"Status": self.status, "LineAmountTypes": self.mode}
        hidden = self.status == "VOIDED" and zero_date
        record["LineItems"] = [] if hidden else [item.wire(self.mode) for item in self.items]
        record |= {"SubTotal": self.total - self.tax, "TotalTax": self.tax, "Total": self.total}
        record |= {"UpdatedDateUTC": wire_date(self.updated_ms), "UpdatedDateUTCString": stamp_string(self.updated_ms)}
        record["CurrencyCode"] = self.currency
        if self.paid_on_ms is not None and self.status == "PAID":
            record["FullyPaidOnDate"] = wire_date(self.paid_on_ms)
        return record
