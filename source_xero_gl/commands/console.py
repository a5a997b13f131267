"""How commands speak to people: the answer on stdout, sentences on stderr, log lines nowhere."""

from __future__ import annotations

import argparse
import logging
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from airbyte_cdk.utils import AirbyteTracedException

from source_xero_gl.signals import ending_on_signals, leave
from source_xero_gl.wording import PROGRAM, printable
from source_xero_gl.xero.errors import SYSTEM, XeroError, unforeseen


def parser(name: str, summary: str) -> argparse.ArgumentParser:
    """Return a parser for the options of a command."""
    return argparse.ArgumentParser(prog=f"{PROGRAM} {name}", description=f"{summary[0].upper()}{summary[1:]}.")


def run(name: str, work: Callable[[threading.Event], int]) -> int:
    """Run a command and return its exit status, 1 after a failure; what goes wrong becomes a sentence on stderr.

    After SIGTERM or Ctrl-C the process ends by the signal as soon as the call under way is finished.

    Args:
        name: of the command.
        work: returns the exit status; it is handed the event that ends every wait.
    """
    stop = threading.Event()
    with silence(), ending_on_signals(stop) as ending:
        try:
            status = work(stop)
        except Exception as error:  # noqa: BLE001 - whatever ends the command becomes a sentence
            status = 1
            if not ending.status:
                _tell(error if isinstance(error, AirbyteTracedException) else unforeseen(name, error))
        if ending.status:
            leave(ending.status)
        return status


def answer(text: str) -> None:
    """Write the result of a command: to stdout, at once.

    Raises:
        XeroError: system, when it cannot be written.
    """
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError as error:
        _drop_stdout()
        raise XeroError(SYSTEM, f"The answer could not be written to stdout: {error.strerror}.") from None


def say(line: str) -> None:
    """Write a line that is no result: to stderr."""
    sys.stderr.write(f"{printable(line)}\n")
    sys.stderr.flush()


@contextmanager
def silence() -> Iterator[None]:
    """Keep log lines away: they are messages of the Airbyte protocol, on stdout."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(before)


def _tell(error: AirbyteTracedException) -> None:
    say(error.message or "The command failed.")
    if error.internal_message and error.internal_message != error.message:
        say(f"({error.internal_message})")


def _drop_stdout() -> None:
    """Let what is left in the buffer go nowhere: Python would try to write it once more at its end, and complain."""
    with suppress(OSError), Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())
