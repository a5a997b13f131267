"""A local Xero for each module, with a plain client."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from integration_tests.restored import restore
from integration_tests.server.client import NEVER, Client
from local_xero.process import XeroServerProcess


@pytest.fixture(scope="module")
def reader() -> Iterator[Client]:
    """Share one server among the tests of a module that change nothing."""
    with XeroServerProcess("small", calls_per_minute=NEVER, calls_per_day=NEVER) as xero:
        yield Client(xero)


@pytest.fixture
def client(reader: Client) -> Iterator[Client]:
    """Lend the server to a test that changes it; its log and limits begin with the test."""
    reader.xero.control("reset")
    yield Client(reader.xero)
    restore(reader.xero)
    reader.sign_in()
