"""The rebuilt ledger against the truth: what documents say is in Xero's own journals, and what they do not say is unexplained.

Two organisations with the same IDs and other amounts are in the same tables. Payroll, stock, depreciation, expense claims and
revaluations post without a document in both; one's financial year ends on 31 March, the other's on 5 April.
"""

from __future__ import annotations

import importlib.util
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from integration_tests.expected import converted
from integration_tests.postgres import postgres_programs, postgres_server
from integration_tests.protocol import Json
from integration_tests.report_months import month_ends
from integration_tests.true_books import STREAMS, TrueBooks, land_true_books
from integration_tests.warehouse import Warehouse, duckdb_warehouse, postgres_warehouse
from local_xero.process import XeroServerProcess

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("airbyte") is None, reason="PyAirbyte is not installed: it supports Python 3.10 to 3.12"
)

KINDS = ("payroll", "stock", "depreciation", "expense claims")
FIRST_MONTH_END, *_ = month_ends("2024-10", "2024-10")
POSTED = frozenset(
    [
        *("ACCREC", "ACCPAY", "ACCRECCREDIT", "ACCPAYCREDIT", "CASHREC", "CASHPAID", "TRANSFER", "MANJOURNAL"),
        *("ACCRECPAYMENT", "ACCPAYPAYMENT", "ARCREDITPAYMENT", "APCREDITPAYMENT"),
        *("ARPREPAYMENT", "APPREPAYMENT", "AROVERPAYMENT", "APOVERPAYMENT"),
    ]
)
"""SourceTypes of journals that have a document."""


@dataclass(frozen=True)
class Ledger:
    """The truth and what was rebuilt.

    Attributes:
        books: as they were landed.
        warehouse: with all models.
    """

    books: TrueBooks
    warehouse: Warehouse

    def journals(self) -> Iterator[tuple[str, Json]]:
        """Give the true journals that have a document, with their TenantID."""
        for tenant, journals in self.books.journals.items():
            undocumented = {entry.get("JournalNumber") for entry in self.books.undocumented[tenant]["entries"]}
            yield from ((tenant, converted(one)) for one in journals if one["JournalNumber"] not in undocumented)

    def undocumented(self) -> dict[tuple[str, str, str], Decimal]:
        """Give what no document explains, by TenantID, month and account."""
        return {
            (tenant, cell["Month"], cell["AccountID"]): cell["Amount"]
            for tenant, found in self.books.undocumented.items()
            for cell in found["months"]
        }


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    """Land two organisations once, and build everything once: no test of the package fails."""
    with XeroServerProcess("everything", tenants=2, calls_per_minute=6000) as xero:
        xero.control("switches", {"revaluations": True})
        other = str(xero.line["tenants"][1]["tenantId"])
        (organisation,) = xero.control("truth", {"list": "Organisation", "tenant": other})["records"]
        changes = {"FinancialYearEndDay": 5, "FinancialYearEndMonth": 4}
        edit = {"list": "Organisation", "tenant": other, "id": organisation["OrganisationID"], "changes": changes}
        xero.control("records/edit", edit)
        books = land_true_books(xero, tmp_path_factory.mktemp("books"), KINDS)
    warehouse = duckdb_warehouse(books.database, tmp_path_factory.mktemp("warehouse"))
    assert warehouse.dbt("build").failures == {}
    return Ledger(books, warehouse)


def sums(lines: Iterable[tuple[Any, Decimal]]) -> dict[Any, Decimal]:
    """Add up amounts by key; sums of zero are left out."""
    found: dict[Any, Decimal] = {}
    for key, amount in lines:
        found[key] = found.get(key, Decimal(0)) + Decimal(amount)
    return {key: amount for key, amount in found.items() if amount}


def test_both_organisations_are_in_every_table(ledger: Ledger) -> None:
    """With the same IDs: as many different ones as each of them has."""
    for stream in STREAMS:
        query = f'select distinct tenantid from "{stream}"'  # noqa: S608 - no input: the names are constants of this project
        assert len(ledger.warehouse.rows(query)) == 2
    ((documents, ids),) = ledger.warehouse.rows("select count(*), count(distinct invoiceid) from invoices")
    assert documents == 2 * ids > 2_000


def test_the_landed_trial_balance_is_the_true_journals_and_revaluations(ledger: Ledger) -> None:
    """At the last month end, on accounts of the balance sheet."""
    found = ledger.warehouse.rows(
        "select tenantid, accountid, round(coalesce(ytddebit, 0) - coalesce(ytdcredit, 0), 2) from trial_balance_lines"
        " join accounts using (tenantid, accountid) where class in ('ASSET', 'LIABILITY') and date = '2026-09-30'"
    )
    lines = [
        ((tenant, line["AccountID"]), line["NetAmount"])
        for tenant, journals in ledger.books.journals.items()
        for journal in journals
        for line in journal["JournalLines"]
    ]
    revalued = [
        ((tenant, entry["AccountID"]), entry["Amount"])
        for tenant, shown in ledger.books.undocumented.items()
        for entry in shown["entries"]
        if entry["Kind"] == "revaluation"
    ]
    balances, wanted = sums(((tenant, account), net) for tenant, account, net in found), sums([*lines, *revalued])
    assert len(balances) > 20
    assert balances == {cell: wanted[cell] for cell in balances}


def test_what_documents_post_is_what_xero_posted(ledger: Ledger) -> None:
    """Every document, payment and use of a credit posts Xero's amount to each account on each date, and nothing else posts."""
    wanted = sums(
        ((tenant, journal["SourceID"], line["AccountID"], journal["JournalDate"]), line["NetAmount"])
        for tenant, journal in ledger.journals()
        for line in journal["JournalLines"]
    )
    derived = ledger.warehouse.rows(
        "select tenantid, sourceid, accountid, cast(journaldate as varchar), netamount"
        " from xero_gl.rebuilt_journal_lines where origin = 'DERIVED'"
    )
    found = sums((tuple(key), net) for *key, net in derived)
    assert {journal["SourceType"] for _, journal in ledger.journals()} == POSTED
    assert {cell: (wanted.get(cell), found.get(cell)) for cell in wanted.keys() ^ found.keys()} == {}
    assert {cell: (net, found[cell]) for cell, net in wanted.items() if net != found[cell]} == {}


def test_every_line_is_xeros(ledger: Ledger) -> None:
    """Of what was posted once, each line has Xero's amount, tax, tax type and both tracking options.

    The options of overpayments are not known: Xero's lists send their lines empty.
    """
    times = Counter((tenant, journal["SourceID"]) for tenant, journal in ledger.journals())
    once = {source for source, number in times.items() if number == 1}
    wanted = Counter(
        (tenant, journal["SourceID"], line["AccountID"], line["NetAmount"], *of_line(journal, line))
        for tenant, journal in ledger.journals()
        for line in journal["JournalLines"]
        if (tenant, journal["SourceID"]) in once
    )
    found = Counter(
        row
        for row in ledger.warehouse.rows(
            "select tenantid, sourceid, accountid, netamount, taxamount, taxtype, tracking1categoryid, tracking1option,"
            " tracking1optionid, tracking2categoryid, tracking2option, tracking2optionid"
            " from xero_gl.rebuilt_journal_lines where origin = 'DERIVED'"
        )
        if row[:2] in once
    )
    assert found.total() > 10_000
    assert (wanted - found, found - wanted) == (Counter(), Counter())


def of_line(journal: Json, line: Json) -> Iterator[Any]:
    """List the tax, the tax type and both tracking options of a journal line."""
    yield from (line["TaxAmount"], line.get("TaxType"))
    options = [] if journal["SourceType"].endswith("OVERPAYMENT") else line["TrackingCategories"]
    for place in (0, 1):
        option = dict(enumerate(options)).get(place, {})
        yield from (option.get(name) for name in ("TrackingCategoryID", "Option", "TrackingOptionID"))


def test_what_no_document_says_is_unexplained_to_the_cent(ledger: Ledger) -> None:
    """Of each month and account: conversion balances when the books open, after that entries without a document, revaluations."""
    rows = ledger.warehouse.rows(
        "select tenantid, cast(journaldate as varchar)[:7], accountid, origin, netamount"
        " from xero_gl.rebuilt_journal_lines where origin <> 'DERIVED'"
    )
    assert {(tenant, month, account): net for tenant, month, account, _, net in rows} == ledger.undocumented()
    assert {month for _, month, _, origin, _ in rows if origin == "OPENING"} == {FIRST_MONTH_END[:7]}
    kinds = sorted([*KINDS, "conversion", "revaluation"])
    assert [shown["kinds"] for shown in ledger.books.undocumented.values()] == [kinds, kinds]


def test_payments_without_a_document_are_the_only_failures(ledger: Ledger) -> None:
    """Wages and claims that the bank paid are flagged, of every month after the first; revaluations are not."""
    posted = sums(
        ((tenant, entry["Date"][:7], entry["AccountID"]), entry["Amount"])
        for tenant, shown in ledger.books.undocumented.items()
        for entry in shown["entries"]
        if entry["Kind"] != "revaluation" and entry["Date"] > FIRST_MONTH_END
    )
    banks = {account for (account,) in ledger.warehouse.rows("select accountid from accounts where type = 'BANK'")}
    flagged = ledger.warehouse.rows(
        "select tenantid, cast(monthend as varchar)[:7], accountid from xero_gl.reconciliation where is_failure"
    )
    assert len(flagged) == 2 * 23
    assert set(flagged) == {cell for cell in posted if cell[2] in banks}


def test_a_document_that_is_paid_stands_at_zero(ledger: Ledger) -> None:
    """An invoice or bill that payments alone have settled, and these payments, leave nothing on receivables or payables."""
    found = ledger.warehouse.rows(
        "with parts as ("
        " select tenantid, invoiceid, invoiceid as sourceid from invoices where status = 'PAID' and amountcredited = 0"
        " union all select tenantid, invoice ->> 'InvoiceID', paymentid from payments)"
        " select parts.tenantid, parts.invoiceid, sum(netamount), count(*), max(case when rule = 'control' then 1 end)"
        " from parts join accounts using (tenantid) join xero_gl.rebuilt_journal_lines using (tenantid, sourceid, accountid)"
        " where systemaccount in ('DEBTORS', 'CREDITORS') group by all"
        " having max(case when rule = 'control' then 1 end) = 1"
    )
    of_paid = {(tenant, invoice): net for tenant, invoice, net, lines, _ in found if lines > 1}
    assert len(of_paid) > 500
    assert {document: net for document, net in of_paid.items() if net} == {}


def contents(warehouse: Warehouse) -> dict[str, Counter[tuple[Any, ...]]]:
    """Read every table of the ledger."""
    tables = "select table_name from information_schema.tables where table_schema = 'xero_gl'"
    return {name: Counter(warehouse.rows(f"select * from xero_gl.{name}")) for (name,) in warehouse.rows(tables)}  # noqa: S608 - no input: the names are constants of this project


def test_a_second_build_changes_nothing(ledger: Ledger) -> None:
    """Every row of every table is as it was."""
    before = contents(ledger.warehouse)
    assert ledger.warehouse.dbt("run").failures == {}
    after = contents(ledger.warehouse)
    assert len(before) > 10
    assert before.keys() == after.keys()
    assert [name for name in before if before[name] != after[name]] == []


@pytest.mark.slow  # a minute for each; `make test-platforms` has PostgreSQL installed
@pytest.mark.parametrize("kind", ["airbyte", "pyairbyte"])
def test_postgres_gives_the_same_ledger(
    ledger: Ledger, postgres: str, kind: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Line by line, from tables as PyAirbyte lands them and as Airbyte's Postgres destination does."""
    folder, landed = tmp_path_factory.mktemp(kind), ledger.books.database
    other = postgres_warehouse(landed, folder, postgres, f"truth_{kind}", as_airbyte=kind == "airbyte")
    assert other.dbt("build").failures == {}
    here, there = contents(ledger.warehouse), contents(other)
    assert here.keys() == there.keys()
    assert [name for name in here if here[name] != there[name]] == []


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    """Run a Postgres, where its programs are installed."""
    programs = postgres_programs()
    if programs is None:
        pytest.skip("PostgreSQL's programs and the package psycopg are needed")
    with postgres_server(programs) as folder:
        yield folder
