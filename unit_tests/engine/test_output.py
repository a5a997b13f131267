"""The queue between the readers and stdout: bounded, and no writer waits for a reader that has gone."""

from __future__ import annotations

import threading
from queue import Empty, Full

import pytest
from airbyte_cdk.sources.types import Record

from source_xero_gl.engine.output import QUEUE_ITEMS, OutputQueue
from source_xero_gl.xero.errors import StoppedError

BOUND_SECONDS = 30


def item(number: int = 0) -> Record:
    """Return something that may be queued."""
    return Record({"JournalNumber": number}, "journals")


def full_queue() -> OutputQueue:
    """Return a queue without room."""
    queue = OutputQueue()
    for number in range(QUEUE_ITEMS):
        queue.put(item(number))
    return queue


def test_items_leave_in_the_order_in_which_they_came() -> None:
    """Records and states keep their order."""
    queue = OutputQueue()
    queue.put(item(1))
    queue.put(item(2), block=False)
    assert [queue.get(timeout=1), queue.get(timeout=1)] == [item(1), item(2)]
    with pytest.raises(Empty):
        queue.get(block=False)


def test_the_queue_is_bounded() -> None:
    """About five pages of journals wait for a slow destination, no more: what waits is lost when the process is killed."""
    queue = full_queue()
    assert queue.qsize() == 500
    with pytest.raises(Full):
        queue.put(item(), block=False)
    with pytest.raises(Full):
        queue.put(item(), timeout=0.01)


def test_a_writer_waits_for_room() -> None:
    """A full queue holds its writer until the reader takes something, and loses nothing."""
    queue = full_queue()
    writer = threading.Thread(target=queue.put, args=[item(QUEUE_ITEMS)])
    writer.start()
    numbers = [queue.get(timeout=BOUND_SECONDS) for _ in range(QUEUE_ITEMS + 1)]
    writer.join(BOUND_SECONDS)
    assert numbers == [item(number) for number in range(QUEUE_ITEMS + 1)]


def test_writers_are_set_free_when_nobody_reads() -> None:
    """Writers that wait when the queue is abandoned end with the error of a sync that was stopped."""
    queue, outcomes = full_queue(), list[str]()

    def write() -> None:
        try:
            queue.put(item())
        except StoppedError:
            outcomes.append("stopped")

    writers = [threading.Thread(target=write) for _ in range(3)]
    for writer in writers:
        writer.start()
    queue.abandon()
    for writer in writers:
        writer.join(BOUND_SECONDS)
    assert outcomes == ["stopped"] * 3


def test_a_writer_that_comes_later_is_refused() -> None:
    """After the end of the reader nothing is queued any more, even where there is room."""
    queue = OutputQueue()
    queue.abandon()
    with pytest.raises(StoppedError):
        queue.put(item())
    assert queue.qsize() == 0
