"""What has been read of a list by change date: one contiguous range of stamps, and a second one that is being read again.

Pure: ``resume`` decides what a sync still has to read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from source_xero_gl.readers.changes.windows import WINDOWS_KEY, Window, unread, windows_in, windows_out
from source_xero_gl.readers.errors import unreadable
from source_xero_gl.readers.state import TENANT_KEY, VERSION, VERSION_KEY, instant_in, instant_out

UPDATED = "UpdatedDateUTC"


@dataclass(frozen=True)
class StampRange:
    """Objects of consecutive change stamps that have been read.

    Attributes:
        since: lowest stamp that was asked for; None: everything.
        through: highest stamp up to which every object has been read; None before the first checkpoint.
        windows: the date windows that the list must be read in; empty: it can be read whole.
        began: instant by Xero's clock at which the read that is under way in windows began; None: none is.
    """

    since: int | None
    through: int | None = None
    windows: tuple[Window, ...] = ()
    began: int | None = None


@dataclass(frozen=True)
class ChangesState:
    """What has been read, and what is being read.

    Attributes:
        main: the range that new changes extend.
        backfill: the part that is being read below it, after the filter was widened or because a reading of everything is
            due; None when nothing is missing.
        until: the stamp at which the backfill ends, exclusive.
        whole_at: instant by Xero's clock at which the last reading of everything began; None: not known.
    """

    main: StampRange
    backfill: StampRange | None = None
    until: int | None = None
    whole_at: int | None = None

    def as_blob(self, tenant_id: str) -> dict[str, Any]:
        """Return the state as the platform keeps it."""
        blob = {**_range_out(self.main), VERSION_KEY: VERSION, TENANT_KEY: tenant_id}
        if self.whole_at is not None:
            blob["whole_at"] = instant_out(self.whole_at)
        if self.backfill:
            blob["backfill"] = {**_range_out(self.backfill), "until": instant_out(self.until)}
        return blob

    def caught_up(self) -> ChangesState:
        """Return the state after the backfill: its lower bound is that of the main range now."""
        backfill = self.backfill or self.main
        windows = self.main.windows or unread(backfill.windows)
        return ChangesState(replace(self.main, since=backfill.since, windows=windows), whole_at=self.whole_at)


def changes_state(blob: Mapping[str, Any], since: int | None) -> ChangesState:
    """Return the state in a blob; a bare ``{"UpdatedDateUTC": …}`` gets today's filter as its bound.

    Raises:
        ReadingError: config, when the blob cannot be read.
    """
    state = ChangesState(_range_in(blob, since), whole_at=instant_in(blob, "whole_at"))
    backfill = blob.get("backfill")
    if backfill is None:
        return state
    if not isinstance(backfill, Mapping):
        raise unreadable("backfill")
    return replace(state, backfill=_range_in(backfill, since), until=instant_in(backfill, "until"))


def resume(state: ChangesState | None, since: int | None) -> ChangesState:
    """Return the state from which a sync goes on that reads what changed at ``since`` or later."""
    fresh = ChangesState(StampRange(since))
    if state is None or (since is not None and since > (state.main.through or 0)):
        return fresh
    main, backfill = state.main, state.backfill
    begun = backfill is not None and backfill.since == since
    if main.since is not None and (since is None or since < main.since):
        if main.through is None or main.through <= main.since:
            return fresh  # nothing was there, maybe because the filter lay in the future
        if begun and state.until is not None and state.until >= main.since:
            return state
        return replace(state, backfill=StampRange(since, windows=unread(main.windows)), until=main.since)
    if begun and since == main.since:
        return state
    dropped = backfill is not None and backfill.since == main.since  # a reading of everything that did not end
    return ChangesState(replace(main, since=since), whole_at=None if dropped else state.whole_at)


def _range_out(part: StampRange) -> dict[str, Any]:
    through = part.through if part.through is not None else part.since
    blob: dict[str, Any] = {
        UPDATED: instant_out(through if through is not None else 0),
        "modified_since": instant_out(part.since),
    }
    if part.windows:
        blob[WINDOWS_KEY] = windows_out(part.windows)
    if part.began is not None:
        blob["began"] = instant_out(part.began)
    return blob


def _range_in(blob: Mapping[str, Any], since: int | None) -> StampRange:
    through = instant_in(blob, UPDATED)
    if through is None:
        raise unreadable(UPDATED)
    bound = instant_in(blob, "modified_since") if "modified_since" in blob else since
    return StampRange(bound, through, windows_in(blob), instant_in(blob, "began"))
