"""Filters of a list besides ``where``: lists of values, date ranges, hidden records, the header."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from local_xero.documents import Document
from local_xero.endpoints import Endpoint
from local_xero.http import Request
from local_xero.wire import ms_of


def visible(rows: Iterable[Document], endpoint: Endpoint, request: Request) -> list[Document]:
    """Leave out what the list hides."""
    hidden = endpoint.hidden
    if hidden is None or (hidden.unless and request.flag(hidden.unless)):
        return list(rows)
    return [document for document in rows if document.field(hidden.field) != hidden.status]


def chosen(rows: list[Document], endpoint: Endpoint, query: Mapping[str, str]) -> list[Document]:
    """Apply the parameters that name values, such as ``IDs`` or ``Status``."""
    for name, field in endpoint.filters.items():
        if name in query:
            wanted = {value.lower() for value in _split(query[name])}
            rows = [d for d in rows if str(d.field(field or endpoint.id_field)).lower() in wanted]
    return rows


def within(rows: list[Document], endpoint: Endpoint, query: Mapping[str, str]) -> list[Document]:
    """Apply ``DateFrom`` and ``DateTo`` and their like, both inclusive; what is no date does nothing."""
    for name in endpoint.dates:
        first, last = _day_ms(query.get(f"{name}From")), _day_ms(query.get(f"{name}To"))
        if first is not None:
            rows = [d for d in rows if (d.field(name) or 0) >= first]
        if last is not None:
            rows = [d for d in rows if (d.field(name) or 0) <= last]
    return rows


def _day_ms(text: str | None) -> int | None:
    try:
        return ms_of(dt.date.fromisoformat(text)) if text else None
    except ValueError:
        return None


def _split(text: str) -> list[str]:
    return [part.strip().strip('"') for part in text.split(",") if part.strip()]
