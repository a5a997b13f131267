"""PyAirbyte's PostgreSQL cache with another way into the tables, and a state for each organisation.

PyAirbyte reads each batch back with pandas, which guesses types: the account code ``090`` becomes ``90.0``. Here each value is
copied into a column of the type that the stream's schema declares. All else is PyAirbyte's, as for DuckDB, so that tables,
states and what a killed sync leaves are the same in both.

Imported only when PyAirbyte's environment is set: it is read once.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import sqlalchemy
from airbyte._processors.sql.postgres import PostgresSqlProcessor
from airbyte.secrets.base import SecretString
from airbyte.shared.sql_processor import SqlProcessorBase

from source_xero_gl.commands.sync.databases.postgres_rows import as_json, as_scalar, rows
from source_xero_gl.commands.sync.databases.replacing import ReplacingProcessor
from source_xero_gl.commands.sync.databases.states import OrganisationStates


class CopyingProcessor(ReplacingProcessor, PostgresSqlProcessor):
    """Fills tables by COPY, which appends."""

    place = "ctid"

    def _write_files_to_new_table(self, files: list[Path], stream_name: str, batch_id: str) -> str:
        table = self._create_table_for_loading(stream_name, batch_id)
        types = self._get_sql_column_definitions(stream_name)
        columns = {
            name: as_json if isinstance(kind, sqlalchemy.types.JSON) else as_scalar for name, kind in types.items()
        }
        statement = f"copy {self._fully_qualified(table)} ({self._listed(types)}) from stdin"
        with self.get_sql_connection() as connection:
            session: Any = connection.connection.driver_connection
            with session.cursor() as cursor, cursor.copy(statement) as copy:
                for row in rows(files, columns):
                    copy.write_row(row)
        return table


class OrganisationCache(OrganisationStates):
    """The tables of all organisations in a database, and the states of one.

    Attributes:
        engine: connects to the database. Whoever made it closes it.
    """

    destination: ClassVar[str] = "postgres"
    _sql_processor_class: ClassVar[type[SqlProcessorBase]] = CopyingProcessor

    engine: Any

    def get_sql_engine(self) -> Any:
        """Return the engine."""
        return self.engine

    def dispose_engine(self) -> None:
        """Leave the engine open: other organisations follow."""

    def get_sql_alchemy_url(self) -> SecretString:
        """Return what PyAirbyte calls the database in its logs: nothing but its kind."""
        return SecretString("postgresql+psycopg://")

    def get_database_name(self) -> str:
        """Return the name of the database."""
        return str(self.engine.url.database or "")
