"""Journals that appear below numbers already read, within a day: they arrive once, for two more calls a sync at most."""

from __future__ import annotations

from typing import Any

import pytest

from integration_tests.connector import Connector
from integration_tests.ledger import journal
from integration_tests.load.books import DAY_MS, HOUR_MS, move_clock, now_ms, numbers
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


def test_old_gaps_cost_nothing(connector: Connector, xero: XeroServerProcess) -> None:
    """A number that is missing below journals of more than a day is not looked for again."""
    keep_books(xero, DAY_MS + HOUR_MS)
    first = sync(connector, xero)
    assert numbers(sync(connector, xero, first)) == []
    assert len(xero.log("Journals")) == 1


@pytest.mark.parametrize("published", [True, False])
def test_gap_is_forgotten_after_a_last_look(connector: Connector, xero: XeroServerProcess, *, published: bool) -> None:
    """Once a gap is a day old by Xero's clock it gets one more look, which still finds what is there, and is forgotten."""
    keep_books(xero, HOUR_MS)
    output = sync(connector, xero)
    xero.control("journals/publish", {"numbers": LATE if published else []})
    move_clock(xero, DAY_MS)
    came: list[int] = []
    for _ in range(3):
        output = sync(connector, xero, output)
        came += numbers(output)
    assert sorted(came) == (LATE if published else [])
    assert len(xero.log("Journals")) == 1


def test_late_journals_below_the_start_stay_out(connector: Connector, xero: XeroServerProcess) -> None:
    """Late numbers outside of the filters neither arrive nor cost a call."""
    keep_books(xero, HOUR_MS)
    window: dict[str, Any] = {"starting_at_journal_id": 60, "ending_at_journal_id": 640}
    first = sync(connector, xero, **window)
    xero.control("journals/publish", {"numbers": LATE})
    assert numbers(sync(connector, xero, first, **window)) == []
    assert xero.log("Journals") == []
    above = sync(connector, xero, starting_at_journal_id=60)
    assert numbers(above) == list(range(60, LAST + 1))
