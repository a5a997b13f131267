"""Payments and batch payments, derived from the journals that payments have posted."""

from __future__ import annotations

from decimal import Decimal
from random import Random

from local_xero.cash_documents import nested_contact
from local_xero.chart import new_id
from local_xero.ledger import ZERO
from local_xero.sales import Invoice
from local_xero.wire import Wire, date_string, parse_wire_date, stamp_string, wire_date
from local_xero.year_end import YearEnd

_KINDS = ("ACCRECPAYMENT", "ACCPAYPAYMENT", "ARCREDITPAYMENT")
_MOST_IN_BATCH = 5
_BATCH_SHARE = 10
"""One payment in this many is paid in a batch."""


def payments(company: YearEnd, batches: list[Wire]) -> list[Wire]:
    """Write the payments, with deleted ones and refunds. Payments of a batch have the batch, with amounts as text, as in Xero."""
    records = _payments(company)
    for batch in batches:
        for part in batch["Payments"]:
            records[part["PaymentID"]] |= {"BatchPaymentID": batch["BatchPaymentID"], "BatchPayment": _nested(batch)}
    return list(records.values())


def batch_payments(company: YearEnd, rng: Random) -> list[Wire]:
    """Make batches of some payments of the same kind and day."""
    groups: dict[tuple[str, str], list[Wire]] = {}
    for record in list(_payments(company).values())[::_BATCH_SHARE]:
        if record["Status"] == "AUTHORISED" and "Invoice" in record and record["PaymentType"] != "ARCREDITPAYMENT":
            groups.setdefault((record["PaymentType"], record["Date"]), []).append(record)
    return [_batch(members[:_MOST_IN_BATCH], rng) for members in groups.values()]


def _payments(company: YearEnd) -> dict[str, Wire]:
    invoices = {p["PaymentID"]: (invoice, p) for invoice in company.invoices for p in invoice.payments}
    refunded = {n.refund_id: n.document for n in company.extras.credit_notes if n.refund_id}
    records: dict[str, Wire] = {}
    for journal in company.accrual.journals:
        key, kind = journal.get("SourceID", ""), journal.get("SourceType")
        if kind not in _KINDS:
            continue
        if key in records:
            records[key] |= {"Status": "DELETED"} | _stamped(journal)
        elif key in refunded:
            records[key] = _payment(journal, refunded[key], refunded[key].total, refunded[key].rate)
        elif key in company.extras.deleted_payments:
            invoice = company.extras.deleted_payments[key]
            records[key] = _payment(journal, invoice, invoice.total, invoice.rate)
        else:
            invoice, paid = invoices[key]
            records[key] = _payment(journal, invoice, paid["Amount"], paid["CurrencyRate"])
    return records


def _payment(journal: Wire, invoice: Invoice, amount: Decimal, rate: Decimal) -> Wire:
    """Write one payment; money lines come first in its journal."""
    line = journal["JournalLines"][0]
    kind = "ACCRECCREDIT" if journal["SourceType"] == "ARCREDITPAYMENT" else invoice.type
    return {
        "PaymentID": journal["SourceID"],
        "Date": journal["JournalDate"],
        "BankAmount": abs(line["NetAmount"]),
        "Amount": amount,
        "Reference": journal.get("Reference", ""),
        "CurrencyRate": rate,
        "PaymentType": journal["SourceType"],
        "Status": "AUTHORISED",
        **_stamped(journal),
        "HasAccount": True,
        "IsReconciled": False,
        "Account": {"AccountID": line["AccountID"], "Code": line.get("AccountCode", "")},
        "Invoice": {
            "Type": kind,
            "InvoiceID": invoice.invoice_id,
            "InvoiceNumber": invoice.number,
            **{key: [] for key in ("Payments", "CreditNotes", "Prepayments", "Overpayments")},
            "HasErrors": False,
            "IsDiscounted": False,
            "Contact": nested_contact(invoice.contact),
            "LineItems": [],
            "CurrencyCode": invoice.currency,
        },
        "HasValidationErrors": False,
    }


def _stamped(journal: Wire) -> Wire:
    created = parse_wire_date(journal["CreatedDateUTC"]) or 0
    return {"UpdatedDateUTC": wire_date(created), "UpdatedDateUTCString": stamp_string(created)}


def _batch(members: list[Wire], rng: Random) -> Wire:
    first = members[0]
    return {
        "Account": {"AccountID": first["Account"]["AccountID"], "CurrencyCode": "NZD"},
        "Reference": "Batch",
        "BatchPaymentID": new_id(rng),
        "DateString": date_string(parse_wire_date(first["Date"]) or 0),
        "Date": first["Date"],
        "Payments": [
            {
                "Invoice": {key: record["Invoice"][key] for key in ("InvoiceID", "CurrencyCode")},
                "PaymentID": record["PaymentID"],
                "Amount": record["Amount"],
                "BankAmount": record["BankAmount"],
            }
            for record in members
        ],
        "Type": "RECBATCH" if first["PaymentType"] == "ACCRECPAYMENT" else "PAYBATCH",
        "Status": "AUTHORISED",
        "TotalAmount": sum((record["BankAmount"] for record in members), ZERO),
        "UpdatedDateUTC": members[-1]["UpdatedDateUTC"],
        "IsReconciled": False,
    }


def _nested(batch: Wire) -> Wire:
    names = ("Account", "BatchPaymentID", "Date", "Type", "Status", "UpdatedDateUTC")
    quoted = {"TotalAmount": f"{batch['TotalAmount']:f}", "IsReconciled": "false"}
    return {name: batch[name] for name in names} | quoted
