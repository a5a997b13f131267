"""What the package shows, and which way its imports go."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import source_xero_gl

PACKAGE = Path(source_xero_gl.__file__).parent
MODULES = {
    ".".join(file.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__"): file
    for file in PACKAGE.rglob("*.py")
}

FLOORS = (
    ("run",),
    ("commands",),
    ("protocol",),
    ("source",),
    ("streams",),
    ("engine",),
    ("readers",),
    ("probes",),
    ("connection",),
    ("settings",),
    ("xero",),
    ("importing", "signals", "stdout", "wording"),
)
"""The house from above downwards: a room may use the rooms below it, and itself.

At the very bottom is what knows neither Xero nor Airbyte: how the process ends and writes, and how numbers are put into words.
"""

ROOMS = {room: level for level, floor in enumerate(FLOORS) for room in floor}


def room(name: str) -> str:
    """Return the folder, or the module at the top, in which a module is."""
    return name.split(".")[1] if "." in name else ""


def imported(name: str) -> set[str]:
    """Return the modules of the package that a module imports, also where it imports them for types or in a function."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(MODULES[name].read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name} imports relatively"
            names |= {node.module or ""} | {f"{node.module}.{alias.name}" for alias in node.names}
    return {found for found in names if found.split(".")[0] == "source_xero_gl" and found in MODULES}


def test_the_package_shows_the_source_alone() -> None:
    """There is one way in."""
    assert source_xero_gl.__all__ == ["SourceXeroGl"]
    assert source_xero_gl.SourceXeroGl.__name__ == "SourceXeroGl"


def test_the_modules_were_found() -> None:
    """The rules below look at something."""
    assert {"source_xero_gl", "source_xero_gl.source", "source_xero_gl.xero.client"} <= MODULES.keys()
    assert "source_xero_gl.xero.errors" in imported("source_xero_gl.xero.client")


@pytest.mark.parametrize("name", [name for name in MODULES if name != "source_xero_gl"])
def test_imports_go_down_the_house(name: str) -> None:
    """Every module is in a room of the house, and imports nothing from a room above or beside its own."""
    level = ROOMS[room(name)]
    others = {found for found in imported(name) if found != "source_xero_gl" and room(found) != room(name)}
    assert {found for found in others if ROOMS[room(found)] <= level} == set()


@pytest.mark.parametrize("name", [name for name in MODULES if room(name) in ("readers", "xero", "settings")])
def test_readers_and_what_lies_below_know_no_airbyte(name: str) -> None:
    """How lists are read, and how Xero is spoken to, needs nothing of the platform but its kinds of failure."""
    lines = MODULES[name].read_text(encoding="utf-8").splitlines()
    found = {line for line in lines if line.startswith(("from airbyte", "import airbyte"))}
    models = "from airbyte_cdk.models import AirbyteMessage, FailureType, StreamDescriptor"
    kinds = {
        models,
        "from airbyte_cdk.models import FailureType",
        "from airbyte_cdk.utils import AirbyteTracedException",
    }
    assert found <= (kinds if name.rpartition(".")[2].startswith("error") else set())


@pytest.mark.parametrize("name", ["source_xero_gl.xero.dates", "source_xero_gl.xero.errors"])
def test_dates_and_errors_stand_alone(name: str) -> None:
    """What everything may use uses nothing of ours."""
    assert imported(name) == set()
