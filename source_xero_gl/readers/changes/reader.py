"""Reading a list by change date: what a widened filter newly admits, what has changed, and now and then everything again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from source_xero_gl.readers.batch import Batch, Object, Params, State, XeroList
from source_xero_gl.readers.changes.state import UPDATED, ChangesState, StampRange, changes_state, resume
from source_xero_gl.readers.changes.walk import Step, Steps, Walk, header_below
from source_xero_gl.readers.changes.windows import Cut, Window, unread
from source_xero_gl.readers.errors import ReadingError
from source_xero_gl.settings.settings import InvoiceSettings, Settings
from source_xero_gl.xero.dates import DAY, MINUTE, now
from source_xero_gl.xero.errors import SYSTEM, Kind, XeroError

OVERLAP = 5 * MINUTE
"""How far the first request of a sync goes back before the state: objects may be committed late."""


def unfiltered(settings: Settings) -> InvoiceSettings:
    """Return the filters of a list that has none: everything is read, and read again as often as the settings say."""
    return InvoiceSettings(reread_days=settings.reread_days)


@dataclass(frozen=True)
class ByChange:
    """A list that Xero filters by the date of the last change.

    Attributes:
        filters: chooses the filters of the list from the settings.
        cut: how the list is cut when Xero refuses it as too long; None where it cannot be.
        way: through the list, or through a part that parameters select.
    """

    filters: Callable[[Settings], InvoiceSettings] = unfiltered
    cut: Cut | None = None
    way: Callable[[XeroList, Params], Steps] = Walk
    cursor_field: str = UPDATED

    def batches(self, xero_list: XeroList, state: State | None) -> Iterator[Batch]:
        """Read what has changed since the state."""
        since = self.filters(xero_list.settings).modified_since
        known = None if state is None else changes_state(state, since)
        return ChangesReader(self, xero_list).batches(resume(known, since))


class ChangesReader:
    """Reads one list, a batch for each page and a state at the end of each walk."""

    def __init__(self, how: ByChange, xero_list: XeroList) -> None:
        self._how = how
        self._list = xero_list
        self._reread_days = how.filters(xero_list.settings).reread_days
        self._emitted: set[tuple[int, str]] = set()
        self._server_time: int | None = None
        self._began = now()

    def batches(self, state: ChangesState) -> Iterator[Batch]:
        """Read on from ``state``, which ``resume`` made for the same filter; raises what ``Reader`` says."""
        if not self._reread_days:
            state = replace(state, whole_at=None)
        begins, bound = state.main.through is None, state.main.since
        if state.backfill:
            yield from self._backfill(state)
            state = state.caught_up()
        pending = True
        # What lies below the old bound has just been read by the backfill.
        for objects, part, expected in self._read(replace(state.main, since=bound), None):
            if begins and self._reread_days and state.whole_at is None:
                state = replace(state, whole_at=self._now)
            main = replace(part, since=state.main.since)
            pending = main == state.main
            state = replace(state, main=main)
            yield Batch(objects, None if pending else self._blob(state), expected)
        if pending:
            yield Batch([], self._blob(state))
        if self._whole_read_is_due(state):
            again = StampRange(state.main.since, windows=unread(state.main.windows))
            state = replace(state, backfill=again, until=state.main.through, whole_at=self._now)
            yield from self._backfill(state)

    def _backfill(self, state: ChangesState) -> Iterator[Batch]:
        if state.backfill is None:
            return
        for objects, part, _ in self._read(state.backfill, state.until):
            unchanged = part is state.backfill
            state = replace(state, backfill=part)
            yield Batch(objects, None if unchanged else self._blob(state))
        yield Batch([], self._blob(state.caught_up()))

    def _whole_read_is_due(self, state: ChangesState) -> bool:
        days = self._reread_days
        if not days or state.main.through is None:
            return False
        return state.whole_at is None or self._now - state.whole_at >= days * DAY

    @property
    def _now(self) -> int:
        """The instant by Xero's clock; by our own, at the beginning of the read, where Xero does not say."""
        return self._server_time if self._server_time is not None else self._began

    def _read(self, part: StampRange, until: int | None) -> Iterator[tuple[list[Object], StampRange, int | None]]:
        """Yield what to emit of each page, the range that is complete with it, and how many objects to expect."""
        if not part.windows:
            try:
                for objects, reached, expected in self._read_whole(part, until):
                    part = reached
                    yield objects, part, expected
            except XeroError as error:
                if error.kind is not Kind.TOO_MANY_DOCUMENTS or self._how.cut is None:
                    raise
            else:
                return
            part = replace(part, windows=self._how.cut.windows)
        yield from self._read_windows(self._how.cut or Cut(), part, until)

    def _read_whole(self, part: StampRange, until: int | None) -> Iterator[tuple[list[Object], StampRange, int | None]]:
        for step in self._steps({}, part.since, part.through):
            if step.through is not None:
                part = replace(part, through=_furthest(step.through, part))
            yield self._news(step, part.since, until), part, step.expected
            if _reached(step, until):
                return

    def _read_windows(
        self, cut: Cut, part: StampRange, until: int | None
    ) -> Iterator[tuple[list[Object], StampRange, int | None]]:
        """Read window by window. Documents that change meanwhile are newer than the beginning, where the next sync goes on."""
        while True:
            index = next((i for i, window in enumerate(part.windows) if not window.done), None)
            if index is None:
                break
            window = part.windows[index]
            through = part.through if window.through is None else window.through
            try:
                for step in self._steps(cut.params(window), part.since, through):
                    # With 0 the state does not move on, so that the next sync asks for the same again.
                    if part.began is None or step.missing:
                        part = replace(part, began=0 if step.missing else self._now)
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
                part = _with_windows(part, index, *_split(window, cut))
        through = part.through if part.began is None else _furthest(part.began - OVERLAP, part)
        yield [], replace(part, through=through, windows=unread(part.windows), began=None), None

    def _steps(self, params: Params, since: int | None, through: int | None) -> Iterator[Step]:
        for step in self._how.way(self._list, params).steps(first_header(since, through)):
            self._server_time = step.server_time or self._server_time
            yield step
            if step.through is not None:
                floor = header_below(step.through)
                self._emitted = {version for version in self._emitted if version[0] >= floor}

    def _news(self, step: Step, since: int | None, until: int | None) -> list[Object]:
        """Return the objects within the bounds that this sync has not emitted in the same version."""
        news: list[Object] = []
        for version in step.versions:
            within = (since is None or version.stamp >= since) and (until is None or version.stamp < until)
            if within and version.key not in self._emitted:
                self._emitted.add(version.key)
                news.append(version.object)
        return news

    def _blob(self, state: ChangesState) -> dict[str, object]:
        return state.as_blob(self._list.tenant_id)


def first_header(since: int | None, through: int | None) -> int | None:
    """Return the header of a sync's first request: before the state by the overlap, never below the filter."""
    bounds = [stamp for stamp in (since, None if through is None else through - OVERLAP) if stamp is not None]
    header = header_below(max(bounds, default=0))
    return header if header > 0 else None


def _split(window: Window, cut: Cut) -> tuple[Window, ...]:
    parts = window.split(cut.types, cut.statuses)
    if not parts:
        raise ReadingError(
            SYSTEM,
            f"Xero refuses to list {{stream}}: more than 100,000 documents cannot be told apart by date, type or "
            f"status ({window.days}, {window.kind}, {window.status}). Leave the stream out, or set a later Modified since "
            "where it has one.",
        )
    return parts


def _furthest(stamp: int, part: StampRange) -> int:
    return max(stamp, part.through or 0, part.since or 0)


def _reached(step: Step, until: int | None) -> bool:
    return until is not None and step.through is not None and step.through >= until


def _with_windows(part: StampRange, index: int, *windows: Window) -> StampRange:
    return replace(part, windows=(*part.windows[:index], *windows, *part.windows[index + 1 :]))
