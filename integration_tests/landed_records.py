"""Records in tables as PyAirbyte lands them, without a sync: for cases of a few rows, and for companies that are cut."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from airbyte_cdk.sources.utils.schema_helpers import ResourceSchemaLoader

from integration_tests.protocol import Json

_TYPES = {"integer": "bigint", "number": "decimal(38, 9)", "boolean": "boolean", "array": "json", "object": "json"}
_FORMATS = {"date": "date", "date-time": "timestamp"}
_OF_AIRBYTE = {"_airbyte_extracted_at": "timestamp"}


def land_records(database: Path, streams: Mapping[str, Iterable[Json]]) -> None:
    """Put records into the tables of a DuckDB file; a stream without records gets an empty table.

    Columns are those of the stream's schema, in lower case, and numbers inside JSON are floating point, as PyAirbyte lands them.
    """
    with importlib.import_module("duckdb").connect(str(database)) as connection:
        for stream, records in streams.items():
            types = _columns(stream)
            columns = ", ".join(f'"{name}" {kind}' for name, kind in types.items())
            connection.execute(f"create table if not exists {stream} ({columns})")
            lines = [
                json.dumps({name.lower(): value for name, value in row.items()}, default=_number) for row in records
            ]
            if lines:
                file = database.with_suffix(f".{stream}.ndjson")
                file.write_text("\n".join(lines), encoding="utf-8")
                connection.read_json(str(file), columns=types).insert_into(stream)
                file.unlink()


def _columns(stream: str) -> dict[str, str]:
    schema = ResourceSchemaLoader("source_xero_gl").get_schema(stream)
    found: dict[str, str] = {}
    for name, field in schema["properties"].items():
        found.setdefault(name.lower(), _FORMATS.get(field.get("format", "")) or _TYPES.get(_kind(field), "varchar"))
    return found | _OF_AIRBYTE


def _kind(field: Json) -> str:
    kinds = field.get("type", "object")
    return next(kind for kind in ([kinds] if isinstance(kinds, str) else kinds) if kind != "null")


def _number(value: Any) -> float:
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(f"a record cannot have {type(value)}")
