"""The connector in processes forked from one that has imported it already: importing takes most of the time of a short command.

What is run is ``source_xero_gl.run.main``, which the console script calls too; ``test_commands.py`` runs that script itself.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["source_xero_gl.run"])


def forked(arguments: Sequence[str], environment: Mapping[str, str], timeout: float) -> tuple[str, str, int]:
    """Run a command of the connector to its end.

    Args:
        arguments: what follows the name of the console script.
        environment: all variables of the process; those that count when modules are imported must be the same as here.
        timeout: seconds.

    Returns:
        stdout, stderr and the exit status, negative after a signal that was not handled.

    Raises:
        TimeoutError: the command still ran when the time was up; it was killed.
    """
    with tempfile.TemporaryDirectory(prefix="forked-") as folder:
        outputs = [str(Path(folder) / name) for name in ("stdout", "stderr")]
        process = _CONTEXT.Process(target=_connector, args=(list(arguments), dict(environment), Path.cwd(), outputs))
        process.start()
        process.join(timeout)
        if process.exitcode is None:
            process.kill()
            process.join()
            raise TimeoutError(f"{arguments} took longer than {timeout} seconds")
        stdout, stderr = (Path(path).read_bytes().decode() for path in outputs)
        return stdout, stderr, process.exitcode


def _connector(arguments: list[str], environment: dict[str, str], folder: Path, outputs: list[str]) -> None:
    """Become the connector: in the new process."""
    from source_xero_gl.run import main  # noqa: PLC0415 - imported before the fork, and in no other process

    for number, path in enumerate(outputs, start=1):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT), number)
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    os.chdir(folder)
    sys.argv = ["source-xero-gl", *arguments]
    main()
