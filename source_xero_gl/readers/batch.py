"""What a reader takes and gives: calls to an endpoint on one side, batches of rows with their checkpoints on the other."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from source_xero_gl.xero.client import Page
from source_xero_gl.xero.errors import SYSTEM, XeroError

Row = dict[str, Any]
State = Mapping[str, Any]


class Fetch(Protocol):
    """Reads one page of the stream's endpoint."""

    def __call__(
        self,
        params: Mapping[str, str | int],
        modified_since: int | None = None,
        withdrawn: threading.Event | None = None,
    ) -> Page:
        """Return a page of the stream's endpoint.

        Args:
            params: of the query, besides those of every query of the stream.
            modified_since: an instant for ``If-Modified-Since``.
            withdrawn: once set, the page is not needed any more; a call that still waits for its turn is not made.
        """


@dataclass(frozen=True)
class Batch:
    """Rows to emit, in order.

    Attributes:
        rows: as Xero sent them.
        state: what is complete once these rows are out; None when a crash here repeats more than these.
        expected_rows: how many rows the whole read will bring, where Xero tells.
    """

    rows: Sequence[Row]
    state: State | None = None
    expected_rows: int | None = None


def broken(stream: str, expected: str) -> XeroError:
    """Return the error for an answer that breaks what Xero promises; going on could lose rows."""
    return XeroError(
        SYSTEM, f"Xero's answer for {stream} is not as documented: expected {expected}. Please report it with the log."
    )
