"""Flat tables: one reading for a nested stream and its lines, whatever happens on the way; the cash basis beside the accrual."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from integration_tests.connector import Connector
from integration_tests.expected import assert_same, truth
from integration_tests.flat import TWINS, flat_rows
from integration_tests.ledger import invoice
from integration_tests.load.books import fill, newest
from integration_tests.load.running import Running
from integration_tests.protocol import Json, Output
from local_xero.process import XeroServerProcess

PAGE = Path(__file__).parents[1] / "docs" / "sources" / "xero-gl.md"
JOURNALS, INVOICES = 1500, 3600
CALLS = {"journals": 16, "invoices": 4}
"""Of a whole read: pages of a hundred journals and an empty one; pages of a thousand invoices, the last two of a page again."""

PAGES_IN_THE_QUEUE = 5
"""Read when the kill came, but not out: what 500 messages and a pipe hold, and the page under way."""

AHEAD = 4
"""Pages of journals that may be asked for ahead, and lie beyond the end: five calls may be under way at a time."""

CALL_UNDER_WAY = 1
"""Of the killed sync, which the local Xero may write down late."""

MIDNIGHT = 1_772_323_200_000  # 2026-03-01T00:00:00Z
HOUR = 3_600_000
KEYS = {
    "journal_lines": ("JournalLineID",),
    "cash_journal_lines": ("JournalLineID",),
    "invoice_line_items": ("InvoiceID", "LineNumber"),
}


@pytest.fixture
def slowly(connector: Connector) -> Connector:
    """Give the connector at a pace of ten calls a second, so that few pages are on the way when it is killed."""
    connector.environment["XERO_CALLS_PER_MINUTE"] = "600"
    return connector


@pytest.fixture
def large(xero: XeroServerProcess) -> XeroServerProcess:
    """Put a ledger of many pages into the local Xero."""
    fill(xero, journals=JOURNALS, invoices=INVOICES, invoice_step_ms=1000)
    return xero


def calls(xero: XeroServerProcess) -> Counter[tuple[str, str]]:
    """Count the calls of the accounting API since the last count, by endpoint and basis."""
    made = [call for call in xero.log() if "api.xro" in call["path"]]
    xero.control("reset", {"what": ["log"]})
    return Counter((call["path"].rpartition("/")[2], call["query"].get("paymentsOnly", "")) for call in made)


def in_order(flat: str, rows: Iterable[Json]) -> list[Json]:
    """Sort rows by their key, of each key the last one only."""
    last = {tuple(row[name] for name in KEYS[flat]): row for row in rows}
    return [last[key] for key in sorted(last)]


def assert_lines(flat: str, wanted: Iterable[Json], *outputs: Output) -> None:
    """Check that a destination that keeps the last row of each key holds all lines of nested records."""
    landed = in_order(flat, (row for out in outputs for row in out.records(flat)))
    assert landed == in_order(flat, flat_rows(flat, wanted))


def test_twins_cost_no_call_more_than_the_nested_streams(slowly: Connector, xero: XeroServerProcess) -> None:
    """Nested streams and their flat tables together make the calls of the nested ones, in the first sync and in the next."""
    nested = sorted({*TWINS.values()})
    alone = slowly.read(xero.config(), *nested)
    first_alone = calls(xero)
    again = slowly.read(xero.config(), *nested, state=alone.last_state())
    second_alone = calls(xero)
    together = slowly.read(xero.config(), *TWINS, *nested)
    assert calls(xero) == first_alone
    second = slowly.read(xero.config(), *TWINS, *nested, state=together.last_state())
    assert calls(xero) == second_alone
    assert {output.status for output in (alone, again, together, second)} == {0}
    for flat, parent in TWINS.items():
        assert together.states(flat) == together.states(parent)


@pytest.mark.parametrize(("flat", "lines"), [("journal_lines", 2550), ("invoice_line_items", 5000)])
def test_killed_twins_go_on_together(slowly: Connector, large: XeroServerProcess, flat: str, lines: int) -> None:
    """Killed on the way, both streams lose nothing; no page whose STATE got out is paid for again, no page for each of them."""
    nested = TWINS[flat]
    with Running(slowly, large.config(), nested, flat) as sync:
        sync.take(lines)
        first = sync.kill()
    done, paid = {len(first.states(stream)) for stream in (nested, flat)}, sum(calls(large).values())
    second = slowly.read(large.config(), nested, flat, state=first.last_state())
    assert second.status == 0
    assert_same(nested, newest(nested, first, second), truth(large, nested))
    assert_lines(flat, truth(large, nested), first, second)
    if len(done) == 1:  # not killed in the moment between the two states
        again = sum(calls(large).values())
        ahead = AHEAD if nested == "journals" else 0
        assert again <= CALLS[nested] - done.pop() + CALL_UNDER_WAY + ahead
        assert paid + again <= CALLS[nested] + PAGES_IN_THE_QUEUE + 2 * ahead


def test_cash_basis_is_a_ledger_of_its_own(connector: Connector, xero: XeroServerProcess) -> None:
    """Each call of the cash streams asks for payments only; numbers and states are their own, and so is what is new."""
    streams = ("cash_journals", "cash_journal_lines")
    first = connector.read(xero.config(), "journals", *streams)
    assert_same("cash_journals", first.records("cash_journals"), truth(xero, "cash_journals"))
    last = {name: max(row["JournalNumber"] for row in truth(xero, name)) for name in ("journals", "cash_journals")}
    assert last["journals"] != last["cash_journals"]
    assert {stream: first.states(stream)[-1]["JournalNumber"] for stream in last} == last
    xero.control("reset", {"what": ["log"]})
    xero.control("journals/add", {"count": 3, "cash": True})
    second = connector.read(xero.config(), *streams, state=first.last_state())
    numbers = [row["JournalNumber"] for row in second.records("cash_journals")]
    assert numbers == [last["cash_journals"] + n for n in (1, 2, 3)]
    assert {call["query"].get("paymentsOnly") for call in xero.log("Journals")} == {"true"}
    third = connector.read(xero.config(), "journals", state=first.last_state())
    assert third.records("journals") == []


def lined(number: int, lines: int, updated: int, **fields: Any) -> Json:
    """Write an invoice with so many lines."""
    items = [{"Description": f"Line {n}", "Quantity": 1, "UnitAmount": 2.5, "LineAmount": 2.5} for n in range(lines)]
    return invoice(number, updated, LineItems=items, **fields)


def test_current_lines_of_edited_and_voided_invoices(
    connector: Connector, xero: XeroServerProcess, tmp_path: Path
) -> None:
    """By the documented query, an invoice edited from five lines to three has three, and one voided without lines has none."""
    rows = [lined(1, 5, MIDNIGHT), lined(2, 4, MIDNIGHT), lined(3, 2, MIDNIGHT)]
    xero.control("company", {"records": {"Invoices": rows}})
    first = connector.read(xero.config(), "invoices", "invoice_line_items")
    later = [lined(1, 3, MIDNIGHT + HOUR), lined(2, 0, MIDNIGHT + HOUR, Status="VOIDED")]
    xero.control("records/add", {"list": "Invoices", "records": later})
    second = connector.read(xero.config(), "invoices", "invoice_line_items", state=first.last_state())
    flat = "invoice_line_items"
    landed = in_order(flat, (row for out in (first, second) for row in out.records(flat)))
    assert len(landed) == 11
    found = query(tmp_path / "xero.duckdb", invoices=newest("invoices", first, second), invoice_line_items=landed)
    assert Counter(found) == {"INV-0001": 3, "INV-0003": 2}


def query(path: Path, **tables: list[Json]) -> list[str]:
    """Run the page's query for current lines on DuckDB; give the invoice number of each line it finds."""
    duckdb = pytest.importorskip("duckdb", reason="comes with PyAirbyte, which Python 3.13 does not have")
    columns = {"TenantID": "text", "InvoiceID": "text", "InvoiceNumber": "text", "UpdatedDateUTC": "timestamptz"}
    with duckdb.connect(str(path)) as database:
        for name, rows in tables.items():
            types = ", ".join(f"{column.lower()} {kind}" for column, kind in columns.items())
            database.execute(f"create table {name} ({types})")
            for row in rows:
                database.table(name).insert([row[column] for column in columns])
        queries = re.findall(r"^```sql\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
        (current,) = (sql for sql in queries if "invoice_line_items" in sql)
        found = database.execute(current)
        place = [column[0] for column in found.description].index("invoicenumber")
        return [row[place] for row in found.fetchall()]
