"""What every reader takes and gives: pages of one of Xero's lists on one side, batches of objects on the other."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from source_xero_gl.readers.reports.first_month import Books, FirstMonth
from source_xero_gl.settings.settings import Settings
from source_xero_gl.xero.client import Page

Object = dict[str, Any]
"""What Xero sends: an invoice, a journal, an account."""

State = Mapping[str, Any]
"""A stream's part of the platform's state."""

Params = Mapping[str, str | int]
"""Parameters of a query."""


class Fetch(Protocol):
    """Reads one page of a list."""

    def __call__(
        self,
        params: Params,
        modified_since: int | None = None,
        withdrawn: threading.Event | None = None,
        below: str = "",
    ) -> Page:
        """Return a page, by the arguments of ``XeroClient.page``.

        Args:
            params: of the query, besides those of every query of the list.
            modified_since: an instant for ``If-Modified-Since``.
            withdrawn: once set, the page is not needed any more; a call that still waits for its turn is not made.
            below: path below the list's own, for one object of it, such as ``/<BudgetID>``.
        """


class Pace(Protocol):
    """Says how fast calls may be made."""

    def ready(self) -> int:
        """Return how many calls the limits admit at this moment without waiting."""

    @property
    def interval(self) -> float:
        """Seconds between calls at the rate that is allowed in the long run."""


@dataclass(frozen=True)
class XeroList:
    """One of Xero's lists, as it is read in one sync.

    Attributes:
        page: reads a page of it.
        id_field: Xero's ID of an object.
        tenant_id: TenantID of the organisation, for the state.
        organisation: returns the Organisation answer, from one call a sync.
        categories: returns the tracking categories, from a call each time.
        first_months: of the reports, by what they are made from.
        pace: of the calls.
    """

    page: Fetch
    id_field: str
    settings: Settings
    tenant_id: str
    organisation: Callable[[], Page]
    categories: Callable[[], Page]
    first_months: Mapping[Books, FirstMonth]
    pace: Pace


@dataclass(frozen=True)
class Batch:
    """Objects to hand on, in order.

    Attributes:
        objects: as Xero sent them.
        state: what is complete once these objects are out; None when a crash here repeats more than these.
        expected: how many objects the whole read will bring, where Xero says so.
        note: a sentence for the log; None: there is nothing to say.
    """

    objects: Sequence[Object]
    state: State | None = None
    expected: int | None = None
    note: str | None = None


class Reader(Protocol):
    """A way to read a list so that nothing is lost. Its declaration holds no state of a sync."""

    @property
    def cursor_field(self) -> str | None:
        """The field by which the list is read incrementally; None: it is read whole each time."""

    def batches(self, xero_list: XeroList, state: State | None) -> Iterator[Batch]:
        """Read on from a state, None to begin.

        Raises:
            XeroError: by the error table.
            ReadingError: an answer is not as Xero promises, or the state cannot be read.
        """
