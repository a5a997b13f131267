"""The comparison with Xero's OpenAPI description tells what a schema lacks, and cannot pass by comparing nothing."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from tools import schemas_check
from tools.schemas_check import Comparison, Description, compare_all, main, report
from tools.schemas_facts import EXTRAS, OURS, SOURCES, Source

OPENAPI = """\
openapi: 3.0.0
components:
  schemas:
    Order:
      type: object
      properties:
        OrderID: {type: string, format: uuid}
        Total: {type: number, format: double}
        Date: {type: string, x-is-msdate: true}
        Kind: {$ref: "#/components/schemas/Kind"}
        Marks: {type: array, items: {type: string}}
        Lines: {type: array, items: {$ref: "#/components/schemas/Line"}}
    Line:
      properties:
        Text: {type: string}
        Quantity: {type: number}
        Splits: {type: array, items: {$ref: "#/components/schemas/Line"}}
        Order: {$ref: "#/components/schemas/Order"}
    Kind: {type: string, enum: [BUY, SELL]}
"""
TEXT, NUMBER, DATE = (
    {"type": ["null", "string"]},
    {"type": ["null", "number"]},
    {"type": ["null", "string"], "format": "date"},
)


def schema_of_order() -> dict[str, Any]:
    """Return a complete schema: the order and the line within a line are references, with keys and dates only."""
    again = {"type": ["null", "object"], "properties": {"OrderID": TEXT, "Date": DATE}}
    split = {"type": ["null", "object"], "properties": {"Text": TEXT}}
    line = {"Text": TEXT, "Quantity": NUMBER, "Splits": {"type": ["null", "array"], "items": split}, "Order": again}
    order = {
        "TenantID": {"type": "string"},
        "OrderID": {"type": "string"},
        "Total": NUMBER,
        "Date": DATE,
        "Kind": TEXT,
        "Marks": {"type": ["null", "array"], "items": TEXT},
        "Lines": {"type": ["null", "array"], "items": {"type": ["null", "object"], "properties": line}},
    }
    return copy.deepcopy({"type": "object", "properties": order})


def described(tmp_path: Path, text: str = OPENAPI) -> Path:
    """Return the path of an OpenAPI file of this text."""
    path = tmp_path / "openapi.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def compared(tmp_path: Path, schema: dict[str, Any], text: str = OPENAPI, source: Source | None = None) -> Comparison:
    """Return the comparison of one schema with a description."""
    return Comparison(Description.read(described(tmp_path, text)), source or Source("Order")).run(schema)


def test_a_complete_schema_has_no_faults(tmp_path: Path) -> None:
    """All fields there with Xero's types: nothing to say, and the number of fields found: 6 + 4 of lines + 1 + 2 again."""
    comparison = compared(tmp_path, schema_of_order())
    assert comparison.faults == []
    assert comparison.compared == 13
    assert comparison.beyond == {"TenantID": OURS["TenantID"]}


def test_a_missing_field_is_told(tmp_path: Path) -> None:
    """A field that the schema lacks is named with Xero's type."""
    schema = schema_of_order()
    del schema["properties"]["Total"]
    assert compared(tmp_path, schema).faults == ["Total: missing, number of Order"]


def test_a_wrong_type_is_told(tmp_path: Path) -> None:
    """A number described as an integer, or the other way round, is a fault; so are more types than one."""
    schema = schema_of_order()
    schema["properties"]["Total"] = {"type": ["null", "integer"]}
    schema["properties"]["Kind"] = {"type": ["null", "string", "number"]}
    assert compared(tmp_path, schema).faults == [
        "Total: integer here, number in Xero's description",
        "Kind: number, string here, string in Xero's description",
    ]


def test_wrong_types_of_list_items_are_told(tmp_path: Path) -> None:
    """Plain items of a list are compared like fields."""
    schema = schema_of_order()
    schema["properties"]["Marks"]["items"] = NUMBER
    assert compared(tmp_path, schema).faults == ["Marks[]: number here, string in Xero's description"]


def test_a_date_that_would_not_be_converted_is_told(tmp_path: Path) -> None:
    """A field that Xero marks as a date needs the format, also in a repeated type."""
    schema = schema_of_order()
    schema["properties"]["Date"] = TEXT
    schema["properties"]["Lines"]["items"]["properties"]["Order"]["properties"].pop("Date")
    assert compared(tmp_path, schema).faults == [
        "Date: format None here, should be date",
        "Lines[].Order.Date: missing, string of Order",
    ]


def test_a_new_nested_field_is_told(tmp_path: Path) -> None:
    """A field that Xero adds to a nested type is named with its path; a repeated type need not have it."""
    newer = OPENAPI.replace("        Text:", "        Discount: {type: number}\n        Text:")
    assert compared(tmp_path, schema_of_order(), newer).faults == ["Lines[].Discount: missing, number of Line"]


def test_a_field_that_xero_does_not_know_needs_a_reason(tmp_path: Path) -> None:
    """A misspelt field, or one that Xero has removed, is a fault until its reason is known."""
    schema = schema_of_order()
    schema["properties"]["Totl"] = NUMBER
    assert compared(tmp_path, schema).faults == ["Totl: beyond Xero's description without a known reason"]


def test_a_field_with_a_known_reason_is_told_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A field that real data has although the description lacks it is no fault."""
    monkeypatch.setitem(EXTRAS, "Line.Note", "in real data")
    schema = schema_of_order()
    schema["properties"]["Lines"]["items"]["properties"]["Note"] = TEXT
    comparison = compared(tmp_path, schema)
    assert comparison.faults == []
    assert comparison.beyond["Line.Note"] == "in real data"


def test_a_field_that_xero_has_removed_may_be_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An older description may have a field of which Xero's release notes say that it is gone."""
    monkeypatch.setattr(schemas_check, "REMOVED", frozenset({"Line.Quantity"}))
    schema = schema_of_order()
    del schema["properties"]["Lines"]["items"]["properties"]["Quantity"]
    del schema["properties"]["Total"]
    assert compared(tmp_path, schema).faults == ["Total: missing, number of Order"]


def test_what_cannot_be_compared_is_a_fault(tmp_path: Path) -> None:
    """An object without a named type is not passed over."""
    inline = OPENAPI.replace(
        '{$ref: "#/components/schemas/Kind"}', "{type: object, properties: {Name: {type: string}}}"
    )
    faults = compared(tmp_path, schema_of_order(), inline).faults
    assert faults == ["Kind: Xero describes it without a named type, compare it by eye"]


def test_flat_lines_are_compared_with_line_and_header(tmp_path: Path) -> None:
    """A flat stream has the fields of the line, but the list that it takes apart, and those chosen from the header."""
    flat = {"type": "object", "properties": {"OrderID": TEXT, "Text": TEXT, "Quantity": TEXT}}
    source = Source("Line", {"OrderID": ("Order", "OrderID"), "Day": ("Order", "Day")}, without=frozenset({"Splits"}))
    assert compared(tmp_path, flat, source=source).faults == [
        "Day: Xero's type Order has no field Day any more",
        "Quantity: string here, number in Xero's description",
        "Order: missing, object of Line",
    ]


def test_a_type_that_xero_has_removed_is_a_fault(tmp_path: Path) -> None:
    """Without the type of a stream nothing is compared, and that cannot pass."""
    comparison = compared(tmp_path, schema_of_order(), source=Source("Ordr"))
    assert comparison.faults == ["Xero's description has no object type Ordr.", "nothing could be compared"]


def test_streams_and_files_must_match(tmp_path: Path) -> None:
    """A schema of an unknown stream is a fault, and so is a stream without a schema."""
    (tmp_path / "receipts.json").write_text(json.dumps(schema_of_order()), encoding="utf-8")
    found = compare_all(Description.read(described(tmp_path)), tmp_path, {"orders": Source("Order")})
    assert found["orders"].faults == ["there is no schema"]
    assert found["receipts"].faults == ["no type of Xero's is known for this stream: add it to schemas_facts.py"]


def test_references_are_followed(tmp_path: Path) -> None:
    """Schemas may take parts from files in shared/, whole or by a pointer into them."""
    schema = schema_of_order()
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "order.json").write_text(json.dumps(schema), encoding="utf-8")
    schema["properties"]["Total"] = {"$ref": "order.json#/properties/Total"}
    for name, content in (("orders", schema), ("cash_orders", {"$ref": "order.json"})):
        (tmp_path / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
    sources = {"orders": Source("Order"), "cash_orders": Source("Order")}
    found = compare_all(Description.read(described(tmp_path)), tmp_path, sources)
    assert [(comparison.faults, comparison.compared) for comparison in found.values()] == [([], 13)] * 2


def test_the_report_says_what_was_compared(tmp_path: Path) -> None:
    """Streams, types and numbers of fields are told, so that a comparison of nothing is seen."""
    (tmp_path / "orders.json").write_text(json.dumps(schema_of_order()), encoding="utf-8")
    found = compare_all(Description.read(described(tmp_path)), tmp_path, {"orders": Source("Order")})
    lines = list(report(found))
    assert lines[:2] == ["orders (Order): 13 fields compared", "  beyond: TenantID"]
    assert lines[-1] == "1 streams, 13 fields compared, 1 kinds of fields beyond, 0 faults."


@pytest.mark.parametrize(("lacking", "status"), [((), 0), (("Total",), 1)])
def test_the_exit_status_tells_a_complete_schema_from_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lacking: tuple[str, ...], status: int
) -> None:
    """The command succeeds only when no schema has a fault."""
    schema = schema_of_order()
    for name in lacking:
        del schema["properties"][name]
    (tmp_path / "orders.json").write_text(json.dumps(schema), encoding="utf-8")
    monkeypatch.setattr(schemas_check, "SCHEMAS", tmp_path)
    monkeypatch.setattr(schemas_check, "SOURCES", {"orders": Source("Order")})
    assert main([str(described(tmp_path))]) == status


def test_nothing_compared_does_not_pass(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without any stream the command fails."""
    monkeypatch.setattr(schemas_check, "SCHEMAS", tmp_path)
    monkeypatch.setattr(schemas_check, "SOURCES", {})
    assert main([str(described(tmp_path))]) == 1


@pytest.mark.parametrize(
    "text", ["", "orders", "[1, 2]", "{", "components: {schemas: {A: {}}}", "openapi: 3.0.0\ncomponents: {schemas: {}}"]
)
def test_a_file_that_is_no_openapi_description_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    """Another file ends the command with status 2 and a sentence that names it."""
    path = described(tmp_path, text)
    assert main([str(path)]) == 2
    assert str(path) in capsys.readouterr().err


def test_a_file_that_is_not_there_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A mistyped path ends the command with status 2 and a sentence that names it."""
    assert main([str(tmp_path / "none.yaml")]) == 2
    assert "none.yaml cannot be read" in capsys.readouterr().err


def test_every_schema_has_a_source() -> None:
    """The script knows where Xero describes each stream that has a schema."""
    assert set(SOURCES) == {file.stem for file in schemas_check.SCHEMAS.glob("*.json")}
