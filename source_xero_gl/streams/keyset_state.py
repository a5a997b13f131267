"""What has been read of a list by change date: one contiguous range of stamps, and a second below it after a widened filter.

Pure: ``resume`` decides what a sync still has to read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from source_xero_gl.streams.state import TENANT_KEY, VERSION, VERSION_KEY, instant_in, instant_out, unreadable

UPDATED = "UpdatedDateUTC"


@dataclass(frozen=True)
class StampRange:
    """Rows of consecutive change stamps that have been read.

    Attributes:
        since: lowest stamp that was asked for; None: everything.
        through: highest stamp up to which every row is complete; None before the first checkpoint.
    """

    since: int | None
    through: int | None = None


@dataclass(frozen=True)
class KeysetState:
    """The range that goes on at new changes, and the part of a widened filter that has been read so far, if any."""

    main: StampRange
    backfill: StampRange | None = None

    def as_blob(self, tenant_id: str) -> dict[str, Any]:
        """Return the state as the platform keeps it."""
        blob = {**_range_out(self.main), VERSION_KEY: VERSION, TENANT_KEY: tenant_id}
        if self.backfill:
            blob["backfill"] = _range_out(self.backfill)
        return blob


def keyset_state(blob: Mapping[str, Any], since: int | None, stream: str) -> KeysetState:
    """Return the state in a blob; a bare ``{"UpdatedDateUTC": …}`` gets today's filter as its bound.

    Raises:
        XeroError: config, when the blob cannot be read.
    """
    backfill = blob.get("backfill")
    if backfill is not None and not isinstance(backfill, Mapping):
        raise unreadable(stream, "backfill")
    main = _range_in(blob, since, stream)
    return KeysetState(main, None if backfill is None else _range_in(backfill, since, stream))


def resume(state: KeysetState | None, since: int | None) -> KeysetState:
    """Return the state from which a sync goes on that reads what changed at ``since`` or later."""
    if state is None:
        return KeysetState(StampRange(since))
    main = state.main
    if since is not None and (main.through is None or since > main.through):
        return KeysetState(StampRange(since))
    if main.since is None or (since is not None and since >= main.since):
        return KeysetState(replace(main, since=since if since is not None else main.since))
    if state.backfill and state.backfill.since == since:
        return state
    return KeysetState(main, StampRange(since))


def _range_out(part: StampRange) -> dict[str, Any]:
    through = part.through if part.through is not None else part.since
    return {UPDATED: instant_out(through if through is not None else 0), "modified_since": instant_out(part.since)}


def _range_in(blob: Mapping[str, Any], since: int | None, stream: str) -> StampRange:
    through = instant_in(blob, UPDATED, stream)
    if through is None:
        raise unreadable(stream, UPDATED)
    return StampRange(instant_in(blob, "modified_since", stream) if "modified_since" in blob else since, through)
