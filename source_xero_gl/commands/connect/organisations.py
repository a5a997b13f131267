"""The organisations that a sign-in reaches, and which of them was meant.

See https://developer.xero.com/documentation/guides/oauth2/tenants.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from source_xero_gl.xero.tenants import ORGANISATION


@dataclass(frozen=True)
class Organisation:
    """An organisation that may be read.

    Attributes:
        tenant_id: its tenant ID; for a custom connection its OrganisationID.
        name: as Xero shows it; several may have the same.
        auth_event: ID of the consent that connected it last.
    """

    tenant_id: str
    name: str
    auth_event: str = ""


def organisations(connections: Iterable[dict[str, Any]]) -> list[Organisation]:
    """Return the organisations of ``GET /connections``, by name; a practice has no ledger and is left out."""
    found = [
        Organisation(row["tenantId"], one_line(str(row.get("tenantName") or "")), str(row.get("authEventId") or ""))
        for row in connections
        if row.get("tenantType") == ORGANISATION and isinstance(row.get("tenantId"), str)
    ]
    return sorted(found, key=lambda organisation: (organisation.name.casefold(), organisation.tenant_id))


def one_line(text: str) -> str:
    """Return a text that users have entered, without line breaks: on a terminal what follows one would look like ours."""
    return " ".join(text.splitlines())


def known_choice(choices: Sequence[Organisation], earlier: object) -> str | None:
    """Return the tenant ID of the organisation that an earlier config names, else of the only one; else None: no guess.

    Args:
        choices: the organisations.
        earlier: ``tenant`` of the config, an ID or a name.
    """
    named = [choice for choice in choices if earlier in (choice.tenant_id, choice.name)] or choices
    return named[0].tenant_id if len(named) == 1 else None
