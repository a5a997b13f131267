"""PyAirbyte's DuckDB file, with a state for each organisation.

Imported only when PyAirbyte's environment is set: it is read once.
"""

from __future__ import annotations

from typing import ClassVar

from airbyte.caches import DuckDBCache

from source_xero_gl.commands.sync.databases.states import OrganisationStates


class OrganisationCache(OrganisationStates, DuckDBCache):
    """The tables of all organisations in a file, and the states of one."""

    destination: ClassVar[str] = "duckdb"
