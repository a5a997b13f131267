"""The trial balance of one day from the journal lines in DuckDB."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from pathlib import Path

from source_xero_gl.commands.layout import money, short, side, table
from source_xero_gl.commands.sync.pipeline import Pipeline

QUERY = Path(__file__).with_name("trial_balance.sql")

_ZERO = Decimal(0)
_HEAD = ("Code", "Account", "Debit", "Credit", "YTD Debit", "YTD Credit")


@dataclass(frozen=True)
class Row:
    """One account. Amounts are zero or positive; of debit and credit, at least one is zero."""

    account_id: str
    code: str
    name: str
    account_class: str
    debit: Decimal
    credit: Decimal
    ytd_debit: Decimal
    ytd_credit: Decimal

    @property
    def amounts(self) -> tuple[Decimal, Decimal, Decimal, Decimal]:
        """The four columns."""
        return self.debit, self.credit, self.ytd_debit, self.ytd_credit


class TrialBalance:
    """The rows at a date, with sections in the order of Xero's report."""

    def __init__(self, as_at: dt.date, rows: Sequence[Row]) -> None:
        self.as_at = as_at
        self.rows = rows

    @classmethod
    def from_journals(cls, pipeline: Pipeline, as_at: dt.date) -> TrialBalance:
        """Compute the trial balance at the end of a day, with the query in ``trial_balance.sql``."""
        found = pipeline.query(QUERY.read_text(encoding="utf-8"), as_at)
        return cls(as_at, [Row(*row.values()) for row in found])

    @property
    def totals(self) -> tuple[Decimal, Decimal, Decimal, Decimal]:
        """Sums of the four columns."""
        return (
            sum((row.debit for row in self.rows), _ZERO),
            sum((row.credit for row in self.rows), _ZERO),
            sum((row.ytd_debit for row in self.rows), _ZERO),
            sum((row.ytd_credit for row in self.rows), _ZERO),
        )

    def lines(self) -> list[str]:
        """Return the trial balance as lines of text."""
        cells: list[Sequence[str]] = []
        for account_class, rows in groupby(self.rows, key=lambda row: row.account_class):
            cells.append((account_class.capitalize(),))
            cells += [(row.code, short(row.name), *map(side, row.amounts)) for row in rows]
        return table(_HEAD, [*cells, (), ("", "Total", *map(money, self.totals))], left=2)


def last_month_end(today: dt.date) -> dt.date:
    """Return the last day of the month before a day's month."""
    return today.replace(day=1) - dt.timedelta(days=1)
