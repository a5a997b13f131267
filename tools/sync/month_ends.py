"""The balances of all month ends: those from the journal lines in DuckDB set against those of Xero's trial balance.

https://developer.xero.com/documentation/api/accounting/reports#trial-balance
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from pathlib import Path
from typing import Any

QUERY = Path(__file__).with_name("month_end_balances.sql")

TABLES = ("journal_lines", "trial_balance_lines", "accounts", "organisations", "currencies")
"""What the query reads."""

_ZERO = Decimal(0)
_LEAVING_OUT = ("starting_at_journal_id", "ending_at_journal_id", "modified_since")
_TABLE_NAMES = "select table_name from duckdb_tables() where schema_name = current_schema()"

Ask = Callable[[str], Sequence[Mapping[str, Any]]]
"""Asks a DuckDB file in SQL; rows by column name."""


@dataclass(frozen=True)
class Balance:
    """One account at one month end, as the query gives it; amounts in the base currency, debit positive.

    Attributes:
        tenant_id: the organisation.
        month_end: the last day of a month.
        year_began: first day of the financial year in which the month ends.
        account_id: Xero's ID.
        code: the account's code, empty where it has none.
        name: the account's name.
        account_class: ASSET, LIABILITY, EQUITY, REVENUE or EXPENSE; OTHER where nobody tells.
        journals: the balance from the journal lines.
        xero: the balance in Xero's trial balance.
        difference: the one minus the other.
        set_apart: why Xero may show an amount that no journal explains; None where it may not.
    """

    tenant_id: str
    month_end: dt.date
    year_began: dt.date
    account_id: str
    code: str
    name: str
    account_class: str
    journals: Decimal
    xero: Decimal
    difference: Decimal
    set_apart: str | None

    @property
    def label(self) -> str:
        """Code and name."""
        return f"{self.code} {self.name}".strip()


class MonthEnds:
    """What the query has found, by organisation, month end and account."""

    def __init__(self, balances: Sequence[Balance]) -> None:
        self.balances = balances

    @classmethod
    def compared(cls, ask: Ask) -> MonthEnds:
        """Run the query."""
        return cls([Balance(*row.values()) for row in ask(QUERY.read_text(encoding="utf-8"))])

    @property
    def agree(self) -> bool:
        """Whether something was compared, no balance differs that may not, and all month ends net to zero on both sides."""
        return bool(self.balances) and not self.errors and not self.unbalanced

    @property
    def days(self) -> list[dt.date]:
        """The month ends."""
        return sorted({balance.month_end for balance in self.balances})

    @property
    def accounts(self) -> int:
        """How many accounts there are."""
        return len({(balance.tenant_id, balance.account_id) for balance in self.balances})

    @property
    def errors(self) -> list[Balance]:
        """Balances that differ and may not."""
        return [balance for balance in self.balances if balance.difference and not balance.set_apart]

    @property
    def set_apart(self) -> list[list[Balance]]:
        """What was set apart: the month ends of each account."""
        return _by_account([balance for balance in self.balances if balance.set_apart])

    @property
    def unbalanced(self) -> list[tuple[dt.date, Decimal, Decimal]]:
        """Month ends that do not net to zero: day, sum of the journals, sum of Xero's trial balance."""
        found = []
        for (_, day), rows in groupby(self.balances, key=lambda one: (one.tenant_id, one.month_end)):
            month = list(rows)
            journals = sum((one.journals for one in month), _ZERO)
            xero = sum((one.xero for one in month), _ZERO)
            if journals or xero:
                found.append((day, journals, xero))
        return found

    def runs(self) -> list[list[Balance]]:
        """Group the errors: a group is one account over the month ends in a row that differ by the same amount."""
        places = {day: place for place, day in enumerate(self.days)}
        found = []
        for rows in _by_account(self.errors):
            in_a_row = groupby(enumerate(rows), key=lambda one: (one[1].difference, places[one[1].month_end] - one[0]))
            found += [[balance for _, balance in run] for _, run in in_a_row]
        return found


def obstacle(settings: Mapping[str, Any], ask: Ask) -> str | None:
    """Say why the balances cannot be compared, None when they can.

    Args:
        settings: of the connector.
        ask: the file that it was read into.
    """
    journals: Mapping[str, Any] = settings.get("journals") or {}
    if journals.get("include") is False:
        return "journals.include is false, and without journals there is nothing to compare."
    filters = [f"journals.{name}" for name in _LEAVING_OUT if journals.get(name) is not None]
    if filters:
        which = " and ".join(filters)
        return f"{which} in the settings leaves journals out, so the balances cannot be Xero's."
    missing = _missing(ask)
    if missing:
        return f"it needs {', '.join(missing)} too, of which nothing has been read."
    return None


def _missing(ask: Ask) -> list[str]:
    present = {row["table_name"] for row in ask(_TABLE_NAMES)}
    return [name for name in TABLES if name not in present or not ask(f"from {name} limit 1")]


def _by_account(balances: Sequence[Balance]) -> list[list[Balance]]:
    found: dict[tuple[str, str], list[Balance]] = {}
    for balance in balances:
        found.setdefault((balance.tenant_id, balance.account_id), []).append(balance)
    return list(found.values())
