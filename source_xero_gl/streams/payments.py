"""What was paid: payments and batch payments; prepayments and overpayments, their lines and allocations."""

from __future__ import annotations

from typing import ClassVar

from source_xero_gl.engine.flat import CREDIT, DOCUMENT, LINE_NUMBER, FlatStream
from source_xero_gl.engine.stream import XeroStream
from source_xero_gl.readers.changes.reader import ByChange
from source_xero_gl.readers.changes.windows import Cut
from source_xero_gl.readers.passes import in_one_call


class Payments(XeroStream):
    """Payments of invoices and credit notes. See https://developer.xero.com/documentation/api/accounting/payments."""

    name = "payments"
    path = "Payments"
    key = ("PaymentID",)
    reader = ByChange(cut=Cut())


class BatchPayments(XeroStream):
    """Payments made in one go. See https://developer.xero.com/documentation/api/accounting/batchpayments."""

    name = "batch_payments"
    path = "BatchPayments"
    key = ("BatchPaymentID",)
    reader = ByChange(way=in_one_call)


class Prepayments(XeroStream):
    """Payments ahead of an invoice. See https://developer.xero.com/documentation/api/accounting/prepayments."""

    name = "prepayments"
    path = "Prepayments"
    key = ("PrepaymentID",)
    reader = ByChange()
    params: ClassVar = {"unitdp": 4}


class PrepaymentLineItems(FlatStream):
    """A record for each line of the prepayments."""

    name = "prepayment_line_items"
    nested = Prepayments()
    header = ("PrepaymentID", "Reference", "Type", *DOCUMENT)
    key = ("PrepaymentID", LINE_NUMBER)


class PrepaymentAllocations(FlatStream):
    """A record for each amount of a prepayment that was allocated to an invoice."""

    name = "prepayment_allocations"
    nested = Prepayments()
    lines_field = "Allocations"
    header = ("PrepaymentID", "Reference", *CREDIT)
    key = ("PrepaymentID", LINE_NUMBER)


class Overpayments(XeroStream):
    """Payments above what was due. See https://developer.xero.com/documentation/api/accounting/overpayments."""

    name = "overpayments"
    path = "Overpayments"
    key = ("OverpaymentID",)
    reader = ByChange()
    params: ClassVar = {"unitdp": 4}


class OverpaymentLineItems(FlatStream):
    """A record for each line of the overpayments."""

    name = "overpayment_line_items"
    nested = Overpayments()
    header = ("OverpaymentID", "Reference", "Type", *DOCUMENT)
    key = ("OverpaymentID", LINE_NUMBER)


class OverpaymentAllocations(FlatStream):
    """A record for each amount of an overpayment that was allocated to an invoice."""

    name = "overpayment_allocations"
    nested = Overpayments()
    lines_field = "Allocations"
    header = ("OverpaymentID", "Reference", *CREDIT)
    key = ("OverpaymentID", LINE_NUMBER)
