"""A local Xero brought back to its beginnings, which is faster than to start another."""

from __future__ import annotations

from typing import Any

from local_xero.endpoints import DEFAULT_SCOPES
from local_xero.process import XeroServerProcess

MANY = 6000
_LIMITS = {
    "per_minute": MANY,
    "per_day": 5000,
    "concurrent": 5,
    "minute_s": 60.0,
    "retry_after_on_concurrent": None,
    "retry_after": True,
}


def restore(xero: XeroServerProcess) -> None:
    """Bring back limits, organisations, books and switches as after the start, with fresh tokens."""
    control = xero.control
    control("reset")  # a clock that was set would date the tokens
    control("limits", dict(_LIMITS))
    control("tokens", {"scopes": DEFAULT_SCOPES})
    control("tenants", {"tenants": [{}]})
    control("company", {"preset": "small"})
    xero.line |= _tokens(control("tokens", {"new": "web"}))
    xero.line["pkce"] |= _tokens(control("tokens", {"new": "pkce"}), "refresh_token")
    control("reset")


def _tokens(answer: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: answer[name] for name in names or ("refresh_token", "access_token")}
