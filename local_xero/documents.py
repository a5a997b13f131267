"""Lists of documents that change: invoices, contacts and the like, each with a stamp of its last change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from local_xero.endpoints import STAMP
from local_xero.wire import Wire, encode_bytes, parse_wire_date, stamp_string, wire_date

TWO_DECIMALS = Decimal("0.01")

_SUMMARY_LACKS = (
    "LineItems",
    "Payments",
    "CreditNotes",
    "Prepayments",
    "Overpayments",
    "Attachments",
    "InvoiceAddresses",
    "Addresses",
    "Phones",
    "ContactPersons",
    "ContactGroups",
    "Balances",
    "BatchPayments",
)
_CONTACT_BRIEF = (
    "ContactID",
    "ContactStatus",
    "Name",
    "FirstName",
    "LastName",
    "EmailAddress",
    "Addresses",
    "Phones",
    STAMP,
)
_LINES = ("LineItems", "JournalLines", "BudgetLines", "Contacts")
"""Fields that only a page or a single record has."""


class Document:
    """One record of a list, and the texts that are served for it."""

    def __init__(self, record: Wire) -> None:
        self._record = record
        self._texts: dict[tuple[str, int], bytes] = {}

    @property
    def record(self) -> Wire:
        """The whole record, four decimals, all line items."""
        return self._record

    def field(self, name: str) -> Any:
        """Read a field by its dotted path; None when it is absent. A wire date reads as milliseconds."""
        value: Any = self.record
        for part in name.split("."):
            value = value.get(part) if isinstance(value, dict) else None
        ms = parse_wire_date(value)
        return value if ms is None else ms

    @property
    def stamp_ms(self) -> int:
        """UpdatedDateUTC in milliseconds; 0 when the record has none."""
        return parse_wire_date(self.record.get(STAMP)) or 0

    def text(self, detail: str, decimals: int) -> bytes:
        """Serve the record.

        Args:
            detail: "full", "brief" (an unpaged list), "summary" (``summaryOnly``), or "active" (no archived options).
            decimals: 4 or 2, of unit amounts.
        """
        key = (detail, decimals)
        if key not in self._texts:
            self._texts[key] = encode_bytes(_shown(self.record, detail, decimals))
        return self._texts[key]


def _shown(record: Wire, detail: str, decimals: int) -> Wire:
    if detail == "summary":
        record = {key: value for key, value in record.items() if key not in _SUMMARY_LACKS}
    elif detail == "brief":
        record = _brief(record)
    elif detail == "active":
        active = [option for option in record.get("Options", ()) if option.get("Status") != "ARCHIVED"]
        record = record | ({"Options": active} if "Options" in record else {})
    return record if decimals == 4 else _two_decimals(record)


def _brief(record: Wire) -> Wire:
    if "ContactStatus" in record:
        return {key: value for key, value in record.items() if key in _CONTACT_BRIEF}
    record = record | {name: [] for name in _LINES if name in record}
    if isinstance(record.get("Contact"), dict):
        record["Contact"] = {key: record["Contact"][key] for key in ("ContactID", "Name") if key in record["Contact"]}
    return record


def _two_decimals(record: Wire) -> Wire:
    """Round the unit amounts of the lines and the unit prices of an item."""
    changed: Wire = {}
    if record.get("LineItems"):
        changed["LineItems"] = [_rounded(item, "UnitAmount") for item in record["LineItems"]]
    for name in ("PurchaseDetails", "SalesDetails"):
        if record.get(name):
            changed[name] = _rounded(record[name], "UnitPrice")
    return record | changed if changed else record


def _rounded(part: Wire, name: str) -> Wire:
    unit = part.get(name)
    return part | {name: unit.quantize(TWO_DECIMALS, ROUND_HALF_UP)} if isinstance(unit, Decimal) else part


class DocumentBook:
    """The records of one list by their ID.

    Args:
        id_field: the field that identifies a record.
        records: what is in the list at first.
    """

    def __init__(self, id_field: str, records: Iterable[Wire] = ()) -> None:
        self.id_field = id_field
        self.version = 0
        self._documents: dict[str, Document] = {}
        self.add(records)

    def __iter__(self) -> Iterator[Document]:
        return iter(self._documents.values())

    def __len__(self) -> int:
        return len(self._documents)

    def get(self, key: str) -> Document:
        """Return a document by its ID.

        Raises:
            KeyError: when there is none.
        """
        return self._documents[key.lower()]

    def find(self, key: str) -> Document | None:
        """Return a document by its ID or else by its InvoiceNumber."""
        found = self._documents.get(key.lower())
        return found or next((d for d in self if d.record.get("InvoiceNumber") == key), None)

    def add(self, records: Iterable[Wire]) -> None:
        """Add records; a record with a known ID replaces the old one."""
        self.put(Document(record) for record in records)

    def put(self, documents: Iterable[Document]) -> None:
        """Add documents as they are."""
        self.version += 1
        for document in documents:
            self._documents[str(document.field(self.id_field)).lower()] = document

    def edit(self, key: str, changes: Wire, stamp_ms: int | None) -> Wire:
        """Change fields of a record (None removes one) and, unless ``stamp_ms`` is None, its UpdatedDateUTC.

        Raises:
            KeyError: when there is no such record.
        """
        record = self.get(key).record | changes
        if stamp_ms is not None:
            record[STAMP] = wire_date(stamp_ms)
            if "UpdatedDateUTCString" in record:
                record["UpdatedDateUTCString"] = stamp_string(stamp_ms)
        record = {name: value for name, value in record.items() if value is not None}
        self.add([record])
        return record

    def remove(self, keys: Iterable[str]) -> int:
        """Remove records without a trace; return how many were removed."""
        self.version += 1
        return sum(self._documents.pop(key.lower(), None) is not None for key in keys)
