"""Sales invoices and bills. See https://developer.xero.com/documentation/api/accounting/invoices."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from source_xero_gl.engine.flat import LINE_NUMBER, FlatStream
from source_xero_gl.engine.stream import XeroStream
from source_xero_gl.readers.batch import Object
from source_xero_gl.readers.changes.reader import ByChange
from source_xero_gl.readers.changes.state import UPDATED
from source_xero_gl.readers.changes.windows import Cut

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


class Invoices(XeroStream):
    """Invoices and bills with their lines, unit amounts with four decimals."""

    name = "invoices"
    path = "Invoices"
    key = ("InvoiceID",)
    reader = ByChange(lambda settings: settings.invoices, Cut(types=TYPES, statuses=STATUSES))
    # Every status is named, so that voided and deleted invoices arrive whatever an unfiltered list holds.
    params: ClassVar = {"Statuses": ",".join(STATUSES), "includeArchived": "true", "unitdp": 4}


class InvoiceLineItems(FlatStream):
    """A record for each line of the invoices.

    Xero may give the lines new LineItemIDs at an edit, so a line is known by its place in the invoice. Lines that an edit took
    away keep the older UpdatedDateUTC, by which they differ from the lines that are there now.
    """

    name = "invoice_line_items"
    nested = Invoices()
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
    key = ("InvoiceID", LINE_NUMBER)

    def head(self, found: Object) -> Object:
        """Return what each line carries of its invoice, and of the invoice's contact."""
        contact = found.get("Contact") or {}
        return {**super().head(found), "ContactID": contact.get("ContactID"), "ContactName": contact.get("Name")}

    def records(self, found: Object) -> Iterable[Object]:
        """Return the lines, with one spelling of AccountID: for most warehouses the two are the same."""
        for line in super().records(found):
            account_id = line.pop("AccountId", None)
            if account_id is not None:
                line.setdefault("AccountID", account_id)
            yield line
