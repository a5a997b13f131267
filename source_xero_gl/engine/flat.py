"""Flat twins: one row for each line of a nested stream's objects, for tools that do not unnest JSON."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from source_xero_gl.engine.stream import XeroStream
from source_xero_gl.readers.batch import Row, broken
from source_xero_gl.readers.state import TENANT_KEY

LINE_NUMBER = "LineNumber"


class FlatStream(XeroStream):
    """The lines of a nested stream's objects, each with fields of its header.

    A declaration inherits from this class and from the nested stream's, which says how the objects are read.

    Attributes:
        nested: name of the nested stream.
        lines_field: where an object holds its lines.
        tracking_field: where a line holds its tracking categories.
        header: fields of the object that each line carries.
        line_key: fields that with TenantID make the primary key.
    """

    nested: ClassVar[str]
    lines_field: ClassVar[str]
    tracking_field: ClassVar[str]
    header: ClassVar[tuple[str, ...]]
    line_key: ClassVar[tuple[str, ...]]

    @property
    def source(self) -> str:
        """Name of the nested stream."""
        return self.nested

    @property
    def key_fields(self) -> tuple[str, ...]:
        """The primary key."""
        return (TENANT_KEY, *self.line_key)

    def head(self, record: Row) -> Row:
        """Return what each line carries of its header."""
        return {name: record[name] for name in self.header if name in record}

    def rows(self, record: Row) -> Iterable[Row]:
        """Return the lines, numbered from 1 in the order in which Xero sends them.

        Raises:
            XeroError: system, when lines or tracking categories are no objects.
        """
        try:
            head = self.head(record)
            lines = record.get(self.lines_field) or ()
            flat = [(line, _tracking(line.get(self.tracking_field))) for line in lines]
        except (AttributeError, TypeError):
            raise broken(self.name, f"objects in {self.lines_field} and {self.tracking_field}") from None
        for number, (line, tracking) in enumerate(flat, start=1):
            own = {name: value for name, value in line.items() if name != self.tracking_field}
            yield {**own, **tracking, **head, LINE_NUMBER: number}


def _tracking(categories: list[Row] | None) -> Row:
    """Return the tracking categories of a line side by side, ``Tracking1Name`` and so on; Xero allows two."""
    flat: Row = {}
    for number, category in enumerate(categories or (), start=1):
        flat[f"Tracking{number}Name"] = category.get("Name")
        flat[f"Tracking{number}Option"] = category.get("Option")
        flat[f"Tracking{number}CategoryID"] = category.get("TrackingCategoryID")
        flat[f"Tracking{number}OptionID"] = category.get("TrackingOptionID")
    return flat
