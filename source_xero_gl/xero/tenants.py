"""Which organisation to read: the user's choice against what the credentials reach. Never a guess between several.

See https://developer.xero.com/documentation/guides/oauth2/tenants.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from source_xero_gl.xero.client import XeroClient
from source_xero_gl.xero.errors import CONFIG, SYSTEM, XeroError

ORGANISATION = "ORGANISATION"
"""The tenant type that has a ledger; others (PRACTICE) have none."""

_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


@dataclass(frozen=True)
class Tenant:
    """An organisation: its tenant ID and its name."""

    tenant_id: str
    name: str


def is_tenant_id(text: str) -> bool:
    """Tell whether ``text`` has the form of a tenant ID, a GUID, and is no name."""
    return _ID.fullmatch(text) is not None


def choose_tenant(connections: Iterable[dict[str, Any]], wanted: str | None) -> Tenant:
    """Return the organisation that the user wants, from the connections that the credentials reach.

    Args:
        connections: as ``GET /connections`` lists them.
        wanted: a tenant ID or an exact name; None when there should be one only.

    Raises:
        XeroError: config, with the organisations by name and ID, when the choice is not clear.
    """
    tenants = [_tenant(row) for row in connections if row.get("tenantType") == ORGANISATION]
    if not tenants:
        raise XeroError(
            CONFIG,
            "The credentials reach no organisation. Connect to Xero again (Authenticate) and allow the organisation to read.",
        )
    if wanted is None:
        if len(tenants) > 1:
            raise XeroError(
                CONFIG, f"The credentials reach several organisations. Set tenant to one of them: {_listed(tenants)}."
            )
        return tenants[0]
    by_id = [tenant for tenant in tenants if tenant.tenant_id.lower() == wanted.lower()]
    matches = by_id or [tenant for tenant in tenants if tenant.name == wanted]
    if len(matches) > 1:
        raise XeroError(
            CONFIG,
            f"Several organisations have the name that tenant gives. Set tenant to the ID of one: {_listed(matches)}.",
        )
    if not matches:
        raise XeroError(
            CONFIG,
            f"The credentials do not reach the organisation that tenant names. Set tenant to one that they reach "
            f"({_listed(tenants)}), or connect to Xero again and allow the one you want.",
        )
    return matches[0]


def read_organisation(client: XeroClient) -> Tenant:
    """Return the organisation behind the client's tenant: its OrganisationID and its name, from one Organisation call.

    See https://developer.xero.com/documentation/api/accounting/organisation.

    Raises:
        XeroError: by the error table, or system when Xero names no organisation.
    """
    rows = client.page("Organisation", "Organisations").rows
    organisation_id, name = (rows[0].get("OrganisationID"), rows[0].get("Name")) if rows else (None, None)
    if not isinstance(organisation_id, str):
        raise XeroError(SYSTEM, "Xero's Organisation answer names no organisation. Please report it with the log.")
    return Tenant(organisation_id, name if isinstance(name, str) else "")


def _tenant(row: dict[str, Any]) -> Tenant:
    tenant_id, name = row.get("tenantId"), row.get("tenantName")
    if not isinstance(tenant_id, str):
        raise XeroError(SYSTEM, "Xero lists a connection without a tenant ID. Please report it with the log.")
    return Tenant(tenant_id, name if isinstance(name, str) else "")


def _listed(tenants: Iterable[Tenant]) -> str:
    return ", ".join(f"{tenant.name} ({tenant.tenant_id})" for tenant in tenants)
