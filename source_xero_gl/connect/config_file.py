"""The config file: what an earlier one holds, and writing a new one so that a crash leaves either, never half of one."""

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

from source_xero_gl.specification import connection_specification
from source_xero_gl.xero.errors import CONFIG, XeroError
from source_xero_gl.xero.token_file import TokenFile

OWNER_ONLY = 0o600
_OWNER_ONLY_FOLDER = 0o700
_CANNOT_BE_REPLACED = (errno.EBUSY, errno.EXDEV)
"""What replacing a single file says that was mounted into a container."""


class ConfigFile:
    """A config file that need not exist yet; links are followed."""

    def __init__(self, path: Path) -> None:
        """Use the file at ``path``."""
        self.path = Path(os.path.realpath(path))

    def read(self) -> dict[str, Any]:
        """Return the config in the file, an empty one where there is no file or nothing in it.

        Raises:
            XeroError: config, when the file cannot be read or holds something else than a config.
        """
        try:
            text = self.path.read_bytes()
        except FileNotFoundError:
            return {}
        except OSError as error:
            self._fail(f"cannot be read: {error.strerror}")
        try:
            content = json.loads(text) if text.strip() else {}
        except ValueError:
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
        try:
            self.path.parent.mkdir(mode=_OWNER_ONLY_FOLDER, parents=True, exist_ok=True)
            if self.path.exists() and not os.access(self.path, os.W_OK):
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
            with tempfile.NamedTemporaryFile(dir=self.path.parent, prefix=f".{self.path.name}."):
                pass
        except OSError as error:
            self._fail(f"cannot be written: {error.strerror}")

    def write(self, config: Mapping[str, Any]) -> None:
        """Put a config into the file, readable by its owner only.

        A sync that renews its token at this moment is waited for, so that it cannot put its own token over the new one.

        Raises:
            XeroError: config, when the file cannot be written; it then holds what it held.
        """
        data = json.dumps(config, indent=2, ensure_ascii=False).encode() + b"\n"
        with TokenFile(self.path, "credentials").locked(threading.Event()):
            try:
                self._replace(data)
            except OSError as error:
                self._fail(f"cannot be written: {error.strerror}")

    def _replace(self, data: bytes) -> None:
        descriptor, name = tempfile.mkstemp(dir=self.path.parent, prefix=f".{self.path.name}.")  # mode 0600
        try:
            with os.fdopen(descriptor, "wb") as file:
                self._keep_owner(file.fileno())
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            try:
                Path(name).replace(self.path)
            except OSError as error:
                if error.errno not in _CANNOT_BE_REPLACED:
                    raise
                self._rewrite(data)
        finally:
            with contextlib.suppress(FileNotFoundError):
                Path(name).unlink()

    def _keep_owner(self, descriptor: int) -> None:
        """Leave the file to whom it belonged, should root write it."""
        with contextlib.suppress(OSError):
            old = self.path.stat()
            os.fchown(descriptor, old.st_uid, old.st_gid)

    def _rewrite(self, data: bytes) -> None:
        with self.path.open("r+b") as file:
            os.fchmod(file.fileno(), OWNER_ONLY)
            file.write(data)
            file.truncate()
            file.flush()
            os.fsync(file.fileno())

    def _fail(self, what: str) -> NoReturn:
        raise XeroError(CONFIG, f"The file {self.path} {what}. Name another one with --config.") from None
