"""Filling in the HTML templates. Every value is escaped, but for what another template has made."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from html import escape
from pathlib import Path
from string import Template


class Html(str):
    """HTML that is ready: its values have been escaped."""

    __slots__ = ()


def fill(template: str, /, **values: object) -> Html:
    """Return a template with its values in place.

    Args:
        template: name of a file in ``templates/``, without ``.html``.
        values: for its ``$names``; one that is missing is a KeyError.
    """
    return Html(_template(template).substitute({key: _escaped(value) for key, value in values.items()}))


def joined(parts: Iterable[Html]) -> Html:
    """Return parts one after another."""
    return Html("".join(parts))


def flag(name: str, *, on: bool) -> Html:
    """Return an attribute that is there or not, such as ``checked``."""
    return Html(name if on else "")


@cache
def _template(name: str) -> Template:
    return Template(Path(__file__).with_name("templates").joinpath(f"{name}.html").read_text(encoding="utf-8"))


def _escaped(value: object) -> str:
    return value if isinstance(value, Html) else escape(str(value))
