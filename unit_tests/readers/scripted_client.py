"""A client that answers from a function, and a sync around it: no network, no threads of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import date

from airbyte_cdk.sources.message import InMemoryMessageRepository

from source_xero_gl.engine.stream import Sync
from source_xero_gl.readers.lock_date import LockDate
from source_xero_gl.settings.settings import AccessTokenCredentials, ReportSettings, Settings
from source_xero_gl.xero.client import Page, XeroClient
from source_xero_gl.xero.gate import Caller, Gate
from source_xero_gl.xero.tokens.tokens import GivenToken
from source_xero_gl.xero.transport import Transport
from unit_tests.readers.model import TENANT

Params = Mapping[str, str | int]
DAY = 86_400_000
"""Milliseconds in a day."""


def midnight(day: date) -> int:
    """Return the instant at which a day begins in UTC."""
    return (day - date(1970, 1, 1)).days * DAY


class ScriptedClient(XeroClient):
    """Answers every call from a function of endpoint and query.

    Attributes:
        asked: endpoint and query of each call, in order.
    """

    def __init__(self, answer: Callable[[str, Params], Page]) -> None:
        """Answer from ``answer``, which may raise."""
        stop = threading.Event()
        super().__init__("https://api.xero.com", Transport(stop), GivenToken("token"), Gate(60, stop), stop)
        self._script = answer
        self.asked: list[tuple[str, Params]] = []

    def page(
        self,
        endpoint: str,
        records_key: str,
        params: Params | None = None,
        modified_since: int | None = None,
        caller: Caller | None = None,
    ) -> Page:
        """Note the call and answer it."""
        del records_key, caller
        assert modified_since is None, "Xero documents no If-Modified-Since for these endpoints"
        self.asked.append((endpoint, dict(params or {})))
        return self._script(endpoint, params or {})


def sync_with(client: XeroClient, starting_on: date | None = None) -> Sync:
    """Return a sync of the tenant that reads with a client; nobody takes its messages."""
    return Sync(
        client,
        Settings(AccessTokenCredentials("token"), reports=ReportSettings(starting_on)),
        TENANT,
        LockDate(client),
        put=lambda _: None,
        offer=lambda _: None,
        messages=InMemoryMessageRepository(),
        failed=lambda *_: None,
        over=lambda: False,
    )
