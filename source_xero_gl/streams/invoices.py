"""Sales invoices and bills. See https://developer.xero.com/documentation/api/accounting/invoices."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from source_xero_gl.engine.flat import LINE_NUMBER, FlatStream
from source_xero_gl.engine.keyset import KeysetStream
from source_xero_gl.readers.batch import Row
from source_xero_gl.readers.changes.state import UPDATED
from source_xero_gl.settings.settings import Settings

TYPES = (
    "ACCREC",
    "ACCPAY",
    "ACCRECCREDIT",
    "ACCPAYCREDIT",
    "AROVERPAYMENT",
    "APOVERPAYMENT",
    "ARPREPAYMENT",
    "APPREPAYMENT",
)
"""Every type of document that Xero names for this list: https://developer.xero.com/documentation/api/accounting/types."""

STATUSES = ("DRAFT", "SUBMITTED", "AUTHORISED", "PAID", "VOIDED", "DELETED")
"""Every status of an invoice, from the same page."""


class Invoices(KeysetStream):
    """Invoices and bills with their lines, unit amounts with four decimals."""

    name = "invoices"
    path = "Invoices"
    records_key = "Invoices"
    id_field = "InvoiceID"
    # Every status is named, so that voided and deleted invoices arrive whatever an unfiltered list holds.
    params: ClassVar = {"Statuses": ",".join(STATUSES), "includeArchived": "true", "unitdp": 4}
    dated = True
    types = TYPES
    statuses = STATUSES

    def since(self, settings: Settings) -> int | None:
        """Return the filter ``invoices.modified_since``."""
        return settings.invoices.modified_since

    def reread_days(self, settings: Settings) -> int:
        """Return the setting ``invoices.reread_days``: some edits do not move UpdatedDateUTC."""
        return settings.invoices.reread_days


class InvoiceLineItems(FlatStream, Invoices):
    """One row for each line of the invoices.

    Xero may give the lines new LineItemIDs at an edit, so a line is known by its place in the invoice. Lines that an edit took
    away carry an older UpdatedDateUTC than their invoice.
    """

    name = "invoice_line_items"
    nested = "invoices"
    lines_field = "LineItems"
    tracking_field = "Tracking"
    header = (
        "InvoiceID",
        "InvoiceNumber",
        "Date",
        "DueDate",
        "Status",
        "Type",
        UPDATED,
        "CurrencyCode",
        "CurrencyRate",
        "LineAmountTypes",
    )
    line_key = ("InvoiceID", LINE_NUMBER)

    def head(self, record: Row) -> Row:
        """Return what each line carries of its invoice, and of the invoice's contact."""
        contact = record.get("Contact") or {}
        return {**super().head(record), "ContactID": contact.get("ContactID"), "ContactName": contact.get("Name")}

    def rows(self, record: Row) -> Iterable[Row]:
        """Return the lines, with one spelling of AccountID: most warehouses do not tell the two apart."""
        for row in super().rows(record):
            account_id = row.pop("AccountId", None)
            if account_id is not None:
                row.setdefault("AccountID", account_id)
            yield row
