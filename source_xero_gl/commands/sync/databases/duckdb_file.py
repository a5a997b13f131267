"""A DuckDB file: one process at a time has it open."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from source_xero_gl.commands.layout import shown
from source_xero_gl.commands.sync.databases.base import Database, DatabaseError, DbtTarget, Tables

SCHEMA = "main"
"""DuckDB's default schema, so that tables need no prefix. A file cannot have the same name: DuckDB would call it ambiguous."""


class DuckDbFile(Database):
    """A file; it is made when it does not exist."""

    product = "DuckDB"

    def __init__(self, path: Path) -> None:
        """Name a file.

        Raises:
            DatabaseError: it has a name that DuckDB does not understand.
        """
        if path.stem == SCHEMA:
            raise DatabaseError(f"A DuckDB file cannot be named {SCHEMA}: choose another name.")
        self.path = path
        self.name = shown(path)
        self.folder = path.with_name(f"{path.stem}.sync")

    def cache(self, tenant_id: str, batches: Path, fresh: frozenset[str]) -> Any:
        """Return PyAirbyte's cache; the file is open until it is closed."""
        caches = importlib.import_module("source_xero_gl.commands.sync.databases.duckdb_cache")
        return caches.OrganisationCache(
            db_path=self.path, schema_name=SCHEMA, cache_dir=batches, tenant_id=tenant_id, fresh=fresh
        )

    def dbt(self) -> DbtTarget:
        """Return what dbt needs. No process may have the file open while dbt runs."""
        return DbtTarget("duckdb", {"XERO_GL_DUCKDB": str(self.path)})

    @contextmanager
    def reading(self) -> Iterator[Tables]:
        """Open the file for reading."""
        duckdb = importlib.import_module("duckdb")
        try:
            with duckdb.connect(str(self.path), read_only=True) as connection:
                yield Tables(connection.execute)
        except duckdb.Error as error:  # its text may quote what is in the tables
            raise DatabaseError(f"{self.name} cannot be read ({type(error).__name__}).") from None
