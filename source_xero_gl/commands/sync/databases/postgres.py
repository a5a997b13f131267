"""A PostgreSQL database: one session both holds the lock and writes, so that nobody writes who has lost the lock."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from source_xero_gl.commands.sync.databases.base import BusyError, Database, DatabaseError, DbtTarget, Tables
from source_xero_gl.commands.sync.databases.postgres_url import parameters, variables
from source_xero_gl.wording import PROGRAM

if TYPE_CHECKING:
    import psycopg

SCHEMA = "public"
"""Where the tables of the streams are: where the dbt package looks for them."""

_LOCK = int.from_bytes(b"xero-gl", "big")
"""The advisory lock of a sync. PostgreSQL keeps those of each database apart, and drops them with the session."""

_WAIT = "10s"
"""How long to wait for the lock: the session of a sync that was killed needs a moment to end."""

_SETTINGS = {
    "search_path": SCHEMA,
    "TimeZone": "UTC",
    "DateStyle": "ISO",
    "lock_timeout": _WAIT,
    "statement_timeout": "0",
    # The session waits while the connector reads, and must not be ended for it.
    "idle_session_timeout": "0",
    "idle_in_transaction_session_timeout": "0",
    # A machine that has gone without a word loses the lock after two minutes, not after two hours.
    "tcp_keepalives_idle": "60",
    "tcp_keepalives_interval": "10",
    "tcp_keepalives_count": "6",
}
_SET = """
select set_config(wanted.name, wanted.value, false)
from unnest(%s::text[], %s::text[]) as wanted (name, value)
inner join pg_settings on pg_settings.name = wanted.name
"""  # of these settings, older servers do not have all

_NUMBER = """
select oid, has_function_privilege('pg_control_system()', 'execute') from pg_database where datname = current_database()
"""
_SERVER = "select system_identifier from pg_control_system()"
_PARAMETER = re.compile(r"\$(\w+)")


class PostgresDatabase(Database):
    """A database with an open session that holds the lock."""

    product = "PostgreSQL"

    def __init__(self, session: psycopg.Connection, given: Mapping[str, str], beside: Path) -> None:
        self._session = session
        self._given = dict(given)
        info = session.info
        self.name = f"the database {info.dbname} on {info.host or 'this machine'}"
        name = re.sub(r"[^-\w]+", "-", info.dbname)
        self.folder = beside.with_name(f"{name}-{_identity(session)}.sync")

    @cached_property
    def engine(self) -> Any:
        """SQLAlchemy's engine for the one session. It never connects again: the lock would be lost."""
        sqlalchemy = importlib.import_module("sqlalchemy")
        return sqlalchemy.create_engine(
            "postgresql+psycopg://",
            creator=self._open_session,
            pool_size=1,
            max_overflow=0,
            pool_timeout=10,
            hide_parameters=True,
        )

    def cache(self, tenant_id: str, batches: Path, fresh: frozenset[str]) -> Any:
        """Return PyAirbyte's cache; closing it leaves the session open."""
        caches = importlib.import_module("source_xero_gl.commands.sync.databases.postgres_cache")
        return caches.OrganisationCache(
            engine=self.engine, schema_name=SCHEMA, cache_dir=batches, tenant_id=tenant_id, fresh=fresh
        )

    def dbt(self) -> DbtTarget:
        """Return what dbt needs. It inherits the session's socket: the server drops the lock when the last holder has gone."""
        info = self._open_session().info
        found = {
            "HOST": info.host,
            "PORT": str(info.port),
            "USER": info.user,
            "PASSWORD": info.password,
            "DATABASE": info.dbname,
        }
        environment = {f"XERO_GL_POSTGRES_{name}": value for name, value in found.items()}
        return DbtTarget("postgres", {**environment, **variables(self._given)}, (self._session.fileno(),))

    @contextmanager
    def reading(self) -> Iterator[Tables]:
        """Read in one transaction, which sees one state of the tables."""
        psycopg = importlib.import_module("psycopg")
        session = self._open_session()
        try:
            with session.transaction():
                session.execute("set transaction isolation level repeatable read, read only")
                yield Tables(
                    lambda sql, values: session.execute(_PARAMETER.sub(r"%(\1)s", sql) if values else sql, values)
                )
        except psycopg.Error as error:
            raise DatabaseError(self.reason(error)) from None

    def reason(self, error: BaseException) -> str | None:
        """Return a sentence about an error of PostgreSQL's."""
        found: str | None = _errors().sentence(error)
        return found

    def _open_session(self) -> psycopg.Connection:
        if self._session.closed:
            raise DatabaseError(_errors().LOST)
        return self._session


@contextmanager
def connected(url: str, beside: Path) -> Iterator[Database]:
    """Connect for the time of the block, and keep every other sync out of the database, from any machine.

    Raises:
        DatabaseError: there is no such database, the server is out of reach or refuses the user, or the encoding loses letters.
        BusyError: another sync writes into it.
    """
    psycopg = importlib.import_module("psycopg")
    given = parameters(url)
    usual = {"fallback_application_name": PROGRAM, "keepalives_idle": "60"}
    try:
        session = psycopg.connect(
            **{**usual, **given, "client_encoding": "utf8"}, autocommit=True, prepare_threshold=None
        )
    except psycopg.Error as error:
        raise DatabaseError(f"PostgreSQL cannot be used: {_errors().why_not_connected(error)}.") from None
    with closing(session):
        try:
            database = _locked(session, given, beside)
        except psycopg.errors.LockNotAvailable:
            raise BusyError(
                f"Another sync is writing into the database {session.info.dbname}. Run this again when it has ended."
            ) from None
        except psycopg.Error as error:
            raise DatabaseError(f"PostgreSQL cannot be used: {_errors().sentence(error)}") from None
        yield database


def _locked(session: psycopg.Connection, given: Mapping[str, str], beside: Path) -> PostgresDatabase:
    if session.info.parameter_status("server_encoding") != "UTF8":
        raise DatabaseError(
            f"The database {session.info.dbname} cannot hold every letter: make one with ENCODING 'UTF8' TEMPLATE template0."
        )
    session.execute(_SET, (list(_SETTINGS), list(_SETTINGS.values())))
    session.execute("select pg_advisory_lock(%s)", (_LOCK,))
    session.execute("set lock_timeout = 0")
    database = PostgresDatabase(session, given, beside)
    session.autocommit = False
    return database


def _identity(session: psycopg.Connection) -> str:
    """Return the numbers of the database and of its server.

    A host is no identity: what was received for a database must never be stored in another one that has got its name.
    """
    number, allowed = session.execute(_NUMBER).fetchone() or (0, False)
    server = session.execute(_SERVER).fetchone() if allowed else None  # some providers keep it to themselves
    return "-".join(map(str, (number, *(server or ()))))


def _errors() -> Any:
    """Load what needs psycopg, which is in the extra alone."""
    return importlib.import_module("source_xero_gl.commands.sync.databases.postgres_errors")
