"""What a sync needs of a database."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, NamedTuple


class DatabaseError(Exception):
    """A database cannot be used; the message is for the user, and quotes no data and no password."""


class BusyError(DatabaseError):
    """Another sync writes into the database."""


class DbtTarget(NamedTuple):
    """How dbt gets at a database.

    Attributes:
        name: the target in ``dbt/profiles.yml``.
        environment: the variables that the profile reads; a password is nowhere else.
        descriptors: what dbt inherits, so that a sync whose process was killed keeps the next one out until dbt has ended.
    """

    name: str
    environment: Mapping[str, str]
    descriptors: tuple[int, ...] = ()


class Tables:
    """Tables that are only read, by SQL that DuckDB and PostgreSQL both understand."""

    def __init__(self, execute: Callable[[str, Mapping[str, object] | None], Any]) -> None:
        """Read by way of a function that runs SQL, in which ``$name`` is a parameter, and returns a cursor of the driver's."""
        self._execute = execute

    def rows(self, sql: str, parameters: Mapping[str, object] | None = None) -> list[tuple[Any, ...]]:
        """Return rows."""
        return [tuple(row) for row in self._execute(sql, parameters).fetchall()]

    def named(self, sql: str) -> list[dict[str, Any]]:
        """Return rows with the names of their columns."""
        cursor = self._execute(sql, None)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


class Database(ABC):
    """A database that is open for one sync.

    Attributes:
        product: ``DuckDB`` or ``PostgreSQL``.
        name: what sentences call it; no secret is in it.
        folder: where a sync into it works.
    """

    product: str
    name: str
    folder: Path

    @abstractmethod
    def cache(self, tenant_id: str, batches: Path, fresh: frozenset[str]) -> Any:
        """Return PyAirbyte's cache for an organisation. PyAirbyte's environment must be set.

        Args:
            tenant_id: the organisation, by which states are kept apart.
            batches: a folder for records on their way.
            fresh: streams that are read again from their beginning.
        """

    @abstractmethod
    def dbt(self) -> DbtTarget:
        """Return what dbt needs."""

    @abstractmethod
    def reading(self) -> AbstractContextManager[Tables]:
        """Open the tables for the time of a block.

        Raises:
            DatabaseError: they cannot be opened, or a query in the block failed.
        """

    def reason(self, error: BaseException) -> str | None:
        """Return a sentence about an error of the driver's that is behind an exception; None when there is none."""
        del error
        return None


def chain(error: BaseException | None) -> Sequence[BaseException]:
    """Return an exception and those that led to it, also where a library has hidden them."""
    found: list[BaseException] = []
    while error is not None and error not in found:
        found.append(error)
        error = getattr(error, "orig", None) or error.__cause__ or error.__context__
    return found
