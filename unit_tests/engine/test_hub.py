"""A nested stream and its flat table: one reading where both have the same state, and states that stay the same."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from airbyte_cdk.models import AirbyteMessage
from airbyte_cdk.sources.streams.concurrent.default_stream import DefaultStream

from source_xero_gl.engine import hub
from source_xero_gl.engine.flat import FlatStream
from source_xero_gl.engine.hub import Hub, readings
from source_xero_gl.engine.output import OutputQueue
from source_xero_gl.engine.stream import XeroStream
from source_xero_gl.readers.batch import Batch, State, XeroList
from source_xero_gl.xero.errors import CONFIG, Kind, StoppedError, XeroError
from unit_tests.fake_xero.client import NotedFailures, fake_sync
from unit_tests.fake_xero.wire import TENANT

PATIENCE_SECONDS = 20.0
"""After which a thread counts as stuck."""

NAMES = ("journals", "journal_lines")


def page(number: int, rows: int = 2) -> Batch:
    """Return a page of journals of two lines each; its state is its number."""
    lines = [{"JournalLineID": "1"}, {"JournalLineID": "2"}]
    found = [{"JournalID": f"{number}-{row}", "JournalNumber": number, "JournalLines": lines} for row in range(rows)]
    return Batch(found, {"JournalNumber": number, "TenantID": TENANT})


class Book:
    """A reader of a ledger, and which pages it has read."""

    cursor_field = "JournalNumber"

    def __init__(self, pages: int, error: Exception | None = None) -> None:
        """Hold so many pages, then end with the error."""
        self.pages = pages
        self.error = error
        self.reads: list[int] = []

    def batches(self, xero_list: XeroList, state: State | None) -> Iterator[Batch]:
        """Read on from a state."""
        del xero_list
        for number in range(1 if state is None else state["JournalNumber"] + 1, self.pages + 1):
            self.reads.append(number)
            yield page(number, number % 3)
        if self.error:
            raise self.error


class Nested(XeroStream):
    """Journals from a book."""

    name = "journals"
    path = "Journals"
    records_key = "Journals"
    key = ("JournalID",)

    def __init__(self, book: Book) -> None:
        self.reader = book  # type: ignore[misc] # declarations have one for all


class Flat(FlatStream):
    """Their lines."""

    name = "journal_lines"
    lines_field = "JournalLines"
    tracking_field = "TrackingCategories"
    header = ("JournalID", "JournalNumber")
    key = ("JournalLineID",)

    def __init__(self, book: Book) -> None:
        self.nested = Nested(book)  # type: ignore[misc] # declarations have one for all


class Platform:
    """What leaves a sync of threads that are scheduled at random, in one order: records and states by stream."""

    def __init__(self, seed: int = 0) -> None:
        """Schedule by a seed."""
        self.messages: list[tuple[str, int | None]] = []
        failures = NotedFailures()
        self.failed = failures.errors
        self._chance = random.Random(seed)
        self.sync = fake_sync(put=self._put, failures=failures)

    def run(self, book: Book, **states: dict[str, Any]) -> list[tuple[str, int | None]]:
        """Read both streams on from their states, and return the messages."""
        selected = [(Nested(book), states.get("journals", {})), (Flat(book), states.get("journal_lines", {}))]
        in_threads([self._reader(stream) for stream in readings(selected, self.sync)])
        return self.messages

    def states(self, cut: int | None = None) -> dict[str, int | None]:
        """Return the last states of a sync that was killed after so many messages."""
        last: dict[str, int | None] = dict.fromkeys(NAMES)
        return last | {name: number for name, number in self.messages[:cut] if number is not None}

    def _reader(self, stream: DefaultStream) -> Callable[[], None]:
        def read() -> None:
            try:
                for partition in stream.generate_partitions():
                    for _ in partition.read():
                        self._say(stream.name, None)
            except XeroError:
                assert stream.name in self.failed

        return read

    def _put(self, message: AirbyteMessage) -> None:
        assert message.state
        assert message.state.stream
        assert message.state.stream.stream_state
        self._say(
            message.state.stream.stream_descriptor.name, message.state.stream.stream_state.__dict__["JournalNumber"]
        )

    def _say(self, name: str, state: int | None) -> None:
        if self._chance.random() < 0.3:
            time.sleep(self._chance.random() / 1_000)
        self.messages.append((name, state))


def in_threads(works: list[Callable[[], None]]) -> None:
    """Run all at the same time, to the end of each."""
    threads = [threading.Thread(target=work, daemon=True) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_SECONDS)
    assert not [thread for thread in threads if thread.is_alive()], "a stream waits for ever"


def at(number: int) -> dict[str, Any]:
    """Return the state of a stream."""
    return {"JournalNumber": number, "TenantID": TENANT}


def test_twins_at_the_same_state_share_one_reading() -> None:
    """Every page is read once, whether both begin or both go on; each stream gets all of its records and states."""
    for states, first in ({}, 1), (dict.fromkeys(NAMES, at(3)), 4):
        platform, book = Platform(), Book(9)
        messages = platform.run(book, **states)
        assert book.reads == list(range(first, 10))
        journals = sum(number % 3 for number in book.reads)
        assert messages.count(("journals", None)) == journals
        assert messages.count(("journal_lines", None)) == 2 * journals
        for name in NAMES:
            assert [state for stream, state in messages if stream == name and state] == book.reads


def test_twins_at_different_states_do_not() -> None:
    """Each is read on from where it stands: nothing is skipped for one, and nothing repeated for the other."""
    platform, book = Platform(), Book(5)
    messages = platform.run(book, journals=at(3), journal_lines=at(2))
    assert sorted(book.reads) == [3, 4, 4, 5, 5]
    assert [state for stream, state in messages if stream == "journals" and state] == [4, 5]
    assert [state for stream, state in messages if stream == "journal_lines" and state] == [3, 4, 5]
    assert platform.states() == dict.fromkeys(NAMES, 5)


def test_a_stream_by_itself_reads_alone() -> None:
    """A flat table without its nested stream brings its records."""
    book, rows = Book(2), list[dict[str, Any]]()
    (stream,) = readings([(Flat(book), {})], fake_sync())
    for partition in stream.generate_partitions():
        rows += [dict(record.data) for record in partition.read()]
    assert [(row["JournalID"], row["LineNumber"]) for row in rows] == [
        ("1-0", 1),
        ("1-0", 2),
        ("2-0", 1),
        ("2-0", 2),
        ("2-1", 1),
        ("2-1", 2),
    ]


@pytest.mark.parametrize("seed", range(12))
def test_a_sync_may_be_killed_anywhere(seed: int) -> None:
    """After every message the two states are equal or the next message makes them so, and the rows of both are out."""
    platform = Platform(seed)
    messages = platform.run(Book(12))
    records = {"journals": 0, "journal_lines": 0}
    for cut, (name, state) in enumerate(messages, start=1):
        if state is None:
            records[name] += 1
            assert len(set(platform.states(cut).values())) == 1, "rows came between two states"
            continue
        assert len(set(platform.states(cut).values())) == 1 or len(set(platform.states(cut + 1).values())) == 1
        journals = sum(number % 3 for number in range(1, state + 1))
        assert records == {"journals": journals, "journal_lines": 2 * journals}
    assert platform.states() == dict.fromkeys(NAMES, 12)


@pytest.mark.parametrize(("name", "other"), [NAMES, NAMES[::-1]])
def test_killed_between_two_states_the_next_sync_brings_them_together(name: str, other: str) -> None:
    """A stream that is a page behind reads that page again; from then on one reading serves both."""
    platform = Platform()
    platform.run(Book(6), **{name: at(4), other: at(3)})
    states = platform.states()
    book = Book(8)
    Platform().run(book, **{stream: at(number or 0) for stream, number in states.items()})
    assert book.reads == [7, 8]


@pytest.mark.parametrize("error", [XeroError(CONFIG, "Xero refuses."), KeyError("Ledger Holdings")])
def test_an_error_reaches_both(error: Exception) -> None:
    """What the reading raises ends both streams after the records before it, each under its own name."""
    platform = Platform()
    platform.run(Book(3, error))
    assert platform.states() == dict.fromkeys(NAMES, 3)
    assert platform.failed.keys() == set(NAMES)
    for name, told in platform.failed.items():
        expected = error.message if isinstance(error, XeroError) else f"Reading {name}"
        assert str(expected) in str(told.message)
        assert "Ledger" not in f"{told} {told.internal_message}"


def collect(batches: Iterator[Batch], taken: list[Batch], most: int | None = None) -> Callable[[], None]:
    """Return what takes batches, so many at most, then leaves."""

    def take() -> None:
        for batch in batches:
            taken.append(batch)
            if len(taken) == most:
                break
        close = getattr(batches, "close", None)
        assert close
        close()

    return take


@pytest.mark.parametrize("most", [1, 2, 3, 8])
def test_one_that_leaves_does_not_block_the_other(most: int) -> None:
    """A stream that ends early, because it failed, is not waited for."""
    shared = Hub(iter([page(number) for number in range(1, 5)]), 2, OutputQueue())
    early, late = list[Batch](), list[Batch]()
    in_threads([collect(shared.subscribe(), early, most), collect(shared.subscribe(), late)])
    assert [batch.state["JournalNumber"] for batch in late if batch.state] == [1, 2, 3, 4]
    assert early == late[:most]


def test_every_subscriber_gets_every_batch_in_order() -> None:
    """Many subscribers, many batches: rows, then their state, page by page."""
    pages = [page(number, rows=3) for number in range(1, 101)]
    shared, taken = Hub(iter(pages), 8, OutputQueue()), [list[Batch]() for _ in range(8)]
    in_threads([collect(shared.subscribe(), batches) for batches in taken])
    steps = [step for one in pages for step in (Batch(one.objects), Batch([], one.state))]
    assert taken == [steps] * 8


def test_the_end_of_a_sync_frees_who_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stream that never comes is not waited for once the sync is over."""
    monkeypatch.setattr(hub, "_POLL_SECONDS", 0.001)
    queue, outcome = OutputQueue(), list[object]()
    shared = Hub(iter([page(1)]), 2, queue)

    def wait() -> None:
        try:
            next(shared.subscribe())
        except StoppedError as error:
            outcome.append(error.kind)

    ending = threading.Timer(0.05, queue.abandon)
    ending.start()
    in_threads([wait])
    ending.join()
    assert outcome == [Kind.STOPPED]


def test_a_page_that_is_only_a_state_is_one_step() -> None:
    """No rows are handed out twice, and a batch without a state ends no step."""
    shared = Hub(iter([Batch([{"JournalID": "a"}], None, 7), Batch([], at(1))]), 1, OutputQueue())
    assert list(shared.subscribe()) == [Batch([{"JournalID": "a"}], None, 7), Batch([]), Batch([], at(1))]


@pytest.mark.parametrize("lines", [[None], ["text"], {"JournalLineID": "1"}, [{"TrackingCategories": [None]}]])
def test_a_twin_that_cannot_read_a_row_fails_alone(lines: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines of another form end the flat table with a sentence about them; the nested stream comes to its end."""
    pages = {number: page(number) for number in range(1, 4)}
    pages[2].objects[0]["JournalLines"] = lines
    monkeypatch.setattr(Book, "batches", lambda *_: iter(pages.values()))
    platform = Platform()
    assert platform.run(Book(3))[-1] == ("journals", 3)
    assert platform.failed.keys() == {"journal_lines"}
    assert "JournalLines" in str(platform.failed["journal_lines"].message)


def test_a_state_that_cannot_be_read_fails_its_stream_alone() -> None:
    """Of two streams with such a state and without, the second one is read to its end."""
    platform = Platform()
    platform.run(Book(3), journals={"TenantID": TENANT})
    assert platform.failed.keys() == {"journals"}
    assert platform.states()["journal_lines"] == 3
