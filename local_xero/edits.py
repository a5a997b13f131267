"""Changes to a company's books while the server runs: the ledger stays balanced, and stamps move as in Xero."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import Any

from local_xero.company import Company
from local_xero.endpoints import LISTS
from local_xero.journal_book import JournalBook
from local_xero.ledger import cents
from local_xero.wire import Wire, date_string, decode, wire_date

_AMOUNTS = ("NetAmount", "TaxAmount")


def truth(company: Company, name: str, *, cash: bool) -> Wire:
    """Return all records of a list as a complete read would receive them: unit amounts with four decimals."""
    if name == "Journals":
        return {"records": [decode(row.text) for row in company.book(cash=cash).rows_after(0)]}
    shown = list(company.lists[name])
    if name == "ContactGroups":  # neither deleted groups nor members are in the list
        shown = [document for document in shown if document.field("Status") != "DELETED"]
        return {"records": [decode(document.text("brief", 4)) for document in shown]}
    return {"records": [document.record for document in shown]}


def summary(company: Company) -> Wire:
    """Count the records of the company."""
    return {
        "last_journal_number": company.journals.last_number(),
        **{path: len(book) for path, book in company.lists.items()},
    }


def add_journals(company: Company, payload: Wire, now_ms: int) -> Wire:
    """Add the given journals, or post ``count`` new manual journals after the last number.

    Args:
        company: whose books.
        payload: ``journals`` (wire records), or ``count`` with ``gap`` (numbers left out before each), ``created_ms``.
        now_ms: the server's time, the default of ``created_ms``.
    """
    book = company.book(cash=bool(payload.get("cash")))
    records = payload.get("journals") or _manual(company, book, payload, int(payload.get("created_ms", now_ms)))
    book.add(records)
    return {"numbers": [record["JournalNumber"] for record in records]}


def _manual(company: Company, book: JournalBook, payload: Wire, created_ms: int) -> list[Wire]:
    accounts = [document.record for document in company.lists["Accounts"]][:2]
    records = []
    number = book.last_number()
    for count in range(int(payload.get("count", 1))):
        number += 1 + int(payload.get("gap", 0))
        lines = [_line(account, sign * Decimal("12.34")) for account, sign in zip(accounts, (1, -1), strict=False)]
        records.append(
            _journal(number, created_ms + count, lines, {"SourceID": str(uuid.uuid4()), "SourceType": "MANJOURNAL"})
        )
    return records


def _line(account: Wire, net: Decimal) -> Wire:
    record: Wire = {"JournalLineID": str(uuid.uuid4()), "AccountID": account["AccountID"]}
    if "Code" in account:
        record["AccountCode"] = account["Code"]
    record |= {"AccountType": account["Type"], "AccountName": account["Name"], "Description": "Added later"}
    return record | {"NetAmount": net, "GrossAmount": net, "TaxAmount": Decimal("0.00"), "TrackingCategories": []}


def _journal(number: int, created_ms: int, lines: list[Wire], source: Wire) -> Wire:
    return {
        "JournalID": str(uuid.uuid4()),
        "JournalDate": wire_date(created_ms // 86_400_000 * 86_400_000),
        "JournalNumber": number,
        "CreatedDateUTC": wire_date(created_ms),
        "Reference": "",
        **source,
        "JournalLines": lines,
    }


def add_records(company: Company, payload: Wire) -> Wire:
    """Add records to a list, or replace those whose ID is known."""
    company.lists[payload["list"]].add(payload["records"])
    return {"count": len(company.lists[payload["list"]])}


def edit_record(company: Company, payload: Wire, now_ms: int) -> Wire:
    """Change fields of one record.

    Args:
        company: whose books.
        payload: ``list``, ``id`` (or ``index``, in the order of the list), ``changes``, and ``stamp``: "now" (default),
            milliseconds, or null for an edit that UpdatedDateUTC does not show. Lists without that field are never stamped.
        now_ms: the server's time.
    """
    book = company.lists[payload["list"]]
    stamp = _stamp(payload, now_ms) if LISTS[payload["list"]].stamped else None
    return book.edit(_key(company, payload), dict(payload.get("changes", {})), stamp)


def _key(company: Company, payload: Wire) -> str:
    book = company.lists[payload.get("list", "Invoices")]
    if "id" in payload:
        return str(payload["id"])
    documents = list(book)
    return str(documents[int(payload["index"]) % len(documents)].field(book.id_field))


def _stamp(payload: Wire, now_ms: int) -> int | None:
    stamp: Any = payload.get("stamp", "now")
    return now_ms if stamp == "now" else None if stamp is None else int(stamp)


def revalue(company: Company, payload: Wire, now_ms: int) -> Wire:
    """Multiply an invoice's amounts: one journal reverses the last one, the next has the new amounts."""
    book = company.lists["Invoices"]
    key, factor = _key(company, payload), Decimal(str(payload.get("factor", 2)))
    record = book.get(key).record
    items = []
    for item in record.get("LineItems", []):
        scaled = {name: cents(item[name] * factor) for name in ("LineAmount", "TaxAmount") if name in item}
        unit = {"UnitAmount": item["UnitAmount"] * factor} if "UnitAmount" in item else {}
        items.append(item | scaled | unit)
    net = sum((item["LineAmount"] for item in items), Decimal("0.00"))
    tax = sum((item["TaxAmount"] for item in items), Decimal("0.00"))
    if record.get("LineAmountTypes") == "Inclusive":
        net -= tax
    settled = sum((record.get(name, Decimal("0.00")) for name in ("AmountPaid", "AmountCredited")), Decimal("0.00"))
    totals = {"SubTotal": net, "TotalTax": tax, "Total": net + tax, "AmountDue": net + tax - settled}
    changed = book.edit(key, {"LineItems": items, **totals}, _stamp(payload, now_ms))
    last = _reverse(company, key, now_ms)
    if last is not None:
        _repost(company, last, factor, now_ms)
    return changed


def _reverse(company: Company, source_id: str, now_ms: int) -> Wire | None:
    """Post the reversal of the last journal of a document; return that last journal."""
    posted = company.journals.of_source(source_id)
    if posted:
        _repost(company, posted[-1], Decimal(-1), now_ms)
    return posted[-1] if posted else None


def _repost(company: Company, journal: Wire, factor: Decimal, now_ms: int) -> None:
    lines = []
    for line in journal["JournalLines"]:
        net, tax = (cents(line[name] * factor) for name in _AMOUNTS)
        lines.append(
            line | {"JournalLineID": str(uuid.uuid4()), "NetAmount": net, "TaxAmount": tax, "GrossAmount": net + tax}
        )
    rest = sum((line["NetAmount"] for line in lines), Decimal("0.00"))
    lines[0] |= {"NetAmount": lines[0]["NetAmount"] - rest, "GrossAmount": lines[0]["GrossAmount"] - rest}
    head = {"JournalID": str(uuid.uuid4()), "JournalNumber": company.journals.last_number() + 1}
    company.journals.add([journal | head | {"CreatedDateUTC": wire_date(now_ms), "JournalLines": lines}])


def void(company: Company, payload: Wire, now_ms: int) -> Wire:
    """Void an invoice: its status changes and its last journal is reversed; nothing is removed."""
    key, zero = _key(company, payload), Decimal("0.00")
    changes = {"Status": "VOIDED", "AmountDue": zero, "AmountPaid": zero, "Payments": [], "FullyPaidOnDate": None}
    record = company.lists["Invoices"].edit(key, changes, _stamp(payload, now_ms))
    _reverse(company, key, now_ms)
    return record


def delete(company: Company, payload: Wire, now_ms: int) -> Wire:
    """Delete a draft: a change of status."""
    return company.lists["Invoices"].edit(_key(company, payload), {"Status": "DELETED"}, _stamp(payload, now_ms))


def redate(company: Company, payload: Wire, now_ms: int) -> Wire:
    """Move an invoice to another date, ``date_ms``."""
    date_ms = int(payload["date_ms"])
    changes = {"Date": wire_date(date_ms), "DateString": date_string(date_ms)}
    return company.lists["Invoices"].edit(_key(company, payload), changes, _stamp(payload, now_ms))
