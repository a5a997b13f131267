"""Access tokens that need no memory: one that the user pasted, and those of a custom connection.

``rotating`` has the third way, OAuth with refresh tokens.

An access token lives 30 minutes. A refresh token works once: each renewal rotates it, the old one stays usable for 30 more
minutes, an unused one for 60 days. See https://developer.xero.com/documentation/guides/oauth2/token-types.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Protocol

from source_xero_gl.xero.errors import CONFIG, XeroError
from source_xero_gl.xero.tokens.endpoint import App, TokenEndpoint

EARLY_SECONDS = 60.0
EARLY_SHARE = 0.1
"""A token is renewed 60 seconds before it ends, or a tenth of its life before if that is less."""


class Tokens(Protocol):
    """Where the access token comes from."""

    def current(self) -> str:
        """Return an access token that should be valid now."""

    def renew(self, refused: str) -> str:
        """Return another access token than ``refused``, which Xero did not accept."""

    def settle(self, seconds: float) -> None:
        """Wait at most ``seconds`` seconds for a renewal that is under way, and let no other one begin: the process ends."""


class GivenToken:
    """An access token that the user pasted; it cannot be renewed."""

    def __init__(self, access_token: str) -> None:
        """Use ``access_token`` as long as Xero accepts it."""
        self._access_token = access_token

    def current(self) -> str:
        """Return the access token."""
        return self._access_token

    def renew(self, refused: str) -> str:
        """Raise a config error: there is nothing to renew the token with."""
        del refused
        raise XeroError(
            CONFIG,
            "Xero does not accept credentials.access_token: it is wrong or older than 30 minutes. Paste a new one, or choose "
            "OAuth or a custom connection, which renew their tokens themselves.",
        )

    def settle(self, seconds: float) -> None:
        """Do nothing: there is no renewal."""


class ClientCredentials:
    """A custom connection: a new access token for client ID and secret. Safe under threads.

    No ``scope`` is sent: Xero then grants what the connection has.
    See https://developer.xero.com/documentation/guides/oauth2/custom-connections.
    """

    def __init__(self, endpoint: TokenEndpoint, app: App, clock: Callable[[], float] = time.monotonic) -> None:
        """Sign in as ``app``; ``clock`` gives monotonic seconds."""
        self._endpoint = endpoint
        self._app = app
        self._clock = clock
        self._lock = threading.Lock()
        self._access_token: str | None = None
        self._fresh_until = 0.0

    def current(self) -> str:
        """Return the access token, a new one when the last is about to end."""
        with self._lock:
            if self._access_token is None or self._clock() >= self._fresh_until:
                return self._sign_in()
            return self._access_token

    def renew(self, refused: str) -> str:
        """Return a new access token, unless another thread has got one since ``refused``."""
        with self._lock:
            if self._access_token is None or self._access_token == refused:
                return self._sign_in()
            return self._access_token

    def settle(self, seconds: float) -> None:
        """Do nothing: a lost access token costs nothing."""

    def _sign_in(self) -> str:
        grant = self._endpoint.exchange({"grant_type": "client_credentials"}, self._app)
        self._access_token = grant.access_token
        self._fresh_until = self._clock() + grant.expires_in - early(grant.expires_in)
        return grant.access_token


def early(life_seconds: float) -> float:
    """Return how many seconds before its end a token of that life is renewed."""
    return min(EARLY_SECONDS, EARLY_SHARE * life_seconds)
