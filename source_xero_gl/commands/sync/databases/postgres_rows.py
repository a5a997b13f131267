"""Records in PyAirbyte's batch files become rows for PostgreSQL. A text stays as it is, whatever it looks like."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson

Write = Callable[[Any], "str | None"]

_NUL = "\0"
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
"""What stands for a NUL, which PostgreSQL can keep in no text."""


def as_scalar(value: Any) -> str | None:
    """Write a value for a column of text, numbers, booleans or dates: texts unchanged, all else as JSON has it."""
    return value if value is None or isinstance(value, str) else as_json(value)


def as_json(value: Any) -> str | None:
    """Write a value for a column of JSON; an absent one is no value, as in DuckDB."""
    return None if value is None else orjson.dumps(value).decode()


def rows(files: Iterable[Path], columns: Mapping[str, Write]) -> Iterator[list[str | None]]:
    """Return the values of the columns, in their order, of each record in some files."""
    for file in files:
        with gzip.open(file, "rt", encoding="utf-8", newline="\n") as lines:
            for line in lines:
                record = orjson.loads(line)
                if "\\u0000" in line:
                    record = _without_nul(record)
                yield [write(record.get(name)) for name, write in columns.items()]


def _without_nul(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace(_NUL, _REPLACEMENT)
    if isinstance(value, list):
        return [_without_nul(item) for item in value]
    if isinstance(value, dict):
        return {_without_nul(name): _without_nul(item) for name, item in value.items()}
    return value
