"""Xero's errors: what may pass is tried again and loses nothing, what may not is told, and one stream does not stop another."""

from __future__ import annotations

import pytest

from integration_tests.connector import Connector
from integration_tests.expected import LISTS, assert_same, truth
from integration_tests.protocol import Json, Output
from local_xero.process import XeroServerProcess

PATHS = {stream: name for stream, (name, _) in LISTS.items()}


def order(xero: XeroServerProcess, kind: str, stream: str, **more: object) -> None:
    """Order a fault of a stream's endpoint."""
    xero.control("faults", {"kind": kind, "path": PATHS[stream], **more})


def failure(output: Output) -> Json:
    """Give the error that a sync failed with."""
    assert output.status == 1
    return output.errors()[-1]


@pytest.mark.parametrize(
    "kinds",
    [
        ("500", "502", "503", "504", "truncated_json", "reset_mid_body"),
        ("reset", "close_mid_body", "html_200", "lost_answer", "504", "500"),
    ],
    ids=" ".join,
)
def test_errors_that_pass_lose_nothing(connector: Connector, xero: XeroServerProcess, kinds: tuple[str, ...]) -> None:
    """An error page, a broken body or a broken connection is tried again: every record arrives once, the sync succeeds."""
    for stream, kind in zip(LISTS, kinds, strict=True):
        order(xero, kind, stream, after=1 if stream == "journals" else 0)
    output = connector.read(xero.config(), *LISTS)
    assert (output.status, output.errors()) == (0, [])
    assert xero.control("faults")["waiting"] == 0
    for stream in LISTS:
        assert_same(stream, output.records(stream), truth(xero, stream))


@pytest.mark.slow  # waits as long as the connector does before it gives up a request: half a minute
def test_errors_that_stay_are_transient_and_bounded(connector: Connector, xero: XeroServerProcess) -> None:
    """Streams that Xero keeps failing end after six tries, with a transient error and their last state; others are read."""
    order(xero, "500", "journals", after=2, times=None)
    order(xero, "truncated_json", "invoices", times=None)
    order(xero, "reset", "contacts", times=None)
    output = connector.read(xero.config(), *LISTS)
    error = failure(output)
    assert error["failure_type"] == "transient_error"
    for stream in ("journals", "invoices", "contacts"):
        assert stream in error["message"]
        assert output.statuses(stream)[-1] == "INCOMPLETE"
    assert output.states("journals")[-1]["JournalNumber"] == output.records("journals")[-1]["JournalNumber"]
    assert len(output.records("journals")) == 200
    assert (len(xero.log("Invoices")), len(xero.log("Contacts"))) == (6, 6)
    for stream in ("accounts", "tracking_categories", "organisations"):
        assert_same(stream, output.records(stream), truth(xero, stream))


def test_failing_stream_keeps_its_state_and_goes_on_next_time(connector: Connector, xero: XeroServerProcess) -> None:
    """A stream that fails in a later sync does not fall behind the state it came with, and the next sync goes on there."""
    first = connector.read(xero.config(), "journals", "invoices")
    xero.control("journals/add", {"count": 130})
    order(xero, "400", "journals", after=1, times=None)
    order(xero, "404", "invoices", times=None)
    second = connector.read(xero.config(), "journals", "invoices", state=first.last_state())
    assert failure(second)["failure_type"] == "system_error"
    assert second.states("invoices")[-1] == first.states("invoices")[-1]
    numbers = [state["JournalNumber"] for output in (first, second) for state in output.states("journals")]
    assert numbers == sorted(numbers)
    xero.control("faults/clear")
    third = connector.read(xero.config(), "journals", "invoices", state=second.last_state())
    came = [row for output in (first, second, third) for row in output.records("journals")]
    assert_same("journals", came, truth(xero, "journals"))


def test_refusals_are_told_at_once(connector: Connector, xero: XeroServerProcess) -> None:
    """What trying again would not change is not tried again; the message names stream and status, never a body."""
    kinds = {"journals": "501", "invoices": "query_parse", "contacts": "404", "accounts": "412", "organisations": "400"}
    for stream, kind in kinds.items():
        order(xero, kind, stream, times=None)
    output = connector.read(xero.config(tenant=xero.tenant_id), *LISTS)
    error = failure(output)
    assert error["failure_type"] == "system_error"
    for stream in kinds:
        assert stream in error["message"]
        assert len(xero.log(PATHS[stream])) == 1
    assert "The resource you" not in "".join(output.lines)
    assert_same("tracking_categories", output.records("tracking_categories"), truth(xero, "tracking_categories"))


@pytest.mark.parametrize("kind", ["503", "reset"])
def test_check_gives_up_soon(connector: Connector, xero: XeroServerProcess, kind: str) -> None:
    """When Xero cannot be reached, a check says so after three tries."""
    order(xero, kind, "organisations", times=None)
    status, sentence = connector.check(xero.config()).outcome()
    assert status == "FAILED"
    assert "Organisation" in sentence
    assert len(xero.log("Organisation")) == 3


@pytest.mark.parametrize(
    ("kind", "detail", "words"),
    [
        ("forbidden", "AuthenticationUnsuccessful", "Connect to Xero again"),
        ("forbidden", "You are not permitted", "role"),
        ("raw", "", "403"),
    ],
    ids=["organisation refused", "user refused", "page of a firewall"],
)
def test_refused_access_fails_the_check(
    connector: Connector, xero: XeroServerProcess, kind: str, detail: str, words: str
) -> None:
    """A refusal of the organisation, the user or the token is a failed check that says what to do."""
    page = {"status": 403, "headers": {"Content-Type": "text/html"}, "body": "<html>Forbidden by a firewall</html>"}
    order(xero, kind, "organisations", times=None, **(page if kind == "raw" else {"detail": detail}))
    output = connector.check(xero.config())
    status, sentence = output.outcome()
    assert status == "FAILED"
    assert words in sentence or kind == "raw"
    assert "firewall" not in "".join(output.lines)
