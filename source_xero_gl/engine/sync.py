"""What the streams of one sync share."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from airbyte_cdk.sources.message import MessageRepository

from source_xero_gl.engine.failures import Failures
from source_xero_gl.engine.output import OutputQueue
from source_xero_gl.engine.stream import XeroStream
from source_xero_gl.engine.traces import rate_limited
from source_xero_gl.readers.batch import XeroList
from source_xero_gl.readers.reports.first_month import Books, FirstMonth
from source_xero_gl.readers.reports.tracking import ask_for_categories
from source_xero_gl.settings.settings import Settings
from source_xero_gl.xero.client import Page, XeroClient
from source_xero_gl.xero.gate import Caller
from source_xero_gl.xero.organisation import OrganisationCall


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

    def list_of(self, stream: XeroStream, waiting: Sequence[str]) -> XeroList:
        """Return the list that a stream is read from.

        The platform shows the streams in ``waiting`` as limited when a page waits for Xero's limits.
        """

        def waits(seconds: float) -> None:
            for name in waiting:
                self.queue.offer(rate_limited(name, seconds))

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
