"""A destination that may crash in the middle of a sync, and what has arrived there by then."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from source_xero_gl.readers.batch import Batch

State = dict[str, Any]


@dataclass
class Outcome:
    """What has arrived in one sync: objects, and the states between them."""

    objects: list[dict[str, Any]] = field(default_factory=list)
    states: list[State] = field(default_factory=list)

    @property
    def numbers(self) -> list[int]:
        """The numbers of the journals, in the order of their arrival."""
        return [journal["JournalNumber"] for journal in self.objects]

    @property
    def ids(self) -> list[str]:
        """The IDs of invoices, in the order of their arrival."""
        return [invoice["InvoiceID"] for invoice in self.objects]

    @property
    def versions(self) -> list[tuple[str, str]]:
        """ID and stamp of invoices, in the order of their arrival."""
        return [(invoice["InvoiceID"], invoice["UpdatedDateUTC"]) for invoice in self.objects]

    @property
    def contents(self) -> list[tuple[str, int]]:
        """ID and content of invoices, in the order of their arrival."""
        return [(invoice["InvoiceID"], invoice["Content"]) for invoice in self.objects]


def consume(batches: Iterator[Batch], crash_after: int | None) -> Outcome:
    """Take batches as a destination does: their objects, then their state; stop for good after so many of the two."""
    outcome, events = Outcome(), 0
    for batch in batches:
        if events == crash_after:
            break
        outcome.objects += batch.objects
        events += 1
        if events == crash_after:
            break
        if batch.state is not None:
            outcome.states.append(json.loads(json.dumps(batch.state)))  # what a platform keeps is JSON
            events += 1
    close = getattr(batches, "close", None)
    if close:
        close()
    return outcome
