"""A connector's settings with the newest tokens: Xero replaces the refresh token at each use, so the new one is written back."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from source_xero_gl.xero.errors import XeroError
from source_xero_gl.xero.tokens.file import TokenFile
from source_xero_gl.xero.tokens.shared import tokens_kept_in, with_tokens

_SECTION = "credentials"
_TOKEN = "refresh_token"  # noqa: S105 - the name of a key


class ConfigError(Exception):
    """The config file cannot be used; the message is for the user."""


class KeptConfig:
    """Settings in memory and, if they came from a file, in that file. Both get the new tokens when tokens rotate.

    Attributes:
        settings: the settings with the newest tokens.
        unkept: whether a rotated token could not be written to the file, or to that of the shared sign-in.
        environment: variables for the connector that reads the settings.
    """

    def __init__(self, settings: Mapping[str, Any], path: Path | None = None, tokens: Path | None = None) -> None:
        """Keep settings; ``path`` is the file that they came from, ``tokens`` that of a sign-in that they share.

        Such a file is the connector's to write: it has the lock, and another sync may have written a newer token since.
        """
        self.settings: dict[str, Any] = dict(settings)
        self.unkept = False
        self.environment = {} if tokens is None else {"XERO_TOKEN_FILE": str(tokens)}
        self._file = TokenFile(path, _SECTION) if path and not tokens else None
        self._shared = TokenFile(tokens) if tokens else None

    @classmethod
    def from_file(cls, path: Path) -> KeptConfig:
        """Read a config file.

        Raises:
            ConfigError: there is no such file, or no JSON object in it.
        """
        try:
            settings = json.loads(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise ConfigError(f"The config file {path} cannot be read: {error.strerror}.") from None
        except ValueError:
            raise ConfigError(f"The config file {path} is not JSON.") from None
        if not isinstance(settings, dict):
            raise ConfigError(f"The config file {path} does not hold a JSON object.")
        try:
            return cls(with_tokens(settings, path, os.environ), path, tokens_kept_in(settings, path, os.environ))
        except XeroError as error:
            raise ConfigError(error.message or "") from None

    def keep(self, credentials: Mapping[str, Any]) -> None:
        """Keep rotated credentials, in the file too. Its other settings and its mode stay as they are."""
        before = self.settings.get(_SECTION, {})
        self.settings = {**self.settings, _SECTION: {**before, **credentials}}
        if self._file is not None:
            self.unkept = not self._file.write(credentials)
        if self._shared is not None:  # the connector has written it, if it could
            self.unkept = self._shared.read().get(_TOKEN) == before.get(_TOKEN)
