"""``journals.modified_since`` where Xero's header misses journals, as Xero itself warns: the header is a hint only."""

from __future__ import annotations

import pytest

from integration_tests.connector import Connector
from integration_tests.expected import assert_same, truth
from integration_tests.load.books import JOURNALS_A_PAGE, fill
from integration_tests.protocol import Json
from local_xero.process import XeroServerProcess

JOURNALS, OLDER = 6000, 5000
PAGES = JOURNALS // JOURNALS_A_PAGE
DROPPED = 350
"""More than three pages in a row, from the first journal that is wanted."""

SEARCH_CALLS = 18
"""Halving 60 pages twice over, and some steps back: far fewer than the pages below the date."""


@pytest.mark.parametrize(
    ("switches", "gaps"),
    [
        ({"journals_header_drops": 0.5}, 0.3),
        ({"journals_dropped": DROPPED}, 0.0),
        ({"journals_header_drops": 1.0}, 0.0),
        ({"journals_ignore_header": True}, 0.3),
    ],
    ids=["every second", "the first ones", "names none", "ignored"],
)
def test_nothing_is_missed_whatever_the_header_does(
    connector: Connector, xero: XeroServerProcess, switches: Json, gaps: float
) -> None:
    """Every journal since the date arrives although the header misses some, and the older ones are not paid for."""
    fill(xero, journals=JOURNALS, gaps=gaps)
    rows = sorted(truth(xero, "journals"), key=lambda row: int(row["JournalNumber"]))
    wanted = rows[OLDER:]
    if "journals_dropped" in switches:
        switches = {"journals_dropped": [row["JournalNumber"] for row in wanted[:DROPPED]]}
    xero.control("switches", switches)
    config = xero.config(journals={"modified_since": wanted[0]["CreatedDateUTC"]})
    output = connector.read(config, "journals")
    assert output.status == 0
    assert_same("journals", output.records("journals"), wanted)
    assert len(xero.log("Journals")) <= PAGES - OLDER // JOURNALS_A_PAGE + 1 + SEARCH_CALLS
