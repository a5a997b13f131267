"""Manual journals. See https://developer.xero.com/documentation/api/accounting/manualjournals."""

from __future__ import annotations

from source_xero_gl.engine.stream import XeroStream
from source_xero_gl.readers.changes.reader import ByChange
from source_xero_gl.readers.changes.windows import Cut
from source_xero_gl.readers.passes import Passes


class ManualJournals(XeroStream):
    """Journals that a person or an app entered, with their lines; ``order`` makes Xero ignore the pages."""

    name = "manual_journals"
    path = "ManualJournals"
    records_key = "ManualJournals"
    key = ("ManualJournalID",)
    reader = ByChange(cut=Cut(), way=Passes)
