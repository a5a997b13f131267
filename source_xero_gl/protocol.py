"""The commands of the Airbyte protocol: messages on stdout, one for each outcome, and an end that can be counted on."""

from __future__ import annotations

import logging
import sys
from argparse import Namespace
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NoReturn

from airbyte_cdk.entrypoint import AirbyteEntrypoint
from airbyte_cdk.logger import PRINT_BUFFER, is_platform_debug_log_enabled
from airbyte_cdk.models import (
    AirbyteConnectionStatus,
    AirbyteMessage,
    ConnectorSpecification,
    Status,
    Type,
)
from airbyte_cdk.utils import AirbyteTracedException
from airbyte_cdk.utils.airbyte_secrets_utils import update_secrets

from source_xero_gl.importing import spare_the_collector
from source_xero_gl.settings.settings import parse_settings
from source_xero_gl.signals import ending_on_signals, leave
from source_xero_gl.source import SourceXeroGl
from source_xero_gl.stdout import Stdout
from source_xero_gl.xero.errors import unforeseen

_RECORD_PREFIX = '{"type":"RECORD"'


class _NobodyReadsError(Exception):
    """What is written to stdout arrives nowhere: it was closed, or its disk is full."""


class XeroEntrypoint(AirbyteEntrypoint):
    """The CDK's entrypoint, with our sentences for settings that are wrong, and without a temporary folder."""

    def run(self, parsed_args: Namespace) -> Iterator[str]:
        """Yield the messages of a command.

        The CDK's own ``run`` opens a temporary folder for a copy of the config and for caches, none of which we make. In a
        container whose file system is read-only there is no such folder.
        """
        if parsed_args.debug or is_platform_debug_log_enabled():
            self.logger.setLevel(logging.DEBUG)
            logging.getLogger("airbyte").setLevel(logging.DEBUG)
            self.logger.debug("Debug logs enabled")
        spec = self.source.spec(self.logger)
        if parsed_args.command == "spec":
            yield self.airbyte_message_to_string(AirbyteMessage(type=Type.SPEC, spec=spec))
            return
        config = self.source.read_config(parsed_args.config)
        if parsed_args.command == "check":
            messages = self.check(spec, config)
        elif parsed_args.command == "discover":
            messages = self.discover(spec, config)
        else:
            catalog, state = self.source.read_catalog(parsed_args.catalog), self.source.read_state(parsed_args.state)
            messages = self.read(spec, config, catalog, state)
        yield from map(self.airbyte_message_to_string, messages)

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


def main(args: list[str]) -> NoReturn:
    """Run one command and leave at once, whatever worker threads may still wait for."""
    stdout = Stdout()
    stdout.take_over()
    spare_the_collector()
    status = 1
    try:
        status = run(args, stdout.blocked_seconds)
    except SystemExit as end:  # the arguments were wrong, or help was asked for
        sys.stdout.flush()
        status = end.code if isinstance(end.code, int) else 1
    finally:
        leave(status)  # a worker in the middle of a call would keep the process for up to two minutes


def run(args: list[str], blocked: Callable[[], float] | None = None) -> int:
    """Run one command of the Airbyte protocol on stdout.

    Args:
        args: the command and its options.
        blocked: returns for how many seconds stdout has not taken what is being written; see ``ending_on_signals``.

    Returns:
        The exit status; after a signal 128 and the signal's number.

    Raises:
        SystemExit: 2, the arguments were wrong; 0, help was asked for.
    """
    parsed = AirbyteEntrypoint.parse_args(args)
    config = getattr(parsed, "config", None)  # spec has none
    source = SourceXeroGl(Path(config) if config else None)
    with ending_on_signals(source.stop, blocked) as ending:
        try:
            _print(XeroEntrypoint(source).run(parsed))
            status = 0
        except _NobodyReadsError:
            status = 1
        except Exception as error:  # noqa: BLE001 - whatever ends the process becomes a message of the protocol
            status = 1 if ending.status else _report(error, checking=parsed.command == "check")
        source.settle()
        return ending.status or status


def _print(lines: Iterable[str]) -> None:
    """Write whole lines. Records may wait for what follows them; all else goes out at once.

    What is not in a destination's last STATE is read again. What is said about a wait is worth nothing after it.
    """
    for line in lines:
        _write(f"{line}\n", at_once=not line.startswith(_RECORD_PREFIX))
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
