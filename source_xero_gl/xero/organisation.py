"""What Xero says about the organisation that is read, from one call for everything that a sync wants to know of it.

See https://developer.xero.com/documentation/api/accounting/organisation.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass

from source_xero_gl.xero.client import Page, XeroClient
from source_xero_gl.xero.errors import SYSTEM, XeroError
from source_xero_gl.xero.gate import Caller
from source_xero_gl.xero.tenants import Tenant, canonical, text_of

ENDPOINT, KEY = "Organisation", "Organisations"


@dataclass(frozen=True)
class Organisation:
    """An organisation as Xero describes it.

    Attributes:
        tenant: its OrganisationID and its name.
        base_currency: code of the currency of its ledger; None when Xero does not say.
        lock_dates: ``PeriodLockDate`` and ``EndOfYearLockDate`` as Xero sent them; None for one that is not set.
        server_time: instant of the answer by Xero's clock; None when Xero does not say.
    """

    tenant: Tenant
    base_currency: str | None
    lock_dates: tuple[object, object]
    server_time: int | None


class OrganisationCall:
    """The Organisation call of a client, made when its answer is first wanted and once only. Safe under threads."""

    def __init__(self, client: XeroClient) -> None:
        """Ask with ``client`` for the organisation of its tenant."""
        self._client = client
        self._lock = threading.Lock()
        self._page: Page | None = None

    def page(self, caller: Caller | None = None) -> Page:
        """Return the answer; after a failure the next to ask calls again.

        Args:
            caller: is told of waits, if the call is made for it.

        Raises:
            XeroError: by the error table.
        """
        with self._lock:
            if self._page is None:
                self._page = self._client.page(ENDPOINT, KEY, caller=caller)
            return self._page

    def read(self, caller: Caller | None = None) -> Organisation:
        """Return the organisation.

        Args:
            caller: is told of waits, if the call is made for it.

        Raises:
            XeroError: by the error table, or system when Xero names no organisation.
        """
        page = self.page(caller)
        found = page.objects[0] if page.objects else {}
        organisation_id = text_of(found, "OrganisationID")
        if organisation_id is None:
            raise XeroError(SYSTEM, "Xero's Organisation answer names no organisation. Please report it with the log.")
        return Organisation(
            Tenant(canonical(organisation_id), text_of(found, "Name")),
            text_of(found, "BaseCurrency"),
            (found.get("PeriodLockDate"), found.get("EndOfYearLockDate")),
            page.server_time,
        )
