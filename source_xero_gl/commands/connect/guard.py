"""Who may use the local pages: the browser that was given the address, and no website that it visits meanwhile."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

from source_xero_gl.commands.connect.proofs import new_proof, same
from source_xero_gl.commands.connect.web import Request
from source_xero_gl.xero.errors import CONFIG, XeroError
from source_xero_gl.xero.tokens.private_file import OWNER_ONLY


@dataclass
class Guard:
    """Keeps the one session, and the key that opens it once.

    Attributes:
        port: of the local pages.
        key: in the address that the terminal shows; the first browser that brings it gets the session. Empty once it was used.
        csrf: in every form; another website cannot know it.
    """

    port: int
    key: str = field(repr=False, default_factory=new_proof)
    csrf: str = field(repr=False, default_factory=new_proof)
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
        return bool(self._session) and same(request.cookie(self.cookie_name), self._session)

    def has_key(self, request: Request) -> bool:
        """Tell whether the request brings the key, and the key was not used yet."""
        return bool(self.key) and same(request.query.get("key", ""), self.key)

    def renew_key(self) -> bool:
        """Make a new key if the last one was used, and return whether it was: there is never more than one unused key."""
        if self.key:
            return False
        self.key = new_proof()
        return True

    def let_in(self, request: Request) -> dict[str, str]:
        """Use the key up and return the headers that let the browser in; one that has the session keeps it.

        Otherwise a new session begins, and an earlier one ends. SameSite=Lax lets the cookie come along when Xero sends the
        browser back, but not with a form of another site.
        """
        self.key = ""
        if self.has_session(request):
            return {}
        self._session, self.csrf = new_proof(), new_proof()
        return {"Set-Cookie": f"{self.cookie_name}={self._session}; Path=/; HttpOnly; SameSite=Lax"}

    def may_post(self, request: Request) -> bool:
        """Tell whether a form is one of ours."""
        site = request.headers.get("sec-fetch-site", "same-origin")
        return site == "same-origin" and same(request.form.get("csrf", ""), self.csrf)


@contextmanager
def door_to(guard: Guard, folder: Path) -> Iterator[Path]:
    """Give a page that leads to the guard's address, for as long as the block lasts.

    A browser's command line is visible to every user of the computer, the page to its owner only. It lies in the folder of the
    config, because browsers from a sandbox see no temporary folder of ours.

    Raises:
        XeroError: config, when the page cannot be written.
    """
    # The port is ours alone, so a page of this name is one that a killed run has left: the next run removes it.
    path, address = folder / f"connect-{guard.port}.html", escape(guard.address)
    page = (
        f'<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0;url={address}">\n'
        f'<title>Connect to Xero</title><a href="{address}">Connect to Xero</a>\n'
    )
    try:
        try:
            path.unlink(missing_ok=True)
            # O_EXCL: the page is made here, and is no link that somebody else has put there.
            with os.fdopen(
                os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY), "w", encoding="utf-8"
            ) as file:
                file.write(page)
        except OSError as error:
            raise XeroError(CONFIG, f"The folder {folder} cannot be written: {error.strerror}.") from None
        yield path
    finally:
        with suppress(OSError):
            path.unlink(missing_ok=True)
