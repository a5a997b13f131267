"""What was paid: payments, batch payments, prepayments and overpayments."""

from __future__ import annotations

from typing import ClassVar

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


class Overpayments(XeroStream):
    """Payments above what was due. See https://developer.xero.com/documentation/api/accounting/overpayments."""

    name = "overpayments"
    path = "Overpayments"
    key = ("OverpaymentID",)
    reader = ByChange()
    params: ClassVar = {"unitdp": 4}
