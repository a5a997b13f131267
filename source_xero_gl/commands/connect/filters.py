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
from source_xero_gl.xero.tokens.endpoint import App

Config = dict[str, Any]

CAUTION = (
    "A filter of journals leaves entries of the ledger out. Balances that are computed from the others, such as a trial balance, "
    "do not agree with Xero's."
)
"""What to know before a filter of journals is set."""

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NUMBER = re.compile(r"-?[0-9]{1,15}")
_FRACTION = re.compile(r"-?[0-9]{1,15}\.[0-9]{1,9}")
_ANY_APP = {"auth_type": "custom_connection", "client_id": "none", "client_secret": "none"}
"""Credentials for checking a client ID or a secret by itself."""

ANYBODY = {"auth_type": "access_token", "access_token": "none"}
"""Credentials for checking a filter by itself."""


@dataclass(frozen=True)
class Field:
    """A field of the form.

    Attributes:
        place: path of its setting in the config.
        section: title of the section that it is in, empty for a setting of its own.
        hint: what to enter.
    """

    place: tuple[str, ...]
    section: str
    title: str
    description: str
    hint: str
    is_number: bool

    @property
    def name(self) -> str:
        """Name in the form, e.g. ``journals.modified_since``."""
        return ".".join(self.place)

    def input_type(self, text: str) -> str:
        """Return the type of the field in HTML: that of dates, unless it has to show another text, such as an instant."""
        is_date = self.hint == "YYYY-MM-DD" and (not text or _DATE.fullmatch(text))
        return "date" if is_date else "text"

    def value(self, config: Mapping[str, Any]) -> str:
        """Return what a config gives for the field, as the form shows it."""
        value: Any = config
        for name in self.place:
            value = value.get(name) if isinstance(value, Mapping) else None
        return "" if value is None else str(value)


def _field(*place: str) -> Field:
    setting: Any = connection_specification()
    section = setting["properties"][place[0]]["title"] if len(place) > 1 else ""
    for name in place:
        setting = setting["properties"][name]
    # Of two forms of a date the first one is shown.
    hint = str(setting.get("default", setting.get("pattern_descriptor", "all"))).partition(" or ")[0]
    return Field(place, section, setting["title"], setting["description"], hint, setting["type"] == "integer")


FIELDS = (
    _field("journals", "starting_at_journal_id"),
    _field("journals", "ending_at_journal_id"),
    _field("journals", "modified_since"),
    _field("invoices", "modified_since"),
    _field("reports", "starting_on"),
    _field("calls_per_minute"),
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
        sentence = fault(with_filters({"credentials": ANYBODY}, {field.name: field.value(config)}))
        if sentence:
            found[field.name] = sentence
    rest = {field.name: field.value(config) for field in FIELDS if field.name not in found}
    sentence = fault(with_filters(config, rest))
    if sentence:
        # Fields that are right by themselves may be wrong together: the sentence is shown at the first one that can mend it.
        owner = next((name for name in rest if not fault(with_filters(config, {**rest, name: ""}))), "")
        found[owner] = sentence
    return found


def fault(config: Mapping[str, Any]) -> str:
    """Return the first thing that is wrong with a config, in a sentence for the form; empty when it is right."""
    try:
        parse_settings(config)
    except XeroError as error:
        return _by_titles(error.message or "")
    return ""


def _by_titles(sentence: str) -> str:
    """Name settings by their titles alone: a person who fills in a form sees no paths."""
    for place in (("credentials", "client_id"), ("credentials", "client_secret"), *(field.place for field in FIELDS)):
        named = label(*place)
        sentence = sentence.replace(named, named.partition(" (")[2].removesuffix(")"))
    return sentence


def app_faults(app: App, *, needs_secret: bool) -> dict[str, str]:
    """Return why an app cannot be one: a sentence by name of the field; empty when Xero may be asked."""
    found = {}
    for name, title, text in (
        ("client_id", "Client ID", app.client_id),
        ("client_secret", "Client Secret", app.client_secret),
    ):
        if text:
            found[name] = fault({"credentials": {**_ANY_APP, name: text}})
        elif name == "client_id" or needs_secret:
            found[name] = f"{title} is missing. Copy it from the app's Configuration page."
    return {name: sentence for name, sentence in found.items() if sentence}


def _typed(text: str) -> int | float | str:
    if _NUMBER.fullmatch(text):
        return int(text)
    return float(text) if _FRACTION.fullmatch(text) else text
