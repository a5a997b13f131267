"""When the log says how many calls a sync has made."""

from __future__ import annotations

from source_xero_gl.engine.sync import CALLS_SECONDS, CallsDue

BEGAN = 1234.5


def test_a_short_sync_has_no_line() -> None:
    """The line at the end is enough."""
    due = CallsDue(BEGAN)
    assert not any(due.take(BEGAN + second, waits=False) for second in range(30))


def test_there_is_a_line_every_half_minute() -> None:
    """However many streams bring pages, the log does not fill."""
    due = CallsDue(BEGAN)
    told = [second for second in range(121) if due.take(BEGAN + second, waits=False)]
    assert told == [30, 60, 90, 120]
    assert CALLS_SECONDS == 30


def test_a_wait_is_told_with_the_calls_before_it() -> None:
    """Also soon after another line; streams that wait for the same minute have one line."""
    due = CallsDue(BEGAN)
    assert due.take(BEGAN + 30, waits=False)
    assert [due.take(BEGAN + second, waits=True) for second in (31, 31, 33)] == [True, False, False]
    assert not due.take(BEGAN + 60, waits=False)
    assert due.take(BEGAN + 91, waits=True)
