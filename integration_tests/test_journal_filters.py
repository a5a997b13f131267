"""The filters of journals: inclusive, alone and together, with and without a state, over gaps and short pages."""

from __future__ import annotations

from typing import Any

import pytest

from integration_tests.connector import Connector
from integration_tests.expected import assert_same, iso, truth
from integration_tests.ledger import journal
from integration_tests.protocol import Json, Output
from local_xero.process import XeroServerProcess

MIDNIGHT = 1_772_323_200_000  # 2026-03-01T00:00:00Z
NUMBERS = [number for number in range(1, 331) if number % 7 and not 231 <= number <= 240]


def created(number: int) -> int:
    """Say when a journal was created: number 150 at midnight, the others a minute and some milliseconds apart."""
    return MIDNIGHT + (number - 150) * 60_007


def admitted(filters: Json) -> set[int]:
    """Name the journals that filters admit; ``modified_since`` is a number here: the journal created at that instant."""
    start, end = filters.get("starting_at_journal_id", 1), filters.get("ending_at_journal_id", 10**9)
    since = created(filters["modified_since"]) if "modified_since" in filters else 0
    return {number for number in NUMBERS if start <= number <= end and created(number) >= since}


def settings(filters: Json) -> Json:
    """Turn filters into settings."""
    since = {"modified_since": iso(created(filters["modified_since"]))} if "modified_since" in filters else {}
    return {**filters, **since}


def limits(start: int = 0, end: int = 0, since: int = 0) -> Json:
    """Name filters; 0: not given."""
    given = {"starting_at_journal_id": start, "ending_at_journal_id": end, "modified_since": since}
    return {name: number for name, number in given.items() if number}


def numbers(output: Output) -> list[int]:
    """List the journal numbers of an output, which must be in order and have come to their end."""
    assert (output.status, output.errors()) == (0, [])
    return [row["JournalNumber"] for row in output.records("journals")]


@pytest.fixture
def books(xero: XeroServerProcess) -> XeroServerProcess:
    """Put the journals of this module into the local Xero."""
    xero.control("company", {"records": {"Journals": [journal(number, created(number)) for number in NUMBERS]}})
    return xero


@pytest.mark.parametrize(
    "filters",
    [
        limits(start=120),
        limits(start=119),  # a number that does not exist
        limits(end=235),  # in the middle of a gap
        limits(start=121, end=121),
        limits(since=150),
        limits(start=100, since=180),
        limits(start=200, since=180),
        limits(end=260, since=101),
    ],
    ids=str,
)
def test_filters_admit_exactly_what_they_say(connector: Connector, books: XeroServerProcess, filters: Json) -> None:
    """Start, end and Modified since are inclusive, and together admit what each of them admits."""
    output = connector.read(books.config(journals=settings(filters)), "journals")
    assert numbers(output) == sorted(admitted(filters))
    wanted = [row for row in truth(books, "journals") if row["JournalNumber"] in admitted(filters)]
    assert_same("journals", output.records("journals"), wanted)


@pytest.mark.parametrize(
    ("since", "first"),
    [("2026-03-01", 150), (iso(created(181)), 181), (iso(created(181) + 1), 183)],
)
def test_modified_since_is_exact_to_the_millisecond(
    connector: Connector, books: XeroServerProcess, since: str, first: int
) -> None:
    """A journal created at the very instant comes; one created a millisecond before does not."""
    output = connector.read(books.config(journals={"modified_since": since}), "journals")
    assert numbers(output) == [number for number in NUMBERS if number >= first]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (limits(start=200), limits(start=50)),
        (limits(end=100), limits(end=250)),
        (limits(since=200), limits()),
        (limits(start=200, end=250), limits(start=100, end=300)),
        (limits(start=100, since=200), limits(start=50, since=150)),
        (limits(), limits(start=200, since=150)),
    ],
    ids=str,
)
def test_widened_filter_loads_what_it_newly_admits(
    connector: Connector, books: XeroServerProcess, before: Json, after: Json
) -> None:
    """What a wider filter newly admits comes with the next sync, with what is new in Xero, and nothing else."""
    first = connector.read(books.config(journals=settings(before)), "journals")
    assert numbers(first) == sorted(admitted(before))
    books.control("journals/add", {"journals": [journal(340, created(340))]})
    second = connector.read(books.config(journals=settings(after)), "journals", state=first.last_state())
    new = {340} if after.get("ending_at_journal_id", 340) >= 340 else set()
    assert sorted(numbers(second)) == sorted(admitted(after) - admitted(before) | new)


def test_finished_window_costs_no_call(connector: Connector, books: XeroServerProcess) -> None:
    """Once all up to the end, be it a missing number, has been read, a sync asks nothing more and repeats the state."""
    config = books.config(journals=settings(limits(start=150, end=235)))
    first = connector.read(config, "journals")
    books.control("reset", {"what": ["log"]})
    second = connector.read(config, "journals", state=first.last_state())
    assert numbers(second) == []
    assert second.states("journals")[-1] == first.states("journals")[-1]
    assert books.log("Journals") == []


@pytest.mark.parametrize(
    "switches",
    [{"journals_short_pages": 0.5}, {"journals_ignore_header": True}, {"journals_header_drops": 0.3}],
    ids=lambda switches: next(iter(switches)),
)
def test_nothing_is_lost_where_xero_is_inconvenient(
    connector: Connector, books: XeroServerProcess, switches: dict[str, Any]
) -> None:
    """Short pages end nothing, and a Modified since stays exact when Xero's own header misses journals or is ignored."""
    books.control("switches", switches)
    output = connector.read(books.config(journals=settings(limits(since=40))), "journals")
    assert numbers(output) == [number for number in NUMBERS if number >= 40]
