"""Invoices by their change date: filters, states, states hidden from lists, edits in the middle of a read."""

from __future__ import annotations

import pytest

from integration_tests.connector import Connector
from integration_tests.expected import assert_same, iso, truth
from integration_tests.ledger import contact, invoice
from integration_tests.protocol import Json, Output
from local_xero.process import XeroServerProcess

MIDNIGHT = 1_772_323_200_000  # 2026-03-01T00:00:00Z
HOUR = 3_600_000
COUNT = 40
OVERLAP_SECONDS = 5 * 60 + 2


def updated(number: int) -> int:
    """Say when an invoice was changed: number 20 at midnight, the others an hour and a millisecond apart."""
    return MIDNIGHT + (number - 20) * (HOUR + 1)


def names(output: Output) -> list[str]:
    """List the invoice numbers of a sync that ended well."""
    assert (output.status, output.errors()) == (0, [])
    return [row["InvoiceNumber"] for row in output.records("invoices")]


def numbered(start: int, end: int = COUNT) -> list[str]:
    """Name the invoices from one number to another."""
    return [f"INV-{number:04d}" for number in range(start, end + 1)]


@pytest.fixture
def books(xero: XeroServerProcess) -> XeroServerProcess:
    """Put the invoices of this module into the local Xero."""
    xero.control("company", {"records": {"Invoices": [invoice(n, updated(n)) for n in range(1, COUNT + 1)]}})
    return xero


@pytest.mark.parametrize(
    ("since", "first", "exclusive"),
    [
        ("2026-03-01", 20, False),
        ("2026-03-01", 20, True),
        (iso(updated(30)), 30, True),
        (iso(updated(30) + 1), 31, False),
    ],
)
def test_modified_since_is_exact_to_the_millisecond(
    connector: Connector,
    books: XeroServerProcess,
    since: str,
    first: int,
    *,
    exclusive: bool,
) -> None:
    """An invoice changed at the very instant comes, one changed a millisecond before does not, however Xero counts."""
    books.control("switches", {"invoices_since_exclusive": exclusive})
    output = connector.read(books.config(invoices={"modified_since": since}), "invoices")
    assert names(output) == numbered(first)
    wanted = [row for row in truth(books, "invoices") if row["InvoiceNumber"] in numbered(first)]
    assert_same("invoices", output.records("invoices"), wanted)


@pytest.mark.parametrize("after", [10, 0], ids=["earlier", "taken away"])
def test_widened_filter_loads_what_it_newly_admits(connector: Connector, books: XeroServerProcess, after: int) -> None:
    """An earlier Modified since brings what lies between, once; then only changes come."""
    first = connector.read(books.config(invoices={"modified_since": iso(updated(25))}), "invoices")
    assert names(first) == numbered(25)
    config = books.config(invoices={"modified_since": iso(updated(after))} if after else {})
    second = connector.read(config, "invoices", state=first.last_state())
    assert [name for name in names(second) if name != numbered(COUNT)[0]] == numbered(after or 1, 24)
    books.control("invoices/edit", {"index": 4, "stamp": updated(COUNT) + HOUR})
    third = connector.read(config, "invoices", state=second.last_state())
    assert names(third)[-1] == "INV-0005"
    assert set(names(third)) <= {"INV-0005", *numbered(COUNT)}


def test_incremental_sync_repeats_no_more_than_the_overlap(connector: Connector, books: XeroServerProcess) -> None:
    """A row that was committed late, four minutes below the state, is found; older rows are not read again."""
    state = connector.read(books.config(), "invoices").last_state()
    late, last = updated(COUNT) - 4 * 60_000, updated(COUNT)
    books.control("records/add", {"list": "Invoices", "records": [invoice(99, late)]})
    output = connector.read(books.config(), "invoices", state=state)
    assert "INV-0099" in names(output)
    lowest = iso(last - OVERLAP_SECONDS * 1000)
    assert all(row["UpdatedDateUTC"] >= lowest for row in output.records("invoices"))
    assert output.states("invoices")[-1]["UpdatedDateUTC"] == iso(last)


def test_every_status_arrives_also_when_lists_hide_it(connector: Connector, xero: XeroServerProcess) -> None:
    """Draft, submitted, voided and deleted invoices come, also where an unfiltered list leaves deleted ones out."""
    statuses = ["DRAFT", "SUBMITTED", "AUTHORISED", "PAID", "VOIDED", "DELETED"]
    rows = [invoice(n, updated(n), Status=status) for n, status in enumerate(statuses, 1)]
    people = [contact(1, updated(1)), contact(2, updated(2), ContactStatus="ARCHIVED")]
    xero.control("company", {"records": {"Invoices": rows, "Contacts": people}})
    xero.control("switches", {"hide_deleted": True})
    output = connector.read(xero.config(), "invoices", "contacts")
    for stream in ("invoices", "contacts"):
        assert_same(stream, output.records(stream), truth(xero, stream))
    assert [row["Status"] for row in output.records("invoices")] == statuses


@pytest.mark.parametrize("clamp", [False, True], ids=["empty beyond the end", "last page beyond the end"])
def test_more_rows_of_one_second_than_a_page(connector: Connector, xero: XeroServerProcess, *, clamp: bool) -> None:
    """2,500 invoices that were changed in the same millisecond all arrive, once."""
    options = {"journals": 0, "invoices": 2500, "invoice_step_ms": 0}
    xero.control("company", {"preset": "bulk", "options": options})
    xero.control("switches", {"clamp_page": clamp})
    output = connector.read(xero.config(), "invoices")
    assert output.status == 0
    assert_same("invoices", output.records("invoices"), truth(xero, "invoices"))


def test_edits_in_the_middle_of_a_read_lose_nothing(connector: Connector, xero: XeroServerProcess) -> None:
    """Rows of all pages that are edited during the read move to the end: the last version of each arrives, at once or next."""
    options = {"journals": 0, "invoices": 3200, "invoice_step_ms": 1000}
    xero.control("company", {"preset": "bulk", "options": options})
    edits: list[Json] = [
        {"endpoint": "Invoices", "after": after, "do": "invoices/edit", "with": {"index": index}}
        for after in (1, 2, 3)
        for index in range(after * 7, 3200, 250)
    ]
    xero.control("script", {"steps": edits})
    first = connector.read(xero.config(), "invoices")
    second = connector.read(xero.config(), "invoices", state=first.last_state())
    assert (first.status, second.status) == (0, 0)
    last = {row["InvoiceID"]: row for output in (first, second) for row in output.records("invoices")}
    assert_same("invoices", last.values(), truth(xero, "invoices"))
    assert len(second.records("invoices")) < 1000


def test_ignored_header_is_an_error_and_no_loop(connector: Connector, books: XeroServerProcess) -> None:
    """Where Xero ignores If-Modified-Since, the sync fails with a sentence instead of reading everything for ever."""
    books.control("switches", {"invoices_ignore_header": True})
    output = connector.read(books.config(invoices={"modified_since": "2026-03-01"}), "invoices")
    assert output.status == 1
    assert output.errors()[-1]["failure_type"] == "system_error"
    assert "If-Modified-Since" in output.errors()[-1]["message"]
    assert len(books.log("Invoices")) <= 3
