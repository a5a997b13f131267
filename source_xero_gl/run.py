"""The console script: spec, check, discover and read over the Airbyte protocol, and the commands for people."""

from __future__ import annotations

import gc
import importlib
import os
import signal
import sys
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any

from airbyte_cdk.entrypoint import AirbyteEntrypoint
from airbyte_cdk.logger import PRINT_BUFFER
from airbyte_cdk.models import (
    AirbyteConnectionStatus,
    AirbyteMessage,
    ConnectorSpecification,
    Status,
    Type,
)
from airbyte_cdk.utils import AirbyteTracedException
from airbyte_cdk.utils.airbyte_secrets_utils import update_secrets

from source_xero_gl.settings.settings import parse_settings
from source_xero_gl.source import SourceXeroGl
from source_xero_gl.xero.errors import unforeseen

SIGNALLED = 128
"""Exit statuses after a signal begin here, as shells count them: 143 after SIGTERM, 130 after Ctrl-C."""

GRACE_SECONDS = 8.0
"""Time to finish the pages under way after a signal; container engines wait ten seconds before they kill."""

COLLECT_AFTER = 50_000
"""Objects that may be new before the collector looks at them; a page of journals has a few thousand."""

COMMANDS = {
    "connect": "source_xero_gl.commands.connect.command",
    "find-journal": "source_xero_gl.commands.find_journal",
    "estimate": "source_xero_gl.commands.estimate.command",
}
"""The commands for people, with the modules that have their ``main`` and ``SUMMARY``."""

_STATE_PREFIX = '{"type":"STATE"'


class _NobodyReadsError(Exception):
    """What is written to stdout arrives nowhere: it was closed, or its disk is full."""


class XeroEntrypoint(AirbyteEntrypoint):
    """The CDK's entrypoint, with our sentences for settings that are wrong."""

    @staticmethod
    def validate_connection(source_spec: ConnectorSpecification, config: Mapping[str, Any]) -> None:
        """Raise a config error that names the setting, where the CDK would quote its schema."""
        del source_spec
        parse_settings(config)

    @staticmethod
    def set_up_secret_filter(config: Mapping[str, Any], connection_specification: Mapping[str, Any]) -> None:
        """Hide every credential from logs and traces, also when the settings have another form than the specification."""
        del connection_specification
        credentials = config.get("credentials")
        values = credentials.items() if isinstance(credentials, Mapping) else ()
        update_secrets(
            [value for key, value in values if isinstance(value, str) and key not in ("auth_type", "client_id")]
        )


def main() -> None:
    """Run the command line and leave at once, whatever worker threads may still wait for."""
    if len(sys.argv) > 1 and sys.argv[1] in COMMANDS:
        sys.exit(_command(sys.argv[1]).main(sys.argv[2:]))
    _buffer_stdout()
    _spare_the_collector()
    status = 1
    try:
        status = run(sys.argv[1:])
    except SystemExit as end:  # the arguments were wrong, or help was asked for
        if sys.argv[1:] in (["-h"], ["--help"]):
            _list_commands()
        sys.stdout.flush()
        status = end.code if isinstance(end.code, int) else 1
    finally:
        os._exit(status)  # a worker in the middle of a call would keep the process for up to two minutes


def _command(name: str) -> ModuleType:
    """Return the module of a command for people, imported only now: a sync has no use for it."""
    return importlib.import_module(COMMANDS[name])


def _list_commands() -> None:
    sys.stdout.write("\nfor people:\n")
    for name in COMMANDS:
        sys.stdout.write(f"  {name:14}{_command(name).SUMMARY}\n")


def run(args: list[str]) -> int:
    """Run one command of the Airbyte protocol on stdout; return the exit status."""
    parsed = AirbyteEntrypoint.parse_args(args)
    config = getattr(parsed, "config", None)  # spec has none
    source = SourceXeroGl(Path(config) if config else None)
    signals = _stop_on_signals(source.stop)
    try:
        _print(XeroEntrypoint(source).run(parsed))
        status = 0
    except _NobodyReadsError:
        status = 1
    except Exception as error:  # noqa: BLE001 - whatever ends the process becomes a message of the protocol
        status = 1 if signals else _report(error, checking=parsed.command == "check")
    source.settle()
    return SIGNALLED + signals[0] if signals else status


def _spare_the_collector() -> None:
    """Look for garbage less often: pages are trees, which go without it, and looking took an eighth of a sync's time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER)


def _buffer_stdout() -> None:
    """Put a buffer between us and stdout, also where PYTHONUNBUFFERED takes it away.

    Without one, a signal during a write to a full pipe loses the rest of what was to be written, without an error.
    """
    stdout = open(1, "w", encoding="utf-8", newline="\n", closefd=False)  # noqa: SIM115 - for good
    sys.stdout = stdout
    sys.__stdout__ = stdout  # type: ignore[misc] # where the CDK's print buffer writes


def _stop_on_signals(stop: threading.Event) -> list[int]:
    """Let SIGTERM and Ctrl-C end the sync at the next page; return the list that will tell which came.

    The handler raises nothing: an exception in the middle of a write would cut a message in two.
    """
    signals: list[int] = []

    def end(signum: int, frame: FrameType | None) -> None:
        del frame
        watchdog = threading.Timer(GRACE_SECONDS, os._exit, [SIGNALLED + signum])
        watchdog.daemon = True
        watchdog.start()  # first: setting an event that the main thread waits for at this moment may not return
        signals.append(signum)
        stop.set()

    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, end)
    return signals


def _print(lines: Iterable[str]) -> None:
    """Write whole lines; a STATE goes out at once, because what a destination has not got would be read again."""
    for line in lines:
        _write(f"{line}\n", at_once=line.startswith(_STATE_PREFIX))
    _write("", at_once=True)


def _write(text: str, *, at_once: bool) -> None:
    try:
        PRINT_BUFFER.write(text)
        if at_once:
            PRINT_BUFFER.flush()
    except OSError as error:
        raise _NobodyReadsError from error


def _report(error: Exception, *, checking: bool) -> int:
    """Write an error as a message of the protocol; a check that fails is a result, not a crash."""
    traced = error if isinstance(error, AirbyteTracedException) else unforeseen("The command", error)
    try:
        if checking:
            status = AirbyteConnectionStatus(status=Status.FAILED, message=traced.message)
            message = AirbyteMessage(type=Type.CONNECTION_STATUS, connectionStatus=status)
        else:
            message = traced.as_sanitized_airbyte_message()
        _print([AirbyteEntrypoint.airbyte_message_to_string(message)])
    except _NobodyReadsError:
        return 1
    return 0 if checking else 1
