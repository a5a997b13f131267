"""The client at Xero's limits: what it does at the gate, before and after a call."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
import requests_mock

from source_xero_gl.xero.errors import XeroError
from source_xero_gl.xero.gate import Caller, Gate, WithdrawnError
from unit_tests.xero.fakes import Clock, InstantStop, NumberedTokens, client, list_url

JOURNALS = list_url("Journals")


@pytest.fixture(autouse=True)
def _quick_polls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("source_xero_gl.xero.gate.POLL_SECONDS", 1e-5)


@pytest.mark.parametrize(
    ("limit", "at_least"),
    [
        ({"X-Rate-Limit-Problem": "minute", "Retry-After": "22"}, 22),
        ({"X-Rate-Limit-Problem": "appminute", "Retry-After": "300"}, 300),
        ({"X-Rate-Limit-Problem": "app-minute"}, 15),
        ({"X-Rate-Limit-Problem": "concurrent"}, 1),
        ({"X-Rate-Limit-Problem": "concurrent", "Retry-After": "3"}, 3),
        ({"Retry-After": "4"}, 4),
        ({"Retry-After": "9" * 400}, 15),
        ({}, 15),
    ],
)
def test_each_limit_is_waited_for(limit: dict[str, str], at_least: float, requests_mock: requests_mock.Mocker) -> None:
    """As long as Retry-After says; without it a second for calls at a time, a quarter of a minute for other limits."""
    clock, stop, sent = Clock(step=0.25), InstantStop(), list[float]()

    def answer(_: Any, context: Any) -> dict[str, Any]:
        sent.append(clock.now)
        if len(sent) == 1:
            context.status_code = 429
            context.headers.update(limit)
        return {"Journals": []}

    requests_mock.get(JOURNALS, json=answer)
    client(stop=stop, gate=Gate(60, stop, clock=clock)).page("Journals", "Journals")
    assert at_least <= sent[1] - sent[0] <= at_least + 2


def test_the_day_limit_ends_all_calls(requests_mock: requests_mock.Mocker) -> None:
    """No stream asks in vain after Xero has said that the day's calls are used up; none waits for hours."""
    requests_mock.get(JOURNALS, status_code=429, headers={"X-Rate-Limit-Problem": "day", "Retry-After": "7200"})
    xero = client()
    for endpoint in ("Journals", "Invoices"):
        with pytest.raises(XeroError, match="in 2 h 0 min"):
            xero.page(endpoint, endpoint)
    assert requests_mock.call_count == 1


class WatchedGate(Gate):
    """A gate that notes how many calls held a slot when it was told to hold."""

    in_flight: int | None = None

    def hold(self, seconds: float, *, new_minute: bool = False) -> None:
        """Note, and hold."""
        self.in_flight = self._in_flight
        super().hold(seconds, new_minute=new_minute)


def test_a_refused_call_keeps_its_slot_until_the_gate_is_held(requests_mock: requests_mock.Mocker) -> None:
    """Nobody slips through between a 429 and the wait that it asks for."""
    requests_mock.get(JOURNALS, status_code=429, headers={"Retry-After": "30"})
    stop = InstantStop()
    gate = WatchedGate(60, stop)
    with pytest.raises(XeroError):
        client(stop=stop, gate=gate, tries=1).page("Journals", "Journals")
    assert gate.in_flight == 1


class SlowTokens(NumberedTokens):
    """A token whose first renewal takes 40 seconds."""

    def __init__(self, pass_by: Callable[[float], None]) -> None:
        super().__init__()
        self._pass_by = pass_by
        self.over = True

    def current(self) -> str:
        """Return the token, renewed if it is over."""
        if self.over:
            self.over = False
            self._pass_by(40)
        return super().current()


def sends(xero: requests_mock.Mocker, clock: Clock) -> list[float]:
    """Return the list that is going to hold the times at which Journals calls leave."""
    times: list[float] = []

    def answer(*_: Any) -> dict[str, Any]:
        times.append(clock.now)
        return {"Journals": []}

    xero.get(JOURNALS, json=answer)
    return times


def test_a_renewal_does_not_delay_a_call_that_was_counted(requests_mock: requests_mock.Mocker) -> None:
    """With 2 calls a minute the third leaves 60.5 seconds after the first, although that one waited for its token."""
    clock, stop = Clock(step=0.25), InstantStop()
    times = sends(requests_mock, clock)
    xero = client(SlowTokens(clock.pass_by), stop, Gate(2, stop, clock=clock))
    for _ in range(3):
        xero.page("Journals", "Journals")
    assert times[2] - times[0] >= 60.5


def test_a_renewal_after_the_wait_does_not_delay_a_call_that_was_counted(requests_mock: requests_mock.Mocker) -> None:
    """The same when the token ends while the call waits at the gate."""
    clock, stop = Clock(step=0.25), InstantStop()
    times = sends(requests_mock, clock)
    tokens, gate = SlowTokens(clock.pass_by), Gate(2, stop, clock=clock)
    tokens.over = False
    xero = client(tokens, stop, gate)
    gate.hold(100)
    clock.after(50, lambda: setattr(tokens, "over", True))
    for _ in range(3):
        xero.page("Journals", "Journals")
    assert times[2] - times[0] >= 60.5


def test_the_token_is_taken_after_the_wait(requests_mock: requests_mock.Mocker) -> None:
    """A token that ends while a call waits at the gate is not used."""
    requests_mock.get(JOURNALS, json={"Journals": []})
    tokens, clock, stop = NumberedTokens(), Clock(step=0.25), InstantStop()
    gate = Gate(60, stop, clock=clock)
    gate.hold(100)
    clock.after(50, lambda: tokens.renew("access-1"))
    client(tokens, stop, gate).page("Journals", "Journals")
    assert requests_mock.request_history[-1].headers["Authorization"] == "Bearer access-2"


def test_a_page_that_is_not_needed_costs_no_call(requests_mock: requests_mock.Mocker) -> None:
    """A reader that has ended takes back what it asked for ahead; others go on."""
    requests_mock.get(JOURNALS, json={"Journals": []})
    stop, withdrawn = InstantStop(), threading.Event()
    gate = Gate(60, stop)
    withdrawn.set()
    xero = client(stop=stop, gate=gate)
    with pytest.raises(WithdrawnError):
        xero.page("Journals", "Journals", caller=Caller(withdrawn))
    assert requests_mock.call_count == gate.count().made == 0
    xero.page("Journals", "Journals", caller=Caller())
    assert requests_mock.call_count == gate.count().made == 1


def test_a_failed_page_that_is_not_needed_is_not_tried_again(requests_mock: requests_mock.Mocker) -> None:
    """A reader that ends while a call pauses after a failure saves the next try."""
    requests_mock.get(JOURNALS, status_code=500)
    withdrawn = threading.Event()
    stop = InstantStop(meanwhile=withdrawn.set)
    with pytest.raises(WithdrawnError):
        client(stop=stop).page("Journals", "Journals", caller=Caller(withdrawn))
    assert requests_mock.call_count == 1


def test_whoever_reads_is_told_of_a_long_wait(requests_mock: requests_mock.Mocker) -> None:
    """The wait that a 429 asks for reaches the stream's status."""
    limit = {"status_code": 429, "headers": {"X-Rate-Limit-Problem": "minute", "Retry-After": "22"}}
    requests_mock.get(JOURNALS, [limit, {"json": {"Journals": []}}])
    told = list[float]()
    stop = InstantStop()
    xero = client(stop=stop, gate=Gate(60, stop, clock=Clock(step=0.25)))
    xero.page("Journals", "Journals", caller=Caller(waits=told.append))
    assert len(told) == 1
    assert 20 <= told[0] <= 22


def test_the_pace_is_known_to_the_readers() -> None:
    """In the long run 60 calls take 60.5 seconds, and 30 twice as long each; what may go at once is known too."""
    assert Gate(60, InstantStop()).interval == pytest.approx(60.5 / 60)
    assert Gate(30, InstantStop()).interval == pytest.approx(60.5 / 30)
    assert client().gate.ready() == 1


def test_a_check_does_not_try_for_long(requests_mock: requests_mock.Mocker) -> None:
    """With a bound on the tries a person gets the error soon."""
    requests_mock.get(JOURNALS, status_code=500)
    with pytest.raises(XeroError):
        client(tries=2).page("Journals", "Journals")
    assert requests_mock.call_count == 2
