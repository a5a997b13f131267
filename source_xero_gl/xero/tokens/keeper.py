"""What a person at a terminal reads about rotated refresh tokens, which no platform keeps there, only a file."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from source_xero_gl.xero.errors import CONFIG, XeroError
from source_xero_gl.xero.tokens.file import TokenFile


class TokenKeeper:
    """Watches over the file that keeps rotated refresh tokens."""

    def __init__(self, path: Path, section: str | None) -> None:
        """Watch a file; the arguments are those of ``TokenFile``."""
        self._path = path
        self._file = TokenFile(path, section)
        self._spent: object = None
        self._rotated = False

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
        """Note that the token was replaced; called right before the file is written."""
        del credentials
        self._rotated, self._spent = True, self._file.read().get("refresh_token")

    def news(self) -> Iterator[str]:
        """Yield where the next refresh token is, never what it is; nothing when it was not replaced."""
        if not self._rotated:
            return
        if self._file.read().get("refresh_token") == self._spent:
            yield (
                f"Xero has replaced the refresh token, but {self._path} could not be written. The old one stays usable for 30 "
                "minutes: make room and run the command again, or connect to Xero again."
            )
        else:
            yield f"Xero has replaced the refresh token; the new one is in {self._path}."
