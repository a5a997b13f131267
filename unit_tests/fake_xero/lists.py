"""A list of Xero's as a reader takes it, around a function that answers its pages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from source_xero_gl.engine.records import record_converter
from source_xero_gl.engine.stream import XeroStream
from source_xero_gl.readers.batch import Batch, Fetch, Object, Pace, XeroList
from source_xero_gl.readers.reports.first_month import Books, FirstMonth
from source_xero_gl.settings.settings import AccessTokenCredentials, ReportSettings, Settings
from source_xero_gl.xero.client import Page
from unit_tests.fake_xero.client import SETTINGS, FakeClient, fake_sync
from unit_tests.fake_xero.destination import State
from unit_tests.fake_xero.wire import TENANT


@dataclass(frozen=True)
class OneASecond:
    """Xero's pace in the long run, when no call of the minute is left over."""

    interval: float = 1.0

    def ready(self) -> int:
        """Return 0."""
        return 0


def list_from(fetch: Fetch, id_field: str, settings: Settings = SETTINGS, pace: Pace | None = None) -> XeroList:
    """Return the list whose pages ``fetch`` answers; nothing of the organisation is locked."""
    first_months = {books: FirstMonth() for books in Books}
    nothing = Page([])
    return XeroList(
        fetch, id_field, settings, TENANT, lambda: nothing, lambda: nothing, first_months, pace or OneASecond()
    )


def batches_with(
    client: FakeClient, stream: XeroStream, starting_on: date | None = None, state: State | None = None
) -> Iterator[Batch]:
    """Return what the reader of a stream brings in one sync, on from a state."""
    settings = Settings(AccessTokenCredentials("token"), reports=ReportSettings(starting_on))
    return stream.reader.batches(fake_sync(client, settings).list_of(stream, ()), state)


def records_with(client: FakeClient, stream: XeroStream, starting_on: date | None = None) -> list[Object]:
    """Return the records that a first sync brings, converted by the schema."""
    convert = record_converter(stream.schema)
    return [convert(found) for batch in batches_with(client, stream, starting_on) for found in batch.objects]
