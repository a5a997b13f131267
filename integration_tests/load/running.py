"""A sync under way, whose output is taken as slowly as a test wants and which may be ended at any moment."""

from __future__ import annotations

import signal
import subprocess
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from integration_tests.connector import Connector
from integration_tests.protocol import LONGEST_RUN_SECONDS, Json, Output, parse

if TYPE_CHECKING:
    from typing_extensions import Self

DATA = (b'{"type":"RECORD"', b'{"type":"STATE"')
"""How lines begin that a destination keeps."""


class Running:
    """The connector as a process, started with the ``with`` block and gone behind it.

    Args:
        connector: gives command line and environment.
        config: settings, or the file that holds them.
        streams: names of the streams to read.
        state: what an earlier sync left; None to begin.
    """

    def __init__(
        self, connector: Connector, config: Json | Path, *streams: str, state: list[Json] | None = None
    ) -> None:
        self._line = connector.read_line(config, *streams, state=state or None)
        self._environment = dict(connector.environment)
        self._taken: list[bytes] = []
        self._open = ExitStack()

    def __enter__(self) -> Self:
        """Start the process."""
        self._errors = self._open.enter_context(tempfile.TemporaryFile())
        self.process = subprocess.Popen(self._line, stdout=subprocess.PIPE, stderr=self._errors, env=self._environment)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the process if it still runs."""
        self.process.kill()
        self.process.wait()
        if self.process.stdout:
            self.process.stdout.close()
        self._open.close()

    def take(self, count: int, *, begins: bytes | tuple[bytes, ...] = DATA, pause_s: float = 0.0) -> int:
        """Take lines up to the ``count``-th that begins so, or to the end; say how many of these came."""
        assert self.process.stdout
        found = 0
        while found < count:
            line = self.process.stdout.readline()
            if not line:
                break
            self._taken.append(line)
            found += line.startswith(begins)
            time.sleep(pause_s)
        return found

    def kill(self) -> Output:
        """End the process by SIGKILL; give what had reached its output, without a line that was cut."""
        self.process.kill()
        return self._output(whole=False)

    def terminate(self) -> Output:
        """End the process by SIGTERM; give its output, in which no line may be cut."""
        self.process.send_signal(signal.SIGTERM)
        return self._output(whole=True)

    def finish(self) -> Output:
        """Take the rest and wait for the end."""
        return self._output(whole=True)

    def _output(self, *, whole: bool) -> Output:
        assert self.process.stdout
        text = b"".join([*self._taken, self.process.stdout.read()])
        status = self.process.wait(LONGEST_RUN_SECONDS)
        self._errors.seek(0)
        errors = self._errors.read().decode()
        return parse((text if whole else text[: text.rfind(b"\n") + 1]).decode(), errors, status)
