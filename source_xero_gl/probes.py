"""What ``check`` asks Xero: one small call for each thing that the settings want to read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from source_xero_gl.connection import Connection
from source_xero_gl.settings.settings import Settings
from source_xero_gl.xero.client import XeroClient
from source_xero_gl.xero.errors import TRANSIENT, Kind, XeroError
from source_xero_gl.xero.scopes import SCOPES

BEYOND_ALL_JOURNALS = 2_147_483_647
"""An offset above every journal number: the answer is empty, and refused where journals may not be read."""

_ONE_OBJECT: dict[str, str | int] = {"page": 1, "pageSize": 1}
_SMALL: dict[str, dict[str, str | int]] = {
    "BankTransactions": _ONE_OBJECT,
    "Contacts": {**_ONE_OBJECT, "summaryOnly": "true"},
    "ManualJournals": _ONE_OBJECT,
    "Payments": _ONE_OBJECT,
    "Budgets": {},
    "Reports/BalanceSheet": {},
    "Reports/BankSummary": {},
    "Reports/ProfitAndLoss": {},
    "Reports/TrialBalance": {},
}
"""Queries with small answers, one for each scope that ``check`` does not try."""


def check(connection: Connection, settings: Settings) -> None:
    """Return when the organisation, journals, if wanted, and invoices can be read; raise what the error table says otherwise."""
    connection.open(verify=True)
    client = connection.client
    if settings.journals.include:
        client.page("Journals", "Journals", {"offset": BEYOND_ALL_JOURNALS})
    refusal = _refusal(client, "Invoices", {**_ONE_OBJECT, "summaryOnly": "true"})
    if refusal:
        raise refusal


def refusals(client: XeroClient) -> Iterator[tuple[frozenset[str], XeroError]]:
    """Try every scope that ``check`` does not; yield the endpoints that Xero refuses, with the reason.

    Raises:
        XeroError: transient: Xero did not say whether it refuses.
    """
    for endpoint, params in _SMALL.items():
        error = _refusal(client, endpoint, params)
        if error:
            yield frozenset(other for other, scopes in SCOPES.items() if scopes == SCOPES[endpoint]), error


def _refusal(client: XeroClient, endpoint: str, params: Mapping[str, str | int]) -> XeroError | None:
    try:
        client.page(endpoint, endpoint.partition("/")[0], params)
    except XeroError as error:
        if error.failure_type is TRANSIENT:
            raise
        # The refusal of a list that is too long shows that it may be read.
        return None if error.kind is Kind.TOO_MANY_DOCUMENTS else error
    return None
