"""What states of all readers share: a version, the organisation, and how numbers and instants are kept in them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from source_xero_gl.readers.errors import unreadable
from source_xero_gl.xero.dates import format_instant, parse_iso

VERSION = 1
"""Form of the states; raised when older ones cannot be read any more."""

VERSION_KEY, TENANT_KEY = "version", "TenantID"


def number_in(state: Mapping[str, Any], key: str, default: int | None = None) -> int:
    """Return a whole number of 0 or more from a state, or from a part of it; without a default it must be there.

    Raises:
        ReadingError: config, when the value is no such number.
    """
    value: object = state.get(key, default)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise unreadable(key)
    return value


def instant_in(state: Mapping[str, Any], key: str) -> int | None:
    """Return an instant from a state; None when it is absent or null.

    Raises:
        ReadingError: config, when the value is no date.
    """
    if state.get(key) is None:
        return None
    try:
        return parse_iso(state[key])
    except (TypeError, ValueError):
        raise unreadable(key) from None


def day_in(state: Mapping[str, Any], key: str) -> date | None:
    """Return a day from a state; None when it is absent or null.

    Raises:
        ReadingError: config, when the value is no date.
    """
    value = state.get(key)
    if value is None:
        return None
    try:
        day = date.fromisoformat(value)
    except (TypeError, ValueError):
        raise unreadable(key) from None
    if day.isoformat() != value:
        raise unreadable(key)
    return day


def instant_out(instant: int | None) -> str | None:
    """Return an instant as states carry it."""
    return None if instant is None else format_instant(instant)
