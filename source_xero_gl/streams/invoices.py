"""Sales invoices and bills. See https://developer.xero.com/documentation/api/accounting/invoices."""

from __future__ import annotations

from typing import ClassVar

from source_xero_gl.config import Settings
from source_xero_gl.streams.keyset import KeysetStream
from source_xero_gl.streams.windows import STATUSES


class Invoices(KeysetStream):
    """Invoices and bills with their lines, unit amounts with four decimals."""

    name = "invoices"
    path = "Invoices"
    records_key = "Invoices"
    id_field = "InvoiceID"
    # Every status is named, so that voided and deleted invoices arrive whatever an unfiltered list holds.
    params: ClassVar = {"Statuses": ",".join(STATUSES), "includeArchived": "true", "unitdp": 4}
    dated = True

    def since(self, settings: Settings) -> int | None:
        """Return the filter ``invoices.modified_since``."""
        return settings.invoices.modified_since

    def reread_days(self, settings: Settings) -> int:
        """Return the setting ``invoices.reread_days``: some edits do not move UpdatedDateUTC."""
        return settings.invoices.reread_days
