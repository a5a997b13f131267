"""Landed tables: those of a company in DuckDB, by the connector and PyAirbyte; from there copied to PostgreSQL."""

from __future__ import annotations

import argparse
import importlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from airbyte_cdk.sources.utils.schema_helpers import ResourceSchemaLoader

from local_xero.process import XeroServerProcess
from source_xero_gl.commands.sync.databases import DuckDbFile
from source_xero_gl.commands.sync.display import Display
from source_xero_gl.commands.sync.environment import quiet_environment
from source_xero_gl.commands.sync.kept_config import KeptConfig
from source_xero_gl.commands.sync.pipeline import Pipeline
from source_xero_gl.commands.sync.private_folder import private_folder
from source_xero_gl.commands.sync.stopping import Stop
from source_xero_gl.commands.sync.workplace import workplace

ROOT = Path(__file__).resolve().parents[1]

_AS_PYAIRBYTE = {"JSON": "json", "TIMESTAMP": "timestamp", "DECIMAL(38,9)": "numeric(38,9)"}
_AS_AIRBYTE = {"JSON": "jsonb", "TIMESTAMP": "timestamptz", "DECIMAL(38,9)": "numeric"}


def land(xero: XeroServerProcess, folder: Path, streams: Sequence[str] = (), tenant: str = "") -> Path:
    """Sync streams, or all, into the DuckDB file of a folder, on from where the last sync came, in a process of its own.

    PyAirbyte changes its process: variables of the environment, logs, warnings.

    Args:
        xero: the server; its first organisation is read unless ``tenant`` is the ID of another.
        folder: one for each organisation.
        streams: which streams; none are all.
        tenant: which organisation.
    """
    config, database, tenant = folder / "config.json", folder / "xero.duckdb", tenant or xero.tenant_id
    if not config.exists():
        config.write_text(json.dumps(xero.config(tenant=tenant)), encoding="utf-8")
    files = ["--config", str(config), "--database", str(database)]
    command = [sys.executable, "-m", __name__, *files, "--tenant", tenant, *streams]
    environment = {**os.environ, **xero.environment(), "XERO_CALLS_PER_MINUTE": "6000"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300, check=False)
    if done.returncode:
        raise RuntimeError(f"The sync failed: {done.stderr[-2000:]}")
    return database


def landed_streams(connection: Any) -> list[str]:
    """List the streams that have a table."""
    sql = "select table_name from information_schema.tables where table_schema = current_schema() order by table_name"
    return [name for (name,) in connection.execute(sql).fetchall() if (ROOT / "schemas" / f"{name}.json").exists()]


def copy_to_postgres(landed: Path, postgres: Any, *, as_airbyte: bool) -> None:
    """Copy landed tables from DuckDB to Postgres, into the first schema of the search path.

    Args:
        landed: the DuckDB file.
        postgres: an open connection.
        as_airbyte: make tables as Airbyte's Postgres destination does: ``"TenantID"``, jsonb, time zones; else as PyAirbyte.
    """
    with importlib.import_module("duckdb").connect(str(landed), read_only=True) as source:
        for stream in landed_streams(source):
            types = {column: kind for column, kind, *_ in source.execute(f"describe {stream}").fetchall()}
            wanted = _xero_names(stream, types) if as_airbyte else list(types)
            kinds = _AS_AIRBYTE if as_airbyte else _AS_PYAIRBYTE
            fields = ", ".join(f'"{name}" {kinds.get(types[name.lower()], types[name.lower()])}' for name in wanted)
            postgres.execute(f"create table {stream} ({fields})")
            columns = ", ".join(_columns(wanted, types, "null" if as_airbyte else "'null'"))
            with postgres.cursor().copy(f"copy {stream} from stdin") as copy:
                for row in source.table(stream).project(columns).fetchall():
                    copy.write_row(row)


def _xero_names(stream: str, landed: Mapping[str, str]) -> list[str]:
    """Give the names of a stream's fields in Xero's spelling, then Airbyte's own columns."""
    schema = ResourceSchemaLoader("source_xero_gl").get_schema(stream)
    return [*schema["properties"], *(name for name in landed if name.startswith("_"))]


def _columns(names: list[str], types: Mapping[str, str], absent: str) -> Iterator[str]:
    """Select columns: of two names that differ in case alone the first has the value; an absent object is ``absent``."""
    seen: set[str] = set()
    for name in map(str.lower, names):
        value = f'coalesce("{name}", {absent})' if types[name] == "JSON" else f'"{name}"'
        yield "null" if name in seen else value
        seen.add(name)


def main() -> None:
    """Read streams into a DuckDB file."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--database", type=Path, required=True)
    parser.add_argument("--tenant", required=True)
    parser.add_argument("streams", nargs="*")
    options = parser.parse_args()
    with workplace(DuckDbFile(options.database)) as place, private_folder() as private:
        quiet_environment(place, private)
        with Pipeline(
            KeptConfig.from_file(options.config), options.tenant, place, Stop(), Display(sys.stdout)
        ) as pipeline:
            pipeline.streams(options.streams or None)
            report = pipeline.sync()
    if report.failure:
        sys.exit(report.failure)


if __name__ == "__main__":
    main()
