"""What the models of Xero's lists share: a destination that may crash in the middle of a sync, and what it has got by then.

All that the tests know about the readers' signatures stands here, in ``journal_book`` and in ``changing_list``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, cast

from source_xero_gl.readers.batch import Batch, Fetch, XeroList
from source_xero_gl.readers.lock_date import LockDate
from source_xero_gl.settings.settings import AccessTokenCredentials, Settings
from source_xero_gl.xero.client import XeroClient

TENANT = "3f2a7c1e-5b0d-4e86-9a41-6d7c8e9f0a1b"

State = dict[str, Any]


class TooManyCallsError(AssertionError):
    """A reader does not come to its end."""


class EverySecond:
    """The pace of calls at 60 a minute."""

    interval = 1.0


def list_of(page: Fetch, id_field: str, settings: Settings | None = None, client: XeroClient | None = None) -> XeroList:
    """Return a list of the tenant whose pages ``page`` reads; ``client`` is asked for the lock date, if anything is."""
    settings = settings or Settings(AccessTokenCredentials("token"))
    return XeroList(page, id_field, settings, TENANT, LockDate(cast("XeroClient", client)), EverySecond())


def wire(millis: int) -> str:
    """Return an instant as Xero writes it."""
    return f"/Date({millis}+0000)/"


def unwired(stamp: str) -> int:
    """Return the milliseconds of a date that a model wrote."""
    return int(stamp.removeprefix("/Date(").removesuffix("+0000)/"))


@dataclass
class Outcome:
    """What a destination has got from one sync: rows, and the states between them."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    states: list[State] = field(default_factory=list)

    @property
    def numbers(self) -> list[int]:
        """The numbers of the journals, in the order of their arrival."""
        return [row["JournalNumber"] for row in self.rows]

    @property
    def ids(self) -> list[str]:
        """The IDs of the rows of a list by change date, in the order of their arrival."""
        return [row["InvoiceID"] for row in self.rows]

    @property
    def versions(self) -> list[tuple[str, str]]:
        """The rows of a list by change date as ID and stamp."""
        return [(row["InvoiceID"], row["UpdatedDateUTC"]) for row in self.rows]

    @property
    def contents(self) -> list[tuple[str, int]]:
        """The rows of a list by change date as ID and content."""
        return [(row["InvoiceID"], row["Content"]) for row in self.rows]


def consume(batches: Iterator[Batch], crash_after: int | None) -> Outcome:
    """Take batches as a destination does: their rows, then their state; stop for good after so many of the two."""
    outcome, events = Outcome(), 0
    for batch in batches:
        if events == crash_after:
            break
        outcome.rows += batch.objects
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
