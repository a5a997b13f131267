"""Journals that appear below numbers already read, within a day: they arrive once, for two more calls a sync at most."""

from __future__ import annotations

from typing import Any

from integration_tests.connector import Connector
from integration_tests.ledger import journal
from integration_tests.load.books import HOUR_MS, now_ms, numbers
from integration_tests.protocol import Output
from local_xero.process import XeroServerProcess

LAST = 650
LATE = [17, 50, 51, 52, 430, LAST - 1]


def keep_books(xero: XeroServerProcess, age_ms: int) -> None:
    """Post journals so long ago; some of them are not visible yet."""
    created = now_ms() - age_ms
    rows = [journal(number, created + number) for number in range(1, LAST + 1)]
    xero.control("company", {"records": {"Journals": rows}})
    xero.control("journals/hide", {"numbers": LATE})


def sync(connector: Connector, xero: XeroServerProcess, before: Output | None = None, **filters: Any) -> Output:
    """Read the journals on from an earlier sync; the log then holds the calls of this one."""
    xero.control("reset", {"what": ["log"]})
    state = before.last_state() if before else None
    output = connector.read(xero.config(journals=filters), "journals", state=state)
    assert output.status == 0
    return output


def test_late_journals_arrive_exactly_once(connector: Connector, xero: XeroServerProcess) -> None:
    """Numbers published between syncs arrive in the next ones, each once, within two calls more than an unchanged ledger."""
    keep_books(xero, HOUR_MS)
    outputs = [sync(connector, xero)]
    came: list[int] = []
    for part in (LATE[:2], LATE[2:], []):
        xero.control("journals/publish", {"numbers": part})
        outputs.append(sync(connector, xero, outputs[-1]))
        assert len(xero.log("Journals")) <= 3
        came += numbers(outputs[-1])
    assert sorted(came) == LATE
    assert {state["JournalNumber"] for output in outputs[1:] for state in output.states("journals")} == {LAST}
    sync(connector, xero, outputs[-1])
    assert len(xero.log("Journals")) == 1
