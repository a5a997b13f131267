"""The cursor: a state for each checkpoint, in order, never changed later and never older."""

from __future__ import annotations

from typing import Any

from airbyte_cdk.models import AirbyteMessage, Type
from airbyte_cdk.sources.message import InMemoryMessageRepository

from source_xero_gl.engine.cursor import CheckpointCursor


class Outlets:
    """The two ways on which the states of a stream leave."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.queue: list[AirbyteMessage] = []
        self.messages = InMemoryMessageRepository()

    def cursor(self, state: dict[str, Any]) -> CheckpointCursor:
        """Return the cursor of journals that begins at a state."""
        return CheckpointCursor("journals", state, self.queue.append, self.messages)

    def queued(self) -> list[dict[str, Any]]:
        """Return the states that went to the queue of the records."""
        return contents(self.queue)

    def emitted(self) -> list[dict[str, Any]]:
        """Return the states that went out by the engine since the last look."""
        return contents(list(self.messages.consume_queue()))


def contents(messages: list[AirbyteMessage]) -> list[dict[str, Any]]:
    """Return the contents of states."""
    found = [message.state.stream for message in messages if message.state]
    return [dict(stream.stream_state.__dict__) for stream in found if stream and stream.stream_state]


def test_each_checkpoint_is_a_message() -> None:
    """Every checkpoint goes at once to the queue of the records, as a STATE of its stream, in the order in which it was made."""
    outlets = Outlets()
    cursor = outlets.cursor({})
    cursor.checkpoint({"JournalNumber": 1})
    (message,) = outlets.queue
    assert message.type is Type.STATE
    assert message.state
    assert message.state.stream
    assert message.state.stream.stream_descriptor.name == "journals"
    cursor.checkpoint({"JournalNumber": 2})
    cursor.checkpoint({"JournalNumber": 3})
    assert outlets.queued() == [{"JournalNumber": 1}, {"JournalNumber": 2}, {"JournalNumber": 3}]
    assert outlets.emitted() == []


def test_a_queued_state_does_not_change() -> None:
    """A state that still waits in the queue leaves with the content of its own checkpoint."""
    outlets, content = Outlets(), {"JournalNumber": 1, "backfill": {"JournalNumber": 5}}
    cursor = outlets.cursor({})
    cursor.checkpoint(content)
    content["JournalNumber"], content["backfill"] = 2, {"JournalNumber": 6}
    cursor.state["JournalNumber"] = 3
    cursor.state["backfill"]["JournalNumber"] = 7
    assert outlets.queued() == [{"JournalNumber": 1, "backfill": {"JournalNumber": 5}}]
    assert cursor.state == {"JournalNumber": 1, "backfill": {"JournalNumber": 5}}


def test_a_stream_that_failed_at_once_repeats_its_state() -> None:
    """When nothing was checkpointed the state that came in goes out again, so that a platform does not lose it.

    The engine asks for it from the thread that reads the queue, which must not wait for room in the queue.
    """
    outlets = Outlets()
    cursor = outlets.cursor({"JournalNumber": 7})
    assert dict(cursor.state) == {"JournalNumber": 7}
    cursor.ensure_at_least_one_state_emitted()
    assert (outlets.emitted(), outlets.queued()) == ([{"JournalNumber": 7}], [])


def test_no_state_follows_that_is_older() -> None:
    """Once a state was emitted the engine's last request emits no other."""
    outlets = Outlets()
    cursor = outlets.cursor({"JournalNumber": 7})
    cursor.checkpoint({"JournalNumber": 8})
    cursor.ensure_at_least_one_state_emitted()
    assert (outlets.emitted(), outlets.queued()) == ([], [{"JournalNumber": 8}])


def test_a_first_sync_that_failed_at_once_has_no_state() -> None:
    """Without a state that came in and without a checkpoint there is nothing to say."""
    outlets = Outlets()
    outlets.cursor({}).ensure_at_least_one_state_emitted()
    assert (outlets.emitted(), outlets.queue) == ([], [])
