"""The helper that lands the company ``everything`` gives what it says."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from integration_tests.true_books import STREAMS, TrueBooks, land_true_books
from local_xero.process import XeroServerProcess

pytest.importorskip("airbyte", reason="PyAirbyte runs on Python 3.10 to 3.12")


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TrueBooks]:
    """Land two organisations once."""
    with XeroServerProcess("everything", tenants=2, calls_per_minute=6000) as xero:
        yield land_true_books(xero, tmp_path_factory.mktemp("books"), kinds=("payroll",))


def rows(books: TrueBooks, sql: str) -> list[tuple[Any, ...]]:
    """Ask the landed tables."""
    with importlib.import_module("duckdb").connect(str(books.database), read_only=True) as connection:
        return [tuple(row) for row in connection.execute(sql).fetchall()]


def test_both_organisations_are_in_every_table(books: TrueBooks) -> None:
    """With the same IDs: as many different ones as each of them has."""
    for stream in STREAMS:
        query = f'select distinct tenantid from "{stream}"'  # noqa: S608 - names of our own
        assert len(rows(books, query)) == 2
    ((documents, ids),) = rows(books, "select count(*), count(distinct invoiceid) from invoices")
    assert documents == 2 * ids > 2_000


def test_the_landed_trial_balance_is_the_true_journals(books: TrueBooks) -> None:
    """At the last month end, on accounts of the balance sheet, with payroll."""
    found = rows(
        books,
        "select tenantid, accountid, coalesce(ytddebit, 0) - coalesce(ytdcredit, 0) from trial_balance_lines"
        " join accounts using (tenantid, accountid) where class in ('ASSET', 'LIABILITY') and date = '2026-09-30'",
    )
    for tenant, journals in books.journals.items():
        sums: dict[str, Decimal] = {}
        for journal in journals:
            for line in journal["JournalLines"]:
                sums[line["AccountID"]] = sums.get(line["AccountID"], Decimal(0)) + line["NetAmount"]
        balances = {account: round(Decimal(net), 2) for one, account, net in found if one == tenant}
        assert len(balances) > 10
        assert balances == {account: sums[account] for account in balances}
        assert books.undocumented[tenant]["kinds"] == ["conversion", "payroll"]
