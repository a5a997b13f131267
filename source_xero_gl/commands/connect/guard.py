"""Who may use the local pages: the browser that was given the address, and no website that it visits meanwhile."""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

from source_xero_gl.commands.connect.web import Request
from source_xero_gl.xero.errors import CONFIG, XeroError

_TOKEN_BYTES = 32


def _token() -> str:
    return secrets.token_urlsafe(_TOKEN_BYTES)


@dataclass
class Guard:
    """Keeps the one session, and the key that opens it once.

    Attributes:
        port: of the local pages.
        key: stands in the address that the terminal shows; who brings it first gets the session. Empty once it was used.
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
    def address(self) -> str:
        """Address that lets a browser in, once."""
        return f"{self.origin}/?key={self.key}"

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
        """Tell whether the request brings the key, and the key was not used yet."""
        return bool(self.key) and _same(request.query.get("key", ""), self.key)

    def renew_key(self) -> bool:
        """Make a new key if the last one was used; tell whether it was. So at most one that is unused is about."""
        if self.key:
            return False
        self.key = _token()
        return True

    def let_in(self, request: Request) -> dict[str, str]:
        """Use the key up and return the headers that let the browser in; one that is in already stays so."""
        self.key = ""
        return {} if self.has_session(request) else {"Set-Cookie": self._open_session()}

    def _open_session(self) -> str:
        """Begin the session anew and return its ``Set-Cookie`` header; an earlier session ends.

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


@contextmanager
def door_to(guard: Guard, folder: Path) -> Iterator[Path]:
    """Give a page that leads to the address, for as long as the block lasts.

    A browser's command line is visible to every user of the computer, the page to its owner only.

    Args:
        guard: knows the address.
        folder: for the page: the one of the config, because browsers from a sandbox see no temporary folder of ours.

    Raises:
        XeroError: config, when the page cannot be written.
    """
    address = escape(guard.address)
    with ExitStack() as stack:
        try:
            descriptor, name = tempfile.mkstemp(prefix="connect-", suffix=".html", dir=folder)  # mode 0600
            path = Path(name)
            stack.callback(path.unlink, missing_ok=True)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(
                    f'<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0;url={address}">\n'
                )
                file.write(f'<title>Connect to Xero</title><a href="{address}">Connect to Xero</a>\n')
        except OSError as error:
            raise XeroError(CONFIG, f"The folder {folder} cannot be written: {error.strerror}.") from None
        yield path
