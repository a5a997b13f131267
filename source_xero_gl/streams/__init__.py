"""The Airbyte side: declarations of the streams, readers of pages, and cursors that checkpoint after each page."""

from __future__ import annotations

from source_xero_gl.config import Settings
from source_xero_gl.streams.base import XeroStream
from source_xero_gl.streams.invoices import Invoices
from source_xero_gl.streams.journals import Journals, JournalStream
from source_xero_gl.streams.reference import Accounts, Contacts, Organisations, TrackingCategories

STREAMS: tuple[XeroStream, ...] = (
    Journals(),
    Invoices(),
    Accounts(),
    TrackingCategories(),
    Organisations(),
    Contacts(),
)
"""Every stream, in the order in which ``discover`` lists them."""


def available_streams(settings: Settings) -> list[XeroStream]:
    """Return the streams that the settings ask for: without ``journals.include`` no stream of journals."""
    return [stream for stream in STREAMS if settings.journals.include or not isinstance(stream, JournalStream)]
