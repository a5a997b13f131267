"""What the streams of a sync share, for tests that read streams without the engine and without a call."""

from __future__ import annotations

import threading
from collections.abc import Callable

from airbyte_cdk.models import AirbyteMessage
from airbyte_cdk.sources.message import InMemoryMessageRepository

from source_xero_gl.engine.stream import Sync
from source_xero_gl.readers.lock_date import LockDate
from source_xero_gl.settings.settings import AccessTokenCredentials, Settings
from source_xero_gl.xero.client import XeroClient
from source_xero_gl.xero.errors import XeroError
from source_xero_gl.xero.gate import Gate
from source_xero_gl.xero.tokens.tokens import GivenToken
from source_xero_gl.xero.transport import Transport

TENANT = "3f2a7c1e-5b0d-4e86-9a41-6d7c8e9f0a1b"
SETTINGS = Settings(AccessTokenCredentials("token"))


def queued_sync(
    put: Callable[[AirbyteMessage], None],
    failed: Callable[[str, XeroError], None] = lambda *_: None,
    over: Callable[[], bool] = lambda: False,
) -> Sync:
    """Return a sync whose messages go to ``put``."""
    stop = threading.Event()
    client = XeroClient("https://api.xero.com", Transport(stop), GivenToken("token"), Gate(60, stop), stop)
    return Sync(
        client,
        SETTINGS,
        TENANT,
        LockDate(client),
        put=put,
        offer=put,
        messages=InMemoryMessageRepository(),
        failed=failed,
        over=over,
    )
