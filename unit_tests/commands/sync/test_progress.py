"""The progress of a sync is true: what has arrived, of how much, how long it still takes, calls, and what is waited for."""

from __future__ import annotations

import pytest

from source_xero_gl.commands.sync.listener import Listener
from source_xero_gl.commands.sync.progress import Progress
from unit_tests.commands.sync.heard import Clocks, estimate, hear, listening, log, records, status, waits

STREAMS = ("journals", "invoices", "invoice_line_items", "contacts")


def told(*lines: str) -> str:
    """Return the line while the connector goes on after these."""
    return Progress(listening(lines), STREAMS).line()


@pytest.mark.parametrize(
    ("lines", "line"),
    [
        ([], "no records yet"),
        ([waits("journals", 41)], "no records yet; waiting for Xero's minute, 41 s"),
        ([waits("journals", 60.2)], "no records yet; waiting for Xero's minute, 61 s"),
        ([waits("journals", 7800)], "no records yet; waiting for Xero's day to end, 2 h 10 min"),
        (
            [*records("journals"), waits("journals", 41), waits("invoices", 7)],
            "journals 1; waiting for Xero's minute, 41 s",
        ),
        ([waits("journals", 41), *records("journals")], "journals 1"),
        ([waits("journals", 0)], "no records yet"),
        ([waits("journals", 41), status("journals", "COMPLETE")], "no records yet; 1 of 4 streams read"),
        ([estimate("invoices", 2500), *records("invoices")], "invoices 1 of 2,500"),
        ([estimate("invoices", 1), *records("invoices", 2)], "invoices 2"),
        ([log("So far: 1 call to Xero in this sync.")], "no records yet; 1 call to Xero"),
        (
            [*records("journals"), log("So far: 1,061 calls to Xero in this sync; left today: 3,939.")],
            "journals 1; 1,061 calls to Xero, 3,939 left today",
        ),
        ([line for name in "aabbccdde" for line in records(name)], "a 2, b 2, c 2, d 2, …"),
    ],
)
def test_a_line_says_what_is_true(lines: list[str], line: str) -> None:
    """Counts come with what is expected, calls as soon as they are known, and a wait until its stream goes on."""
    assert told(*lines) == line


def test_storing_is_told() -> None:
    """When everything has been received, the rest of the time is for storing it."""
    listener = Listener()
    list(listener.listen([*records("journals"), status("journals", "COMPLETE")]))
    assert Progress(listener, STREAMS).line() == "journals 1; 1 of 4 streams read; all received, is being stored"


def reading(came: int, expected: int, seconds: float) -> tuple[Progress, Clocks]:
    """Return the progress of invoices after so many seconds."""
    clocks = Clocks()
    listener = listening([status("invoices", "STARTED"), estimate("invoices", expected)], clocks)
    clocks.advance(seconds)
    hear(listener, records("invoices", came))
    return Progress(listener, STREAMS), clocks


@pytest.mark.parametrize(
    ("came", "expected", "seconds", "left"),
    [
        (100, 400, 60, 180),
        (300, 400, 90, 30),
        (100, 400, 59.9, None),  # the first minute says nothing of the pace
        (0, 400, 600, None),
        (400, 400, 600, None),
        (401, 400, 600, None),
    ],
)
def test_the_time_left_follows_from_the_pace(came: int, expected: int, seconds: float, left: float | None) -> None:
    """A quarter took a minute: three quarters take three. Without a pace that can be trusted there is no time."""
    progress, _ = reading(came, expected, seconds)
    assert progress.seconds_left("invoices") == (None if left is None else pytest.approx(left))


def test_waits_count_as_time_that_a_stream_takes() -> None:
    """What has come in three minutes, two of them a wait, takes three minutes once more, and the rest of the wait before that."""
    progress, clocks = reading(200, 400, 60)
    hear(progress.listener, [waits("invoices", 180)])
    assert progress.seconds_left("invoices") == pytest.approx(120 + 180)
    clocks.advance(90)
    assert progress.seconds_left("invoices") == pytest.approx(30 + 180)
    clocks.advance(30)
    assert progress.seconds_left("invoices") == pytest.approx(180)


def test_the_time_left_does_not_change_when_the_computers_clock_is_set() -> None:
    """Summer time ends, or somebody sets the clock back."""
    progress, clocks = reading(100, 400, 60)
    clocks.calendar -= 3600
    assert progress.seconds_left("invoices") == pytest.approx(180)


def test_a_flat_table_takes_as_long_as_the_stream_whose_pages_it_shares() -> None:
    """Xero counts invoices, not their lines."""
    progress, _ = reading(100, 400, 60)
    assert progress.seconds_left("invoice_line_items") == pytest.approx(180)
    assert Progress(progress.listener, ["invoice_line_items"]).seconds_left("invoice_line_items") is None


def test_a_stream_that_is_over_takes_no_time() -> None:
    """Xero may have counted more than there was."""
    for word in ("COMPLETE", "INCOMPLETE"):
        progress, _ = reading(100, 400, 60)
        hear(progress.listener, [status("invoices", word)])
        assert (progress.seconds_left("invoices"), progress.of("invoices"), progress.running()) == (None, None, [])


def test_the_time_of_the_whole_read_is_told_when_it_is_known_of_every_stream() -> None:
    """One stream that Xero does not count may take longer than all others."""
    progress, _ = reading(100, 400, 60)
    over = [status(name, "COMPLETE") for name in ("journals", "contacts")]
    hear(progress.listener, over[:1])
    assert progress.left() == ""
    hear(progress.listener, over[1:])
    assert progress.left() == "about 3 min left"
    assert progress.line() == "invoices 100 of 400 (about 3 min left); 2 of 4 streams read; about 3 min left"
