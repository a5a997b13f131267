"""Invoices and bills of a month: each case once, with what is paid and when."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from local_xero.everything.facts import EnteredLine
from local_xero.everything.story import Draw, Story
from local_xero.ledger import cents

_UNPOSTED = ("DRAFT", "SUBMITTED", "DELETED")


def _plain(story: Story, month: int) -> None:
    """Lines with a discount, with a text alone, without an amount, with a tax that a person has corrected by a cent.

    The invoice is paid whole, the bill through an account that is no bank.
    """
    invoice = story.document("ACCREC", story.day(month, 2), [Draw("sales", discount=10), Draw("consulting")])
    invoice.lines.append(EnteredLine(story.key("line"), None, description="Thank you!"))
    invoice.lines.append(EnteredLine(story.key("line"), story.chart["sales"], description="Free of charge"))
    story.pay(invoice, 20)
    bill = story.document("ACCPAY", story.day(month, 3), [Draw("office", naming="AccountId"), Draw("rent")])
    bill.lines[1] = replace(bill.lines[1], tax=bill.lines[1].tax + Decimal("0.01"))
    story.pay(bill, 25, account="funds")


def _inclusive(story: Story, month: int) -> None:
    """Amounts with tax, accounts named by their code alone, paid in two parts; the last part is open for some time."""
    coded = [Draw("sales", naming="AccountCode"), Draw("sales", 50, naming="AccountCode")]
    invoice = story.document("ACCREC", story.day(month, 4), coded, "Inclusive")
    story.pay(invoice, 8, cents(invoice.total / 3))
    story.pay(invoice, 70)
    bill = story.document("ACCPAY", story.day(month, 5), [Draw("advertising", naming="AccountCode")], "Inclusive")
    story.pay(bill, 31, cents(bill.total / 7))


def _no_tax(story: Story, month: int) -> None:
    """Lines of a NoTax invoice say a tax that does not count; the invoice stays open."""
    invoice = story.document("ACCREC", story.day(month, 6), [Draw("consulting"), Draw("interest")], "NoTax")
    invoice.lines[1] = replace(invoice.lines[1], tax=Decimal("1.23"))


def _negative(story: Story, month: int) -> None:
    """A line takes away from the others; the bill is paid with the card, a bank account without a code."""
    invoice = story.document("ACCREC", story.day(month, 7), [Draw("sales"), Draw("consulting", 80, negative=True)])
    story.pay(invoice, 14)
    taken = [Draw("purchases"), Draw("office", 70, negative=True)]
    bill = story.document("ACCPAY", story.day(month, 8), taken, "Inclusive")
    story.pay(bill, 40, account="card")


def _overwritten(story: Story, month: int) -> None:
    """A person has corrected the total by up to ten cents."""
    by = Decimal(month % 10 + 1) / 100
    invoice = story.document("ACCREC", story.day(month, 9), [Draw("sales")], overwritten=by)
    story.pay(invoice, 11)
    bill = story.document("ACCPAY", story.day(month, 9), [Draw("office")], "Inclusive", overwritten=-by)
    story.pay(bill, 12)
    foreign = story.document("ACCPAY", story.day(month, 9), [Draw("office")], currency="USD", overwritten=by)
    story.pay(foreign, 22, cents(foreign.total / 2))
    story.pay(foreign, 52)


def _not_posted(story: Story, month: int) -> None:
    """Drafts and the like; and voided ones, which were posted and taken back."""
    status = _UNPOSTED[month % len(_UNPOSTED)]
    story.document("ACCREC", story.day(month, 10), [Draw("sales")], status=status)
    story.document("ACCPAY", story.day(month, 10), [Draw("rent")], status=status)
    story.document("ACCREC", story.day(month, 11), [Draw("sales")], status="VOIDED")
    story.document("ACCPAY", story.day(month, 11), [Draw("rent")], currency="AUD", status="VOIDED")


def _foreign_parts(story: Story, month: int) -> None:
    """Foreign documents paid in three parts, at another rate each, into accounts of either currency."""
    invoice = story.document("ACCREC", story.day(month, 12), [Draw("sales"), Draw("consulting")], "NoTax", "USD")
    story.pay(invoice, 5, cents(invoice.total / 3))
    story.pay(invoice, 17, cents(invoice.total / 3), account="foreign")
    story.pay(invoice, 33)
    bill = story.document("ACCPAY", story.day(month, 13), [Draw("purchases"), Draw("office")], currency="AUD")
    story.pay(bill, 6, cents(bill.total / 6))
    story.pay(bill, 18, cents(bill.total / 6))
    story.pay(bill, 48, account="australian")
    whole = story.document("ACCREC", story.day(month, 14), [Draw("consulting")], currency="AUD")
    story.pay(whole, 21, account="australian")
    open_part = story.document("ACCPAY", story.day(month, 14), [Draw("advertising")], "Inclusive", "USD")
    story.pay(open_part, 9, cents(open_part.total / 4))


def _large(story: Story, month: int) -> None:
    """A foreign invoice whose rate does not give what the bank moved."""
    if month % 6 == 1:
        invoice = story.document(
            "ACCREC", story.day(month, 15), [Draw("sales", 900_000, tax_type="NONE")], "NoTax", "USD"
        )
        story.pay(invoice, 16)


def _deleted_payment(story: Story, month: int) -> None:
    """A payment is deleted and made again, on an account of another currency."""
    for kind, account, currency in (("ACCREC", "sales", "NZD"), ("ACCPAY", "office", "USD")):
        document = story.document(kind, story.day(month, 16), [Draw(account)], currency=currency)
        story.pay(document, 10, deleted=True)
        story.pay(document, 15)


def _batch(story: Story, month: int) -> None:
    """Several bills are paid at once; every second month several invoices."""
    kind, account = (("ACCPAY", "office"), ("ACCREC", "sales"))[month % 2]
    batch = story.key("batch")
    for day in (17, 18, 19):
        story.pay(story.document(kind, story.day(month, day), [Draw(account)]), 36 - day, batch=batch)


CASES: tuple[Callable[[Story, int], None], ...] = (
    _plain, _inclusive, _no_tax, _negative, _overwritten, _not_posted, _foreign_parts, _large, _deleted_payment, _batch,
)  # fmt: skip
