"""Organisations of the local Xero: their connections and their books."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from local_xero.bulk import BulkPlan, bulk_company
from local_xero.company import Company, from_records, generate, organisation_record
from local_xero.everything.company import everything
from local_xero.oauth import Connection
from local_xero.preserves.company import NAME as DEMO_NAME
from local_xero.preserves.company import preserves
from local_xero.service import State

FIRST_NAME = "Fernside Supplies"
_DOCUMENTS_FIRST: dict[str, Callable[..., Company]] = {"demo": preserves, "everything": everything}
LIST_ALIASES = {"Organisations": "Organisation"}


@dataclass
class CompanyOrder:
    """Which books to make.

    Attributes:
        preset: "demo", "large", "small", "empty", "bulk" or "everything".
        options: journals, invoices, contacts, gaps, seed; for bulk also the rest of ``BulkPlan``; for demo and everything
            gaps and seed.
        records: wire records by list path that replace the preset's lists.
    """

    preset: str = "small"
    options: dict[str, Any] = field(default_factory=dict)
    records: dict[str, list[Any]] = field(default_factory=dict)

    def build(self, tenant_id: str, name: str) -> Company:
        """Make the books of one organisation."""
        if self.records:
            records = {LIST_ALIASES.get(path, path): rows for path, rows in self.records.items()}
            records.setdefault("Organisation", [organisation_record(tenant_id, name)])
            return from_records(records)
        if self.preset == "bulk":
            return bulk_company(tenant_id, name, BulkPlan(**{k: v for k, v in self.options.items() if v is not None}))
        if self.preset in _DOCUMENTS_FIRST:
            return _DOCUMENTS_FIRST[self.preset](
                tenant_id, name, **{k: v for k, v in self.options.items() if v is not None}
            )
        return generate(self.preset, tenant_id, name, self.options)


def tenant_id_of(number: int) -> str:
    """Return the ID of the n-th tenant, the same at every start."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"tenant {number}"))


def put_tenants(state: State, tenants: list[dict[str, Any]], order: CompanyOrder) -> None:
    """Replace the connected organisations.

    Args:
        state: the server's state.
        tenants: each may name tenantId, tenantName, tenantType; the rest has defaults.
        order: the books of organisations that are new.
    """
    connections = []
    for number, tenant in enumerate(tenants):
        tenant_id = str(tenant.get("tenantId") or tenant_id_of(number)).lower()
        first = DEMO_NAME if order.preset == "demo" else FIRST_NAME
        name = tenant.get("tenantName") or (first if number == 0 else f"{first} {number + 1}")
        connections.append(Connection(tenant_id, name, tenant.get("tenantType", "ORGANISATION")))
        if tenant_id not in state.companies:
            put_company(state, tenant_id, order.build(tenant_id, name))
    state.oauth.connections[:] = connections


def put_company(state: State, tenant_id: str, company: Company) -> None:
    """Replace the books of one organisation."""
    state.companies[tenant_id] = company
    state.readers.clear()
