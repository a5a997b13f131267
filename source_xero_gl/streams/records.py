"""Turning what Xero sends into records, driven by the schema of the stream. Pure: no network, no clock, no settings.

Dates become ISO 8601 where the schema declares a date, and quoted numbers and booleans become what the schema says.
Everything else, also fields that the schema does not know, passes unchanged.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from source_xero_gl.xero.dates import record_day, record_instant

Convert = Callable[[Any], Any]

_NUMBER = re.compile(r"[+-]?\d{1,300}(\.\d{1,300})?", re.ASCII)


def record_converter(schema: Mapping[str, Any]) -> Convert:
    """Return the function that turns an object of Xero's into a record of the schema, in place and in one pass."""
    convert = _converter(schema)
    return convert if convert is not None else lambda row: row


def _converter(schema: Mapping[str, Any]) -> Convert | None:
    """Return the conversion that values of this schema need, None when they need none."""
    types = schema.get("type", ())
    types = (types,) if isinstance(types, str) else types
    if "object" in types:
        return _object(schema)
    if "array" in types:
        return _array(schema)
    if "number" in types:
        return _number
    if "integer" in types:
        return _integer
    if "boolean" in types:
        return _boolean
    return {"date": record_day, "date-time": record_instant}.get(schema.get("format", ""))


def _object(schema: Mapping[str, Any]) -> Convert | None:
    found = ((name, _converter(field)) for name, field in schema.get("properties", {}).items())
    fields = [(name, convert) for name, convert in found if convert is not None]

    def convert_object(value: Any) -> Any:
        if isinstance(value, dict):
            for name, convert in fields:
                if name in value:
                    value[name] = convert(value[name])
        return value

    return convert_object if fields else None


def _array(schema: Mapping[str, Any]) -> Convert | None:
    convert = _converter(schema.get("items", {}))

    def convert_array(value: Any) -> Any:
        return [convert(item) for item in value] if convert and isinstance(value, list) else value

    return convert_array if convert else None


def _number(value: Any) -> Any:
    if not isinstance(value, str) or not _NUMBER.fullmatch(value):
        return value
    return float(value) if "." in value else int(value)


def _integer(value: Any) -> Any:
    number = _number(value) if isinstance(value, str) else value
    return int(number) if isinstance(number, float) and number.is_integer() else number


def _boolean(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return {"true": True, "false": False}.get(value.lower(), value)
