"""A ledger from what was synced: streams that it can do without are taken for empty, the others are named before a build."""

from __future__ import annotations

import importlib.util
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from integration_tests.landed_records import land_records
from integration_tests.small_books import STREAMS, SmallBooks, line, use
from integration_tests.warehouse import Warehouse

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("airbyte") is None,
    reason="DuckDB comes with PyAirbyte, which supports Python 3.10 to 3.12",
)

ALWAYS = ("organisations", "accounts")
DOCUMENTS = ("invoices", "credit_notes", "payments", "bank_transactions", "bank_transfers", "manual_journals")
WITHOUT_EFFECT = (
    "tax_rates",
    "currencies",
    "items",
    "journal_lines",
    "overpayments",
    "profit_and_loss_lines",
    "balance_sheet_lines",
)
"""Streams that change no rebuilt line of the books below."""
OTHERS = ("prepayments", "trial_balance_lines")
"""Streams without which some lines are missing: uses of credits; what is unexplained."""

LEDGER = ("--select", "+reconciliation", "+general_ledger")
SENTENCE = "Select in the sync: "


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    """Land an organisation with a prepayment that is used, and a trial balance."""
    books = SmallBooks("organisation")
    books.invoice("invoice", [line("sales", "200.00")])
    books.prepayment("advance", [line("advances", "100.00")], [use("use", "invoice", "100.00")])
    books.report("trial_balance_lines", "2026-05-31", {"bank": "107.00", "debtors": "100.00", "sales": "-207.00"})
    land_records(tmp_path / "books.duckdb", books.records)
    return Warehouse({"XERO_GL_DUCKDB": str(tmp_path / "books.duckdb")}, tmp_path)


def without(warehouse: Warehouse, *streams: str) -> None:
    """Leave streams out, as if they had not been selected."""
    warehouse.execute(*(f"drop table {stream}" for stream in streams))


def lines(warehouse: Warehouse) -> Counter[tuple[Any, ...]]:
    """Read the lines that documents have posted, and what is unexplained."""
    return Counter(warehouse.rows("select accountid, rule, netamount from xero_gl.rebuilt_journal_lines"))


def warned(output: str) -> set[str]:
    """List the streams of which dbt says that they were not synced."""
    return {stream for stream in STREAMS if f"The stream {stream} was not synced" in output.replace("\n", " ")}


def built(warehouse: Warehouse) -> list[tuple[Any, ...]]:
    """List what the package has made."""
    return warehouse.rows("select table_name from information_schema.tables where table_schema like 'xero_gl%'")


def test_a_ledger_needs_no_more_than_documents(warehouse: Warehouse) -> None:
    """Without any other stream it is built, with a warning of each: uses of prepayments and what is unexplained are missing."""
    without(warehouse, *WITHOUT_EFFECT, *OTHERS)
    run = warehouse.dbt("run", *LEDGER)
    assert run.failures == {}
    assert warned(run.output) == {*WITHOUT_EFFECT, *OTHERS} - {"profit_and_loss_lines", "balance_sheet_lines"}
    found = {(account, net) for account, _, net in lines(warehouse)}
    assert found == {("debtors", 200), ("sales", -200), ("bank", 100), ("advances", -100)}


def test_what_is_missing_is_named_before_anything_is_built(warehouse: Warehouse) -> None:
    """In one sentence that names the streams to select."""
    without(warehouse, "invoices", "payments", "journal_lines")
    run = warehouse.dbt("run", *LEDGER)
    assert run.status != 0
    assert f"{SENTENCE}journal_lines; or, where Xero does not allow Journals, also invoices, payments. " in run.output
    assert built(warehouse) == []


@pytest.mark.slow  # a build for each of seventeen streams
@pytest.mark.parametrize("stream", [*WITHOUT_EFFECT, *OTHERS])
def test_each_stream_that_a_ledger_can_do_without(warehouse: Warehouse, stream: str) -> None:
    """Left out alone, it is named in a warning, and lines that do not need it are as they were."""
    assert warehouse.dbt("run", *LEDGER).failures == {}
    before = lines(warehouse)
    without(warehouse, stream)
    run = warehouse.dbt("run", *LEDGER)
    assert run.failures == {}
    assert warned(run.output) <= {stream}
    assert (lines(warehouse) == before) == (stream in WITHOUT_EFFECT)


@pytest.mark.slow  # a build for each of seventeen streams
@pytest.mark.parametrize("stream", [*ALWAYS, *DOCUMENTS])
def test_each_stream_that_a_ledger_needs(warehouse: Warehouse, stream: str) -> None:
    """Left out, with journals too, it is named alone, and what an earlier build made stays as it was."""
    assert warehouse.dbt("run", *LEDGER).failures == {}
    before, tables = lines(warehouse), built(warehouse)
    without(warehouse, stream, "journal_lines")
    run = warehouse.dbt("run", *LEDGER)
    assert run.status != 0
    assert SENTENCE in run.output
    said = run.output.partition(SENTENCE)[2].partition(".")[0]
    assert {name for name in STREAMS if name in said.replace(",", " ").split()} == {stream}
    assert (lines(warehouse), built(warehouse)) == (before, tables)
