"""A journal as its readers see it, and a page of journals in the order of their numbers."""

from __future__ import annotations

from typing import NamedTuple

from source_xero_gl.readers.batch import Object
from source_xero_gl.readers.errors import broken
from source_xero_gl.xero.client import Page
from source_xero_gl.xero.dates import now, read_instant

PAGE_SIZE = 100
"""Journals a page, fixed by Xero: https://developer.xero.com/documentation/api/accounting/journals."""


class Journal(NamedTuple):
    """A journal with the number that Xero calls Journal ID in its reports."""

    number: int
    object: Object

    @property
    def created(self) -> int:
        """The instant of CreatedDateUTC.

        Raises:
            ReadingError: system, when there is none.
        """
        instant = read_instant(self.object.get("CreatedDateUTC"))
        if instant is None:
            raise broken("a CreatedDateUTC in each journal")
        return instant


class JournalPage(NamedTuple):
    """Journals in the order of their numbers, and the instant of the answer by Xero's clock, or ours where Xero says none."""

    journals: list[Journal]
    at: int


def journal_page(page: Page, offset: int) -> JournalPage:
    """Return the journals of the page at an offset.

    Raises:
        ReadingError: system, when a number is missing or not above the offset: reading on would not advance.
    """
    journals = sorted((Journal(_number(found), found) for found in page.objects), key=lambda journal: journal.number)
    if journals and journals[0].number <= offset:
        raise broken(f"journal numbers above the offset {offset}")
    return JournalPage(journals, now() if page.server_time is None else page.server_time)


def _number(journal: Object) -> int:
    number = journal.get("JournalNumber")
    if isinstance(number, str) and number.isascii() and number.isdigit():
        return int(number)
    if isinstance(number, bool) or not isinstance(number, int):
        raise broken("a JournalNumber in each journal")
    return number
