"""Which amounts of a report's lines are read, and where its titles say that they are. Pure: no network, no clock.

See https://developer.xero.com/documentation/api/accounting/reports.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from source_xero_gl.readers.batch import Object
from source_xero_gl.readers.errors import broken
from source_xero_gl.readers.reports.lines import header, report_lines


class Columns(Protocol):
    """The amounts of a line: what they are called, and where they are."""

    @property
    def moving(self) -> Sequence[str]:
        """Names of the amounts that tell whether anything was booked."""

    def placed(self, titles: Sequence[str]) -> Sequence[str | None]:
        """Return the name of each column behind the account, None for one that is left out.

        Raises:
            ReadingError: system, when a column is missing.
        """


@dataclass(frozen=True)
class InOrder:
    """Columns that come first, in this order; what Xero adds behind them is left out.

    Attributes:
        names: what the amounts are called in a record.
        titles: that Xero gives them; empty where they are a date.
    """

    names: tuple[str, ...] = ("Amount",)
    titles: tuple[str, ...] = ()

    @property
    def moving(self) -> tuple[str, ...]:
        """All of them."""
        return self.names

    def placed(self, titles: Sequence[str]) -> Sequence[str | None]:
        """Return the names."""
        if tuple(titles[: len(self.titles)]) != self.titles:
            raise broken(f"the columns {', '.join(self.titles)}")
        return self.names


@dataclass(frozen=True)
class ByTitle:
    """Columns that are where their titles are, in upper or lower case, for a report whose columns are not always the same ones.

    Attributes:
        names: what the amount under each title is called in a record.
        moving: names of the amounts that tell whether anything was booked.
        optional: titles that may be missing.
    """

    names: dict[str, str]
    moving: tuple[str, ...]
    optional: tuple[str, ...] = ()

    def placed(self, titles: Sequence[str]) -> Sequence[str | None]:
        """Return the names, each in the place of its title."""
        required = [title for title in self.names if title not in self.optional]
        found = [title.strip().lower() for title in titles]
        if any(found.count(title.lower()) != 1 for title in required):
            raise broken(f"the columns {', '.join(required)}")
        names = {title.lower(): name for title, name in self.names.items()}
        return [names.get(title) for title in found]


AMOUNT = InOrder()
"""The first amount, whatever its title: mostly that is the date; further ones are to compare with."""


def lines_of(report: Object, columns: Columns) -> list[Object]:
    """Return the lines of a report, in its order and numbered from 1, with the amounts of the columns.

    Raises:
        AttributeError, TypeError: rows, cells or attributes have another form.
        ValueError: an amount is no number.
        ReadingError: system, when there are lines, but not the columns.
    """
    if not report_lines(report, ()):
        return []  # of an empty report Xero need not say what its columns are
    return report_lines(report, columns.placed(header(report)[1:]))
