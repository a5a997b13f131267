"""Refusals with status 429 of every kind, and the end of the day's calls: waited for, or told and gone on from."""

from __future__ import annotations

from integration_tests.connector import Connector
from integration_tests.expected import assert_same, truth
from integration_tests.load.books import fill, numbers
from integration_tests.protocol import Output
from local_xero.process import XeroServerProcess

STREAMS = ("journals", "invoices", "contacts")


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
