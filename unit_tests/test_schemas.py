"""The schema files describe every field of the streams in one manner."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from airbyte_cdk.sources.utils.schema_helpers import ResourceSchemaLoader
from jsonschema import Draft7Validator

from source_xero_gl.engine.flat import REFERENCES, FlatStream
from source_xero_gl.streams import STREAMS as DECLARED

SCHEMAS = Path(__file__).resolve().parents[1] / "schemas"
STREAMS = sorted(file.stem for file in SCHEMAS.glob("*.json"))
SHARED = sorted(file.stem for file in (SCHEMAS / "shared").glob("*.json"))
FILES = [*STREAMS, *(f"shared/{name}" for name in SHARED)]

KEYS = {stream.name: stream.key for stream in DECLARED}
CURSORS = {stream.name: stream.cursor_field for stream in DECLARED if stream.cursor_field}

INTEGERS = {"JournalNumber", "LineNumber"}
DATE = {"type": ["null", "string"], "format": "date"}
INSTANT = {"type": ["null", "string"], "format": "date-time", "airbyte_type": "timestamp_with_timezone"}
SCALARS = {"boolean", "integer", "number", "string"}
USES = ["Invoice", "CreditNote", "Prepayment", "Overpayment"]
FLAT = {
    "journal_lines": ("journal_line", "JournalLineID", ["TrackingCategories"]),
    "cash_journal_lines": ("journal_line", "JournalLineID", ["TrackingCategories"]),
    "invoice_line_items": ("line_item", "InvoiceID", ["Tracking"]),
    "credit_note_line_items": ("line_item", "CreditNoteID", ["Tracking"]),
    "credit_note_allocations": ("allocation", "CreditNoteID", USES),
    "purchase_order_line_items": ("line_item", "PurchaseOrderID", ["Tracking"]),
    "quote_line_items": ("line_item", "QuoteID", ["Tracking"]),
    "repeating_invoice_line_items": ("line_item", "RepeatingInvoiceID", ["Tracking"]),
    "manual_journal_lines": ("manual_journal_line", "ManualJournalID", ["Tracking"]),
    "prepayment_line_items": ("line_item", "PrepaymentID", ["Tracking"]),
    "prepayment_allocations": ("allocation", "PrepaymentID", USES),
    "overpayment_line_items": ("line_item", "OverpaymentID", ["Tracking"]),
    "overpayment_allocations": ("allocation", "OverpaymentID", USES),
    "bank_transaction_line_items": ("line_item", "BankTransactionID", ["Tracking"]),
    "budget_lines": ("budget_line", "BudgetID", ["BudgetBalances"]),
}
"""Of each flat stream: the file of the nested line, the key of the flat one, and the fields whose place columns take."""


TRACKING = [f"Tracking{number}{part}" for number in (1, 2) for part in ("Name", "Option", "CategoryID", "OptionID")]
REPORT_FIELDS = ["TenantID", "Date", "LineNumber", "RowType", "Section", "AccountID", "Account", "UpdatedDateUTC"]

each_stream = pytest.mark.parametrize("name", STREAMS)


def load(name: str) -> dict[str, Any]:
    """Return the schema of a stream as the connector publishes it."""
    return dict(ResourceSchemaLoader("source_xero_gl").get_schema(name))


def text(file: str) -> str:
    """Return the text of a schema file."""
    return (SCHEMAS / f"{file}.json").read_text(encoding="utf-8")


def subschemas(schema: dict[str, Any], path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the path and the schema of every field and list item below `schema`."""
    for name, field in schema.get("properties", {}).items():
        yield f"{path}{name}", field
        yield from subschemas(field, f"{path}{name}.")
    if isinstance(schema.get("items"), dict):
        yield f"{path}[]", schema["items"]
        yield from subschemas(schema["items"], f"{path}[].")


def references(schema: Any) -> Iterator[str]:
    """Yield where a schema file refers to."""
    if isinstance(schema, dict):
        if isinstance(schema.get("$ref"), str):
            yield schema["$ref"]
        schema = list(schema.values())
    if isinstance(schema, list):
        for item in schema:
            yield from references(item)


def required(name: str) -> set[str]:
    """Return the fields of a stream that always have a value: its key, and the number of a journal."""
    return {"TenantID", *KEYS[name], *({"JournalNumber"} if CURSORS.get(name) == "JournalNumber" else ())}


def shape(field: dict[str, Any]) -> dict[str, Any]:
    """Return a field without its description, as one that may be null."""
    kind = field["type"]
    nullable = {**field, "type": ["null", kind] if isinstance(kind, str) else kind}
    return {key: value for key, value in nullable.items() if key != "description"}


def own_name(path: str) -> str:
    """Return the last name of a path."""
    return path.rsplit(".", 1)[-1]


def test_every_schema_belongs_to_a_stream() -> None:
    """No schema is left of a stream that is gone, and no stream is without one."""
    assert set(STREAMS) == {stream.name for stream in DECLARED}


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


@pytest.mark.parametrize("file", FILES)
def test_references_lead_to_shared_files(file: str) -> None:
    """Every reference names a file in shared/, and within that file something that is there."""
    for reference in references(json.loads(text(file))):
        target, _, pointer = reference.partition("#")
        found = json.loads(text(f"shared/{target.removesuffix('.json')}"))
        for part in filter(None, pointer.split("/")):
            found = found[part]
        assert found, reference


def test_every_shared_file_is_used() -> None:
    """No nested schema lies unused in the package: each can be reached from a stream."""
    reached: set[str] = set()
    waiting = set(STREAMS)
    while waiting:
        found = {reference for file in waiting for reference in references(json.loads(text(file)))}
        waiting = {f"shared/{reference.partition('.json')[0]}" for reference in found} - reached
        reached |= waiting
    assert reached == {f"shared/{name}" for name in SHARED}


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
    """Only the primary key and the number of a journal must have a value, and none must be present."""
    schema = load(name)
    assert {path for path, field in subschemas(schema) if "null" not in field["type"]} == required(name)
    assert [path for path, field in [("", schema), *subschemas(schema)] if "required" in field] == []


@each_stream
def test_keys_come_first(name: str) -> None:
    """TenantID, the rest of the key and the cursor lead the columns of a stream."""
    properties = list(load(name)["properties"])
    leading = required(name) | ({CURSORS[name]} if name in CURSORS else set())
    assert properties[0] == "TenantID"
    assert set(properties[: len(leading)]) == leading


@each_stream
def test_primary_keys_are_plain(name: str) -> None:
    """IDs and days are text, numbers of journals and lines are integers."""
    properties = load(name)["properties"]
    types = {key: properties[key]["type"] for key in required(name)}
    assert types == {key: "integer" if key in INTEGERS else "string" for key in types}


@each_stream
def test_names_in_utc_are_instants(name: str) -> None:
    """A field is an instant exactly when its name ends in UTC."""
    for path, field in subschemas(load(name)):
        is_instant = field.get("format") == "date-time"
        assert is_instant == own_name(path).endswith("UTC"), path
        assert not is_instant or shape(field) == INSTANT, path


@each_stream
def test_other_dates_are_calendar_dates(name: str) -> None:
    """A text field is a calendar date exactly when its name ends in Date; its twin in …String stays text."""
    for path, field in subschemas(load(name)):
        is_date = field.get("format") == "date"
        dated = own_name(path).endswith("Date") and "string" in shape(field)["type"]
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
    """Amounts, totals, prices and rates are numbers, never text."""
    money = (
        "Amount",
        "Total",
        "TotalTax",
        "Rate",
        "Price",
        "AmountDue",
        "AmountPaid",
        "AmountCredited",
        "Debit",
        "Credit",
    )
    for path, field in subschemas(load(name)):
        if own_name(path).endswith(money):
            assert shape(field) == {"type": ["null", "number"]}, path


@pytest.mark.parametrize("name", FLAT)
def test_flat_lines_carry_each_field_of_the_nested_line(name: str) -> None:
    """A flat line has every field of the nested line under its name and type, but for those whose place columns take."""
    nested, key, taken_apart = FLAT[name]
    flat = load(name)["properties"]
    line = load(f"shared/{nested}")["properties"]
    kinds = {kind for field in taken_apart for kind in line.pop(field)["type"]}
    assert kinds in ({"null", "array"}, {"null", "object"})
    for spelling in ("AccountId", "AllocationId"):  # other spellings, which flat lines do not have
        line.pop(spelling, None)
    assert {field: shape(flat[field]) for field in line} == {field: shape(line[field]) for field in line}
    assert not {*taken_apart, "AccountId", "AllocationId"} & flat.keys()
    assert flat[key]["type"] == "string"


@pytest.mark.parametrize("name", FLAT)
def test_flat_lines_carry_two_tracking_categories_side_by_side(name: str) -> None:
    """Name, option and their IDs stand in columns of text, for each of the two categories that Xero allows."""
    flat = load(name)["properties"]
    told = [field for field in flat if field.startswith("Tracking")]
    assert told == ([] if name.endswith("_allocations") else TRACKING)
    assert all(shape(flat[field]) == {"type": ["null", "string"]} for field in told)
    assert shape(flat["LineNumber"]) == {"type": ["null", "integer"]}


@pytest.mark.parametrize("name", ["journal_lines", "cash_journal_lines", "manual_journal_lines", "budget_lines"])
def test_lines_of_journals_and_budgets_need_no_unnesting(name: str) -> None:
    """Such a flat line holds neither lists nor objects."""
    kinds = {kind for field in load(name)["properties"].values() for kind in shape(field)["type"]}
    assert kinds <= {"null", *SCALARS}


@pytest.mark.parametrize(
    "stream", [stream for stream in DECLARED if stream.name in FLAT], ids=lambda stream: stream.name
)
def test_header_fields_of_flat_lines_are_those_of_the_nested_stream(stream: FlatStream) -> None:
    """What a flat line takes from its object keeps name and type; IDs, codes and names of what that refers to are text."""
    flat, nested = load(stream.name)["properties"], load(stream.nested.name)["properties"]
    own = [field for field in stream.header if field not in (*REFERENCES, stream.tracking_field)]
    assert [shape(flat[field]) for field in own] == [shape(nested[field]) for field in own]
    columns = [column for field in stream.header for column in REFERENCES.get(field, ())]
    assert [shape(flat[column]) for column in columns] == [{"type": ["null", "string"]}] * len(columns)


def test_months_of_a_budget_are_columns() -> None:
    """A flat budget has month and amount of a balance beside the account."""
    flat, balance = load("budget_lines")["properties"], load("shared/budget_balance")["properties"]
    assert {field: shape(flat[field]) for field in balance} == {field: shape(balance[field]) for field in balance}


@pytest.mark.parametrize(
    "name", ["journals", "journal_lines", "trial_balance_lines", "balance_sheet_lines", "profit_and_loss_lines"]
)
def test_cash_basis_has_the_same_fields(name: str) -> None:
    """Cash-basis journals and their lines, and reports, are described as those on accrual basis."""
    assert load(f"cash_{name}") == load(name)


@pytest.mark.parametrize(
    ("name", "amounts"),
    [
        ("trial_balance_lines", {"Debit", "Credit", "YTDDebit", "YTDCredit"}),
        ("balance_sheet_lines", {"Amount"}),
        ("profit_and_loss_lines", {"Amount"}),
        ("bank_summary_lines", {"OpeningBalance", "CashReceived", "CashSpent", "FXGain", "ClosingBalance"}),
    ],
)
def test_report_lines_hold_an_account_and_its_amounts(name: str, amounts: set[str]) -> None:
    """A line of a report names month end, position, section and account; its amounts are numbers."""
    properties = load(name)["properties"]
    assert set(properties) == {*REPORT_FIELDS, *amounts}
    assert all(shape(properties[amount]) == {"type": ["null", "number"]} for amount in amounts)


@pytest.mark.parametrize("file", FILES)
def test_files_are_formatted_alike(file: str) -> None:
    """Schema files are UTF-8 with an indent of two spaces and a newline at the end."""
    lines = text(file)
    assert lines.endswith("}\n")
    assert "\t" not in lines
    indents = {len(line) - len(line.lstrip(" ")) for line in lines.splitlines()}
    assert indents == set(range(0, max(indents) + 1, 2))


@pytest.mark.parametrize("name", STREAMS)
def test_columns_differ_in_more_than_case(name: str) -> None:
    """Warehouses that do not tell upper from lower case keep every top-level field in a column of its own."""
    columns = list(load(name)["properties"])
    assert len({column.lower() for column in columns}) == len(columns)
