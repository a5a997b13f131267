"""Companies of any size that need no memory: each journal is computed from its position when it is requested."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from random import Random
from typing import Any

from local_xero.bulk_texts import CHART_SEED, INVOICE, JOURNALS, figures, fill, position_of
from local_xero.company import Company, generate
from local_xero.day_book import DAYS, FIRST_DAY_MS
from local_xero.documents import Document
from local_xero.endpoints import STAMP
from local_xero.journal_book import JournalRow, StoredJournals
from local_xero.wire import Wire, decode

_SPAN_MS = DAYS * 86_400_000
_BLOCK = 100
_DAY_MS = 86_400_000
_STATUSES = ("PAID", "PAID", "AUTHORISED", "DRAFT", "VOIDED")


@dataclass(frozen=True)
class BulkPlan:
    """How large a bulk company is.

    Attributes:
        journals: number of journals, exactly.
        invoices: number of invoices, exactly; about 500 bytes each in memory.
        gaps: share of unused journal numbers, 0 to below 1.
        seed: picks the unused numbers.
        contacts: number of contacts.
        journal_step_ms: milliseconds between two CreatedDateUTC; by default they spread over two years.
        journal_first_ms: the first CreatedDateUTC.
        invoice_step_ms: milliseconds between two UpdatedDateUTC; 0 gives all the same; by default over two years.
        invoice_first_ms: the first UpdatedDateUTC.
    """

    journals: int = 100_000
    invoices: int = 0
    gaps: float = 0.0
    seed: int = 1
    contacts: int = 0
    journal_step_ms: int | None = None
    journal_first_ms: int = FIRST_DAY_MS
    invoice_step_ms: int | None = None
    invoice_first_ms: int = FIRST_DAY_MS


class BulkJournals:
    """A journal book whose journals are computed; journals that are added later are stored.

    Each run of a hundred journals has the same share of unused numbers.
    """

    def __init__(self, plan: BulkPlan) -> None:
        self._count = plan.journals
        self._width = round(_BLOCK / (1 - plan.gaps))
        self._seed = plan.seed
        step = plan.journal_step_ms
        self._step_ms = max(1, _SPAN_MS // max(1, plan.journals)) if step is None else step
        self._first_ms = plan.journal_first_ms
        self._hidden: set[int] = set()
        self._extra = StoredJournals()
        self._numbers_of = lru_cache(maxsize=1024)(self._block_numbers)

    def _block_numbers(self, block: int) -> list[int]:
        first = block * self._width + 1
        if self._width == _BLOCK:
            return list(range(first, first + _BLOCK))
        picked = Random(self._seed * 1_000_003 + block).sample(range(first, first + self._width), _BLOCK)
        return sorted(picked)

    def _number(self, position: int) -> int:
        return self._numbers_of(position // _BLOCK)[position % _BLOCK]

    def _first_after(self, offset: int) -> int:
        """Find the position of the first number greater than an offset."""
        block = max(0, offset) // self._width
        return block * _BLOCK + sum(number <= offset for number in self._numbers_of(block))

    def _row(self, position: int) -> JournalRow:
        number, created = self._number(position), self._first_ms + position * self._step_ms
        date = created // _DAY_MS * _DAY_MS - (position % 11 == 0) * 30 * _DAY_MS
        values = figures(number) | {b"created": created, b"date": date}
        return JournalRow(number, created, fill(JOURNALS[position % len(JOURNALS)], values))

    def _base_after(self, offset: int, created_from: int | None) -> Iterator[JournalRow]:
        position = self._first_after(offset)
        if created_from is not None and self._step_ms:
            position = max(position, -(-(created_from - self._first_ms) // self._step_ms))
        for here in range(position, self._count):
            if self._number(here) not in self._hidden:
                yield self._row(here)

    def rows_after(self, offset: int, created_from: int | None = None) -> Iterator[JournalRow]:
        """Yield the journals after a number, optionally only those created on or after an instant."""
        base = self._base_after(offset, created_from)
        if not self._extra.last_number():
            return base
        return heapq.merge(base, self._extra.rows_after(offset, created_from), key=lambda row: row.number)

    def find(self, key: str) -> Wire | None:
        """Return one journal by its number or its ID."""
        number = int(key) if key.isdecimal() else position_of(key)
        row = next(self._base_after(number - 1, None), None) if number else None
        found = decode(row.text) if row and row.number == number else None
        return found or self._extra.find(key)

    def add(self, journals: Iterable[Wire]) -> None:
        """Add journals; a journal with a known number replaces the old one."""
        for journal in journals:
            self._hidden.add(int(journal["JournalNumber"]))
            self._extra.add([journal])

    def hide(self, numbers: Iterable[int]) -> int:
        """Make numbers invisible, as if they were not committed yet."""
        wanted = set(numbers)
        added = self._extra.hide(wanted)
        there = {n for n in wanted - self._hidden if self.find(str(n))}
        self._hidden |= there
        return added + len(there)

    def publish(self, numbers: Iterable[int]) -> int:
        """Make hidden numbers visible."""
        wanted = set(numbers)
        back = self._extra.publish(wanted)
        there = {n for n in wanted & self._hidden if not self._extra.find(str(n))}
        self._hidden -= there
        return back + len(there)

    def last_number(self) -> int:
        """Return the highest visible number, 0 in an empty book."""
        position = self._count - 1
        while position >= 0 and self._number(position) in self._hidden:
            position -= 1
        return max(self._number(position) if position >= 0 else 0, self._extra.last_number())

    def of_source(self, source_id: str) -> list[Wire]:
        """Return the journals that one document has posted: only those added later are known by their source."""
        return self._extra.of_source(source_id)


class BulkInvoice(Document):
    """An invoice that is computed."""

    __slots__ = ("_position", "_stamp_ms")

    def __init__(self, position: int, stamp_ms: int) -> None:
        super().__init__({})
        self._position = position
        self._stamp_ms = stamp_ms

    @property
    def stamp_ms(self) -> int:
        """UpdatedDateUTC in milliseconds."""
        return self._stamp_ms

    @property
    def record(self) -> Wire:
        """The whole record."""
        record: Wire = decode(self._text())
        return record

    def field(self, name: str) -> Any:
        """Return a field; fields that selections need are not parsed."""
        if name == STAMP:
            return self._stamp_ms
        if name == "InvoiceID":
            return figures(self._position + 1)[b"invoice"].decode()
        if name == "Status":
            return _STATUSES[self._position % len(_STATUSES)]
        if name == "Type":
            return "ACCREC" if self._position % 2 else "ACCPAY"
        return self._date_ms if name == "Date" else super().field(name)

    @property
    def _date_ms(self) -> int:
        return self._stamp_ms // _DAY_MS * _DAY_MS - self._position % 20 * _DAY_MS

    def _text(self) -> bytes:
        kind, status = self.field("Type").encode(), self.field("Status").encode()
        values = figures(self._position + 1) | {b"type": kind, b"status": status}
        due = self._date_ms + 14 * _DAY_MS
        return fill(INVOICE, values | {b"created": self._stamp_ms, b"date": self._date_ms, b"due": due})

    def text(self, detail: str, decimals: int) -> bytes:
        """Return the record as text; shorter forms are cut from the whole one."""
        if detail == "full" and decimals == 4:
            return self._text()
        return Document(self.record).text(detail, decimals)


def bulk_company(tenant_id: str, name: str, plan: BulkPlan) -> Company:
    """Build a company of any size."""
    company = generate("empty", tenant_id, name, {"seed": CHART_SEED, "contacts": plan.contacts})
    company.journals = BulkJournals(plan)
    step = max(1, _SPAN_MS // max(1, plan.invoices)) if plan.invoice_step_ms is None else plan.invoice_step_ms
    invoices = (BulkInvoice(number, plan.invoice_first_ms + number * step) for number in range(plan.invoices))
    company.lists["Invoices"].put(invoices)
    return company
