"""Values survive the way: texts, dates and numbers arrive as Xero means them, whatever form it sends them in."""

from __future__ import annotations

from integration_tests.connector import Connector
from integration_tests.expected import assert_same, truth
from integration_tests.ledger import contact, invoice, journal, wire
from integration_tests.protocol import Json
from local_xero.process import XeroServerProcess

NOON = 1_772_366_400_123  # 2026-03-01T12:00:00.123Z
DATE_LIKE = ["/Date(5)/", "/Date(1772366400123+0000)/", "Date(5)", "2026-03-01T12:00:00", "\\/Date(5)\\/"]
UNICODE = ["Kōwhai ☀ 漢字", "🦜 família", 'quote " and \\ back', "tab\tand\nline", "\u2028\u200f\u0000end", "é"]


def put(xero: XeroServerProcess, **lists: list[Json]) -> None:
    """Replace the books by wire records."""
    xero.control("company", {"records": lists})


def test_text_stays_text(connector: Connector, xero: XeroServerProcess) -> None:
    """Unicode, control characters and text that looks like a date arrive as they were sent."""
    texts = DATE_LIKE + UNICODE
    put(
        xero,
        Journals=[journal(n, NOON + n, Reference=text) for n, text in enumerate(texts, 1)],
        Invoices=[
            invoice(n, NOON + n, Reference=text, DateString=text, Contact={"ContactID": "x", "Name": text})
            for n, text in enumerate(texts, 1)
        ],
        Contacts=[contact(n, NOON + n, Name=text) for n, text in enumerate(texts, 1)],
    )
    output = connector.read(xero.config(), "journals", "invoices", "contacts")
    assert [row["Reference"] for row in output.records("journals")] == texts
    assert [row["Contact"]["Name"] for row in output.records("invoices")] == texts
    for stream in ("journals", "invoices", "contacts"):
        assert_same(stream, output.records(stream), truth(xero, stream))


def test_absent_null_and_unknown_fields_pass(connector: Connector, xero: XeroServerProcess) -> None:
    """A field that Xero leaves out, sends as null or has only just invented neither fails nor changes a record."""
    bare = {"JournalID": "j", "JournalNumber": 1, "CreatedDateUTC": wire(NOON)}
    put(
        xero,
        Journals=[
            bare,
            journal(
                2, NOON, Reference=None, SourceID=None, JournalLines=None, Invented={"At": "/Date(5)/", "N": [1.5]}
            ),
        ],
        Invoices=[invoice(1, NOON, DueDate=None, LineItems=[], Contact=None, SalesTaxCalculationTypeCode="X")],
    )
    output = connector.read(xero.config(), "journals", "invoices")
    for stream in ("journals", "invoices"):
        wanted = [{key: value for key, value in row.items() if value is not None} for row in truth(xero, stream)]
        got = [{key: value for key, value in row.items() if value is not None} for row in output.records(stream)]
        assert_same(stream, got, wanted)


def test_form_of_the_body_does_not_matter(connector: Connector, xero: XeroServerProcess) -> None:
    """Bodies that are indented with CRLF and compressed are read like any other."""
    xero.control("switches", {"pretty": True, "gzip": True})
    output = connector.read(xero.config(), "journals", "invoices")
    for stream in ("journals", "invoices"):
        assert_same(stream, output.records(stream), truth(xero, stream))


def test_broken_unicode_is_replaced_and_loses_no_row(connector: Connector, xero: XeroServerProcess) -> None:
    """A lone surrogate, which no JSON reader should see, becomes U+FFFD in its text; every row of the page arrives."""
    put(xero, Journals=[journal(n, NOON + n) for n in range(1, 151)])
    xero.control("faults", {"kind": "surrogates", "path": "Journals"})
    records = connector.read(xero.config(), "journals").records("journals")
    assert [row["JournalNumber"] for row in records] == list(range(1, 151))
    assert "\ufffd lone" in records[0]["Reference"]
