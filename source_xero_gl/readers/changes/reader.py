"""Reading a list by change date: what a widened filter newly admits, what has changed, and now and then everything again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from source_xero_gl.readers.batch import Batch, Fetch, Row
from source_xero_gl.readers.changes.state import KeysetState, StampRange
from source_xero_gl.readers.changes.walk import Stamped, Step, Walk, header_below
from source_xero_gl.readers.changes.windows import FIRST_WINDOWS, Window, anew
from source_xero_gl.xero.dates import DAY, MINUTE, now
from source_xero_gl.xero.errors import SYSTEM, Kind, XeroError

OVERLAP = 5 * MINUTE
"""How far the first request of a sync goes back behind the state: rows may be committed late."""


@dataclass(frozen=True)
class KeysetList:
    """What is read, and how.

    Attributes:
        stream: name, for errors.
        id_field: Xero's ID of a row.
        dated: whether rows have a ``Date`` that a list too long can be cut into windows by.
        types: every Type of the rows, by which a single day can be split further; none where it cannot be.
        statuses: every Status, likewise.
        reread_days: read everything again after so many days; 0: never.
    """

    stream: str
    id_field: str
    dated: bool = False
    types: Sequence[str] = ()
    statuses: Sequence[str] = ()
    reread_days: int = 0


class KeysetReader:
    """Reads one list, a batch for each page and a state at the end of each walk."""

    def __init__(self, what: KeysetList, fetch: Fetch, tenant_id: str) -> None:
        """Read ``what`` page by page with ``fetch``; ``tenant_id`` goes into the state."""
        self._what = what
        self._fetch = fetch
        self._tenant_id = tenant_id
        self._emitted: set[tuple[int, str]] = set()
        self._server_time: int | None = None
        self._began = now()

    def batches(self, state: KeysetState) -> Iterator[Batch]:
        """Read on from ``state``, which ``resume`` made for the same filter.

        Raises:
            XeroError: by the error table, or system when Xero ignores the header or the order.
        """
        if not self._what.reread_days:
            state = replace(state, whole_at=None)
        begins, bound = state.main.through is None, state.main.since
        if state.backfill:
            yield from self._backfill(state)
            state = state.caught_up()
        pending = True
        # What lies below the old bound has just been read by the backfill.
        for rows, part, expected_rows in self._read(replace(state.main, since=bound), None):
            if begins and self._what.reread_days and state.whole_at is None:
                state = replace(state, whole_at=self._now)
            main = replace(part, since=state.main.since)
            pending = main == state.main
            state = replace(state, main=main)
            yield Batch(rows, None if pending else self._blob(state), expected_rows)
        if pending:
            yield Batch([], self._blob(state))
        if self._whole_read_is_due(state):
            again = StampRange(state.main.since, windows=anew(state.main.windows))
            state = replace(state, backfill=again, until=state.main.through, whole_at=self._now)
            yield from self._backfill(state)

    def _backfill(self, state: KeysetState) -> Iterator[Batch]:
        """Read the backfill of a state to its end."""
        if state.backfill is None:
            return
        for rows, part, _ in self._read(state.backfill, state.until):
            unchanged = part is state.backfill
            state = replace(state, backfill=part)
            yield Batch(rows, None if unchanged else self._blob(state))
        yield Batch([], self._blob(state.caught_up()))

    def _whole_read_is_due(self, state: KeysetState) -> bool:
        days = self._what.reread_days
        if not days or state.main.through is None:
            return False
        return state.whole_at is None or self._now - state.whole_at >= days * DAY

    @property
    def _now(self) -> int:
        """The instant by Xero's clock, by our own at the beginning of the read where Xero does not tell."""
        return self._server_time if self._server_time is not None else self._began

    def _read(self, part: StampRange, until: int | None) -> Iterator[tuple[list[Row], StampRange, int | None]]:
        """Yield the rows to emit of each page, the range that is complete with them, and how many rows to expect."""
        if not part.windows:
            try:
                for rows, reached, expected_rows in self._read_whole(part, until):
                    part = reached
                    yield rows, part, expected_rows
            except XeroError as error:
                if error.kind is not Kind.TOO_MANY_DOCUMENTS or not self._what.dated:
                    raise
            else:
                return
            part = replace(part, windows=FIRST_WINDOWS)
        yield from self._read_windows(part, until)

    def _read_whole(self, part: StampRange, until: int | None) -> Iterator[tuple[list[Row], StampRange, int | None]]:
        for step in self._steps({}, part.since, part.through):
            if step.through is not None:
                part = replace(part, through=_furthest(step.through, part))
            yield self._news(step, part.since, until), part, step.expected_rows
            if _reached(step, until):
                return

    def _read_windows(self, part: StampRange, until: int | None) -> Iterator[tuple[list[Row], StampRange, int | None]]:
        """Read window by window. Documents that change meanwhile are newer than the beginning, where the next sync goes on."""
        while True:
            index = next((i for i, window in enumerate(part.windows) if not window.done), None)
            if index is None:
                break
            window = part.windows[index]
            through = part.through if window.through is None else window.through
            try:
                for step in self._steps(window.params(), part.since, through):
                    part = part if part.began is not None else replace(part, began=self._now)
                    if step.through is not None:
                        window = replace(window, through=step.through)
                        part = _with_windows(part, index, window)
                    yield self._news(step, part.since, until), part, None
                    if _reached(step, until):
                        break
                part = _with_windows(part, index, replace(window, done=True))
            except XeroError as error:
                if error.kind is not Kind.TOO_MANY_DOCUMENTS:
                    raise
                part = _with_windows(part, index, *self._split(window))
        through = part.through if part.began is None else _furthest(part.began - OVERLAP, part)
        yield [], replace(part, through=through, windows=anew(part.windows), began=None), None

    def _split(self, window: Window) -> tuple[Window, ...]:
        parts = window.split(self._what.types, self._what.statuses)
        if not parts:
            raise XeroError(
                SYSTEM,
                f"Xero refuses to list {self._what.stream}: more than 100,000 documents cannot be told apart by date, type or "
                f"status ({window.days}, {window.kind}, {window.status}). Leave the stream out, or set a later Modified since "
                "where it has one.",
            )
        return parts

    def _steps(self, window: Mapping[str, str], since: int | None, through: int | None) -> Iterator[Step]:
        walk = Walk(self._what.stream, self._what.id_field, self._fetch, window)
        for step in walk.steps(first_header(since, through)):
            self._server_time = step.server_time or self._server_time
            yield step
            if step.through is not None:
                floor = header_below(step.through)
                self._emitted = {version for version in self._emitted if version[0] >= floor}

    def _news(self, step: Step, since: int | None, until: int | None) -> list[Row]:
        """Return the rows within the bounds that this sync has not emitted in the same version."""
        return [row.row for row in step.rows if self._is_new(row, since, until)]

    def _is_new(self, row: Stamped, since: int | None, until: int | None) -> bool:
        version = (row.stamp, row.row_id)
        within = (since is None or row.stamp >= since) and (until is None or row.stamp < until)
        if not within or version in self._emitted:
            return False
        self._emitted.add(version)
        return True

    def _blob(self, state: KeysetState) -> dict[str, object]:
        return state.as_blob(self._tenant_id)


def first_header(since: int | None, through: int | None) -> int | None:
    """Return the header of a sync's first request: behind the state by the overlap, never below the filter."""
    bounds = [stamp for stamp in (since, None if through is None else through - OVERLAP) if stamp is not None]
    header = header_below(max(bounds, default=0))
    return header if header > 0 else None


def _furthest(stamp: int, part: StampRange) -> int:
    return max(stamp, part.through or 0, part.since or 0)


def _reached(step: Step, until: int | None) -> bool:
    return until is not None and step.through is not None and step.through >= until


def _with_windows(part: StampRange, index: int, *windows: Window) -> StampRange:
    return replace(part, windows=(*part.windows[:index], *windows, *part.windows[index + 1 :]))
