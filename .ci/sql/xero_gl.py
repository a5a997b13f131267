"""The macros of the dbt package, for sqlfluff: as a model of DuckDB sees them before any table is looked at."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import yaml
from jinja2 import Environment

import dbt  # the module beside this one, which sqlfluff loads first

_PACKAGE = Path(__file__).resolve().parents[2] / "dbt"
_VARIABLES = yaml.safe_load((_PACKAGE / "dbt_project.yml").read_text(encoding="utf-8"))["vars"]["xero_gl"]


class _Returned(Exception):  # noqa: N818 - what dbt's return() carries out of a macro, no error
    """The value of a macro that returns one."""


def _return(value: Any) -> None:
    raise _Returned(value)


def _calls(macro: Callable[..., Any]) -> Callable[..., Any]:
    def call(*arguments: Any, **named: Any) -> Any:
        try:
            return macro(*arguments, **named)
        except _Returned as returned:
            return returned.args[0]

    return call


def _macros() -> dict[str, Callable[..., Any]]:
    macros: dict[str, Callable[..., Any]] = {}
    package = SimpleNamespace()
    environment = Environment(extensions=["jinja2.ext.do"])  # noqa: S701 - renders SQL, no page
    environment.globals |= {
        "adapter": SimpleNamespace(
            dispatch=lambda name, _: macros.get(f"duckdb__{name}") or macros[f"default__{name}"],
            quote=lambda name: f'"{name}"',
        ),
        "api": SimpleNamespace(
            Column=SimpleNamespace(create=lambda name, kind: SimpleNamespace(name=name, data_type=kind)),
            Relation=SimpleNamespace(create=lambda schema, identifier, **_: f"{schema}.{identifier}"),
        ),
        "dbt": dbt,
        "execute": False,
        "ref": lambda *names: names[-1],
        "return": _return,
        "target": SimpleNamespace(type="duckdb", database="xero"),
        "var": _VARIABLES.get,
        "xero_gl": package,
    }
    for path in sorted((_PACKAGE / "macros").glob("*.sql")):
        for name, macro in vars(environment.from_string(path.read_text(encoding="utf-8")).module).items():
            if callable(macro):
                macros[name] = _calls(macro)
    vars(package).update(macros)
    return macros


globals().update(_macros())
