"""The General Ledger. See https://developer.xero.com/documentation/api/accounting/journals."""

from __future__ import annotations

from typing import ClassVar

from source_xero_gl.engine.flat import FlatStream
from source_xero_gl.engine.stream import XeroStream
from source_xero_gl.readers.journals.reader import ByNumber
from source_xero_gl.readers.journals.state import JOURNAL_NUMBER

JOURNALS = "journals.include"
"""The setting that offers journals."""


class Journals(XeroStream):
    """Accrual journals: every entry of the General Ledger."""

    name = "journals"
    path = "Journals"
    key = ("JournalID",)
    reader = ByNumber()
    switch = JOURNALS


class CashJournals(XeroStream):
    """Journals on a cash basis: a data set of its own, with a state of its own."""

    name = "cash_journals"
    path = "Journals"
    key = ("JournalID",)
    reader = ByNumber()
    params: ClassVar = {"paymentsOnly": "true"}
    switch = JOURNALS


class JournalLineStream(FlatStream):
    """A record for each line of the journals; lines never change."""

    lines_field = "JournalLines"
    tracking_field = "TrackingCategories"
    header = ("JournalID", JOURNAL_NUMBER, "JournalDate", "CreatedDateUTC", "SourceType", "SourceID", "Reference")
    key = ("JournalLineID",)


class JournalLines(JournalLineStream):
    """Lines of the General Ledger."""

    name = "journal_lines"
    nested = Journals()


class CashJournalLines(JournalLineStream):
    """Lines of the journals on a cash basis."""

    name = "cash_journal_lines"
    nested = CashJournals()
