"""Lists that Xero can neither sort nor cut reliably: read from end to end, again and again until a pass brings nothing new.

An object may move to a page that has been read already, when others are edited or added during the read. The next pass finds
it, because it begins at the first page again. Objects that vanish during two passes could still hide one; Xero keeps what was
deleted, with another status.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from source_xero_gl.readers.batch import Batch, Object, Params, State, XeroList
from source_xero_gl.readers.changes.state import UPDATED
from source_xero_gl.readers.changes.walk import LARGEST_PAGE, Step, Version
from source_xero_gl.readers.errors import broken
from source_xero_gl.xero.client import Page
from source_xero_gl.xero.dates import now, read_instant

PASSES = 5
"""Passes after which what is new, or has no date of change, may wait for the next sync."""

_UNDATED = 0
"""The stamp of an object for which Xero gives none; it arrives with every read that holds it."""


class Passes:
    """Reads one list, or a part of it, in passes."""

    def __init__(self, xero_list: XeroList, params: Params, *, paged: bool = True) -> None:
        """Read a list, or the part of it that ``params`` select; one that is not paged comes in one call."""
        self._list = xero_list
        self._params = params
        self._paged = paged
        self._versions: set[tuple[int, str]] = set()
        self._began: int | None = None

    def steps(self, header: int | None) -> Iterator[Step]:
        """Yield the versions of each page that are new, and at the end up to which stamp all has been read, as ``Steps`` says."""
        for number in count(1):
            pages, new = 0, list[int]()
            for page in self._pass(header):
                pages += 1
                versions = self._new_versions(page)
                new += [version.stamp for version in versions]
                yield Step(versions, server_time=page.server_time)
            highest = max((stamp for stamp, _ in self._versions), default=0)
            if pages <= 1:  # what came in one answer has not moved meanwhile
                yield Step([], through=highest)
                return
            began = self._began or 0
            # What changed before the read had been passed over, so there may be more of it: go on. That comes to an end; changes
            # during the read may not.
            over = number >= PASSES and not any(_UNDATED < stamp <= began for stamp in new)
            if over and _UNDATED in new:
                # The next sync's header might leave these objects out: Xero does not date them.
                yield Step([], missing=True)
                return
            if over or not new:
                yield Step([], through=min(highest, began))
                return

    def _pass(self, header: int | None) -> Iterator[Page]:
        """Yield the pages of one pass. Without pagination, a page that only repeats what this pass has read shows the end."""
        seen: set[str] = set()
        for number in count(1):
            paging: Params = {"page": number, "pageSize": LARGEST_PAGE} if self._paged else {}
            page = self._list.page({**self._params, **paging}, header)
            if self._began is None:
                self._began = now() if page.server_time is None else page.server_time
            ids = {self._id(found) for found in page.objects}
            yield page
            over = ids <= seen if page.page_count is None else number >= page.page_count
            if not self._paged or over:
                return
            seen |= ids

    def _new_versions(self, page: Page) -> list[Version]:
        """Return what these passes have not brought in this version, and remember it."""
        news: list[Version] = []
        for found in page.objects:
            version = Version(read_instant(found.get(UPDATED)) or _UNDATED, self._id(found), found)
            if version.key not in self._versions:
                self._versions.add(version.key)
                news.append(version)
        return news

    def _id(self, found: Object) -> str:
        object_id = found.get(self._list.id_field)
        if not isinstance(object_id, str):
            raise broken(f"{self._list.id_field} in each object")
        return object_id


def in_one_call(xero_list: XeroList, params: Params) -> Passes:
    """Return the way through a list that Xero answers in one call, whatever its length."""
    return Passes(xero_list, params, paged=False)


@dataclass(frozen=True)
class InPasses:
    """A list that Xero does not filter by the date of the last change: all of it is read each time."""

    cursor_field: None = None

    def batches(self, xero_list: XeroList, state: State | None) -> Iterator[Batch]:
        """Read the list."""
        del state
        for step in Passes(xero_list, {}).steps(None):
            yield Batch([version.object for version in step.versions])
        yield Batch([], {})
