"""States as the platform keeps them: a cursor field, a version, the organisation, and the bounds that were read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from source_xero_gl.xero.dates import format_instant, parse_iso
from source_xero_gl.xero.errors import CONFIG, Kind, XeroError

VERSION = 1
"""Form of the states; raised when older ones cannot be read any more."""

VERSION_KEY, TENANT_KEY = "version", "TenantID"

_ENGINE_PREFIX = "__ab"
"""Keys of the CDK, in states of streams without a cursor."""


def accept_state(state: Mapping[str, Any], stream: str, cursor_field: str, tenant_id: str) -> Mapping[str, Any] | None:
    """Return a state that this organisation can go on from, None for a stream that begins.

    Raises:
        XeroError: config, when the state is of another organisation, of another version, or none of ours.
    """
    if all(key.startswith(_ENGINE_PREFIX) for key in state):
        return None
    if state.get(TENANT_KEY, tenant_id) != tenant_id:
        raise XeroError(
            CONFIG,
            f"The state of {stream} belongs to another organisation than the one that is read now. Use one connection for each "
            "organisation, or clear the stream's data and state to begin with this one.",
            kind=Kind.OTHER_ORGANISATION,
        )
    if state.get(VERSION_KEY, VERSION) != VERSION:
        raise XeroError(
            CONFIG, f"The state of {stream} was written by another version of this connector. Update the connector."
        )
    if cursor_field not in state:
        raise unreadable(stream, cursor_field)
    return state


def unreadable(stream: str, key: str) -> XeroError:
    """Return the error for a state whose value of ``key`` cannot be understood."""
    return XeroError(
        CONFIG, f"The state of {stream} cannot be read: look at {key}, or clear the stream's state to begin anew."
    )


def number_in(state: Mapping[str, Any], key: str, stream: str, default: int | None = None) -> int:
    """Return a whole number of 0 or more from a state.

    Args:
        state: the state, or a part of it.
        key: where the number stands.
        stream: name, for the error.
        default: what an absent key means; None: it must be there.

    Raises:
        XeroError: config, when the value is none.
    """
    value = state.get(key, default)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise unreadable(stream, key)
    return value


def instant_in(state: Mapping[str, Any], key: str, stream: str) -> int | None:
    """Return an instant from a state; None when it is absent or null.

    Raises:
        XeroError: config, when the value is no date.
    """
    if state.get(key) is None:
        return None
    try:
        return parse_iso(state[key])
    except (TypeError, ValueError):
        raise unreadable(stream, key) from None


def instant_out(instant: int | None) -> str | None:
    """Return an instant as states carry it."""
    return None if instant is None else format_instant(instant)
