"""The organisation's lock date: months up to it are closed.

Xero has one for everybody and one that lets advisers still book; the later one counts here, because it is the one that teams
set at each month end.
See https://developer.xero.com/documentation/api/accounting/organisation.
"""

from __future__ import annotations

import threading
from datetime import date

from source_xero_gl.xero.client import XeroClient
from source_xero_gl.xero.dates import record_day

_FIELDS = ("PeriodLockDate", "EndOfYearLockDate")


class LockDate:
    """The later one of the two lock dates that Xero knows, asked once for all streams of a sync. Safe under threads."""

    def __init__(self, client: XeroClient) -> None:
        """Ask with a client, when it is wanted for the first time."""
        self._client = client
        self._lock = threading.Lock()
        self._known = False
        self._day: date | None = None
        self.server_time: int | None = None
        """The instant of the answer by Xero's clock; None where Xero does not tell."""

    def day(self) -> date | None:
        """Return the last locked day, None when nothing is locked.

        Raises:
            XeroError: by the error table.
        """
        with self._lock:
            if not self._known:
                page = self._client.page("Organisation", "Organisations")
                days = [day for row in page.rows[:1] for field in _FIELDS if (day := _day(row.get(field)))]
                self.server_time = page.server_time
                self._day, self._known = max(days, default=None), True
            return self._day


def _day(value: object) -> date | None:
    text = record_day(value)
    try:
        return date.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
