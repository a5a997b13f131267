"""A DuckDB file with what ``dbt build`` leaves, as far as the page reads it: a few rows that a test can check by head."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import duckdb

TENANT = "11111111-1111-4111-8111-111111111111"
MARCH, APRIL, MAY = dt.date(2026, 3, 31), dt.date(2026, 4, 30), dt.date(2026, 5, 31)

_ACCOUNT = "accountid text, accountcode text, accountname text, accountclass text"
_STATEMENT = f"tenantid text, monthend date, section text, section_place int, {_ACCOUNT}, accounttype text, amount decimal(38, 4)"
_AGED = "tenantid text, as_at date, contactid text, contactname text, bucket text, baseamount decimal(38, 2)"
_TABLES = {
    "xero_gl_steps.int_xero_gl__organisations": "tenantid text, name text, basecurrency text, has_journals boolean",
    "xero_gl_steps.stg_xero_gl__organisations": "tenantid text, _airbyte_extracted_at timestamp",
    "xero_gl.trial_balance_proof": f"tenantid text, monthend date, {_ACCOUNT}, difference decimal(18, 2), set_apart text",
    "xero_gl.reconciliation": (
        f"tenantid text, monthend date, {_ACCOUNT}, unexplained decimal(18, 2), state text, hint text, is_failure boolean"
    ),
    "xero_gl.general_ledger": f"tenantid text, journaldate date, {_ACCOUNT}, netamount decimal(18, 4)",
    "xero_gl.profit_and_loss_by_month": f"{_STATEMENT}, netamount decimal(38, 4), unexplained decimal(38, 4)",
    "xero_gl.balance_sheet_by_month": f"{_STATEMENT}, balance decimal(38, 4)",
    "xero_gl.aged_receivables": _AGED,
    "xero_gl.aged_payables": _AGED,
    "xero_gl.late_postings": (
        "tenantid text, monthend date, reason text, is_locked boolean, netamount decimal(18, 4), createddateutc timestamp"
    ),
}

BANK = ("b", "090", "Bank", "ASSET")
SALES = ("s", "200", "Sales", "REVENUE")
RENT = ("r", "469", "Rent", "EXPENSE")


class SmallLedger:
    """The file; it has one organisation, Fernside Supplies, whose ledger is made from journals, and no figure yet."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "xero.duckdb"
        self._connection: duckdb.DuckDBPyConnection | None = None
        self._open().execute("create schema xero_gl; create schema xero_gl_steps")
        for table, columns in _TABLES.items():
            self._open().execute(f"create table {table} ({columns})")
        self.organisation("Fernside Supplies")

    def _open(self) -> duckdb.DuckDBPyConnection:
        self._connection = self._connection or duckdb.connect(str(self.path))
        return self._connection

    def close(self) -> None:
        """Let others open the file; what is added later opens it again."""
        if self._connection:
            self._connection.close()
        self._connection = None

    def organisation(self, name: str, *, tenant: str = TENANT, has_journals: bool = True) -> None:
        """Put an organisation there, in place of one with the same tenant; it was read on 20 May 2026."""
        for table, row in {
            "int_xero_gl__organisations": (tenant, name, "NZD", has_journals),
            "stg_xero_gl__organisations": (tenant, "2026-05-20 08:30:00"),
        }.items():
            self._open().execute(f"delete from xero_gl_steps.{table} where tenantid = ?", [tenant])  # noqa: S608 - no input: the names are constants of this project
            self.add(f"xero_gl_steps.{table}", row)

    def add(self, table: str, *rows: Sequence[object]) -> None:
        """Put rows into a table."""
        for row in rows:
            self._open().execute(f"insert into {table} values ({', '.join('?' * len(row))})", row)  # noqa: S608 - no input: the names are constants of this project

    def proof(self, month: dt.date, difference: float = 0, reason: str | None = None, tenant: str = TENANT) -> None:
        """Compare the bank account at a month end."""
        self.add("xero_gl.trial_balance_proof", (tenant, month, *BANK, difference, reason))

    def cell(
        self,
        state: str,
        hint: str | None = None,
        *,
        unexplained: float = 0,
        fails: bool = False,
        month: dt.date = APRIL,
    ) -> None:
        """Compare what the bank account moved by in a month, in a rebuilt ledger."""
        self.add("xero_gl.reconciliation", (TENANT, month, *BANK, unexplained, state, hint, fails))

    def bank(self, month: dt.date, amount: float, name: str = "Bank", tenant: str = TENANT) -> None:
        """Give the bank account a balance."""
        account = ("b", "090", name, "ASSET", "BANK")
        self.add("xero_gl.balance_sheet_by_month", (tenant, month, "Bank", 5, *account, amount, amount))

    def sold(self, month: dt.date, amount: float) -> None:
        """Sell."""
        row = (TENANT, month, "Income", 1, *SALES, "SALES", amount, -amount, 0)
        self.add("xero_gl.profit_and_loss_by_month", row)

    def rented(self, month: dt.date, amount: float) -> None:
        """Pay rent."""
        row = (TENANT, month, "Less Operating Expenses", 4, *RENT, "EXPENSE", amount, amount, 0)
        self.add("xero_gl.profit_and_loss_by_month", row)
