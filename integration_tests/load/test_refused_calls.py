"""Refusals with status 429 of every kind, and the end of the day's calls: waited for, or told and gone on from."""

from __future__ import annotations

import pytest

from integration_tests.connector import Connector
from integration_tests.expected import assert_same, truth
from integration_tests.load.books import fill, newest, numbers
from integration_tests.protocol import Json, Output
from local_xero.process import XeroServerProcess

STREAMS = ("journals", "invoices", "contacts")


@pytest.mark.parametrize("retry_after", [2, None], ids=["Retry-After", "no Retry-After"])
def test_every_kind_of_refusal_is_waited_for(
    connector: Connector, xero: XeroServerProcess, retry_after: int | None
) -> None:
    """Refused for the minute, the app, the calls in flight or no named reason: nothing is lost, nothing comes twice."""
    fill(xero, journals=900, invoices=2500, invoice_step_ms=1000, contacts=1500)
    kinds = {"Journals": "minute", "Invoices": "App-Minute", "Contacts": None}
    fault = {"kind": "rate_limit", "after": 1}
    faults: list[Json] = [
        {**fault, "path": path, "problem": problem, "retry_after": retry_after} for path, problem in kinds.items()
    ]
    faults += [{**fault, "path": "Journals", "problem": "concurrent", "retry_after": retry_after}]
    xero.control("switches", {"latency_ms": 100})
    xero.control("faults", {"faults": faults})
    output = connector.read(xero.config(), *STREAMS)
    assert (output.status, output.errors()) == (0, [])
    assert xero.control("faults")["waiting"] == 0
    for stream in STREAMS:
        assert_same(stream, output.records(stream), truth(xero, stream))


def test_calls_in_flight_of_others_are_left_room(connector: Connector, xero: XeroServerProcess) -> None:
    """While another job holds calls in flight, the sync makes do with what is left and still brings everything."""
    fill(xero, journals=1500)
    xero.control("switches", {"latency_ms": 150})
    xero.control("limits/foreign", {"in_flight": 3})
    connector.environment["XERO_CALLS_PER_MINUTE"] = "3000"
    output = connector.read(xero.config(), "journals")
    assert output.status == 0
    assert_same("journals", output.records("journals"), truth(xero, "journals"))
    assert xero.control("log")["rejected"].get("concurrent", 0) <= 10


def assert_stopped(output: Output, *words: str) -> None:
    """Check that a sync ended for want of calls: a transient error that says so, and states that are true."""
    assert output.status == 1
    error = output.errors()[-1]
    assert error["failure_type"] == "transient_error"
    reached = output.states("journals")[-1]["JournalNumber"]
    for word in (*words, f"JournalNumber {reached}"):
        assert word in error["message"]
    assert output.statuses("journals")[-1] == "INCOMPLETE"
    assert reached == numbers(output)[-1]


def test_end_of_the_day_is_gone_on_from(connector: Connector, xero: XeroServerProcess) -> None:
    """When the day's calls end in mid-sync, the next sync goes on with the page that was not read, and repeats none."""
    fill(xero, journals=3000, invoices=2500, invoice_step_ms=1000)
    xero.control("switches", {"latency_ms": 100})
    xero.control("limits/consume", {"minute": 0, "day": 5000 - 14})
    first = connector.read(xero.config(), "journals", "invoices")
    assert_stopped(first, " h ", " min", "goes on where this one stopped")
    assert xero.control("log")["statuses"]["429"] <= 5
    assert len(numbers(first)) >= 500
    xero.control("reset", {"what": ["limits", "log"]})
    second = connector.read(xero.config(), "journals", "invoices", state=first.last_state())
    assert second.status == 0
    assert min(int(call["query"]["offset"]) for call in xero.log("Journals")) == numbers(first)[-1]
    assert numbers(first) + numbers(second) == list(range(1, 3001))
    assert_same("invoices", newest("invoices", first, second), truth(xero, "invoices"))


def test_reserve_is_never_touched(connector: Connector, xero: XeroServerProcess) -> None:
    """With several calls in flight the reserve for other jobs stays whole; of the calls above it, so many at most stay unused."""
    fill(xero, journals=6000)
    xero.control("switches", {"latency_ms": 200})
    reserve, free = 300, 17
    xero.control("limits/consume", {"minute": 0, "day": 5000 - reserve - free})
    first = connector.read(xero.config(daily_call_reserve=reserve), "journals")
    assert_stopped(first, "daily_call_reserve", "24 hours")
    assert free - 5 < len(xero.log("Journals")) <= free
    assert len(numbers(first)) >= (len(xero.log("Journals")) - 4) * 100
    xero.control("reset", {"what": ["limits", "log"]})
    second = connector.read(xero.config(daily_call_reserve=reserve), "journals", state=first.last_state())
    assert numbers(first) + numbers(second) == list(range(1, 6001))
