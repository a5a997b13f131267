"""Prints how the balances of all month ends compare with Xero's trial balance."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from demo.month_ends import Balance, MonthEnds
from source_xero_gl.commands.layout import exact, say, short, show, table, written

LINES = 20
"""How many differences are printed; the query returns all of them."""


def judge(found: MonthEnds) -> bool:
    """Print how all balances compare; return whether they agree."""
    days = found.days
    if not days:
        say("There is no month end to compare.")
        return False
    say(
        f"{len(days)} month ends, {written(days[0])} to {written(days[-1])}, and {found.accounts} accounts:"
        f" {len(found.balances):,} balances compared to the cent."
    )
    _differences(found)
    _balance(found)
    _set_apart(found)
    return found.agree


def _differences(found: MonthEnds) -> None:
    if not found.errors:
        say("Differences: none.")
        return
    runs = found.runs()
    say(f"Differences: {len(found.errors):,}.")
    head = ("Account", "From month end", "Until", "Journals", "Xero", "Difference")
    rows = [
        (
            short(run[0].label),
            written(run[0].month_end),
            written(run[-1].month_end),
            exact(run[0].journals),
            exact(run[0].xero),
            exact(run[0].difference),
        )
        for run in runs[:LINES]
    ]
    show(table(head, rows, left=3))
    if len(runs) > LINES:
        say(f"… and {len(runs) - LINES:,} more.")


def _balance(found: MonthEnds) -> None:
    if not found.unbalanced:
        say("Every month end nets to zero, from the journals and in Xero.")
    for day, journals, xero in found.unbalanced[:LINES]:
        say(f"{written(day)} DOES NOT NET TO ZERO: journals {exact(journals)}, Xero {exact(xero)}.")


def _set_apart(found: MonthEnds) -> None:
    accounts = found.set_apart
    if not accounts:
        return
    differing = [rows for rows in accounts if any(row.difference for row in rows)]
    if not differing:
        say(
            f"Not counted as errors, because Xero may revalue them without a journal: {_names(accounts)}.",
            "They do not differ either.",
        )
        return
    say("Not counted as errors, because Xero revalues them without a journal:")
    last = found.days[-1]
    head = ("Account", "Why", "Month ends", "Differ", f"At {written(last)}")
    show(table(head, [_line(rows, last) for rows in accounts], left=2))


def _names(accounts: Sequence[Sequence[Balance]]) -> str:
    return ", ".join(rows[0].label for rows in accounts)


def _line(rows: Sequence[Balance], last: dt.date) -> tuple[str, ...]:
    differing = sum(1 for row in rows if row.difference)
    now = sum((row.difference for row in rows if row.month_end == last), Decimal(0))
    return short(rows[0].label), rows[0].set_apart or "", str(len(rows)), str(differing), exact(now)
