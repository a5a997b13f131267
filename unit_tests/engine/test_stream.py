"""From the declaration of a stream to its entry in the catalog and to its records."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from airbyte_cdk.models import AirbyteMessage, Level, Type
from airbyte_cdk.utils import AirbyteTracedException

from source_xero_gl.engine.hub import readings
from source_xero_gl.engine.reading import engine_stream
from source_xero_gl.engine.stream import XeroStream
from source_xero_gl.readers.batch import Batch, State, XeroList
from source_xero_gl.settings.settings import JournalSettings, ReportSettings, Settings
from source_xero_gl.streams import STREAMS, available_streams
from source_xero_gl.xero.client import Page
from source_xero_gl.xero.errors import CONFIG, SYSTEM, TRANSIENT, Kind, XeroError
from unit_tests.fake_xero.client import SETTINGS, Call, FakeClient, NotedFailures, fake_sync
from unit_tests.fake_xero.wire import TENANT

NUMBER, UPDATED = "JournalNumber", "UpdatedDateUTC"

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


class ScriptedReader:
    """Yields the batches it is given, and raises the error it is given."""

    cursor_field = "JournalNumber"

    def __init__(self, batches: list[Batch], error: Exception | None = None) -> None:
        self._batches = batches
        self._error = error
        self.began_at: State | None = None

    def batches(self, xero_list: XeroList, state: State | None) -> Iterator[Batch]:
        """Yield, then raise."""
        del xero_list
        self.began_at = state
        yield from self._batches
        if self._error:
            raise self._error


class Scripted(XeroStream):
    """A stream of journals that a script brings."""

    name = "journals"
    path = "Journals"
    records_key = "Journals"
    key = ("JournalID",)

    def __init__(self, batches: list[Batch], error: Exception | None = None) -> None:
        self.script = ScriptedReader(batches, error)
        self.reader = self.script  # type: ignore[misc] # declarations have one for all


class Platform:
    """What leaves a sync that makes no call."""

    def __init__(self, state: dict[str, Any] | None = None, client: FakeClient | None = None) -> None:
        """Begin with a state of the stream; without a client every list is empty."""
        self.state = state or {}
        self.queued: list[AirbyteMessage] = []
        self.failures = NotedFailures()
        self.sync = fake_sync(client, put=self.queued.append, failures=self.failures)

    def records(self, stream: XeroStream) -> Iterator[dict[str, Any]]:
        """Read a stream as the engine does, one partition, and yield its records."""
        (reading,) = readings([(stream, self.state)], self.sync)
        (partition,) = reading.generate_partitions()
        return (dict(record.data) for record in partition.read())


@each_stream
def test_keys_and_cursor_are_in_the_schema(stream: XeroStream) -> None:
    """The schema of the catalog is the one of the file, and knows the fields that the declaration names."""
    published = engine_stream(stream).as_airbyte_stream().json_schema
    assert published == stream.schema
    wanted = {*stream.primary_key, *([stream.cursor_field] if stream.cursor_field else [])}
    assert wanted <= published["properties"].keys()


@each_stream
def test_the_declared_stream_makes_no_call(stream: XeroStream) -> None:
    """A stream of the catalog is for listing: reading it brings nothing."""
    assert [record for partition in engine_stream(stream).generate_partitions() for record in partition.read()] == []


def test_journals_can_be_left_out() -> None:
    """Without ``journals.include`` every stream but those of journals remains."""
    left_out = {"journals", "journal_lines", "cash_journals", "cash_journal_lines"}
    wanted = [name for name in offered() if name not in left_out]
    assert offered(journals=JournalSettings(include=False)) == wanted
    assert len(wanted) == len(offered()) - len(left_out)


@pytest.mark.parametrize(
    ("switch", "streams"),
    [
        ("cash_basis", ["cash_trial_balance_lines", "cash_balance_sheet_lines", "cash_profit_and_loss_lines"]),
        ("by_tracking", ["profit_and_loss_tracking_lines"]),
        ("bank_summary", ["bank_summary_lines"]),
    ],
)
def test_reports_that_cost_calls_are_offered_when_they_are_asked_for(switch: str, streams: list[str]) -> None:
    """Off by default: a config of an earlier version offers what it always did, and each switch adds its own streams."""
    assert set(offered()).isdisjoint(streams)
    asked_for = offered(reports=ReportSettings(None, **{switch: True}))
    assert [name for name in asked_for if name not in offered()] == streams
    assert set(offered()) <= set(asked_for)


def offered(**settings: Any) -> list[str]:
    """Return the names of the streams that these settings offer."""
    return [stream.name for stream in available_streams(Settings(SETTINGS.credentials, **settings))]


def test_records_carry_the_tenant_and_converted_fields() -> None:
    """Every record begins with TenantID; dates are converted by the schema of the stream."""
    platform = Platform()
    rows = [{"JournalID": "a", "JournalDate": "/Date(0+0000)/"}, {"JournalID": "b"}]
    assert list(platform.records(Scripted([Batch(rows, {"JournalNumber": 2})]))) == [
        {"TenantID": TENANT, "JournalID": "a", "JournalDate": "1970-01-01"},
        {"TenantID": TENANT, "JournalID": "b"},
    ]
    assert platform.failures.errors == {}


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
    next(platform.records(Scripted([Batch([{"JournalID": "a"}], None, expected=7)])))
    (message,) = platform.queued
    assert message.trace
    assert message.trace.estimate
    assert message.trace.estimate.row_estimate == 7


def test_a_note_of_the_reader_becomes_a_line_of_the_log() -> None:
    """What a person should know about a read is a warning under the name of the stream."""
    platform = Platform()
    list(platform.records(Scripted([Batch([], {"JournalNumber": 1}, note="Nothing was read.")])))
    logs = [message.log for message in platform.queued if message.log]
    assert [(log.level, log.message) for log in logs] == [(Level.WARN, "journals: Nothing was read.")]


def test_a_state_of_the_platform_reaches_the_reader() -> None:
    """The reader goes on from the state of its stream; without one it begins."""
    stream = Scripted([])
    list(Platform({"JournalNumber": 7, "TenantID": TENANT}).records(stream))
    assert stream.script.began_at == {"JournalNumber": 7, "TenantID": TENANT}
    list(Platform().records(stream))
    assert stream.script.began_at is None


def test_the_state_of_another_organisation_is_refused_before_reading() -> None:
    """Such a state stops the sync while its streams are set up."""
    with pytest.raises(XeroError, match="another organisation") as raised:
        readings([(Scripted([]), {"JournalNumber": 7, "TenantID": "other"})], Platform().sync)
    assert raised.value.failure_type is CONFIG


def test_a_failure_is_told_by_name() -> None:
    """An error of the table ends the stream after the records that came before, and is told to the sync."""
    platform, error = Platform(), XeroError(CONFIG, "Xero refuses.")
    with pytest.raises(XeroError, match=r"Xero refuses\.") as raised:
        list(platform.records(Scripted([Batch([{"JournalID": "a"}])], error)))
    assert (raised.value.failure_type, raised.value.message) == (CONFIG, error.message)
    assert platform.failures.errors == {"journals": raised.value}


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
        assert (
            platform.failures.errors["journals"].message == "No more calls today."
        )  # the summary has its own place for it


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
    assert platform.failures.errors == {"journals": raised.value}


@pytest.mark.parametrize("name", SNAPSHOTS)
def test_a_snapshot_says_that_it_has_no_cursor(name: str) -> None:
    """A list that is read whole each time costs one call and ends with the state that platforms expect of such a stream."""
    (stream,) = (stream for stream in STREAMS if stream.name == name)
    (id_field,) = stream.key
    client = FakeClient(lambda _: Page([{id_field: "a"}]))
    platform = Platform({"__ab_no_cursor_state_message": True}, client)
    assert list(platform.records(stream)) == [{"TenantID": TENANT, id_field: "a"}]
    assert [call.endpoint for call in client.calls_made] == [stream.path]
    (message,) = platform.queued
    assert message.state
    assert message.state.stream
    assert message.state.stream.stream_state
    assert message.state.stream.stream_state.__dict__ == {"__ab_no_cursor_state_message": True}


def test_a_snapshot_begins_whatever_the_state() -> None:
    """A state that a list without a cursor has no use for is passed over, and is no mistake of the user's."""
    (stream,) = (stream for stream in STREAMS if stream.name == "accounts")
    platform = Platform(
        {"UpdatedDateUTC": "2026-01-01T00:00:00.000Z"}, FakeClient(lambda _: Page([{"AccountID": "a"}]))
    )
    assert list(platform.records(stream)) == [{"TenantID": TENANT, "AccountID": "a"}]


def test_a_long_wait_is_told_in_the_streams_own_words() -> None:
    """While a call waits for Xero's limits its stream is shown as rate limited, in the order of its records."""
    (stream,) = (stream for stream in STREAMS if stream.name == "accounts")

    def page(call: Call) -> Page:
        call.caller.waits(30.0)
        return Page([])

    platform = Platform(client=FakeClient(page))
    list(platform.records(stream))
    first, calls, last = platform.queued
    assert first.trace
    assert first.trace.stream_status
    assert first.trace.stream_status.stream_descriptor.name == "accounts"
    assert calls.log
    assert calls.log.message == "So far: 0 calls to Xero in this sync."
    assert last.type is Type.STATE
