"""Large ledgers for dbt: landed tables whose documents are copied under new IDs. A script of :mod:`benchmarks.ledger`.

Every copy posts what its original posts, so Xero's trial balance and reports are multiplied: the ledger still agrees with them.
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from pathlib import Path

DOCUMENTS = {
    "invoices": ("invoiceid",),
    "credit_notes": ("creditnoteid",),
    "prepayments": ("prepaymentid",),
    "overpayments": ("overpaymentid",),
    "bank_transactions": ("banktransactionid", "prepaymentid", "overpaymentid"),
    "bank_transfers": ("banktransferid", "frombanktransactionid", "tobanktransactionid"),
    "manual_journals": ("manualjournalid",),
    "payments": ("paymentid",),
}
"""Tables of documents, with their columns that have IDs of documents."""

REFERENCES = {
    "credit_notes": ("allocations",),
    "prepayments": ("allocations",),
    "overpayments": ("allocations",),
    "payments": ("invoice", "creditnote", "prepayment", "overpayment"),
}
"""Columns of JSON that name other documents."""

AMOUNTS = {
    "trial_balance_lines": ("debit", "credit", "ytddebit", "ytdcredit"),
    "profit_and_loss_lines": ("amount",),
    "balance_sheet_lines": ("amount",),
}

_NEW_START = "printf('%08x', copy)"
_NAMED_ID = '"(InvoiceID|CreditNoteID|PrepaymentID|OverpaymentID|AllocationID)":"[^"]{8}'
_LINES = """
    select sum(json_array_length(lines)) from (
        select lineitems as lines from landed.invoices
        union all select lineitems from landed.credit_notes
        union all select lineitems from landed.bank_transactions
        union all select journallines from landed.manual_journals
    )
"""


def copied(landed: Path, database: Path, wanted: int) -> int:
    """Make a DuckDB file with about as many lines of documents as wanted; return how many they are.

    Args:
        landed: a DuckDB file with the tables of one organisation, as PyAirbyte lands them.
        database: the file to make.
        wanted: lines of invoices, credit notes, bank transactions and manual journals.
    """
    with importlib.import_module("duckdb").connect(str(database)) as connection:
        connection.execute(f"attach '{landed}' as landed (read_only)")
        lines = int(connection.execute(_LINES).fetchone()[0])
        copies = max(1, round(wanted / lines))
        tables = "select table_name from duckdb_tables() where database_name = 'landed' and schema_name = 'main'"
        for (table,) in connection.execute(tables).fetchall():
            connection.execute(f"create table {table} as {_select(table, copies)}")
        connection.execute("detach landed")
    return lines * copies


def _select(table: str, copies: int) -> str:
    changes = [f"{name} * {copies} as {name}" for name in AMOUNTS.get(table, ())]
    changes += [f"{_NEW_START} || substr({name}, 9) as {name}" for name in DOCUMENTS.get(table, ())]
    changes += [
        f"""cast(regexp_replace({name}, '{_NAMED_ID}', '"\\1":"' || {_NEW_START}, 'g') as json) as {name}"""
        for name in REFERENCES.get(table, ())
    ]
    replaced = f" replace ({', '.join(changes)})" if changes else ""
    source = f"landed.{table} cross join range({copies}) as copies (copy)" if table in DOCUMENTS else f"landed.{table}"
    return f"select {table}.*{replaced} from {source}"  # noqa: S608 - no input: the names are constants of this project


def ledger_lines(database: Path) -> int:
    """Count the lines of the ledger that dbt has built."""
    with importlib.import_module("duckdb").connect(str(database), read_only=True) as connection:
        return int(connection.execute("select count(*) from xero_gl.general_ledger").fetchone()[0])


def main() -> None:
    """Print a number, as JSON: of the lines copied, or of those that dbt has made of them."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.copies")
    parser.add_argument("database", type=Path)
    parser.add_argument("--of", type=Path, help="the landed tables to copy; otherwise the ledger's lines are counted")
    parser.add_argument("--lines", type=int, default=0)
    options = parser.parse_args()
    number = copied(options.of, options.database, options.lines) if options.of else ledger_lines(options.database)
    json.dump(number, sys.stdout)


if __name__ == "__main__":
    main()
