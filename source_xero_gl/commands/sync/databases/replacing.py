"""How new rows take the place of old ones. PyAirbyte's own way leaves two rows of a key that came twice in one batch.

To add a column, PyAirbyte also reads the keys and constraints of each table: here the names of the columns do.

Imported only when PyAirbyte's environment is set: it is read once.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from airbyte.shared.sql_processor import SqlProcessorBase


class ReplacingProcessor(SqlProcessorBase):
    """Replaces the rows that have come again, in one transaction. Of a key that came twice, the last row counts."""

    place: ClassVar[str]
    """The column in which the database keeps the place of a row in its table: the order in which rows have come."""

    def _add_missing_columns_to_table(self, stream_name: str, table_name: str) -> None:
        with self.get_sql_connection() as connection:
            there = set(connection.exec_driver_sql(f"select * from {self._fully_qualified(table_name)} limit 0").keys())  # noqa: S608 - no input: the names are constants of this project
        table = self._get_table_by_name(table_name, shallow_okay=True)
        for name, kind in self._get_sql_column_definitions(stream_name).items():
            if name not in there:
                self._add_column_to_table(table, name, kind)

    def _merge_temp_table_to_final_table(self, stream_name: str, temp_table_name: str, final_table_name: str) -> None:
        keys = self.catalog_provider.get_primary_keys(stream_name)
        columns = self._listed(self._get_sql_column_definitions(stream_name))
        new, old = self._fully_qualified(temp_table_name), self._fully_qualified(final_table_name)
        same = " and ".join(f'old."{key}" = new."{key}"' for key in keys)
        last = f"select distinct on ({self._listed(keys)}) {columns} from {new} order by {self._listed(keys)}, {self.place} desc"  # noqa: S608 - no input: the names are constants of this project
        with self.get_sql_connection() as connection:
            connection.exec_driver_sql(f"delete from {old} as old using {new} as new where {same}")  # noqa: S608 - no input: the names are constants of this project
            connection.exec_driver_sql(f"insert into {old} ({columns}) {last}")

    _emulated_merge_temp_table_to_final_table = _merge_temp_table_to_final_table

    def _listed(self, names: Iterable[str]) -> str:
        return ", ".join(map(self._quote_identifier, names))
