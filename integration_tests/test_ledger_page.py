"""``docs/ledger.md`` shows what its queries find, and the dbt package describes the tables and columns that it builds."""

from __future__ import annotations

import importlib.util
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from integration_tests.ledger_page import AS_OF, PAGE, found, land_demo, shown
from integration_tests.postgres import postgres_programs, postgres_server
from integration_tests.warehouse import Warehouse, duckdb_warehouse, postgres_warehouse

pytestmark = [
    pytest.mark.slow,  # lands the demo company and builds every model, in two databases: two minutes
    pytest.mark.skipif(
        importlib.util.find_spec("airbyte") is None,
        reason="PyAirbyte is not installed: it supports Python 3.10 to 3.12",
    ),
]

TYPES = {"string": "char|text", "date": "date", "decimal": "dec|numeric", "integer": "int", "boolean": "bool"}
"""The types of the drawings, and what the databases call them."""


@pytest.fixture(scope="module")
def landed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Land the company of the page."""
    return land_demo(tmp_path_factory.mktemp("landed"))


@pytest.fixture(scope="module", params=["duckdb", "postgres"])
def warehouse(
    landed: Path, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Warehouse]:
    """Build its ledger, as the page says."""
    folder, programs = tmp_path_factory.mktemp("ledger"), postgres_programs()
    with ExitStack() as stack:
        if request.param == "duckdb":
            made = duckdb_warehouse(landed, folder)
        elif programs is None:
            pytest.skip("PostgreSQL's programs and the package psycopg are needed")
        else:
            made = postgres_warehouse(landed, folder, stack.enter_context(postgres_server(programs)), "ledger")
        assert made.dbt("build", *AS_OF).failures == {}
        yield made


@dataclass(frozen=True)
class Model:
    """A model of the package: what is said of it, and the columns that its SQL gives with the database's types."""

    description: str
    described: Mapping[str, str]
    built: Mapping[str, str]


@pytest.fixture(scope="module")
def models(warehouse: Warehouse) -> dict[str, Model]:
    """Run ``dbt docs generate``, and read what it leaves."""
    generated = warehouse.dbt("docs generate", *AS_OF)
    assert generated.status == 0, generated.output
    folder = warehouse.folder / "dbt" / "dbt"
    manifest, catalog = (json.loads((folder / name).read_text("utf-8")) for name in ("manifest.json", "catalog.json"))
    nodes = {key: node for key, node in manifest["nodes"].items() if node["resource_type"] == "model"}
    return {
        node["name"]: Model(
            node["description"],
            {name: column["description"] for name, column in node["columns"].items()},
            {name: column["type"] for name, column in catalog["nodes"][key]["columns"].items()}
            if key in catalog["nodes"]
            else dict.fromkeys(columns_of(warehouse, node["compiled_code"]), ""),
        )
        for key, node in nodes.items()
    }


def columns_of(warehouse: Warehouse, sql: str) -> list[str]:
    """Ask for the columns of a query: of a model that is no table, but a part of others."""
    with warehouse.connection() as connection:
        nothing = connection.execute(f"select * from ({sql}) as model limit 0")  # noqa: S608 - no input: the SQL is a model of this project
        return [column[0] for column in nothing.description]


def test_queries_find_what_the_page_shows(warehouse: Warehouse) -> None:
    """Every query of the page runs in each database, and what the page shows is what it finds."""
    page = PAGE.read_text(encoding="utf-8")
    assert shown(page)
    for query, told in shown(page):
        assert found(warehouse, query) == told, query
    queries = re.findall(r"^```sql\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    assert [query for query in queries if not found(warehouse, query)] == []


def test_every_model_and_column_is_described(models: dict[str, Model]) -> None:
    """Each model says what it is; the columns that are described are those that it has, no more and no fewer."""
    assert [name for name, model in models.items() if not model.description] == []
    for name, model in models.items():
        assert model.described.keys() == model.built.keys(), name
        assert [column for column, told in model.described.items() if not told] == [], name


def test_types_in_the_drawings_are_those_of_the_tables(models: dict[str, Model]) -> None:
    """Each column in a box has the type of the table."""
    for name, box in re.findall(r"^  (\w+) \{\n(.*?)^  \}\n", PAGE.read_text("utf-8"), re.DOTALL | re.MULTILINE):
        for kind, column in re.findall(r"^    (\w+) (\w+)", box, re.MULTILINE):
            assert re.search(TYPES[kind], models[name].built[column], re.IGNORECASE), (name, column)
