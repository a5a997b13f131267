"""The file that keeps rotated tokens where no platform does, and what a person at a terminal reads about it.

It is the config file itself, or the one that XERO_TOKEN_FILE names.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from source_xero_gl.xero.errors import CONFIG, TRANSIENT, StoppedError, XeroError
from source_xero_gl.xero.tokens.private_file import OWNER_ONLY, write_private_file

LOCK_SECONDS = 300.0
"""Longest wait for another process that renews its token: a renewal takes seconds where the endpoint answers."""

_LOCK_POLL_SECONDS = 0.1


class TokenFile:
    """A JSON file with tokens, shared by processes that may renew them at the same time."""

    def __init__(self, path: Path, section: str | None = None) -> None:
        """Use a file, links followed, that need not exist yet.

        With a section, the tokens are the object of that key (``credentials`` of a config file), without one the whole file.
        """
        self._path = Path(os.path.realpath(path))
        self._section = section

    @property
    def is_config(self) -> bool:
        """Whether the file is the config file, and not one for the tokens alone."""
        return self._section is not None

    @contextlib.contextmanager
    def locked(self, stop: threading.Event) -> Iterator[None]:
        """Keep other processes from renewing meanwhile; where the file cannot be opened or locked, nothing keeps them.

        Raises:
            StoppedError: the sync was told to stop while it waited.
            XeroError: another process has held the file for more than five minutes.
        """
        descriptor = self._open_locked(stop)
        try:
            yield
        finally:
            if descriptor is not None:
                os.close(descriptor)

    def read(self) -> dict[str, Any]:
        """Return the tokens in the file, an empty dict where there is none.

        Raises:
            XeroError: config, when the file holds anything but a JSON object.
        """
        try:
            return self._tokens(self._content())
        except OSError:
            return {}

    def write(self, tokens: Mapping[str, Any]) -> bool:
        """Put tokens into the file, keeping everything else in it, its mode and its links.

        Returns:
            True when the tokens are on the disk, False where the file cannot be written.
        """
        try:
            content = self._content()
            mine = {**self._tokens(content), **tokens}
            content = mine if self._section is None else {**content, self._section: mine}
            write_private_file(self._path, json.dumps(content, indent=2).encode(), keep_mode=True)
        except OSError:
            return False
        return True

    def _tokens(self, content: dict[str, Any]) -> dict[str, Any]:
        tokens = content if self._section is None else content.get(self._section)
        return tokens if isinstance(tokens, dict) else {}

    def _content(self) -> dict[str, Any]:
        try:
            text = self._path.read_bytes()
        except FileNotFoundError:
            return {}
        try:
            content = json.loads(text) if text.strip() else {}
        except ValueError:
            content = None
        if not isinstance(content, dict):
            raise XeroError(
                CONFIG,
                f"The file {self._path.name}, which keeps the tokens, is not a JSON object. Repair it or remove it.",
            )
        return content

    def _open_locked(self, stop: threading.Event) -> int | None:
        """Open and lock the file; None where that cannot be done.

        The lock is tried again and again, because a wait for it would not notice the stop event. The file is opened for
        each try: a process that renews replaces it, and the lock of the old file keeps nobody out.
        """
        give_up = time.monotonic() + LOCK_SECONDS
        while True:
            try:
                descriptor = os.open(self._path, os.O_RDONLY | (0 if self.is_config else os.O_CREAT), OWNER_ONLY)
            except OSError:
                return None
            if self._lock(descriptor):
                return descriptor
            os.close(descriptor)
            if time.monotonic() > give_up:
                raise XeroError(
                    TRANSIENT,
                    f"Another sync has held the token file {self._path.name} for five minutes. Try again later.",
                )
            if stop.wait(_LOCK_POLL_SECONDS):
                raise StoppedError

    def _lock(self, descriptor: int) -> bool:
        """Lock the file behind ``descriptor``; False when another process holds it or has replaced the file meanwhile."""
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:
            return True  # a file system without locks
        try:
            return os.fstat(descriptor).st_ino == self._path.stat().st_ino
        except OSError:
            return False


class TokenKeeper:
    """Watches over the file that keeps rotated refresh tokens."""

    def __init__(self, path: Path, section: str | None) -> None:
        """Watch a file; the arguments are those of ``TokenFile``."""
        self._path = path
        self._file = TokenFile(path, section)
        self._kept: bool | None = None

    @property
    def can_keep(self) -> bool:
        """Whether the file can be written, or made where it is for tokens alone."""
        path = Path(os.path.realpath(self._path))
        if path.exists():
            return path.is_file() and os.access(path, os.W_OK)
        return not self._file.is_config and os.access(path.parent, os.W_OK)

    def check(self) -> None:
        """Refuse to go on where the next token could not be kept, before this one is spent.

        Raises:
            XeroError: config, when the file cannot be written.
        """
        if not self.can_keep:
            raise XeroError(
                CONFIG,
                f"Xero replaces the refresh token when it is used, and the next one could not be kept: {self._path} cannot be "
                "written. Make it writable, or name a file that is in XERO_TOKEN_FILE.",
            )

    def announce(self, credentials: Mapping[str, str]) -> None:
        """Note that the token was replaced, and whether the file has the new one; called right after it was written."""
        self._kept = self._file.read().get("refresh_token") == credentials["refresh_token"]

    def news(self) -> Iterator[str]:
        """Yield where the next refresh token is, never what it is; nothing when it was not replaced."""
        if self._kept is None:
            return
        if not self._kept:
            yield (
                f"Xero has replaced the refresh token, but {self._path} could not be written. The old one stays usable for 30 "
                "minutes: make room and run the command again, or connect to Xero again."
            )
        else:
            yield f"Xero has replaced the refresh token; the new one is in {self._path}."
