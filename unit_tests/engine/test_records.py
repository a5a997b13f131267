"""From what Xero sends to records: the schema decides, everything else passes as it came."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft7Validator, FormatChecker

from source_xero_gl.engine.records import record_converter
from source_xero_gl.streams import STREAMS

SCHEMAS = {stream.name: stream.schema for stream in STREAMS}

DATE = {"type": ["null", "string"], "format": "date"}
INSTANT = {"type": ["null", "string"], "format": "date-time", "airbyte_type": "timestamp_with_timezone"}
TEXT = {"type": ["null", "string"]}
MONEY = {"type": ["null", "number"]}
COUNT = {"type": ["null", "integer"]}
FLAG = {"type": ["null", "boolean"]}


def converted(value: Any, field: dict[str, Any]) -> Any:
    """Return a value after a record with this one field was made."""
    return record_converter({"type": "object", "properties": {"Field": field}})({"Field": value})["Field"]


@pytest.mark.parametrize(
    ("wire", "day", "instant"),
    [
        # The examples of Xero's page about requests and responses, by `date -u -d @seconds`.
        ("/Date(1439434356790)/", "2015-08-13", "2015-08-13T02:52:36.790Z"),
        ("/Date(1419937200000+0000)/", "2014-12-30", "2014-12-30T11:00:00.000Z"),
        ("/Date(0+0000)/", "1970-01-01", "1970-01-01T00:00:00.000Z"),
        ("/Date(-1)/", "1969-12-31", "1969-12-31T23:59:59.999Z"),
        ("/Date(-86400000+0000)/", "1969-12-31", "1969-12-31T00:00:00.000Z"),
        ("/Date(-62135596800000)/", "0001-01-01", "0001-01-01T00:00:00.000Z"),
        ("/Date(253402300799999)/", "9999-12-31", "9999-12-31T23:59:59.999Z"),
        ("2018-10-20T00:00:00", "2018-10-20", "2018-10-20T00:00:00.000Z"),
    ],
)
def test_dates_become_iso_8601(wire: str, day: str, instant: str) -> None:
    """A calendar date becomes a day, an instant keeps its milliseconds; both are UTC."""
    assert converted(wire, DATE) == day
    assert converted(wire, INSTANT) == instant


@pytest.mark.parametrize("offset", ["+0000", "+1300", "-0800"])
def test_the_offset_is_never_added(offset: str) -> None:
    """The number of a wire date is UTC already, whatever offset stands behind it."""
    assert converted(f"/Date(1439434356790{offset})/", INSTANT) == "2015-08-13T02:52:36.790Z"
    assert converted(f"/Date(1439424000000{offset})/", DATE) == "2015-08-13"


@pytest.mark.parametrize(
    "text", ["/Date(5)/", "Date(5)", "/Date(1439434356790+0000)/", "2015-08-13T02:52:36", "true", "5"]
)
def test_text_that_looks_like_a_date_stays(text: str) -> None:
    """Only a field that the schema declares as a date is converted."""
    assert converted(text, TEXT) == text
    assert record_converter(SCHEMAS["journals"])({"Reference": text, "Unknown": text}) == {
        "Reference": text,
        "Unknown": text,
    }


@pytest.mark.parametrize(
    "value",
    [
        "",
        "soon",
        "/Date()/",
        "/Date(5)/ or so",
        "/Date(253402300800000)/",
        "/Date(-62135596800001)/",
        "2026-13-01",
        5,
        None,
    ],
)
def test_what_is_no_date_stays(value: object) -> None:
    """A year beyond 9999, another text or a number in a date field passes unchanged."""
    assert converted(value, DATE) == value
    assert converted(value, INSTANT) == value


def test_string_twins_stay_as_sent() -> None:
    """DateString and its like pass beside the converted date."""
    row = {
        "Date": "/Date(1540000000000+0000)/",  # 2018-10-20T01:46:40Z
        "DateString": "2018-10-20T00:00:00",
        "UpdatedDateUTCString": "2018-10-20T01:46:40Z",
    }
    assert record_converter(SCHEMAS["invoices"])(dict(row)) == {**row, "Date": "2018-10-20"}


@pytest.mark.parametrize(
    ("quoted", "field", "value"),
    [
        ("50.00", MONEY, 50.0),
        ("-0.01", MONEY, -0.01),
        ("7", MONEY, 7),
        ("123456789012.345", MONEY, 123456789012.345),
        ("7", COUNT, 7),
        ("7.0", COUNT, 7),
        (7.0, COUNT, 7),
        ("true", FLAG, True),
        ("False", FLAG, False),
    ],
)
def test_quoted_values_become_what_the_schema_says(quoted: object, field: dict[str, Any], value: object) -> None:
    """Xero's documentation quotes some numbers and booleans; records carry them as numbers and booleans."""
    result = converted(quoted, field)
    assert result == value
    assert type(result) is type(value)


@pytest.mark.parametrize(
    ("value", "field"),
    [
        ("", MONEY),
        ("n/a", MONEY),
        ("1,5", MONEY),
        ("٣", MONEY),
        ("", COUNT),
        (7.5, COUNT),
        ("yes", FLAG),
        ("", FLAG),
        (1, FLAG),
    ],
)
def test_what_cannot_be_cast_stays(value: object, field: dict[str, Any]) -> None:
    """A value that is not what the schema says reaches the record as it came."""
    assert converted(value, field) == value


@given(st.integers(-(10**15) + 1, 10**15 - 1), st.integers(0, 6))
def test_money_keeps_fifteen_significant_digits(digits: int, decimals: int) -> None:
    """A quoted amount and the same amount as a number arrive with the value that Xero sent."""
    sign, whole = ("-" if digits < 0 else ""), f"{abs(digits):0{decimals + 1}d}"
    amount = f"{sign}{whole[: len(whole) - decimals]}.{whole[len(whole) - decimals :]}" if decimals else f"{digits}"
    for sent in (amount, json.loads(amount)):
        assert f"{converted(sent, MONEY):.{decimals}f}" == (amount if digits else amount.lstrip("-"))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(max_size=5).map(lambda name: f"New{name}"), JSON, max_size=4))
def test_unknown_fields_pass(row: dict[str, Any]) -> None:
    """What the schema does not know yet reaches the record unchanged, however deep it is."""
    assert record_converter(SCHEMAS["journals"])(copy.deepcopy(row)) == row


@given(JSON)
def test_a_field_of_another_shape_passes(value: Any) -> None:
    """An object or a list where the schema expects another type is neither lost nor an error."""
    if not isinstance(value, str | list):
        row = {"JournalLines": value, "JournalDate": value, "CreatedDateUTC": value}
        assert record_converter(SCHEMAS["journals"])(copy.deepcopy(row)) == row


def test_nested_fields_are_converted() -> None:
    """Objects in lists of objects are converted like the row itself; nulls and empty lists stay."""
    row = {
        "Payments": [{"PaymentID": "p", "Date": "/Date(0+0000)/", "Amount": "50.00"}, {"Date": None}],
        "LineItems": [{"Quantity": "2", "Tracking": [], "Item": None}],
        "CreditNotes": [],
        "Contact": {"Name": "/Date(0+0000)/"},
        "DueDate": None,
    }
    assert record_converter(SCHEMAS["invoices"])(row) == {
        "Payments": [{"PaymentID": "p", "Date": "1970-01-01", "Amount": 50.0}, {"Date": None}],
        "LineItems": [{"Quantity": 2, "Tracking": [], "Item": None}],
        "CreditNotes": [],
        "Contact": {"Name": "/Date(0+0000)/"},
        "DueDate": None,
    }


def test_a_null_in_a_list_stays() -> None:
    """A missing line is neither dropped nor an error."""
    row = {"JournalLines": [None, {"NetAmount": "1.50", "TrackingCategories": None}]}
    assert record_converter(SCHEMAS["journals"])(row) == {
        "JournalLines": [None, {"NetAmount": 1.5, "TrackingCategories": None}]
    }


def test_a_schema_without_conversions_changes_nothing() -> None:
    """Records of plain text pass as they came."""
    row = {"Name": "/Date(0)/"}
    assert record_converter({"type": "object", "properties": {"Name": TEXT}})(row) == {"Name": "/Date(0)/"}


@pytest.mark.parametrize("stream", [stream.name for stream in STREAMS])
def test_every_declared_date_becomes_valid(stream: str) -> None:
    """A row with Xero's dates in all top-level date fields of a stream validates against its schema."""
    fields = SCHEMAS[stream]["properties"]
    row = {name: "/Date(1439434356790+0000)/" for name, field in fields.items() if "format" in field}
    validator = Draft7Validator({"properties": fields}, format_checker=FormatChecker())
    assert [error.message for error in validator.iter_errors(record_converter(SCHEMAS[stream])(row))] == []
    assert all(value.startswith("2015-08-13") for value in row.values())
