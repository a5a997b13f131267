"""URLs of PostgreSQL: libpq reads them, so that all its parameters work, and nothing of them gets into a sentence."""

from __future__ import annotations

import importlib
import re

from source_xero_gl.commands.sync.databases.base import DatabaseError

FORM = "postgresql://USER@HOST:5432/DATABASE"

_SCHEME = re.compile("postgres(ql)?://")
_UNAMBIGUOUS = re.compile("[^:]+://([^@/?]*@)?[^@]*")
"""An @ or a / that stands in a password as it is makes libpq take the rest of the password for a host, and print it."""


def is_postgres(place: str) -> bool:
    """Return whether a text is a URL of PostgreSQL, and not the path of a file."""
    return _SCHEME.match(place) is not None


def parameters(url: str) -> dict[str, str]:
    """Return libpq's parameters in a URL, by their names: host, port, user, password, dbname, sslmode and the like.

    Raises:
        DatabaseError: libpq cannot read it, or would read it in another way than it was meant.
    """
    psycopg = importlib.import_module("psycopg")
    conninfo = importlib.import_module("psycopg.conninfo")
    try:
        found = conninfo.conninfo_to_dict(url) if _UNAMBIGUOUS.fullmatch(url) else None
    except psycopg.ProgrammingError:  # its text may quote the password
        found = None
    if found is None:
        raise DatabaseError(
            f"--database is no URL of the form {FORM}. Write special characters in a user or a password as %40 for @, "
            "%2F for /, %3A for :, %25 for %."
        )
    return {name: str(value) for name, value in found.items()}


def variables(found: dict[str, str]) -> dict[str, str]:
    """Return parameters as libpq's environment variables, such as PGSSLMODE, but for those of the database and the password."""
    pq = importlib.import_module("psycopg").pq
    known = {option.keyword.decode(): option.envvar for option in pq.Conninfo.get_defaults()}
    own = ("host", "port", "user", "password", "dbname")
    return {
        known[name].decode(): value for name, value in found.items() if name not in own and known.get(name) is not None
    }
