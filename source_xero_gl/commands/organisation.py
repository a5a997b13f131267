"""The organisation of a config file, for commands that ask Xero something."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from source_xero_gl.commands.console import say
from source_xero_gl.connection import Connection, token_keeper
from source_xero_gl.settings.environment import Environment, read_environment
from source_xero_gl.settings.settings import OAuthCredentials, Settings, parse_settings
from source_xero_gl.source import CHECK_TRIES, SETTLE_SECONDS, SourceXeroGl
from source_xero_gl.xero.tokens.shared import SUFFIX


def config_files(folder: Path) -> list[Path]:
    """Return the configs of a folder, in the order of their names: every ``.json`` but token files and hidden ones."""
    names = (path for path in folder.glob("*.json") if not path.name.endswith(SUFFIX) and path.name[0] != ".")
    return sorted(path for path in names if path.is_file())


@dataclass(frozen=True)
class Organisation:
    """An organisation that can be asked. Its connection is open and does not stop at the daily reserve: that is for syncs.

    ``tenant_id`` is the TenantID of its records.
    """

    tenant_id: str
    settings: Settings
    environment: Environment
    connection: Connection


@contextmanager
def organisation(config_path: Path, stop: threading.Event, *, verify: bool = False) -> Iterator[Organisation]:
    """Open the organisation that a config file names; a rotated refresh token is kept in that file, as ``read`` does.

    With ``verify`` a call finds out whether the organisation can be read.

    Raises:
        XeroError: config, when the settings are wrong or the next refresh token could not be kept; or by the error table.
    """
    settings = parse_settings(SourceXeroGl.read_config(str(config_path)))
    environment = read_environment(os.environ)
    keeper = token_keeper(environment, config_path)
    if isinstance(settings.credentials, OAuthCredentials):
        keeper.check()
    unreserved = replace(settings, daily_call_reserve=0)
    connection = Connection(unreserved, environment, stop, keeper.announce, config_path=config_path, tries=CHECK_TRIES)
    try:
        tenant_id = connection.open(verify=verify)
        yield Organisation(tenant_id, settings, environment, connection)
    finally:
        connection.tokens.settle(SETTLE_SECONDS)
        for sentence in keeper.news():
            say(sentence)
