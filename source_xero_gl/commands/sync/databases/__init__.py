"""The database into which a sync writes: a DuckDB file, or a PostgreSQL database. The rest of the command does not ask which."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from source_xero_gl.commands.sync.databases.base import BusyError, Database, DatabaseError
from source_xero_gl.commands.sync.databases.duckdb_file import DuckDbFile
from source_xero_gl.commands.sync.databases.postgres import connected
from source_xero_gl.commands.sync.databases.postgres_url import FORM, is_postgres

__all__ = ["BusyError", "Database", "DatabaseError", "DuckDbFile", "opened"]


def opened(place: str, beside: Path) -> AbstractContextManager[Database]:
    """Return a context with a database.

    Args:
        place: a PostgreSQL URL, or the path of a DuckDB file.
        beside: a file; beside it is the working folder of a database that is not on this machine.

    Raises:
        DatabaseError: it cannot be used. For PostgreSQL, entering the context may raise it too.
    """
    if is_postgres(place):
        return connected(place, beside)
    if "://" in place:  # not named: it may hold a password
        raise DatabaseError(f"--database is a DuckDB file, or a URL of the form {FORM}.")
    return nullcontext(DuckDbFile(Path(place).resolve()))
