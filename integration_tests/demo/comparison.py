"""The journals set against Xero's own report, account by account."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from integration_tests.demo.layout import money, say, short, show, table
from integration_tests.demo.trial_balance import Balance, TrialBalance

_NOTHING = Balance(Decimal(0), Decimal(0))


@dataclass(frozen=True)
class Difference:
    """An account on which the journals and Xero's report do not agree."""

    label: str
    journals: Balance
    xero: Balance


def differences(ours: TrialBalance, report: Mapping[str, Balance]) -> list[Difference]:
    """List the accounts that differ from Xero's report, also those that only one side knows."""
    rows = {row.account_id: row for row in ours.rows}
    found = []
    for account_id in {**rows, **report}:
        row, xero = rows.get(account_id), report.get(account_id, _NOTHING)
        balance = row.balance if row else _NOTHING
        if balance != xero:
            label = f"{row.code} {row.name}".strip() if row else f"account {account_id}"
            found.append(Difference(label, balance, xero))
    return found


def judge(ours: TrialBalance, report: Mapping[str, Balance]) -> bool:
    """Print how the trial balance compares with Xero's report; True when it nets to zero and every account agrees."""
    found = differences(ours, report)
    net = "nets to zero" if ours.nets_to_zero else "DOES NOT NET TO ZERO"
    say(f"It {net}. Xero's TrialBalance report: {len(report)} accounts, {len(found)} differences.")
    if found:
        show(_lines(found))
    return ours.nets_to_zero and not found


def _lines(found: Sequence[Difference]) -> list[str]:
    """Lay differences out: for the month and to date, what the journals say and what Xero says, debit positive."""
    rows = [
        (short(one.label), period, money(ours), money(xero), money(ours - xero))
        for one in found
        for period, ours, xero in (
            ("month", one.journals.month, one.xero.month),
            ("to date", one.journals.to_date, one.xero.to_date),
        )
        if ours != xero
    ]
    return table(("Account", "Period", "Journals", "Xero", "Difference"), rows, left=2)
