"""Values survive the way: texts, dates and numbers arrive as Xero means them, whatever form it sends them in."""

from __future__ import annotations

from decimal import Decimal

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


def test_dates_become_days_and_instants(connector: Connector, xero: XeroServerProcess) -> None:
    """Calendar dates and instants become ISO 8601, before 1970 too; the offset of the wire is never added."""
    put(
        xero,
        Journals=[
            journal(1, NOON, JournalDate="/Date(0+0000)/"),
            journal(2, NOON, JournalDate="/Date(-86400000+0000)/", CreatedDateUTC="/Date(1772366400123)/"),
            journal(3, NOON, JournalDate="/Date(1772323200000+1300)/", CreatedDateUTC="/Date(1772366400123+1300)/"),
        ],
        Invoices=[
            invoice(
                1, NOON, Date="/Date(0+0000)/", DueDate=wire(1_772_323_200_000), FullyPaidOnDate=wire(951_782_400_000)
            ),
        ],
    )
    output = connector.read(xero.config(), "journals", "invoices")
    days = [row["JournalDate"] for row in output.records("journals")]
    assert days == ["1970-01-01", "1969-12-31", "2026-03-01"]
    assert {row["CreatedDateUTC"] for row in output.records("journals")} == {"2026-03-01T12:00:00.123Z"}
    (row,) = output.records("invoices")
    assert (row["Date"], row["DueDate"], row["FullyPaidOnDate"]) == ("1970-01-01", "2026-03-01", "2000-02-29")
    assert row["UpdatedDateUTC"] == "2026-03-01T12:00:00.123Z"


def test_money_keeps_its_value(connector: Connector, xero: XeroServerProcess) -> None:
    """Amounts keep 15 digits and unit amounts four decimals; numbers and booleans that Xero quotes become what they are."""
    put(
        xero,
        Invoices=[
            invoice(1, NOON, Total=1234567890123.45, AmountDue=-0.01, CurrencyRate=0.123456, SentToContact="true"),
            invoice(2, NOON, Total="50.00", AmountDue="7", LineItems=[{"UnitAmount": 0.0001, "Quantity": 1.0}]),
        ],
    )
    one, two = connector.read(xero.config(), "invoices").records("invoices")
    assert (one["Total"], one["AmountDue"]) == (Decimal("1234567890123.45"), Decimal("-0.01"))
    assert (one["CurrencyRate"], one["SentToContact"]) == (Decimal("0.123456"), True)
    assert (two["Total"], two["AmountDue"]) == (50, 7)
    assert two["LineItems"][0]["UnitAmount"] == Decimal("0.0001")


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
