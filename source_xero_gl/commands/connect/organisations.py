"""The organisations that a sign-in reaches, and which of them was meant.

See https://developer.xero.com/documentation/guides/oauth2/tenants.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from source_xero_gl.xero.tenants import Tenant, same_tenant, tenants_of


def organisations(connections: Iterable[dict[str, Any]]) -> list[Tenant]:
    """Return the organisations of ``GET /connections``, by name; a practice has no ledger and is left out.

    Raises:
        XeroError: system, when Xero lists a connection without its ID.
    """
    found = [replace(tenant, name=one_line(tenant.name or "")) for tenant in tenants_of(connections)]
    return sorted(found, key=lambda tenant: ((tenant.name or "").casefold(), tenant.tenant_id))


def one_line(text: str) -> str:
    """Return a text that users have entered, without line breaks: on a terminal what follows one would look like ours."""
    return " ".join(text.splitlines())


def known_choice(choices: Sequence[Tenant], earlier: object) -> str | None:
    """Return the tenant ID of the organisation that an earlier config names, else of the only one; else None: no guess.

    Args:
        choices: the organisations.
        earlier: ``tenant`` of the config, an ID or a name.
    """
    named = [
        choice for choice in choices if same_tenant(choice.tenant_id, earlier) or choice.name == earlier
    ] or choices
    return named[0].tenant_id if len(named) == 1 else None
