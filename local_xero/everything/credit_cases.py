"""Credit notes, prepayments and overpayments of a month: allocated whole and in part, paid back, left open."""

from __future__ import annotations

from collections.abc import Callable

from local_xero.everything.accounts import BANKS
from local_xero.everything.facts import Document
from local_xero.everything.story import Draw, Story
from local_xero.ledger import cents


def _invoice(story: Story, credit: Document, day: int) -> Document:
    """Enter an invoice or a bill that is larger than any credit, of the same month, contact and currency."""
    kind, account = ("ACCREC", "sales") if credit.is_sale else ("ACCPAY", "purchases")
    date = credit.day.replace(day=day)
    return story.document(kind, date, [Draw(account, 9_000)], currency=credit.currency)


def _credit_notes(story: Story, month: int) -> None:
    """In base currency: whole, in part and refunded, refunded alone, taken back, never posted."""
    whole = story.document("ACCRECCREDIT", story.day(month, 4), [Draw("sales", 300), Draw("consulting", 90)])
    story.allocate(whole, _invoice(story, whole, 2))
    part = story.document("ACCPAYCREDIT", story.day(month, 6), [Draw("purchases", 300)], "Inclusive")
    story.allocate(part, _invoice(story, part, 9), cents(part.total / 3))
    story.pay(part, 20)
    lines = [Draw("sales", 200), Draw("sales", 20, negative=True, naming="AccountCode")]
    refunded = story.document("ACCRECCREDIT", story.day(month, 8), lines, "NoTax")
    story.pay(refunded, 9, cents(refunded.total / 2))
    undone = story.document("ACCRECCREDIT", story.day(month, 9), [Draw("sales", 200)])
    story.allocate(undone, _invoice(story, undone, 3), deleted=True)
    status = ("DRAFT", "SUBMITTED", "VOIDED", "DELETED")[month % 4]
    story.document("ACCPAYCREDIT", story.day(month, 10), [Draw("office", 200)], status=status)
    story.document("ACCRECCREDIT", story.day(month, 10), [Draw("sales", 200)], status="VOIDED")


def _foreign_credit_notes(story: Story, month: int) -> None:
    """Allocated at another rate, in two parts; one is then paid back. The invoice is paid in part besides."""
    note = story.document("ACCRECCREDIT", story.day(month, 11), [Draw("sales", 400), Draw("sales", 70)], currency="USD")
    first = _invoice(story, note, 5)
    story.allocate(note, first, cents(note.total / 3))
    story.allocate(note, _invoice(story, note, 14))
    story.pay(first, 28)
    back = story.document("ACCPAYCREDIT", story.day(month, 12), [Draw("purchases", 400)], "NoTax", "AUD")
    story.allocate(back, _invoice(story, back, 12), cents(back.total / 4))
    story.pay(back, 16, cents(back.total / 4))
    story.pay(back, 19, account="australian")
    undone = story.document("ACCPAYCREDIT", story.day(month, 13), [Draw("office", 200)], currency="USD")
    story.allocate(undone, _invoice(story, undone, 6), deleted=True)


def _advance(story: Story, kind: str, month: int, day: int, currency: str) -> Document:
    """Receive or spend money in advance: a prepayment has lines of its own with tax, an overpayment has none that count."""
    if kind.endswith("-OVERPAYMENT"):
        account = "receivable" if kind.startswith("RECEIVE") else "payable"
        return story.document(kind, story.day(month, day), [Draw(account, 600)], "NoTax", currency)
    account = "received" if kind.startswith("RECEIVE") else "prepaid"
    tax = "OUTPUT2" if kind.startswith("RECEIVE") else "INPUT2"
    mode = "Exclusive" if month // 4 % 2 else "Inclusive"
    lines = [Draw(account, 600, tax_type=tax), Draw(account, 80, tax_type="NONE", naming="AccountCode")]
    return story.document(kind, story.day(month, day), lines, mode, currency)


def _advances(story: Story, month: int) -> None:
    """Of each type: used whole or in two parts; used in part and paid back; left open, after a use that was deleted.

    Every other month in base currency, else on one of the foreign bank accounts.
    """
    currency = ("NZD", "USD", "NZD", "AUD")[month % 4]
    for number, kind in enumerate(
        ("RECEIVE-PREPAYMENT", "SPEND-PREPAYMENT", "RECEIVE-OVERPAYMENT", "SPEND-OVERPAYMENT")
    ):
        used = _advance(story, kind, month, 15 + number, currency)
        first = _invoice(story, used, 7)
        if (month // 4 + number) % 2:
            story.allocate(used, first, cents(used.total / 3))
        story.allocate(used, _invoice(story, used, 22))
        story.pay(first, 40, cents(first.total / 5))
        back = _advance(story, kind, month, 16 + number, currency)
        story.allocate(back, _invoice(story, back, 19 + number), cents(back.total / 7))
        story.pay(back, 12, cents(back.total / 7))
        story.pay(back, 30, account=BANKS[currency])
        if (month + number) % 3 == 0:
            kept = _advance(story, kind, month, 17 + number, currency)
            story.allocate(kept, first, cents(kept.total / 2), deleted=True)


CASES: tuple[Callable[[Story, int], None], ...] = (_credit_notes, _foreign_credit_notes, _advances)
