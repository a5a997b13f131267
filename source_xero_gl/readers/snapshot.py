"""Lists that Xero answers as a whole, in one unpaged answer."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass

from source_xero_gl.readers.batch import Batch, State, XeroList


@dataclass(frozen=True)
class Snapshot:
    """A list that is read whole each time, in one call."""

    cursor_field: None = None

    def batches(self, xero_list: XeroList, state: State | None) -> Iterator[Batch]:
        """Read the list."""
        del state
        yield Batch(xero_list.page({}).objects, {})


@dataclass(frozen=True)
class TheOrganisation:
    """The organisation itself, from the answer that a whole sync shares."""

    cursor_field: None = None

    def batches(self, xero_list: XeroList, state: State | None) -> Iterator[Batch]:
        """Read it."""
        del state
        yield Batch(copy.deepcopy(xero_list.organisation().objects), {})  # objects become records in place
