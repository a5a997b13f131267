"""The company ``everything`` in a DuckDB file, beside what is true of it: to prove a ledger that was rebuilt from its documents.

    with XeroServerProcess("everything", tenants=2, calls_per_minute=6000) as xero:
        books = land_true_books(xero, folder, kinds=("payroll", "stock", "depreciation"))

Before it lands, a test may set what it needs on the server: revaluations, another end of the year.
"""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from integration_tests.landed import land
from integration_tests.protocol import Json
from integration_tests.report_months import at
from local_xero.process import XeroServerProcess

NOW = "2026-10-01"
"""The day after the last of the company's books."""

STREAMS = (
    *("invoices", "credit_notes", "payments", "bank_transactions", "bank_transfers", "manual_journals"),
    *("prepayments", "overpayments", "batch_payments", "accounts", "organisations", "currencies", "tax_rates", "items"),
    *("contacts", "tracking_categories", "trial_balance_lines", "journals", "journal_lines", "invoice_line_items"),
)


@dataclass(frozen=True)
class TrueBooks:
    """Landed tables, and for each organisation (by TenantID) what they should come to.

    Attributes:
        database: the DuckDB file with the rows of all organisations.
        journals: the true journals, as Xero sends them, with the invisible ones that were asked for.
        undocumented: what no document explains: ``entries``, and ``months``, sums by month and account.
    """

    database: Path
    journals: dict[str, list[Json]]
    undocumented: dict[str, Json]


def land_true_books(xero: XeroServerProcess, folder: Path, kinds: Sequence[str] = ()) -> TrueBooks:
    """Sync each connected organisation through the connector, and put all into one file.

    Args:
        xero: a server with the company ``everything``; its clock is set to ``NOW``.
        folder: an empty one.
        kinds: invisible entries: payroll, stock, depreciation, expense claims.
    """
    at(xero, NOW)
    books = TrueBooks(folder / "all.duckdb", {}, {})
    files = []
    for number, tenant in enumerate(str(connected["tenantId"]) for connected in xero.line["tenants"]):
        asked = {"tenant": tenant, "kinds": list(kinds)}
        books.undocumented[tenant] = xero.control("undocumented", asked, parse_float=Decimal)
        truth = xero.control("truth", {"list": "Journals", "tenant": tenant}, parse_float=Decimal)
        books.journals[tenant] = truth["records"]
        own = folder / str(number)
        own.mkdir(parents=True)
        files.append(land(xero, own, STREAMS, tenant))
    _join(files, books.database)
    return books


def _join(files: Sequence[Path], database: Path) -> None:
    """Put the rows of several files into one: a state is of one organisation, so each was synced into its own."""
    with importlib.import_module("duckdb").connect(str(database)) as connection:
        for file in files:
            connection.execute(f"attach '{file}' as landed (read_only)")
            for stream in STREAMS:
                connection.execute(f'create table if not exists "{stream}" as from landed."{stream}" limit 0')
                connection.execute(f'insert into "{stream}" by name from landed."{stream}"')
            connection.execute("detach landed")
