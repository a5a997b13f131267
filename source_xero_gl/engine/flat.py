"""Flat tables: one record for each line of a nested stream's objects, for tools that do not unnest JSON."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from source_xero_gl.engine.stream import XeroStream
from source_xero_gl.readers.batch import Object
from source_xero_gl.readers.errors import broken

LINE_NUMBER = "LineNumber"


class FlatStream(XeroStream):
    """The lines of a nested stream's objects, each with fields of its header.

    Attributes:
        nested: the stream that has the lines.
        lines_field: field of an object that holds its lines.
        tracking_field: field of a line that holds its tracking categories.
        header: fields of the object that each line carries.
    """

    nested: ClassVar[XeroStream]
    lines_field: ClassVar[str]
    tracking_field: ClassVar[str]
    header: ClassVar[tuple[str, ...]]

    @property
    def parent(self) -> XeroStream:
        """The nested stream."""
        return self.nested

    def head(self, found: Object) -> Object:
        """Return what each line carries of its object."""
        return {name: found[name] for name in self.header if name in found}

    def records(self, found: Object) -> Iterable[Object]:
        """Return the lines, numbered from 1 in the order in which Xero sends them.

        Raises:
            ReadingError: system, when lines or tracking categories are no objects.
        """
        try:
            head = self.head(found)
            lines = found.get(self.lines_field) or ()
            flat = [(line, _tracking(line.get(self.tracking_field))) for line in lines]
        except (AttributeError, TypeError):
            raise broken(f"objects in {self.lines_field} and {self.tracking_field}") from None
        for number, (line, tracking) in enumerate(flat, start=1):
            own = {name: value for name, value in line.items() if name != self.tracking_field}
            yield {**own, **tracking, **head, LINE_NUMBER: number}


def _tracking(categories: list[Object] | None) -> Object:
    """Return the tracking categories of a line side by side, ``Tracking1Name`` and so on; Xero allows two."""
    flat: Object = {}
    for number, category in enumerate(categories or (), start=1):
        flat[f"Tracking{number}Name"] = category.get("Name")
        flat[f"Tracking{number}Option"] = category.get("Option")
        flat[f"Tracking{number}CategoryID"] = category.get("TrackingCategoryID")
        flat[f"Tracking{number}OptionID"] = category.get("TrackingOptionID")
    return flat
