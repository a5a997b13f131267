"""What the streams of one sync share."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from airbyte_cdk.models import Level
from airbyte_cdk.sources.message import MessageRepository

from source_xero_gl.engine.failures import Failures
from source_xero_gl.engine.output import OutputQueue
from source_xero_gl.engine.stream import XeroStream
from source_xero_gl.engine.traces import log, rate_limited
from source_xero_gl.readers.batch import XeroList
from source_xero_gl.readers.reports.first_month import Books, FirstMonth
from source_xero_gl.readers.reports.tracking import ask_for_categories
from source_xero_gl.settings.settings import Settings
from source_xero_gl.xero.client import Page, XeroClient
from source_xero_gl.xero.gate import Caller
from source_xero_gl.xero.organisation import OrganisationCall

CALLS_SECONDS = 30.0
"""Time between two lines of the log about the calls of all streams."""


class CallsDue:
    """When a line about the calls of all streams is due: every half minute, and when a long wait begins. Safe under threads.

    While the sync waits, the number of calls is exact. Of waits that follow each other in less than half a minute the first one
    has a line. A sync of less than half a minute has none.
    """

    def __init__(self, now: float) -> None:
        """Begin at a monotonic instant."""
        self._lock = threading.Lock()
        self._next = now + CALLS_SECONDS
        self._next_wait = now

    def take(self, now: float, *, waits: bool) -> bool:
        """Return whether a line is due at an instant, at which a long wait may begin; the next one is due later."""
        with self._lock:
            if now < (self._next_wait if waits else self._next):
                return False
            self._next = now + CALLS_SECONDS
            if waits:
                self._next_wait = self._next
            return True


@dataclass(frozen=True)
class Sync:
    """What the streams of one sync share.

    Attributes:
        tenant_id: TenantID of every record and state.
        organisation: asks Xero about it, once.
        queue: of records and messages, in their order.
        messages: takes messages of the engine.
        first_months: of the reports, by what they are made from.
        clock: monotonic seconds.
        brought: how many records each stream has brought so far.
        calls_due: when the calls are told next.
    """

    client: XeroClient
    settings: Settings
    tenant_id: str
    organisation: OrganisationCall
    queue: OutputQueue
    messages: MessageRepository
    failures: Failures
    first_months: Mapping[Books, FirstMonth] = field(default_factory=lambda: {books: FirstMonth() for books in Books})
    clock: Callable[[], float] = time.monotonic
    brought: dict[str, int] = field(default_factory=dict)
    calls_due: CallsDue = field(default_factory=lambda: CallsDue(time.monotonic()))

    def tell_calls(self, *, waits: bool = False) -> None:
        """Log how many calls have been made and how many are left today, if such a line is due."""
        if self.calls_due.take(self.clock(), waits=waits):
            self.queue.offer(log(Level.INFO, f"So far: {self.client.gate.count().sentence()}"))

    def list_of(self, stream: XeroStream, waiting: Sequence[str]) -> XeroList:
        """Return the list that a stream is read from.

        The platform shows the streams in ``waiting`` as limited when a page waits for Xero's limits.
        """

        def waits(seconds: float) -> None:
            for name in waiting:
                self.queue.offer(rate_limited(name, seconds))
            self.tell_calls(waits=True)

        def organisation() -> Page:
            return self.organisation.page(Caller(waits=waits))

        return XeroList(
            stream.fetch_with(self.client, waits),
            stream.key[0],
            self.settings,
            self.tenant_id,
            organisation,
            lambda: ask_for_categories(self.client, Caller(waits=waits)),
            self.first_months,
            self.client.gate,
        )
