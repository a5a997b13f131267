"""The balances of all month ends: those from the journal lines in DuckDB beside those of Xero's trial balance.

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

_ZERO = Decimal(0)

Ask = Callable[[str], Sequence[Mapping[str, Any]]]
"""Runs SQL on a DuckDB file; returns rows by column name."""


@dataclass(frozen=True)
class Balance:
    """One account at one month end, as the query returns it. Amounts are in the base currency; a debit is positive.

    Attributes:
        tenant_id: the organisation.
        month_end: the last day of a month.
        year_began: first day of the financial year in which the month ends.
        account_id: Xero's ID.
        code: the account's code, empty where it has none.
        name: the account's name.
        account_class: ASSET, LIABILITY, EQUITY, REVENUE or EXPENSE; OTHER when it is unknown.
        journals: the balance from the journal lines.
        xero: the balance in Xero's trial balance.
        difference: ``journals`` minus ``xero``.
        set_apart: why Xero may show an amount that no journal explains; None when a difference is an error.
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
    """The balances that the query returns, by organisation, month end and account."""

    def __init__(self, balances: Sequence[Balance]) -> None:
        self.balances = balances

    @classmethod
    def compared(cls, ask: Ask) -> MonthEnds:
        """Run the query."""
        return cls([Balance(*row.values()) for row in ask(QUERY.read_text(encoding="utf-8"))])

    @property
    def agree(self) -> bool:
        """Whether something was compared, there is no error, and all month ends net to zero on both sides."""
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
        """Balances that differ although nothing explains it."""
        return [balance for balance in self.balances if balance.difference and not balance.set_apart]

    @property
    def set_apart(self) -> list[list[Balance]]:
        """Balances that may differ: the month ends of each account."""
        return _by_account([balance for balance in self.balances if balance.set_apart])

    @property
    def unbalanced(self) -> list[tuple[dt.date, Decimal, Decimal]]:
        """Month ends that do not net to zero: day, sum from the journals, sum in Xero's trial balance."""
        found = []
        for (_, day), rows in groupby(self.balances, key=lambda one: (one.tenant_id, one.month_end)):
            month = list(rows)
            journals = sum((one.journals for one in month), _ZERO)
            xero = sum((one.xero for one in month), _ZERO)
            if journals or xero:
                found.append((day, journals, xero))
        return found

    def runs(self) -> list[list[Balance]]:
        """Group the errors of an account: consecutive month ends that differ by the same amount are one group."""
        places = {day: place for place, day in enumerate(self.days)}
        found = []
        for rows in _by_account(self.errors):
            in_a_row = groupby(enumerate(rows), key=lambda one: (one[1].difference, places[one[1].month_end] - one[0]))
            found += [[balance for _, balance in run] for _, run in in_a_row]
        return found


def _by_account(balances: Sequence[Balance]) -> list[list[Balance]]:
    found: dict[tuple[str, str], list[Balance]] = {}
    for balance in balances:
        found.setdefault((balance.tenant_id, balance.account_id), []).append(balance)
    return list(found.values())
