"""The runner with a connector or a folder that is broken: one sentence, a true ``last_run.json``, and no second run too early."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from integration_tests.connector import bare_environment
from integration_tests.platforms.data_folder import RUNNER, DataFolder

ANOTHER_RUN, LONGEST_SECONDS = 75, 60.0
STREAM = {
    "name": "journals",
    "json_schema": {},
    "supported_sync_modes": ["full_refresh", "incremental"],
    "source_defined_primary_key": [["JournalID"]],
}
CATALOG = json.dumps({"type": "CATALOG", "catalog": {"streams": [STREAM]}})
ROW = json.dumps({"type": "RECORD", "record": {"stream": "journals", "data": {"JournalID": "a"}}})
STATE = json.dumps(
    {"type": "STATE", "state": {"type": "STREAM", "stream": {"stream_descriptor": {"name": "journals"}}}}
)
DAMAGED = "state.json is damaged: restore it, or remove it to read everything again."


class FakeConnector:
    """A program that writes what it is told, and a data folder for it."""

    def __init__(self, folder: Path) -> None:
        self.data = DataFolder(folder / "data")
        self.data.path.mkdir()
        self.program = folder / "connector"
        self.release = folder / "release"
        self.write(ROW, STATE)

    def write(self, *lines: str, waits: bool = False) -> None:
        """Let ``read`` write lines, and then maybe wait until there is a file named ``release``."""
        text = "\n".join(lines)
        program = [
            f"#!{sys.executable}",
            "import os, sys, time",
            "reads = sys.argv[1] == 'read'",
            f"print({text!r} if reads else {CATALOG!r}, flush=True)",
            f"times = 6000 if reads and {waits} else 0",
            f"while (times := times - 1) > 0 and not os.path.exists({str(self.release)!r}): time.sleep(0.01)",
        ]
        self.program.write_text("\n".join(program), encoding="utf-8")
        self.program.chmod(0o755)

    def line(self, *, data: Path | None = None, program: str = "") -> list[str]:
        """Give the runner's command line."""
        options = ["--config", os.devnull, "--data", str(data or self.data.path)]
        return [sys.executable, str(RUNNER), *options, "--command", program or str(self.program)]

    def run(self, *, data: Path | None = None, program: str = "") -> tuple[int, str]:
        """Run the runner to its end: exit status and what it told, which is never a traceback."""
        line = self.line(data=data, program=program)
        done = subprocess.run(
            line, env=bare_environment(), capture_output=True, text=True, timeout=LONGEST_SECONDS, check=False
        )
        assert "Traceback" not in done.stderr
        return done.returncode, done.stderr


@pytest.fixture
def connector(tmp_path: Path) -> FakeConnector:
    """Give a connector that works, and an empty data folder."""
    return FakeConnector(tmp_path)


@pytest.mark.parametrize("line", ["{bad}", '{"type":"STATE","state":{"data":{}}}'], ids=["no JSON", "no stream"])
def test_malformed_line_is_in_the_record_of_the_run(connector: FakeConnector, line: str) -> None:
    """After a run that went well, one that a malformed line ends is not taken for it, and shows no stream as complete."""
    assert connector.run()[0] == 0
    before = connector.data.last_run()
    connector.write(ROW, line)
    status, told = connector.run()
    report = connector.data.last_run()
    assert (before["status"], status, report["status"]) == (0, 1, 1)
    assert report["run"] > before["run"]
    assert report["streams"]["journals"]["complete"] is False
    assert told == f"ERROR {report['error']}\n"
    assert (before["error"], report["seconds"] >= 0) == (None, True)


def test_error_of_the_connector_is_in_the_record_of_the_run(connector: FakeConnector) -> None:
    """The sentence that sums up a failed sync is kept for a monitor that does not see the log."""
    errors = [
        json.dumps({"type": "TRACE", "trace": {"error": {"message": text}}}) for text in ("First.", "All in all.")
    ]
    connector.write(ROW, STATE, *errors)
    connector.run()
    assert connector.data.last_run()["error"] == "All in all."


def test_full_disk_leaves_no_old_success(connector: FakeConnector) -> None:
    """Where nothing can be written any more, the last run's status is not left standing."""
    assert connector.run()[0] == 0
    line = ["/bin/bash", "-c", 'ulimit -f 0; exec "$@"', "bash", *connector.line()]
    environment = {**bare_environment(), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(line, env=environment, stderr=subprocess.DEVNULL, timeout=LONGEST_SECONDS, check=False)
    assert done.returncode == 1
    assert not (connector.data.path / "last_run.json").exists()


@pytest.mark.parametrize(
    "content", ["", "{bad", "null", "{}", "[1]", '[{"type":"STREAM"}]', '[{"type":"STATE","stream":{}}]', "\x00"]
)
def test_damaged_state_is_named(connector: FakeConnector, content: str) -> None:
    """A state file that cannot be used ends the run with its name and what to do, and stays as it is."""
    path = connector.data.path / "state.json"
    path.write_text(content, encoding="utf-8")
    status, told = connector.run()
    assert (status, told) == (1, f"ERROR {connector.data.path}/{DAMAGED}\n")
    assert connector.data.last_run()["status"] == 1
    assert path.read_text(encoding="utf-8") == content


def test_missing_folder_and_missing_program_are_told_apart(connector: FakeConnector, tmp_path: Path) -> None:
    """What is missing is named: the data folder, the program, or that it is no program."""
    missing = tmp_path / "missing"
    assert connector.run(data=missing) == (1, f"ERROR --data: {missing} is no folder.\n")
    status, told = connector.run(program=str(missing))
    assert (status, f"There is no program {missing}" in told) == (1, True)
    assert connector.data.last_run()["status"] == 1
    status, told = connector.run(program=str(tmp_path))
    assert (status, f"{tmp_path} cannot be started: Permission denied." in told) == (1, True)


def test_connector_that_outlives_the_runner_keeps_others_out(connector: FakeConnector) -> None:
    """Where the runner alone was killed, the record says "running", and the next run begins when the connector has ended."""
    connector.write(ROW, STATE, waits=True)
    with subprocess.Popen(connector.line(), env=bare_environment(), stderr=subprocess.DEVNULL) as runner:
        give_up = time.monotonic() + LONGEST_SECONDS
        while not (connector.data.path / "state.json").exists() and time.monotonic() < give_up:
            time.sleep(0.01)
        runner.kill()
    assert connector.data.last_run()["status"] == "running"
    assert connector.run()[0] == ANOTHER_RUN
    connector.release.touch()
    while (status := connector.run()[0]) == ANOTHER_RUN and time.monotonic() < give_up:
        time.sleep(0.01)
    assert (status, connector.data.last_run()["status"]) == (0, 0)
    assert len(connector.data.rows("journals")) == 2
