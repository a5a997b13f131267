"""Movements of bank accounts: transactions, their lines, and transfers."""

from __future__ import annotations

from typing import ClassVar

from source_xero_gl.engine.flat import DOCUMENT, LINE_NUMBER, FlatStream
from source_xero_gl.engine.stream import XeroStream
from source_xero_gl.readers.changes.reader import ByChange
from source_xero_gl.readers.changes.windows import Cut
from source_xero_gl.readers.snapshot import Snapshot

TYPES = (
    "RECEIVE",
    "RECEIVE-OVERPAYMENT",
    "RECEIVE-PREPAYMENT",
    "RECEIVE-TRANSFER",
    "SPEND",
    "SPEND-OVERPAYMENT",
    "SPEND-PREPAYMENT",
    "SPEND-TRANSFER",
)
"""Every type of bank transaction: https://developer.xero.com/documentation/api/accounting/types."""


class BankTransactions(XeroStream):
    """Money spent and received, with lines. See https://developer.xero.com/documentation/api/accounting/banktransactions."""

    name = "bank_transactions"
    path = "BankTransactions"
    key = ("BankTransactionID",)
    reader = ByChange(cut=Cut(types=TYPES))
    params: ClassVar = {"unitdp": 4}


class BankTransactionLineItems(FlatStream):
    """A record for each line of the bank transactions."""

    name = "bank_transaction_line_items"
    nested = BankTransactions()
    header = ("BankTransactionID", "Reference", "Type", "IsReconciled", "BankAccount", *DOCUMENT)
    key = ("BankTransactionID", LINE_NUMBER)


class BankTransfers(XeroStream):
    """Transfers between bank accounts, deleted ones too: a later change has no date that a cursor could see.

    See https://developer.xero.com/documentation/api/accounting/banktransfers.
    """

    name = "bank_transfers"
    path = "BankTransfers"
    key = ("BankTransferID",)
    reader = Snapshot()
    params: ClassVar = {"includeDeleted": "true"}
