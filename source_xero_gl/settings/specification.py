"""The specification: ``spec.yaml``, and where a config departs from it, in sentences.

Platforms show ``spec.yaml`` as a form and check a config against it before a sync. The connector checks once more,
because a config also comes from files, and because a person needs the name of the mistake: a schema with alternatives
only says that none of them fits. No sentence ever holds the value of a credential.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

import yaml
from jsonschema import Draft7Validator

from source_xero_gl.xero.errors import CONFIG, XeroError

Schema = Mapping[str, Any]
Place = tuple[str, ...]

_GUID = re.compile(r"[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}", re.IGNORECASE)
_QUOTED = re.compile(r"-?[0-9]+(\.[0-9]+)?|true|false", re.IGNORECASE)
_PLAIN_NAME = re.compile(r"[A-Za-z0-9_.-]{1,30}")
# Shorter than any secret of Xero, should one be pasted into the wrong field.
_LONGEST_SHOWN = 30
_HIGHEST_SHOWN = 10**15
# Lets "start_id" find "starting_at_journal_id"; lower values suggest names that have nothing in common.
_LIKENESS = 0.5
_KINDS = ((bool, "a boolean"), (int | float, "a number"), (str, "a text"), (Mapping, "an object"), (list, "a list"))


@cache
def connection_specification() -> Schema:
    """Return the JSON schema of a config, as ``spec`` shows it."""
    text = Path(__file__).parents[1].joinpath("spec.yaml").read_text(encoding="utf-8")
    schema: Schema = yaml.safe_load(text)["connectionSpecification"]
    return schema


def checked(config: object) -> dict[str, Any]:
    """Return the settings that a config gives, each of the type that the specification asks for.

    What counts as not given is left out: null, a blank text, a key that begins with ``_``. Texts lose the blanks around
    them, and 5.0 becomes 5.

    Raises:
        XeroError: a configuration error whose one sentence names the first setting that is wrong.
    """
    return _section(config, connection_specification(), ())


def label(*place: str) -> str:
    """Return the name of a setting in a sentence: its path and, in brackets, its title in the form."""
    schema = connection_specification()
    for name in place:
        schema = next(option["properties"][name] for option in _options(schema) if name in option["properties"])
    return f"{'.'.join(place)} ({schema['title']})"


def _fail(sentence: str) -> NoReturn:
    raise XeroError(CONFIG, sentence)


def _options(schema: Schema) -> list[Schema]:
    options: list[Schema] = schema.get("oneOf", [schema])
    return options


def _section(value: object, schema: Schema, place: Place) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        what = label(*place) if place else "The config"
        _fail(f"{what} must be an object with settings by name, but is {_kind(value)}.")
    chosen = _chosen(value, schema, place)
    _check_names(value, chosen["properties"], place)
    contents = {
        name: _content(value.get(name), setting, (*place, name)) for name, setting in chosen["properties"].items()
    }
    given = {name: content for name, content in contents.items() if content is not None}
    for name in chosen.get("required", ()):
        if name not in given:
            _fail(f"{label(*place, name)} is required{_condition(chosen)}, but is missing or empty; fill it in.")
    return given


def _condition(chosen: Schema) -> str:
    kind = chosen["properties"].get("auth_type")
    return f" when auth_type is {kind['const']}" if kind else ""


def _chosen(value: Mapping[str, Any], schema: Schema, place: Place) -> Schema:
    """Return the alternative that ``auth_type`` names, so that no other one can complain."""
    if "oneOf" not in schema:
        return schema
    kinds: dict[str, Schema] = {option["properties"]["auth_type"]["const"]: option for option in schema["oneOf"]}
    kind = value.get("auth_type")
    choice = kind.strip() if isinstance(kind, str) else kind
    if isinstance(choice, str) and choice in kinds:
        return kinds[choice]
    every = {name: setting for option in kinds.values() for name, setting in option["properties"].items()}
    _check_names(value, every, place)
    so_far = "" if choice else ", but is missing or empty"
    _fail(f"{label(*place, 'auth_type')} must be {_either(list(kinds))}{so_far}.")


def _check_names(value: Mapping[str, Any], known: Mapping[str, Schema], place: Place) -> None:
    """Refuse an unknown name. This comes before missing settings: a mistyped name is often the reason for one."""
    for name in value:
        if name in known or str(name).startswith("_"):
            continue
        # A form that was switched to another auth_type may keep the fields of the first one, emptied.
        if not (_is_blank(value[name]) and (*place, name) in _places()):
            _reject(str(name), list(known), place)


def _is_blank(content: object) -> bool:
    return content is None or (isinstance(content, str) and not content.strip())


def _reject(name: str, known: list[str], place: Place) -> NoReturn:
    shown = name if _PLAIN_NAME.fullmatch(name) else f"(a name of {len(name)} characters)"
    path = ".".join((*place, shown))
    elsewhere = [found for found in _places() if found[-1] == name]
    if (*place, name) in elsewhere:
        _fail(f"{path} does not belong to this auth_type; remove it, or choose the auth_type that uses it.")
    near = difflib.get_close_matches(_folded(name), map(_folded, known), 1, _LIKENESS)
    meant = elsewhere or [(*place, setting) for setting in known if _folded(setting) in near]
    if meant:
        _fail(f"{path} is not a setting; did you mean {_either(['.'.join(found) for found in meant])}?")
    _fail(f"{path} is not a setting; remove it, or use {_either(known)}.")


def _either(words: list[str]) -> str:
    return " or ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def _folded(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "")


@cache
def _places() -> tuple[Place, ...]:
    """Return the place of every setting, sections left out."""
    found: dict[Place, None] = {}  # each place once, in the order of the form
    for name, setting in connection_specification()["properties"].items():
        inner: list[Place] = [(name, key) for option in _options(setting) for key in option.get("properties", ())]
        found.update(dict.fromkeys(inner or [(name,)]))
    return tuple(found)


def _content(value: object, setting: Schema, place: Place) -> object:
    """Return the value of one setting; None when it counts as not given."""
    if value is None or (setting["type"] == "string" and _is_blank(value)):
        return None
    if setting["type"] == "object":
        return _section(value, setting, place)
    value = value.strip() if isinstance(value, str) else value
    fault = next(Draft7Validator(setting).iter_errors(value), None)
    if fault is not None and setting.get("airbyte_hidden"):
        return None  # the connector keeps hidden settings itself; a person could not correct them
    if fault is not None:
        _fail(f"{label(*place)} must be {_expected(setting)}, but {_actual(value, setting, place)}.")
    return int(value) if isinstance(value, float) else value


def _expected(setting: Schema) -> str:
    if setting["type"] == "integer":
        return f"a whole number from {setting['minimum']} to {setting['maximum']}"
    if setting["type"] == "boolean":
        return "true or false"
    return str(setting.get("pattern_descriptor", "a text"))


def _actual(value: object, setting: Schema, place: Place) -> str:
    """Return what was given instead, and what to do when that is clear."""
    if place[0] == "credentials":
        return "has another form; copy it again, in full" if isinstance(value, str) else f"is {_kind(value)}"
    if not isinstance(value, str):
        small = isinstance(value, bool | int | float) and abs(value) < _HIGHEST_SHOWN
        return f"is {json.dumps(value) if small else _kind(value)}"
    if setting["type"] == "integer" and _GUID.fullmatch(value):
        return "is a GUID; Journal ID is the number in Xero's Journal report, not the JournalID GUID"
    shown = f"the text {json.dumps(value)}" if len(value) <= _LONGEST_SHOWN else f"a text of {len(value)} characters"
    if setting["type"] == "string":
        timed = ", a time in UTC with Z at the end" if "T" in _expected(setting) else ""
        return f"is {shown}; give a date from 1900 to 2099{timed}"
    if not value:
        return "is an empty text; leave it out"
    return f"is {shown}; write it without quotes" if _QUOTED.fullmatch(value) else f"is {shown}"


def _kind(value: object) -> str:
    return next((name for kind, name in _KINDS if isinstance(value, kind)), "null")
