"""The organisation's lock date: months up to it are closed. Pure: no network, no clock.

See https://developer.xero.com/documentation/api/accounting/organisation.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from source_xero_gl.readers.batch import Object
from source_xero_gl.xero.dates import read_day


def lock_date(organisations: Sequence[Object]) -> date | None:
    """Return the last locked day of the organisation that Xero answers with; None when nothing is locked.

    Xero has one date for everybody and one up to which advisers still book. The later one counts, because it is the one that
    teams set at each month end.
    """
    found = organisations[0] if organisations else {}
    days = [read_day(found.get(field)) for field in ("PeriodLockDate", "EndOfYearLockDate")]
    return max((day for day in days if day), default=None)
