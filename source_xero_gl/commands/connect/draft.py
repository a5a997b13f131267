"""The config that is being made: what an earlier one brings along, and what the steps add to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from source_xero_gl.commands.connect.config_file import ConfigFile
from source_xero_gl.commands.connect.filters import ANYBODY, faults, with_filters
from source_xero_gl.xero.errors import CONFIG, XeroError
from source_xero_gl.xero.tokens.endpoint import App


class Draft:
    """A config and its file.

    Attributes:
        file: where it is kept.
        config: the settings so far; from the first credentials on, the file holds them too.
    """

    def __init__(self, file: ConfigFile, *, custom: bool) -> None:
        """Begin with what the file holds.

        Raises:
            XeroError: config, when the file is no config, cannot be written, or has a setting that is wrong and not asked for.
        """
        self.file = file
        self.config: dict[str, Any] = file.read()
        self._unsaved = False
        self._auth_type = "custom_connection" if custom else "oauth2.0"
        self._check_what_stays()
        file.prepare()

    @property
    def credentials(self) -> dict[str, Any]:
        """The credentials, an empty dict where there are none."""
        credentials = self.config.get("credentials")
        return credentials if isinstance(credentials, dict) else {}

    @property
    def known_app(self) -> App | None:
        """The app in the credentials; None when they hold none of the kind that is wanted."""
        client_id, secret = self.credentials.get("client_id"), self.credentials.get("client_secret")
        if not isinstance(client_id, str) or not client_id or self.credentials.get("auth_type") != self._auth_type:
            return None
        return App(client_id, secret if isinstance(secret, str) and secret else None)

    @property
    def reads_journals(self) -> bool:
        """Whether journals are read."""
        journals = self.config.get("journals")
        return not isinstance(journals, dict) or journals.get("include", True) is not False

    def app_settings(self, app: App) -> dict[str, str]:
        """Return the part of the credentials that an app makes up."""
        secret = {"client_secret": app.client_secret} if app.client_secret else {}
        return {"auth_type": self._auth_type, "client_id": app.client_id, **secret}

    def include_journals(self, *, included: bool) -> None:
        """Read journals or not; their filters stay."""
        journals = self.config.get("journals")
        self.config["journals"] = {**(journals if isinstance(journals, dict) else {}), "include": included}

    def keep(self, credentials: Mapping[str, str]) -> None:
        """Put new credentials into the file at once.

        Raises:
            XeroError: config, when it cannot be written; the credentials then stay in the draft.
        """
        self._unsaved = True
        rest = {name: value for name, value in self.config.items() if name != "credentials"}
        self.save({"credentials": dict(credentials), **rest})

    def save(self, config: dict[str, Any]) -> None:
        """Put a whole config into the file; tokens that a sync has renewed there since the sign-in was kept stay.

        Raises:
            XeroError: config, when it cannot be written; it then stays in the draft.
        """
        self.config = config
        self.config = self.file.write(config, fresh=self._unsaved)
        self._unsaved = False

    def catch_up(self) -> None:
        """Take over tokens that a sync has renewed in the file."""
        if not self._unsaved:
            self.config = self.file.with_newest_tokens(self.config)
            self.file.know(self.config)

    def rotated(self, credentials: Mapping[str, str]) -> None:
        """Hear of a token that was renewed by a check; the file has it already."""
        self.config["credentials"] = {**self.credentials, **credentials}
        self.file.know(self.config)

    def _check_what_stays(self) -> None:
        """Refuse settings that are wrong and that nobody is asked for, before a token is spent."""
        wrong = faults(with_filters({**self.config, "tenant": None, "credentials": ANYBODY}, {}))
        if wrong:
            raise XeroError(CONFIG, f"{' '.join(wrong.values())} Correct it in {self.file.path}, or remove it there.")
