"""The queries of ``docs/ledger.md`` and what they find, as the page shows it.

``python -m integration_tests.ledger_page`` lands the demo's company, builds its ledger and shows what the queries find.
"""

from __future__ import annotations

import re
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from demo.local_xero import LOCKED, NOW
from integration_tests.landed import ROOT, land
from integration_tests.warehouse import Warehouse, duckdb_warehouse
from local_xero.process import XeroServerProcess
from local_xero.wire import ms_of, wire_date

PAGE = ROOT / "docs" / "ledger.md"
STREAMS = (
    *("journals", "journal_lines", "budgets"),
    *("invoices", "credit_notes", "payments", "bank_transactions", "bank_transfers", "manual_journals"),
    *("prepayments", "overpayments", "accounts", "organisations", "trial_balance_lines", "tax_rates"),
    *("currencies", "items", "contacts", "tracking_categories"),
)
"""What the marts are made from, both ways."""

AS_OF = ("--vars", "{as_of: 2026-05-31}")
"""The option with which the page builds."""

_SHOWN = re.compile(r"^```sql\n(.*?)^```\n\n```text\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def land_demo(folder: Path) -> Path:
    """Land the company of ``make demo``, on its day, with reports that revalue foreign money as Xero's do."""
    with XeroServerProcess("demo", calls_per_minute=6000) as xero:
        xero.control("switches", {"clock_offset_ms": ms_of(NOW) - time.time_ns() // 1_000_000, "revaluations": True})
        locked = {"PeriodLockDate": wire_date(ms_of(LOCKED))}
        xero.control("records/edit", {"list": "Organisation", "index": 0, "changes": locked})
        return land(xero, folder, STREAMS)


def shown(page: str) -> list[tuple[str, str]]:
    """Pair each query of the page with what the page says that it finds."""
    return [(match[1], match[2]) for match in _SHOWN.finditer(page)]


def found(warehouse: Warehouse, query: str) -> str:
    """Ask, and lay the rows out as the page does: names, a line, rows; amounts to the cent, at the right."""
    with warehouse.connection() as connection:
        cursor = connection.execute(query)
        names = [column[0] for column in cursor.description]
        rows = [list(row) for row in cursor.fetchall()]
    columns = [_written([row[place] for row in rows]) for place in range(len(names))]
    widths = [max(map(len, (name, *column))) for name, column in zip(names, columns, strict=True)]
    numbers = [bool(rows) and isinstance(value, int | Decimal) for value in (rows or [names])[0]]
    lines = [_line(cells, widths, numbers) for cells in (names, *zip(*columns, strict=True))]
    count = f"({len(rows)} row{'' if len(rows) == 1 else 's'})"
    return "\n".join([lines[0], "  ".join("-" * width for width in widths), *lines[1:], count, ""])


def _written(values: Sequence[Any]) -> list[str]:
    """Write a column. In PostgreSQL sums of counts, and zeros where an amount is absent, are decimals without places."""
    amounts = any(isinstance(value, Decimal) and value and value.as_tuple().exponent for value in values)
    return [_cell(value, amounts=amounts) for value in values]


def _cell(value: Any, *, amounts: bool) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if amounts:
        return f"{value:,.2f}" if value == round(value, 2) else f"{value.normalize()}"
    return f"{value:.0f}" if isinstance(value, Decimal) else f"{value}"


def _line(cells: Iterable[str], widths: Iterable[int], at_the_right: Iterable[bool]) -> str:
    columns = zip(cells, widths, at_the_right, strict=True)
    return "  ".join(cell.rjust(width) if right else cell.ljust(width) for cell, width, right in columns).rstrip()


def rewritten(page: str, answer: Callable[[str], str]) -> str:
    """Return the page with the answers to its queries."""
    return _SHOWN.sub(lambda match: f"```sql\n{match[1]}```\n\n```text\n{answer(match[1])}```", page)


def main() -> None:
    """Write what the queries find into the page."""
    with tempfile.TemporaryDirectory() as folder:
        warehouse = duckdb_warehouse(land_demo(Path(folder)), Path(folder))
        if failures := warehouse.dbt("build", *AS_OF).failures:
            raise SystemExit(f"The ledger was not built: {failures}")
        page = PAGE.read_text(encoding="utf-8")
        PAGE.write_text(rewritten(page, lambda query: found(warehouse, query)), encoding="utf-8")


if __name__ == "__main__":
    main()
