"""The connector in processes forked from one that has imported it already: importing takes most of the time of a short command.

What is run is ``source_xero_gl.run.main``, which the console script calls too; ``test_commands.py`` runs that script itself.
"""

from __future__ import annotations

import importlib
import multiprocessing
import os
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from multiprocessing.context import ForkServerProcess
from pathlib import Path

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["source_xero_gl.protocol", "source_xero_gl.commands.connect.command"])


class Forked(ForkServerProcess):
    """A process of the connector.

    Args:
        arguments: what follows the name of the console script.
        environment: all variables of the process; those that count when modules are imported must be the same as here.
        stdout: a file, or a named pipe.
        stderr: likewise.
    """

    def __init__(self, arguments: Sequence[str], environment: Mapping[str, str], stdout: Path, stderr: Path) -> None:
        outputs = [str(stdout), str(stderr)]
        super().__init__(target=_connector, args=(list(arguments), dict(environment), Path.cwd(), outputs))

    def send_signal(self, number: int) -> None:
        """Send a signal, unless the process has ended."""
        if self.pid is not None and self.exitcode is None:
            os.kill(self.pid, number)

    def ended(self, timeout: float) -> int:
        """Wait for the end, and give the exit status: negative after a signal that was not handled.

        Raises:
            TimeoutError: the process still ran after so many seconds; it was killed.
        """
        self.join(timeout)
        if self.exitcode is None:
            self.kill()
            self.join()
            raise TimeoutError(f"the connector took longer than {timeout} seconds")
        return self.exitcode


def forked(arguments: Sequence[str], environment: Mapping[str, str], timeout: float) -> tuple[str, str, int]:
    """Run a command of the connector to its end; give stdout, stderr and the exit status."""
    with tempfile.TemporaryDirectory(prefix="forked-") as folder:
        stdout, stderr = Path(folder) / "stdout", Path(folder) / "stderr"
        process = Forked(arguments, environment, stdout, stderr)
        process.start()
        status = process.ended(timeout)
        return stdout.read_bytes().decode(), stderr.read_bytes().decode(), status


def _connector(arguments: list[str], environment: dict[str, str], folder: Path, outputs: list[str]) -> None:
    """Become the connector: in the new process."""
    main = importlib.import_module("source_xero_gl.run").main  # the server of forks has imported it

    for number, path in enumerate(outputs, start=1):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT), number)
    sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = os.fdopen(2, "w", encoding="utf-8", closefd=False, buffering=1, errors="backslashreplace")
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    os.chdir(folder)
    sys.argv = ["source-xero-gl", *arguments]
    main()
