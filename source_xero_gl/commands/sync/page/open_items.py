"""Receivables and payables by age, and late postings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from source_xero_gl.commands.sync.page import wording
from source_xero_gl.commands.sync.page.books import Aged, Books
from source_xero_gl.commands.sync.page.charts import Chart, Series, chart
from source_xero_gl.commands.sync.page.tables import Row, Table

BUCKETS = {
    "current": "Not due",
    "1-30": "1 to 30 days",
    "31-60": "31 to 60 days",
    "61-90": "61 to 90 days",
    "older": "Older",
}
"""The buckets of the models and how people call them."""

_CONTACTS = 5
"""How many contacts are named on each side: those with the largest amounts."""

_LATE_MONTHS = 12
"""How many months with late postings are shown."""


def total(aged: Sequence[Aged], *buckets: str) -> Decimal:
    """Return what is open, in all buckets or in some."""
    return sum((one.amount for one in aged if not buckets or one.bucket in buckets), Decimal(0))


def overdue(aged: Sequence[Aged]) -> Decimal:
    """Return what should have been paid."""
    return total(aged, *(bucket for bucket in BUCKETS if bucket != "current"))


def ageing(books: Books, day: dt.date) -> tuple[Chart, Table]:
    """Return receivables and payables by days since the due date on a day."""
    sides = (("Owed to us", "income", books.receivables), ("We owe", "costs", books.payables))
    drawing = chart(
        f"Receivables and payables by age on {wording.date(day)}. The table below has the figures.",
        list(BUCKETS.values()),
        [Series(name, style, [float(total(side, bucket)) for bucket in BUCKETS]) for name, style, side in sides],
    )
    rows = []
    for name, _, side in sides:
        rows += [Row(name, style="section"), *_largest(side), Row(f"Total {name.lower()}", _amounts(side), "total")]
    columns = ["Total", *BUCKETS.values()]
    return drawing, Table(
        f"Open documents by days since the due date, {wording.date(day)}, in {books.currency}", columns, rows
    )


def _largest(side: Sequence[Aged]) -> list[Row]:
    contacts: dict[str | None, list[Aged]] = {}
    for one in side:
        contacts.setdefault(one.contact_id, []).append(one)
    ordered = sorted(contacts.values(), key=lambda own: -abs(total(own)))
    rows = [Row(wording.plain(own[0].contact) or "Without a name", _amounts(own)) for own in ordered[:_CONTACTS]]
    others = [one for own in ordered[_CONTACTS:] for one in own]
    return [*rows, Row(f"{len(ordered) - _CONTACTS:,} others", _amounts(others))] if others else rows


def _amounts(aged: Sequence[Aged]) -> list[str]:
    return [wording.cents(total(aged)), *(wording.cents(total(aged, bucket)) for bucket in BUCKETS)]


def late_postings(books: Books) -> Table | None:
    """Return the newest months into which was posted when they were done; None where there are none."""
    if not books.late:
        return None
    months = list(dict.fromkeys(one.month for one in books.late))
    rows = [
        Row(
            wording.month(one.month) + (", locked" if one.locked else ""),
            [
                "after the report" if one.reason == "AFTER THE REPORT" else "after the days to close",
                f"{one.lines:,}",
                wording.cents(one.debits),
                wording.date(one.newest.date()),
            ],
        )
        for one in books.late
        if one.month in months[:_LATE_MONTHS]
    ]
    left = len(months) - _LATE_MONTHS
    if left > 0:
        older = [one for one in books.late if one.month in months[_LATE_MONTHS:]]
        lines, debits = sum(one.lines for one in older), sum((one.debits for one in older), Decimal(0))
        newest = wording.date(max(one.newest for one in older).date())
        rows.append(Row(f"{left:,} earlier months", ["", f"{lines:,}", wording.cents(debits), newest]))
    columns = ["Posted", "Lines", f"Debits, {books.currency}", "Newest posted on"]
    return Table("Postings into months that were done, by month", columns, rows)
