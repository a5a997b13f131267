"""OAuth with refresh tokens that rotate: who holds the newest, across threads, processes and crashes."""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any

from source_xero_gl.xero.dates import SECOND, format_instant, read_instant
from source_xero_gl.xero.errors import Kind, XeroError
from source_xero_gl.xero.tenants import text_of
from source_xero_gl.xero.tokens.endpoint import App, TokenEndpoint
from source_xero_gl.xero.tokens.file import TokenFile
from source_xero_gl.xero.tokens.tokens import EARLY_SECONDS, early

MAX_ANCESTORS = 50
"""Spent refresh tokens that a file remembers."""

_ANCESTORS = "spent_refresh_tokens_sha256"
"""Key in the token file: fingerprints of the refresh tokens that were spent on the way to its own.

A token in the settings that is not among them is newer than the file: the user has connected again.
"""

LOGGER = logging.getLogger("airbyte")


@dataclass(frozen=True)
class TokenSet:
    """A refresh token and the access token it gave last, as settings and token files keep them; None: end or token not known."""

    refresh_token: str = field(repr=False)
    access_token: str | None = field(repr=False, default=None)
    expiry: int | None = None

    def as_credentials(self) -> dict[str, str]:
        """Return the keys of ``credentials`` in the settings."""
        keys = {"refresh_token": self.refresh_token}
        if self.access_token and self.expiry is not None:
            keys |= {"access_token": self.access_token, "token_expiry_date": format_instant(self.expiry)}
        return keys


class RotatingTokens:
    """OAuth with a refresh token that changes at each renewal. Safe under threads and, with a file, across processes."""

    def __init__(
        self,
        endpoint: TokenEndpoint,
        app: App,
        given: TokenSet,
        announce: Callable[[dict[str, str]], None],
        stop: threading.Event,
        file: TokenFile | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        """Start from the tokens of the settings, or from newer ones in the file.

        Rotated credentials are written and then announced, before the new access token is used; without a file only ``announce``
        keeps them. ``now`` gives seconds since the epoch; a wrong clock costs one more renewal, because Xero refuses a token
        that is over.
        """
        self._endpoint = endpoint
        self._app = app
        self._given = given
        self._announce = announce
        self._stop = stop
        self._file = file
        self._now = now
        self._lock = threading.Lock()
        self._tokens = given
        self._renew_at = _renew_at(given)
        self._adopted = False
        self._owns_file = False
        self._spent: set[str] = set()
        self._final: XeroError | None = None

    def current(self) -> str:
        """Return the access token, a new one when the last is about to end."""
        with self._lock:
            if not self._adopted:
                self._adopted = True
                with self._locked_file():
                    self._adopt()
            return self._usable() or self._renewed()

    def renew(self, refused: str) -> str:
        """Return a new access token, unless another thread has got one since ``refused``."""
        with self._lock:
            return self._usable(refused) or self._renewed(refused)

    def settle(self, seconds: float) -> None:
        """Wait for a renewal that is under way, because its answer is the only copy of the next refresh token."""
        self._lock.acquire(timeout=seconds)

    def _usable(self, refused: str | None = None) -> str | None:
        token = self._tokens.access_token
        return token if token != refused and self._now() * SECOND < self._renew_at else None

    def _renewed(self, refused: str | None = None) -> str:
        if self._final:  # refused for good: the other streams need not try it too
            raise self._final.again()
        with self._locked_file():
            # Another process may have renewed while this one waited for the file.
            token = self._usable(refused) if self._adopt() else None
            return token or self._rotated(refused)

    def _rotated(self, refused: str | None) -> str:
        try:
            return self._rotate()
        except XeroError as error:
            if error.kind is not Kind.CONNECTION_EXPIRED:
                raise
            if self._adopt():  # another process has renewed meanwhile, where the file cannot be locked
                return self._usable(refused) or self._rotate()
            self._final = error.again()
            raise

    def _locked_file(self) -> AbstractContextManager[None]:
        return self._file.locked(self._stop) if self._file else nullcontext()

    def _rotate(self) -> str:
        spent = self._tokens.refresh_token
        form = {"grant_type": "refresh_token", "refresh_token": spent}
        grant = self._endpoint.exchange(form, self._app)
        expiry = int((self._now() + grant.expires_in) * SECOND)
        self._tokens = TokenSet(grant.refresh_token or spent, grant.access_token, expiry)
        self._renew_at = expiry - early(grant.expires_in) * SECOND
        self._spent.add(spent)
        self._keep(spent)
        return grant.access_token

    def _keep(self, spent: str) -> None:
        """Hand the rotated tokens out before the new access token is used: a crash must not lose them.

        The file is first: an announcement waits for whoever reads stdout, and ends with the process if nobody does.
        """
        credentials = self._tokens.as_credentials()
        kept = False
        try:
            kept = self._write(credentials, spent)
        finally:  # also when the file holds something else by now
            self._announce(credentials)
        if not kept:
            LOGGER.warning(
                "Xero has rotated the refresh token, and no writable file keeps it: only the CONTROL message of this run "
                "does. A platform that ignores it will have to connect again; set XERO_TOKEN_FILE where there is none."
            )

    def _write(self, credentials: dict[str, str], spent: str) -> bool:
        if self._file is None:
            return False
        if self._file.is_config:
            return self._file.write(credentials)
        ours = _fingerprint(self._given.refresh_token)
        others = [mark for mark in (*self._ancestors(self._file.read()), _fingerprint(spent)) if mark != ours]
        # The one in the settings is never forgotten: by it the next sync knows that this file is newer than its settings.
        ancestors = [ours, *others[1 - MAX_ANCESTORS :]]
        self._owns_file = True
        return self._file.write({**credentials, _ANCESTORS: ancestors})

    def _adopt(self) -> bool:
        """Take over the tokens in the file; False when it holds none that are newer."""
        stored = self._file.read() if self._file else {}
        refresh_token = stored.get("refresh_token")
        if not isinstance(refresh_token, str) or not refresh_token or not self._descends(refresh_token, stored):
            return False
        tokens = _token_set(refresh_token, stored)
        if tokens == self._tokens or refresh_token in self._spent:
            return False
        self._tokens, self._renew_at = tokens, _renew_at(tokens)
        self._owns_file = True
        return True

    def _descends(self, refresh_token: str, stored: Mapping[str, Any]) -> bool:
        """Tell whether the file's token is newer than the one in the settings, or the same."""
        if self._owns_file:
            return True  # another sync that has written it since shares it with this one, perhaps with newer settings
        if _ANCESTORS not in stored:
            return True  # the config file itself, or a file that a person wrote
        return refresh_token == self._given.refresh_token or bool(self._ancestors(stored))

    def _ancestors(self, stored: Mapping[str, Any]) -> list[str]:
        """Return the spent refresh tokens that the file remembers, none if its token has nothing to do with the settings'."""
        ancestors = stored.get(_ANCESTORS)
        known = [mark for mark in ancestors if isinstance(mark, str)] if isinstance(ancestors, list) else []
        ours = _fingerprint(self._given.refresh_token)
        descends = ours in known or stored.get("refresh_token") == self._given.refresh_token
        return known if self._owns_file or descends else []


def hand_over(file: TokenFile, tokens: TokenSet) -> bool:
    """Put the tokens of a new sign-in in the place of an earlier one's; syncs that use that one go over to the new one.

    Returns:
        True when the tokens are on the disk, False where the file cannot be written.

    Raises:
        XeroError: config, when the file holds something else than tokens.
    """
    stored = file.read()
    known, before = stored.get(_ANCESTORS), text_of(stored, "refresh_token")
    marks = [mark for mark in known if isinstance(mark, str)] if isinstance(known, list) else []
    ancestors = [*marks, _fingerprint(before)][-MAX_ANCESTORS:] if before else []
    return file.write({**tokens.as_credentials(), **({_ANCESTORS: ancestors} if ancestors else {})})


def _token_set(refresh_token: str, stored: Mapping[str, Any]) -> TokenSet:
    return TokenSet(refresh_token, text_of(stored, "access_token"), read_instant(stored.get("token_expiry_date")))


def _renew_at(tokens: TokenSet) -> float:
    """Return the instant at which a stored access token is to be renewed: at once when its end is not known."""
    return 0.0 if tokens.expiry is None else tokens.expiry - EARLY_SECONDS * SECOND


def _fingerprint(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
