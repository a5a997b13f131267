"""Flat tables: every line of a nested object becomes one record with its header, its tracking side by side, and nothing lost."""

from __future__ import annotations

import copy
import threading
from typing import Any

import pytest
from airbyte_cdk.models import AirbyteMessage, Type

from source_xero_gl.engine.flat import FlatStream
from source_xero_gl.engine.hub import readings
from source_xero_gl.engine.stream import XeroStream
from source_xero_gl.readers.changes.state import UPDATED
from source_xero_gl.readers.errors import ReadingError
from source_xero_gl.streams import STREAMS
from source_xero_gl.streams.bank import BankTransactionLineItems
from source_xero_gl.streams.documents import CreditNoteAllocations, ManualJournalLines, RepeatingInvoiceLineItems
from source_xero_gl.streams.invoices import InvoiceLineItems, Invoices
from source_xero_gl.streams.journals import CashJournalLines, CashJournals, JournalLines, Journals
from source_xero_gl.streams.payments import OverpaymentAllocations
from source_xero_gl.streams.reports import BudgetLines, Budgets
from source_xero_gl.xero.client import Page
from unit_tests.fake_xero.client import Call, FakeClient, fake_sync
from unit_tests.fake_xero.wire import TENANT

FLAT = [stream for stream in STREAMS if isinstance(stream, FlatStream)]
CHANGED = "/Date(1419937207000+0000)/"
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


def test_the_lines_of_a_bank_transaction() -> None:
    """The bank account becomes columns too; the account of the line keeps its own."""
    bank = {"AccountID": "b", "Code": "090", "Name": "Cheque account", "Class": "ASSET"}
    lines = [{"LineItemID": "a", "AccountID": "s", "AccountCode": "200", "LineAmount": 3.5, "Tracking": [REGION]}]
    found = {"BankTransactionID": "t", "IsReconciled": True, "BankAccount": bank, "Total": 3.5, "LineItems": lines}
    assert list(BankTransactionLineItems().records(found)) == [
        {
            "BankTransactionID": "t",
            "IsReconciled": True,
            "ContactID": None,
            "ContactName": None,
            "BankAccountID": "b",
            "BankAccountCode": "090",
            "BankAccountName": "Cheque account",
            "LineItemID": "a",
            "AccountID": "s",
            "AccountCode": "200",
            "LineAmount": 3.5,
            **FLAT_REGION,
            "LineNumber": 1,
        }
    ]


def test_the_lines_of_a_manual_journal() -> None:
    """They are in JournalLines, with the tracking of line items."""
    lines = [{"LineAmount": 5, "AccountCode": "200", "Tracking": [REGION]}, {"LineAmount": -5, "IsBlank": False}]
    found = {"ManualJournalID": "m", "Narration": "Accrual", "Date": "2026-10-31", "Url": "x", "JournalLines": lines}
    head = {"ManualJournalID": "m", "Narration": "Accrual", "Date": "2026-10-31"}
    assert list(ManualJournalLines().records(found)) == [
        {**head, "LineAmount": 5, "AccountCode": "200", **FLAT_REGION, "LineNumber": 1},
        {**head, "LineAmount": -5, "IsBlank": False, "LineNumber": 2},
    ]


def test_the_lines_of_a_template_carry_its_id() -> None:
    """A line item has a field RepeatingInvoiceID too, which does not take the place of the key."""
    lines = [{"LineItemID": "a", "RepeatingInvoiceID": None}]
    found = {"RepeatingInvoiceID": "r", "Contact": {"ContactID": "c", "Name": "Ridgeway"}, "LineItems": lines}
    (line,) = RepeatingInvoiceLineItems().records(found)
    header = {"RepeatingInvoiceID": "r", "ContactID": "c", "ContactName": "Ridgeway"}
    assert line == {**header, "LineItemID": "a", "LineNumber": 1}


def test_the_allocations_of_a_credit_note() -> None:
    """The invoice becomes columns, an allocation keeps its own date, and its ID has one spelling."""
    uses = [
        {"AllocationID": "a", "Amount": 10, "Date": "2026-10-31", "Invoice": {"InvoiceID": "i", "InvoiceNumber": "1"}},
        {"AllocationId": "b", "Amount": 2, "IsDeleted": True, "Invoice": None, "CreditNote": {"CreditNoteID": "other"}},
    ]
    found = {"CreditNoteID": "n", "CreditNoteNumber": "CN-1", "Date": "2026-10-01", "Status": "PAID"}
    head = {"CreditNoteID": "n", "CreditNoteNumber": "CN-1", "Status": "PAID", "ContactID": None, "ContactName": None}
    first = {"AllocationID": "a", "Amount": 10, "Date": "2026-10-31", "InvoiceID": "i", "InvoiceNumber": "1"}
    second = {"AllocationID": "b", "Amount": 2, "IsDeleted": True, "InvoiceID": None, "InvoiceNumber": None}
    assert list(CreditNoteAllocations().records({**found, "Allocations": uses})) == [
        {**head, **first, "LineNumber": 1},
        {**head, **second, "LineNumber": 2},
    ]


def test_an_allocation_names_other_credits() -> None:
    """What else an allocation refers to becomes columns as well."""
    use = {"Amount": 1, "CreditNote": {"CreditNoteID": "n", "CreditNoteNumber": "CN-1"}}
    use |= {"Prepayment": {"PrepaymentID": "p"}, "Overpayment": {"OverpaymentID": "other"}}
    (record,) = OverpaymentAllocations().records({"OverpaymentID": "o", "Allocations": [use]})
    named = {name: value for name, value in record.items() if name.endswith(("PaymentID", "paymentID", "NoteID"))}
    assert named == {"OverpaymentID": "o", "CreditNoteID": "n", "PrepaymentID": "p"}
    assert record["CreditNoteNumber"] == "CN-1"


def test_the_months_of_a_budget() -> None:
    """Each month of each account is a record with the budget's tracking; an account without months has none."""
    lines = [
        {"AccountID": "a", "BudgetBalances": [{"Period": "2026-10", "Amount": 1}, {"Period": "2026-11", "Amount": 2}]},
        {"AccountID": "b", "BudgetBalances": []},
        {"AccountID": "c", "AccountCode": "200"},
        {"AccountID": "d", "BudgetBalances": [{"Period": "2026-10", "Amount": 3}]},
    ]
    found = {"BudgetID": "x", "Type": "TRACKING", "Description": "North", "Tracking": [REGION], "BudgetLines": lines}
    head = {"BudgetID": "x", "Type": "TRACKING", "Description": "North", **FLAT_REGION}
    assert list(BudgetLines().records(found)) == [
        {**head, "AccountID": "a", "Period": "2026-10", "Amount": 1, "LineNumber": 1},
        {**head, "AccountID": "a", "Period": "2026-11", "Amount": 2, "LineNumber": 2},
        {**head, "AccountID": "d", "Period": "2026-10", "Amount": 3, "LineNumber": 3},
    ]


def test_the_account_of_a_line_has_one_spelling() -> None:
    """Whichever spelling of AccountID is filled wins; the other one is gone."""
    lines = [{"AccountId": "a"}, {"AccountId": "b", "AccountID": None}, {"AccountId": None, "AccountID": "c"}]
    found = list(InvoiceLineItems().records({"InvoiceID": "i", "LineItems": [*lines, {"AccountId": None}]}))
    assert [line["AccountID"] for line in found] == ["a", "b", "c", None]
    assert all("AccountId" not in line for line in found)


@pytest.mark.parametrize("broken", ["x", ["x"], [None], {"a": 1}, 5])
@pytest.mark.parametrize("stream", FLAT, ids=lambda stream: stream.name)
def test_lines_that_are_no_objects_fail(stream: FlatStream, broken: Any) -> None:
    """Nothing is passed over: the stream fails with a sentence that names the field, and quotes nothing."""
    with pytest.raises(ReadingError, match=stream.lines_field) as raised:
        list(stream.records({stream.lines_field: broken}))
    assert raised.value.__cause__ is None


@pytest.mark.parametrize("stream", FLAT, ids=lambda stream: stream.name)
def test_no_flat_stream_makes_up_lines(stream: FlatStream) -> None:
    """Lists that are missing, null or empty give no record, in every flat stream."""
    found = {stream.nested.key[0]: "x"}
    for without in (found, {**found, stream.lines_field: None}, {**found, stream.lines_field: []}):
        assert list(stream.records(without)) == []


@pytest.mark.parametrize("stream", FLAT, ids=lambda stream: stream.name)
def test_objects_that_are_shared_stay_as_they_are(stream: FlatStream) -> None:
    """The nested stream sends the same object, so a flat one changes nothing in it."""
    line = {"AccountId": "a", "AllocationId": "b", "Invoice": {"InvoiceID": "i"}, "Tracking": [REGION]}
    found: dict[str, Any] = {stream.lines_field: [{**line, "BudgetBalances": [{"Period": "2026-10"}]}]}
    found |= {"Contact": {"ContactID": "c"}, "Tracking": [PROJECT]}
    before = copy.deepcopy(found)
    assert len(list(stream.records(found))) == 1
    assert found == before


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
        *(
            (stream.nested, stream, {stream.nested.key[0]: "x", UPDATED: CHANGED, stream.lines_field: [{"Amount": 1}]})
            for stream in FLAT
            if not isinstance(stream.nested, (Journals, CashJournals, Invoices, Budgets))
        ),
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
