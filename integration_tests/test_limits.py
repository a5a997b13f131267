"""Xero's limits: waited for where they pass soon, told where they do not, and left room for others."""

from __future__ import annotations

import pytest

from integration_tests.connector import Connector
from integration_tests.expected import assert_same, truth
from integration_tests.protocol import Json
from integration_tests.report_months import SWITCHES
from local_xero.process import XeroServerProcess

LONGEST_STORY = 20_000
"""Characters of log and errors that a person can be expected to look through."""


@pytest.mark.parametrize(
    ("problem", "retry_after"),
    [("minute", 1), ("concurrent", None), (None, 1)],
    ids=["minute", "concurrent without Retry-After", "unnamed"],
)
def test_limited_calls_are_made_again(
    connector: Connector, xero: XeroServerProcess, problem: str | None, retry_after: int | None
) -> None:
    """A 429 in the middle is waited for: nothing is lost, nothing comes twice, the sync succeeds."""
    fault = {"kind": "rate_limit", "problem": problem, "retry_after": retry_after}
    xero.control("faults", {"faults": [{**fault, "path": "Journals", "after": 1}, {**fault, "path": "Invoices"}]})
    output = connector.read(xero.config(), "journals", "invoices")
    assert (output.status, output.errors()) == (0, [])
    assert xero.control("faults")["waiting"] == 0
    for stream in ("journals", "invoices"):
        assert_same(stream, output.records(stream), truth(xero, stream))


@pytest.mark.parametrize("retry_after", [7200, None], ids=["two hours", "no time"])
def test_day_limit_ends_the_sync_with_its_state(
    connector: Connector, xero: XeroServerProcess, retry_after: int | None
) -> None:
    """At the day's limit the sync stops at once, says when to go on, and the next one goes on where it stopped."""
    fault = {"kind": "rate_limit", "problem": "day", "retry_after": retry_after, "times": None}
    xero.control("faults", {**fault, "path": "Journals", "after": 2})
    first = connector.read(xero.config(), "journals")
    assert first.status == 1
    error = first.errors()[-1]
    assert error["failure_type"] == "transient_error"
    assert ("2 h 0 min" if retry_after else "24 hours") in error["message"]
    assert first.statuses("journals")[-1] == "INCOMPLETE"
    xero.control("faults/clear")
    second = connector.read(xero.config(), "journals", state=first.last_state())
    assert second.status == 0
    rows = [*first.records("journals"), *second.records("journals")]
    assert_same("journals", rows, truth(xero, "journals"))


def test_day_limit_of_all_streams_is_told_in_few_lines(
    connector: Connector, xero: XeroServerProcess, catalog: Json
) -> None:
    """When every stream stops at the day's limit, log and errors have under 20 kB, no traceback, and each sentence once."""
    names = [stream["name"] for stream in catalog["streams"]]
    fault = {"kind": "rate_limit", "problem": "day", "retry_after": 7200, "times": None}
    xero.control("faults", {**fault, "path": "/api.xro", "after": 5})
    output = connector.read(xero.access_token_config(tenant=xero.tenant_id, reports=SWITCHES), *names)
    told = [line for line in output.lines if '"type":"LOG"' in line or '"type":"ERROR"' in line]
    assert sum(map(len, told)) + len(output.stderr) < LONGEST_STORY
    assert not [line for line in told if "Traceback" in line]
    summary = output.errors()[-1]
    assert summary["failure_type"] == "transient_error"
    assert summary["message"].count("Xero admits no more calls") == 1
    assert " others: " in summary["message"]


def test_reserve_of_calls_is_left(connector: Connector, xero: XeroServerProcess) -> None:
    """With ``daily_call_reserve`` the sync stops before it uses the calls that others need, and says so."""
    xero.control("company", {"preset": "bulk", "options": {"journals": 2000}})
    xero.control("limits", {"per_day": 1000})
    xero.control("limits/consume", {"minute": 0, "day": 985})
    output = connector.read(xero.config(daily_call_reserve=8), "journals")
    assert output.status == 1
    assert output.errors()[-1]["failure_type"] == "transient_error"
    assert "daily_call_reserve" in output.errors()[-1]["message"]
    assert len(xero.log("Journals")) <= 7
    assert output.states("journals")[-1]["JournalNumber"] == output.records("journals")[-1]["JournalNumber"]
