"""Tables of amounts, as a template prints them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from source_xero_gl.commands.sync.page import wording
from source_xero_gl.commands.sync.page.books import Figure


@dataclass(frozen=True)
class Row:
    """A row; ``style`` is empty, ``section`` (a heading without amounts) or ``total``."""

    label: str
    amounts: Sequence[str] = ()
    style: str = ""


@dataclass(frozen=True)
class Table:
    """A table with a caption; the first column holds labels, the others amounts.

    Its template makes it scroll sideways where the window is too narrow.
    """

    caption: str
    columns: Sequence[str]
    rows: Sequence[Row]


def sums(figures: Iterable[Figure], months: Sequence[dt.date]) -> list[Decimal]:
    """Return the sum of amounts of each month."""
    found = dict.fromkeys(months, Decimal(0))
    for figure in figures:
        if figure.month in found:
            found[figure.month] += figure.amount
    return list(found.values())


def nets(figures: Iterable[Figure], months: Sequence[dt.date]) -> list[Decimal]:
    """Return the sum of each month with credits positive: profit, or what is owed."""
    return sums((figure._replace(amount=-figure.net) for figure in figures), months)


def section_rows(
    figures: Sequence[Figure], months: Sequence[dt.date], write: Callable[[Sequence[Decimal]], list[str]]
) -> list[Row]:
    """Return the rows of a statement: each section with its accounts and its total, in the order in which the figures come.

    Args:
        figures: ordered by section and account.
        months: the columns.
        write: makes texts of the amounts of a row.
    """
    rows: list[Row] = []
    for section in dict.fromkeys(figure.section for figure in figures):
        inside = [figure for figure in figures if figure.section == section]
        name = wording.plain(section) or "Without a section"
        rows.append(Row(name, style="section"))
        for account in dict.fromkeys(figure.account_id for figure in inside):
            own = [figure for figure in inside if figure.account_id == account]
            amounts = sums(own, months)
            if any(amounts):
                rows.append(Row(wording.account(own[0].code, own[0].name), write(amounts)))
        rows.append(
            Row(f"Total {name.removeprefix('Less ').removeprefix('Plus ')}", write(sums(inside, months)), "total")
        )
    return rows
