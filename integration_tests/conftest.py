"""Shared by the integration tests: a local Xero for each module, brought back to its beginnings for each test."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from integration_tests.connector import COMMAND, Connector, bare_environment, ended
from integration_tests.protocol import Json, parse
from integration_tests.report_months import SWITCHES
from integration_tests.restored import MANY, restore
from local_xero.process import XeroServerProcess

# A shell ignores Ctrl-C for what it starts in the background, and all that is started from there inherits it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Json:
    """Give the catalog of all streams; ``discover`` needs no Xero for it."""
    config = tmp_path_factory.mktemp("catalog") / "config.json"
    credentials = {"auth_type": "access_token", "access_token": "none"}
    config.write_text(json.dumps({"credentials": credentials, "reports": SWITCHES}), encoding="utf-8")
    (found,) = parse(*ended([*COMMAND, "discover", "--config", str(config)], bare_environment())).of("CATALOG")
    return found


@pytest.fixture(scope="module")
def xero_process() -> Iterator[XeroServerProcess]:
    """Run one local Xero for a module."""
    with XeroServerProcess("small", calls_per_minute=MANY) as process:
        yield process


@pytest.fixture
def xero(xero_process: XeroServerProcess) -> XeroServerProcess:
    """Give the local Xero as it was when it started, with fresh tokens."""
    restore(xero_process)
    return xero_process


@pytest.fixture
def connector(tmp_path: Path, xero: XeroServerProcess, catalog: Json) -> Connector:
    """Give the connector, pointed at the local Xero."""
    return Connector(tmp_path, xero.environment(), catalog)
