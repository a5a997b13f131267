"""``source-xero-gl sync`` as a process, for tests."""

from __future__ import annotations

import importlib
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from integration_tests.restored import MANY
from local_xero.process import XeroServerProcess

SYNC = str(Path(sys.executable).with_name("source-xero-gl"))
LONGEST_SECONDS = 300.0


class Books:
    """Configs of organisations in a folder of their own, and the database: a DuckDB file beside them, or a PostgreSQL URL."""

    def __init__(self, folder: Path, xero: XeroServerProcess, url: str = "") -> None:
        self.xero = xero
        self.folder = folder
        self.url = url
        self.longest_seconds = LONGEST_SECONDS
        self.database = folder / "xero.duckdb"
        self.temporary = folder / "temporary"
        self.temporary.mkdir(parents=True)
        self.configs = []
        for number, tenant in enumerate(xero.line["tenants"]):
            path = folder / f"{number}.json"
            path.write_text(json.dumps(xero.config(tenant=tenant["tenantId"])), encoding="utf-8")
            path.chmod(0o640)
            self.configs.append(path)

    @property
    def environment(self) -> dict[str, str]:
        """Variables that lead to the local Xero, at its pace, with a temporary folder of our own."""
        own = {"XERO_CALLS_PER_MINUTE": str(MANY), "TMPDIR": str(self.temporary)}
        return {**os.environ, **self.xero.environment(), **own}

    def line(self, *arguments: str) -> list[str]:
        """Give the command line for all organisations."""
        configs = [word for path in self.configs for word in ("--config", str(path))]
        return [SYNC, "sync", *configs, *(("--database", self.url) if self.url else ()), *arguments]

    def sync(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run the command, with more variables in its environment."""
        return subprocess.run(
            self.line(*arguments),
            env=self.environment | variables,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=self.longest_seconds,
            check=False,
        )

    @contextmanager
    def started(self, *arguments: str) -> Iterator[subprocess.Popen[str]]:
        """Start the command, for a test that stops it."""
        with subprocess.Popen(
            self.line(*arguments), env=self.environment, cwd=self.folder, stdout=subprocess.PIPE, text=True
        ) as process:
            try:
                yield process
            finally:
                process.kill()

    def received(self) -> str:
        """Give what has been received and is not stored."""
        files = self.folder.glob("*.sync/received-*")
        return "".join(file.read_text(encoding="utf-8") for file in files)

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        """Ask the database, which may be changed."""
        if self.url:
            with importlib.import_module("psycopg").connect(self.url, autocommit=True) as session:
                found = session.execute(sql)
                return list(found.fetchall()) if found.description else []
        with importlib.import_module("duckdb").connect(str(self.database)) as connection:
            return list(connection.execute(sql).fetchall())


def until(process: subprocess.Popen[str], holds: Callable[[], bool]) -> None:
    """Wait for something while a process runs."""
    while not holds():
        assert process.poll() is None
        time.sleep(0.02)


def numbers(text: str, name: str) -> list[int]:
    """Return the numbers in a stream's line of a table."""
    line = re.search(rf"^ +{name} +([\d, ]+)$", text, re.MULTILINE)
    assert line is not None, text
    return [int(number.replace(",", "")) for number in line[1].split()]


def offsets(xero: XeroServerProcess) -> list[int]:
    """Return where the calls for journals began, but for the look beyond the last one that ``check`` takes."""
    asked = [int(call["query"]["offset"]) for call in xero.log("Journals")]
    return [offset for offset in asked if offset < 1_000_000]
