"""What a first sync of each stream will take: rows, calls and bytes, from a call or a few for each."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import requests

from source_xero_gl.commands.estimate.journal_count import count_journals
from source_xero_gl.engine.keyset import KeysetStream
from source_xero_gl.engine.passes import PassStream
from source_xero_gl.engine.stream import XeroStream
from source_xero_gl.readers.batch import Row
from source_xero_gl.readers.changes.reader import first_header
from source_xero_gl.readers.changes.walk import PAGE_SIZE
from source_xero_gl.readers.reports.lines import report_lines
from source_xero_gl.readers.reports.months import current_month, month_of
from source_xero_gl.settings.settings import Settings
from source_xero_gl.streams.budgets import Budgets
from source_xero_gl.streams.journals import JournalStream
from source_xero_gl.streams.reports import LONGEST_PAUSE, LONGEST_SEARCH, STEP, ReportStream
from source_xero_gl.xero.client import Page, XeroClient
from source_xero_gl.xero.dates import record_day
from source_xero_gl.xero.errors import Kind, XeroError
from source_xero_gl.xero.transport import Answer, Transport

REFUSED = (Kind.JOURNALS_NOT_ALLOWED, Kind.JOURNALS_NEED_A_ROLE, Kind.SCOPE_MISSING, Kind.PERMISSION_MISSING)
"""Rows of the error table that say that a stream may not be read, while others may."""

MOST_DOCUMENTS = 100_000
"""Documents that Xero lists in one go; longer lists are refused, and read in parts."""

SAMPLE = 25
"""Rows that are read of a list to see how long they are."""

CALLS_A_BUDGET = 5
"""Calls for the windows of a budget: today's, the one of its last change, and one behind each end."""

_UNCOUNTED_PAGE = 100
_FIRST_DAY = date(1980, 1, 1)  # Xero sends 1970-01-01 where it has no date


@dataclass(frozen=True)
class Forecast:
    """What a stream will take.

    Attributes:
        streams: what is told about, by name.
        rows: records; None: not known.
        calls: to Xero.
        size: bytes of the answers before compression; None: not known, or nothing of its own.
        basis: how this is known, in a few words.
    """

    streams: str
    rows: int | None
    calls: int
    size: float | None
    basis: str


class Meter(Transport):
    """Sends calls and reads the figures off the answers that pages do not carry.

    Attributes:
        size: bytes of the last answer's body before compression.
        day_left: calls that Xero reports left today; None: it does not say.
    """

    def __init__(self, stop: threading.Event) -> None:
        """Open a pool of connections."""
        super().__init__(stop)
        self.size = 0
        self.day_left: int | None = None

    def send(self, endpoint: str, request: requests.Request) -> Answer:
        """Send a request once and read the whole answer, as ``Transport`` does."""
        answer = super().send(endpoint, request)
        self.size = len(answer.body)
        left = answer.headers.get("X-DayLimit-Remaining", "")
        if left.isascii() and left.isdigit():
            self.day_left = int(left)
        return answer


class Forecaster:
    """Asks Xero about the streams of one organisation."""

    def __init__(self, client: XeroClient, meter: Meter, settings: Settings) -> None:
        """Ask with ``client``, which sends through ``meter``, about what the settings admit."""
        self._client = client
        self._meter = meter
        self._settings = settings
        self._first_day: date | None = None
        self._organisation: Page | None = None
        self._rows = 0
        self._bytes = 0

    def forecasts(self, selected: Sequence[XeroStream]) -> Iterator[Forecast]:
        """Yield a forecast of each stream; those that cost a call each share the last one.

        Raises:
            XeroError: by the error table, but for streams that may not be read.
        """
        sources = list(dict.fromkeys(stream.source for stream in selected))
        whole: list[str] = []
        for source in sources:
            members = [stream for stream in selected if stream.source == source]
            if _is_whole(members[0]):
                whole.append(source)
                continue
            yield from self._of(members)
        if any(isinstance(stream, ReportStream) for stream in selected):
            whole.append("the lock date")
        if whole:
            name = whole[0] if len(whole) == 1 else f"{whole[0]} and {len(whole) - 1} more"
            yield Forecast(name, None, len(whole), None, "one call each, not counted")

    def _of(self, members: Sequence[XeroStream]) -> Iterator[Forecast]:
        """Yield the forecasts of streams that are made of the same objects: the first one's has the calls."""
        first = members[0]
        self._rows = self._bytes = 0
        try:
            if isinstance(first, JournalStream):
                objects, sample = self._journals(first)
            elif isinstance(first, ReportStream):
                objects, sample = self._report(first), []
            else:
                objects, sample = self._list(first)
        except XeroError as error:
            if error.kind not in (*REFUSED, Kind.TOO_MANY_DOCUMENTS):
                raise
            objects, sample = _without_count(first, error), []
        for number, stream in enumerate(members):
            rows = objects.rows
            if stream.source != stream.name and rows is not None:
                rows = round(rows * _share(stream, sample)) if sample or not rows else None
            if number:
                yield Forecast(stream.name, rows, 0, None, f"from the pages of {first.name}")
            else:
                yield Forecast(stream.name, rows, objects.calls, objects.size, objects.basis)

    def _journals(self, stream: JournalStream) -> tuple[Forecast, list[Row]]:
        filters = self._settings.journals

        def fetch(
            params: Mapping[str, str | int], modified_since: int | None = None, withdrawn: threading.Event | None = None
        ) -> Page:
            del withdrawn  # one call at a time: each is needed
            return self._page(stream, params, modified_since)

        count = count_journals(stream.name, fetch, filters)
        days = [day for row in count.sample if (day := _day(row.get("JournalDate"))) and day > _FIRST_DAY]
        self._first_day = min([*days, *([self._first_day] if self._first_day else [])], default=None)
        calls = math.ceil(count.rows / count.rows_a_page) + 1  # an empty page is the end
        basis = "counted" if count.counted else f"estimated from {count.pages} pages"
        return Forecast(stream.name, count.rows, calls, self._size(count.rows), basis), count.sample

    def _list(self, stream: XeroStream) -> tuple[Forecast, list[Row]]:
        """Return the forecast of a paged list, or of the budgets, from one call."""
        since = stream.since(self._settings) if isinstance(stream, KeysetStream) else None
        query = {} if isinstance(stream, Budgets) else {"page": 1, "pageSize": SAMPLE}
        page = self._page(stream, query, first_header(since, None))
        rows = len(page.rows) if page.item_count is None else page.item_count
        basis = "counted by Xero"
        if isinstance(stream, Budgets):
            return Forecast(stream.name, rows, 1 + CALLS_A_BUDGET * rows, None, "budgets counted, calls guessed"), []
        if page.item_count is None:
            basis = "at least, Xero does not count them" if rows >= _UNCOUNTED_PAGE else "counted"
        return Forecast(stream.name, rows, _list_calls(stream, page, rows), self._size(rows), basis), page.rows

    def _report(self, stream: ReportStream) -> Forecast:
        self._organisation = organisation = self._organisation or self._client.page("Organisation", "Organisations")
        today, starting_on = current_month(organisation.server_time), self._settings.reports.starting_on
        created = [day for row in organisation.rows if (day := _day(row.get("CreatedDateUTC")))]
        day = starting_on or self._first_day or min(created, default=today.first)
        months = min(max(today - month_of(day) + 1, 1), STEP * LONGEST_SEARCH)
        page = self._page(stream, stream.query(today + -1, 1))
        lines = sum(len(report_lines(row, stream.columns)) for row in page.rows)
        calls, basis = months, f"{months} month ends"
        if starting_on is None:
            calls += months // STEP + (2 if stream.cumulative else LONGEST_PAUSE)
            basis = f"about {months} month ends"
        return Forecast(stream.name, lines * months, calls, self._size(months), f"{basis}, as long as last month's")

    def _page(self, stream: XeroStream, query: Mapping[str, str | int], modified_since: int | None = None) -> Page:
        page = self._client.page(stream.path, stream.records_key, {**stream.params, **query}, modified_since)
        self._rows += len(page.rows)
        self._bytes += self._meter.size
        return page

    def _size(self, rows: int) -> float | None:
        """Return the bytes of so many rows, as long on average as those that were read."""
        if not rows:
            return 0.0
        return rows * self._bytes / self._rows if self._rows else None


def _is_whole(stream: XeroStream) -> bool:
    """Tell whether a stream comes in one call, whatever it holds."""
    paged = isinstance(stream, (JournalStream, KeysetStream, ReportStream, Budgets))
    return not (paged or (isinstance(stream, PassStream) and stream.paged))


def _list_calls(stream: XeroStream, page: Page, rows: int) -> int:
    """Return the calls for so many rows, if no second of change dates holds more than a page."""
    if page.item_count is None:
        pages = math.ceil(rows / _UNCOUNTED_PAGE) + 1  # one that is empty is the end
        return pages * (2 if isinstance(stream, PassStream) and rows else 1)
    pages = max(1, math.ceil(rows / PAGE_SIZE))
    if isinstance(stream, PassStream):
        return pages if pages == 1 else 2 * pages  # until a pass brings nothing new
    return pages + (pages > 1)  # each walk begins a second before the last one's end


def _without_count(stream: XeroStream, error: XeroError) -> Forecast:
    """Return what can be told of a stream that Xero does not let us count."""
    if error.kind is Kind.TOO_MANY_DOCUMENTS:
        calls = 2 * MOST_DOCUMENTS // PAGE_SIZE
        return Forecast(stream.name, None, calls, None, "more than 100,000, which Xero does not count; calls at least")
    return Forecast(stream.name, None, 0, None, f"may not be read: {error.kind.value if error.kind else error.message}")


def _share(stream: XeroStream, sample: Iterable[Row]) -> float:
    """Return how many rows of a flat stream an object becomes on average."""
    counts = [sum(1 for _ in stream.rows(row)) for row in sample]
    return sum(counts) / len(counts) if counts else 0.0


def _day(value: object) -> date | None:
    text = record_day(value)
    try:
        return date.fromisoformat(text[:10]) if isinstance(text, str) else None
    except ValueError:
        return None
