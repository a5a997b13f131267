"""What was paid: payments, batch payments, prepayments and overpayments."""

from __future__ import annotations

from typing import ClassVar

from source_xero_gl.engine.keyset import KeysetStream
from source_xero_gl.engine.passes import PassStream
from source_xero_gl.readers.changes.state import UPDATED


class Payments(KeysetStream):
    """Payments of invoices and credit notes. See https://developer.xero.com/documentation/api/accounting/payments."""

    name = "payments"
    path = "Payments"
    records_key = "Payments"
    id_field = "PaymentID"
    dated = True


class BatchPayments(PassStream):
    """Payments made in one go. See https://developer.xero.com/documentation/api/accounting/batchpayments."""

    name = "batch_payments"
    path = "BatchPayments"
    records_key = "BatchPayments"
    id_field = "BatchPaymentID"
    cursor_field = UPDATED
    paged = False


class Prepayments(KeysetStream):
    """Payments ahead of an invoice. See https://developer.xero.com/documentation/api/accounting/prepayments."""

    name = "prepayments"
    path = "Prepayments"
    records_key = "Prepayments"
    id_field = "PrepaymentID"
    params: ClassVar = {"unitdp": 4}


class Overpayments(KeysetStream):
    """Payments above what was due. See https://developer.xero.com/documentation/api/accounting/overpayments."""

    name = "overpayments"
    path = "Overpayments"
    records_key = "Overpayments"
    id_field = "OverpaymentID"
    params: ClassVar = {"unitdp": 4}
