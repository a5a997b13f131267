"""The tables behind the dbt package: landed by the connector in DuckDB, copied from there to a Postgres of the test's own."""

from __future__ import annotations

import argparse
import importlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tenacity import Retrying, retry_if_exception_type, stop_after_delay, wait_fixed

from local_xero.process import XeroServerProcess
from tools.sync.kept_config import KeptConfig
from tools.sync.pipeline import Pipeline

ROOT = Path(__file__).resolve().parents[1]
TABLES = ROOT / "dbt" / "xero_tables.sql"
LOWER_CASE = ROOT / "dbt" / "lower_case_names.sql"
CURRENT_LINES = ROOT / "dbt" / "current_invoice_line_items.sql"

STREAMS = (
    *("journals", "journal_lines", "invoices", "invoice_line_items", "accounts", "contacts", "organisations"),
    *("tracking_categories", "credit_notes", "bank_transactions"),
)

_START_SECONDS = 60.0
_UNPRIVILEGED = "nobody"
"""PostgreSQL refuses to run as root."""

_AS_PYAIRBYTE = {"JSON": "json", "TIMESTAMP": "timestamp", "DECIMAL(38,9)": "numeric(38,9)"}
_AS_AIRBYTE = {"JSON": "jsonb", "TIMESTAMP": "timestamptz", "DECIMAL(38,9)": "numeric"}


@dataclass(frozen=True)
class Database:
    """A database that holds landed tables, of DuckDB or of Postgres.

    Attributes:
        connection: open, each statement a transaction of its own.
        scripts: what makes the package's source tables.
    """

    connection: Any
    scripts: tuple[Path, ...]

    @property
    def second_organisation(self) -> str:
        """The statement that lands one more organisation, whose TenantID is "two"."""
        if LOWER_CASE in self.scripts:
            return """insert into public.organisations ("TenantID", "OrganisationID") values ('two', 'two')"""
        return "insert into organisations (tenantid, organisationid) values ('two', 'two')"

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Ask in SQL."""
        return [tuple(row) for row in self.connection.execute(sql).fetchall()]

    def fill(self, change: Callable[[str], str] = str) -> None:
        """Make the package's source tables, by scripts as they are or as changed."""
        for script in self.scripts:
            self.connection.execute(change(script.read_text(encoding="utf-8")))

    @contextmanager
    def undone(self) -> Iterator[None]:
        """Undo at the end of the block what it did."""
        self.connection.execute("begin")
        try:
            yield
        finally:
            self.connection.execute("rollback")


def land(xero: XeroServerProcess, folder: Path, tenant: str = "", streams: Sequence[str] = STREAMS) -> Path:
    """Sync into the DuckDB file of a folder, on from where the last sync came, in a process of its own.

    PyAirbyte changes its process: variables of the environment, logs, warnings.

    Args:
        xero: the server; its first organisation is read unless ``tenant`` is the ID of another.
        folder: one for each organisation.
        tenant: which organisation.
        streams: which streams.
    """
    config, database = folder / "config.json", folder / "xero.duckdb"
    if not config.exists():
        config.write_text(json.dumps(xero.config(tenant=tenant or xero.tenant_id)), encoding="utf-8")
    command = [sys.executable, "-m", __name__, "--config", str(config), "--database", str(database)]
    command += ["--streams", *streams]
    environment = {**os.environ, **xero.environment(), "XERO_CALLS_PER_MINUTE": "6000"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300, check=False)
    if done.returncode:
        raise RuntimeError(f"The sync failed: {done.stderr[-2000:]}")
    return database


def duckdb_tables(path: Path) -> Database:
    """Open a DuckDB file."""
    return Database(importlib.import_module("duckdb").connect(str(path)), (TABLES,))


def postgres_programs() -> Path | None:
    """Find the folder of PostgreSQL's programs; Debian keeps it off the path."""
    found = [Path(program).parent for program in (shutil.which("initdb"),) if program]
    return next(iter([*found, *sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)]), None)


@contextmanager
def postgres_server(programs: Path) -> Iterator[str]:
    """Run a Postgres that listens on a socket in a folder of its own, and no port; give the folder."""
    root = os.geteuid() == 0
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    options: dict[str, Any] = {"cwd": folder, "stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL}
    if root:
        shutil.chown(folder, _UNPRIVILEGED)
        options |= {"user": _UNPRIVILEGED, "extra_groups": []}
    data = folder / "data"
    make = [f"{programs}/initdb", *f"-D {data} -U postgres -A trust -E UTF8 --no-locale --no-sync".split()]
    serve = [f"{programs}/postgres", *f"-D {data} -k {folder} -c listen_addresses= -c fsync=off".split()]
    try:
        subprocess.run(make, check=True, timeout=_START_SECONDS, **options)
        server = subprocess.Popen(serve, stderr=subprocess.DEVNULL, **options)
        try:
            yield str(folder)
        finally:
            server.send_signal(signal.SIGINT)  # ends sessions, then itself
            server.wait(_START_SECONDS)
    finally:
        shutil.rmtree(folder)


def postgres_connection(folder: str, name: str) -> Any:
    """Connect to a database, as soon as the server answers; closing is the caller's."""
    psycopg = importlib.import_module("psycopg")
    patiently = Retrying(
        retry=retry_if_exception_type(psycopg.OperationalError),
        stop=stop_after_delay(_START_SECONDS),
        wait=wait_fixed(0.05),
        reraise=True,
    )
    return patiently(psycopg.connect, host=folder, user="postgres", dbname=name, autocommit=True)


def copied(landed: Path, postgres: Any, names: Mapping[str, list[str]] | None) -> Database:
    """Copy landed tables from DuckDB to Postgres.

    Args:
        landed: the DuckDB file.
        postgres: an open connection.
        names: None for tables as PyAirbyte makes them; Xero's names of each stream's fields for tables as Airbyte's Postgres
            destination makes them: ``"TenantID"``, jsonb, time zones.
    """
    source = importlib.import_module("duckdb").connect(str(landed), read_only=True)
    for stream in STREAMS:
        types = {column: kind for column, kind, *_ in source.execute(f"describe {stream}").fetchall()}
        wanted = list(types) if names is None else [*names[stream], *(name for name in types if name[0] == "_")]
        kinds = _AS_PYAIRBYTE if names is None else _AS_AIRBYTE
        fields = ", ".join(f'"{name}" {kinds.get(types[name.lower()], types[name.lower()])}' for name in wanted)
        postgres.execute(f"create table {stream} ({fields})")
        columns = ", ".join(_columns(wanted, types, "null" if names else "'null'"))
        with postgres.cursor().copy(f"copy {stream} from stdin") as copy:
            for row in source.table(stream).project(columns).fetchall():
                copy.write_row(row)
    source.close()
    return Database(postgres, (TABLES,) if names is None else (LOWER_CASE, TABLES))


def _columns(names: list[str], types: Mapping[str, str], absent: str) -> Iterator[str]:
    """Select columns: of two names that differ in case alone the first has the value; an absent object is ``absent``."""
    seen: set[str] = set()
    for name in map(str.lower, names):
        value = f"coalesce({name}, {absent})" if types[name] == "JSON" else name
        yield "null" if name in seen else value
        seen.add(name)


def main() -> None:
    """Read streams into a DuckDB file."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--database", type=Path, required=True)
    parser.add_argument("--streams", nargs="+", required=True)
    options = parser.parse_args()
    with Pipeline(KeptConfig.from_file(options.config), options.database) as pipeline:
        pipeline._source.select_streams(options.streams)
        pipeline.sync()


if __name__ == "__main__":
    main()
