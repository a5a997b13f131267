"""Turning what Xero sends into records, driven by the schema of the stream. Pure: no network, no clock, no settings.

Dates become ISO 8601 where the schema declares a date, and quoted numbers and booleans become what the schema says.
Everything else, also fields that the schema does not know, passes unchanged.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from source_xero_gl.xero.dates import record_day, record_instant

Convert = Callable[[Any], Any]

LARGEST_INTEGER = 2**63
"""Integers from here on become floating-point numbers, as they do where Xero sends them without quotes."""

_day = lru_cache(maxsize=4096)(record_day)
_NUMBER = re.compile(r"[+-]?\d{1,300}(\.\d{1,300})?", re.ASCII)


def record_converter(schema: Mapping[str, Any]) -> Convert:
    """Return the function that turns an object of Xero's into a record of the schema, in place and in one pass."""
    convert = _converter(schema)
    return convert if convert is not None else lambda found: found


def _converter(schema: Mapping[str, Any]) -> Convert | None:
    """Return the conversion that values of any kind need under this schema, None when only texts may need one."""
    types = _types(schema)
    if "object" in types:
        return _object(schema)
    if "array" in types:
        return _array(schema)
    return _integer if "integer" in types else None


def _text_converter(schema: Mapping[str, Any]) -> Callable[[str], Any] | None:
    """Return the conversion that a text needs where the schema wants something else; values of other types are right."""
    types = _types(schema)
    if "number" in types:
        return _number
    if "boolean" in types:
        return _boolean
    formats: dict[str, Callable[[str], Any]] = {"date": _day, "date-time": record_instant}
    return formats.get(schema.get("format", ""))


def _types(schema: Mapping[str, Any]) -> tuple[str, ...]:
    types = schema.get("type", ())
    return (types,) if isinstance(types, str) else tuple(types)


def _object(schema: Mapping[str, Any]) -> Convert | None:
    properties = schema.get("properties", {}).items()
    texts = [(name, convert) for name, field in properties if (convert := _text_converter(field))]
    nested = [(name, convert) for name, field in properties if (convert := _converter(field))]

    def convert_object(value: Any) -> Any:
        if isinstance(value, dict):
            for name, convert in texts:
                text = value.get(name)
                if isinstance(text, str):
                    value[name] = convert(text)
            for name, convert in nested:
                if name in value:
                    value[name] = convert(value[name])
        return value

    return convert_object if texts or nested else None


def _array(schema: Mapping[str, Any]) -> Convert | None:
    items = schema.get("items", {})
    convert, convert_text = _converter(items), _text_converter(items)

    def convert_array(value: Any) -> Any:
        if not isinstance(value, list):
            return value
        if convert:
            return [convert(item) for item in value]
        return [convert_text(item) if convert_text and isinstance(item, str) else item for item in value]

    return convert_array if convert or convert_text else None


def _number(text: str) -> Any:
    if not _NUMBER.fullmatch(text):
        return text
    return float(text) if "." in text or abs(int(text)) >= LARGEST_INTEGER else int(text)


def _integer(value: Any) -> Any:
    number = _number(value) if isinstance(value, str) else value
    return int(number) if isinstance(number, float) and number.is_integer() else number


def _boolean(text: str) -> Any:
    return {"true": True, "false": False}.get(text.lower(), text)
