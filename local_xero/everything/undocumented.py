"""Entries without a document: conversion balances, and what payroll, stock, fixed assets and expense claims post."""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from decimal import Decimal

from local_xero.chart import TAX_RATES
from local_xero.everything.bookkeeping import Entry
from local_xero.everything.story import MONTHS, Draw, Story
from local_xero.ledger import ZERO, Line, Source, cents

CONVERSION = "conversion"
"""The kind that is always there; the others are hidden until a test asks for them."""

_BOUGHT, _SOLD = 20, 17
"""Units of stock a month: a part is left, so that the average cost moves slowly."""


def undocumented(story: Story) -> list[Entry]:
    """Make the entries of all months; those of stock also enter their bills and invoices."""
    return [_conversion(story), *_payroll(story), *_depreciation(story), *_stock(story), *_expense_claims(story)]


def _conversion(story: Story) -> Entry:
    """Balances from the books before Xero, on the first day, against the historical adjustment."""
    signs = {"bank": 1, "inventory": 1, "equipment": 1, "wear": -1, "loan": -1, "funds": -1}
    lines = [Line(story.chart[key], sign * story.amount(5_000, 40_000)) for key, sign in signs.items()]
    rest = sum((line.net for line in lines), ZERO)
    return Entry(story.day(0, 1), [*lines, Line(story.chart["historical"], -rest)], None, kind=CONVERSION)


def _payroll(story: Story) -> Iterator[Entry]:
    """A pay run on the 25th, paid from the bank on the 3rd of the month that follows."""
    chart = story.chart
    for month in range(MONTHS):
        wages, tax = story.amount(4_000, 9_000), story.amount(500, 1_500)
        run = [
            Line(chart["wages"], wages, tax_type="NONE"),
            Line(chart["payroll_tax"], -tax),
            Line(chart["wages_payable"], tax - wages),
        ]
        yield Entry(story.day(month, 25), run, Source("PAYSLIP", story.key("pay run")), kind="payroll")
        paid = [Line(chart["bank"], tax - wages), Line(chart["wages_payable"], wages - tax)]
        if month + 1 < MONTHS:
            yield Entry(story.day(month + 1, 3), paid, Source("EXTERNALSPENDMONEY", story.key("pay")), kind="payroll")


def _depreciation(story: Story) -> Iterator[Entry]:
    """On the last day of each month."""
    for month in range(MONTHS):
        first, worn = story.day(month, 1), story.amount(100, 300)
        last = first.replace(day=calendar.monthrange(first.year, first.month)[1])
        lines = [Line(story.chart["depreciation"], worn, tax_type="NONE"), Line(story.chart["wear"], -worn)]
        yield Entry(last, lines, Source("MANJOURNAL", story.key("depreciation")), kind="depreciation")


def _stock(story: Story) -> Iterator[Entry]:
    """Bills put stock on its account; a sale takes it off at average cost, which the invoice does not say."""
    units, value = 0, ZERO
    for month in range(MONTHS):
        bill = story.document("ACCPAY", story.day(month, 1), [Draw("inventory", 2_000, tax_type="INPUT2")])
        story.pay(bill, 24)
        units, value = units + _BOUGHT, value + bill.net
        sale = story.document("ACCREC", story.day(month, 21), [Draw("sales", 3_000)])
        story.pay(sale, 13)
        cost = cents(value * Decimal(_SOLD) / units)
        units, value = units - _SOLD, value - cost
        lines = [Line(story.chart["stock_cost"], cost, tax_type="NONE"), Line(story.chart["inventory"], -cost)]
        yield Entry(sale.day, lines, Source("ACCREC", sale.key), kind="stock")


def _expense_claims(story: Story) -> Iterator[Entry]:
    """A claim with tax on the 12th, paid from the bank on the 8th of the month that follows."""
    chart = story.chart
    for month in range(MONTHS):
        spent = story.amount(30, 300)
        tax = cents(spent * TAX_RATES["INPUT2"])
        claim = [
            Line(chart["office"], spent, tax, "INPUT2"),
            Line(chart["gst"], tax),
            Line(chart["unpaid_claims"], -spent - tax),
        ]
        yield Entry(story.day(month, 12), claim, Source("EXPCLAIM", story.key("claim")), kind="expense claims")
        if month + 1 < MONTHS:
            paid = [Line(chart["bank"], -spent - tax), Line(chart["unpaid_claims"], spent + tax)]
            source = Source("EXPPAYMENT", story.key("claim paid"))
            yield Entry(story.day(month + 1, 8), paid, source, kind="expense claims")
