"""Xero's real limits, with a minute of sixty seconds: used in full, never exceeded when alone, shared with others."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path

import pytest

from integration_tests.connector import Connector
from integration_tests.load.books import JOURNALS_A_PAGE, numbers
from integration_tests.protocol import Json, Output
from integration_tests.report_months import SWITCHES
from local_xero.process import XeroServerProcess

# Minutes of Xero's true length cannot be had faster: all of this module's syncs run at the same time, for little over a minute.
CALLS, ALONE, CROWDED, BURST, EVERYTHING = 80, "Alone", "Crowded", "Burst", "Everything"
LIMIT = 60
MINUTE_S = 60.0
OTHERS_A_MINUTE, OTHERS_AT_ONCE = 10, 35
MONTHS = 4
"""Month ends of each report in the sync of everything, which so has more calls to make than a minute admits."""


class Minute:
    """What four syncs did, each of an organisation of its own, while others used two of these."""

    def __init__(self, outputs: dict[str, Output], calls: dict[str, list[Json]]) -> None:
        self.outputs = outputs
        self.calls = calls


@pytest.fixture(scope="module")
def minute(tmp_path_factory: pytest.TempPathFactory, catalog: Json) -> Iterator[Minute]:
    """Run the four syncs: three of journals, one of all streams."""
    with XeroServerProcess("bulk", journals=0, calls_per_minute=LIMIT, latency=200) as xero:
        names = (ALONE, CROWDED, BURST)
        xero.control("tenants", {"tenants": [{"tenantName": name} for name in (*names, EVERYTHING)]})
        xero.control("company", {"tenant": EVERYTHING, "preset": "small"})
        options = {"journals": (CALLS - 1) * JOURNALS_A_PAGE}
        for name in names:
            xero.control("company", {"tenant": name, "preset": "bulk", "options": options})
        xero.control("limits/foreign", {"tenant": CROWDED, "per_minute": OTHERS_A_MINUTE})
        outputs: dict[str, Output] = {}
        threads = [
            threading.Thread(target=_sync, args=(xero, name, tmp_path_factory.mktemp(name), catalog, outputs))
            for name in (*names, EVERYTHING)
        ]
        for thread in threads:
            thread.start()
        _use_up_a_burst(xero)
        for thread in threads:
            thread.join()
        ids = {c["tenantName"]: c["tenantId"] for c in xero.control("tenants")["tenants"]}
        calls = [call for call in xero.log() if "xero-tenant-id" in call["headers"]]
        own = {name: [c for c in calls if c["headers"]["xero-tenant-id"] == ids[name]] for name in ids}
        yield Minute(outputs, own)


def _sync(xero: XeroServerProcess, name: str, folder: Path, catalog: Json, outputs: dict[str, Output]) -> None:
    credentials = {**xero.config()["credentials"], **xero.control("tokens", {"new": "web"})}
    reports = {"starting_on": _months_ago(MONTHS - 1), **SWITCHES}
    config = {"tenant": name, "credentials": {key: credentials[key] for key in _CREDENTIALS}, "reports": reports}
    connector = Connector(folder, xero.environment(), catalog)
    del connector.environment["XERO_CALLS_PER_MINUTE"]
    every = [stream["name"] for stream in catalog["streams"]]
    outputs[name] = connector.read(config, *(every if name == EVERYTHING else ["journals"]))


def _months_ago(months: int) -> str:
    """Write the first day of the month that lies so many months back."""
    now = datetime.now(timezone.utc)
    year, month = divmod(now.year * 12 + now.month - 1 - months, 12)
    return f"{year}-{month + 1:02}-01"


_CREDENTIALS = ("auth_type", "client_id", "client_secret", "refresh_token")


def _use_up_a_burst(xero: XeroServerProcess) -> None:
    """Let another job make many calls at once as soon as the sync of that organisation is under way."""
    while xero.control("limits", {"tenant": BURST})["minute"] < 5:
        threading.Event().wait(0.05)
    xero.control("limits/consume", {"tenant": BURST, "minute": OTHERS_AT_ONCE})


@pytest.mark.parametrize("name", [ALONE, CROWDED, BURST])
def test_everything_arrives_within_the_limits(minute: Minute, name: str) -> None:
    """Whatever others do with the limit, every journal arrives once and the sync succeeds."""
    assert minute.outputs[name].status == 0
    assert numbers(minute.outputs[name]) == list(range(1, (CALLS - 1) * JOURNALS_A_PAGE + 1))


def test_limit_is_used_in_full_and_never_exceeded(minute: Minute) -> None:
    """Alone, a sync gets no 429, uses up the first minute and goes on in the second.

    What share of the limit is used to the second is shown in virtual time by the gate's own test, and measured by ``make bench``.
    """
    calls = minute.calls[ALONE]
    assert {call["status"] for call in calls} == {200}
    times = sorted(call["time"] for call in calls)
    assert all(later - earlier > MINUTE_S for earlier, later in zip(times, times[LIMIT:], strict=False))
    assert sum(time - times[0] < MINUTE_S for time in times) >= 0.97 * LIMIT
    assert times[LIMIT] - times[0] < 2 * MINUTE_S


@pytest.mark.parametrize("name", [CROWDED, BURST])
def test_others_are_noticed_by_the_headers(minute: Minute, name: str) -> None:
    """When others call the organisation too, the sync backs off before Xero has to refuse more than the calls in flight."""
    assert sum(call["status"] == 429 for call in minute.calls[name]) <= 5


def test_waiting_for_the_limit_is_shown(minute: Minute) -> None:
    """While a sync waits for the next minute, its status is RUNNING with the reason RATE_LIMITED."""
    traces = [trace["stream_status"] for trace in minute.outputs[ALONE].of("TRACE") if trace["type"] == "STREAM_STATUS"]
    reasons = [(trace["status"], reason["type"]) for trace in traces for reason in trace.get("reasons") or []]
    assert ("RUNNING", "RATE_LIMITED") in reasons
    assert traces[-1]["status"] == "COMPLETE"


def test_all_streams_together_stay_within_the_limits(minute: Minute, catalog: Json) -> None:
    """A sync of all streams, which needs more than a minute's calls, completes each without a single 429."""
    output, calls = minute.outputs[EVERYTHING], minute.calls[EVERYTHING]
    assert (output.status, output.errors()) == (0, [])
    assert {output.statuses(stream["name"])[-1] for stream in catalog["streams"]} == {"COMPLETE"}
    assert len(calls) > LIMIT
    assert {call["status"] for call in calls} == {200}
