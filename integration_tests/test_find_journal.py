"""``find-journal`` as a process against the local Xero: tokens that are kept, and an end that can be counted on."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from integration_tests.connector import COMMAND, bare_environment, ended
from integration_tests.protocol import Json
from local_xero.process import XeroServerProcess

LONGEST_RUN_SECONDS = 60
_WITHOUT_ROOT_POWER = (
    # Root may write read-only files; without the capability CAP_DAC_OVERRIDE (1) it may not.
    "import ctypes, os, sys; ctypes.CDLL(None).prctl(24, 1, 0, 0, 0); os.execv(sys.argv[1], sys.argv[1:])"
)


def line(path: Path, since: str = "2026-01-01") -> list[str]:
    """Give a command line."""
    return [*COMMAND, "find-journal", "--created-since", since, "--config", str(path)]


def environment(xero: XeroServerProcess, **variables: str) -> dict[str, str]:
    """Give the environment of a command."""
    return {**bare_environment(), "XERO_CALLS_PER_MINUTE": "6000", **xero.environment(), **variables}


def run(xero: XeroServerProcess, command: list[str], **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a command line; no secret may stand in what it writes."""
    stdout, stderr, status = ended(command, environment(xero, **variables))
    done = subprocess.CompletedProcess(command, status, stdout, stderr)
    secrets = [xero.line[name] for name in ("client_secret", "refresh_token", "access_token")]
    assert not [secret for secret in (*secrets, "eyJhbGciOiAi", "Traceback") if secret in done.stdout + done.stderr]
    return done


def written(path: Path, config: Json) -> Path:
    """Write a config file."""
    path.write_text(json.dumps(config), encoding="utf-8")
    return path


def refresh_token(path: Path) -> str:
    """Read the refresh token in a config file, or in a token file."""
    content = json.loads(path.read_text(encoding="utf-8"))
    return str(content.get("credentials", content)["refresh_token"])


def test_rotated_token_is_kept_in_the_config_file(xero: XeroServerProcess, tmp_path: Path) -> None:
    """The next refresh token is in the file, whose mode stays; a second run needs no renewal."""
    path = written(tmp_path / "config.json", xero.config())
    path.chmod(0o600)
    first = run(xero, line(path))
    assert first.stderr == f"Xero has replaced the refresh token; the new one is in {path}.\n"
    assert (first.returncode, stat.S_IMODE(path.stat().st_mode)) == (0, 0o600)
    assert refresh_token(path) != xero.line["refresh_token"]
    second = run(xero, line(path))
    assert (second.stdout, second.stderr) == (first.stdout, "")
    assert len(xero.log("/connect/token")) == 1


def test_rotated_token_is_kept_in_the_token_file(xero: XeroServerProcess, tmp_path: Path) -> None:
    """With XERO_TOKEN_FILE, which need not exist yet, the config file stays as it is."""
    path, file = written(tmp_path / "config.json", xero.config()), tmp_path / "tokens.json"
    done = run(xero, line(path), XERO_TOKEN_FILE=str(file))
    assert (done.returncode, str(file) in done.stderr) == (0, True)
    assert refresh_token(path) == xero.line["refresh_token"] != refresh_token(file)


@pytest.mark.skipif(sys.platform != "linux", reason="root's power over files can be laid down on Linux only")
def test_no_token_is_spent_that_could_not_be_kept(xero: XeroServerProcess, tmp_path: Path) -> None:
    """Where neither file can be written, the command says so before any call: the refresh token stays good."""
    path = written(tmp_path / "config.json", xero.config())
    path.chmod(0o444)
    done = run(xero, [sys.executable, "-c", _WITHOUT_ROOT_POWER, *line(path)])
    assert (done.returncode, done.stdout) == (1, "")
    assert "the next one could not be kept" in done.stderr
    assert xero.log() == []
    file = tmp_path / "tokens.json"
    assert (
        run(xero, [sys.executable, "-c", _WITHOUT_ROOT_POWER, *line(path)], XERO_TOKEN_FILE=str(file)).returncode == 0
    )


def test_a_custom_connection_works_too(xero: XeroServerProcess, tmp_path: Path) -> None:
    """Without refresh tokens there is nothing to keep, and a read-only file will do."""
    path = written(tmp_path / "config.json", xero.custom_connection_config())
    path.chmod(0o444)
    done = run(xero, line(path, "2020-01-01T00:00:00Z"))
    assert (done.returncode, done.stderr) == (0, "")
    assert int(done.stdout) == min(row["JournalNumber"] for row in xero.truth("Journals"))


def test_a_signal_ends_it_without_a_traceback(xero: XeroServerProcess, tmp_path: Path) -> None:
    """SIGTERM during a wait ends the command, as its parent sees, and nothing is on stdout."""
    xero.control("faults", {"kind": "rate_limit", "path": "Journals", "problem": "minute", "retry_after": 60})
    path = written(tmp_path / "config.json", xero.access_token_config(tenant=xero.tenant_id))
    with subprocess.Popen(
        line(path), env=environment(xero), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        deadline = time.monotonic() + LONGEST_RUN_SECONDS
        while not xero.log("Journals") and time.monotonic() < deadline:
            time.sleep(0.1)
        os.kill(process.pid, signal.SIGTERM)
        out, err = process.communicate(timeout=LONGEST_RUN_SECONDS)
    assert (process.returncode, out, err) == (-signal.SIGTERM, "", "")


def test_an_answer_that_cannot_be_written_is_told(xero: XeroServerProcess, tmp_path: Path) -> None:
    """Where stdout takes nothing, one sentence says so, also at the very end of the process."""
    path = tmp_path / "config.json"
    path.write_text(json.dumps(xero.access_token_config(tenant=xero.tenant_id)), encoding="utf-8")
    done = run(xero, ["/bin/bash", "-c", 'exec "$@" > /dev/full', "bash", *line(path, "2014-12-30")])
    assert (done.returncode, done.stderr) == (
        1,
        "The answer could not be written to stdout: No space left on device.\n",
    )
