"""Running ``deploy/airbyte/connect_organisations.py`` for made-up organisations, and looking for secrets in what it shows."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from integration_tests.connector import bare_environment
from integration_tests.platforms.airbyte_stub import CLIENT_ID, CLIENT_SECRET
from integration_tests.platforms.data_folder import ROOT
from integration_tests.protocol import Json

DEFINITION, WORKSPACE, DESTINATION = "the-definition", "the-workspace", "the-destination"

_WITHOUT_PAUSES = "import sys, connect_organisations as it; it.FIRST_PAUSE_SECONDS = 0.0; sys.exit(it.main())"
"""The script, but that it repeats calls at once."""


def config(name: str) -> Json:
    """Give an organisation's settings."""
    credentials = {"auth_type": "oauth2.0", "client_id": f"id-{name}", "client_secret": f"key-{name}"}
    return {"credentials": {**credentials, "refresh_token": f"token-{name}"}, "tenant": f"Tenant {name}"}


def write(folder: Path, *names: str) -> list[Path]:
    """Write config files."""
    paths = [folder / f"{name}.json" for name in names]
    for path in paths:
        path.write_text(json.dumps(config(path.stem)), encoding="utf-8")
    return paths


@contextmanager
def started(url: str, paths: list[Path], *options: str, secret: str = CLIENT_SECRET) -> Iterator[subprocess.Popen[str]]:
    """Start the script."""
    ids = ("--workspace", WORKSPACE, "--destination", DESTINATION, "--definition", DEFINITION)
    line = [sys.executable, "-c", _WITHOUT_PAUSES, *ids, "--api", url, *options, *map(str, paths)]
    folder = str(ROOT / "deploy" / "airbyte")
    environment = {
        **bare_environment(),
        "AIRBYTE_CLIENT_ID": CLIENT_ID,
        "AIRBYTE_CLIENT_SECRET": secret,
        "PYTHONPATH": folder,
    }
    with subprocess.Popen(line, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        yield process


def run(url: str, paths: list[Path], *options: str, secret: str = CLIENT_SECRET) -> subprocess.CompletedProcess[str]:
    """Run the script to its end; nothing that is secret may be shown."""
    with started(url, paths, *options, secret=secret) as process:
        stdout, stderr = process.communicate(timeout=120)
    shown = stdout + stderr
    assert [word for word in (secret, "token-", "key-", "Traceback") if word in shown] == []
    return subprocess.CompletedProcess([], process.returncode, stdout, stderr)
