"""Sales invoices and bills. See https://developer.xero.com/documentation/api/accounting/invoices."""

from __future__ import annotations

from typing import ClassVar

from source_xero_gl.config import Settings
from source_xero_gl.streams.keyset import KeysetStream

STATUSES = "DRAFT,SUBMITTED,AUTHORISED,PAID,VOIDED,DELETED"
"""Every status that Xero documents, named so that voided and deleted invoices arrive whatever an unfiltered list holds."""


class Invoices(KeysetStream):
    """Invoices and bills with their lines, unit amounts with four decimals."""

    name = "invoices"
    path = "Invoices"
    records_key = "Invoices"
    id_field = "InvoiceID"
    params: ClassVar = {"Statuses": STATUSES, "includeArchived": "true", "unitdp": 4}

    def since(self, settings: Settings) -> int | None:
        """Return the filter ``invoices.modified_since``."""
        return settings.invoices.modified_since
