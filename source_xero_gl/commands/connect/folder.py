"""A folder of configs, one for each organisation, and the token file of the sign-in that they share."""

from __future__ import annotations

import hashlib
import itertools
import os
import re
import tempfile
import unicodedata
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

from source_xero_gl.commands.connect.config_file import OWNER_ONLY_FOLDER, ConfigFile
from source_xero_gl.commands.connect.consent import user_of
from source_xero_gl.commands.connect.draft import Draft, section
from source_xero_gl.commands.organisation import config_files
from source_xero_gl.xero.dates import read_instant
from source_xero_gl.xero.errors import CONFIG, XeroError
from source_xero_gl.xero.tenants import Tenant, canonical, same_tenant, text_of
from source_xero_gl.xero.tokens.file import TokenFile
from source_xero_gl.xero.tokens.rotating import TokenSet, hand_over
from source_xero_gl.xero.tokens.shared import FILE_KEY, SUFFIX, TOKENS

_LONGEST_NAME = 60
_ODD = re.compile(r"[^a-z0-9]+")


class Folder(Draft):
    """The folder, and the config in it that is being made. It is used as ``ConfigFile`` is.

    Attributes:
        path: of the config that is being made; of the folder until its organisation is chosen.
        config: the settings so far, with the tokens, which are in no config of the folder.
        tokens: the token file of the sign-in; None before one.
        stop: is set when the command ends: no other process is waited for then.
    """

    several = True

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.folder = Path(path).resolve()
        self.path = self.folder
        self.tokens: Path | None = None
        self._unsaved: TokenSet | None = None
        self._sign_in: dict[str, Any] = {}

    def open(self) -> None:
        """Begin with the app of a config that is there, and find out whether the folder can be written.

        Raises:
            XeroError: config, when it cannot.
        """
        try:
            self.folder.mkdir(mode=OWNER_ONLY_FOLDER, parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=self.folder, prefix="."):
                pass
        except OSError as error:
            raise XeroError(
                CONFIG, f"The folder {self.folder} cannot be written: {error.strerror}. Name another one with --folder."
            ) from None
        for config in self._configs().values():
            if FILE_KEY in section(config, "credentials"):
                self.config = {name: config[name] for name in ("credentials", "journals") if name in config}
                return

    def keep(self, credentials: Mapping[str, str]) -> None:
        """Put the tokens of a new sign-in into its token file at once, and begin the config of an organisation.

        Syncs that use an earlier sign-in of the same user with the same app go over to this one.

        Raises:
            XeroError: config, when the file cannot be written; the tokens then stay in the config.
        """
        journals = {"include": self.reads_journals}
        self._sign_in = {"credentials": dict(credentials), "journals": journals}
        self.tokens = self.folder / _token_file(credentials)
        self._unsaved = TokenSet(
            credentials["refresh_token"],
            credentials.get("access_token"),
            read_instant(credentials.get("token_expiry_date")),
        )
        self.begin()
        self._save_tokens()

    def begin(self) -> None:
        """Begin the config of another organisation, with the same sign-in and nothing else."""
        self.path, self.config = self.folder, {name: dict(part) for name, part in self._sign_in.items()}

    def choose(self, tenant: Tenant) -> None:
        """Go on with the config of an organisation: the one that is there, else one of a name that is free."""
        path, earlier = self._place(tenant)
        if path == self.path:
            return
        journals = {**section(earlier, "journals"), **self._sign_in["journals"]}
        self.path, self.config = path, {**earlier, **self._sign_in, "journals": journals}

    def settings_of(self, tenant_id: str | None) -> dict[str, Any]:
        """Return the settings to show for an organisation: those of its config, if it has one."""
        if same_tenant(tenant_id, self.config.get("tenant")):
            return self.config
        found = self._config_of(tenant_id)
        return found[1] if found else self._sign_in

    def names(self) -> dict[str, str]:
        """Return the names of the configs in the folder, fit to be shown, by the tenant ID that they name."""
        found = (
            (canonical(tenant), path)
            for path, config in self._configs().items()
            if (tenant := text_of(config, "tenant"))
        )
        return {tenant: path.name.encode("utf-8", "replace").decode() for tenant, path in found}

    def save(self, config: dict[str, Any]) -> None:
        """Put the settings of an organisation into its config, readable by its owner only, without tokens.

        Raises:
            XeroError: config, when the file cannot be written; it then holds what it held.
        """
        self.config = config
        self._save_tokens()
        own = {name: value for name, value in self.credentials.items() if name not in TOKENS}
        named = {"credentials": {**own, FILE_KEY: self.tokens.name if self.tokens else None}}
        ConfigFile(self.path).save({**named, **{name: value for name, value in config.items() if name not in named}})

    def catch_up(self) -> None:
        """Do nothing: who uses the token file reads it first."""

    def rotated(self, credentials: Mapping[str, str]) -> None:
        """Hear of a token that was renewed by a check; the token file has it already."""
        self.config["credentials"] = {**self.credentials, **credentials}

    def _configs(self) -> dict[Path, dict[str, Any]]:
        """Return the configs of the folder; what else is there is left alone."""
        found = {}
        for path in config_files(self.folder):
            with suppress(XeroError):
                found[path] = ConfigFile(path).read()
        return found

    def _config_of(self, tenant_id: str | None) -> tuple[Path, dict[str, Any]] | None:
        return next((own for own in self._configs().items() if same_tenant(own[1].get("tenant"), tenant_id)), None)

    def _place(self, tenant: Tenant) -> tuple[Path, dict[str, Any]]:
        if found := self._config_of(tenant.tenant_id):
            return found
        stem = file_name(tenant.name or "")
        paths = (self.folder / f"{stem}{'' if number == 1 else f'-{number}'}.json" for number in itertools.count(1))
        # lexists: what a broken link points to is not ours to make.
        return next(path for path in paths if not os.path.lexists(path)), {}

    def _save_tokens(self) -> None:
        """Put tokens that are nowhere else into the token file; a sync that is renewing its token is waited for."""
        if self._unsaved is None or self.tokens is None:
            return
        file = TokenFile(self.tokens)
        with ExitStack() as stack:
            with suppress(XeroError):  # it takes longer than any renewal should, or the command ends
                stack.enter_context(file.locked(self.stop))
            if not hand_over(file, self._unsaved):
                raise XeroError(CONFIG, f"The file {self.tokens} cannot be written. Make room, then try again.")
        self._unsaved = None


def file_name(name: str) -> str:
    """Return the name of an organisation as a name for a file: letters and digits that every system has, with dashes."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return _ODD.sub("-", plain.lower()).strip("-")[:_LONGEST_NAME].strip("-") or "organisation"


def _token_file(credentials: Mapping[str, str]) -> str:
    """Return the name of the token file: one for each user and app, because only their last sign-in is sure to live."""
    user = user_of(credentials.get("access_token", "")) or ""
    mark = hashlib.sha256(f"{credentials['client_id']} {user}".encode()).hexdigest()[:8]
    return f"sign-in-{mark}{SUFFIX}"
