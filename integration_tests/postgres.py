"""A PostgreSQL of the test's own, where its programs are installed."""

from __future__ import annotations

import importlib
import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tenacity import Retrying, retry_if_exception_type, stop_after_delay, wait_fixed

USER = "postgres"
_START_SECONDS = 60.0
_UNPRIVILEGED = "nobody"
"""PostgreSQL refuses to run as root."""


def postgres_programs() -> Path | None:
    """Find the folder of PostgreSQL's programs, which Debian keeps off the path; None without them or without psycopg."""
    if importlib.util.find_spec("psycopg") is None:
        return None
    found = [Path(program).parent for program in (shutil.which("initdb"),) if program]
    return next(iter([*found, *sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)]), None)


@contextmanager
def postgres_server(programs: Path) -> Iterator[str]:
    """Run a Postgres that listens on a socket in a folder of its own, and no port; give the folder."""
    root = os.geteuid() == 0
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    options: dict[str, Any] = {"cwd": folder, "stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL}
    if root:
        shutil.chown(folder, _UNPRIVILEGED)
        options |= {"user": _UNPRIVILEGED, "extra_groups": []}
    data = folder / "data"
    make = [f"{programs}/initdb", *f"-D {data} -U {USER} -A trust -E UTF8 --no-locale --no-sync".split()]
    serve = [f"{programs}/postgres", *f"-D {data} -k {folder} -c listen_addresses= -c fsync=off".split()]
    try:
        subprocess.run(make, check=True, timeout=_START_SECONDS, **options)
        server = subprocess.Popen(serve, stderr=subprocess.DEVNULL, **options)
        try:
            yield str(folder)
        finally:
            server.send_signal(signal.SIGINT)  # ends sessions, then itself
            server.wait(_START_SECONDS)
    finally:
        shutil.rmtree(folder)


def postgres_connection(folder: str, name: str) -> Any:
    """Connect to a database, as soon as the server answers; closing is the caller's."""
    psycopg = importlib.import_module("psycopg")
    patiently = Retrying(
        retry=retry_if_exception_type(psycopg.OperationalError),
        stop=stop_after_delay(_START_SECONDS),
        wait=wait_fixed(0.05),
        reraise=True,
    )
    return patiently(psycopg.connect, host=folder, user=USER, dbname=name, autocommit=True)
