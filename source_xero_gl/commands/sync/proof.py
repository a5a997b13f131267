"""Whether the ledger agrees with Xero's trial balance: a sentence for each organisation, what differs by account and month."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from source_xero_gl.commands.layout import INDENT, exact, short, table, written
from source_xero_gl.commands.sync.databases import Database
from source_xero_gl.commands.sync.ledger import SCHEMA, FailedTest
from source_xero_gl.wording import counted, printable

LINES = 20
"""How many mistakes are printed of each test; the ledger has all of them."""

_VERDICTS = f"""
with compared as (
    select
        tenantid,
        count(*) as balances,
        count(distinct monthend) as months,
        max(monthend) as last_month,
        count(*) filter (where difference <> 0 and set_apart is null) as different,
        count(*) filter (where difference <> 0 and set_apart is not null) as set_apart
    from {SCHEMA}.trial_balance_proof
    group by tenantid
),

journals as (
    select distinct tenantid from {SCHEMA}.general_ledger where origin = 'JOURNAL'
)

select
    organisations.tenantid,
    organisations.name,
    journals.tenantid is not null as has_journals,
    compared.balances,
    compared.months,
    compared.last_month,
    compared.different,
    compared.set_apart,
    coverage.account_months,
    coverage.exact
from (select distinct tenantid, name from organisations) as organisations
left join journals using (tenantid)
left join compared using (tenantid)
left join {SCHEMA}.ledger_coverage as coverage using (tenantid)
order by organisations.name collate "C", organisations.tenantid
"""  # noqa: S608 - no input: the names are constants of this project
_ACCOUNTS = "select tenantid, accountid, code, name from accounts"


@dataclass(frozen=True)
class Verdict:
    """Whether one organisation's ledger agrees, and the sentence about it."""

    tenant_id: str
    name: str
    agrees: bool
    sentence: str


@dataclass(frozen=True)
class Mistakes:
    """What one failed test has found: how much, and the first of it as lines of text."""

    test: str
    number: int
    lines: Sequence[str]


@dataclass(frozen=True)
class Proof:
    """What was proven of a ledger. It holds when no test has failed and every organisation agrees."""

    verdicts: Sequence[Verdict]
    mistakes: Sequence[Mistakes]

    @property
    def holds(self) -> bool:
        """Whether all agree."""
        return bool(self.verdicts) and not self.mistakes and all(verdict.agrees for verdict in self.verdicts)


def prove(database: Database, failed: Sequence[FailedTest]) -> Proof:
    """Read from a ledger whether it agrees with Xero; ``failed`` are its tests that have failed.

    Raises:
        DatabaseError: it cannot be read.
    """
    with database.reading() as tables:
        organisations = tables.named(_VERDICTS)
        found = {test.name: tables.named(test.rows) for test in failed}
        accounts = {(row["tenantid"], row["accountid"]): row for row in tables.named(_ACCOUNTS)}
    names = {str(row["tenantid"]): printable(str(row["name"])) for row in organisations}
    wrong = [row for rows in found.values() for row in rows]
    nobody = any("tenantid" not in row for row in wrong)
    blamed = {str(row.get("tenantid")) for row in wrong}
    verdicts = [_verdict(row, names, nobody or str(row["tenantid"]) in blamed) for row in organisations]
    mistakes = [Mistakes(name, len(rows), _lines(rows, names, accounts)) for name, rows in found.items()]
    return Proof(verdicts, mistakes)


def _verdict(row: Mapping[str, Any], names: Mapping[str, str], wrong: bool) -> Verdict:  # noqa: FBT001 - private, read beside its call
    tenant_id = str(row["tenantid"])
    compared = bool(row["balances"])
    return Verdict(tenant_id, names[tenant_id], compared and not wrong, _sentence(row, names[tenant_id], wrong=wrong))


def _sentence(row: Mapping[str, Any], name: str, *, wrong: bool) -> str:
    if not row["balances"]:
        return (
            f"{name}: NOT COMPARED. Xero's trial balance was read for no month end; the stream is trial_balance_lines."
        )
    months = f"{counted(row['months'], 'month end')} to {written(row['last_month'])}"
    verdict = "DOES NOT AGREE" if wrong else "agrees"
    if row["has_journals"]:
        differing = f"{row['different']:,} of {counted(row['balances'], 'balance')} differ" if row["different"] else ""
        equal = f"{counted(row['balances'] - row['different'] - row['set_apart'], 'balance')} equal to the cent"
        apart = f"{row['set_apart']:,} set apart, because Xero revalues foreign money without a journal"
        facts = [months, differing or equal, *([apart] if row["set_apart"] else [])]
        return f"{name}: {verdict}. From its journals: {', '.join(facts)}."
    exact_months = f"{row['exact'] or 0:,} of {counted(row['account_months'] or 0, 'account-month')}"
    return f"{name}: {verdict}. Rebuilt from its documents: {months}, {exact_months} explained to the cent."


def _lines(
    rows: Sequence[Mapping[str, Any]],
    names: Mapping[str, str],
    accounts: Mapping[tuple[str, str], Mapping[str, Any]],
) -> list[str]:
    head = ("Organisation", "Account", "Month", "Difference")
    cells = [
        (_organisation(row, names), _account(row, accounts), _month(row), _difference(row)) for row in rows[:LINES]
    ]
    more = [f"{INDENT}… and {len(rows) - LINES:,} more."] if len(rows) > LINES else []
    return [*table(head, cells, left=3), *more]


def _organisation(row: Mapping[str, Any], names: Mapping[str, str]) -> str:
    return short(names.get(str(row.get("tenantid")), ""))


def _account(row: Mapping[str, Any], accounts: Mapping[tuple[str, str], Mapping[str, Any]]) -> str:
    known = accounts.get((str(row.get("tenantid")), str(row.get("accountid"))), {})
    code, name = known.get("code") or row.get("accountcode"), known.get("name") or row.get("accountname")
    return short(printable(f"{code or ''} {name or row.get('accountid') or ''}".strip()))


def _month(row: Mapping[str, Any]) -> str:
    day = row.get("monthend") or row.get("journaldate")
    return written(day) if isinstance(day, dt.date) else ""


def _difference(row: Mapping[str, Any]) -> str:
    amount = row.get("difference", row.get("unexplained"))
    return exact(amount) if isinstance(amount, Decimal) else ""
