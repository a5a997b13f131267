"""What the connector writes is heard: calls, waits, what is whole and what is not."""

from __future__ import annotations

import json

import pytest

from source_xero_gl.xero.gate import Calls
from unit_tests.commands.sync.heard import Clocks, estimate, hear, listening, log, records, status, waits


def test_records_are_counted_by_stream() -> None:
    """Each record counts once; every line is passed on as it came."""
    listener = listening([*records("journals", 3), "no message", *records("invoices")])
    lines = [*records("journals"), "no message", status("journals")]
    assert list(listener.listen(lines)) == lines
    assert listener.records == {"journals": 4, "invoices": 1}
    assert listener.ended


def test_the_first_estimate_counts() -> None:
    """Later ones say what is left."""
    assert listening([estimate("invoices", 900), estimate("invoices", 300)]).expected == {"invoices": 900}


@pytest.mark.parametrize(
    ("made", "left"),
    [(1, None), (61, 4_939), (1_234, 0)],
    ids=["one call, and no word of the day", "some", "none left"],
)
def test_calls_are_those_that_the_connector_counts(made: int, left: int | None) -> None:
    """The words of the log during the read and at its end, with their commas."""
    said = Calls(made, left).sentence()
    for text in (f"So far: {said}", f"Records: journals 1,000. {said}"):
        listener = listening([log(text)])
        assert (listener.calls, listener.left_today) == (made, left)


def test_other_numbers_of_the_log_are_no_calls() -> None:
    """A line of a stream has numbers of its own."""
    listener = listening([log("journals: 6,000 records in 1 min. Calls of all streams in this sync: 61.")])
    assert (listener.calls, listener.left_today) == (None, None)


@pytest.mark.parametrize("end", [records("journals"), [status("journals", "COMPLETE")], [waits("journals", 0)]])
def test_a_wait_ends_when_its_stream_goes_on(end: list[str]) -> None:
    """Until then it is the longest of all."""
    clocks = Clocks()
    listener = listening([waits("journals", 41), waits("invoices", 7)], clocks)
    clocks.advance(1)
    assert listener.wait() == pytest.approx(40)
    hear(listener, end)
    assert listener.wait() == pytest.approx(6)
    clocks.advance(6)
    assert listener.wait() == pytest.approx(0)


@pytest.mark.parametrize("correction", [-3600.0, 3600.0])
def test_a_wait_does_not_change_when_the_computers_clock_is_set(correction: float) -> None:
    """The end of a wait is noted in time that nobody sets."""
    clocks = Clocks()
    listener = listening([waits("journals", 41)], clocks)
    clocks.calendar += correction
    assert listener.wait() == pytest.approx(41)


def test_streams_that_could_not_be_read_are_known() -> None:
    """Both ends of a stream are told by its status; a new run forgets them."""
    listener = listening([status("journals", "COMPLETE"), status("invoices", "INCOMPLETE")])
    assert (listener.complete, listener.incomplete) == ({"journals"}, {"invoices"})
    listener.reset()
    assert (listener.complete, listener.incomplete, listener.began) == (set(), set(), {})


@pytest.mark.parametrize(("kind", "passing"), [("transient_error", True), ("config_error", False)])
def test_an_error_that_passes_is_told_from_one_that_stays(kind: str, *, passing: bool) -> None:
    """The kind of failure that the connector names decides whether trying again may help."""
    error = {"type": "ERROR", "error": {"message": "No.", "failure_type": kind}}
    listener = listening([json.dumps({"type": "TRACE", "trace": error})])
    assert (listener.error, listener.passing) == ("No.", passing)
