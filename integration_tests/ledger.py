"""Wire records of Xero made to measure: a journal, an invoice, a contact, with the stamps and texts that a test needs."""

from __future__ import annotations

import uuid
from typing import Any

from integration_tests.expected import ALL_LISTS
from integration_tests.protocol import Json

_CASH, _SALES = ("Bank", "090", "BANK"), ("Sales", "200", "REVENUE")


def wire(millis: int) -> str:
    """Write an instant or a calendar date as Xero does."""
    return f"/Date({millis}+0000)/"


def guid(*parts: object) -> str:
    """Make the same ID from the same parts."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, " ".join(map(str, parts))))


def journal(number: int, created: int, **fields: Any) -> Json:
    """Write a balanced journal; ``created`` is its CreatedDateUTC in milliseconds."""
    day = created // 86_400_000 * 86_400_000
    return {
        "JournalID": guid("journal", number),
        "JournalDate": wire(day),
        "JournalNumber": number,
        "CreatedDateUTC": wire(created),
        "Reference": f"No. {number}",
        "SourceID": guid("source", number),
        "SourceType": "MANJOURNAL",
        "JournalLines": [_line(number, _CASH, number + 0.25), _line(number, _SALES, -number - 0.25)],
        **fields,
    }


def _line(number: int, account: tuple[str, str, str], net: float) -> Json:
    name, code, kind = account
    ids = {"JournalLineID": guid("line", number, code), "AccountID": guid("account", code)}
    names = {"AccountCode": code, "AccountName": name, "AccountType": kind, "Description": "", "TrackingCategories": []}
    return {**ids, **names, "NetAmount": net, "GrossAmount": net, "TaxAmount": 0.0}


def invoice(number: int, updated: int, **fields: Any) -> Json:
    """Write an invoice with one line; ``updated`` is its UpdatedDateUTC in milliseconds."""
    line = {"LineItemID": guid("item", number), "Description": "Work", "Quantity": 1.0, "UnitAmount": 12.3456}
    return {
        "Type": "ACCREC",
        "InvoiceID": guid("invoice", number),
        "InvoiceNumber": f"INV-{number:04d}",
        "Reference": "",
        "Contact": {"ContactID": guid("contact", 1), "Name": "Kōwhai Ltd"},
        "Date": wire(updated // 86_400_000 * 86_400_000),
        "Status": "AUTHORISED",
        "LineAmountTypes": "Exclusive",
        "LineItems": [{**line, "LineAmount": 12.35, "TaxAmount": 0.0}],
        "SubTotal": 12.35,
        "TotalTax": 0.0,
        "Total": 12.35,
        "AmountDue": 12.35,
        "UpdatedDateUTC": wire(updated),
        **fields,
    }


def contact(number: int, updated: int, **fields: Any) -> Json:
    """Write a contact; ``updated`` is its UpdatedDateUTC in milliseconds."""
    contact_id = guid("contact", number)
    return {
        "ContactID": contact_id,
        "ContactStatus": "ACTIVE",
        "Name": f"Contact {number}",
        "UpdatedDateUTC": wire(updated),
        **fields,
    }


def document(stream: str, number: int, updated: int, **fields: Any) -> Json:
    """Write an object of any other list; ``updated`` is its stamp in milliseconds, of a bank transfer CreatedDateUTC."""
    stamp = "CreatedDateUTC" if stream == "bank_transfers" else "UpdatedDateUTC"
    return {ALL_LISTS[stream][1]: guid(stream, number), "Reference": f"No. {number}", stamp: wire(updated), **fields}
