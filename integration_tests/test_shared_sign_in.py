"""One sign-in for several configs: every process and thread has the newest token, and no kill loses it."""

from __future__ import annotations

import json
import random
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest

from integration_tests.connector import COMMAND, Connector, bare_environment
from integration_tests.protocol import LONGEST_RUN_SECONDS
from integration_tests.token_fleet import Plan, in_a_process
from local_xero.process import XeroServerProcess

NAME = "sign-in.tokens.json"
LINES_OF_WRITING = 28
"""One or two more than run to put tokens into a file; the test that kills before each asserts that."""

LINES_OF_RENEWAL = 220
"""About as many as a process runs to read a token, to renew it and to keep the new one."""


class Shared:
    """Configs in a folder that share a sign-in."""

    def __init__(self, folder: Path, xero: XeroServerProcess, number: int) -> None:
        credentials = xero.config()["credentials"]
        self.tokens = folder / NAME
        self.tokens.write_text(json.dumps({"refresh_token": credentials.pop("refresh_token")}), encoding="utf-8")
        config = {"credentials": {**credentials, "token_file": NAME}, "tenant": xero.tenant_id}
        self.configs = [folder / f"{index}.json" for index in range(number)]
        for path in self.configs:
            path.write_text(json.dumps(config), encoding="utf-8")

    def kept(self) -> Any:
        """Read the token file."""
        return json.loads(self.tokens.read_text(encoding="utf-8"))

    def plan(self, **options: Any) -> Plan:
        """Make a plan for a process with each config."""
        return Plan([str(path) for path in self.configs], **options)


@pytest.fixture
def shared(tmp_path: Path, xero: XeroServerProcess) -> Shared:
    """Give a folder with two configs."""
    (tmp_path / "books").mkdir()
    return Shared(tmp_path / "books", xero, 2)


def carried_out(plan: Plan, xero: XeroServerProcess) -> list[list[int]]:
    """Run a plan; give how its processes have ended."""
    done = subprocess.run(
        in_a_process(plan),
        env={**bare_environment(), **xero.environment()},
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        timeout=LONGEST_RUN_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: list[list[int]] = json.loads(done.stdout)
    return found


def refusals(xero: XeroServerProcess) -> int:
    """Count the tokens that Xero did not accept."""
    return sum(call["status"] != 200 for call in xero.log("/connect/token"))


def test_one_config_goes_on_with_what_another_has_renewed(
    connector: Connector, xero: XeroServerProcess, shared: Shared
) -> None:
    """The first config renews, the second needs no renewal; tokens are in their file alone, and in no CONTROL message."""
    xero.control("switches", {"refresh_grace_seconds": 0})
    configs = [path.read_bytes() for path in shared.configs]
    spent = shared.kept()["refresh_token"]
    outputs = [connector.check(path) for path in shared.configs]
    assert [output.outcome()[0] for output in outputs] == ["SUCCEEDED", "SUCCEEDED"]
    assert [output.of("CONTROL") for output in outputs] == [[], []]
    assert len(xero.log("/connect/token")) == 1
    assert [path.read_bytes() for path in shared.configs] == configs
    assert shared.kept()["refresh_token"] != spent
    text = "".join(line for output in outputs for line in (*output.lines, output.stderr))
    assert [
        secret for secret in (spent, shared.kept()["refresh_token"], shared.kept()["access_token"]) if secret in text
    ] == []


def test_a_read_takes_over_what_another_process_renews(
    connector: Connector, xero: XeroServerProcess, shared: Shared
) -> None:
    """A sync of one config after the other, each with a token that has ended meanwhile, needs one renewal each."""
    xero.control("switches", {"refresh_grace_seconds": 0})
    for path in (*shared.configs, *shared.configs):
        xero.control("tokens", {"expire_access": True})
        output = connector.read(path, "accounts")
        assert (output.status, bool(output.records("accounts"))) == (0, True)
    assert refusals(xero) == 0


@pytest.mark.parametrize("command", ["find-journal", "estimate"])
def test_commands_keep_the_token_where_all_find_it(xero: XeroServerProcess, shared: Shared, command: str) -> None:
    """A command renews the sign-in of all configs, and says in which file the new token is."""
    options = ["--created-since", "2000-01-01"] if command == "find-journal" else []
    line = [*COMMAND, command, "--config", str(shared.configs[0]), *options]
    environment = {**bare_environment(), **xero.environment(), "XERO_CALLS_PER_MINUTE": "6000"}
    spent = shared.kept()["refresh_token"]
    done = subprocess.run(
        line, env=environment, capture_output=True, text=True, timeout=LONGEST_RUN_SECONDS, check=False
    )
    assert done.returncode == 0, done.stderr
    assert str(shared.tokens) in done.stderr
    assert shared.kept()["refresh_token"] != spent


def test_a_token_file_that_is_not_there_is_named(
    connector: Connector, xero: XeroServerProcess, shared: Shared, tmp_path: Path
) -> None:
    """Where the operator names another file, that file alone counts: without tokens in it, a sentence says so before any call."""
    missing = tmp_path / "missing" / NAME
    connector.environment["XERO_TOKEN_FILE"] = str(missing)
    status, sentence = connector.check(shared.configs[0]).outcome()
    assert status == "FAILED"
    assert f"there is no refresh token in {missing}" in sentence
    assert xero.log() == []


@pytest.mark.slow  # up to half a minute: processes that are started and killed
def test_many_processes_and_threads_on_a_slow_disk(tmp_path: Path, xero: XeroServerProcess) -> None:
    """Xero lets no token be used twice, each write takes long, and yet no renewal of 6 processes with 3 threads each fails."""
    xero.control("switches", {"refresh_grace_seconds": 0, "latency_ms": 20})
    shared = Shared(tmp_path, xero, 6)
    ended = carried_out(shared.plan(threads=3, renewals=3, slow_seconds=0.02), xero)
    assert ended == [[0] * 6]
    calls = xero.log("/connect/token")
    assert refusals(xero) == 0
    assert (
        len(calls) >= 6 * 3
    )  # every process has renewed three times at least: its threads share what one of them gets
    assert sorted(path.name for path in tmp_path.iterdir()) == [*(path.name for path in shared.configs), NAME]


@pytest.mark.slow  # up to half a minute: processes that are started and killed
def test_a_kill_between_any_two_steps_of_the_writing_loses_no_sign_in(tmp_path: Path, xero: XeroServerProcess) -> None:
    """Killed before each line that writes the file, one after the other: the next process finds a sign-in that is alive.

    Xero has answered then, so the token in the file may be spent: its 30 minutes of grace are what saves it.
    """
    shared = Shared(tmp_path, xero, 2)
    plan = shared.plan(kill_at=list(range(1, LINES_OF_WRITING + 1)), kill_in="private_file.py", in_turns=True)
    victims, next_ones = zip(*carried_out(plan, xero), strict=True)
    assert set(next_ones) == {0}
    assert victims[0] == -signal.SIGKILL
    assert victims[-1] == 0, "there are more lines than were tried"
    assert refusals(xero) == 0


@pytest.mark.slow  # up to half a minute: processes that are started and killed
def test_a_kill_at_any_time_stops_no_other_process(tmp_path: Path, xero: XeroServerProcess) -> None:
    """Killed at random while another process renews: that one waits for nobody, and both go on afterwards."""
    shared = Shared(tmp_path, xero, 2)
    lines = random.Random(12).sample(range(1, LINES_OF_RENEWAL), 20)
    victims, others = zip(*carried_out(shared.plan(slow_seconds=0.005, kill_at=lines), xero), strict=True)
    assert set(others) == {0}
    assert victims.count(-signal.SIGKILL) > len(lines) // 2
    assert carried_out(shared.plan(), xero) == [[0, 0]]
    assert refusals(xero) == 0
