"""The source: wires settings, client and streams into check, discover and read."""

from __future__ import annotations

import json
import logging
import os
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from airbyte_cdk.config_observation import emit_configuration_as_airbyte_control_message
from airbyte_cdk.models import (
    AirbyteCatalog,
    AirbyteConnectionStatus,
    AirbyteMessage,
    AirbyteStateMessage,
    ConfiguredAirbyteCatalog,
    Level,
    Status,
)
from airbyte_cdk.sources import Source
from airbyte_cdk.sources.concurrent_source.concurrent_source import ConcurrentSource
from airbyte_cdk.sources.connector_state_manager import ConnectorStateManager
from airbyte_cdk.sources.message import InMemoryMessageRepository, MessageRepository
from airbyte_cdk.sources.message.concurrent_repository import ConcurrentMessageRepository
from airbyte_cdk.sources.utils.slice_logger import DebugSliceLogger
from airbyte_cdk.utils import AirbyteTracedException
from airbyte_cdk.utils.airbyte_secrets_utils import add_to_secrets

from source_xero_gl.connection import CONFIG_SECTION, Connection, token_keeper
from source_xero_gl.engine.failures import Failures, WithoutRepeats
from source_xero_gl.engine.hub import readings
from source_xero_gl.engine.output import OutputQueue
from source_xero_gl.engine.reading import engine_stream
from source_xero_gl.engine.stream import XeroStream
from source_xero_gl.engine.sync import Sync
from source_xero_gl.probes import check
from source_xero_gl.settings.environment import Environment, read_environment
from source_xero_gl.settings.settings import Settings, parse_settings
from source_xero_gl.streams import STREAMS, available_streams
from source_xero_gl.wording import WITHOUT_JOURNALS
from source_xero_gl.xero.errors import CONFIG, XeroError
from source_xero_gl.xero.tokens.file import TokenKeeper
from source_xero_gl.xero.tokens.shared import shared_file_of, with_tokens
from source_xero_gl.xero.tokens.tokens import Tokens

T = TypeVar("T")

_FORMS = {"config": "a JSON object", "catalog": "a configured catalog", "state": "a list of states"}

_WITHOUT_REPEATS = WithoutRepeats()  # one for all syncs of a process: a log keeps each filter once

SETTLE_SECONDS = 7.0
"""Longest wait for a renewal of the token at the end of the process; less than what a signal leaves."""

CHECK_TRIES = 3
"""Calls for one answer in ``check``, where a person waits."""


class SourceXeroGl(Source):
    """Reads a Xero organisation's General Ledger, invoices and what belongs to them."""

    def __init__(self, config_path: Path | None = None) -> None:
        """Create the source; rotated tokens are kept in the config file, where there is one and it can be written."""
        self._config_path = config_path
        self._tokens: Tokens | None = None
        self._keeper: TokenKeeper | None = None
        self.stop = threading.Event()
        """Set it to end a sync: pages under way are finished, then every stream stops."""

    def settle(self) -> None:
        """Stop the sync and wait for a renewal of the token, if one is under way: call it before the process ends."""
        self.stop.set()
        if self._tokens:
            self._tokens.settle(SETTLE_SECONDS)
        for sentence in self._keeper.news() if self._keeper else ():
            sys.stderr.write(f"{sentence}\n")

    def configure(self, config: Mapping[str, Any], temp_dir: str) -> Mapping[str, Any]:
        """Return the config as it is; unlike the CDK's default, no copy with secrets is written to ``temp_dir``."""
        del temp_dir
        return config

    def check(self, logger: logging.Logger, config: Mapping[str, Any]) -> AirbyteConnectionStatus:
        """Find out whether all that the settings ask for can be read; a failure is one sentence."""
        try:
            settings = replace(parse_settings(config), daily_call_reserve=0)  # the reserve stops syncs, not a person
            check(self._connection(settings, config, CHECK_TRIES), settings)
        except AirbyteTracedException as error:
            logger.info("Check failed: %s", error.internal_message)
            return AirbyteConnectionStatus(status=Status.FAILED, message=error.message)
        return AirbyteConnectionStatus(
            status=Status.SUCCEEDED, message=None if settings.journals.include else WITHOUT_JOURNALS
        )

    def discover(self, logger: logging.Logger, config: Mapping[str, Any]) -> AirbyteCatalog:
        """Return the streams that the settings ask for; no call is made."""
        del logger
        streams = available_streams(parse_settings(config))
        return AirbyteCatalog(streams=[engine_stream(stream).as_airbyte_stream() for stream in streams])

    def read(
        self,
        logger: logging.Logger,
        config: Mapping[str, Any],
        catalog: ConfiguredAirbyteCatalog,
        state: list[AirbyteStateMessage] | None = None,
    ) -> Iterator[AirbyteMessage]:
        """Read the streams of the catalog, each on from its state.

        Raises:
            XeroError: settings, catalog or state are wrong; or some streams could not be read to their end, after all others
                have been.
        """
        settings = parse_settings(config)
        selected = _selected(catalog, settings)
        if not selected:
            return
        connection = self._connection(settings, config)
        tenant_id = connection.open()
        queue, failures = OutputQueue(), Failures(len(selected))
        level = Level.DEBUG if logger.isEnabledFor(logging.DEBUG) else Level.INFO
        messages = ConcurrentMessageRepository(queue, InMemoryMessageRepository(level))
        client = connection.client
        sync = Sync(client, settings, tenant_id, connection.organisation, queue, messages, failures)
        states = _states(state)
        streams = readings(((stream, states.get_stream_state(stream.name, None)) for stream in selected), sync)
        try:
            yield from _engine(_engine_log(logger), queue, messages, len(streams)).read([*streams])
        except AirbyteTracedException as error:
            raise failures.summary(error) from None
        finally:
            queue.abandon()
            brought = ", ".join(f"{stream} {records:,}" for stream, records in sync.brought.items())
            logger.info("Records: %s. %s", brought or "none", client.gate.count().sentence())

    @staticmethod
    def read_config(config_path: str) -> MutableMapping[str, Any]:
        """Return the config in a file, with the tokens of a sign-in that it shares; whatever else is there is a config error."""
        return with_tokens(_readable("config", config_path, Source.read_config), Path(config_path), os.environ)

    @classmethod
    def read_catalog(cls, catalog_path: str) -> ConfiguredAirbyteCatalog:
        """Return the catalog in a file, likewise."""
        return _readable("catalog", catalog_path, super().read_catalog)

    @classmethod
    def read_state(cls, state_path: str) -> list[AirbyteStateMessage]:
        """Return the states in a file, likewise; none where no file is named."""
        return _readable("state", state_path, super().read_state) if state_path else []

    def _connection(self, settings: Settings, config: Mapping[str, Any], tries: int | None = None) -> Connection:
        def announce(credentials: dict[str, str]) -> None:
            for key in ("access_token", "refresh_token"):
                add_to_secrets(credentials.get(key, ""))
            if self._keeper:
                self._keeper.announce(credentials)
            else:
                emit_configuration_as_airbyte_control_message(
                    {**config, CONFIG_SECTION: {**config[CONFIG_SECTION], **credentials}}
                )

        environment = read_environment(os.environ)
        self._keeper = self._keeper_instead(environment)
        connection = Connection(settings, environment, self.stop, announce, config_path=self._config_path, tries=tries)
        self._tokens = connection.tokens
        return connection

    def _keeper_instead(self, environment: Environment) -> TokenKeeper | None:
        """Return what replaces CONTROL messages; None where nothing does.

        On a terminal secrets are not shown. A sign-in that several configs share is in none of them: a platform that put it into
        one would take it from the others.
        """
        if self._config_path is None:
            return None
        keeper = token_keeper(environment, self._config_path)
        if shared_file_of(self._config_path):
            keeper.check()
            return keeper
        if not sys.stdout.isatty():
            return None
        return keeper if keeper.can_keep else None  # else the message has the only copy of the next refresh token


def _selected(catalog: ConfiguredAirbyteCatalog, settings: Settings) -> list[XeroStream]:
    available = {stream.name: stream for stream in available_streams(settings)}
    wanted = list(dict.fromkeys(configured.stream.name for configured in catalog.streams))
    for name in wanted:
        if name in available:
            continue
        if switch := next((stream.parent.switch for stream in STREAMS if stream.name == name), None):
            raise XeroError(
                CONFIG,
                f"The catalog asks for {name}, but {switch} is false. Set it to true, or refresh the schema and leave "
                "the stream out.",
            )
        raise XeroError(CONFIG, f"The catalog asks for a stream {name}, which does not exist. Refresh the schema.")
    return [available[name] for name in wanted]


def _engine_log(logger: logging.Logger) -> logging.Logger:
    """Return the engine's log: one line at the end says what it has five lines a stream for."""
    log = logger.getChild("engine")
    log.setLevel(logging.DEBUG if logger.isEnabledFor(logging.DEBUG) else logging.WARNING)
    log.addFilter(_WITHOUT_REPEATS)
    return log


def _engine(logger: logging.Logger, queue: OutputQueue, messages: MessageRepository, streams: int) -> ConcurrentSource:
    # More workers than streams, or those that generate and those that read starve each other.
    return ConcurrentSource.create(
        num_workers=streams + 2,
        initial_number_of_partitions_to_generate=1,
        logger=logger,
        slice_logger=DebugSliceLogger(),
        message_repository=messages,
        queue=queue,
    )


def _states(state: list[AirbyteStateMessage] | None) -> ConnectorStateManager:
    try:
        return ConnectorStateManager(state)
    except ValueError:
        raise XeroError(
            CONFIG,
            "The state holds no states of streams as this connector writes them. Pass those of an earlier sync, or clear it.",
        ) from None


def _readable(what: str, path: str, read: Callable[[str], T]) -> T:
    """Return what the CDK reads from a file; its own errors are of many kinds, and their texts may quote the file."""
    try:
        json.loads(Path(path).read_bytes())
        return read(path)
    except OSError as error:
        raise XeroError(
            CONFIG, f"The {what} file cannot be read: {error.strerror}. Check its path and permissions."
        ) from None
    except (json.JSONDecodeError, UnicodeDecodeError):
        raise XeroError(CONFIG, f"The {what} file is not JSON. Correct it.") from None
    except Exception:  # noqa: BLE001 - of many kinds, see above; their texts may quote the file
        raise XeroError(CONFIG, f"The {what} file does not hold {_FORMS[what]}. Correct it.") from None
