"""Money spent, received and moved, and manual journals of a month."""

from __future__ import annotations

from collections.abc import Callable

from local_xero.everything.story import Draw, Story

_OLD_PREMISES_MONTHS = 6
"""Until its account was archived."""


def _money(story: Story, month: int) -> None:
    """In base currency: with tax, with a line that takes away, with a code alone; one is deleted."""
    story.document("SPEND", story.day(month, 3), [Draw("office"), Draw("advertising", 60, negative=True)])
    story.document("SPEND", story.day(month, 5), [Draw("rent", naming="AccountCode")], "Inclusive")
    story.document("RECEIVE", story.day(month, 7), [Draw("interest", 40, naming="AccountId")], "NoTax")
    story.document("RECEIVE", story.day(month, 9), [Draw("sales"), Draw("funds")], "Inclusive")
    status = ("DELETED", "VOIDED")[month % 2]
    story.document("SPEND", story.day(month, 11), [Draw("office")], status=status)
    if month < _OLD_PREMISES_MONTHS:
        story.document("SPEND", story.day(month, 13), [Draw("archived")])


def _foreign_money(story: Story, month: int) -> None:
    """On the foreign bank accounts, with and without tax."""
    story.document("SPEND", story.day(month, 4), [Draw("advertising"), Draw("fees", 30)], currency="USD")
    story.document("RECEIVE", story.day(month, 6), [Draw("consulting", 4_000)], "NoTax", "USD")
    story.document("SPEND", story.day(month, 8), [Draw("office")], "Inclusive", "AUD")
    story.document("RECEIVE", story.day(month, 10), [Draw("sales", 4_000)], currency="AUD")
    story.document("RECEIVE", story.day(month, 12), [Draw("sales", 90)], currency="USD", status="DELETED")


def _transfers(story: Story, month: int) -> None:
    """Base to base, base to foreign, foreign to base, foreign to foreign; one is deleted."""
    pairs = (("bank", "card"), ("bank", "foreign"), ("australian", "bank"), ("foreign", "australian"))
    for day, (source, target) in enumerate(pairs, 14):
        story.transfer(story.day(month, day), source, target)
    story.transfer(story.day(month, 20), *pairs[month % len(pairs)], deleted=True)


def _manual_journals(story: Story, month: int) -> None:
    """With tax on either side and without; drafts and the like; one that was taken back."""
    story.manual(story.day(month, 25), "Exclusive", [Draw("office"), Draw("rent", naming="AccountCode")], "loan")
    story.manual(story.day(month, 26), "Inclusive", [Draw("advertising"), Draw("office", 90)], "funds")
    story.manual(story.day(month, 26), "Exclusive", [Draw("sales", negative=True), Draw("sales", 90)], "loan")
    story.manual(story.day(month, 27), "NoTax", [Draw("fees"), Draw("prepaid", 90)], "loan")
    status = ("DRAFT", "DELETED")[month % 2]
    story.manual(story.day(month, 27), "Exclusive", [Draw("office")], "loan", status=status)
    story.manual(story.day(month, 28), "Inclusive", [Draw("office")], "loan", status="VOIDED")


CASES: tuple[Callable[[Story, int], None], ...] = (_money, _foreign_money, _transfers, _manual_journals)
