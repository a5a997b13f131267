"""JSON templates of bulk records, with places for the values that differ."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from local_xero.chart import TAX_NAMES, Account
from local_xero.company import chart_accounts
from local_xero.wire import Wire, encode

_ROLES = ("journal", "source", "line1", "line2", "line3", "invoice", "item1", "item2", "payment", "contact")
_PLACE = re.compile(r'"\{\{([a-z0-9-]+)\}\}"')
CHART_SEED = 1
"""Bulk companies share one chart of accounts."""
_SCRAMBLE = 2_654_435_761
_ID = b"%08x-%04x-4000-8000-%012x"
_CHART = chart_accounts(CHART_SEED)
_ZERO = Decimal("0.00")
_AMOUNTS = ("net", "tax", "gross", "half", "unit")

_PLACES = {
    "number": "%(number)d",
    "label": '"INV-%(number)07d"',
    "type": '"%(type)s"',
    "status": '"%(status)s"',
    **{role: f'"%(head)08x-{place:04x}-4000-8000-%(number)012x"' for place, role in enumerate(_ROLES)},
    **{name: f'"\\/Date(%({name})d+0000)\\/"' for name in ("date", "due", "created")},
    **{name: f"%({name})s" for name in _AMOUNTS},
    **{f"minus-{name}": f"-%({name})s" for name in _AMOUNTS},
}


def figures(number: int) -> dict[bytes, Any]:
    """Return the figures of the n-th record: IDs by role, and amounts whose tax is exactly 15 %."""
    head = number * _SCRAMBLE & 0xFFFFFFFF
    units = 50 + number * 7919 % 50_000
    values: dict[bytes, Any] = {b"number": number, b"head": head}
    for name, factor in ((b"net", 20), (b"tax", 3), (b"gross", 23), (b"half", 10)):
        amount = units * factor
        values[name] = b"%d.%02d" % (amount // 100, amount % 100)
    values[b"unit"] = values[b"half"] + b"00"
    values[b"invoice"] = _ID % (head, _ROLES.index("invoice"), number)
    return values


def position_of(record_id: str) -> int:
    """Return the number that a record's ID contains; 0 for any other ID."""
    parts = record_id.split("-")
    return int(parts[4], 16) if len(parts) == 5 and parts[2:4] == ["4000", "8000"] else 0


def fill(template: bytes, values: Mapping[bytes, Any]) -> bytes:
    """Write one record."""
    return template % values


def _template(record: Wire) -> bytes:
    """Turn a record whose values are ``{{places}}`` into a format."""
    return _PLACE.sub(lambda match: _PLACES[match[1]], encode(record).replace("%", "%%")).encode()


def _line(role: str, account: Account, net: str, tax: str | None = None, *, tracking: bool = False) -> Wire:
    record: Wire = {"JournalLineID": f"{{{{{role}}}}}", "AccountID": account.account_id}
    if account.code is not None:
        record["AccountCode"] = account.code
    sign = "minus-" if net.startswith("minus-") else ""
    record |= {
        "AccountType": account.type,
        "AccountName": account.name,
        "Description": "" if tax is None else "Acme Tires",
    }
    record["NetAmount"] = f"{{{{{net}}}}}"
    record["GrossAmount"] = f"{{{{{sign}gross}}}}" if tax else f"{{{{{net}}}}}"
    record["TaxAmount"] = f"{{{{{sign}tax}}}}" if tax else _ZERO
    if tax is not None:
        record |= {"TaxType": tax or "NONE", "TaxName": TAX_NAMES[tax or "NONE"]}
    option = {"Name": "Region", "Option": "North", "TrackingCategoryID": _TRACKING_ID, "TrackingOptionID": _OPTION_ID}
    return record | {"TrackingCategories": [option] if tracking else []}


_TRACKING_ID = "e2f2f732-e92a-4f3a-9c4d-ee4da0182a13"
_OPTION_ID = "ce205173-7387-4651-9726-2cf4c5405ba2"


def _journal(kind: str, lines: list[Wire]) -> bytes:
    head = {"JournalID": "{{journal}}", "JournalDate": "{{date}}", "JournalNumber": "{{number}}"}
    head |= {"CreatedDateUTC": "{{created}}", "Reference": "Red Fish, Blue Fish"}
    return _template({**head, "SourceID": "{{source}}", "SourceType": kind, "JournalLines": lines})


JOURNALS = (
    _journal(
        "ACCREC",
        [
            _line("line1", _CHART["receivable"], "gross"),
            _line("line2", _CHART["sales"], "minus-net", "OUTPUT2", tracking=True),
            _line("line3", _CHART["gst"], "minus-tax"),
        ],
    ),
    _journal(
        "ACCRECPAYMENT", [_line("line1", _CHART["bank"], "gross"), _line("line2", _CHART["receivable"], "minus-gross")]
    ),
    _journal(
        "CASHPAID",
        [
            _line("line1", _CHART["bank"], "minus-gross"),
            _line("line2", _CHART["office"], "net", "INPUT2"),
            _line("line3", _CHART["gst"], "tax"),
        ],
    ),
    _journal("CASHPAID", [_line("line1", _CHART["bank"], "minus-net"), _line("line2", _CHART["fees"], "net", "")]),
)
"""Formats of bulk journals, about 1.2 kB each; every one balances."""


def _item(role: str) -> Wire:
    return {
        "Description": "Half day training",
        "UnitAmount": "{{unit}}",
        "TaxType": "NONE",
        "TaxAmount": _ZERO,
        "LineAmount": "{{half}}",
        "AccountCode": "200",
        "Tracking": [],
        "Quantity": Decimal("1.0000"),
        "LineItemID": f"{{{{{role}}}}}",
        "AccountID": _CHART["sales"].account_id,
    }


INVOICE = _template(
    {
        "Type": "{{type}}",
        "InvoiceID": "{{invoice}}",
        "InvoiceNumber": "{{label}}",
        "Reference": "Red Fish, Blue Fish",
        **{key: [] for key in ("Payments", "CreditNotes", "Prepayments", "Overpayments")},
        "AmountDue": "{{net}}",
        "AmountPaid": _ZERO,
        "AmountCredited": _ZERO,
        "SentToContact": True,
        "CurrencyRate": Decimal("1.000000"),
        "IsDiscounted": False,
        "HasAttachments": False,
        "HasErrors": False,
        "Contact": {
            "ContactID": "{{contact}}",
            "Name": "Hamilton Smith Pty Ltd",
            "Addresses": [],
            "HasValidationErrors": False,
        },
        "Date": "{{date}}",
        "DueDate": "{{due}}",
        "Status": "{{status}}",
        "LineAmountTypes": "Exclusive",
        "LineItems": [_item("item1"), _item("item2")],
        "SubTotal": "{{net}}",
        "TotalTax": _ZERO,
        "Total": "{{net}}",
        "UpdatedDateUTC": "{{created}}",
        "CurrencyCode": "NZD",
    }
)
"""Format of a bulk invoice, about 1.5 kB."""
