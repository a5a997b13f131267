"""What was received and is not stored survives a kill: records and states, in order, and no token."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from source_xero_gl.commands.sync.received import Received, states


def record(stream: str, number: int) -> str:
    """Give a line with a record, as the connector writes it."""
    return f'{{"type":"RECORD","record":{{"stream":"{stream}","data":{{"n":{number}}}}}}}\n'


def state(stream: str, number: int = 1) -> str:
    """Give a line with a state."""
    body = {"type": "STREAM", "stream": {"stream_descriptor": {"name": stream}, "stream_state": {"n": number}}}
    return json.dumps({"type": "STATE", "state": body}, separators=(",", ":")) + "\n"


CONTROL = '{"type":"CONTROL","control":{"connectorConfig":{"config":{"credentials":{"refresh_token":"next"}}}}}\n'
LOG = '{"type":"LOG","log":{"level":"INFO","message":"halfway"}}\n'


@pytest.fixture
def received(tmp_path: Path) -> Received:
    """Give an empty one."""
    return Received(tmp_path / "received.jsonl")


def test_records_and_states_are_kept_and_nothing_else(received: Received, tmp_path: Path) -> None:
    """What must be stored is there in its order; messages that could hold a token, and lines of the log, are not."""
    lines = [record("journals", 1), CONTROL, record("accounts", 1), LOG, state("journals")]
    with received.recording({}) as recorder:
        for line in lines:
            recorder.note(line)
    assert list(received.lines({"journals", "accounts"})) == [lines[0], lines[2], lines[4]]
    assert (tmp_path / "received.jsonl").stat().st_mode & 0o777 == 0o600


def test_a_state_is_on_disk_with_the_records_before_it(received: Received) -> None:
    """When a state has been noted, it and its records can be read, although the file was never closed."""
    with received.recording({}) as recorder:
        recorder.note(record("journals", 1))
        recorder.note(state("journals"))
        assert list(received.lines({"journals"})) == [record("journals", 1), state("journals")]


def test_a_line_that_was_cut_off_does_not_count(received: Received, tmp_path: Path) -> None:
    """A kill in the middle of a write costs that line alone."""
    whole = record("journals", 1) + state("journals")
    (tmp_path / "received.jsonl").write_text(whole + record("journals", 2)[:-9], encoding="utf-8")
    assert "".join(received.lines({"journals"})) == whole


def test_streams_can_be_picked(received: Received) -> None:
    """The streams with messages are known, and those that are not wanted any more can be left out."""
    with received.recording({}) as recorder:
        for line in (record("journals", 1), state("accounts"), record("accounts", 1)):
            recorder.note(line)
    assert received.streams() == {"journals", "accounts"}
    assert list(received.lines({"accounts"})) == [state("accounts"), record("accounts", 1)]


def test_what_was_stored_is_forgotten(received: Received) -> None:
    """After it was stored nothing waits; to forget nothing is allowed."""
    received.clear()
    with received.recording({}) as recorder:
        recorder.note(state("journals"))
    assert received.waits
    received.clear()
    assert not received.waits


@pytest.mark.parametrize(
    ("began", "stored", "follows"),
    [
        ({}, {}, True),
        ({}, {"journals": {"n": 9}}, True),
        ({"journals": {"n": 1}}, {"journals": {"n": 1}}, True),
        ({"journals": {"n": 1}}, {"journals": {"n": 2}}, True),
        ({"journals": {"n": 1}}, {"journals": {"n": 3}}, True),
        ({"journals": {"n": 1}}, {}, False),
        ({"journals": {"n": 1}}, {"journals": {"n": 0}}, False),
        ({"accounts": {"n": 1}}, {}, True),
    ],
)
def test_only_what_goes_on_from_the_database_may_be_stored(
    received: Received, began: dict[str, object], stored: dict[str, object], *, follows: bool
) -> None:
    """A later state would hide older records from a database that lacks them: one that was deleted, or is from an earlier day."""
    with received.recording(began) as recorder:
        for line in (record("journals", 2), state("journals", 2), record("journals", 3), state("journals", 3)):
            recorder.note(line)
    assert received.following(stored) == ({"journals"} if follows else set())


def test_states_are_read_from_the_file_that_the_connector_gets() -> None:
    """Each stream's state, by its name."""
    text = json.dumps([json.loads(state(name))["state"] for name in ("journals", "accounts")])
    assert states(text) == {"journals": {"n": 1}, "accounts": {"n": 1}}
