"""Whichever document is lost, the rebuilt ledger shows exactly its lines as unexplained, and says so where money is concerned."""

from __future__ import annotations

import calendar
import datetime as dt
import importlib
import importlib.util
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest

from integration_tests.expected import ALL_LISTS, converted
from integration_tests.landed_records import land_records
from integration_tests.lost_documents import Cells, Losable, kind_of, posted, short_of
from integration_tests.protocol import Json
from integration_tests.warehouse import Warehouse
from local_xero.books import Books
from local_xero.company import Company
from local_xero.everything.accounts import BANKS
from local_xero.everything.company import everything, told
from local_xero.everything.document_rules import Chart
from local_xero.everything.facts import BASE, Document, Transfer
from local_xero.revaluations import revaluations
from local_xero.wire import moment_of

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("airbyte") is None,
    reason="DuckDB comes with PyAirbyte, which supports Python 3.10 to 3.12",
)

SEED, DRAWS = 20261121, 200
MONTH_ENDS = (dt.date(2024, 10, 31), dt.date(2024, 11, 30), dt.date(2024, 12, 31))
YEAR_END = dt.date(2024, 11, 30)
"""Between them, so that a financial year ends among the losses."""

DATED = ("invoices", "credit_notes", "payments", "bank_transactions", "bank_transfers", "manual_journals")
STREAMS = (*DATED, "prepayments", "overpayments", "accounts", "organisations", "currencies", "items", "tax_rates")
IDS = {
    "invoices": "invoiceid",
    "credit_notes": "creditnoteid",
    "payments": "paymentid",
    "bank_transactions": "banktransactionid",
    "bank_transfers": "banktransferid",
    "manual_journals": "manualjournalid",
    "prepayments": "prepaymentid",
    "overpayments": "overpaymentid",
}


def month_end(day: dt.date) -> dt.date:
    """Give the last day of a month."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


@dataclass(frozen=True)
class Losses:
    """One small company, and as many copies of it as there are draws, each an organisation that has lost one document.

    Attributes:
        warehouse: with the rebuilt ledger of all of them.
        lost: the document that each organisation has lost, by TenantID.
        whole: the TenantID of the company that has lost nothing.
        before: what no document of the whole company explains, by month end and account.
        chart: its accounts.
    """

    warehouse: Warehouse
    lost: dict[str, Losable]
    whole: str
    before: Cells
    chart: Chart

    def expected(self, tenant: str) -> Cells:
        """Tell what must be unexplained in one of the organisations, by month end and account."""
        cells = dict(self.before)
        for (day, account), amount in short_of(self.lost[tenant], self.chart).items():
            cell = month_end(day), account
            if cell[0] <= MONTH_ENDS[-1]:
                cells[cell] = cells.get(cell, Decimal(0)) + amount
        return {cell: amount for cell, amount in cells.items() if amount}


@pytest.fixture(scope="module")
def losses(tmp_path_factory: pytest.TempPathFactory) -> Losses:
    """Cut the company to three months, copy it, take a document out of each copy, and rebuild all ledgers at once."""
    folder = tmp_path_factory.mktemp("losses")
    company, whole = everything("whole", "Fernside Supplies"), "whole"
    company.organisation.update(FinancialYearEndDay=YEAR_END.day, FinancialYearEndMonth=YEAR_END.month)
    story, _ = told("whole")
    candidates = [one for one in posted(story.facts) if one.day <= MONTH_ENDS[-1]]
    drawn = Random(SEED).sample(candidates, DRAWS)
    lost = {f"{number:03d} {kind_of(one)} {one.key}": one for number, one in enumerate(drawn)}
    land_records(folder / "books.duckdb", {name: list(landed(company, name)) for name in STREAMS})
    land_records(folder / "books.duckdb", {"trial_balance_lines": trial_balance(company)})
    copy(folder / "books.duckdb", lost)
    made = Warehouse({"XERO_GL_DUCKDB": str(folder / "books.duckdb")}, folder)
    assert made.dbt("run", "--select", "+reconciliation").failures == {}
    return Losses(made, lost, whole, unexplained(company), story.chart)


def landed(company: Company, stream: str) -> Iterable[Json]:
    """Write the records of a list up to the last month end."""
    for document in company.lists[ALL_LISTS[stream][0]]:
        record = {"TenantID": "whole", **converted(document.record)}
        if stream not in DATED or record["Date"] <= MONTH_ENDS[-1].isoformat():
            yield record


def trial_balance(company: Company) -> Iterable[Json]:
    """Write the lines of Xero's trial balance at each month end, revalued."""
    books = Books(company, cash=False, revalued=True)
    for day in MONTH_ENDS:
        for number, (account, balance) in enumerate(books.balances(day).items()):
            line = {"LineNumber": number, "AccountID": account, "Account": books.accounts[account].name}
            amounts = {"YTDDebit": max(balance, Decimal(0)), "YTDCredit": max(-balance, Decimal(0))}
            stamp = {"Date": day.isoformat(), "UpdatedDateUTC": "2025-01-01T00:00:00.000Z"}
            yield {"TenantID": "whole", **line, **amounts, **stamp}


def copy(database: Path, lost: dict[str, Losable]) -> None:
    """Give every organisation the rows of the whole company but those of the document that it has lost."""
    with importlib.import_module("duckdb").connect(str(database)) as connection:
        connection.execute("create temp table losses (tenant varchar, id varchar)")
        for tenant, one in lost.items():
            ids = [one.key, *([one.bank_key] if isinstance(one, Document) and one.bank_key else [])]
            connection.executemany("insert into losses values (?, ?)", [(tenant, found) for found in ids])
        for stream in (*STREAMS, "trial_balance_lines"):
            own = f"and (tenant, {IDS[stream]}) not in (from losses)" if stream in IDS else ""
            connection.execute(
                f"insert into {stream} select {stream}.* replace (tenant as tenantid)"  # noqa: S608 - no input: the names are constants of this project
                f" from {stream} cross join (select distinct tenant from losses) where tenantid = 'whole' {own}"
            )


def unexplained(company: Company) -> Cells:
    """Add up what no document of the whole company explains: conversion balances and revaluations."""
    cells: Cells = {}
    for number in company.undocumented["conversion"]:
        journal = company.journals.find(str(number)) or {}
        for line in journal["JournalLines"]:
            cell = MONTH_ENDS[0], line["AccountID"]
            cells[cell] = cells.get(cell, Decimal(0)) + Decimal(str(line["NetAmount"]))
    for posting in revaluations(company, cash=False):
        cell = moment_of(posting.date_ms).date(), posting.account_id
        if cell[0] <= MONTH_ENDS[-1]:
            cells[cell] = cells.get(cell, Decimal(0)) + posting.net
    return {cell: amount for cell, amount in cells.items() if amount}


def found(losses: Losses) -> dict[str, Cells]:
    """Read what the rebuilt ledgers do not explain, by organisation."""
    rows = losses.warehouse.rows(
        "select tenantid, journaldate, accountid, netamount from xero_gl.rebuilt_journal_lines where origin <> 'DERIVED'"
    )
    cells: dict[str, Cells] = {}
    for tenant, day, account, amount in rows:
        cells.setdefault(tenant, {})[day, account] = amount
    return cells


def test_a_company_that_is_only_revalued_has_no_failure(losses: Losses) -> None:
    """Of the whole company conversion balances and revaluations are unexplained, exactly, and nothing is flagged."""
    assert found(losses)[losses.whole] == losses.before
    flagged = losses.warehouse.rows("select * from xero_gl.reconciliation where tenantid = 'whole' and is_failure")
    assert flagged == []


def test_what_is_lost_is_unexplained(losses: Losses) -> None:
    """Each organisation has the lines of its lost document, and what depends on it, more than the whole one, and nothing else."""
    cells = found(losses)
    wrong = {tenant: difference(losses.expected(tenant), cells[tenant]) for tenant in losses.lost}
    assert len(wrong) == DRAWS
    assert {tenant: cells for tenant, cells in wrong.items() if cells} == {}, f"seed {SEED}"


def difference(wanted: Cells, got: Cells) -> dict[tuple[dt.date, str], tuple[Decimal | None, Decimal | None]]:
    """List the cells in which two sets of amounts differ: (wanted, got)."""
    return {
        cell: (wanted.get(cell), got.get(cell)) for cell in wanted.keys() | got if wanted.get(cell) != got.get(cell)
    }


def test_lost_money_is_a_failure(losses: Losses) -> None:
    """A loss on a bank account, receivables or payables is flagged in its month, and no month is flagged that it does not touch.

    Of the first month nothing can be said. A transfer between two foreign accounts looks as if both had been revalued.
    """
    keys = {*BANKS.values(), "card", "receivable", "payable"}
    money = {account.account_id for key, account in losses.chart.items() if key in keys}
    flagged = losses.warehouse.rows("select distinct tenantid, monthend from xero_gl.reconciliation where is_failure")
    checked = 0
    for tenant, lost in losses.lost.items():
        short = short_of(lost, losses.chart)
        moved = {month_end(day) for day, account in short if account in money} - {MONTH_ENDS[0]}
        months = {month for one, month in flagged if one == tenant}
        assert months <= moved, f"{tenant}, seed {SEED}"
        if month_end(lost.day) in moved and not is_between_foreign_accounts(lost):
            assert month_end(lost.day) in months, f"{tenant}, seed {SEED}"
            checked += 1
    assert checked > DRAWS / 2


def is_between_foreign_accounts(lost: Losable) -> bool:
    """Tell whether neither side of a transfer is in the base currency."""
    return isinstance(lost, Transfer) and BASE not in (lost.source.currency, lost.target.currency)
