"""Journals fetched ahead, at the pace that Xero allows: several calls in flight, hardly a call too many."""

from __future__ import annotations

from integration_tests.connector import Connector
from integration_tests.expected import assert_same, truth
from integration_tests.load.books import JOURNALS_A_PAGE, fill
from local_xero.limits import LimitSettings
from local_xero.process import XeroServerProcess

JOURNALS = 5000
LOWER_BOUND = JOURNALS // JOURNALS_A_PAGE + 1
"""Calls that a client needs who knows every number: the full pages and the empty one."""


def test_the_calls_of_the_first_minute_are_used_at_once(connector: Connector, xero: XeroServerProcess) -> None:
    """At Xero's own pace, with 300 ms a call, 50 pages are fetched five at a time: the minute admits them all."""
    connector.environment["XERO_CALLS_PER_MINUTE"] = "60"
    xero.control("switches", {"latency_ms": 300})
    fill(xero, journals=JOURNALS)
    output = connector.read(xero.config(), "journals")
    assert_same("journals", output.records("journals"), truth(xero, "journals"))
    log = xero.control("log", {"path": "Journals"})
    assert 1 < log["max_in_flight"] <= LimitSettings.concurrent
    assert len(log["calls"]) - LOWER_BOUND <= 4
