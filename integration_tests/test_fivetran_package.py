"""Fivetran's real package on ours, run as ``docs/dbt.md`` says, and compared with Xero's own reports.

The package and those that it needs come from dbt's package hub. ``FIVETRAN_DBT_PACKAGES`` names a folder with them, such as the
``dbt_packages`` that ``dbt deps`` makes: ``xero``, ``fivetran_utils``, ``dbt_utils``.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from integration_tests.landed import land
from integration_tests.postgres import postgres_programs, postgres_server
from integration_tests.warehouse import PACKAGE, Warehouse, duckdb_warehouse, postgres_warehouse
from local_xero.process import XeroServerProcess

PACKAGES = os.environ.get("FIVETRAN_DBT_PACKAGES", "")
pytestmark = [
    pytest.mark.slow,  # builds 150 models, several times
    pytest.mark.skipif(not PACKAGES, reason="FIVETRAN_DBT_PACKAGES names no folder with Fivetran's packages"),
    pytest.mark.skipif(
        importlib.util.find_spec("airbyte") is None,
        reason="PyAirbyte is not installed: it supports Python 3.10 to 3.12",
    ),
]

KINDS = ("duckdb", "postgres", "airbyte")
"""Tables as PyAirbyte lands them in DuckDB and in Postgres, and as Airbyte's Postgres destination does."""

JOURNALS = ("journals", "journal_lines", "cash_journals", "cash_journal_lines")

SECOND = "second"
YEAR_BEGINS = 4
"""The month in which the company's financial year begins."""

Cells = dict[tuple[str, str, str], Decimal]
"""Figures that are not zero, by organisation, month and account."""


@dataclass(frozen=True)
class Books:
    """What was landed, twice: for the company, and for a second organisation with the same IDs.

    Attributes:
        database: where dbt builds.
        landed: the DuckDB file with the company alone.
        journals: whether journals were landed in the database, too.
    """

    database: Warehouse
    landed: Path
    journals: bool

    def build(self) -> None:
        """Build the sample project, as it is, with the packages where ``dbt deps`` puts them."""
        project = self.database.folder / "project"
        if not project.exists():
            shutil.copytree(PACKAGE / "examples" / "fivetran", project)
            installed = {name: Path(PACKAGES).resolve() / name for name in ("xero", "fivetran_utils", "dbt_utils")}
            for name, folder in {**installed, "xero_gl": PACKAGE}.items():
                (project / "dbt_packages").mkdir(exist_ok=True)
                (project / "dbt_packages" / name).symlink_to(folder)
        assert self.database.dbt("build", project=project).failures == {}

    def made(self, sql: str) -> Cells:
        """Ask for figures that the package made: organisation, day, account, amount."""
        return cells(self.database.rows(sql))

    def wanted(self, sql: str) -> Cells:
        """Ask for figures of what was landed, day, account, amount; the second organisation has the same."""
        with importlib.import_module("duckdb").connect(str(self.landed), read_only=True) as connection:
            rows = connection.execute(sql).fetchall()
            (tenant,) = connection.execute("select tenantid from organisations").fetchone()
        return cells((name, *row) for name in (tenant, SECOND) for row in rows)


def cells(rows: Iterable[tuple[Any, ...]]) -> Cells:
    """Add up amounts by organisation, month and account."""
    sums: Cells = {}
    for tenant, day, account, amount in rows:
        key = (tenant, f"{day:%Y-%m}", account)
        sums[key] = sums.get(key, Decimal(0)) + round(Decimal(amount), 4)
    return {key: amount for key, amount in sums.items() if amount}


@pytest.fixture(scope="module")
def landed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Land all streams of a company."""
    with XeroServerProcess("small", calls_per_minute=6000) as xero:
        return land(xero, tmp_path_factory.mktemp("landed"))


@pytest.fixture(
    scope="module",
    params=[(kind, journals) for kind in KINDS for journals in (True, False)],
    ids=[f"{kind}-{journals}" for kind in KINDS for journals in ("journals", "documents")],
)
def books(landed: Path, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Books]:
    """Give each kind of database, with two organisations, with their journals and with their documents alone."""
    folder, programs, (kind, journals) = tmp_path_factory.mktemp("books"), postgres_programs(), request.param
    with ExitStack() as stack:
        if kind == "duckdb":
            database = duckdb_warehouse(landed, folder)
        elif programs is None:
            pytest.skip("PostgreSQL's programs and the package psycopg are needed")
        else:
            server = stack.enter_context(postgres_server(programs))
            database = postgres_warehouse(landed, folder, server, "books", as_airbyte=kind == "airbyte")
        database.land_twice(SECOND)
        if not journals:
            database.execute(*(f"drop table {name}" for name in JOURNALS))
        found = Books(database, landed, journals)
        found.build()
        yield found


BALANCES = """
    with latest as (
        select date, max(updateddateutc) as updateddateutc from trial_balance_lines group by date
    )
    select date, accountid, {sign} * round(coalesce(ytddebit, 0) - coalesce(ytdcredit, 0), 2)
    from trial_balance_lines
    join latest using (date, updateddateutc)
    join accounts using (accountid)
    where upper(class) {kind} in ('REVENUE', 'EXPENSE')
"""
"""Xero's balance of each account at each month end."""


def with_earnings(books: Books, sheet: Cells) -> Cells:
    """Put the package's row for the profit of earlier years where Xero has it; leave out that of the current year."""
    with importlib.import_module("duckdb").connect(str(books.landed), read_only=True) as connection:
        sql = "select accountid from accounts where systemaccount = 'RETAINEDEARNINGS'"
        (account,) = connection.execute(sql).fetchone()
    named: Cells = {}
    for (tenant, month, name), amount in sheet.items():
        key = (tenant, month, account if name == "Retained Earnings" else name)
        named[key] = named.get(key, Decimal(0)) + amount
    return {key: amount for key, amount in named.items() if amount and key[2] != "Current Year Earnings"}


def since_the_year_began(monthly: Cells, months: Iterable[str]) -> Cells:
    """Add up the months of each financial year until the month."""
    sums: Cells = {}
    for wanted in months:
        year, month = map(int, wanted.split("-"))
        first = f"{year if month >= YEAR_BEGINS else year - 1}-{YEAR_BEGINS:02}"
        for (tenant, found, account), amount in monthly.items():
            if first <= found <= wanted:
                key = (tenant, wanted, account)
                sums[key] = sums.get(key, Decimal(0)) + amount
    return sums


def test_the_general_ledger_is_ours(books: Books) -> None:
    """The package's ledger has every line of each organisation once: Xero's journals, or those rebuilt from documents."""
    made = books.made(
        "select source_relation, journal_date, journal_line_id, net_amount from xero_gl_xero.xero__general_ledger"
    )
    if books.journals:
        wanted = books.wanted("select journaldate, journallineid, netamount from journal_lines")
    else:
        sql = "select tenantid, journaldate, journallineid, netamount from xero_gl.rebuilt_journal_lines"
        wanted = books.made(sql)
    assert made == wanted != {}


def test_the_ledger_on_the_cash_basis_is_xeros(books: Books) -> None:
    """It has every line of each organisation once; where journals were not synced, none."""
    made = books.made(
        "select source_relation, journal_date, journal_line_id, net_amount from xero_gl_xero.xero__cash_general_ledger"
    )
    wanted = books.wanted("select journaldate, journallineid, netamount from cash_journal_lines")
    assert made == (wanted if books.journals else {})
    assert wanted


def test_the_invoice_lines_are_xeros(books: Books) -> None:
    """The package's invoice lines are those of each organisation, once, with their accounts."""
    made = "select source_relation, invoice_date, account_id, line_amount from xero_gl_xero.xero__invoice_line_items"
    wanted = "select date, accountid, lineamount from invoice_line_items"
    assert books.made(made) == books.wanted(wanted) != {}


def test_the_balance_sheet_is_xeros(books: Books) -> None:
    """It agrees with Xero's trial balance for each organisation, account and month end."""
    balances = books.wanted(BALANCES.format(sign=1, kind="not"))
    months = {month for _, month, _ in balances}
    sheet = books.made(
        "select source_relation, date_month, coalesce(account_id, account_name), net_amount"
        " from xero_gl_xero.xero__balance_sheet_report"
    )
    found = {key: amount for key, amount in with_earnings(books, sheet).items() if key[1] in months}
    assert found == balances != {}


def test_the_profit_and_loss_is_xeros(books: Books) -> None:
    """From the beginning of the financial year it agrees with Xero's trial balance likewise."""
    balances = books.wanted(BALANCES.format(sign=-1, kind=""))
    monthly = books.made(
        "select source_relation, date_month, account_id, net_amount from xero_gl_xero.xero__profit_and_loss_report"
    )
    found = since_the_year_began(monthly, {month for _, month, _ in balances})
    assert {key: amount for key, amount in found.items() if amount} == balances != {}
