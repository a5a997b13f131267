"""What stands for dbt's own macros where sqlfluff reads the models: a call of a function with the same name and arguments."""

from __future__ import annotations

from collections.abc import Callable


def string_literal(value: str) -> str:
    """Quote a text."""
    return f"'{value}'"


def escape_single_quotes(value: str) -> str:
    """Double the quotes in a text."""
    return value.replace("'", "''")


def listagg(value: str, between: str, order: str) -> str:
    """Join texts in an order."""
    return f"string_agg({value}, {between} {order})"


def __getattr__(name: str) -> Callable[..., str]:
    return lambda *arguments: f"{name}({', '.join(map(str, arguments))})"
