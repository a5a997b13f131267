"""The settings that the form asks for: their fields, and what is wrong with what was entered.

Titles, descriptions and examples come from ``spec.yaml``, the rules and sentences from the settings parser.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from source_xero_gl.settings.settings import parse_settings
from source_xero_gl.settings.specification import connection_specification, label
from source_xero_gl.xero.errors import XeroError

Config = dict[str, Any]

_NUMBER = re.compile(r"-?[0-9]{1,15}")
_FRACTION = re.compile(r"-?[0-9]{1,15}\.[0-9]{1,9}")
ANYBODY = {"auth_type": "access_token", "access_token": "none"}
"""Credentials for checking a filter by itself."""


@dataclass(frozen=True)
class Field:
    """A field of the form.

    Attributes:
        place: path of the setting in the config.
    """

    place: tuple[str, ...]

    @property
    def name(self) -> str:
        """Name in the form, e.g. ``journals.modified_since``."""
        return ".".join(self.place)

    @property
    def section(self) -> str:
        """Title of the section that it stands in, empty for a setting of its own."""
        return str(connection_specification()["properties"][self.place[0]]["title"]) if len(self.place) > 1 else ""

    @property
    def title(self) -> str:
        """Title as in Airbyte's form."""
        return str(self._setting["title"])

    @property
    def description(self) -> str:
        """What the setting does."""
        return str(self._setting["description"])

    @property
    def hint(self) -> str:
        """What to enter."""
        default = self._setting.get("default")
        form = str(self._setting.get("pattern_descriptor", "all")).partition(" or ")[0]
        return form if default is None else str(default)

    @property
    def is_number(self) -> bool:
        """Whether a number is asked for."""
        return bool(self._setting["type"] == "integer")

    def value(self, config: Mapping[str, Any]) -> str:
        """Return what a config gives for the field, as the form shows it."""
        value: Any = config
        for name in self.place:
            value = value.get(name) if isinstance(value, Mapping) else None
        return "" if value is None else str(value)

    @property
    def _setting(self) -> Mapping[str, Any]:
        setting: Mapping[str, Any] = connection_specification()
        for name in self.place:
            setting = setting["properties"][name]
        return setting


FIELDS = (
    Field(("journals", "starting_at_journal_id")),
    Field(("journals", "ending_at_journal_id")),
    Field(("journals", "modified_since")),
    Field(("invoices", "modified_since")),
    Field(("reports", "starting_on")),
    Field(("calls_per_minute",)),
)


def with_filters(config: Mapping[str, Any], entered: Mapping[str, str]) -> Config:
    """Return the config with the fields as entered; an empty one is taken out, all other settings stay."""
    result: Config = {name: dict(value) if isinstance(value, Mapping) else value for name, value in config.items()}
    for field in FIELDS:
        section = result
        if len(field.place) > 1:
            found = result.get(field.place[0])
            section = result[field.place[0]] = found if isinstance(found, dict) else {}
        text = entered.get(field.name, "").strip()
        if text:
            section[field.place[-1]] = _typed(text) if field.is_number else text
        else:
            section.pop(field.place[-1], None)
    return {name: value for name, value in result.items() if value != {}}


def faults(config: Mapping[str, Any]) -> dict[str, str]:
    """Return what is wrong with a config: a sentence by name of the field, under an empty name what no field shows."""
    found = {}
    for field in FIELDS:
        sentence = _fault(with_filters({"credentials": ANYBODY}, {field.name: field.value(config)}))
        if sentence:
            found[field.name] = sentence
    sentence = _fault(with_filters(config, {f.name: f.value(config) for f in FIELDS if f.name not in found}))
    if sentence:
        owner = next((field.name for field in FIELDS if sentence.startswith(field.title)), "")
        found[owner] = sentence
    return found


def _fault(config: Mapping[str, Any]) -> str:
    try:
        parse_settings(config)
    except XeroError as error:
        return by_titles(error.message or "")
    return ""


def by_titles(sentence: str) -> str:
    """Name settings by their titles alone: whoever fills in a form sees no paths."""
    for place in (("credentials", "client_id"), ("credentials", "client_secret"), *(field.place for field in FIELDS)):
        named = label(*place)
        sentence = sentence.replace(named, named.partition(" (")[2].removesuffix(")"))
    return sentence


def _typed(text: str) -> int | float | str:
    if _NUMBER.fullmatch(text):
        return int(text)
    return float(text) if _FRACTION.fullmatch(text) else text
