"""Flat twins: every line of a nested object becomes one row with its header, its tracking side by side, and nothing lost."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

import pytest
from airbyte_cdk.models import AirbyteMessage, Type

from source_xero_gl.engine.hub import readings
from source_xero_gl.engine.stream import XeroStream
from source_xero_gl.streams.invoices import InvoiceLineItems, Invoices
from source_xero_gl.streams.journals import CashJournalLines, CashJournals, JournalLines, Journals
from source_xero_gl.xero.client import Page, XeroClient
from source_xero_gl.xero.gate import Caller
from unit_tests.engine.queued_sync import TENANT, queued_sync

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


class Xero:
    """Answers every stream with pages, and remembers the calls."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, rows: list[dict[str, Any]], waits: float | None = None) -> None:
        """Answer with these rows; make each call wait so many seconds for the limits."""
        self.rows = rows
        self.waits = waits
        self.asked: list[Mapping[str, str | int]] = []
        monkeypatch.setattr(XeroClient, "page", lambda _, *call: self._page(*call))

    def _page(
        self, endpoint: str, key: str, params: Mapping[str, str | int], since: int | None, caller: Caller
    ) -> Page:
        del endpoint, key, since
        self.asked.append(params)
        if self.waits:
            caller.waits(self.waits)
        end = int(params.get("offset", 0)) >= 7
        return Page([] if end else self.rows, 1, len(self.rows))


def read(*streams: XeroStream) -> tuple[dict[str, list[dict[str, Any]]], list[AirbyteMessage]]:
    """Read streams of one sync, each in a thread, and return the records of each and the messages between them."""
    messages, records = list[AirbyteMessage](), dict[str, list[dict[str, Any]]]()
    sync = queued_sync(messages.append)

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
def test_the_lines_of_a_journal(stream: XeroStream, monkeypatch: pytest.MonkeyPatch) -> None:
    """Header, line, tracking of none, one and two categories, a number from 1, and fields that nobody knows yet."""
    lines = [
        {"JournalLineID": "a", "AccountCode": "200", "NetAmount": "12.50", "TrackingCategories": []},
        {"JournalLineID": "b", "NetAmount": -12.5, "TrackingCategories": [REGION], "Novelty": {"x": [1]}},
        {"JournalLineID": "c", "TrackingCategories": [REGION, PROJECT]},
        {"JournalLineID": "d", "TrackingCategories": None},
        {"JournalLineID": "e"},
    ]
    Xero(monkeypatch, [{**JOURNAL, "JournalLines": lines}])
    records, _ = read(stream)
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


def test_the_lines_of_an_invoice(monkeypatch: pytest.MonkeyPatch) -> None:
    """Header, ID and name of the contact, line, tracking, a number from 1, and fields that nobody knows yet."""
    contact = {"ContactID": "c", "Name": "Ridgeway", "EmailAddress": "x"}
    lines = [
        {"LineItemID": "a", "UnitAmount": "2.5625", "AccountCode": "200", "Tracking": [REGION, PROJECT]},
        {"LineItemID": "b", "Item": {"ItemID": "x"}, "Novelty": 1},
    ]
    Xero(monkeypatch, [{**INVOICE, "Contact": contact, "Total": 5.0, "LineItems": lines}])
    records, _ = read(InvoiceLineItems())
    head = {**FLAT_INVOICE, "ContactID": "c", "ContactName": "Ridgeway"}
    first = {"LineItemID": "a", "UnitAmount": 2.5625, "AccountCode": "200", "LineNumber": 1}
    assert records["invoice_line_items"] == [
        {**head, **first, **FLAT_REGION, **FLAT_PROJECT},
        {**head, "LineItemID": "b", "Item": {"ItemID": "x"}, "Novelty": 1, "LineNumber": 2},
    ]


@pytest.mark.parametrize("contact", [{}, {"Contact": None}, {"Contact": {}}])
def test_an_invoice_without_a_contact(contact: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """The lines of such a draft arrive, without ID and name."""
    Xero(monkeypatch, [{**INVOICE, **contact, "LineItems": [{"LineItemID": "a"}]}])
    records, _ = read(InvoiceLineItems())
    assert records["invoice_line_items"] == [
        {**FLAT_INVOICE, "LineItemID": "a", "LineNumber": 1, "ContactID": None, "ContactName": None}
    ]


@pytest.mark.parametrize(
    "lines", [{}, {"JournalLines": None, "LineItems": None}, {"JournalLines": [], "LineItems": []}]
)
@pytest.mark.parametrize(("stream", "header"), [(JournalLines(), JOURNAL), (InvoiceLineItems(), INVOICE)])
def test_an_object_without_lines_has_no_rows(
    stream: XeroStream, header: dict[str, Any], lines: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Missing, null or empty: no row, no failure, and a state."""
    Xero(monkeypatch, [{**header, **lines}])
    records, messages = read(stream)
    assert records == {stream.name: []}
    assert messages[-1].type is Type.STATE


def test_a_header_field_that_xero_left_out_stays_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """A conversion balance has no source and maybe no reference: nothing is made up."""
    lacking = {key: value for key, value in JOURNAL.items() if key not in ("SourceType", "SourceID", "Reference")}
    Xero(monkeypatch, [{**lacking, "JournalLines": [{"JournalLineID": "a"}]}])
    records, _ = read(JournalLines())
    assert records["journal_lines"][0].keys() == {*lacking, "TenantID", "JournalLineID", "LineNumber"}


@pytest.mark.parametrize(
    ("nested", "flat", "row"),
    [
        (Journals(), JournalLines(), {**JOURNAL, "JournalLines": [{"JournalLineID": "a"}]}),
        (CashJournals(), CashJournalLines(), {**JOURNAL, "JournalLines": [{"JournalLineID": "a"}]}),
        (Invoices(), InvoiceLineItems(), {**INVOICE, "LineItems": [{"LineItemID": "a"}]}),
    ],
)
def test_twins_cost_the_calls_of_one(
    nested: XeroStream, flat: XeroStream, row: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Xero is asked as often for both as for the nested stream alone, and each gets what it gets by itself."""
    alone = Xero(monkeypatch, [row])
    (nested_records, _), (flat_records, _) = read(nested), read(flat)
    together = Xero(monkeypatch, [row])
    records, messages = read(nested, flat)
    assert records == {**nested_records, **flat_records}
    assert len(together.asked) == len(alone.asked) / 2
    assert sum(message.type is Type.STATE for message in messages) >= 2


def test_all_that_wait_are_shown_as_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """A call that waits for Xero's limits is shown under the names of both twins."""
    Xero(monkeypatch, [{**INVOICE, "LineItems": []}], waits=30.0)
    _, messages = read(Invoices(), InvoiceLineItems())
    shown = [message.trace.stream_status for message in messages if message.trace and message.trace.stream_status]
    assert [status.stream_descriptor.name for status in shown] == ["invoices", "invoice_line_items"]


def test_only_the_nested_stream_has_an_estimate(monkeypatch: pytest.MonkeyPatch) -> None:
    """Xero tells the number of invoices, not that of their lines."""
    for streams in ([Invoices(), InvoiceLineItems()], [InvoiceLineItems()]):
        Xero(monkeypatch, [{**INVOICE, "LineItems": [{"LineItemID": "a"}] * 3}])
        _, messages = read(*streams)
        estimates = [message.trace.estimate for message in messages if message.trace and message.trace.estimate]
        assert [(estimate.name, estimate.row_estimate) for estimate in estimates] == [("invoices", 1)][
            : len(streams) - 1
        ]
