"""The lines of a log by which a person follows a long read."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any
from unittest import mock

import pytest
from airbyte_cdk.models import AirbyteMessage, Level, Type

from source_xero_gl.engine.flat import FlatStream
from source_xero_gl.engine.hub import readings
from source_xero_gl.engine.progress import Progress
from source_xero_gl.engine.stream import XeroStream
from source_xero_gl.readers.batch import Batch, Object
from source_xero_gl.xero.errors import TRANSIENT, XeroError
from source_xero_gl.xero.gate import Calls, Gate
from unit_tests.engine.test_stream import Scripted
from unit_tests.fake_xero.client import fake_sync

BOUND_SECONDS = 60


class Clock:
    """A monotonic clock that a test moves.

    Attributes:
        now: seconds.
    """

    def __init__(self) -> None:
        """Begin at some instant that is no round number."""
        self.now = 1234.5

    def __call__(self) -> float:
        """Return the seconds."""
        return self.now


class Log:
    """One stream's progress, and what it has said."""

    def __init__(self, cursor_field: str | None = None, calls: Calls | None = None) -> None:
        """Begin to read."""
        self.clock = Clock()
        self.messages: list[AirbyteMessage] = []
        client = mock.Mock()
        client.gate.count.return_value = calls or Calls(7)
        sync = replace(fake_sync(client, put=self.messages.append), clock=self.clock)
        self._progress = Progress("invoices", cursor_field, sync)

    def batch(self, seconds: float, rows: list[Object], lines: int | None = None, expected: int | None = None) -> None:
        """Let so many seconds pass, then a batch come whose objects become ``lines`` records: one each, unless said."""
        self.clock.now += seconds
        self._progress.advance(Batch(rows, None, expected), len(rows) if lines is None else lines)

    def end(self, seconds: float = 0) -> None:
        """Let so many seconds pass, then the read end."""
        self.clock.now += seconds
        self._progress.end()

    @property
    def lines(self) -> list[str]:
        """What has been said."""
        return texts(self.messages)


def texts(messages: Iterable[AirbyteMessage]) -> list[str]:
    """Return the texts of messages, which must all be informative lines of the log."""
    logs = [message.log for message in messages if message.type is Type.LOG and message.log]
    assert {log.level for log in logs} <= {Level.INFO}
    return [log.message for log in logs]


def rows(count: int, **fields: Any) -> list[Object]:
    """Return a number of objects."""
    return [{"InvoiceID": "x", **fields}] * count


def test_a_short_read_says_nothing() -> None:
    """A stream that is read within a minute leaves no line in the log, however many batches it has."""
    log = Log()
    for _ in range(59):
        log.batch(1, rows(1000))
    log.end(0.9)
    assert log.messages == []


def test_a_long_read_says_how_far_it_is() -> None:
    """After a minute a line tells rows, time, position, and the calls of the whole sync."""
    log = Log("UpdatedDateUTC", Calls(1234, 3766))
    log.batch(30, rows(700, UpdatedDateUTC="2026-01-01T00:00:00.000Z"))
    log.batch(30, rows(800, UpdatedDateUTC="2026-01-31T10:20:30.123Z"))
    (line,) = log.lines
    assert line == (
        "invoices: 1,500 records in 1 min, at UpdatedDateUTC 2026-01-31T10:20:30.123Z. "
        "Calls of all streams in this sync: 1,234; left today: 3,766."
    )


def test_calls_that_xero_does_not_count_out_are_left_out() -> None:
    """As long as Xero has not told how many calls are left today, no number stands there."""
    log = Log()
    log.batch(60, rows(1))
    assert log.lines == ["invoices: 1 record in 1 min. Calls of all streams in this sync: 7."]


def test_there_is_a_line_a_minute_at_most() -> None:
    """Ten minutes of batches every four seconds are ten lines."""
    log = Log()
    for _ in range(150):
        log.batch(4, rows(100))
    assert [line.partition(".")[0] for line in log.lines] == [
        f"invoices: {1500 * minute:,} records in {minute} min" for minute in range(1, 11)
    ]


def test_slow_batches_have_a_line_each() -> None:
    """A read whose batches are minutes apart says so with each, and does not make up for what it could not say."""
    log = Log()
    for _ in range(3):
        log.batch(300, rows(100))
    assert [line.partition(".")[0] for line in log.lines] == [
        "invoices: 100 records in 5 min",
        "invoices: 200 records in 10 min",
        "invoices: 300 records in 15 min",
    ]


def test_the_end_of_a_long_read_is_told() -> None:
    """At its end a long read says how many rows it has brought, and in what time."""
    log = Log()
    log.batch(50, rows(100))
    log.end(3600 + 600)
    assert log.lines == ["invoices: all read, 100 records in 1 h 11 min. Calls of all streams in this sync: 7."]


def test_what_remains_is_told_where_xero_counts() -> None:
    """With a count of Xero's the line tells it and estimates the time: 2,000 of 6,000 in 2 minutes leave 4 minutes."""
    log = Log()
    log.batch(30, rows(1000), expected=6000)
    log.batch(90, rows(1000), expected=5001)  # of the next walk, whose header has moved
    assert log.lines[0].startswith("invoices: 2,000 of about 6,000 records in 2 min, about 4 min to go. ")


def test_what_came_before_the_count_is_not_part_of_it() -> None:
    """Rows of a backfill, which has no count, are added to the count of what follows."""
    log = Log()
    log.batch(20, rows(500))
    log.batch(20, rows(500), expected=1000)
    log.batch(20, rows(250))
    assert log.lines[0].startswith("invoices: 1,250 of about 1,500 records in 1 min, about 12 s to go. ")


def test_a_count_that_was_exceeded_is_dropped() -> None:
    """When more rows come than Xero has counted, nothing is said about what remains."""
    log = Log()
    log.batch(60, rows(1001), expected=1000)
    assert log.lines[0].startswith("invoices: 1,001 records in 1 min. ")


def test_nothing_is_invented_where_xero_does_not_count() -> None:
    """Of journals no total is known: neither a total nor a time is given."""
    log = Log("JournalNumber")
    log.batch(60, [{"JournalNumber": number} for number in range(1, 101)])
    assert log.lines[0].startswith("invoices: 100 records in 1 min, at JournalNumber 100. ")


def test_a_flat_twin_counts_lines() -> None:
    """The records of a flat table are lines; Xero counts objects, so the time is estimated and no total of lines is given."""
    log = Log()
    log.batch(60, rows(1000), lines=3500, expected=4000)
    assert log.lines[0].startswith("invoices: 3,500 records in 1 min, about 3 min to go. ")


@pytest.mark.parametrize(
    "values",
    [[3, 1, 2], ["2026-02-01", "2026-01-01"], [1, None], [1, "2"], [None]],
    ids=["numbers", "dates", "a gap", "a mixture", "nothing"],
)
def test_rows_out_of_order_have_no_position(values: list[Any]) -> None:
    """Where a list is not sorted by its cursor, the last row says nothing about the position."""
    log = Log("Stamp")
    log.batch(60, [{"Stamp": value} for value in values])
    assert " at Stamp" not in log.lines[0]


def test_an_empty_batch_says_nothing() -> None:
    """A batch that brings a state alone has no position to tell; the next rows have."""
    log = Log()
    log.batch(60, [])
    log.batch(1, rows(1))
    assert log.lines == ["invoices: 1 record in 1 min. Calls of all streams in this sync: 7."]


class ScriptedLines(FlatStream):
    """Lines of scripted journals."""

    name = "journal_lines"
    lines_field = "JournalLines"
    tracking_field = "TrackingCategories"
    header = ("JournalNumber",)
    key = ("JournalLineID",)

    def __init__(self, batches: list[Batch]) -> None:
        self.nested = Scripted(batches)  # type: ignore[misc] # declarations have one for all


def pages(count: int) -> list[Batch]:
    """Return pages of two journals with three lines each, whose texts must not get into a log."""
    line = {"JournalLineID": "secret-line", "Description": "secret text", "NetAmount": 123.45}
    return [
        Batch(
            [{"JournalID": "secret-id", "JournalNumber": 2 * page + n, "JournalLines": [line] * 3} for n in (1, 2)],
            {"JournalNumber": 2 * page + 2},
        )
        for page in range(count)
    ]


def read(stream: XeroStream, step: float, queue: list[Any]) -> None:
    """Read a stream while a clock moves on by ``step`` with each record; records and messages are queued in their order."""
    clock = Clock()
    sync = replace(fake_sync(put=queue.append), clock=clock)
    (reading,) = readings([(stream, {})], sync)
    (partition,) = reading.generate_partitions()
    for record in partition.read():
        queue.append(record)
        clock.now += step


@pytest.mark.parametrize(
    ("stream", "name", "lines"),
    [(Scripted, "journals", 1), (ScriptedLines, "journal_lines", 3)],
    ids=["nested", "flat"],
)
def test_a_line_follows_the_records_that_it_counts(
    stream: Callable[[list[Batch]], XeroStream], name: str, lines: int
) -> None:
    """A line is queued behind its page and that page's state, and before the next page."""
    queue: list[Any] = []
    read(stream(pages(3)), 30 / lines, queue)
    kinds = "".join("R" if not isinstance(item, AirbyteMessage) else item.type.value[0] for item in queue)
    page = "R" * 2 * lines + "SL"
    assert kinds == page * 3 + "L"
    told = texts(item for item in queue if isinstance(item, AirbyteMessage))
    counted = [f"{name}: {2 * lines * n} records in {n} min, at JournalNumber {2 * n}. " for n in (1, 2, 3)]
    assert [line.partition("Calls")[0] for line in told[:3]] == counted
    assert not [line for line in told if "secret" in line or "123.45" in line]


def test_a_read_that_fails_does_not_end() -> None:
    """A stream that could not be read to its end never says that it was."""
    queue: list[Any] = []
    with pytest.raises(XeroError):
        read(Scripted(pages(1), XeroError(TRANSIENT, "No.")), 40, queue)
    told = texts(item for item in queue if isinstance(item, AirbyteMessage))
    assert [line.partition(",")[0] for line in told] == ["journals: 2 records in 1 min"]


def test_the_gate_knows_the_calls_that_are_left() -> None:
    """What Xero said with an answer is counted down by the calls that have been made since, never below zero."""
    gate = Gate(60, threading.Event())
    assert gate.count() == Calls(0, None)
    with gate.slot() as send:
        gate.observe(send, {"X-DayLimit-Remaining": "1"})
    assert gate.count() == Calls(1, 1)
    for _ in range(2):
        with gate.slot():
            pass
    assert gate.count() == Calls(3, 0)
