"""The config that is being made, and its file: what an earlier one holds, and what the steps add to it."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shlex
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

from source_xero_gl.commands.connect.draft import Draft, section
from source_xero_gl.commands.connect.filters import ANYBODY, faults, with_filters
from source_xero_gl.settings.specification import connection_specification
from source_xero_gl.xero.errors import CONFIG, XeroError
from source_xero_gl.xero.tenants import Tenant, text_of
from source_xero_gl.xero.tokens.file import TokenFile
from source_xero_gl.xero.tokens.private_file import write_private_file
from source_xero_gl.xero.tokens.shared import FILE_KEY, TOKENS

OWNER_ONLY_FOLDER = 0o700
_FULL = (errno.ENOSPC, errno.EDQUOT)


class ConfigFile(Draft):
    """A config and its file, which need not exist yet; links are followed.

    Attributes:
        path: of the file itself.
        config: the settings so far; from the first credentials on, the file holds them too.
        stop: is set when the command ends: no other process is waited for then.
    """

    several = False
    tokens = None

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = Path(os.path.realpath(path))
        self._unsaved = False
        self._known: set[str | None] = set()

    def open(self) -> None:
        """Begin with what the file holds, and find out before the sign-in whether it can be written.

        Raises:
            XeroError: config, when the file is no config, cannot be written, or has a setting that is wrong and not asked for.
        """
        self.config = self.read()
        self._know()
        if FILE_KEY in self.credentials:
            others = shlex.quote(str(self.path.parent))
            raise XeroError(
                CONFIG,
                f"The config {self.path} shares its sign-in with others. Connect again for all: --folder {others}.",
            )
        wrong = faults(with_filters({**self.config, "tenant": None, "credentials": ANYBODY}, {}))
        if wrong:
            raise XeroError(CONFIG, f"{' '.join(wrong.values())} Correct it in {self.path}, or remove it there.")
        try:
            self.path.parent.mkdir(mode=OWNER_ONLY_FOLDER, parents=True, exist_ok=True)
            if self.path.exists() and not os.access(self.path, os.W_OK):
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
            with tempfile.NamedTemporaryFile(dir=self.path.parent, prefix=f".{self.path.name}."):
                pass
        except OSError as error:
            self._cannot_be("written", error)

    def read(self) -> dict[str, Any]:
        """Return the config in the file, an empty one where there is no file or nothing in it.

        Raises:
            XeroError: config, when the file cannot be read or holds something else than a config.
        """
        # Reading a pipe may never end, and replacing a device destroys it.
        if os.path.exists(self.path) and not os.path.isfile(self.path):  # noqa: PTH110, PTH113 - Path's raise where one may not look
            self._fail("is no regular file")
        try:
            text = self.path.read_bytes()
        except FileNotFoundError:
            return {}
        except OSError as error:
            self._cannot_be("read", error)
        try:
            content = json.loads(text) if text.strip() else {}
        except (ValueError, RecursionError):
            self._fail("holds no JSON, so it is no config")
        known = connection_specification()["properties"]
        if not isinstance(content, dict) or not all(name in known or name.startswith("_") for name in content):
            self._fail("holds something else than a config of this connector")
        return content

    def keep(self, credentials: Mapping[str, str]) -> None:
        """Put the credentials of a new sign-in into the file at once.

        Raises:
            XeroError: config, when it cannot be written; the credentials then stay in the config.
        """
        self._unsaved = True
        rest = {name: value for name, value in self.config.items() if name != "credentials"}
        self.save({"credentials": dict(credentials), **rest})

    def save(self, config: dict[str, Any]) -> None:
        """Put a whole config into the file, readable by its owner only.

        A sync that is renewing its token is waited for: it would put its own token over the new one. After five minutes, or when
        the command ends, the config is written all the same, because the new token may be nowhere else. Tokens that a sync has
        put into the file since the sign-in was kept stay.

        Raises:
            XeroError: config, when the file cannot be written; it then holds what it held, and the config is not lost.
        """
        self.config = config
        with contextlib.ExitStack() as stack:
            with contextlib.suppress(XeroError):  # it takes longer than any renewal should, or the command ends
                stack.enter_context(TokenFile(self.path, "credentials").locked(self.stop))
            self.catch_up()
            try:
                data = json.dumps(self.config, indent=2, ensure_ascii=False).encode()
                write_private_file(self.path, data + b"\n")
            except OSError as error:
                self._cannot_be("written", error)
            self._unsaved = False
            self._know()

    def choose(self, tenant: Tenant) -> None:
        """Do nothing: the file is for whichever organisation is chosen."""

    def settings_of(self, tenant_id: str | None) -> dict[str, Any]:
        """Return the settings to show: those of the file, whichever organisation is chosen."""
        del tenant_id
        return self.config

    def catch_up(self) -> None:
        """Take over the tokens in the file, if another process has put new ones of the same app there."""
        if self._unsaved:
            return
        ours = self.credentials
        try:
            theirs = section(self.read(), "credentials")
        except XeroError:
            return
        token = text_of(theirs, "refresh_token")
        if (
            token
            and token not in self._known
            and ours.get("refresh_token")
            and theirs.get("client_id") == ours.get("client_id")
        ):
            kept = {name: value for name, value in ours.items() if name not in TOKENS}
            tokens = {name: theirs[name] for name in TOKENS if name in theirs}
            self.config = {**self.config, "credentials": {**kept, **tokens}}
            self._know()

    def rotated(self, credentials: Mapping[str, str]) -> None:
        """Hear of a token that was renewed by a check; the file has it already."""
        self.config["credentials"] = {**self.credentials, **credentials}
        self._know()

    def _know(self) -> None:
        """Note the refresh token: one that is in the file later and was not noted is newer."""
        self._known.add(text_of(self.credentials, "refresh_token"))

    def _cannot_be(self, done: str, error: OSError) -> NoReturn:
        if error.errno in _FULL:
            sentence = f"The file {self.path} cannot be {done}: {error.strerror}. Make room, then try again."
            raise XeroError(CONFIG, sentence) from None
        self._fail(f"cannot be {done}: {error.strerror}")

    def _fail(self, what: str) -> NoReturn:
        raise XeroError(CONFIG, f"The file {self.path} {what}. Name another one with --config.") from None
