"""Profit and loss, balance sheet and cash of one organisation, up to its last month."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from source_xero_gl.commands.sync.page import wording
from source_xero_gl.commands.sync.page.books import MONTHS, Books, Figure, months_until
from source_xero_gl.commands.sync.page.charts import Chart, Series, chart
from source_xero_gl.commands.sync.page.tables import Row, Table, nets, section_rows, sums


def profit_and_loss(books: Books, last: dt.date) -> tuple[Chart, Table]:
    """Return income, costs and profit of the last twelve months, and the statement, the newest month first."""
    months = months_until(last, MONTHS)
    income = sums((figure for figure in books.profits if figure.kind == "REVENUE"), months)
    costs = sums((figure for figure in books.profits if figure.kind != "REVENUE"), months)
    profit = nets(books.profits, months)
    drawing = chart(
        f"Income, costs and profit by month, {_span(months)}. The table below has the figures.",
        [f"{day:%b}" for day in months],
        [_series("Income", "income", income), _series("Costs", "costs", costs)],
        [_series("Profit", "profit", profit)],
    )

    def write(amounts: Sequence[Decimal]) -> list[str]:
        return [wording.whole(sum(amounts, Decimal(0))), *map(wording.whole, reversed(amounts))]

    rows = [*section_rows(books.profits, months, write), Row("Profit", write(profit), "total")]
    unexplained = sums(
        (
            figure._replace(amount=figure.unexplained if figure.kind == "REVENUE" else -figure.unexplained)
            for figure in books.profits
        ),
        months,
    )
    if any(unexplained):
        rows.append(Row("of which no document explains", write(unexplained)))
    columns = [f"{MONTHS} months", *map(wording.month, reversed(months))]
    return drawing, Table(f"Profit and loss by month, {_span(months)}, in {books.currency}", columns, rows)


def balance_sheet(books: Books, last: dt.date) -> Table:
    """Return the balances of the last month end, of the one before it, and of the one a year ago, to the cent."""
    months = months_until(last, MONTHS + 1)
    days = [months[-1], months[-2], months[0]]

    def write(amounts: Sequence[Decimal]) -> list[str]:
        return [wording.cents(amount) for amount in amounts]

    owned = [figure for figure in books.balances if figure.kind == "ASSET"]
    owed = [figure for figure in books.balances if figure.kind == "LIABILITY"]
    equity = [figure for figure in books.balances if figure.kind not in ("ASSET", "LIABILITY")]
    rows = [
        *section_rows(owned, days, write),
        *section_rows(owed, days, write),
        Row("Net assets", write([-amount for amount in nets([*owned, *owed], days)]), "total"),
        *section_rows(equity, days, write),
    ]
    return Table(f"Balance sheet, in {books.currency}", [wording.date(day) for day in days], rows)


def cash(books: Books, last: dt.date) -> tuple[Chart, Table]:
    """Return the balances of bank and card accounts at the last twelve month ends, in a chart all together."""
    months = months_until(last, MONTHS)
    banks = _banks(books)
    total = bank_balances(books, months)
    drawing = chart(
        f"Bank and card accounts together at month ends, {_span(months)}. The table below has the figures.",
        [f"{day:%b}" for day in months],
        [],
        [_series("All accounts", "profit", total)],
    )
    rows = []
    for account in dict.fromkeys(figure.account_id for figure in banks):
        own = [figure for figure in banks if figure.account_id == account]
        rows.append(
            Row(wording.account(own[0].code, own[0].name), [wording.whole(a) for a in reversed(sums(own, months))])
        )
    rows.append(Row("All accounts", [wording.whole(amount) for amount in reversed(total)], "total"))
    columns = [wording.month(day) for day in reversed(months)]
    return drawing, Table(f"Bank and card balances at month ends, in {books.currency}", columns, rows)


def bank_balances(books: Books, months: Sequence[dt.date]) -> list[Decimal]:
    """Return what all bank and card accounts hold together at month ends."""
    return sums(_banks(books), months)


def _banks(books: Books) -> list[Figure]:
    return [figure for figure in books.balances if figure.type == "BANK"]


def _series(name: str, style: str, amounts: Sequence[Decimal]) -> Series:
    return Series(name, style, [float(amount) for amount in amounts])


def _span(months: Sequence[dt.date]) -> str:
    return f"{wording.month(months[0])} to {wording.month(months[-1])}"
