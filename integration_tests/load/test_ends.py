"""Syncs that are killed, stopped or left alone in the middle of look-ahead and walks."""

from __future__ import annotations

import signal
import threading

import pytest

from integration_tests.connector import Connector
from integration_tests.expected import assert_same, truth
from integration_tests.load.books import JOURNALS_A_PAGE, fill, newest, numbers
from integration_tests.load.running import Running
from local_xero.process import XeroServerProcess

STREAMS = ("journals", "invoices")
JOURNALS, INVOICES = 3000, 2200
QUEUE_PAGES = 5
"""Pages that wait for the destination: a queue of 500 records."""

AHEAD_PAGES = 5


@pytest.fixture
def far(connector: Connector, xero: XeroServerProcess) -> XeroServerProcess:
    """Give a ledger of many pages, some numbers unused, behind slow calls."""
    fill(xero, journals=JOURNALS, gaps=0.02, invoices=INVOICES, invoice_step_ms=1000)
    xero.control("switches", {"latency_ms": 100})
    connector.environment["XERO_CALLS_PER_MINUTE"] = "3000"
    return xero


def test_terminated_in_mid_flight(connector: Connector, far: XeroServerProcess) -> None:
    """SIGTERM with calls in flight: whole lines, an end by the signal, and states from which nothing is lost or paid twice."""
    with Running(connector, far.config(), *STREAMS) as sync:
        sync.take(700)
        first = sync.terminate()
    assert first.status == -signal.SIGTERM
    connector.check_output(first, None)
    assert len(numbers(first)) < JOURNALS
    assert first.states("journals")
    second = connector.read(far.config(), *STREAMS, state=first.last_state())
    assert second.status == 0
    assert len(set(numbers(first)) & set(numbers(second))) <= JOURNALS_A_PAGE
    for stream in STREAMS:
        assert_same(stream, newest(stream, first, second), truth(far, stream))


def test_closed_output_ends_the_calls(connector: Connector, far: XeroServerProcess) -> None:
    """When the destination goes away, the sync ends within seconds and makes no more calls than were ahead."""
    with Running(connector, far.config(), "journals") as sync:
        sync.take(250)
        assert sync.process.stdout
        sync.process.stdout.close()
        assert sync.process.wait(20) not in (0, -signal.SIGKILL)
    assert len(far.log("Journals")) <= 3 + QUEUE_PAGES + 2 * AHEAD_PAGES


def test_slow_destination_costs_few_calls(connector: Connector, far: XeroServerProcess) -> None:
    """While the destination stands still, no more pages are paid for than it took, the queue and the look-ahead hold."""
    with Running(connector, far.config(), "journals") as sync:
        sync.take(550)
        threading.Event().wait(2)
        calls = len(far.log("Journals"))
        threading.Event().wait(1)
        assert len(far.log("Journals")) == calls
        output = sync.kill()
    pages = -(-len(numbers(output)) // JOURNALS_A_PAGE)
    assert calls <= pages + QUEUE_PAGES + AHEAD_PAGES
