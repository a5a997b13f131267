"""Movements of bank accounts: transactions and transfers."""

from __future__ import annotations

from typing import ClassVar

from source_xero_gl.engine.keyset import KeysetStream
from source_xero_gl.engine.snapshot import SnapshotStream


class BankTransactions(KeysetStream):
    """Money spent and received, with lines. See https://developer.xero.com/documentation/api/accounting/banktransactions."""

    name = "bank_transactions"
    path = "BankTransactions"
    records_key = "BankTransactions"
    id_field = "BankTransactionID"
    params: ClassVar = {"unitdp": 4}
    dated = True
    types = (
        "RECEIVE",
        "RECEIVE-OVERPAYMENT",
        "RECEIVE-PREPAYMENT",
        "RECEIVE-TRANSFER",
        "SPEND",
        "SPEND-OVERPAYMENT",
        "SPEND-PREPAYMENT",
        "SPEND-TRANSFER",
    )


class BankTransfers(SnapshotStream):
    """Transfers between bank accounts, deleted ones too: a later change has no date that a cursor could see.

    See https://developer.xero.com/documentation/api/accounting/banktransfers.
    """

    name = "bank_transfers"
    path = "BankTransfers"
    records_key = "BankTransfers"
    id_field = "BankTransferID"
    params: ClassVar = {"includeDeleted": "true"}
