"""Credit notes, prepayments and overpayments on the wire."""

from __future__ import annotations

from random import Random

from local_xero.cash_documents import nested_contact
from local_xero.chart import Account, new_id
from local_xero.day_book import DAY_MS, DAYS, FIRST_DAY_MS
from local_xero.ledger import ZERO
from local_xero.sales import BASE_CURRENCY, Invoice
from local_xero.wire import Wire, date_string, stamp_string, wire_date
from local_xero.year_end import Advance, CreditNote, YearEnd

_END_MS = FIRST_DAY_MS + DAYS * DAY_MS


def credit_notes(company: YearEnd, rng: Random) -> list[Wire]:
    """Write the credit notes; of an allocation its invoice shows the amount alone."""
    return [_credit_note(note, rng) for note in company.extras.credit_notes]


def _credit_note(note: CreditNote, rng: Random) -> Wire:
    document = note.document
    used = note.allocated is not None or note.refund_id is not None or document.status == "VOIDED"
    record: Wire = {"CreditNoteID": document.invoice_id, "CreditNoteNumber": document.number}
    record |= {"Payments": [_refund(note)] if note.refund_id else [], "ID": document.invoice_id}
    record |= {"CurrencyRate": document.rate, "Type": f"{document.type}CREDIT", "Reference": document.reference}
    record |= {"RemainingCredit": ZERO if used else document.total, "Allocations": []}
    if note.allocated is not None:
        record["Allocations"] = [_allocation(note.allocated, document, rng)]
    record |= {"AppliedAmount": document.total} if note.allocated is not None else {}
    record |= {"HasAttachments": False, "Contact": nested_contact(document.contact)}
    record |= {"DateString": date_string(document.date_ms), "Date": wire_date(document.date_ms)}
    record |= {"Status": document.status, "LineAmountTypes": document.mode}
    record["LineItems"] = [item.wire(document.mode) for item in document.items]
    record |= {"SubTotal": document.total - document.tax, "TotalTax": document.tax, "Total": document.total}
    record |= _stamped(document.updated_ms) | {"CurrencyCode": document.currency}
    return record | ({"FullyPaidOnDate": wire_date(document.paid_on_ms)} if document.paid_on_ms else {})


def _refund(note: CreditNote) -> Wire:
    return {
        "PaymentID": note.refund_id,
        "Date": wire_date(note.document.paid_on_ms or 0),
        "Amount": note.document.total,
        "Reference": "",
        "CurrencyRate": note.document.rate,
        "HasAccount": False,
        "HasValidationErrors": False,
    }


def _allocation(invoice: Invoice, document: Invoice, rng: Random) -> Wire:
    return {
        "AllocationID": new_id(rng),
        "Amount": document.total,
        "Date": wire_date(max(document.date_ms, invoice.date_ms)),
        "Invoice": {
            "InvoiceID": invoice.invoice_id,
            "InvoiceNumber": invoice.number,
            **{key: [] for key in ("Payments", "CreditNotes", "Prepayments", "Overpayments", "LineItems")},
            "HasErrors": False,
            "IsDiscounted": False,
        },
        "IsDeleted": False,
    }


def _stamped(updated_ms: int) -> Wire:
    return {"UpdatedDateUTC": wire_date(updated_ms), "UpdatedDateUTCString": stamp_string(updated_ms)}


def prepayments(company: YearEnd, rng: Random) -> list[Wire]:
    """Write the prepayments."""
    return [_advance(company, advance, rng) for advance in company.extras.advances if not advance.over]


def overpayments(company: YearEnd, rng: Random) -> list[Wire]:
    """Write the overpayments."""
    return [_advance(company, advance, rng) for advance in company.extras.advances if advance.over]


def _advance(company: YearEnd, advance: Advance, rng: Random) -> Wire:
    kind = "OVERPAYMENT" if advance.over else "PREPAYMENT"
    id_field = "OverpaymentID" if advance.over else "PrepaymentID"
    account = company.chart["receivable" if advance.incoming else "payable" if advance.over else "prepaid"]
    number: Wire = {} if advance.over else {"InvoiceNumber": f"PRE-{advance.document_id[:4]}"}
    return {
        id_field: advance.document_id,
        "ID": advance.document_id,
        "Type": f"{'RECEIVE' if advance.incoming else 'SPEND'}-{kind}",
        "Reference": "Paid ahead" if advance.incoming else "",
        **number,
        "CurrencyRate": 1,
        "RemainingCredit": advance.amount,
        "Allocations": [],
        "Payments": [],
        "HasAttachments": False,
        "Contact": nested_contact(advance.contact),
        "DateString": date_string(advance.date_ms),
        "Date": wire_date(advance.date_ms),
        "Status": "AUTHORISED",
        "LineAmountTypes": "NoTax",
        "LineItems": [_line(advance, account, rng)],
        "SubTotal": advance.amount,
        "TotalTax": ZERO,
        "Total": advance.amount,
        **_stamped(_END_MS + rng.randrange(DAY_MS // 24)),
        "CurrencyCode": BASE_CURRENCY,
    }


def _line(advance: Advance, account: Account, rng: Random) -> Wire:
    return {
        "Description": "Paid ahead",
        "UnitAmount": advance.amount,
        "TaxType": "NONE",
        "TaxAmount": ZERO,
        "LineAmount": advance.amount,
        "AccountCode": account.code,
        "AccountID": account.account_id,
        "Tracking": [],
        "Quantity": 1,
        "LineItemID": new_id(rng),
    }
