"""How far the ledgers of the two ways agree: with Xero's trial balance, and with one another."""

from __future__ import annotations

import importlib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from demo.month_ends import MonthEnds
from source_xero_gl.wording import counted

CONVERSION = "conversion balances"

_CELLS = (
    "select state, coalesce(hint, 'nothing known') as hint, count(*) as cells from xero_gl.reconciliation group by all"
)
_BOTH = """
with journals as (    -- conversion balances have no source
    select accountid, journaldate, sum(netamount) as net
    from one.xero_gl.general_ledger where sourcetype is not null group by all having net <> 0
),

documents as (    -- without what was taken from the trial balance
    select accountid, journaldate, sum(netamount) as net
    from other.xero_gl.general_ledger where origin = 'DERIVED' group by all having net <> 0
)

select count(*), count(*) filter (journals.net is distinct from documents.net)
from journals full join documents using (accountid, journaldate)
"""


@dataclass(frozen=True)
class Rebuilt:
    """The account-months of a rebuilt ledger.

    Attributes:
        exact: those that agree with Xero's trial balance to the cent.
        conversion: those that hold the conversion balances, for which Xero has no document.
        others: the rest, by what is known of it.
    """

    exact: int
    conversion: int
    others: Counter[str]

    @property
    def sentence(self) -> str:
        """Say all of it."""
        compared = self.exact + self.others.total()
        hold = "holds" if self.conversion == 1 else "hold"
        rest = "".join(f"; {number:,} differ: {hint}" for hint, number in sorted(self.others.items()))
        return (
            f"{self.exact:,} of {counted(compared, 'account-month')} agree to the cent;"
            f" {self.conversion:,} {hold} the {CONVERSION}{rest}."
        )


def rebuilt(database: Path) -> Rebuilt:
    """Count the account-months of a ledger that was rebuilt from documents."""
    with importlib.import_module("duckdb").connect(str(database), read_only=True) as connection:
        cells = connection.execute(_CELLS).fetchall()
    found: Counter[str] = Counter()
    for state, hint, number in cells:
        name = "exact" if state == "EXPLAINED" else CONVERSION if state == "OPENING" else hint
        found[name] += number
    return Rebuilt(found.pop("exact", 0), found.pop(CONVERSION, 0), found)


def both_ways(one: Path, other: Path) -> tuple[int, int]:
    """Compare what one company's journals and documents have moved: how many account-days there are, and how many differ."""
    with importlib.import_module("duckdb").connect() as connection:
        for name, database in (("one", one), ("other", other)):
            connection.execute(f"attach '{database}' as {name} (read_only)")
        days, different = connection.execute(_BOTH).fetchone()
    return int(days), int(different)


def month_ends(database: Path) -> MonthEnds:
    """Compare journal lines and trial balances with a query that shares nothing with the ledger's models."""
    with importlib.import_module("duckdb").connect(str(database), read_only=True) as connection:
        return MonthEnds.compared(lambda sql: rows(connection, sql))


def rows(connection: Any, sql: str) -> list[dict[str, Any]]:
    """Ask in SQL; return rows by column name."""
    found = connection.execute(sql)
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
