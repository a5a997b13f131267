"""What the syncs of each stream will take: records, calls and bytes, from a call or a few for each."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from source_xero_gl.commands.estimate.journal_count import count_journals
from source_xero_gl.engine.stream import XeroStream
from source_xero_gl.readers.batch import Fetch, Object, Params, Reader
from source_xero_gl.readers.budgets import BudgetWindows
from source_xero_gl.readers.changes.reader import ByChange, first_header
from source_xero_gl.readers.changes.walk import LARGEST_PAGE
from source_xero_gl.readers.changes.windows import FIRST_WINDOWS
from source_xero_gl.readers.errors import about
from source_xero_gl.readers.journals.reader import ByNumber
from source_xero_gl.readers.months import current_month, month_of
from source_xero_gl.readers.passes import InPasses, Passes, in_one_call
from source_xero_gl.readers.reports.first_month import LONGEST_PAUSE, LONGEST_SEARCH, STEP, Books
from source_xero_gl.readers.reports.month_ends import is_closed, lock_date
from source_xero_gl.readers.reports.reader import MonthByMonth
from source_xero_gl.readers.reports.tracking import active_categories, ask_for_categories
from source_xero_gl.readers.snapshot import Snapshot, TheOrganisation
from source_xero_gl.settings.settings import Settings
from source_xero_gl.xero.client import Page, XeroClient
from source_xero_gl.xero.dates import read_day
from source_xero_gl.xero.errors import Kind, XeroError
from source_xero_gl.xero.organisation import OrganisationCall

REFUSED = (Kind.JOURNALS_NOT_ALLOWED, Kind.JOURNALS_NEED_A_ROLE, Kind.SCOPE_MISSING, Kind.PERMISSION_MISSING)
"""Rows of the error table that say that a stream may not be read, while others may."""

MOST_DOCUMENTS = 100_000
"""Documents that Xero lists in one go; longer lists are refused, and read in parts."""

SAMPLE = 25
"""Objects that are read of a list to see how long they are."""

CALLS_A_BUDGET = 5
"""Calls for the windows of a budget: today's, the one of its last change, and one beyond each end."""

ONE_CALL = "one call"
"""Basis of a stream of which nothing is asked, because it takes one call whatever it holds."""

_UNCOUNTED_PAGE = 100
_UNCOUNTED_LATER = 4  # a page and its repeat show the end of a walk, and the newest object is in two walks
_FIRST_DAY = date(1980, 1, 1)  # Xero sends 1970-01-01 where it has no date


@dataclass(frozen=True)
class Forecast:
    """What a stream will take.

    Attributes:
        stream: its name.
        records: how many; None: not known.
        calls: to Xero, of the first sync.
        size: bytes of the answers before compression; None: not known, or nothing of its own.
        basis: how this is known, in a few words.
        later: calls of a later sync, when little has changed.
        reread_days: days after which a sync makes the calls of the first one once more; 0: never.
        refused: whether Xero does not let the stream be read.
    """

    stream: str
    records: int | None
    calls: int
    size: float | None
    basis: str
    later: int = 1
    reread_days: int = 0
    refused: bool = False


class Forecaster:
    """Asks Xero about the streams of one organisation."""

    def __init__(self, client: XeroClient, settings: Settings, organisation: OrganisationCall) -> None:
        """Ask with ``client`` about what the settings admit; ``organisation`` asks about the organisation, once."""
        self._client = client
        self._settings = settings
        self._first_day: date | None = None
        self._organisation = organisation
        self._searched: set[Books] = set()
        self._objects = 0
        self._bytes = 0

    def forecasts(self, selected: Sequence[XeroStream]) -> Iterator[Forecast]:
        """Yield a forecast of each stream; those that cost a call each come last, and the lock date where reports need it.

        Raises:
            XeroError: by the error table, but for streams that may not be read.
        """
        parents = list({stream.parent.name: stream.parent for stream in selected}.values())
        whole: list[Forecast] = []
        for parent in parents:
            members = [stream for stream in selected if stream.parent.name == parent.name]
            if _is_whole(parent.reader):
                first, *others = members
                whole.append(Forecast(first.name, None, 1, None, ONE_CALL, reread_days=self._reread_days(parent)))
                whole += [_beside(first, stream, None) for stream in others]
                continue
            with about(parent.name):
                yield from self._of(members)
        readers = [parent.reader for parent in parents]
        if any(isinstance(reader, MonthByMonth) for reader in readers) and TheOrganisation() not in readers:
            whole.append(Forecast("the lock date", None, 1, None, ONE_CALL))
        yield from whole

    def _of(self, members: Sequence[XeroStream]) -> Iterator[Forecast]:
        """Yield the forecasts of streams that are made of the same objects: the first one's has the calls."""
        first, parent, sample = members[0], members[0].parent, list[Object]()
        self._objects = self._bytes = 0
        try:
            match parent.reader:
                case ByNumber():
                    forecast, sample = self._journals(parent)
                case MonthByMonth() as reader:
                    forecast = self._report(parent, reader)
                case BudgetWindows():
                    forecast = self._budgets(parent)
                case reader:
                    forecast, sample = self._list(parent, reader)
        except XeroError as error:
            if error.kind not in (*REFUSED, Kind.TOO_MANY_DOCUMENTS):
                raise
            forecast = _without_count(parent, error)
        for number, stream in enumerate(members):
            records = forecast.records
            if stream.parent is not stream and records is not None:
                records = round(records * _share(stream, sample)) if sample or not records else None
            if number:
                yield _beside(first, stream, records)
            else:
                yield replace(forecast, stream=stream.name, records=records, reread_days=self._reread_days(parent))

    def _journals(self, stream: XeroStream) -> tuple[Forecast, list[Object]]:
        count = count_journals(self._fetch(stream), self._settings.journals)
        days = [day for found in count.sample if (day := read_day(found.get("JournalDate"))) and day > _FIRST_DAY]
        self._first_day = min([*days, *([self._first_day] if self._first_day else [])], default=None)
        calls = math.ceil(count.journals / count.journals_a_page) + 1  # an empty page is the end
        basis = "counted" if count.counted else f"estimated from {count.pages} pages"
        return Forecast(stream.name, count.journals, calls, self._size(count.journals), basis), count.sample

    def _list(self, stream: XeroStream, reader: Reader) -> tuple[Forecast, list[Object]]:
        """Return the forecast of a paged list, from one call."""
        since = reader.filters(self._settings).modified_since if isinstance(reader, ByChange) else None
        page = self._fetch(stream)({"page": 1, "pageSize": SAMPLE}, first_header(since, None))
        objects = len(page.objects) if page.item_count is None else page.item_count
        basis = "counted by Xero"
        if page.item_count is None:
            basis = "at least, Xero does not count them" if objects >= _UNCOUNTED_PAGE else "counted"
        calls, later = _list_calls(page, objects, reader)
        return Forecast(stream.name, objects, calls, self._size(objects), basis, later), page.objects

    def _budgets(self, stream: XeroStream) -> Forecast:
        budgets = len(self._fetch(stream)({}).objects)
        calls = 1 + CALLS_A_BUDGET * budgets
        return Forecast(stream.name, budgets, calls, None, "budgets counted, calls guessed", calls)

    def _report(self, stream: XeroStream, reader: MonthByMonth) -> Forecast:
        """Return the forecast of a report, from one call for each of its parts besides that for the organisation."""
        parts = reader.parts(active_categories(ask_for_categories(self._client)) if reader.by_option else None)
        organisation = self._organisation.page()
        today, starting_on = current_month(organisation.server_time), self._settings.reports.starting_on
        created = [day for found in organisation.objects if (day := read_day(found.get("CreatedDateUTC")))]
        begin = month_of(starting_on or self._first_day or min(created, default=today.first))
        used = months = min(max(today.since(begin) + 1, 1), STEP * LONGEST_SEARCH)
        more = int(reader.by_option)  # the tracking categories are asked for first
        search, roughly = 0, ""
        if starting_on is None:
            looks = (used - 1) // STEP + 1  # the last one is the first that lies before all books
            months, roughly = looks * STEP, "about "
            if parts and reader.books not in self._searched:
                search = looks + 1 if reader.cumulative else looks - 1 + LONGEST_PAUSE
                self._searched.add(reader.books)
        # Of movements those of most of a year: the last month may have been quiet.
        fetch, query = self._fetch(stream), reader.query(today - 1, STEP)
        lines = [line for part in parts for line in part.read(fetch({**query, **part.params}))]
        # Months before the books begin show no account and no section, only lines such as the net profit; but every bank account.
        banks = reader.books is Books.BANK
        bare = [line for line in lines if banks or (line["AccountID"] is None and line["RowType"] == "Row")]
        records = used * len(lines) + (months - used) * len(bare)
        locked = lock_date(organisation.objects)
        later = 1 + sum(not is_closed(today - back, locked) for back in range(1, months))
        calls = months * len(parts)
        basis = f"{roughly}{months} month ends{f' of {len(parts)} reports' * more}, by the latest figures"
        size = self._size(calls)
        return Forecast(stream.name, records, calls + search + more, size, basis, later * len(parts) + more)

    def _reread_days(self, stream: XeroStream) -> int:
        reader = stream.reader
        return reader.filters(self._settings).reread_days if isinstance(reader, ByChange) else 0

    def _fetch(self, stream: XeroStream) -> Fetch:
        """Return what reads pages of a stream's list, and counts what they hold."""
        fetch = stream.fetch_with(self._client)

        def counting(
            params: Params, modified_since: int | None = None, withdrawn: threading.Event | None = None, below: str = ""
        ) -> Page:
            page = fetch(params, modified_since, withdrawn, below)
            self._objects += len(page.objects)
            self._bytes += page.size
            return page

        return counting

    def _size(self, objects: int) -> float | None:
        """Return the bytes of a number of objects that are on average as long as those that were read."""
        if not objects:
            return 0.0
        return objects * self._bytes / self._objects if self._objects else None


def _is_whole(reader: Reader) -> bool:
    """Tell whether a list comes in one call, whatever it holds."""
    return isinstance(reader, (Snapshot, TheOrganisation)) or (
        isinstance(reader, ByChange) and reader.way is in_one_call
    )


def _beside(first: XeroStream, stream: XeroStream, records: int | None) -> Forecast:
    """Return the forecast of a stream that is made of the objects of another one, and so takes no calls."""
    return Forecast(stream.name, records, 0, None, f"from the pages of {first.name}", 0)


def _list_calls(page: Page, objects: int, reader: Reader) -> tuple[int, int]:
    """Return the calls of a first and of a later sync, if no second of change dates holds more than a page."""
    whole = isinstance(reader, InPasses)
    in_passes = whole or (isinstance(reader, ByChange) and reader.way is Passes)
    if page.item_count is None:
        pages = math.ceil(objects / _UNCOUNTED_PAGE)
        first = 2 * (pages + 1) if in_passes else pages + _UNCOUNTED_LATER - 1  # an empty page is the end
        return (first, first if whole else _UNCOUNTED_LATER) if objects else (1, 1)
    pages = max(1, math.ceil(objects / LARGEST_PAGE))
    # Passes go on until one brings nothing new. Each walk begins a second before the last one's end.
    first = pages if pages == 1 else 2 * pages if in_passes else pages + 1
    return first, first if whole else 1


def _without_count(stream: XeroStream, error: XeroError) -> Forecast:
    """Return what is known of a stream that Xero does not let us count."""
    if error.kind is Kind.TOO_MANY_DOCUMENTS:
        calls, basis = 2 * MOST_DOCUMENTS // LARGEST_PAGE, "more than 100,000, not counted by Xero; calls at least"
        return Forecast(stream.name, None, calls, None, basis, len(FIRST_WINDOWS))
    basis = f"may not be read: {error.kind.value if error.kind else error.message}"
    return Forecast(stream.name, None, 0, None, basis, 0, refused=True)


def _share(stream: XeroStream, sample: Iterable[Object]) -> float:
    """Return how many records of a flat table an object becomes on average."""
    counts = [sum(1 for _ in stream.records(found)) for found in sample]
    return sum(counts) / len(counts) if counts else 0.0
