"""Flat tables: one record for each line of a nested stream's objects, for tools that do not unnest JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar

from source_xero_gl.engine.stream import XeroStream
from source_xero_gl.readers.batch import Object
from source_xero_gl.readers.changes.state import UPDATED
from source_xero_gl.readers.errors import broken

LINE_NUMBER = "LineNumber"

DOCUMENT = ("Date", "Status", UPDATED, "CurrencyCode", "CurrencyRate", "LineAmountTypes", "Contact")
"""Header fields of most documents, for their lines."""

CREDIT = ("Type", "Status", UPDATED, "CurrencyCode", "CurrencyRate", "Contact")
"""Header fields of a credit, for its allocations, which have a date of their own."""

REFERENCES: Mapping[str, Mapping[str, str]] = {
    "Contact": {"ContactID": "ContactID", "ContactName": "Name"},
    "BankAccount": {"BankAccountID": "AccountID", "BankAccountCode": "Code", "BankAccountName": "Name"},
    "Invoice": {"InvoiceID": "InvoiceID", "InvoiceNumber": "InvoiceNumber"},
    "CreditNote": {"CreditNoteID": "CreditNoteID", "CreditNoteNumber": "CreditNoteNumber"},
    "Prepayment": {"PrepaymentID": "PrepaymentID"},
    "Overpayment": {"OverpaymentID": "OverpaymentID"},
}
"""Objects that have a stream of their own: the columns that take the place of each, and the field that each column holds."""

SPELLINGS = {"AccountId": "AccountID", "AllocationId": "AllocationID"}
"""IDs that some of Xero's answers spell otherwise: to most warehouses the two are one column."""

_REPLACED = frozenset({*REFERENCES, *SPELLINGS})


class FlatStream(XeroStream):
    """The lines of a nested stream's objects, each with fields of its header.

    Xero may give lines new IDs when an object is edited, so a line is mostly known by its place in the object. Lines that an edit
    took away keep the older UpdatedDateUTC, by which they differ from the lines that are there now.

    Attributes:
        nested: the stream that has the lines.
        lines_field: field of an object that holds its lines.
        parts_field: field of a line that holds its parts, where each part becomes a record with the other fields of its line.
        tracking_field: field of a line, or of the header, that holds its tracking categories.
        header: fields of the object that each line carries; an object with a stream of its own becomes columns.
    """

    nested: ClassVar[XeroStream]
    lines_field: ClassVar[str] = "LineItems"
    parts_field: ClassVar[str | None] = None
    tracking_field: ClassVar[str] = "Tracking"
    header: ClassVar[tuple[str, ...]]

    @property
    def parent(self) -> XeroStream:
        """The nested stream."""
        return self.nested

    def records(self, found: Object) -> Iterable[Object]:
        """Return the lines, numbered from 1 in the order in which Xero sends them.

        Raises:
            ReadingError: system, when lines, tracking categories or what they refer to are no objects.
        """
        try:
            # The columns of a reference are there in each record, filled or not; what else Xero left out stays out.
            head = self._columns({name: found.get(name) for name in self.header if name in found or name in REFERENCES})
            lines = [{**self._columns(line), **head} for line in self._lines(found)]
        except (AttributeError, TypeError):
            raise broken(f"objects in {self.lines_field} and {self.tracking_field}") from None
        for number, line in enumerate(lines, start=1):
            line[LINE_NUMBER] = number
            yield line

    def _lines(self, found: Object) -> Iterable[Object]:
        lines = found.get(self.lines_field) or ()
        if self.parts_field is None:
            return lines
        return [{**line, **part} for line in lines for part in line.get(self.parts_field) or ()]

    def _columns(self, fields: Object) -> Object:
        """Return fields with columns in place of tracking categories, references and other spellings, and without parts."""
        columns = {**fields}
        tracking = columns.pop(self.tracking_field, None)
        if tracking:
            columns |= _tracking(tracking)
        if self.parts_field is not None:
            columns.pop(self.parts_field, None)
        if not _REPLACED.isdisjoint(columns):
            _replace(columns)
        return columns


def _replace(columns: Object) -> None:
    """Put columns in place of references and of other spellings, in a record of our own."""
    for name, fields in REFERENCES.items():
        if name in columns:
            target = columns.pop(name) or {}
            columns |= {column: target.get(field) for column, field in fields.items()}
    for spelling, name in SPELLINGS.items():
        if spelling in columns:
            value = columns.pop(spelling)
            columns[name] = value if columns.get(name) is None else columns[name]


def _tracking(categories: list[Object]) -> Object:
    """Return tracking categories side by side, ``Tracking1Name`` and so on; Xero allows two."""
    flat: Object = {}
    for number, category in enumerate(categories, start=1):
        flat[f"Tracking{number}Name"] = category.get("Name")
        flat[f"Tracking{number}Option"] = category.get("Option")
        flat[f"Tracking{number}CategoryID"] = category.get("TrackingCategoryID")
        flat[f"Tracking{number}OptionID"] = category.get("TrackingOptionID")
    return flat
