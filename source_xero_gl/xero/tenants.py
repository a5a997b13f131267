"""Which organisation to read: the user's choice against what the credentials reach. Never a guess between several.

See https://developer.xero.com/documentation/guides/oauth2/tenants.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from source_xero_gl.xero.errors import CONFIG, SYSTEM, XeroError

ORGANISATION = "ORGANISATION"
"""The tenant type that has a ledger; others (PRACTICE) have none."""

_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


@dataclass(frozen=True)
class Tenant:
    """An organisation that may be read.

    Attributes:
        tenant_id: in lower case; for a custom connection, which has no tenant, the OrganisationID.
        name: as Xero shows it, several may have the same; None when Xero does not say.
        auth_event: ID of the consent that connected it last; None when Xero does not say.
    """

    tenant_id: str
    name: str | None
    auth_event: str | None = None

    def __str__(self) -> str:
        return f"{self.name or 'without a name'} ({self.tenant_id})"


def canonical(tenant_id: str) -> str:
    """Return an ID as Xero writes IDs, in lower case: tables and states are compared by it."""
    return tenant_id.lower()


def same_tenant(one: object, other: object) -> bool:
    """Tell whether two values are the ID of one organisation, in whatever case."""
    return isinstance(one, str) and isinstance(other, str) and canonical(one) == canonical(other)


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
    tenants = tenants_of(connections)
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
    by_id = [tenant for tenant in tenants if same_tenant(tenant.tenant_id, wanted)]
    matches = by_id or [tenant for tenant in tenants if tenant.name == wanted]
    if len(matches) > 1:
        raise XeroError(
            CONFIG,
            f"Several organisations have the name that tenant gives. Set tenant to the ID of one: {_listed(matches)}.",
        )
    if not matches:
        raise XeroError(
            CONFIG,
            f"The credentials do not reach the organisation that tenant names.{did_you_mean(tenants, wanted)} Set tenant to one "
            f"that they reach ({_listed(tenants)}), or connect to Xero again and allow the one you want.",
        )
    return matches[0]


def tenants_of(connections: Iterable[dict[str, Any]]) -> list[Tenant]:
    """Return the organisations among connections; a practice has no ledger and is left out.

    Raises:
        XeroError: system, when Xero lists a connection without its ID.
    """
    return [_tenant(connection) for connection in connections if connection.get("tenantType") == ORGANISATION]


def did_you_mean(tenants: Iterable[Tenant], wanted: str) -> str:
    """Return a sentence about the organisations whose names differ from ``wanted`` in case or spaces only, else nothing."""
    names = [str(tenant) for tenant in tenants if tenant.name and _loosely(tenant.name) == _loosely(wanted)]
    return f" Did you mean {' or '.join(names)}? Upper and lower case and spaces count." if names else ""


def _loosely(name: str) -> str:
    return "".join(name.split()).casefold()


def _tenant(connection: dict[str, Any]) -> Tenant:
    tenant_id = text_of(connection, "tenantId")
    if tenant_id is None:
        raise XeroError(SYSTEM, "Xero lists a connection without a tenant ID. Please report it with the log.")
    return Tenant(canonical(tenant_id), text_of(connection, "tenantName"), text_of(connection, "authEventId"))


def text_of(found: Mapping[str, Any], key: str) -> str | None:
    """Return a text of an object of Xero's; None where it has none."""
    value = found.get(key)
    return value if isinstance(value, str) else None


def _listed(tenants: Iterable[Tenant]) -> str:
    return ", ".join(map(str, tenants))
