"""The runner for cron and Kubernetes: killed, stopped or started twice, it loses nothing and keeps what it has paid for."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from integration_tests.connector import COMMAND, bare_environment
from integration_tests.expected import LISTS, assert_same, truth
from integration_tests.platforms.data_folder import RUNNER, DataFolder
from integration_tests.protocol import LONGEST_RUN_SECONDS
from local_xero.process import XeroServerProcess

pytestmark = pytest.mark.skipif(len(COMMAND) > 1, reason="the console script is not installed beside this Python")

ANOTHER_RUN, UNDER_WAY_SECONDS = 75, 60.0
JOURNALS, PAGE = 1500, 100


class Runner:
    """Runs the runner over one data folder."""

    def __init__(self, folder: Path, xero: XeroServerProcess) -> None:
        self.data = DataFolder(folder / "data")
        self.data.path.mkdir()
        self.config = folder / "config.json"
        self.config.write_text(json.dumps(xero.config(tenant=xero.tenant_id)), encoding="utf-8")
        self.environment = {**bare_environment(), "XERO_CALLS_PER_MINUTE": "6000", **xero.environment()}

    def line(self, *streams: str) -> list[str]:
        """Give the command line."""
        options = ["--config", str(self.config), "--data", str(self.data.path), "--command", COMMAND[0]]
        return [sys.executable, str(RUNNER), *options, "--streams", ",".join(streams)]

    def run(self, *streams: str) -> subprocess.CompletedProcess[str]:
        """Run to the end."""
        line = self.line(*streams)
        limit = LONGEST_RUN_SECONDS
        return subprocess.run(line, env=self.environment, capture_output=True, text=True, timeout=limit, check=False)

    def run_when_free(self, *streams: str) -> int:
        """Run to the end, as soon as the connector of a runner that was killed has ended; return the exit status."""
        give_up = time.monotonic() + LONGEST_RUN_SECONDS
        while (status := self.run(*streams).returncode) == ANOTHER_RUN and time.monotonic() < give_up:
            time.sleep(0.1)
        return status

    @contextmanager
    def started(self, *streams: str) -> Iterator[subprocess.Popen[bytes]]:
        """Start a run, and wait until it has kept the first STATE."""
        with subprocess.Popen(self.line(*streams), env=self.environment, stderr=subprocess.DEVNULL) as process:
            try:
                give_up = time.monotonic() + UNDER_WAY_SECONDS
                while not self.data.states() and time.monotonic() < give_up:
                    assert process.poll() is None, "the run ended too early"
                    time.sleep(0.01)
                yield process
            finally:
                process.kill()


@pytest.fixture
def runner(tmp_path: Path, xero: XeroServerProcess) -> Runner:
    """Give a runner for the local Xero."""
    return Runner(tmp_path, xero)


def bulk(xero: XeroServerProcess) -> None:
    """Put a ledger into the local Xero that takes a few seconds to read."""
    xero.control("company", {"preset": "bulk", "options": {"journals": JOURNALS, "gaps": 0.05, "invoices": 10}})
    xero.control("switches", {"latency_ms": 300})


def assert_everything(runner: Runner, xero: XeroServerProcess, *streams: str) -> None:
    """Check that the files hold every record, of repeats the last one."""
    for stream in streams:
        last = {row[LISTS[stream][1]]: row for row in runner.data.rows(stream)}
        assert_same(stream, last.values(), truth(xero, stream))


def test_two_runs_bring_everything_once(runner: Runner, xero: XeroServerProcess) -> None:
    """The first run brings all rows, the second what is new; full refreshes come whole each time."""
    streams = ("journals", "invoices", "accounts")
    assert runner.run(*streams).returncode == 0
    assert_everything(runner, xero, *streams)
    xero.control("journals/add", {"count": 5})
    second = runner.run(*streams)
    assert second.returncode == 0, second.stderr
    assert_everything(runner, xero, *streams)
    accounts = len(xero.truth("Accounts"))
    report = runner.data.last_run()["streams"]
    assert report["journals"] == {"sync_mode": "incremental", "rows": 5, "complete": True}
    assert report["accounts"] == {"sync_mode": "full_refresh", "rows": accounts, "complete": True}
    assert runner.data.states().keys() == {"journals", "invoices"}
    assert runner.data.hidden() == []


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM], ids=lambda number: number.name)
def test_interrupted_run_goes_on(runner: Runner, xero: XeroServerProcess, number: signal.Signals) -> None:
    """Killed or stopped in the middle, the next run goes on where the files end: nothing lost, a page repeated at most."""
    bulk(xero)
    with runner.started("journals") as process:
        process.send_signal(number)
        status = process.wait(LONGEST_RUN_SECONDS)
    assert status in (-signal.SIGKILL, 128 + signal.SIGTERM)
    kept = runner.data.states()["journals"]["JournalNumber"]
    assert 0 < kept < JOURNALS
    assert runner.run_when_free("journals") == 0
    numbers = [row["JournalNumber"] for row in runner.data.rows("journals")]
    assert len(numbers) - len(set(numbers)) <= PAGE
    assert_everything(runner, xero, "journals")
    assert runner.data.hidden() == []


def test_state_never_goes_beyond_the_rows(runner: Runner, xero: XeroServerProcess) -> None:
    """At the moment of a kill the files hold every row up to the state that was kept."""
    bulk(xero)
    with runner.started("journals") as process:
        process.kill()
        process.wait(LONGEST_RUN_SECONDS)
    kept = runner.data.states()["journals"]["JournalNumber"]
    (part,) = runner.data.hidden()
    lines = part.read_text(encoding="utf-8").split("\n")[:-1]
    numbers = {json.loads(line)["JournalNumber"] for line in lines}
    assert {row["JournalNumber"] for row in xero.truth("Journals") if row["JournalNumber"] <= kept} <= numbers


def test_a_cut_line_is_taken_off(runner: Runner, xero: XeroServerProcess) -> None:
    """What a crash has left of a line does not reach the loader; the whole lines before it do."""
    folder = runner.data.path / "records" / "accounts"
    folder.mkdir(parents=True)
    (folder / ".20260101T000000.000000Z.jsonl.part").write_text('{"AccountID":"whole"}\n{"Accou', encoding="utf-8")
    (folder / ".20260102T000000.000000Z.jsonl.part").write_text('{"Accou', encoding="utf-8")
    assert runner.run("accounts").returncode == 0
    first, _second = runner.data.files("accounts")
    assert first.read_text(encoding="utf-8") == '{"AccountID":"whole"}\n'
    assert len(runner.data.rows("accounts")) == 1 + len(xero.truth("Accounts"))


def test_second_run_at_the_same_time_is_refused(runner: Runner, xero: XeroServerProcess) -> None:
    """While a run is under way another one ends at once, with a status of its own, and calls nobody."""
    bulk(xero)
    with runner.started("journals"):
        second = runner.run("invoices")
    assert second.returncode == ANOTHER_RUN
    assert "Another run is under way" in second.stderr
    assert xero.log("Invoices") == []


def test_rotated_tokens_are_kept_and_not_shown(runner: Runner, xero: XeroServerProcess) -> None:
    """Tokens go into tokens.json alone, for the owner's eyes; a config that cannot be written is enough."""
    xero.control("switches", {"refresh_grace_seconds": 0})
    before = runner.config.read_bytes()
    outputs = [runner.run("accounts") for _ in range(2)]
    assert [done.returncode for done in outputs] == [0, 0]
    tokens = runner.data.path / "tokens.json"
    kept = json.loads(tokens.read_text(encoding="utf-8"))
    assert stat.S_IMODE(tokens.stat().st_mode) == 0o600
    assert runner.config.read_bytes() == before
    shown = runner.data.text() + "".join(done.stdout + done.stderr for done in outputs)
    secrets = (kept["access_token"], kept["refresh_token"], xero.line["refresh_token"], xero.line["client_secret"])
    assert [secret for secret in secrets if secret in shown] == []


def test_a_sign_in_that_is_shared_stays_in_one_file(runner: Runner, xero: XeroServerProcess, tmp_path: Path) -> None:
    """A config that names a token file is refused with the runner's own choice, and runs where XERO_TOKEN_FILE names the file."""
    xero.control("switches", {"refresh_grace_seconds": 0})
    config = xero.config(tenant=xero.tenant_id)
    shared = tmp_path / "sign-in.tokens.json"
    shared.write_text(json.dumps({"refresh_token": config["credentials"].pop("refresh_token")}), encoding="utf-8")
    config["credentials"]["token_file"] = shared.name
    runner.config.write_text(json.dumps(config), encoding="utf-8")
    refused = runner.run("accounts")
    assert refused.returncode == 1
    assert "The config shares a sign-in" in refused.stdout + refused.stderr
    assert xero.log() == []
    runner.environment["XERO_TOKEN_FILE"] = str(shared)
    for _ in range(2):
        xero.control("tokens", {"expire_access": True})
        done = runner.run("accounts")
        assert done.returncode == 0, done.stderr
    assert not (runner.data.path / "tokens.json").exists()


def test_failing_stream_fails_the_run_and_keeps_the_others(runner: Runner, xero: XeroServerProcess) -> None:
    """A stream that Xero refuses makes the exit status 1 and is not complete; the others are kept."""
    xero.control("faults", {"kind": "forbidden", "path": "Journals", "times": None})
    done = runner.run("journals", "accounts")
    report = runner.data.last_run()
    assert (done.returncode, report["status"]) == (1, 1)
    assert {name: stream["complete"] for name, stream in report["streams"].items()} == {
        "journals": False,
        "accounts": True,
    }
    assert "ERROR" in done.stderr
    assert_everything(runner, xero, "accounts")


def test_full_disk_keeps_the_state_behind_the_rows(runner: Runner, xero: XeroServerProcess) -> None:
    """Where rows cannot be written, the run ends with an error, and no state claims them."""
    bulk(xero)
    limit = f"ulimit -f 200; exec {' '.join(runner.line('journals'))}"  # blocks of 1 KiB
    environment = {**runner.environment, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        ["/bin/bash", "-c", limit], env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 1, done.stderr
    assert runner.run("journals").returncode == 0
    assert_everything(runner, xero, "journals")


def test_unknown_stream_is_named(runner: Runner) -> None:
    """A stream that is not offered ends the run with its name."""
    done = runner.run("journal")
    assert done.returncode == 1
    assert "Not offered: journal." in done.stderr
    assert not os.path.lexists(runner.data.path / "state.json")
