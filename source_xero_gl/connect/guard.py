"""Who may use the local pages: the browser that was given the address, and no website that it visits meanwhile."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from source_xero_gl.connect.web import Request

_TOKEN_BYTES = 32


def _token() -> str:
    return secrets.token_urlsafe(_TOKEN_BYTES)


@dataclass
class Guard:
    """Keeps the one session.

    Attributes:
        port: of the local pages.
        key: stands in the address that the terminal shows; whoever brings it gets the session.
        csrf: stands in every form.
    """

    port: int
    key: str = field(repr=False, default_factory=_token)
    csrf: str = field(repr=False, default_factory=_token)
    _session: str = field(repr=False, default="")

    @property
    def origin(self) -> str:
        """Address of the pages; ``localhost``, because Xero accepts no 127.0.0.1 as a redirect URI."""
        return f"http://localhost:{self.port}"

    @property
    def cookie_name(self) -> str:
        """Name of the session's cookie; cookies of one host are shared by all its ports."""
        return f"xero_gl_connect_{self.port}"

    def knows_host(self, request: Request) -> bool:
        """Tell whether the Host header is ours: a website whose name was rebound to this computer has another."""
        return request.headers.get("host", "").lower() in (f"localhost:{self.port}", f"127.0.0.1:{self.port}")

    def is_elsewhere(self, request: Request) -> bool:
        """Tell whether the page was opened under 127.0.0.1, where Xero does not send the browser back to."""
        return request.headers.get("host", "").lower() != f"localhost:{self.port}"

    def has_session(self, request: Request) -> bool:
        """Tell whether the request belongs to the session."""
        return bool(self._session) and _same(request.cookie(self.cookie_name), self._session)

    def has_key(self, request: Request) -> bool:
        """Tell whether the request brings the key."""
        return _same(request.query.get("key", ""), self.key)

    def open_session(self) -> str:
        """Begin the session anew and return its ``Set-Cookie`` header; an earlier one ends.

        SameSite=Lax lets the cookie come along when Xero sends the browser back, and with no form of another site.
        """
        self._session, self.csrf = _token(), _token()
        return f"{self.cookie_name}={self._session}; Path=/; HttpOnly; SameSite=Lax"

    def may_post(self, request: Request) -> bool:
        """Tell whether a form is one of ours."""
        site = request.headers.get("sec-fetch-site", "same-origin")
        return site == "same-origin" and _same(request.form.get("csrf", ""), self.csrf)


def _same(given: str, expected: str) -> bool:
    return secrets.compare_digest(given.encode("utf-8", "replace"), expected.encode())
