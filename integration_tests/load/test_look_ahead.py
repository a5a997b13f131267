"""Journals fetched ahead: several calls in flight, one order on stdout, hardly a call too many."""

from __future__ import annotations

import pytest

from integration_tests.connector import Connector
from integration_tests.expected import assert_same, truth
from integration_tests.load.books import JOURNALS_A_PAGE, fill, numbers
from local_xero.limits import LimitSettings
from local_xero.process import XeroServerProcess

JOURNALS = 5000
LOWER_BOUND = JOURNALS // JOURNALS_A_PAGE + 1
"""Calls that a client needs who knows every number: the full pages and the empty one."""


@pytest.fixture
def far(connector: Connector, xero: XeroServerProcess) -> XeroServerProcess:
    """Let calls take far longer than the time between two of them at the allowed rate."""
    connector.environment["XERO_CALLS_PER_MINUTE"] = "3000"
    xero.control("switches", {"latency_ms": 200})
    return xero


@pytest.mark.parametrize(
    ("gaps", "waste"),
    [
        (0.0, max(4.0, 0.02 * LOWER_BOUND)),
        (0.03, 0.1 * LOWER_BOUND),
        (0.1, 0.1 * LOWER_BOUND),
        (0.5, 0.1 * LOWER_BOUND),
    ],
)
def test_pages_ahead_keep_the_order_and_waste_little(
    connector: Connector, far: XeroServerProcess, gaps: float, waste: float
) -> None:
    """At any density of gaps all journals come in the order of their numbers, for 10 % more calls at most (2 % or 4 without)."""
    fill(far, journals=JOURNALS, gaps=gaps)
    output = connector.read(far.config(), "journals")
    assert numbers(output) == sorted(numbers(output))
    assert_same("journals", output.records("journals"), truth(far, "journals"))
    log = far.control("log", {"path": "Journals"})
    assert len(log["calls"]) - LOWER_BOUND <= waste
    assert log["max_in_flight"] <= LimitSettings.concurrent
    assert log["max_in_flight"] > 1 or gaps > 0.03


def test_journals_posted_during_the_read_come_once(connector: Connector, far: XeroServerProcess) -> None:
    """With gaps, short pages and journals posted between calls nothing is skipped and nothing comes twice, in two syncs."""
    fill(far, journals=2500, gaps=0.03)
    far.control("switches", {"journals_short_pages": 0.3})
    posts = [(2, 30), (9, 120), (21, 1), (30, 60), (34, 7)]
    steps = [
        {"endpoint": "Journals", "after": after, "do": "journals/add", "with": {"count": count, "gap": count % 2}}
        for after, count in posts
    ]
    far.control("script", {"steps": steps})
    first = connector.read(far.config(), "journals")
    second = connector.read(far.config(), "journals", state=first.last_state())
    assert (first.status, second.status) == (0, 0)
    came = numbers(first) + numbers(second)
    assert came == sorted(set(came))
    assert_same("journals", [*first.records("journals"), *second.records("journals")], truth(far, "journals"))


def test_nothing_is_asked_for_beyond_the_window(connector: Connector, far: XeroServerProcess) -> None:
    """With an ending number no call goes ahead of it, and once it is reached the next sync makes none."""
    fill(far, journals=2500)
    config = far.config(journals={"starting_at_journal_id": 201, "ending_at_journal_id": 1650})
    first = connector.read(config, "journals")
    assert numbers(first) == list(range(201, 1651))
    offsets = [int(call["query"]["offset"]) for call in far.log("Journals")]
    assert sorted(offsets) == list(range(200, 1650, JOURNALS_A_PAGE))
    far.control("reset", {"what": ["log"]})
    connector.read(config, "journals", state=first.last_state())
    assert far.log("Journals") == []


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
