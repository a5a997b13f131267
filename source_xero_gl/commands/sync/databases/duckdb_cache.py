"""PyAirbyte's DuckDB file, with a state for each organisation, and one row for each key.

Imported only when PyAirbyte's environment is set: it is read once.
"""

from __future__ import annotations

from typing import ClassVar

from airbyte._processors.sql.duckdb import DuckDBSqlProcessor
from airbyte.caches import DuckDBCache
from airbyte.shared.sql_processor import SqlProcessorBase

from source_xero_gl.commands.sync.databases.replacing import ReplacingProcessor
from source_xero_gl.commands.sync.databases.states import OrganisationStates


class FileProcessor(ReplacingProcessor, DuckDBSqlProcessor):
    """Fills tables as PyAirbyte does."""

    place = "rowid"


class OrganisationCache(OrganisationStates, DuckDBCache):
    """The tables of all organisations in a file, and the states of one."""

    destination: ClassVar[str] = "duckdb"
    _sql_processor_class: ClassVar[type[SqlProcessorBase]] = FileProcessor
