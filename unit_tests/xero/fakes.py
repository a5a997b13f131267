"""Stand-ins for what the Xero side meets: time, the stop signal, the token endpoint, tokens."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

import requests_mock

from source_xero_gl.xero.client import XeroClient
from source_xero_gl.xero.gate import Gate
from source_xero_gl.xero.tokens.endpoint import TokenEndpoint
from source_xero_gl.xero.tokens.tokens import GivenToken, Tokens
from source_xero_gl.xero.transport import Transport

API_URL = "https://api.xero.com"
IDENTITY_URL = "https://identity.xero.com"
TOKEN_URL = f"{IDENTITY_URL}/connect/token"
CONNECTIONS_URL = f"{API_URL}/connections"

ACCESS_TOKEN = "access-eyJhbGciOi-s3cr3t"
TENANT_ID = "e1eede29-f875-4a5d-8470-17f6a29a88b1"

EXPIRED: dict[str, Any] = {
    "status_code": 401,
    "json": {"Title": "Unauthorized", "Status": 401, "Detail": "TokenExpired: token expired at 05/01/2026 10:11:12"},
    "headers": {"Content-Type": "application/json"},
}
"""What Xero answers to a token that is over, for requests-mock."""


def list_url(endpoint: str) -> str:
    """Return the address of a list of the Accounting API."""
    return f"{API_URL}/api.xro/2.0/{endpoint}"


class InstantStop(threading.Event):
    """A stop event on which nobody waits for real: it notes each pause, and does what a test wants to happen meanwhile."""

    def __init__(self, meanwhile: Callable[[], object] = lambda: None) -> None:
        super().__init__()
        self.pauses: list[float] = []
        self._meanwhile = meanwhile

    def wait(self, timeout: float | None = None) -> bool:
        """Return at once."""
        self.pauses.append(timeout or 0.0)
        self._meanwhile()
        return self.is_set()


class Clock:
    """Seconds that pass by being read: each reading is ``step`` later than the one before."""

    def __init__(self, start: float = 100_000.0, step: float = 0.0) -> None:
        self.now = start
        self._step = step
        self._alarms: list[tuple[float, Callable[[], object]]] = []
        self._lock = threading.Lock()

    def __call__(self) -> float:
        """Return the time, after what was to happen until then."""
        with self._lock:
            self.now += self._step
            due = [alarm for alarm in self._alarms if alarm[0] <= self.now]
            self._alarms = [alarm for alarm in self._alarms if alarm[0] > self.now]
            now = self.now
        for _, action in due:
            action()
        return now

    def after(self, seconds: float, action: Callable[[], object]) -> None:
        """Let something happen in so many seconds."""
        self._alarms.append((self.now + seconds, action))

    def pass_by(self, seconds: float) -> None:
        """Let time pass at once."""
        self.now += seconds


class NumberedTokens:
    """Tokens ``access-1``, ``access-2`` …: a new one for each renewal."""

    def __init__(self) -> None:
        self.number = 1
        self.refused: list[str] = []

    def current(self) -> str:
        """Return the token of the moment."""
        return f"access-{self.number}"

    def renew(self, refused: str) -> str:
        """Return the next token."""
        self.refused.append(refused)
        self.number += 1
        return self.current()

    def settle(self, seconds: float) -> None:
        """Do nothing."""


class Identity:
    """Xero's token endpoint: ``refresh-0`` gives ``access-1`` and ``refresh-1``, and so on; each works once.

    Another ``user`` has tokens ``<user>-refresh-0`` and so on.
    """

    def __init__(self, mocker: requests_mock.Mocker, life: int = 1800, user: str = "") -> None:
        self.forms: list[dict[str, str]] = []
        self.before_answer: Callable[[], object] = lambda: None
        self._life = life
        self._prefix = f"{user}-" if user else ""
        self._number = 0
        mocker.post(TOKEN_URL, json=self._answer)

    def _answer(self, request: Any, context: Any) -> dict[str, Any]:
        form = dict(parse_qsl(request.text))
        self.forms.append(form)
        self.before_answer()
        context.headers["Content-Type"] = "application/json"
        if form.get("refresh_token", self._named("refresh")) != self._named("refresh"):
            context.status_code = 400
            return {"error": "invalid_grant"}
        self._number += 1
        return {
            "access_token": self._named("access"),
            "refresh_token": self._named("refresh"),
            "expires_in": self._life,
            "token_type": "Bearer",
        }

    def _named(self, kind: str) -> str:
        return f"{self._prefix}{kind}-{self._number}"


def endpoint(stop: threading.Event | None = None, tries: int | None = None) -> TokenEndpoint:
    """Return a client of Xero's token endpoint that never pauses for real."""
    return TokenEndpoint(IDENTITY_URL, Transport(stop or InstantStop(), tries))


def client(
    tokens: Tokens | None = None,
    stop: threading.Event | None = None,
    gate: Gate | None = None,
    tries: int | None = None,
) -> XeroClient:
    """Return a client of Xero that never pauses for real, but for what its gate asks."""
    stop = stop or InstantStop()
    gate = gate or Gate(1_000_000, stop)
    return XeroClient(API_URL, Transport(stop, tries), tokens or GivenToken(ACCESS_TOKEN), gate)
