"""What the connector has sent and the database does not have yet, in a file: a sync that is killed has not paid for nothing."""

from __future__ import annotations

import contextlib
import json
import os
import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import TextIO

_RECORD = re.compile(r'\{"type":"RECORD","record":\{"stream":"([^"]+)"')
_STATE = '{"type":"STATE"'


class Received:
    """The records and states of one organisation that are not stored yet.

    Records are certain to be in the file when the state that follows them is: they are written together. Tokens never get there.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def waits(self) -> bool:
        """Whether there is something to store from a sync that was killed."""
        return self._path.exists()

    @contextlib.contextmanager
    def recording(self) -> Iterator[Recorder]:
        """Open the file for a sync that begins."""
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            yield Recorder(file)

    def streams(self) -> set[str]:
        """Return the streams that have something in the file."""
        return {stream for stream, _ in self._messages()}

    def lines(self, streams: Collection[str]) -> Iterator[str]:
        """Return the messages of some streams, in the order in which they came."""
        return (line for stream, line in self._messages() if stream in streams)

    def clear(self) -> None:
        """Forget everything: it is stored."""
        self._path.unlink(missing_ok=True)

    def _messages(self) -> Iterator[tuple[str, str]]:
        with self._path.open(encoding="utf-8") as file:
            for line in file:
                if line.endswith("\n"):  # the last one may be cut off
                    yield _stream(line), line


class Recorder:
    """Writes what arrives."""

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def note(self, line: str) -> None:
        """Keep a line if it is a record or a state."""
        if _RECORD.match(line):
            self._file.write(line)
        elif line.startswith(_STATE):
            self._file.write(line)
            self._file.flush()


def _stream(line: str) -> str:
    record = _RECORD.match(line)
    return record[1] if record else str(json.loads(line)["state"]["stream"]["stream_descriptor"]["name"])
