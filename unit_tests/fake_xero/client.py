"""A client that answers from a function in place of HTTP, and a sync around it: no network, no threads of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import NamedTuple

from airbyte_cdk.models import AirbyteMessage
from airbyte_cdk.sources.message import InMemoryMessageRepository
from airbyte_cdk.sources.streams.concurrent.partitions.types import QueueItem

from source_xero_gl.engine.failures import Failures
from source_xero_gl.engine.output import OutputQueue
from source_xero_gl.engine.sync import Sync
from source_xero_gl.settings.settings import AccessTokenCredentials, Settings
from source_xero_gl.xero.client import Page, XeroClient
from source_xero_gl.xero.errors import XeroError
from source_xero_gl.xero.gate import Caller, Gate
from source_xero_gl.xero.organisation import OrganisationCall
from source_xero_gl.xero.tokens.tokens import GivenToken
from source_xero_gl.xero.transport import Transport
from unit_tests.fake_xero.wire import TENANT

SETTINGS = Settings(AccessTokenCredentials("token"))

Params = Mapping[str, str | int]


class Call(NamedTuple):
    """A call of the Accounting API: path below ``/api.xro/2.0/``, query, ``If-Modified-Since``, and who makes it."""

    endpoint: str
    params: Params
    modified_since: int | None = None
    caller: Caller = Caller()


class FakeClient(XeroClient):
    """Answers every call from a function.

    Attributes:
        calls_made: in order.
    """

    def __init__(self, answer: Callable[[Call], Page] = lambda _: Page([])) -> None:
        """Answer from ``answer``, which may raise."""
        stop = threading.Event()
        super().__init__("https://api.xero.com", Transport(stop), GivenToken("token"), Gate(60, stop))
        self._script = answer
        self.calls_made: list[Call] = []

    @property
    def asked(self) -> list[tuple[str, Params]]:
        """Path and query of each call."""
        return [(call.endpoint, call.params) for call in self.calls_made]

    def page(
        self,
        endpoint: str,
        records_key: str,
        params: Params | None = None,
        modified_since: int | None = None,
        caller: Caller | None = None,
    ) -> Page:
        """Note the call and answer it."""
        del records_key
        self.calls_made.append(Call(endpoint, dict(params or {}), modified_since, caller or Caller()))
        return self._script(self.calls_made[-1])


class EndlessQueue(OutputQueue):
    """A queue that hands every message on at once, so that it is never full."""

    def __init__(self, put: Callable[[AirbyteMessage], None]) -> None:
        """Hand messages to ``put``."""
        super().__init__()
        self._hand_on = put

    def put(self, item: QueueItem, block: bool = True, timeout: float | None = None) -> None:  # noqa: FBT001, FBT002 - the arguments of queue.Queue's put
        """Hand a message on."""
        del block, timeout
        assert isinstance(item, AirbyteMessage)
        self._hand_on(item)


class NotedFailures(Failures):
    """Failures that a test can read.

    Attributes:
        errors: of the streams that could not be read, in order.
    """

    def __init__(self) -> None:
        """Begin without any."""
        super().__init__(1)
        self.errors: dict[str, XeroError] = {}

    def add(self, stream: str, error: XeroError, reached: str | None = None) -> None:
        """Note a failure."""
        super().add(stream, error, reached)
        self.errors[stream] = error


def fake_sync(
    client: XeroClient | None = None,
    settings: Settings = SETTINGS,
    put: Callable[[AirbyteMessage], None] = lambda _: None,
    failures: Failures | None = None,
) -> Sync:
    """Return a sync of the tenant whose messages go to ``put``; without a client every list is empty."""
    client = client or FakeClient()
    return Sync(
        client,
        settings,
        TENANT,
        OrganisationCall(client),
        EndlessQueue(put),
        InMemoryMessageRepository(),
        failures or NotedFailures(),
    )
