"""Rotated refresh tokens: handed out before they are used, and kept where they can be."""

from __future__ import annotations

import contextlib
import json
import os
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from integration_tests.connector import Connector
from integration_tests.protocol import LONGEST_RUN_SECONDS, Json, Output, parse
from local_xero.process import XeroServerProcess

PIPE_BYTES = 4096
ROOM_BYTES = 700
"""Enough for the first line of the log, too little for a CONTROL message with an access token in it."""

_SET_PIPE_SIZE = 1031  # F_SETPIPE_SZ of Linux, which Python names from 3.10 on for Linux alone
_WITHOUT_ROOT_POWER = (
    # Root may write read-only files; without the capability CAP_DAC_OVERRIDE (1) it may not.
    "import ctypes, os, sys; ctypes.CDLL(None).prctl(24, 1, 0, 0, 0); os.execv(sys.argv[1], sys.argv[1:])"
)


def tokens_in(path: Path) -> Json:
    """Read the credentials of a config file, or the content of a token file."""
    content: Json = json.loads(path.read_text(encoding="utf-8"))
    credentials: Json = content.get("credentials", content)
    return credentials


def assert_next_sync_needs_no_renewal(connector: Connector, xero: XeroServerProcess, config: Path) -> None:
    """Check that what was kept is enough: the spent token is dead, and the next sync asks for none."""
    xero.control("reset", {"what": ["log"]})
    assert connector.check(config).outcome()[0] == "SUCCEEDED"
    assert xero.log("/connect/token") == []


@pytest.mark.skipif(sys.platform != "linux", reason="sizes of pipes can be set on Linux only")
def test_rotated_token_is_handed_out_before_it_is_used(connector: Connector, xero: XeroServerProcess) -> None:
    """As long as nobody takes the CONTROL message, no call is made with the new access token."""
    import fcntl  # noqa: PLC0415 - exists where this test runs

    reading, writing = os.pipe()
    fcntl.fcntl(writing, _SET_PIPE_SIZE, PIPE_BYTES)
    os.write(writing, b"\n" * (PIPE_BYTES - ROOM_BYTES))
    line = connector.line("check", xero.config())
    with subprocess.Popen(line, stdout=writing, env=connector.environment) as process, os.fdopen(reading) as stdout:
        os.close(writing)
        _await_renewal(xero)
        time.sleep(0.7)  # the time in which a call that did not wait would be made
        calls = [call["path"] for call in xero.log()]
        text = stdout.read().lstrip("\n")
        process.wait(LONGEST_RUN_SECONDS)
    assert calls == ["/connect/token"]
    output = parse(text, "", process.returncode)
    assert output.outcome()[0] == "SUCCEEDED"
    assert len(output.of("CONTROL")) == 1


def _await_renewal(xero: XeroServerProcess) -> None:
    """Wait until the token has been renewed."""
    for _ in range(200):
        if xero.log("/connect/token"):
            return
        time.sleep(0.1)
    pytest.fail("the token was not renewed")


def test_config_file_keeps_the_rotated_token(connector: Connector, xero: XeroServerProcess) -> None:
    """The config file gets the new token; its mode, its other content and the link to it stay as they are."""
    xero.control("switches", {"refresh_grace_seconds": 0})
    config = connector.write(xero.config(tenant=xero.tenant_id, journals={"starting_at_journal_id": 5}))
    config.chmod(0o640)
    link = config.with_name("link.json")
    link.symlink_to(config.name)
    output = connector.check(link)
    assert output.outcome()[0] == "SUCCEEDED"
    (control,) = output.of("CONTROL")
    assert json.loads(config.read_text(encoding="utf-8")) == control["connectorConfig"]["config"]
    assert tokens_in(config)["refresh_token"] != xero.line["refresh_token"]
    assert (link.is_symlink(), stat.S_IMODE(config.stat().st_mode)) == (True, 0o640)
    assert sorted(path.name for path in config.parent.iterdir()) == [config.name, "link.json"]
    assert_next_sync_needs_no_renewal(connector, xero, link)


def on_a_terminal(connector: Connector, line: list[str]) -> tuple[str, str]:
    """Run a command whose stdout is a terminal; give what it shows, and stderr."""
    ours, theirs = os.openpty()
    with subprocess.Popen(
        line, stdout=theirs, stderr=subprocess.PIPE, env=connector.environment, encoding="utf-8"
    ) as process:
        os.close(theirs)
        shown = b""
        with contextlib.suppress(OSError):  # Linux's way to say that the other side has closed the terminal
            while piece := os.read(ours, 65_536):
                shown += piece
        os.close(ours)
        assert process.stderr
        return shown.decode(), process.stderr.read()


def test_a_terminal_shows_no_secret(connector: Connector, xero: XeroServerProcess) -> None:
    """On a terminal a sentence says where the rotated token is, in the place of the CONTROL message with the settings."""
    config = connector.write(xero.config())
    before = tokens_in(config)
    shown, errors = on_a_terminal(connector, connector.line("check", config))
    after = tokens_in(config)
    assert after["refresh_token"] != before["refresh_token"]
    assert '"status":"SUCCEEDED"' in shown
    assert errors == f"Xero has replaced the refresh token; the new one is in {config}.\n"
    secrets = [before["client_secret"], before["refresh_token"], after["refresh_token"], after["access_token"]]
    assert [secret for secret in secrets if secret in shown + errors] == []


@pytest.mark.skipif(sys.platform != "linux", reason="root's power over files can be laid down on Linux only")
def test_a_terminal_shows_the_only_copy_of_a_token(connector: Connector, xero: XeroServerProcess) -> None:
    """Where no file can keep the rotated token, the CONTROL message is shown on a terminal too: nothing else has it."""
    config = connector.write(xero.config())
    config.chmod(0o444)
    shown, _ = on_a_terminal(connector, [sys.executable, "-c", _WITHOUT_ROOT_POWER, *connector.line("check", config)])
    assert '"type":"CONTROL"' in shown


@pytest.mark.skipif(sys.platform != "linux", reason="root's power over files can be laid down on Linux only")
def test_a_shared_token_is_not_spent_where_the_next_could_not_be_kept(
    connector: Connector, xero: XeroServerProcess, tmp_path: Path
) -> None:
    """A token file that several configs share and that cannot be written is a config error before any call."""
    config = xero.config(tenant=xero.tenant_id)
    shared = tmp_path / "sign-in.tokens.json"
    shared.write_text(json.dumps({"refresh_token": config["credentials"].pop("refresh_token")}), encoding="utf-8")
    shared.chmod(0o444)
    config["credentials"]["token_file"] = shared.name
    line = [sys.executable, "-c", _WITHOUT_ROOT_POWER, *connector.line("check", config)]
    status, sentence = connector.run(line).outcome()
    assert (status, xero.log()) == ("FAILED", [])
    assert f"{shared} cannot be written" in sentence


def test_token_file_keeps_the_rotated_token(connector: Connector, xero: XeroServerProcess, tmp_path: Path) -> None:
    """XERO_TOKEN_FILE takes the tokens, readable by its owner only; the config file stays as it is."""
    xero.control("switches", {"refresh_grace_seconds": 0})
    file = tmp_path / "kept" / "tokens.json"
    file.parent.mkdir()
    connector.environment["XERO_TOKEN_FILE"] = str(file)
    config = connector.write(xero.config())
    before = config.read_bytes()
    assert connector.check(config).outcome()[0] == "SUCCEEDED"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert config.read_bytes() == before
    assert_next_sync_needs_no_renewal(connector, xero, config)


def test_token_is_still_kept_when_the_tenant_is_not_clear(connector: Connector, xero: XeroServerProcess) -> None:
    """A check that fails after the sign-in has spent the refresh token: the new one is handed out and kept all the same."""
    xero.control("switches", {"refresh_grace_seconds": 0})
    config = connector.write(xero.config(tenant="Nobody"))
    output = connector.check(config)
    assert output.outcome()[0] == "FAILED"
    (control,) = output.of("CONTROL")
    given = control["connectorConfig"]["config"]["credentials"]
    assert tokens_in(config)["refresh_token"] == given["refresh_token"] != xero.line["refresh_token"]


def test_two_syncs_of_one_config_file_renew_once(connector: Connector, xero: XeroServerProcess) -> None:
    """Two processes that start at the same time with one config file do not break each other's token."""
    xero.control("switches", {"refresh_grace_seconds": 0, "latency_ms": 300})
    config = connector.write(xero.config())
    outputs: list[Output] = []
    threads = [threading.Thread(target=lambda: outputs.append(connector.check(config))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [output.outcome()[0] for output in outputs] == ["SUCCEEDED", "SUCCEEDED"]
    assert len(xero.log("/connect/token")) == 1
