"""From the declaration of a stream to its entry in the catalog and to its records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from airbyte_cdk.models import AirbyteMessage, SyncMode, Type
from airbyte_cdk.utils import AirbyteTracedException

from source_xero_gl.engine.hub import readings
from source_xero_gl.engine.stream import Sync, XeroStream, schema
from source_xero_gl.readers.batch import Batch, Fetch
from source_xero_gl.settings.settings import JournalSettings, Settings
from source_xero_gl.streams import STREAMS, available_streams
from source_xero_gl.xero.client import Page
from source_xero_gl.xero.errors import CONFIG, SYSTEM, TRANSIENT, Kind, XeroError
from source_xero_gl.xero.gate import Caller
from unit_tests.engine.queued_sync import SETTINGS, TENANT, queued_sync

NUMBER, UPDATED = "JournalNumber", "UpdatedDateUTC"
DECLARED: dict[str, tuple[list[str], str | None]] = {
    "journals": (["JournalID"], NUMBER),
    "journal_lines": (["JournalLineID"], NUMBER),
    "cash_journals": (["JournalID"], NUMBER),
    "cash_journal_lines": (["JournalLineID"], NUMBER),
    "invoices": (["InvoiceID"], UPDATED),
    "invoice_line_items": (["InvoiceID", "LineNumber"], UPDATED),
    "accounts": (["AccountID"], None),
    "tracking_categories": (["TrackingCategoryID"], None),
    "organisations": (["OrganisationID"], None),
    "contacts": (["ContactID"], UPDATED),
    "contact_groups": (["ContactGroupID"], None),
    "credit_notes": (["CreditNoteID"], UPDATED),
    "purchase_orders": (["PurchaseOrderID"], UPDATED),
    "quotes": (["QuoteID"], UPDATED),
    "repeating_invoices": (["RepeatingInvoiceID"], None),
    "linked_transactions": (["LinkedTransactionID"], None),
    "manual_journals": (["ManualJournalID"], UPDATED),
    "payments": (["PaymentID"], UPDATED),
    "batch_payments": (["BatchPaymentID"], UPDATED),
    "prepayments": (["PrepaymentID"], UPDATED),
    "overpayments": (["OverpaymentID"], UPDATED),
    "bank_transactions": (["BankTransactionID"], UPDATED),
    "bank_transfers": (["BankTransferID"], None),
    "items": (["ItemID"], None),
    "tax_rates": (["TaxType"], None),
    "currencies": (["Code"], None),
    "branding_themes": (["BrandingThemeID"], None),
    "users": (["UserID"], UPDATED),
    "budgets": (["BudgetID"], None),
    "trial_balance_lines": (["Date", "LineNumber"], "Date"),
    "balance_sheet_lines": (["Date", "LineNumber"], "Date"),
    "profit_and_loss_lines": (["Date", "LineNumber"], "Date"),
}
"""What stands in the key besides TenantID, and the cursor."""

SNAPSHOTS = [
    "accounts",
    "tracking_categories",
    "organisations",
    "contact_groups",
    "repeating_invoices",
    "bank_transfers",
    "items",
    "tax_rates",
    "currencies",
    "branding_themes",
]

each_stream = pytest.mark.parametrize("stream", STREAMS, ids=lambda stream: stream.name)


class Scripted(XeroStream):
    """A stream that yields the batches it is given, and raises the error it is given."""

    name = "journals"
    path = "Journals"
    records_key = "Journals"
    id_field = "JournalID"
    cursor_field = "JournalNumber"

    def __init__(self, batches: list[Batch], error: Exception | None = None) -> None:
        self._batches = batches
        self._error = error
        self.began_at: Mapping[str, Any] | None = None

    def batches(self, fetch: Fetch, sync: Sync, state: Mapping[str, Any] | None) -> Iterator[Batch]:
        """Yield, then raise."""
        del fetch, sync
        self.began_at = state
        yield from self._batches
        if self._error:
            raise self._error


class Platform:
    """What leaves a sync that makes no call."""

    def __init__(self, state: dict[str, Any] | None = None) -> None:
        """Begin with a state of the stream."""
        self.state = state or {}
        self.queued: list[AirbyteMessage] = []
        self.failed: list[tuple[str, XeroError]] = []
        self.sync = queued_sync(self.queued.append, lambda *told: self.failed.append(told))

    def records(self, stream: XeroStream) -> Iterator[dict[str, Any]]:
        """Read a stream as the engine does, one partition, and yield its records."""
        (reading,) = readings([(stream, self.state)], self.sync)
        (partition,) = reading.generate_partitions()
        return (dict(record.data) for record in partition.read())


def test_every_stream_is_known_here() -> None:
    """The table of this module and the streams of the connector are the same, each there once."""
    assert [stream.name for stream in STREAMS] == list(DECLARED)


@each_stream
def test_a_declaration_becomes_an_entry_of_the_catalog(stream: XeroStream) -> None:
    """Keys, cursor and sync modes stand in the catalog; only streams with a cursor can be incremental."""
    entry, (key, cursor) = stream.declared().as_airbyte_stream(), DECLARED[stream.name]
    assert entry.name == stream.name
    assert entry.source_defined_primary_key == [["TenantID"], *([field] for field in key)]
    if cursor is None:
        assert entry.supported_sync_modes == [SyncMode.full_refresh]
    else:
        assert entry.supported_sync_modes == [SyncMode.full_refresh, SyncMode.incremental]
        assert (entry.source_defined_cursor, entry.default_cursor_field) == (True, [cursor])


@each_stream
def test_keys_and_cursor_are_in_the_schema(stream: XeroStream) -> None:
    """The schema of the catalog is the one of the file, and knows the fields that the declaration names."""
    published = stream.declared().as_airbyte_stream().json_schema
    assert published == schema(stream.name)
    wanted = {*stream.key_fields, *([stream.cursor_field] if stream.cursor_field else [])}
    assert wanted <= published["properties"].keys()


@each_stream
def test_the_declared_stream_makes_no_call(stream: XeroStream) -> None:
    """A stream of the catalog is for listing: reading it brings nothing."""
    assert [record for partition in stream.declared().generate_partitions() for record in partition.read()] == []


def test_journals_can_be_left_out() -> None:
    """Without ``journals.include`` every stream but those of journals remains."""
    names = [
        stream.name
        for stream in available_streams(Settings(SETTINGS.credentials, journals=JournalSettings(include=False)))
    ]
    left_out = {"journals", "journal_lines", "cash_journals", "cash_journal_lines"}
    assert names == [stream.name for stream in STREAMS if stream.name not in left_out]


def test_records_carry_the_tenant_and_converted_fields() -> None:
    """Every record begins with TenantID; dates are converted by the schema of the stream."""
    platform = Platform()
    rows = [{"JournalID": "a", "JournalDate": "/Date(0+0000)/"}, {"JournalID": "b"}]
    assert list(platform.records(Scripted([Batch(rows, {"JournalNumber": 2})]))) == [
        {"TenantID": TENANT, "JournalID": "a", "JournalDate": "1970-01-01"},
        {"TenantID": TENANT, "JournalID": "b"},
    ]
    assert platform.failed == []


def test_a_state_follows_its_own_records() -> None:
    """The state of a batch is queued after the last record of the batch was taken, before the next one."""
    platform = Platform()
    batches = [Batch([{"JournalID": "a"}], {"JournalNumber": 1}), Batch([{"JournalID": "b"}], {"JournalNumber": 2})]
    records = platform.records(Scripted(batches))
    next(records)
    assert platform.queued == []
    next(records)
    assert [message.type for message in platform.queued] == [Type.STATE]
    assert next(records, None) is None
    assert [message.type for message in platform.queued] == [Type.STATE] * 2


def test_an_estimate_goes_before_the_records() -> None:
    """A platform knows how many rows to expect before the first one comes."""
    platform = Platform()
    next(platform.records(Scripted([Batch([{"JournalID": "a"}], None, expected_rows=7)])))
    (message,) = platform.queued
    assert message.trace
    assert message.trace.estimate
    assert message.trace.estimate.row_estimate == 7


def test_a_state_of_the_platform_reaches_the_reader() -> None:
    """The reader goes on from the state of its stream; without one it begins."""
    stream = Scripted([])
    list(Platform({"JournalNumber": 7, "TenantID": TENANT}).records(stream))
    assert stream.began_at == {"JournalNumber": 7, "TenantID": TENANT}
    list(Platform().records(stream))
    assert stream.began_at is None


def test_the_state_of_another_organisation_is_refused_before_reading() -> None:
    """Such a state stops the sync while its streams are set up."""
    with pytest.raises(XeroError, match="another organisation") as raised:
        readings([(Scripted([]), {"JournalNumber": 7, "TenantID": "other"})], Platform().sync)
    assert raised.value.failure_type is CONFIG


def test_a_failure_is_told_by_name() -> None:
    """An error of the table ends the stream as it is, after the records that came before, and is told to the sync."""
    platform, error = Platform(), XeroError(CONFIG, "Xero refuses.")
    with pytest.raises(XeroError, match=r"Xero refuses\.") as raised:
        list(platform.records(Scripted([Batch([{"JournalID": "a"}])], error)))
    assert raised.value is error
    assert platform.failed == [("journals", error)]


@pytest.mark.parametrize("kind", [Kind.DAY_LIMIT, Kind.DAILY_RESERVE])
def test_the_end_of_the_days_calls_says_how_far_the_stream_got(kind: Kind) -> None:
    """The sentence names the last state: of this sync, or the one that came in; it stays a failure that passes."""
    error = XeroError(TRANSIENT, "No more calls today.", "facts", kind)
    for batches, reached in (([Batch([], {"JournalNumber": 4711})], 4711), ([], 7)):
        platform = Platform({"JournalNumber": 7})
        with pytest.raises(XeroError) as raised:
            list(platform.records(Scripted(batches, error)))
        told = raised.value
        assert told.message == f"No more calls today. journals has been read up to JournalNumber {reached}."
        assert (told.failure_type, told.internal_message, told.kind) == (TRANSIENT, "facts", kind)
        assert platform.failed == [("journals", told)]


def test_a_stream_that_has_read_nothing_names_no_place() -> None:
    """On the first day without calls there is nothing to say but that."""
    with pytest.raises(XeroError) as raised:
        list(Platform().records(Scripted([], XeroError(TRANSIENT, "No more calls today.", kind=Kind.DAY_LIMIT))))
    assert raised.value.message == "No more calls today."


@pytest.mark.parametrize("foreseen", [KeyError, ValueError, TypeError, RuntimeError])
def test_an_unforeseen_error_carries_no_data(foreseen: type[Exception]) -> None:
    """An error that quotes a row reaches neither the log nor the trace; its kind and place do."""
    platform, stream = Platform(), Scripted([], foreseen("Ledger Holdings 1,234.50"))
    with pytest.raises(AirbyteTracedException) as raised:
        list(platform.records(stream))
    shown = f"{raised.value} {raised.value.message} {raised.value.internal_message} {raised.value.as_airbyte_message()}"
    assert "Ledger" not in shown
    assert foreseen.__name__ in str(raised.value.internal_message)
    assert raised.value.failure_type is SYSTEM
    assert raised.value.__cause__ is None
    assert raised.value.__suppress_context__
    assert platform.failed == [("journals", raised.value)]


@pytest.mark.parametrize("name", SNAPSHOTS)
def test_a_snapshot_says_that_it_has_no_cursor(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A list that is read whole each time costs one call and ends with the state that platforms expect of such a stream."""
    (stream,) = (stream for stream in STREAMS if stream.name == name)
    platform, asked = Platform({"__ab_no_cursor_state_message": True}), list[str]()

    def page(endpoint: str, *_: object) -> Page:
        asked.append(endpoint)
        return Page([{stream.id_field: "a"}])

    monkeypatch.setattr(platform.sync.client, "page", page)
    assert list(platform.records(stream)) == [{"TenantID": TENANT, stream.id_field: "a"}]
    assert asked == [stream.path]
    (message,) = platform.queued
    assert message.state
    assert message.state.stream
    assert message.state.stream.stream_state
    assert message.state.stream.stream_state.__dict__ == {"__ab_no_cursor_state_message": True}


def test_a_long_wait_is_told_in_the_streams_own_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """While a call waits for Xero's limits its stream is shown as rate limited, in the order of its records."""
    (stream,) = (stream for stream in STREAMS if stream.name == "accounts")
    platform = Platform()

    def page(*arguments: Any) -> Page:
        caller = arguments[-1]
        assert isinstance(caller, Caller)
        caller.waits(30.0)
        return Page([])

    monkeypatch.setattr(platform.sync.client, "page", page)
    list(platform.records(stream))
    first, last = platform.queued
    assert first.trace
    assert first.trace.stream_status
    assert first.trace.stream_status.stream_descriptor.name == "accounts"
    assert last.type is Type.STATE
