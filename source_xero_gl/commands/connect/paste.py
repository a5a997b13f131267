"""What to enter into Airbyte's form, field by field, for a config that is complete."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from source_xero_gl.settings.specification import connection_specification


@dataclass(frozen=True)
class Entry:
    """A field of Airbyte's form: its title, with the section before it, and what to enter."""

    title: str
    value: str = field(repr=False)
    secret: bool = False


def entries(config: Mapping[str, Any]) -> list[Entry]:
    """Return the fields that a config fills in, in the order of the form; what the connector keeps itself is left out."""
    return list(_entries(config, connection_specification(), ""))


def _entries(config: Mapping[str, Any], schema: Mapping[str, Any], before: str) -> Iterator[Entry]:
    for name, setting in schema["properties"].items():
        value = config.get(name)
        if isinstance(value, Mapping) and "oneOf" in setting:
            kind = value.get("auth_type")
            option = next(found for found in setting["oneOf"] if found["properties"]["auth_type"]["const"] == kind)
            yield Entry(setting["title"], option["title"])
            yield from _entries(value, option, "")
        elif isinstance(value, Mapping):
            yield from _entries(value, setting, f"{setting['title']}: ")
        elif value is not None and "const" not in setting and not setting.get("airbyte_hidden"):
            text = {True: "on", False: "off"}[value] if isinstance(value, bool) else str(value)
            yield Entry(before + setting["title"], text, bool(setting.get("airbyte_secret")))
