"""The connector as a process for PyAirbyte, which takes its messages line by line."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TextIO

from source_xero_gl.commands.sync.listener import Listener
from source_xero_gl.commands.sync.received import Received
from source_xero_gl.commands.sync.stopping import Stop
from source_xero_gl.wording import PROGRAM

EXECUTABLE = Path(sys.executable).with_name(PROGRAM)


class ConnectorFailedError(Exception):
    """The connector ended with another status than 0."""


class Connector:
    """Runs commands of the connector.

    PyAirbyte throws away what a read that failed has received, and the next one would spend the same calls again. So a failure
    of ``read`` is hidden from it: it stores the records and their state, and ``failed`` says what happened.
    """

    def __init__(
        self, listener: Listener, received: Received, stop: Stop, log: TextIO, environment: Mapping[str, str]
    ) -> None:
        """Wire a connector; it gets ``environment`` beside the variables of this process, and its stderr goes to ``log``."""
        self.failed = False
        self._listener = listener
        self._received = received
        self._stop = stop
        self._log = log
        self._environment = environment

    def execute(self, args: Sequence[str], **options: Any) -> Iterator[str]:
        """Run a command and return its output: the ``execute`` of PyAirbyte's executors.

        Raises:
            ConnectorFailedError: another command than ``read`` has failed.
        """
        del options  # PyAirbyte's choices about stdin and stderr: a source reads nothing
        if args[0] != "read":
            yield from self._lines(args)
            if self.failed:
                raise ConnectorFailedError
            return
        with self._received.recording() as recorder:
            for line in self._listener.listen(self._lines(args)):
                recorder.note(line)
                yield line

    def _lines(self, args: Sequence[str]) -> Iterator[str]:
        # In a session of its own: Ctrl-C on a terminal reaches this process alone, which then stops the connector.
        with (
            subprocess.Popen(  # noqa: S603 - our own program, with arguments of PyAirbyte's
                [str(EXECUTABLE), *args],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=self._log,
                encoding="utf-8",
                env={**os.environ, **self._environment},
                start_new_session=True,
            ) as process,
            self._stop.child(process),
        ):
            if process.stdout is not None:
                yield from process.stdout
            self.failed = process.wait() != 0
