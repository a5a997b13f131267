"""The page of the ledger says what the dbt package has: tables, variables, rules, hints, verdicts, tests, joins."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from unit_tests.test_docs import NOTHING, ROOT, blocks, codes, table, text
from unit_tests.test_erd import ENTITY, RELATION, Relation, attributes

PAGE = ROOT / "docs" / "ledger.md"
PACKAGE = ROOT / "dbt"
MARTS: dict[str, Any] = {
    model["name"]: model for model in yaml.safe_load(text(PACKAGE / "models" / "marts" / "_marts.yml"))["models"]
}
DRAWINGS = blocks(PAGE, "mermaid")
BOXES = {name: attributes(lines) for drawing in DRAWINGS for name, lines in ENTITY.findall(drawing)}
RELATIONS = [Relation(*found) for drawing in DRAWINGS for found in RELATION.findall(drawing)]


def columns(mart: str) -> set[str]:
    """Return the columns of a mart."""
    return {column["name"] for column in MARTS[mart]["columns"]}


def key(mart: str) -> set[str]:
    """Return what makes a row of a mart unique beside its organisation; tracking options set aside."""
    (test,) = MARTS[mart]["data_tests"]
    return set(test["row_key"]["arguments"]["columns"]) - {"tenantid"}


def accepted(mart: str, column: str) -> list[str]:
    """Return the values that a column of a mart may have."""
    (found,) = (each for each in MARTS[mart]["columns"] if each["name"] == column)
    values: list[str] = found["data_tests"][-1]["accepted_values"]["arguments"]["values"]
    return values


def sql(folder: str) -> str:
    """Return all SQL of a folder of the package."""
    return "\n".join(text(path) for path in sorted((PACKAGE / folder).rglob("*.sql")))


def model(name: str) -> Path:
    """Return the file of a model."""
    (path,) = (PACKAGE / "models").rglob(f"{name}.sql")
    return path


def test_every_mart_is_listed() -> None:
    """The table of tables names every mart once."""
    named = [codes(row[0])[0] for row in table(PAGE, "Table")]
    assert sorted(named) == sorted(path.stem for path in (PACKAGE / "models" / "marts").glob("*.sql")) == sorted(MARTS)


@pytest.mark.parametrize("name", MARTS)
def test_every_mart_answers_a_question(name: str) -> None:
    """The section to which the table leads has a query of the mart."""
    (link,) = (row[2] for row in table(PAGE, "Table") if codes(row[0]) == [name])
    question = re.findall(r"\[(.+)\]", link)[0]
    section = text(PAGE).split(f"\n### {question}\n")[1].split("\n#")[0]
    assert f"from xero_gl.{name}\n" in section


def test_variables_are_those_of_the_package() -> None:
    """Each variable stands in the page once, with its default."""
    told = {codes(row[0])[0]: row[1].strip("`") for row in table(PAGE, "Variable")}
    variables = yaml.safe_load(text(PACKAGE / "dbt_project.yml"))["vars"]["xero_gl"]
    defaults = {name: NOTHING if value is None else f"{value}" for name, value in variables.items()}
    assert {name: value.lower() for name, value in defaults.items()} == told


def test_rules_are_in_the_models_that_are_named() -> None:
    """Rules are numbered without a gap, and the first comment of a model has the numbers of its rules."""
    rows = table(PAGE, "Rule")
    assert [row[0] for row in rows] == [f"R{number}" for number in range(1, len(rows) + 1)]
    for number, row in enumerate(rows, 1):
        for name in codes(row[4]):
            comment = re.findall(r"^-- (R\d.*?):", text(model(name)), re.MULTILINE)[0]
            first, *others = map(int, re.findall(r"R(\d+)", comment))
            assert number in (range(first, others[0] + 1) if "-" in comment else {first, *others}), name


def test_kinds_of_lines_are_those_of_the_models() -> None:
    """The page names each value of the column ``rule``."""
    posted = set(re.findall(r"xero_gl\.posting\(\s*'([^']+)'", sql("models")))
    (told,) = re.findall(r"The column `rule` of a line says(.*?)\. IDs", " ".join(text(PAGE).split()))
    assert sorted(codes(told)) == sorted(posted | {"trial balance"})


def test_hints_are_those_of_the_reconciliation() -> None:
    """Each hint says what it is and what to do; a line without one as well."""
    assert [row[0] for row in table(PAGE, "Hint")] == [*accepted("reconciliation", "hint"), "none"]


def test_verdicts_are_those_of_the_check() -> None:
    """Each verdict on a rule is explained."""
    given = re.findall(r"""(?:then|else) (?:\{\{.*?"([^"]+)".*?\}\}|'([^']+)')""", text(model("rule_check")))
    assert sorted(row[0] for row in table(PAGE, "Verdict")) == sorted(quoted or plain for quoted, plain in given)


def test_tests_that_are_named_exist() -> None:
    """What the page says that can fail is a test of the package, and *fails* is said of no warning."""
    seen = [row[0].partition(" fails") for row in table(PAGE, "What you see")]
    named = [name for tests, fails, _ in seen if fails for name in codes(tests)]
    assert named
    for name in named:
        assert "severity='warn'" not in text(PACKAGE / "tests" / f"{name}.sql"), name


def test_sentences_of_the_build_are_those_of_the_package() -> None:
    """The beginnings of sentences that the page quotes are in the package's macros."""
    quoted = [part for row in table(PAGE, "What you see") for part in re.findall(r"\*([^*]+)…", row[0])]
    macros = sql("macros")
    assert quoted
    assert [part for part in quoted if f'"{part.strip()}' not in macros] == []


def test_the_package_is_named_as_in_the_example() -> None:
    """Its place in ``packages.yml`` is that of the example for Fivetran's package, which is tested as it is."""
    assert blocks(PAGE, "yaml") == blocks(PACKAGE / "README.md", "yaml")
    (shown,) = blocks(PAGE, "yaml")
    assert text(PACKAGE / "examples" / "fivetran" / "packages.yml").startswith(shown)


def test_every_line_of_a_drawing_is_understood() -> None:
    """A drawing consists of boxes and lines that these tests read; each mart has one box."""
    for drawing in DRAWINGS:
        head, rest = drawing.split("\n", 1)
        assert head == "erDiagram"
        assert RELATION.sub("", ENTITY.sub("", rest)) == ""
    assert sorted(name for drawing in DRAWINGS for name, _ in ENTITY.findall(drawing)) == sorted(MARTS)


@pytest.mark.parametrize("name", BOXES)
def test_a_box_has_columns_of_its_mart_and_its_key(name: str) -> None:
    """Each field in a box is a column, and what is marked PK is the key of the mart's test."""
    told = BOXES[name]
    assert {field.name for field in told} <= columns(name)
    assert {field.name for field in told if field.keys} == key(name)


@pytest.mark.parametrize("relation", RELATIONS, ids=lambda line: f"{line.left}-{line.right}")
def test_lines_join_by_columns_of_both(relation: Relation) -> None:
    """Both marts have the columns on a line, and one row is promised where these, with the organisation, are the key."""
    joined = set(relation.paths)
    assert joined <= columns(relation.left) & columns(relation.right)
    for mart, end in zip((relation.left, relation.right), relation.cardinality.split("--"), strict=True):
        optional = MARTS[mart]["data_tests"][0]["row_key"]["arguments"].get("optional")
        is_key = joined - {"tenantid"} == key(mart) and not optional
        assert (end in {"|o", "o|", "||"}) == is_key, mart


def test_queries_say_in_which_order() -> None:
    """A query that finds several rows has an order, so that every database shows the same."""
    found = re.findall(r"^```sql\n(.*?)^```\n\n```text\n(.*?)^```$", text(PAGE), re.DOTALL | re.MULTILINE)
    assert found
    assert [query for query, answer in found if "order by" not in query and "(1 row)" not in answer] == []
