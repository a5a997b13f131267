"""One way to read the company: a folder with a config and a database, and ``source-xero-gl sync`` as a process."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from source_xero_gl.commands.layout import show, shown
from source_xero_gl.wording import PROGRAM

_EXECUTABLE = Path(sys.executable).with_name(PROGRAM)
_PRIVATE = 0o600


class Way:
    """Syncs with one config into one database.

    Args:
        folder: is emptied first.
        config: the connector's settings.
        environment: where the local Xero is.
    """

    def __init__(self, folder: Path, config: Mapping[str, Any], environment: Mapping[str, str]) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        self.config, self.database, self.page = folder / "config.json", folder / "xero.duckdb", folder / "ledger.html"
        self.config.touch(_PRIVATE)
        self.config.write_text(json.dumps(config, indent=2), encoding="utf-8")
        self._environment = {**os.environ, **environment}
        self._environment.pop("XERO_TOKEN_FILE", None)  # it keeps the tokens of a real organisation

    def sync(self, *options: str) -> int:
        """Run the command; return its exit status."""
        self._announce(options)
        return subprocess.run(self._command(options), env=self._environment, check=False).returncode

    def begin(self) -> subprocess.Popen[str]:
        """Run the command without waiting for it; ``end`` prints what it has said."""
        return subprocess.Popen(
            self._command(()), env=self._environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )

    def end(self, begun: subprocess.Popen[str]) -> int:
        """Wait for the command, and print what it has said; return its exit status."""
        output = begun.communicate()[0]
        self._announce(())
        print(output, end="", flush=True)
        return begun.returncode

    def _command(self, options: tuple[str, ...]) -> list[str]:
        return [str(_EXECUTABLE), "sync", "--config", str(self.config), *options]

    def _announce(self, options: tuple[str, ...]) -> None:
        show(("", " ".join(("$", PROGRAM, "sync --config", shown(self.config), *options))))
