"""Sales invoices and bills. See https://developer.xero.com/documentation/api/accounting/invoices."""

from __future__ import annotations

from typing import ClassVar

from source_xero_gl.engine.flat import DOCUMENT, LINE_NUMBER, FlatStream
from source_xero_gl.engine.stream import XeroStream
from source_xero_gl.readers.changes.reader import ByChange
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
    """A record for each line of the invoices."""

    name = "invoice_line_items"
    nested = Invoices()
    header = ("InvoiceID", "InvoiceNumber", "DueDate", "Type", *DOCUMENT)
    key = ("InvoiceID", LINE_NUMBER)
