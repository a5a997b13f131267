"""What the connector has sent and the database does not have yet, in a file: a sync that is killed has not paid for nothing."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, TextIO

from source_xero_gl.commands.sync.listener import RECORD

_STATE = '{"type":"STATE"'
_BEGAN = '{"began":'


class Received:
    """The records and states of one organisation that are not stored yet.

    Records are certain to be in the file when the state that follows them is: they are written together. Tokens never get there.
    The first line has the states from which the read began: a database without the records before them must not get the rest.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def waits(self) -> bool:
        """Whether there is something to store from a sync that was killed."""
        return self._path.exists()

    @contextlib.contextmanager
    def recording(self, began: Mapping[str, Any]) -> Iterator[Recorder]:
        """Open the file for a sync that begins; ``began`` has, by stream, the states from which it goes on."""
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(f"{_BEGAN}{json.dumps(began)}}}\n")
            yield Recorder(file)

    def streams(self) -> set[str]:
        """Return the streams that have something in the file."""
        return {stream for stream, _ in self._messages()}

    def following(self, stored: Mapping[str, Any]) -> set[str]:
        """Return those of the streams that go on from what a database holds, whose states are ``stored``.

        A stream goes on from there when it was read from its beginning, when the database has the state from which the read went
        on, or when it has a state of this file, because a part was stored before the kill. Any other database was deleted, or
        restored from an earlier day: a later state would hide from it what lies between.
        """
        with self._path.open(encoding="utf-8") as file:
            first = file.readline()
        fitting = json.loads(first)["began"] if first.startswith(_BEGAN) and first.endswith("\n") else {}
        held = {stream: stored.get(stream) == state for stream, state in fitting.items()}
        for stream, line in self._messages():
            if not held.get(stream, True) and line.startswith(_STATE):
                held[stream] = json.loads(line)["state"]["stream"]["stream_state"] == stored.get(stream)
        return {stream for stream in self.streams() if held.get(stream, True)}

    def lines(self, streams: Collection[str]) -> Iterator[str]:
        """Return the messages of some streams, in the order in which they came."""
        return (line for stream, line in self._messages() if stream in streams)

    def clear(self) -> None:
        """Forget everything: it is stored."""
        self._path.unlink(missing_ok=True)

    def _messages(self) -> Iterator[tuple[str, str]]:
        with self._path.open(encoding="utf-8") as file:
            for line in file:
                if line.endswith("\n") and not line.startswith(_BEGAN):  # the last one may be cut off
                    yield _stream(line), line


class Recorder:
    """Writes what arrives."""

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def note(self, line: str) -> None:
        """Keep a line if it is a record or a state."""
        if RECORD.match(line):
            self._file.write(line)
        elif line.startswith(_STATE):
            self._file.write(line)
            self._file.flush()


def states(text: str) -> dict[str, Any]:
    """Return the states of a state file as the connector gets it, by stream."""
    streams = (message["stream"] for message in json.loads(text))
    return {stream["stream_descriptor"]["name"]: stream["stream_state"] for stream in streams}


def _stream(line: str) -> str:
    record = RECORD.match(line)
    return record[1] if record else str(json.loads(line)["state"]["stream"]["stream_descriptor"]["name"])
