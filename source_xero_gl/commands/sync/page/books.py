"""What the page shows, read from the tables of the dbt package."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from source_xero_gl.commands.sync.databases.base import Tables
from source_xero_gl.commands.sync.page import queries, wording
from source_xero_gl.readers.months import Month, month_of

MONTHS = 12
"""How many months statements and charts go back."""


class Cell(NamedTuple):
    """One account in one month, compared with Xero.

    Attributes:
        state: AGREES, SET APART (a difference that has a reason), DIFFERS, OPENING or NOT COMPARED.
        amount: the difference, or what no document explains, in the base currency.
        reason: why it is set apart, in the words of the model; None when no reason is known.
    """

    month: dt.date
    account_id: str
    code: str | None
    name: str | None
    kind: str | None
    state: str
    amount: Decimal
    reason: str | None


class Figure(NamedTuple):
    """What an account moved by in a month, or its balance at the end of one, as Xero's report prints it.

    Attributes:
        net: the amount with debits positive.
        unexplained: the part of ``amount`` that no document explains.
    """

    section: str | None
    place: int | None
    account_id: str
    code: str | None
    name: str | None
    type: str | None
    kind: str | None
    month: dt.date
    amount: Decimal
    net: Decimal
    unexplained: Decimal


class Aged(NamedTuple):
    """What one contact owes, or is owed, in one bucket of days since the due date."""

    contact_id: str | None
    contact: str | None
    bucket: str
    amount: Decimal


class Late(NamedTuple):
    """Lines that were posted into a month when it was done; ``debits`` is their size."""

    month: dt.date
    reason: str
    locked: bool
    lines: int
    debits: Decimal
    newest: dt.datetime


@dataclass(frozen=True)
class Books:
    """One organisation.

    Attributes:
        name, currency: the base currency's code; both fit to be shown.
        has_journals: whether its ledger comes from Xero's journals, and not from documents.
        read_at: when it was read from Xero last, UTC; None when the loader did not say.
        last: the month that the page ends with: no later than that of ``read_at``; None without a ledger.
        cells: the comparison with Xero.
        profits, balances: what the statements are made from.
        aged_on: the day of ``receivables`` and ``payables``: the end of the last month, or an earlier day in it.
        receivables, payables: what is open then.
        late: late postings by month.
    """

    name: str
    currency: str
    has_journals: bool
    read_at: dt.datetime | None
    last: dt.date | None
    cells: Sequence[Cell]
    profits: Sequence[Figure]
    balances: Sequence[Figure]
    aged_on: dt.date | None
    receivables: Sequence[Aged]
    payables: Sequence[Aged]
    late: Sequence[Late]


def read_books(tables: Tables, as_at: dt.date | None) -> list[Books]:
    """Return the organisations by name; ``as_at`` is the variable of that name with which dbt has run."""
    return [_books(tables, as_at, *row) for row in tables.rows(queries.ORGANISATIONS)]


def _books(
    tables: Tables,
    as_at: dt.date | None,
    tenant: str,
    name: str | None,
    currency: str | None,
    has_journals: bool,  # noqa: FBT001 - made from a row of the query, never by hand
    read_at: dt.datetime | None,
) -> Books:
    def rows(query: str, **parameters: object) -> list[tuple[Any, ...]]:
        return tables.rows(query, {"tenant": tenant, **parameters})

    ((last,),) = rows(queries.LAST_MONTH, read=month_of(read_at).last if read_at else None)
    # Without a ledger there is no last month: no row is of the month of any day.
    end = month_of(last or dt.date.max)
    shown = {"first": (end - 12).last, "last": end.last}
    # In the middle of a month, what is due later in it is not overdue.
    aged_on = min(as_at or end.last, end.last)
    return Books(
        name=wording.plain(name) or "Organisation without a name",
        currency=wording.plain(currency) or "the base currency",
        has_journals=has_journals,
        read_at=read_at,
        last=last,
        cells=[Cell(*row) for row in rows(queries.PROOF_CELLS if has_journals else queries.REBUILT_CELLS)],
        profits=[Figure(*row) for row in rows(queries.PROFITS, **shown)],
        balances=[Figure(*row) for row in rows(queries.BALANCES, **shown)],
        aged_on=aged_on if last else None,
        receivables=[Aged(*row) for row in rows(queries.AGED.format(model="aged_receivables"), day=aged_on)],
        payables=[Aged(*row) for row in rows(queries.AGED.format(model="aged_payables"), day=aged_on)],
        late=[Late(*row) for row in rows(queries.LATE)],
    )


def months_until(last: dt.date, number: int) -> list[dt.date]:
    """Return so many month ends, the oldest first; the last of them is given."""
    end: Month = month_of(last)
    return [(end - back).last for back in reversed(range(number))]
