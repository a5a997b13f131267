"""The General Ledger. See https://developer.xero.com/documentation/api/accounting/journals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from source_xero_gl.engine.flat import FlatStream
from source_xero_gl.engine.stream import Sync, XeroStream
from source_xero_gl.readers.batch import Batch, Fetch
from source_xero_gl.readers.journals.reader import JournalReader
from source_xero_gl.readers.journals.state import JOURNAL_NUMBER, journal_state, resume


class JournalStream(XeroStream):
    """A stream of journals, read by offset; the filters of ``journals`` in the settings govern it."""

    path = "Journals"
    records_key = "Journals"
    id_field = "JournalID"
    cursor_field = JOURNAL_NUMBER

    def batches(self, fetch: Fetch, sync: Sync, state: Mapping[str, Any] | None) -> Iterator[Batch]:
        """Read what the filters admit and the state does not have."""
        filters = sync.settings.journals
        known = None if state is None else journal_state(state, filters, self.name)
        reader = JournalReader(self.name, fetch, filters, sync.tenant_id, sync.client.interval)
        return reader.batches(resume(known, filters))


class Journals(JournalStream):
    """Accrual journals: every entry of the General Ledger."""

    name = "journals"


class CashJournals(JournalStream):
    """Journals on a cash basis: a data set of its own, with a state of its own."""

    name = "cash_journals"
    params: ClassVar = {"paymentsOnly": "true"}


class JournalLineStream(FlatStream):
    """One row for each line of the journals; lines never change."""

    lines_field = "JournalLines"
    tracking_field = "TrackingCategories"
    header = ("JournalID", JOURNAL_NUMBER, "JournalDate", "CreatedDateUTC", "SourceType", "SourceID", "Reference")
    line_key = ("JournalLineID",)


class JournalLines(JournalLineStream, Journals):
    """Lines of the General Ledger."""

    name = "journal_lines"
    nested = "journals"


class CashJournalLines(JournalLineStream, CashJournals):
    """Lines of the journals on a cash basis."""

    name = "cash_journal_lines"
    nested = "cash_journals"
