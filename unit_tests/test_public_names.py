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
XERO = [name for name in MODULES if name.startswith("source_xero_gl.xero")]
STREAMS = [name for name in MODULES if name.startswith("source_xero_gl.streams")]
TOP = ["source", "run", "connection", "probes", "failures", "output"]


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


@pytest.mark.parametrize("name", XERO)
def test_the_xero_side_imports_itself_alone(name: str) -> None:
    """What knows HTTP knows nothing of streams, settings or the source."""
    assert {found for found in imported(name) if not found.startswith("source_xero_gl.xero")} == set()


@pytest.mark.parametrize("name", ["source_xero_gl.xero.dates", "source_xero_gl.xero.errors"])
def test_dates_and_errors_stand_alone(name: str) -> None:
    """What everything may use uses nothing of ours."""
    assert imported(name) == set()


@pytest.mark.parametrize("name", STREAMS)
def test_streams_do_not_import_what_wires_them(name: str) -> None:
    """Imports go from the source to the streams, never back."""
    assert imported(name) & {"source_xero_gl", *(f"source_xero_gl.{module}" for module in TOP)} == set()


@pytest.mark.parametrize(
    "name", ["source_xero_gl.config", "source_xero_gl.environment", "source_xero_gl.specification"]
)
def test_settings_do_not_import_what_uses_them(name: str) -> None:
    """Settings know the Xero side's dates and errors, and neither streams nor the source."""
    allowed = {"source_xero_gl.specification", "source_xero_gl.xero.dates", "source_xero_gl.xero.errors"}
    assert imported(name) <= allowed
