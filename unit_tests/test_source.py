"""The source through the CDK's entrypoint, against a Xero behind requests-mock."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests_mock
from airbyte_cdk.models import (
    AirbyteStateBlob,
    AirbyteStateMessage,
    AirbyteStateType,
    AirbyteStreamState,
    ConfiguredAirbyteCatalog,
    FailureType,
    Status,
    StreamDescriptor,
    SyncMode,
    Type,
)
from airbyte_cdk.test import entrypoint_wrapper
from airbyte_cdk.test.catalog_builder import CatalogBuilder
from airbyte_cdk.test.entrypoint_wrapper import EntrypointOutput, _run_command, discover, read
from airbyte_cdk.utils.airbyte_secrets_utils import update_secrets
from jsonschema import Draft7Validator

from source_xero_gl import SourceXeroGl
from source_xero_gl.protocol import XeroEntrypoint
from source_xero_gl.streams import STREAMS
from unit_tests.fake_xero.http import (
    CONFIG,
    FORBIDDEN,
    NOT_ALLOWED,
    TOKEN,
    FakeXero,
    invoice,
    journal,
)
from unit_tests.fake_xero.wire import TENANT

FULL, INCREMENTAL = SyncMode.full_refresh, SyncMode.incremental
TITLES = (
    "Debit",
    "Credit",
    "YTD Debit",
    "YTD Credit",
    "Opening Balance",
    "Cash Received",
    "Cash Spent",
    "Closing Balance",
)
"""Columns of a report that passes for any of them."""

REPORT = {
    "Rows": [
        {"RowType": "Header", "Cells": [{"Value": title} for title in ("", *TITLES)]},
        {"RowType": "Row", "Cells": [{"Value": "Sales", "Attributes": [{"Id": "account", "Value": "a"}]}]},
    ],
}
LINES: dict[str, Any] = {
    "LineItems": [{}],
    "JournalLines": [{}],
    "Allocations": [{}],
    "BudgetLines": [{"AccountID": "y", "BudgetBalances": [{"Period": "2014-12", "Amount": 1}]}],
}
"""A line in every list of lines that an object may have."""

MORE_REPORTS = {"cash_basis": True, "by_tracking": True, "bank_summary": True}
SWITCHED = (
    "profit_and_loss_tracking_lines",
    *("cash_trial_balance_lines", "cash_balance_sheet_lines", "cash_profit_and_loss_lines"),
    "bank_summary_lines",
)
"""The streams that these settings offer."""

RECORDS = {
    **dict.fromkeys(("journal_lines", "cash_journal_lines"), 2),
    **dict.fromkeys(("trial_balance_lines", "balance_sheet_lines", "profit_and_loss_lines", *SWITCHED), 2),
    "profit_and_loss_tracking_lines": 2 * len(TITLES),
}
"""Streams of lines of which the journals and reports here have more than one."""

SCHEMAS = {stream.name: stream.schema for stream in STREAMS}
ALL = list(SCHEMAS)


@pytest.fixture(autouse=True)
def _plain_process(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Use the connector's own entrypoint, without an operator's variables, and leave no secret behind."""
    monkeypatch.setattr(entrypoint_wrapper, "AirbyteEntrypoint", XeroEntrypoint)
    for name in ("XERO_API_URL", "XERO_IDENTITY_URL", "XERO_LOGIN_URL", "XERO_CALLS_PER_MINUTE", "XERO_TOKEN_FILE"):
        monkeypatch.delenv(name, raising=False)
    yield
    update_secrets([])


@pytest.fixture
def xero() -> Iterator[FakeXero]:
    """Return a Xero that answers every call of the test."""
    with requests_mock.Mocker() as mocker:
        yield FakeXero(mocker)


def catalog(*names: str, mode: SyncMode = INCREMENTAL) -> ConfiguredAirbyteCatalog:
    """Return a catalog that asks for these streams."""
    builder = CatalogBuilder()
    for name in names:
        builder = builder.with_stream(name, mode)
    return builder.build()


def state_of(name: str, **content: Any) -> list[AirbyteStateMessage]:
    """Return a platform's state of one stream."""
    stream = AirbyteStreamState(StreamDescriptor(name=name), AirbyteStateBlob(**content))
    return [AirbyteStateMessage(type=AirbyteStateType.STREAM, stream=stream)]


def sync(
    *names: str, state: list[AirbyteStateMessage] | None = None, mode: SyncMode = INCREMENTAL, **settings: Any
) -> EntrypointOutput:
    """Read streams by way of files, like a platform."""
    return read(SourceXeroGl(), {**CONFIG, **settings}, catalog(*names, mode=mode), state)


def check(tmp_path: Path, config: Any) -> EntrypointOutput:
    """Check a config by way of a file, like a platform."""
    file = tmp_path / "config.json"
    file.write_text(json.dumps(config), encoding="utf-8")
    return _run_command(SourceXeroGl(), ["check", "--config", str(file)])


def verdict(output: EntrypointOutput) -> tuple[Status, str]:
    """Return the one answer of a check, after proof that there is one and that the process did not crash."""
    (message,) = output.connection_status_messages
    assert output.errors == []
    assert message.connectionStatus
    return message.connectionStatus.status, message.connectionStatus.message or ""


def states(output: EntrypointOutput, name: str) -> list[dict[str, Any]]:
    """Return the contents of the states of a stream, in order."""
    streams = [message.state.stream for message in output.state_messages if message.state and message.state.stream]
    return [
        dict(stream.stream_state.__dict__)
        for stream in streams
        if stream.stream_descriptor.name == name and stream.stream_state
    ]


def records(output: EntrypointOutput, name: str) -> list[dict[str, Any]]:
    """Return the records of a stream, in order."""
    return [message.record.data for message in output.records if message.record and message.record.stream == name]


def failure(output: EntrypointOutput) -> tuple[FailureType | None, str]:
    """Return type and sentence of the error that a sync ends with."""
    trace = output.errors[-1].trace
    assert trace
    assert trace.error
    return trace.error.failure_type, trace.error.message


def text_of(output: EntrypointOutput) -> str:
    """Return all messages of a command as text."""
    return "".join(map(repr, output._messages or []))


class TestCheck:
    """A check that succeeds means that what the settings ask for can be read."""

    def test_a_check_that_succeeds_asks_for_everything_once(self, tmp_path: Path, xero: FakeXero) -> None:
        """Connection, organisation, journals and invoices are each asked for by one small call."""
        assert verdict(check(tmp_path, CONFIG)) == (Status.SUCCEEDED, "")
        assert {name: len(calls) for name, calls in xero.calls.items()} == {
            "connections": 1,
            "Organisation": 1,
            "Journals": 1,
            "Invoices": 1,
        }
        assert xero.calls["Journals"] == [{"offset": "2147483647"}]
        assert xero.calls["Invoices"] == [{"page": "1", "pageSize": "1", "summaryOnly": "true"}]

    def test_journals_that_are_left_out_are_not_asked_for(self, tmp_path: Path, xero: FakeXero) -> None:
        """Without journals the check succeeds also where Xero refuses them, and says what there is in their place."""
        xero.refuse("Journals", 401, NOT_ALLOWED)
        status, sentence = verdict(check(tmp_path, {**CONFIG, "journals": {"include": False}}))
        assert status is Status.SUCCEEDED
        assert "a ledger rebuilt from documents" in sentence
        assert "Journals" not in xero.calls

    def test_a_list_that_is_too_long_may_be_read(self, tmp_path: Path, xero: FakeXero) -> None:
        """More than 100,000 invoices are no reason to fail the check."""
        xero.refuse("Invoices", 400, {"ErrorNumber": 51, "Type": "HighVolumeException"})
        assert verdict(check(tmp_path, CONFIG))[0] is Status.SUCCEEDED

    @pytest.mark.parametrize(
        ("endpoint", "status", "body", "sentence"),
        [
            ("Journals", 401, NOT_ALLOWED, "Xero does not let this app read Journals."),
            ("Journals", 403, FORBIDDEN, "set journals.include to false. Without journals you get a ledger rebuilt"),
            ("Invoices", 401, NOT_ALLOWED, "does not include the scope that Xero wants for Invoices"),
            ("Invoices", 403, FORBIDDEN, "may not read Invoices"),
            ("Organisation", 403, {"Detail": "AuthenticationUnsuccessful"}, "Xero refuses access to the organisation"),
            ("connections", 401, {"Detail": "TokenExpired"}, "Xero does not accept credentials.access_token"),
        ],
    )
    def test_a_refusal_fails_with_its_reason(
        self, tmp_path: Path, xero: FakeXero, endpoint: str, status: int, body: dict[str, Any], sentence: str
    ) -> None:
        """Each refusal is one sentence that says what to do, without anything of the answer."""
        xero.refuse(endpoint, status, body)
        outcome, message = verdict(check(tmp_path, CONFIG))
        assert outcome is Status.FAILED
        assert sentence in message
        assert "Ledger Holdings" not in message


class TestDiscover:
    """The catalog: complete without a call."""

    def test_every_stream_is_listed(self) -> None:
        """With every switch on all streams are there, each with a schema; no call is made."""
        message = discover(SourceXeroGl(), {**CONFIG, "reports": MORE_REPORTS}).catalog
        assert message.catalog
        assert [stream.name for stream in message.catalog.streams] == ALL
        assert all(stream.json_schema["properties"] for stream in message.catalog.streams)

    def test_reports_that_cost_calls_are_left_out_by_default(self) -> None:
        """A config that was made before there were switches finds the streams that it always had."""
        message = discover(SourceXeroGl(), CONFIG).catalog
        assert message.catalog
        assert [stream.name for stream in message.catalog.streams] == [name for name in ALL if name not in SWITCHED]

    def test_journals_can_be_left_out(self) -> None:
        """``journals.include: false`` takes the streams of journals out of the catalog."""
        message = discover(SourceXeroGl(), {**CONFIG, "journals": {"include": False}}).catalog
        assert message.catalog
        left_out = {"journals", "journal_lines", "cash_journals", "cash_journal_lines"}
        wanted = [name for name in ALL if name not in {*left_out, *SWITCHED}]
        assert [stream.name for stream in message.catalog.streams] == wanted

    def test_settings_are_checked_first(self) -> None:
        """A wrong setting is an error of the settings, not an empty catalog."""
        output = discover(SourceXeroGl(), {**CONFIG, "tenants": "x"}, expecting_exception=True)
        assert failure(output)[0] is FailureType.config_error


class TestRead:
    """Records, states and their order."""

    def test_a_state_follows_the_records_of_each_page(self, xero: FakeXero) -> None:
        """250 journals are three pages: 100, 100 and 50 records, each followed by a state that counts them."""
        xero.rows["Journals"] = [journal(number) for number in range(1, 251)]
        output = sync("journals")
        kinds = [message.type for message in output.records_and_state_messages]
        pages = [Type.RECORD] * 100, [Type.RECORD] * 100, [Type.RECORD] * 50
        assert kinds == [kind for page in pages for kind in (*page, Type.STATE)]
        assert [state["JournalNumber"] for state in states(output, "journals")] == [100, 200, 250]
        counts = [message.state.sourceStats for message in output.state_messages if message.state]
        assert [count and count.recordCount for count in counts] == [100.0, 100.0, 50.0]

    def test_records_are_complete(self, xero: FakeXero) -> None:
        """A record carries its tenant, ISO dates, its lines, and fields that the schema does not know."""
        xero.rows["Journals"] = [journal(7, Reference="/Date(5)/", Novelty={"a": [1]})]
        (record,) = records(sync("journals"), "journals")
        assert record == {
            **journal(7),
            "TenantID": TENANT,
            "JournalDate": "2014-12-30",
            "CreatedDateUTC": "2014-12-30T11:00:07.000Z",
            "Reference": "/Date(5)/",
            "Novelty": {"a": [1]},
        }

    def test_all_streams_are_read_in_one_sync(self, xero: FakeXero) -> None:
        """Every stream of the catalog arrives, validates, and is reported complete."""
        for stream in STREAMS:
            listed = {stream.parent.key[0]: "x", "UpdatedDateUTC": "/Date(1439434356790+0000)/"}
            xero.rows.setdefault(stream.parent.path, [{**listed, **LINES}])
        xero.rows |= {"Journals": [journal(1)], "Invoices": [invoice(1)]}
        xero.rows |= {name: [REPORT] for name in ("TrialBalance", "BalanceSheet", "ProfitAndLoss", "BankSummary")}
        xero.headers = {"Date": "Tue, 30 Dec 2014 12:00:00 GMT"}
        output = sync(*ALL, reports={"starting_on": "2014-11-30", **MORE_REPORTS})
        for name in ALL:
            found = records(output, name)
            assert len(found) == RECORDS.get(name, 1)
            for record in found:
                assert record["TenantID"] == TENANT
                assert list(Draft7Validator(SCHEMAS[name]).iter_errors(record)) == []
            assert output.get_stream_statuses(name)[-1].value == "COMPLETE"
        assert "connections" not in xero.calls

    def test_a_sync_goes_on_from_its_state(self, xero: FakeXero) -> None:
        """The next sync brings what is new and nothing else; an unchanged ledger costs one call and emits one state."""
        xero.rows["Journals"] = [journal(1), journal(2)]
        first = sync("journals")
        xero.rows["Journals"].append(journal(5))
        second = sync("journals", state=state_of("journals", **states(first, "journals")[-1]))
        assert [record["JournalNumber"] for record in records(second, "journals")] == [5]
        calls = len(xero.calls["Journals"])
        third = sync("journals", state=state_of("journals", **states(second, "journals")[-1]))
        assert (records(third, "journals"), len(xero.calls["Journals"]) - calls) == ([], 1)
        assert states(third, "journals") == states(second, "journals")[-1:]

    def test_a_full_refresh_checkpoints_and_resumes(self, xero: FakeXero) -> None:
        """A full refresh emits states too, and goes on from the state of an attempt before."""
        xero.rows["Journals"] = [journal(number) for number in range(1, 4)]
        output = sync("journals", mode=FULL)
        assert len(records(output, "journals")) == 3
        assert states(output, "journals")[-1]["JournalNumber"] == 3
        resumed = sync("journals", mode=FULL, state=state_of("journals", JournalNumber=2))
        assert [record["JournalNumber"] for record in records(resumed, "journals")] == [3]

    def test_filters_reach_the_streams(self, xero: FakeXero) -> None:
        """Start, end and date in the settings decide what is emitted."""
        xero.rows |= {"Journals": [journal(n) for n in range(1, 9)], "Invoices": [invoice(n, 60 * n) for n in range(3)]}
        output = sync(
            "journals",
            "invoices",
            journals={"starting_at_journal_id": 3, "ending_at_journal_id": 6, "modified_since": "2014-12-30T11:00:04Z"},
            invoices={"modified_since": "2015-08-13T02:53:36.790Z"},
        )
        assert [record["JournalNumber"] for record in records(output, "journals")] == [4, 5, 6]
        assert [record["InvoiceID"] for record in records(output, "invoices")] == ["invoice-00001", "invoice-00002"]

    def test_invoices_are_asked_for_with_all_that_xero_has(self, xero: FakeXero) -> None:
        """1,000 a page, in the order of changes, every status, archived too, unit amounts with four decimals."""
        xero.rows["Invoices"] = [invoice(1)]
        output = sync("invoices")
        assert xero.calls["Invoices"] == [
            {
                "Statuses": "DRAFT,SUBMITTED,AUTHORISED,PAID,VOIDED,DELETED",
                "includeArchived": "true",
                "unitdp": "4",
                "order": "UpdatedDateUTC ASC",
                "page": "1",
                "pageSize": "1000",
            }
        ]
        estimates = [message.trace.estimate for message in output.trace_messages if message.trace]
        assert [estimate.row_estimate for estimate in estimates if estimate] == [1]

    def test_a_catalog_without_streams_makes_no_call(self, xero: FakeXero) -> None:
        """Nothing asked for is nothing paid for."""
        assert sync().records == []
        assert not xero.calls


class TestFailures:
    """What goes wrong is one error that says what to do, and no record or state is lost by it."""

    def test_one_stream_does_not_stop_the_others(self, xero: FakeXero) -> None:
        """A stream that is refused is incomplete; the others arrive; the error names the stream and its reason."""
        xero.rows["Invoices"] = [invoice(1)]
        xero.refuse("Journals", 401, NOT_ALLOWED)
        output = sync("journals", "invoices", state=state_of("journals", JournalNumber=7))
        assert len(records(output, "invoices")) == 1
        assert [state["JournalNumber"] for state in states(output, "journals")] == [7]
        assert output.get_stream_statuses("journals")[-1].value == "INCOMPLETE"
        assert output.get_stream_statuses("invoices")[-1].value == "COMPLETE"
        kind, sentence = failure(output)
        assert kind is FailureType.config_error
        assert sentence.startswith(
            "1 of 2 streams could not be read to their end. journals: Xero does not let this app"
        )

    def test_a_stream_that_fails_later_keeps_its_state(self, xero: FakeXero) -> None:
        """The state of the pages that arrived is the last one; an older one never follows."""
        xero.rows["Journals"] = [*(journal(number) for number in range(1, 101)), {"JournalNumber": 101.5}]
        output = sync("journals", state=state_of("journals", JournalNumber=0))
        assert [state["JournalNumber"] for state in states(output, "journals")] == [100]
        assert len(records(output, "journals")) == 100
        assert failure(output)[0] is FailureType.system_error

    def test_failures_that_pass_are_tried_again_by_the_platform(self, xero: FakeXero) -> None:
        """When the day's calls are used up the error is transient and says when the next sync may go on."""
        for endpoint in ("Journals", "Accounts"):
            xero.refuse(endpoint, 429, headers={"X-Rate-Limit-Problem": "day", "Retry-After": "3660"})
        output = sync("journals", "accounts")
        kind, sentence = failure(output)
        assert kind is FailureType.transient_error
        assert sentence.startswith("2 of 2 streams")
        assert "in 1 h 1 min" in sentence
        assert "up to" not in sentence

    def test_the_end_of_the_days_calls_says_how_far_the_journals_got(self, xero: FakeXero) -> None:
        """The person learns where the next sync goes on, and the state says the same."""
        xero.rows["Journals"] = [journal(number) for number in range(1, 151)]
        first = sync("journals")
        xero.refuse("Journals", 429, headers={"X-Rate-Limit-Problem": "day", "Retry-After": "3660"})
        output = sync("journals", state=state_of("journals", **states(first, "journals")[-1]))
        kind, sentence = failure(output)
        assert kind is FailureType.transient_error
        assert sentence.endswith("Read so far: journals up to JournalNumber 150.")
        assert [state["JournalNumber"] for state in states(output, "journals")] == [150]

    def test_a_daily_reserve_is_left(self, xero: FakeXero) -> None:
        """Once Xero reports no more calls than the reserve, the sync stops with what it has and its state."""
        xero.rows["Journals"] = [journal(number) for number in range(1, 1_001)]
        xero.headers = {"X-DayLimit-Remaining": "500"}
        output = sync("journals", daily_call_reserve=500)
        kind, sentence = failure(output)
        reached = states(output, "journals")[-1]["JournalNumber"]
        assert kind is FailureType.transient_error
        assert "daily_call_reserve" in sentence
        assert sentence.endswith(f"Read so far: journals up to JournalNumber {reached}.")
        assert len(records(output, "journals")) == reached < 1_000
        assert output.get_stream_statuses("journals")[-1].value == "INCOMPLETE"

    @pytest.mark.parametrize(
        ("name", "settings", "sentence"),
        [
            ("ledgers", {}, "asks for a stream ledgers, which does not exist"),
            ("journals", {"journals": {"include": False}}, "asks for journals, but journals.include is false"),
            ("bank_summary_lines", {}, "asks for bank_summary_lines, but reports.bank_summary is false"),
        ],
    )
    def test_a_stream_that_is_not_there_is_an_error(
        self, xero: FakeXero, name: str, settings: dict[str, Any], sentence: str
    ) -> None:
        """A catalog that asks for an unknown or excluded stream is never half a sync."""
        output = sync("accounts", name, **settings)
        kind, message = failure(output)
        assert (kind, xero.calls) == (FailureType.config_error, {})
        assert sentence in message

    def test_nothing_of_the_ledger_or_the_token_is_in_a_message(self, xero: FakeXero) -> None:
        """Neither the body of a refusal nor a token gets into logs, traces or states."""
        xero.refuse("Journals", 403, FORBIDDEN)
        output = sync("journals", "invoices")
        text = text_of(output)
        assert "Ledger Holdings" not in text
        assert TOKEN not in text
