"""The config file: what an earlier one holds, and putting a new one in its place."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

from source_xero_gl.settings.specification import connection_specification
from source_xero_gl.xero.errors import CONFIG, XeroError
from source_xero_gl.xero.tokens.file import TokenFile
from source_xero_gl.xero.tokens.private_file import write_private_file

_OWNER_ONLY_FOLDER = 0o700
_FULL = (errno.ENOSPC, errno.EDQUOT)
_TOKENS = ("refresh_token", "access_token", "token_expiry_date")


class ConfigFile:
    """A config file that need not exist yet; links are followed.

    Attributes:
        path: of the file itself.
        stop: is set when the command ends: no other process is waited for then.
    """

    def __init__(self, path: Path) -> None:
        """Use the file at ``path``."""
        self.path = Path(os.path.realpath(path))
        self.stop = threading.Event()
        self._known: set[object] = set()

    def read(self) -> dict[str, Any]:
        """Return the config in the file, an empty one where there is no file or nothing in it.

        Raises:
            XeroError: config, when the file cannot be read or holds something else than a config.
        """
        content = self._read()
        self.know(content)
        return content

    def _read(self) -> dict[str, Any]:
        self._refuse_what_is_no_file()
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

    def prepare(self) -> None:
        """Find out before the sign-in whether the file can be written; its folder is made where it is missing.

        Raises:
            XeroError: config, when it cannot.
        """
        self._refuse_what_is_no_file()
        try:
            self.path.parent.mkdir(mode=_OWNER_ONLY_FOLDER, parents=True, exist_ok=True)
            if self.path.exists() and not os.access(self.path, os.W_OK):
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
            with tempfile.NamedTemporaryFile(dir=self.path.parent, prefix=f".{self.path.name}."):
                pass
        except OSError as error:
            self._cannot_be("written", error)

    def write(self, config: Mapping[str, Any], *, fresh: bool = False) -> dict[str, Any]:
        """Put a config into the file, readable by its owner only, and return what it holds now.

        A sync that is renewing its token is waited for: it would put its own token over the new one. After five minutes, or when
        the command ends, the config is written all the same, because the new token may be nowhere else.

        Args:
            config: the whole config.
            fresh: its tokens come from a new sign-in; otherwise tokens that a sync has put into the file meanwhile stay.

        Raises:
            XeroError: config, when the file cannot be written; it then holds what it held.
        """
        with contextlib.ExitStack() as stack:
            with contextlib.suppress(XeroError):  # it takes longer than any renewal should, or the command ends
                stack.enter_context(TokenFile(self.path, "credentials").locked(self.stop))
            written = dict(config) if fresh else self.with_newest_tokens(config)
            try:
                write_private_file(self.path, json.dumps(written, indent=2, ensure_ascii=False).encode() + b"\n")
            except OSError as error:
                self._cannot_be("written", error)
            self.know(written)
        return written

    def with_newest_tokens(self, config: Mapping[str, Any]) -> dict[str, Any]:
        """Return a config with the tokens in the file, if another process has put new ones of the same app there."""
        ours = _credentials(config)
        try:
            theirs = _credentials(self._read())
        except XeroError:
            theirs = {}
        token = theirs.get("refresh_token")
        if not isinstance(token, str) or not token or token in self._known or not ours.get("refresh_token"):
            return dict(config)
        if theirs.get("client_id") != ours.get("client_id"):
            return dict(config)
        kept = {name: value for name, value in ours.items() if name not in _TOKENS}
        tokens = {name: theirs[name] for name in _TOKENS if name in theirs}
        return {**config, "credentials": {**kept, **tokens}}

    def know(self, config: Mapping[str, Any]) -> None:
        """Note a refresh token that this command has had: one that is in the file later and was not noted is newer."""
        token = _credentials(config).get("refresh_token")
        if isinstance(token, str):
            self._known.add(token)

    def _refuse_what_is_no_file(self) -> None:
        """Leave devices, pipes and folders alone: reading one may never end, replacing one destroys it."""
        if os.path.exists(self.path) and not os.path.isfile(self.path):  # noqa: PTH110, PTH113 - Path's raise where one may not look
            self._fail("is no regular file")

    def _cannot_be(self, done: str, error: OSError) -> NoReturn:
        if error.errno in _FULL:
            sentence = f"The file {self.path} cannot be {done}: {error.strerror}. Make room, then try again."
            raise XeroError(CONFIG, sentence) from None
        self._fail(f"cannot be {done}: {error.strerror}")

    def _fail(self, what: str) -> NoReturn:
        raise XeroError(CONFIG, f"The file {self.path} {what}. Name another one with --config.") from None


def _credentials(config: Mapping[str, Any]) -> dict[str, Any]:
    credentials = config.get("credentials")
    return credentials if isinstance(credentials, dict) else {}
