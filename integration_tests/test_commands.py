"""The four commands on a whole organisation: what is there arrives, once and unchanged, and only what is new the next time."""

from __future__ import annotations

from integration_tests.connector import COMMAND, Connector
from integration_tests.expected import LISTS, assert_same, truth
from integration_tests.protocol import Json, Output
from local_xero.process import XeroServerProcess

INCREMENTAL = {"journals": "JournalNumber", "invoices": "UpdatedDateUTC", "contacts": "UpdatedDateUTC"}
JOURNALS = ("journals", "journal_lines", "cash_journals", "cash_journal_lines")
FULL = ("accounts", "tracking_categories", "organisations")


def assert_complete(output: Output, *streams: str) -> None:
    """Check that a sync ended well: each stream went through its statuses and left a state."""
    assert (output.status, output.errors()) == (0, [])
    for stream in streams:
        assert output.statuses(stream)[:1] == ["STARTED"]
        assert output.statuses(stream)[-1:] == ["COMPLETE"]
        assert output.states(stream)


def test_spec_is_one_message(connector: Connector) -> None:
    """Without any file, ``spec`` prints the specification once."""
    output = connector.run([*COMMAND, "spec"])
    (spec,) = output.of("SPEC")
    assert output.status == 0
    assert spec["connectionSpecification"]["required"] == ["credentials"]
    assert spec["advanced_auth"]["auth_flow_type"] == "oauth2.0"


def test_check_succeeds_with_five_calls(connector: Connector, xero: XeroServerProcess) -> None:
    """Where all that the settings ask for can be read, ``check`` says so, and costs three calls of the day's allowance."""
    assert connector.check(xero.config()).outcome()[0] == "SUCCEEDED"
    paths = [call["path"] for call in xero.log()]
    assert paths[:2] == ["/connect/token", "/connections"]
    assert sorted(path.rpartition("/")[2] for path in paths[2:]) == ["Invoices", "Journals", "Organisation"]


def test_discover_describes_every_stream_without_a_call(connector: Connector, xero: XeroServerProcess) -> None:
    """Every stream has its key with TenantID, its sync modes and its cursor; nothing is asked of Xero for it."""
    (found,) = connector.discover(xero.config()).of("CATALOG")
    streams = {stream["name"]: stream for stream in found["streams"]}
    assert set(streams) >= set(LISTS)
    for name, (_, key) in LISTS.items():
        assert streams[name]["source_defined_primary_key"] == [["TenantID"], [key]]
        assert {"TenantID", key} <= set(streams[name]["json_schema"]["properties"])
    for name, cursor in INCREMENTAL.items():
        assert streams[name]["supported_sync_modes"] == ["full_refresh", "incremental"]
        assert streams[name]["default_cursor_field"] == [cursor]
        assert streams[name]["source_defined_cursor"] is True
    assert all(streams[name]["supported_sync_modes"] == ["full_refresh"] for name in FULL)
    assert xero.log() == []


def test_without_journals_no_stream_and_no_call_is_about_them(connector: Connector, xero: XeroServerProcess) -> None:
    """With ``journals.include`` false, journals are not discovered, and ``check`` passes where they are refused."""
    xero.control("switches", {"journals_entitled": False})
    config = xero.config(journals={"include": False})
    (found,) = connector.discover(config).of("CATALOG")
    names = {stream["name"] for stream in found["streams"]}
    assert names.isdisjoint(JOURNALS)
    assert "manual_journals" in names
    assert connector.check(config).outcome()[0] == "SUCCEEDED"
    assert xero.log("Journals") == []


def test_second_sync_brings_what_was_edited_between(connector: Connector, xero: XeroServerProcess) -> None:
    """After edits, voids, deletions and new journals, the next sync brings these records and not the rest again."""
    first = connector.read(xero.config(), *LISTS)
    assert_complete(first, *LISTS)
    for stream in LISTS:
        assert_same(stream, first.records(stream), truth(xero, stream))
    edited = _edit(xero)
    known = {row["JournalNumber"] for row in first.records("journals")}
    second = connector.read(xero.config(), *LISTS, state=first.last_state())
    assert_complete(second, *LISTS)
    new = [row for row in truth(xero, "journals") if row["JournalNumber"] not in known]
    assert len(new) >= 6
    assert_same("journals", second.records("journals"), new)
    _assert_changed(first, second, "invoices", edited, truth(xero, "invoices"))
    _assert_changed(first, second, "contacts", [truth(xero, "contacts")[0]["ContactID"]], truth(xero, "contacts"))


def _edit(xero: XeroServerProcess) -> list[str]:
    """Edit the books and name the invoices that have changed."""
    invoices = xero.truth("Invoices")
    paid = [row["InvoiceID"] for row in invoices if row["Status"] in ("AUTHORISED", "PAID")]
    xero.control("invoices/revalue", {"id": paid[0], "factor": 1.5})
    xero.control("invoices/void", {"id": paid[1]})
    xero.control("invoices/delete", {"id": paid[2]})
    xero.control("invoices/edit", {"id": paid[3], "changes": {"Reference": "edited ✎"}})
    xero.control("journals/add", {"count": 3, "gap": 4})
    contacts = xero.truth("Contacts")
    xero.control("records/edit", {"list": "Contacts", "id": contacts[0]["ContactID"], "changes": {"Name": "Renamed"}})
    return paid[:4]


def _assert_changed(first: Output, second: Output, stream: str, changed: list[str], whole: list[Json]) -> None:
    """Check that the changed records came, and of the others none but those at the very end of the first sync."""
    key, records = LISTS[stream][1], second.records(stream)
    last = first.states(stream)[-1]["UpdatedDateUTC"]
    assert {row[key] for row in records} >= set(changed)
    assert_same(stream, records, [row for row in whole if row[key] in {record[key] for record in records}])
    assert all(row[key] in changed or row["UpdatedDateUTC"][:10] == last[:10] for row in records)


def test_empty_organisation_leaves_states_and_no_records(connector: Connector, xero: XeroServerProcess) -> None:
    """An organisation without documents is read without an error, and what comes later arrives with the next sync."""
    xero.control("company", {"preset": "empty"})
    first = connector.read(xero.config(), *INCREMENTAL)
    assert_complete(first, *INCREMENTAL)
    assert first.of("RECORD") == []
    xero.control("company", {"preset": "small"})
    second = connector.read(xero.config(), *INCREMENTAL, state=first.last_state())
    assert_complete(second, *INCREMENTAL)
    for stream in INCREMENTAL:
        assert_same(stream, second.records(stream), truth(xero, stream))


def test_large_ledger_leaves_a_state_after_each_page(connector: Connector, xero: XeroServerProcess) -> None:
    """Of a ledger with gaps, a STATE follows each page of a hundred journals and each thousand invoices."""
    options = {"journals": 1200, "gaps": 0.2, "invoices": 2300}
    xero.control("company", {"preset": "bulk", "options": options})
    output = connector.read(xero.config(), "journals", "invoices")
    assert_complete(output, "journals", "invoices")
    for stream in ("journals", "invoices"):
        assert_same(stream, output.records(stream), truth(xero, stream))
    numbers = [state["JournalNumber"] for state in output.states("journals")]
    assert len(numbers) >= 12
    assert numbers == sorted(numbers)
    assert len(output.states("invoices")) >= 3
