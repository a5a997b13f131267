"""Invoices, credit notes, prepayments and overpayments as the lists send them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from local_xero.cash_documents import nested_contact
from local_xero.everything.facts import Allocation, Document, EnteredLine, Payment
from local_xero.ledger import ZERO
from local_xero.wire import Wire, date_string, ms_of, stamp_string, wire_date

_HOUR_MS = 3_600_000
_EMPTY = ("Payments", "CreditNotes", "Prepayments", "Overpayments")
_ID_FIELDS = {"CREDIT": "CreditNoteID", "-PREPAYMENT": "PrepaymentID", "-OVERPAYMENT": "OverpaymentID"}


def id_field(document: Document) -> str:
    """Return the name of a document's ID in lists and in what refers to it."""
    return next((name for end, name in _ID_FIELDS.items() if document.kind.endswith(end)), "InvoiceID")


def dated(day: dt.date) -> Wire:
    """Write a document's date in both forms."""
    return {"DateString": date_string(ms_of(day)), "Date": wire_date(ms_of(day))}


def stamped(*days: dt.date) -> Wire:
    """Write when a record was changed: in the afternoon of the last of these days."""
    ms = ms_of(max(days)) + 15 * _HOUR_MS + 7
    return {"UpdatedDateUTC": wire_date(ms), "UpdatedDateUTCString": stamp_string(ms)}


def line_item(line: EnteredLine) -> Wire:
    """Write a line; a text has neither account nor amount, and some accounts are named by their code alone."""
    record: Wire = {"Description": line.description, "LineItemID": line.line_id, "Tracking": list(line.tracking)}
    if line.account is None:
        return record
    record |= {"Quantity": line.quantity, "UnitAmount": line.unit, "TaxType": line.tax_type}
    record |= {"TaxAmount": line.tax, "LineAmount": line.amount}
    record |= {"DiscountRate": line.discount} if line.discount else {}
    return record | account_names(line)


def account_names(line: EnteredLine) -> Wire:
    """Name the account of a line in the way of the line."""
    assert line.account
    names: Wire = {} if line.account.code is None else {"AccountCode": line.account.code}
    return names if line.naming == "AccountCode" else names | {line.naming: line.account.account_id}


def common(document: Document) -> Wire:
    """Write what all documents have: contact, date, lines, sums, currency, stamp."""
    return {
        "Contact": nested_contact(document.contact),
        **dated(document.day),
        **({"DueDate": wire_date(ms_of(document.due))} if document.due else {}),
        "LineAmountTypes": document.mode,
        "LineItems": [line_item(line) for line in document.lines],
        "SubTotal": document.net,
        "TotalTax": document.tax,
        "Total": document.total,
        "CurrencyCode": document.currency,
        "CurrencyRate": document.rate,
        "HasAttachments": False,
        **stamped(document.day, *(settlement.day for settlement in document.settlements)),
    }


def status(document: Document) -> Wire:
    """Write the status, PAID when nothing is open, and since when."""
    if document.status != "AUTHORISED" or document.open or not document.live:
        return {"Status": document.status}
    return {"Status": "PAID", "FullyPaidOnDate": wire_date(ms_of(document.live[-1].day))}


def _payments(document: Document) -> list[Wire]:
    return [
        {
            "PaymentID": payment.key,
            "Date": wire_date(ms_of(payment.day)),
            "Amount": payment.amount,
            "Reference": "",
            "CurrencyRate": payment.rate,
            "HasAccount": True,
            "HasValidationErrors": False,
        }
        for payment in document.live
        if isinstance(payment, Payment)
    ]


def _credits(document: Document) -> dict[str, list[Wire]]:
    """Write what was set against an invoice, list by list."""
    found: dict[str, list[Wire]] = {name: [] for name in _EMPTY[1:]}
    for allocation in document.live:
        if isinstance(allocation, Allocation):
            key = id_field(allocation.credit)
            record = {key: allocation.credit.key, "ID": allocation.credit.key, "AppliedAmount": allocation.amount}
            found[f"{key.removesuffix('ID')}s"].append(record | dated(allocation.credit.day))
    return found


def _sum(records: list[Wire], name: str) -> Decimal:
    return sum((record[name] for record in records), ZERO)


def invoice(document: Document, number: int) -> Wire:
    """Write an invoice or a bill. Every other voided one has lost its date and its lines, as some of Xero's have."""
    payments, credits_ = _payments(document), _credits(document)
    gone = document.status in ("VOIDED", "DELETED")
    record: Wire = {"Type": document.kind, "InvoiceID": document.key, "InvoiceNumber": document.number}
    record |= {"Reference": ""} if document.is_sale else {}
    record |= {"Payments": payments, **credits_, **common(document), **status(document)}
    record |= {
        "AmountDue": ZERO if gone else document.open,
        "AmountPaid": _sum(payments, "Amount"),
        "AmountCredited": sum((_sum(rows, "AppliedAmount") for rows in credits_.values()), ZERO),
        "IsDiscounted": any(line.discount for line in document.lines),
        "HasErrors": False,
    }
    if document.status == "VOIDED" and number % 2:
        del record["DateString"]
        record |= {"Date": wire_date(0), "LineItems": []}
    return record


def credit(document: Document, number: int) -> Wire:
    """Write a credit note, a prepayment or an overpayment; every other overpayment comes without lines, as in Xero's lists."""
    key = id_field(document)
    record: Wire = {key: document.key, "ID": document.key, "Type": document.kind, "Reference": ""}
    record |= {"CreditNoteNumber": document.number} if key == "CreditNoteID" else {}
    record |= {**common(document), **status(document), "Payments": _payments(document)}
    record["RemainingCredit"] = ZERO if document.status in ("VOIDED", "DELETED") else document.open
    record["Allocations"] = [_allocation(a, number) for a in document.settlements if isinstance(a, Allocation)]
    if key != "CreditNoteID":
        record.pop("FullyPaidOnDate", None)
    if document.is_overpayment and number % 2:
        record["LineItems"] = []
    return record


def _allocation(allocation: Allocation, number: int) -> Wire:
    invoice = allocation.invoice
    return {
        "AllocationId" if number % 3 == 0 else "AllocationID": allocation.key,
        "Amount": allocation.amount,
        "Date": wire_date(ms_of(allocation.day)),
        "Invoice": {
            "InvoiceID": invoice.key,
            "InvoiceNumber": invoice.number,
            **{name: [] for name in (*_EMPTY, "LineItems")},
            "HasErrors": False,
            "IsDiscounted": False,
        },
        "IsDeleted": allocation.deleted,
    }
