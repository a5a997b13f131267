"""What Xero says about the organisation that is read, from one call for everything that a sync wants to know of it.

See https://developer.xero.com/documentation/api/accounting/organisation.
"""

from __future__ import annotations

import threading

from source_xero_gl.xero.client import Page, XeroClient
from source_xero_gl.xero.errors import SYSTEM, XeroError
from source_xero_gl.xero.gate import Caller
from source_xero_gl.xero.tenants import Tenant, canonical, text_of

ENDPOINT, KEY = "Organisation", "Organisations"


class OrganisationCall:
    """The Organisation call of a client, made when its answer is first wanted and once only. Safe under threads."""

    def __init__(self, client: XeroClient) -> None:
        """Ask with ``client`` for the organisation of its tenant."""
        self._client = client
        self._lock = threading.Lock()
        self._page: Page | None = None

    def page(self, caller: Caller | None = None) -> Page:
        """Return the answer; after a failure the next to ask calls again. ``caller`` is told of waits for the call."""
        with self._lock:
            if self._page is None:
                self._page = self._client.page(ENDPOINT, KEY, caller=caller)
            return self._page

    def tenant(self) -> Tenant:
        """Return the organisation's ID and name.

        Raises:
            XeroError: by the error table, or system when Xero names no organisation.
        """
        objects = self.page().objects
        found = objects[0] if objects else {}
        organisation_id = text_of(found, "OrganisationID")
        if organisation_id is None:
            raise XeroError(SYSTEM, "Xero's Organisation answer names no organisation. Please report it with the log.")
        return Tenant(canonical(organisation_id), text_of(found, "Name"))
