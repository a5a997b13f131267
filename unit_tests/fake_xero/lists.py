"""A list of Xero's as a reader takes it, around a function that answers its pages."""

from __future__ import annotations

from dataclasses import dataclass

from source_xero_gl.readers.batch import Fetch, Pace, XeroList
from source_xero_gl.readers.lock_date import LockDate
from source_xero_gl.settings.settings import Settings
from unit_tests.fake_xero.client import SETTINGS, FakeClient
from unit_tests.fake_xero.wire import TENANT


@dataclass(frozen=True)
class OneASecond:
    """Xero's pace in the long run, when no call of the minute is left over."""

    interval: float = 1.0

    def ready(self) -> int:
        """Return 0."""
        return 0


def list_from(fetch: Fetch, id_field: str, settings: Settings = SETTINGS, pace: Pace | None = None) -> XeroList:
    """Return the list whose pages ``fetch`` answers; nothing of the organisation is locked."""
    return XeroList(fetch, id_field, settings, TENANT, LockDate(FakeClient()), pace or OneASecond())
