"""The schema files describe every field of the streams in one manner."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from airbyte_cdk.sources.utils.schema_helpers import ResourceSchemaLoader
from jsonschema import Draft7Validator

if TYPE_CHECKING:
    from collections.abc import Iterator

SCHEMAS = Path(__file__).resolve().parents[1] / "schemas"
STREAMS = sorted(file.stem for file in SCHEMAS.glob("*.json"))
SHARED = sorted(file.stem for file in (SCHEMAS / "shared").glob("*.json"))
KEYS = {
    "accounts": {"TenantID", "AccountID"},
    "contacts": {"TenantID", "ContactID"},
    "invoices": {"TenantID", "InvoiceID"},
    "journals": {"TenantID", "JournalID", "JournalNumber"},
    "organisations": {"TenantID", "OrganisationID"},
    "tracking_categories": {"TenantID", "TrackingCategoryID"},
}
CURSORS = {"accounts": "UpdatedDateUTC", "contacts": "UpdatedDateUTC", "invoices": "UpdatedDateUTC"}
DATE = {"type": ["null", "string"], "format": "date"}
INSTANT = {"type": ["null", "string"], "format": "date-time", "airbyte_type": "timestamp_with_timezone"}
SCALARS = {"boolean", "integer", "number", "string"}

each_stream = pytest.mark.parametrize("name", STREAMS)


def load(name: str) -> dict[str, Any]:
    """Return the schema of a stream as the connector publishes it."""
    return dict(ResourceSchemaLoader("source_xero_gl").get_schema(name))


def subschemas(schema: dict[str, Any], path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the path and the schema of every field and list item below `schema`."""
    for name, field in schema.get("properties", {}).items():
        yield f"{path}{name}", field
        yield from subschemas(field, f"{path}{name}.")
    if isinstance(schema.get("items"), dict):
        yield f"{path}[]", schema["items"]
        yield from subschemas(schema["items"], f"{path}[].")


def references(schema: Any) -> Iterator[str]:
    """Yield the names of the files that a schema file refers to."""
    if isinstance(schema, dict):
        if isinstance(schema.get("$ref"), str):
            yield schema["$ref"]
        schema = list(schema.values())
    if isinstance(schema, list):
        for item in schema:
            yield from references(item)


def shape(field: dict[str, Any]) -> dict[str, Any]:
    """Return a field without its description."""
    return {key: value for key, value in field.items() if key != "description"}


def own_name(path: str) -> str:
    """Return the last name of a path."""
    return path.rsplit(".", 1)[-1]


def test_the_core_streams_have_a_schema() -> None:
    """Journals, invoices and the streams that explain them each have a file."""
    assert set(KEYS) <= set(STREAMS)


@each_stream
def test_schema_is_valid_draft_07(name: str) -> None:
    """Each schema is a valid JSON schema, draft 7, of an object."""
    schema = load(name)
    Draft7Validator.check_schema(schema)
    assert schema["$schema"] == "http://json-schema.org/draft-07/schema#"
    assert schema["type"] == "object"


@each_stream
def test_published_schema_needs_no_other_file(name: str) -> None:
    """A destination receives schemas in which every reference is resolved."""
    assert list(references(load(name))) == []


def test_every_shared_file_is_used() -> None:
    """No nested schema lies unused in the package."""
    files = [*SCHEMAS.glob("*.json"), *SCHEMAS.glob("shared/*.json")]
    used = {name for file in files for name in references(json.loads(file.read_text(encoding="utf-8")))}
    assert used == {f"{name}.json" for name in SHARED}


@each_stream
def test_every_field_has_exactly_one_type(name: str) -> None:
    """Each field and list item names its type; lists say what they hold, objects what they consist of."""
    assert load(name)["properties"]
    for path, field in subschemas(load(name)):
        kinds = {field["type"]} if isinstance(field["type"], str) else set(field["type"]) - {"null"}
        assert len(kinds) == 1, path
        assert kinds <= SCALARS or (kinds == {"array"} and field["items"]) or field["properties"], path


@each_stream
def test_objects_accept_fields_that_xero_adds(name: str) -> None:
    """No object refuses a field that the schema does not know yet."""
    schema = load(name)
    objects = [("", schema), *((path, field) for path, field in subschemas(schema) if "properties" in field)]
    assert [path for path, field in objects if field.get("additionalProperties") is not True] == []


@each_stream
def test_everything_but_keys_may_be_null(name: str) -> None:
    """Only the primary key and the number of a journal must have a value."""
    fields = subschemas(load(name))
    assert {path for path, field in fields if "null" not in field["type"]} == KEYS[name]


@each_stream
def test_keys_come_first(name: str) -> None:
    """TenantID, Xero's own ID and the cursor lead the columns of a stream."""
    properties = load(name)["properties"]
    cursor = {CURSORS[name]} if name in CURSORS else set()
    leading = KEYS[name] | cursor
    assert next(iter(properties)) == "TenantID"
    assert set(list(properties)[: len(leading)]) == leading


@each_stream
def test_primary_keys_are_plain_strings(name: str) -> None:
    """IDs are text, and the number of a journal is an integer."""
    properties = load(name)["properties"]
    types = {key: properties[key]["type"] for key in KEYS[name]}
    assert types == {key: "integer" if key == "JournalNumber" else "string" for key in KEYS[name]}


@each_stream
def test_names_in_utc_are_instants(name: str) -> None:
    """A field is an instant exactly when its name ends in UTC."""
    for path, field in subschemas(load(name)):
        is_instant = "format" in field and field["format"] == "date-time"
        assert is_instant == own_name(path).endswith("UTC"), path
        assert not is_instant or shape(field) == INSTANT, path


@each_stream
def test_other_dates_are_calendar_dates(name: str) -> None:
    """A text field is a calendar date exactly when its name ends in Date; its twin in …String stays text."""
    for path, field in subschemas(load(name)):
        is_date = "format" in field and field["format"] == "date"
        dated = own_name(path).endswith("Date") and "string" in field["type"]
        assert is_date == dated, path
        assert not is_date or shape(field) == DATE, path
        assert not own_name(path).endswith("String") or shape(field) == {"type": ["null", "string"]}, path


@each_stream
def test_values_are_not_enumerated(name: str) -> None:
    """A code that Xero adds without notice is no schema violation."""
    closed = {"enum", "const", "pattern", "maxLength", "minLength"}
    assert [path for path, field in subschemas(load(name)) if closed & set(field)] == []


@each_stream
def test_money_is_a_number(name: str) -> None:
    """Amounts, totals and rates are numbers, never text."""
    money = ("Amount", "Total", "TotalTax", "CurrencyRate", "DiscountRate", "AmountDue", "AmountPaid", "AmountCredited")
    for path, field in subschemas(load(name)):
        if own_name(path).endswith(money):
            assert shape(field) == {"type": ["null", "number"]}, path


@pytest.mark.parametrize("file", [*STREAMS, *(f"shared/{name}" for name in SHARED)])
def test_files_are_formatted_alike(file: str) -> None:
    """Schema files are UTF-8 with an indent of two spaces and a newline at the end."""
    text = (SCHEMAS / f"{file}.json").read_text(encoding="utf-8")
    assert text.endswith("}\n")
    assert "\t" not in text
    indents = {len(line) - len(line.lstrip(" ")) for line in text.splitlines()}
    assert indents == set(range(0, max(indents) + 1, 2))
