"""What ``check`` asks Xero: one small call for each thing that the settings want to read."""

from __future__ import annotations

from source_xero_gl.settings.settings import Settings
from source_xero_gl.xero.client import XeroClient
from source_xero_gl.xero.errors import Kind, XeroError

BEYOND_ALL_JOURNALS = 2_147_483_647
"""An offset above every journal number: the answer is empty, and refused where journals may not be read."""


def check_access(client: XeroClient, settings: Settings) -> None:
    """Return when journals, if wanted, and invoices can be read.

    Raises:
        XeroError: by the error table.
    """
    if settings.journals.include:
        client.page("Journals", "Journals", {"offset": BEYOND_ALL_JOURNALS})
    try:
        client.page("Invoices", "Invoices", {"page": 1, "pageSize": 1, "summaryOnly": "true"})
    except XeroError as error:
        if (
            error.kind is not Kind.TOO_MANY_DOCUMENTS
        ):  # the refusal of a list that is too long shows that it may be read
            raise
