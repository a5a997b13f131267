"""The walk: reading a list by change date, so that objects that are edited during the read are not skipped.

Page numbers over a list that is sorted by a changing stamp lose objects: an edited one moves to the end, and everything after it
moves up. So a walk reads pages 1 to p under one ``If-Modified-Since`` header until the header can move on. Then it reads pages
p-1 to 1 again, because an object that was not read yet can only have moved to a lower page. Only then does the header move.
See https://developer.xero.com/documentation/api/accounting/requests-and-responses.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple, Protocol

from source_xero_gl.readers.batch import Object, Params, XeroList
from source_xero_gl.readers.changes.state import UPDATED
from source_xero_gl.readers.errors import broken
from source_xero_gl.xero.dates import SECOND, read_instant

LARGEST_PAGE = 1000
"""Objects a page, the most that Xero gives of a list with ``pageSize``; of others it gives a hundred."""


class Version(NamedTuple):
    """An object as it was after one change; its stamp and its ID identify the version."""

    stamp: int
    object_id: str
    object: Object

    @property
    def key(self) -> tuple[int, str]:
        """What stays the same when the object itself becomes a record, in place."""
        return self.stamp, self.object_id


@dataclass(frozen=True)
class Step:
    """A page of a walk, or with ``through`` the end of one: up to that stamp every object has been read.

    Attributes:
        versions: of the page.
        through: stamp; None for a page.
        expected: objects of the whole list, where Xero says so.
        page_count: pages of the whole list, likewise.
        server_time: instant of the answer by Xero's clock.
        missing: whether objects may be missing that the next sync finds only if it asks for the same again.
    """

    versions: list[Version]
    through: int | None = None
    expected: int | None = None
    page_count: int | None = None
    server_time: int | None = None
    missing: bool = False

    @property
    def keys(self) -> list[tuple[int, str]]:
        """Which versions the page holds."""
        return [version.key for version in self.versions]


class Steps(Protocol):
    """A way through a list, or through a part of it, on which nothing is passed over."""

    def steps(self, header: int | None) -> Iterator[Step]:
        """Yield every page, and up to which stamp every object has been read.

        Args:
            header: instant of the first ``If-Modified-Since``, a whole second; None for no header.

        Raises:
            XeroError: by the error table.
            ReadingError: system, when an answer is not as Xero promises.
        """


class Walk:
    """Walks over one list that Xero sorts by the stamp."""

    def __init__(self, xero_list: XeroList, params: Params) -> None:
        """Walk over the part of a list that ``params`` select, besides those of every query, paging and order."""
        self._list = xero_list
        self._params = {**params, "order": f"{UPDATED} ASC", "pageSize": LARGEST_PAGE}

    def steps(self, header: int | None) -> Iterator[Step]:
        """Yield every page and the end of each walk until the list ends, as ``Steps`` says."""
        while True:
            begin = header
            last = None
            number = 1
            page = yield from self._forward(number, header, Step([]))
            while page.versions:
                last = page.versions[-1].stamp
                # Without a header the walk ends as if the stamp with which the list begins had been asked for.
                begin = header_below(page.versions[0].stamp) if begin is None else begin
                # With the same header the next walk would read the same pages: go on until it can move.
                if _is_last(page, number) or header_below(last) > begin:
                    break
                number += 1
                page = yield from self._forward(number, header, page)
            if last is None:
                return
            # An edit moves an object to the end, and all after it up: what was not read yet is on a lower page now.
            for back in range(number - 1, 0, -1):
                yield self._page(back, header)
            yield Step([], through=last)
            if _is_last(page, number):
                return
            header = header_below(last)

    def _forward(self, number: int, header: int | None, before: Step) -> Generator[Step, None, Step]:
        """Yield and return a page. Without pagination, one that only repeats the page before it counts as empty."""
        page = self._page(number, header)
        if page.page_count is None and page.keys == before.keys:
            page = Step([], server_time=page.server_time)
        yield page
        return page

    def _page(self, number: int, header: int | None) -> Step:
        page = self._list.page({**self._params, "page": number}, header)
        versions = [self._version(found) for found in page.objects]
        if any(one.stamp > other.stamp for one, other in pairwise(versions)):
            raise broken(f"objects in the order of {UPDATED}")
        if versions and header is not None and versions[0].stamp < header:
            raise broken("no objects older than If-Modified-Since")
        return Step(versions, None, page.item_count, page.page_count, page.server_time)

    def _version(self, found: Object) -> Version:
        stamp, object_id = read_instant(found.get(UPDATED)), found.get(self._list.id_field)
        if stamp is None or not isinstance(object_id, str):
            raise broken(f"{UPDATED} and {self._list.id_field} in each object")
        return Version(stamp, object_id, found)


def _is_last(page: Step, number: int) -> bool:
    """Tell whether no page follows; without pagination only one that is empty says so."""
    return not page.versions or (page.page_count is not None and number >= page.page_count)


def header_below(stamp: int) -> int:
    """Return the instant of the whole second before that of a stamp.

    The header has whole seconds, and Xero does not say whether it is inclusive: so what has this stamp is listed either way.
    """
    return (stamp // SECOND - 1) * SECOND
