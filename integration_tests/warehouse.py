"""A database with landed tables in which dbt builds, as a process, as users run it."""

from __future__ import annotations

import importlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from integration_tests.landed import ROOT, copy_to_postgres, landed_streams
from integration_tests.postgres import USER, postgres_connection
from integration_tests.protocol import Json

PACKAGE = ROOT / "dbt"
_RUN_SECONDS = 600.0
_GOOD = ("success", "pass", "skipped", "no-op")


@dataclass(frozen=True)
class DbtRun:
    """What one command of dbt did.

    Attributes:
        status: the exit status: 0, 1 when a model or test failed, 2 when nothing could be run.
        output: what it printed.
        results: of each model and test: ``unique_id``, ``status``, ``message``, ``failures`` (rows of a failing test).
    """

    status: int
    output: str
    results: tuple[Json, ...]

    @property
    def states(self) -> dict[str, str]:
        """The status of each model and test by its name."""
        return {result["unique_id"].split(".")[2]: result["status"] for result in self.results}

    @property
    def failures(self) -> dict[str, str]:
        """What failed or warned, with dbt's message; dbt's output when it ended before it ran anything. Empty after success."""
        bad = [result for result in self.results if result["status"] not in _GOOD]
        found = {result["unique_id"].split(".")[2]: str(result["message"]) for result in bad}
        return found or ({"dbt": self.output} if self.status else {})


@dataclass(frozen=True)
class Warehouse:
    """A database with landed tables.

    Attributes:
        settings: the environment variables with which the profile finds the database.
        folder: where dbt leaves its files, and for DuckDB the database.
    """

    settings: Mapping[str, str]
    folder: Path

    @property
    def target(self) -> str:
        """The target in the profile: ``duckdb`` or ``postgres``."""
        return "duckdb" if "XERO_GL_DUCKDB" in self.settings else "postgres"

    @contextmanager
    def connection(self) -> Iterator[Any]:
        """Open the database, each statement a transaction of its own. dbt can use a DuckDB file only while it is closed."""
        if self.target == "duckdb":
            connection = importlib.import_module("duckdb").connect(self.settings["XERO_GL_DUCKDB"])
        else:
            host, name = self.settings["XERO_GL_POSTGRES_HOST"], self.settings["XERO_GL_POSTGRES_DATABASE"]
            connection = postgres_connection(host, name)
        try:
            yield connection
        finally:
            connection.close()

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Ask in SQL."""
        with self.connection() as connection:
            return [tuple(row) for row in connection.execute(sql).fetchall()]

    def execute(self, *statements: str) -> None:
        """Change something, in SQL."""
        with self.connection() as connection:
            for statement in statements:
                connection.execute(statement)

    def land_twice(self, tenant_id: str) -> None:
        """Land everything once more for a second organisation, whose IDs are those of the first."""
        with self.connection() as connection:
            for stream in landed_streams(connection):
                table = connection.execute(f"select * from {stream} limit 0")  # noqa: S608 - no input: the names are constants of this project
                names = [f'"{column[0]}"' for column in table.description]
                values = [f"'{tenant_id}'" if name.lower() == '"tenantid"' else name for name in names]
                connection.execute(
                    f"insert into {stream} ({', '.join(names)}) select {', '.join(values)} from {stream}"  # noqa: S608 - no input: the names are constants of this project
                )

    def dbt(self, command: str, *options: str, project: Path = PACKAGE) -> DbtRun:
        """Run a command of dbt on a project, whose folder also has the profile; what dbt leaves goes to ``folder``."""
        target = self.folder / "dbt" / project.name
        places = {"DBT_TARGET_PATH": str(target), "DBT_LOG_PATH": str(self.folder / "dbt" / "logs")}
        results = target / "run_results.json"
        results.unlink(missing_ok=True)
        line = [
            str(Path(sys.executable).with_name("dbt")),
            "--no-use-colors",
            *command.split(),
            "--target",
            self.target,
        ]
        line += ["--project-dir", str(project), "--profiles-dir", str(project), *options]
        done = subprocess.run(
            line,
            cwd=self.folder,
            env={**os.environ, **self.settings, **places},
            capture_output=True,
            text=True,
            timeout=_RUN_SECONDS,
            check=False,
        )
        found = json.loads(results.read_text(encoding="utf-8"))["results"] if results.exists() else ()
        return DbtRun(done.returncode, done.stdout + done.stderr, tuple(found))


def duckdb_warehouse(landed: Path, folder: Path) -> Warehouse:
    """Copy a DuckDB file with landed tables into a folder."""
    database = Path(shutil.copy(landed, folder / "books.duckdb"))
    return Warehouse({"XERO_GL_DUCKDB": str(database)}, folder)


def postgres_warehouse(landed: Path, folder: Path, server: str, name: str, *, as_airbyte: bool = False) -> Warehouse:
    """Copy landed tables into a new database of a Postgres.

    Args:
        landed: a DuckDB file.
        folder: for what dbt leaves.
        server: the folder of Postgres' socket.
        name: of the new database.
        as_airbyte: make tables as Airbyte's Postgres destination does; else as PyAirbyte.
    """
    with postgres_connection(server, "postgres") as connection:
        connection.execute(f"create database {name}")
    with postgres_connection(server, name) as connection:
        copy_to_postgres(landed, connection, as_airbyte=as_airbyte)
    variables = {"HOST": server, "USER": USER, "DATABASE": name}
    return Warehouse({f"XERO_GL_POSTGRES_{key}": value for key, value in variables.items()}, folder)
