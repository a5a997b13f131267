"""The part of Xero's ``where`` language that readers use: comparisons joined by AND."""

from __future__ import annotations

import datetime as dt
import operator
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from local_xero.documents import Document
from local_xero.wire import ms_of

Predicate = Callable[[Document], bool]

_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "=": operator.eq,
    "!=": operator.ne,
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}
_CONDITION = re.compile(
    r"""\s*\(?\s*([A-Za-z][A-Za-z.]*)\s*(==|!=|>=|<=|=|>|<)\s*
    (DateTime\([\d,\s]+\)|Guid\("[^"]*"\)|"[^"]*"|null|true|false|-?\d+(?:\.\d+)?)\s*\)?\s*(?:(?:AND|&&)|$)""",
    re.IGNORECASE | re.VERBOSE,
)


class QueryParseError(ValueError):
    """The ``where`` text is not understood."""


def parse_where(text: str) -> Predicate:
    """Turn ``Date >= DateTime(2024,01,01) AND Status=="PAID"`` into a predicate.

    Raises:
        QueryParseError: when the text is outside this subset.
    """
    conditions: list[Predicate] = []
    position = 0
    while position < len(text):
        match = _CONDITION.match(text, position)
        if not match:
            raise QueryParseError(text)
        conditions.append(_condition(match[1], match[2], _literal(match[3])))
        position = match.end()
    return lambda document: all(condition(document) for condition in conditions)


def _condition(field: str, sign: str, wanted: object) -> Predicate:
    compare = _COMPARISONS[sign]

    def holds(document: Document) -> bool:
        value = document.field(field)
        if wanted is None or value is None:
            return compare(value, wanted) if sign in ("==", "=", "!=") else False
        if isinstance(wanted, str) and isinstance(value, str):
            return compare(value.lower(), wanted.lower())
        try:
            return compare(value, wanted)
        except TypeError:
            return False

    return holds


def _literal(text: str) -> object:
    lowered = text.lower()
    if lowered.startswith("datetime"):
        parts = [int(part) for part in re.findall(r"\d+", text)]
        try:
            return ms_of(dt.datetime(*parts, tzinfo=dt.timezone.utc))  # type: ignore[misc, arg-type]  # 3 to 6 parts
        except (TypeError, ValueError) as error:
            raise QueryParseError(text) from error
    if lowered.startswith("guid"):
        return text[6:-2]
    if text.startswith('"'):
        return text[1:-1]
    words: dict[str, object] = {"null": None, "true": True, "false": False}
    return words[lowered] if lowered in words else Decimal(text)
