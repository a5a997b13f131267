"""Payments, batches, bank transactions, transfers and manual journals as the lists send them."""

from __future__ import annotations

from decimal import Decimal

from local_xero.cash_documents import nested_contact
from local_xero.chart import Account
from local_xero.everything.bookkeeping import payment_type
from local_xero.everything.facts import BASE, Document, EnteredLine, ManualJournal, Payment, Transfer
from local_xero.everything.wire_documents import account_names, common, dated, id_field, stamped
from local_xero.ledger import ZERO
from local_xero.wire import Wire, ms_of, stamp_string, wire_date


def payment(paid: Payment, number: int) -> Wire:
    """Write a payment or a refund; some refunds of credit notes name the note as if it were an invoice, as in Xero."""
    document = paid.document
    advance = document.is_prepayment or document.is_overpayment
    record: Wire = {
        "PaymentID": paid.key,
        "Date": wire_date(ms_of(paid.day)),
        "BankAmount": paid.bank_amount,
        "Amount": paid.amount,
        "Reference": "",
        "CurrencyRate": paid.rate,
        "PaymentType": payment_type(paid) + ("PAYMENT" if advance else ""),
        "Status": "DELETED" if paid.deleted else "AUTHORISED",
        **stamped(paid.day),
        "HasAccount": True,
        "IsReconciled": False,
        "Account": bank_names(paid.account) | {"CurrencyCode": paid.account.currency},
        "HasValidationErrors": False,
    }
    key = id_field(document)
    named = {"Type": document.kind, "CurrencyCode": document.currency, "Contact": nested_contact(document.contact)}
    if key == "InvoiceID" or (key == "CreditNoteID" and number % 2):
        return record | {"Invoice": {**named, "InvoiceID": document.key, "InvoiceNumber": document.number}}
    return record | {key.removesuffix("ID"): {**named, key: document.key}}


def bank_names(account: Account) -> Wire:
    """Name a bank account; the card has no code."""
    code: Wire = {} if account.code is None else {"Code": account.code}
    return {"AccountID": account.account_id, **code, "Name": account.name}


def batch(members: list[Payment]) -> Wire:
    """Write payments that were made at once."""
    first = members[0]
    return {
        "BatchPaymentID": first.batch,
        "Account": bank_names(first.account),
        "Reference": "Batch",
        **dated(first.day),
        "Payments": [
            {
                "Invoice": {"InvoiceID": member.document.key, "CurrencyCode": member.document.currency},
                "PaymentID": member.key,
                "Amount": member.amount,
                "BankAmount": member.bank_amount,
            }
            for member in members
        ],
        "Type": "RECBATCH" if first.document.is_sale else "PAYBATCH",
        "Status": "AUTHORISED",
        "TotalAmount": sum((member.bank_amount for member in members), ZERO),
        "UpdatedDateUTC": stamped(first.day)["UpdatedDateUTC"],
        "IsReconciled": False,
    }


def nested_batch(whole: Wire) -> Wire:
    """Write a batch as its payments have it: amounts as text."""
    names = ("Account", "BatchPaymentID", "Date", "Type", "Status", "UpdatedDateUTC")
    quoted = {"TotalAmount": f"{whole['TotalAmount']:f}", "IsReconciled": "false"}
    return {"BatchPaymentID": whole["BatchPaymentID"], "BatchPayment": {n: whole[n] for n in names} | quoted}


def bank_transaction(document: Document, number: int) -> Wire:
    """Write money spent or received, or the money of a prepayment or an overpayment, which has an ID of its own there.

    In base currency there is no rate, and every other record does not name the currency.
    """
    assert document.bank
    advance = id_field(document) if document.is_prepayment or document.is_overpayment else ""
    record: Wire = {
        "BankTransactionID": document.bank_key if advance else document.key,
        "BankAccount": bank_names(document.bank),
        "Type": document.kind,
        "IsReconciled": number % 3 > 0,
        **common(document),
        "Status": document.status,
    }
    del record["UpdatedDateUTCString"]
    if document.currency == BASE:
        del record["CurrencyRate"]
        record["CurrencyCode"] = BASE if number % 2 else ""
    record |= {advance: document.key} if advance else {}
    if document.is_overpayment and number % 2:
        record["LineItems"] = []
    return record


def transfer(moved: Transfer, number: int) -> Wire:
    """Write a transfer; its amount is in the currency of the account that pays."""
    created = ms_of(moved.day) + 8 * 3_600_000 + number
    record: Wire = {
        "BankTransferID": moved.key,
        "CreatedDateUTCString": stamp_string(created).rstrip("Z"),
        "CreatedDateUTC": wire_date(created),
        **dated(moved.day),
        "Status": "DELETED" if moved.deleted else "AUTHORISED",
        "FromBankAccount": {"AccountID": moved.source.account_id, "Name": moved.source.name},
        "ToBankAccount": {"AccountID": moved.target.account_id, "Name": moved.target.name},
        "Amount": moved.paid,
        **{f"{side}BankTransactionID": _side_key(moved, side) for side in ("From", "To")},
        "FromIsReconciled": True,
        "ToIsReconciled": False,
        "Reference": "",
        "HasAttachments": False,
        "FromTracking": [],
        "ToTracking": [],
    }
    foreign = [rate for account, rate in _rates(moved) if account.currency != BASE]
    return record | ({"CurrencyRate": foreign[0]} if foreign else {})


def _rates(moved: Transfer) -> list[tuple[Account, Decimal]]:
    return [(moved.source, moved.paid_rate), (moved.target, moved.received_rate)]


def _side_key(moved: Transfer, side: str) -> str:
    """Make the ID of a side's bank transaction from the transfer's, whose version digit no other ID has."""
    return moved.key[:14] + {"From": "6", "To": "7"}[side] + moved.key[15:]


def transfer_sides(moved: Transfer) -> list[Wire]:
    """Write the two bank transactions of a transfer, each in the currency of its account."""
    sides = (("From", "SPEND-TRANSFER", moved.paid), ("To", "RECEIVE-TRANSFER", moved.received))
    return [
        {
            "BankTransactionID": _side_key(moved, side),
            "BankAccount": bank_names(account),
            "Type": kind,
            "IsReconciled": side == "From",
            "HasAttachments": False,
            **dated(moved.day),
            "Status": "DELETED" if moved.deleted else "AUTHORISED",
            "LineAmountTypes": "NoTax",
            "LineItems": [],
            "SubTotal": amount,
            "TotalTax": ZERO,
            "Total": amount,
            "UpdatedDateUTC": stamped(moved.day)["UpdatedDateUTC"],
            "CurrencyCode": account.currency,
            "CurrencyRate": rate,
        }
        for (side, kind, amount), (account, rate) in zip(sides, _rates(moved), strict=True)
    ]


def manual_journal(journal: ManualJournal) -> Wire:
    """Write a manual journal."""
    return {
        "ManualJournalID": journal.key,
        "Date": wire_date(ms_of(journal.day)),
        "Status": journal.status,
        "LineAmountTypes": journal.mode,
        "UpdatedDateUTC": stamped(journal.entered or journal.day)["UpdatedDateUTC"],
        "Narration": journal.narration,
        "JournalLines": [_manual_line(line) for line in journal.lines],
        "ShowOnCashBasisReports": True,
        "HasAttachments": False,
    }


def _manual_line(line: EnteredLine) -> Wire:
    record: Wire = {"Description": line.description, "TaxType": line.tax_type, "TaxAmount": line.tax}
    return record | {
        "LineAmount": line.amount,
        **account_names(line),
        "Tracking": list(line.tracking),
        "IsBlank": False,
    }
