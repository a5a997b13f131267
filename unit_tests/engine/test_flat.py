"""Flat tables: every line of a nested object becomes one record with its header, its tracking side by side, and nothing lost."""

from __future__ import annotations

import copy
import threading
from typing import Any

import pytest
from airbyte_cdk.models import AirbyteMessage, Type

from source_xero_gl.engine.hub import readings
from source_xero_gl.engine.stream import XeroStream
from source_xero_gl.streams.invoices import InvoiceLineItems, Invoices
from source_xero_gl.streams.journals import CashJournalLines, CashJournals, JournalLines, Journals
from source_xero_gl.xero.client import Page
from unit_tests.fake_xero.client import Call, FakeClient, fake_sync
from unit_tests.fake_xero.wire import TENANT

REGION = {"TrackingCategoryID": "c-1", "TrackingOptionID": "o-1", "Name": "Region", "Option": "North"}
PROJECT = {"TrackingCategoryID": "c-2", "TrackingOptionID": "o-2", "Name": "Project", "Option": "Roof"}
FLAT_REGION = {
    "Tracking1Name": "Region",
    "Tracking1Option": "North",
    "Tracking1CategoryID": "c-1",
    "Tracking1OptionID": "o-1",
}
FLAT_PROJECT = {
    "Tracking2Name": "Project",
    "Tracking2Option": "Roof",
    "Tracking2CategoryID": "c-2",
    "Tracking2OptionID": "o-2",
}
JOURNAL = {
    "JournalID": "j",
    "JournalNumber": 7,
    "JournalDate": "/Date(1419937200000+0000)/",
    "CreatedDateUTC": "/Date(1419937207000+0000)/",
    "SourceType": "ACCREC",
    "SourceID": "s",
    "Reference": "R-1",
}
FLAT_JOURNAL = {
    **JOURNAL,
    "JournalDate": "2014-12-30",
    "CreatedDateUTC": "2014-12-30T11:00:07.000Z",
    "TenantID": TENANT,
}
INVOICE = {
    "InvoiceID": "i",
    "InvoiceNumber": "INV-1",
    "Date": "/Date(1419937200000+0000)/",
    "DueDate": "/Date(1420023600000+0000)/",
    "Status": "PAID",
    "Type": "ACCREC",
    "UpdatedDateUTC": "/Date(1419937207000+0000)/",
    "CurrencyCode": "NZD",
    "CurrencyRate": 1.0,
}
FLAT_INVOICE = {
    **INVOICE,
    "Date": "2014-12-30",
    "DueDate": "2014-12-31",
    "UpdatedDateUTC": "2014-12-30T11:00:07.000Z",
    "TenantID": TENANT,
}


def xero(objects: list[dict[str, Any]], waits: float | None = None) -> FakeClient:
    """Return a client whose every list has these objects; each call waits so many seconds for the limits."""

    def page(call: Call) -> Page:
        if waits:
            call.caller.waits(waits)
        end = int(call.params.get("offset", 0)) >= 7
        return Page([] if end else objects, 1, len(objects))

    return FakeClient(page)


def read(client: FakeClient, *streams: XeroStream) -> tuple[dict[str, list[dict[str, Any]]], list[AirbyteMessage]]:
    """Read streams of one sync, each in a thread, and return the records of each and the messages between them."""
    messages, records = list[AirbyteMessage](), dict[str, list[dict[str, Any]]]()
    sync = fake_sync(client, put=messages.append)

    def take(reading: Any) -> None:
        records[reading.name] = [
            dict(record.data) for partition in reading.generate_partitions() for record in partition.read()
        ]

    threads = [
        threading.Thread(target=take, args=[reading], daemon=True)
        for reading in readings([(stream, {}) for stream in streams], sync)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    return records, messages


@pytest.mark.parametrize("stream", [JournalLines(), CashJournalLines()], ids=lambda stream: stream.name)
def test_the_lines_of_a_journal(stream: XeroStream) -> None:
    """Header, line, tracking of none, one and two categories, a number from 1, and fields that nobody knows yet."""
    lines = [
        {"JournalLineID": "a", "AccountCode": "200", "NetAmount": "12.50", "TrackingCategories": []},
        {"JournalLineID": "b", "NetAmount": -12.5, "TrackingCategories": [REGION], "Novelty": {"x": [1]}},
        {"JournalLineID": "c", "TrackingCategories": [REGION, PROJECT]},
        {"JournalLineID": "d", "TrackingCategories": None},
        {"JournalLineID": "e"},
    ]
    client = xero([{**JOURNAL, "JournalLines": lines}])
    records, _ = read(client, stream)
    assert records[stream.name] == [
        {**FLAT_JOURNAL, "JournalLineID": "a", "AccountCode": "200", "NetAmount": 12.5, "LineNumber": 1},
        {
            **FLAT_JOURNAL,
            "JournalLineID": "b",
            "NetAmount": -12.5,
            "Novelty": {"x": [1]},
            **FLAT_REGION,
            "LineNumber": 2,
        },
        {**FLAT_JOURNAL, "JournalLineID": "c", **FLAT_REGION, **FLAT_PROJECT, "LineNumber": 3},
        {**FLAT_JOURNAL, "JournalLineID": "d", "LineNumber": 4},
        {**FLAT_JOURNAL, "JournalLineID": "e", "LineNumber": 5},
    ]


def test_the_lines_of_an_invoice() -> None:
    """Header, ID and name of the contact, line, tracking, a number from 1, and fields that nobody knows yet."""
    contact = {"ContactID": "c", "Name": "Ridgeway", "EmailAddress": "x"}
    lines = [
        {"LineItemID": "a", "UnitAmount": "2.5625", "AccountCode": "200", "Tracking": [REGION, PROJECT]},
        {"LineItemID": "b", "Item": {"ItemID": "x"}, "Novelty": 1},
    ]
    client = xero([{**INVOICE, "Contact": contact, "Total": 5.0, "LineItems": lines}])
    records, _ = read(client, InvoiceLineItems())
    head = {**FLAT_INVOICE, "ContactID": "c", "ContactName": "Ridgeway"}
    first = {"LineItemID": "a", "UnitAmount": 2.5625, "AccountCode": "200", "LineNumber": 1}
    assert records["invoice_line_items"] == [
        {**head, **first, **FLAT_REGION, **FLAT_PROJECT},
        {**head, "LineItemID": "b", "Item": {"ItemID": "x"}, "Novelty": 1, "LineNumber": 2},
    ]


@pytest.mark.parametrize("contact", [{}, {"Contact": None}, {"Contact": {}}])
def test_an_invoice_without_a_contact(contact: dict[str, Any]) -> None:
    """The lines of such a draft arrive, without ID and name."""
    client = xero([{**INVOICE, **contact, "LineItems": [{"LineItemID": "a"}]}])
    records, _ = read(client, InvoiceLineItems())
    assert records["invoice_line_items"] == [
        {**FLAT_INVOICE, "LineItemID": "a", "LineNumber": 1, "ContactID": None, "ContactName": None}
    ]


@pytest.mark.parametrize(
    "lines", [{}, {"JournalLines": None, "LineItems": None}, {"JournalLines": [], "LineItems": []}]
)
@pytest.mark.parametrize(("stream", "header"), [(JournalLines(), JOURNAL), (InvoiceLineItems(), INVOICE)])
def test_an_object_without_lines_has_no_rows(stream: XeroStream, header: dict[str, Any], lines: dict[str, Any]) -> None:
    """Missing, null or empty: no row, no failure, and a state."""
    client = xero([{**header, **lines}])
    records, messages = read(client, stream)
    assert records == {stream.name: []}
    assert messages[-1].type is Type.STATE


def test_a_header_field_that_xero_left_out_stays_out() -> None:
    """A conversion balance has no source and maybe no reference: nothing is made up."""
    lacking = {key: value for key, value in JOURNAL.items() if key not in ("SourceType", "SourceID", "Reference")}
    client = xero([{**lacking, "JournalLines": [{"JournalLineID": "a"}]}])
    records, _ = read(client, JournalLines())
    assert records["journal_lines"][0].keys() == {*lacking, "TenantID", "JournalLineID", "LineNumber"}


@pytest.mark.parametrize(
    ("nested", "flat", "row"),
    [
        (Journals(), JournalLines(), {**JOURNAL, "JournalLines": [{"JournalLineID": "a"}]}),
        (CashJournals(), CashJournalLines(), {**JOURNAL, "JournalLines": [{"JournalLineID": "a"}]}),
        (Invoices(), InvoiceLineItems(), {**INVOICE, "LineItems": [{"LineItemID": "a"}]}),
    ],
)
def test_twins_cost_the_calls_of_one(nested: XeroStream, flat: XeroStream, row: dict[str, Any]) -> None:
    """Xero is asked as often for both as for the nested stream alone, and each gets what it gets by itself."""
    alone, together = xero([copy.deepcopy(row)]), xero([copy.deepcopy(row)])
    (nested_records, _), (flat_records, _) = read(alone, nested), read(alone, flat)
    records, messages = read(together, nested, flat)
    assert records == {**nested_records, **flat_records}
    assert len(together.calls_made) == len(alone.calls_made) / 2
    assert sum(message.type is Type.STATE for message in messages) >= 2


def test_all_that_wait_are_shown_as_waiting() -> None:
    """A call that waits for Xero's limits is shown under the names of both streams."""
    client = xero([{**INVOICE, "LineItems": []}], waits=30.0)
    _, messages = read(client, Invoices(), InvoiceLineItems())
    shown = [message.trace.stream_status for message in messages if message.trace and message.trace.stream_status]
    assert [status.stream_descriptor.name for status in shown] == ["invoices", "invoice_line_items"]


def test_only_the_nested_stream_has_an_estimate() -> None:
    """Xero tells the number of invoices, not that of their lines."""
    for streams in ([Invoices(), InvoiceLineItems()], [InvoiceLineItems()]):
        _, messages = read(xero([{**INVOICE, "LineItems": [{"LineItemID": "a"}] * 3}]), *streams)
        estimates = [message.trace.estimate for message in messages if message.trace and message.trace.estimate]
        assert [(estimate.name, estimate.row_estimate) for estimate in estimates] == [("invoices", 1)][
            : len(streams) - 1
        ]
