"""Manual journals. See https://developer.xero.com/documentation/api/accounting/manualjournals."""

from __future__ import annotations

from source_xero_gl.engine.stream import XeroStream
from source_xero_gl.readers.passes import InPasses


class ManualJournals(XeroStream):
    """Journals that a person or an app entered, with their lines; ``order`` makes Xero ignore the pages."""

    name = "manual_journals"
    path = "ManualJournals"
    records_key = "ManualJournals"
    key = ("ManualJournalID",)
    reader = InPasses()
