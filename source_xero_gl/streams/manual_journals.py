"""Manual journals. See https://developer.xero.com/documentation/api/accounting/manualjournals."""

from __future__ import annotations

from source_xero_gl.engine.passes import PassStream
from source_xero_gl.readers.changes.state import UPDATED


class ManualJournals(PassStream):
    """Journals that a person or an app entered, with their lines; ``order`` makes Xero ignore the pages."""

    name = "manual_journals"
    path = "ManualJournals"
    records_key = "ManualJournals"
    id_field = "ManualJournalID"
    cursor_field = UPDATED
