"""The journals of one basis (accrual or cash), in the order of their numbers."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Iterable, Iterator
from typing import NamedTuple, Protocol

from local_xero.wire import Wire, decode, encode_bytes, parse_wire_date


class JournalRow(NamedTuple):
    """What serving a journal takes: its number, CreatedDateUTC in milliseconds, and its JSON text."""

    number: int
    created_ms: int
    text: bytes


class JournalBook(Protocol):
    """A set of journals that can be read by number, whether they are stored or made on demand."""

    def rows_after(self, offset: int, created_from: int | None = None) -> Iterator[JournalRow]:
        """Yield the journals with a number greater than ``offset``, created on or after ``created_from``, in order."""

    def find(self, key: str) -> Wire | None:
        """Return one journal by its number or its ID."""

    def add(self, journals: Iterable[Wire]) -> None:
        """Add journals; a journal with a known number replaces the old one."""

    def hide(self, numbers: Iterable[int]) -> int:
        """Make numbers invisible, as if they were not committed yet; say how many were there."""

    def publish(self, numbers: Iterable[int]) -> int:
        """Make hidden numbers visible; say how many there were."""

    def last_number(self) -> int:
        """Return the highest visible number, 0 in an empty book."""

    def of_source(self, source_id: str) -> list[Wire]:
        """Return the journals that one document has posted, oldest first."""


def journal_row(journal: Wire) -> JournalRow:
    """Serialise a journal once, for all the times it will be served."""
    created = parse_wire_date(journal.get("CreatedDateUTC"))
    return JournalRow(int(journal["JournalNumber"]), created or 0, encode_bytes(journal))


class StoredJournals:
    """A journal book in memory; ``version`` rises with each change."""

    def __init__(self, journals: Iterable[Wire] = ()) -> None:
        self.version = 0
        self._rows: dict[int, JournalRow] = {}
        self._hidden: dict[int, JournalRow] = {}
        self._numbers: list[int] = []
        self._number_of_id: dict[str, int] = {}
        self._sources: dict[str, list[int]] = {}
        self.add(journals)

    def rows_after(self, offset: int, created_from: int | None = None) -> Iterator[JournalRow]:
        """Yield the journals after a number, optionally only those created on or after an instant."""
        for index in range(bisect_right(self._numbers, offset), len(self._numbers)):
            row = self._rows[self._numbers[index]]
            if created_from is None or row.created_ms >= created_from:
                yield row

    def find(self, key: str) -> Wire | None:
        """Return one journal by its number or its ID."""
        number = int(key) if key.isdecimal() else self._number_of_id.get(key.lower())
        row = self._rows.get(number) if number is not None else None
        return decode(row.text) if row else None

    def add(self, journals: Iterable[Wire]) -> None:
        """Add journals; a journal with a known number replaces the old one."""
        self.version += 1
        for journal in journals:
            self._put(journal_row(journal))
            number = int(journal["JournalNumber"])
            self._number_of_id[str(journal["JournalID"]).lower()] = number
            if "SourceID" in journal:
                self._sources.setdefault(journal["SourceID"], []).append(number)

    def _put(self, row: JournalRow) -> None:
        if row.number not in self._rows:
            insort(self._numbers, row.number)
        self._rows[row.number] = row

    def hide(self, numbers: Iterable[int]) -> int:
        """Make numbers invisible, as if they were not committed yet."""
        self.version += 1
        found = [number for number in numbers if number in self._rows]
        for number in found:
            self._hidden[number] = self._rows.pop(number)
            self._numbers.remove(number)
        return len(found)

    def publish(self, numbers: Iterable[int]) -> int:
        """Make hidden numbers visible."""
        self.version += 1
        found = [number for number in numbers if number in self._hidden]
        for number in found:
            self._put(self._hidden.pop(number))
        return len(found)

    def last_number(self) -> int:
        """Return the highest visible number, 0 in an empty book."""
        return self._numbers[-1] if self._numbers else 0

    def of_source(self, source_id: str) -> list[Wire]:
        """Return the journals that one document has posted, oldest first."""
        return [decode(self._rows[n].text) for n in sorted(self._sources.get(source_id, ())) if n in self._rows]
