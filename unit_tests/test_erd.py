"""The drawings of tables and joins name streams, keys and fields that exist, and the joins that they promise work."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from airbyte_cdk.sources.utils.schema_helpers import ResourceSchemaLoader

from source_xero_gl.streams import STREAMS
from unit_tests.test_docs import blocks, codes, selected, table

PAGE = Path(__file__).resolve().parents[1] / "docs" / "erd.md"
BY_NAME = {stream.name: stream for stream in STREAMS}
SCHEMAS: dict[str, dict[str, Any]] = {
    name: ResourceSchemaLoader("source_xero_gl").get_schema(name) for name in sorted(BY_NAME)
}

SOURCE_TYPES = {
    *("ACCREC", "ACCPAY", "ACCRECCREDIT", "ACCPAYCREDIT"),
    *("ACCRECPAYMENT", "ACCPAYPAYMENT", "ARCREDITPAYMENT", "APCREDITPAYMENT"),
    *("ARPREPAYMENT", "APPREPAYMENT", "AROVERPAYMENT", "APOVERPAYMENT"),
    *("CASHREC", "CASHPAID", "TRANSFER", "MANJOURNAL", "EXPCLAIM", "EXPPAYMENT"),
    *("PAYSLIP", "WAGEPAYABLE", "INTEGRATEDPAYROLLPE", "INTEGRATEDPAYROLLPT", "INTEGRATEDPAYROLLPTPAYMENT"),
    *("INTEGRATEDPAYROLLCN", "EXTERNALSPENDMONEY"),
}
"""Source types of journals: https://developer.xero.com/documentation/api/accounting/types."""

PAYMENT_TYPES = {
    **dict.fromkeys(("ACCRECPAYMENT", "ACCPAYPAYMENT"), "invoices"),
    **dict.fromkeys(("ARCREDITPAYMENT", "APCREDITPAYMENT"), "credit_notes"),
    **dict.fromkeys(("ARPREPAYMENTPAYMENT", "APPREPAYMENTPAYMENT"), "prepayments"),
    **dict.fromkeys(("AROVERPAYMENTPAYMENT", "APOVERPAYMENTPAYMENT"), "overpayments"),
}
"""Payment types, from the same page, and what their names say that they pay."""

UNIQUE_CODES = {("accounts", "Code"), ("items", "Code")}
"""Fields beside the keys that are unique within an organisation."""


class Attribute(NamedTuple):
    """A field in the box of an entity."""

    type: str
    name: str
    keys: str


@dataclass(frozen=True)
class Relation:
    """A line of a drawing: ``many`` fields of ``left`` each find rows of ``right``."""

    left: str
    cardinality: str
    right: str
    label: str

    @property
    def paths(self) -> list[str]:
        """Fields of the table on the left."""
        return re.split(r" and | or |, ", self.label.partition(" = ")[0])

    @property
    def targets(self) -> list[str]:
        """Fields of the table on the right: named behind ``=``, or called as on the left."""
        named = self.label.partition(" = ")[2]
        return [named] if named else [path.rpartition(".")[2] for path in self.paths]

    @property
    def leads_to_many(self) -> bool:
        """Whether a row on the left may lead to several rows on the right."""
        return "[]" in self.label or ", " in self.label


ENTITY = re.compile(r"^  (\w+) \{\n(.*?)^  \}\n", re.DOTALL | re.MULTILINE)
RELATION = re.compile(r'^  (\w+) (\S+--\S+) (\w+) : "(.+)"\n', re.MULTILINE)
ATTRIBUTE = re.compile(r'    (\w+) (\w+)(?: ((?:PK|FK)(?:, FK)?))?(?: "[^"]+")?')


def attributes(lines: str) -> list[Attribute]:
    """Return the fields in the box of an entity; a line that is none fails."""
    found = []
    for line in lines.splitlines():
        match = ATTRIBUTE.fullmatch(line)
        assert match, line
        found.append(Attribute(match[1], match[2], match[3] or ""))
    return found


DRAWINGS = blocks(PAGE, "mermaid")
BOXES = [(name, attributes(lines)) for drawing in DRAWINGS for name, lines in ENTITY.findall(drawing)]
ENTITIES = dict(BOXES)
RELATIONS = [Relation(*found) for drawing in DRAWINGS for found in RELATION.findall(drawing)]
EACH_ENTITY = pytest.mark.parametrize("name", ENTITIES)
EACH_RELATION = pytest.mark.parametrize("relation", RELATIONS, ids=lambda line: f"{line.left}-{line.right}")


def field(stream: str, path: str) -> dict[str, Any] | None:
    """Return the schema of a field of a stream, None when there is none; ``[]`` stands behind lists, and only there."""
    found = SCHEMAS[stream]
    for part in path.split("."):
        found = found.get("properties", {}).get(part.removesuffix("[]"))
        if found is None or ("array" in found["type"]) != part.endswith("[]"):
            return None
        found = found.get("items", found)
    return found


def names(schema: dict[str, Any]) -> set[str]:
    """Return the names of all fields of a schema, at every depth."""
    inner = schema.get("items", schema).get("properties", {})
    return set(inner).union(*(names(below) for below in inner.values()))


def short_type(schema: dict[str, Any]) -> str:
    """Return the type of a field as the drawings call it."""
    (kind,) = {schema["type"]} if isinstance(schema["type"], str) else set(schema["type"]) - {"null"}
    return {"date": "date", "date-time": "timestamp"}.get(schema.get("format", ""), str(kind))


def test_every_line_of_a_drawing_is_understood() -> None:
    """A drawing consists of boxes and lines that these tests read; nothing in it goes unchecked."""
    for drawing in DRAWINGS:
        head, rest = drawing.split("\n", 1)
        assert head == "erDiagram"
        assert RELATION.sub("", ENTITY.sub("", rest)) == ""


def test_every_stream_has_one_box() -> None:
    """Each stream is drawn with its fields exactly once, and nothing else is."""
    assert sorted(name for name, _ in BOXES) == sorted(BY_NAME)


@EACH_ENTITY
def test_fields_of_a_box_are_those_of_the_schema(name: str) -> None:
    """Each field in a box exists in the stream, with this type."""
    found = {attribute.name: field(name, attribute.name) for attribute in ENTITIES[name]}
    assert [path for path, schema in found.items() if schema is None] == []
    told = {attribute.name: attribute.type for attribute in ENTITIES[name]}
    assert told == {path: short_type(schema) for path, schema in found.items() if schema}


@EACH_ENTITY
def test_primary_keys_are_those_of_the_streams(name: str) -> None:
    """What is marked PK is, with TenantID before it, the primary key; TenantID itself is not drawn."""
    told = tuple(attribute.name for attribute in ENTITIES[name] if attribute.keys.startswith("PK"))
    assert ["TenantID", *told] == BY_NAME[name].primary_key
    assert "drawings leave `TenantID` out" in " ".join(PAGE.read_text(encoding="utf-8").split())


@EACH_ENTITY
def test_foreign_keys_are_drawn_as_lines(name: str) -> None:
    """A field marked FK starts a line, but for SourceID, which a table explains; a line from a drawn field is marked."""
    told = {attribute.name for attribute in ENTITIES[name] if attribute.keys.endswith("FK")}
    started = {path for relation in RELATIONS if relation.left == name for path in relation.paths}
    assert told - {"SourceID"} == started & {attribute.name for attribute in ENTITIES[name]}


@EACH_RELATION
def test_lines_join_fields_that_exist(relation: Relation) -> None:
    """Both ends of a line are streams, and the fields on it exist there with the same type."""
    assert {relation.left, relation.right} <= BY_NAME.keys()
    left = [field(relation.left, path) for path in relation.paths]
    right = [field(relation.right, path) for path in relation.targets]
    assert {short_type(schema or {"type": "missing"}) for schema in left} <= {"string", "timestamp"}
    assert {short_type(schema or {"type": "missing"}) for schema in right} <= {"string", "timestamp"}


@EACH_RELATION
def test_lines_lead_to_one_row(relation: Relation) -> None:
    """The field on the right names one row of an organisation, so that a join repeats no row on the left by accident."""
    key = BY_NAME[relation.right].key
    (target, *others) = relation.targets
    assert target == key[0] or (relation.right, target) in UNIQUE_CODES
    assert len(key) == 1
    assert others in ([], ["UpdatedDateUTC"])


@EACH_RELATION
def test_ends_of_lines_say_how_many(relation: Relation) -> None:
    """A list, or two fields, may lead to many rows; one field to one at most."""
    left, right = relation.cardinality.split("--")
    assert left in {"}o", "|o"}
    assert right in ({"o{"} if relation.leads_to_many else {"o|", "||"})


def test_source_types_are_all_told() -> None:
    """The table of source types names each type of Xero's documentation once, and no other."""
    told = [name for row in table(PAGE, "SourceType") for name in codes(row[0])]
    assert sorted(told) == sorted(SOURCE_TYPES)


def test_source_ids_lead_to_primary_keys() -> None:
    """Each source type leads to the ID of a stream, or says that there is no stream."""
    for row in table(PAGE, "SourceType"):
        targets = [tuple(code.split(".")) for code in codes(row[2])]
        assert targets or row[2] == "no stream"
        assert [target for target in targets if target[1:] != BY_NAME[target[0]].key] == []


def test_payment_types_lead_to_what_they_pay() -> None:
    """The table of payment types names each type of Xero's documentation, with the stream that has what it pays."""
    rows = table(PAGE, "PaymentType")
    assert {name: codes(row[1]) for row in rows for name in codes(row[0])} == {
        name: [stream] for name, stream in PAYMENT_TYPES.items()
    }


def test_shared_fields_stand_in_every_stream_that_is_told() -> None:
    """The table of shared fields names for each field all streams that have it, and a field of the stream it leads to."""
    for path, streams, target in ((codes(row[0])[0], codes(row[1]), codes(row[2])[0]) for row in table(PAGE, "Field")):
        stream, _, name = target.partition(".")
        assert sorted(streams) == [other for other in SCHEMAS if field(other, path) and other != stream], path
        assert name in BY_NAME[stream].primary_key or (stream, name) in UNIQUE_CODES


def test_fields_in_the_text_exist() -> None:
    """Every path to a nested field that the text names leads to one in some stream, and every ID is a field somewhere."""
    told = codes(re.sub(r"```.*?```", "", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL))
    paths = {name for name in told if re.match(r"[A-Z]\w*(\[\])?\.", name)}
    assert [path for path in sorted(paths) if not any(field(stream, path) for stream in SCHEMAS)] == []
    known = set[str]().union(*map(names, SCHEMAS.values()))
    ids = {name for name in told if re.fullmatch(r"[A-Z]+[a-z]\w*I[Dd]", name)}
    assert ids - known == set()


def test_example_joins_within_each_organisation() -> None:
    """Two organisations with the same IDs get their own names and numbers; a line of a payment finds no invoice."""
    line = {"journaldate": "2026-10-31", "accountid": "a", "sourceid": "i", "sourcetype": "ACCREC"}
    lines = [{"tenantid": tenant, **line, "netamount": amount} for tenant, amount in (("one", 1), ("two", 2))]
    lines.append({**lines[0], "sourcetype": "ACCRECPAYMENT", "netamount": 3})
    (query,) = blocks(PAGE, "sql")
    found = selected(
        query,
        journal_lines=lines,
        accounts=[{"tenantid": tenant, "accountid": "a", "name": f"Sales {tenant}"} for tenant in ("one", "two")],
        invoices=[{"tenantid": name, "invoiceid": "i", "invoicenumber": f"INV-{name}"} for name in ("one", "two")],
    )
    assert [(row["account"], row["netamount"], row["invoicenumber"]) for row in found] == [
        ("Sales one", 1, "INV-one"),
        ("Sales two", 2, "INV-two"),
        ("Sales one", 3, None),
    ]
