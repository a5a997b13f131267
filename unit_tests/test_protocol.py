"""The commands of the protocol: exit statuses, one message for each outcome, and an end that can be counted on."""

from __future__ import annotations

import gc
import io
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests_mock
from airbyte_cdk.utils.airbyte_secrets_utils import update_secrets

from source_xero_gl import protocol as command
from source_xero_gl.importing import spare_the_collector
from unit_tests.fake_xero.http import CONFIG, FORBIDDEN, TOKEN, FakeXero, journal

SECRET = "s3cr3t-Xy-0123456789"
BOUND_SECONDS = 60

ENDLESS = """
import json, sys
from source_xero_gl import run, signals
from source_xero_gl.xero.transport import Answer, Transport

def send(self, endpoint, request):
    first = int(request.params.removeprefix("offset=")) + 1
    rows = [{"JournalNumber": n, "JournalID": str(n), "Reference": "x" * 500} for n in range(first, first + 100)]
    return Answer(endpoint, 200, {}, json.dumps({"Journals": rows}).encode())

Transport.send = send
signals.GRACE_SECONDS = 3600.0
run.main()
"""
"""The console script with a Xero that never ends and needs no socket, and with a grace that no test waits for."""


@pytest.fixture(autouse=True)
def _plain_process(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Leave neither a signal handler nor a secret behind, and hear no operator's variable."""
    for name in [name for name in os.environ if name.startswith("XERO_")]:
        monkeypatch.delenv(name)
    handler = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, handler)
    update_secrets([])


@pytest.fixture
def printed(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """Return what the command writes to stdout."""
    output = io.StringIO()
    monkeypatch.setattr(command, "PRINT_BUFFER", output)
    return output


@pytest.fixture
def xero() -> Iterator[FakeXero]:
    """Return a Xero that answers every call of the test."""
    with requests_mock.Mocker() as mocker:
        yield FakeXero(mocker)


def file_of(tmp_path: Path, name: str, content: Any) -> str:
    """Return the path of a new JSON file."""
    path = tmp_path / name
    path.write_text(json.dumps(content), encoding="utf-8")
    return str(path)


def read_arguments(tmp_path: Path, *names: str, config: Any = CONFIG) -> list[str]:
    """Return the arguments of a sync of streams, their files written."""
    streams = [
        {
            "stream": {"name": name, "json_schema": {}, "supported_sync_modes": ["full_refresh", "incremental"]},
            "sync_mode": "incremental",
            "destination_sync_mode": "append",
        }
        for name in names
    ]
    catalog = file_of(tmp_path, "catalog.json", {"streams": streams})
    return ["read", "--config", file_of(tmp_path, "config.json", config), "--catalog", catalog]


def messages(text: str, kind: str) -> list[dict[str, Any]]:
    """Return the messages of a kind; every line must be a message of the protocol."""
    return [message for message in map(json.loads, text.splitlines()) if message["type"] == kind]


def error_of(text: str) -> tuple[str, str]:
    """Return type and sentence of the last error trace: the one that the command ends with."""
    errors = [trace["trace"]["error"] for trace in messages(text, "TRACE") if trace["trace"]["type"] == "ERROR"]
    return errors[-1]["failure_type"], errors[-1]["message"]


def test_spec_needs_nothing(printed: io.StringIO) -> None:
    """The specification is one message, and the command succeeds without a config."""
    assert command.run(["spec"]) == 0
    assert len(messages(printed.getvalue(), "SPEC")) == 1


def test_a_check_that_succeeds(tmp_path: Path, printed: io.StringIO, xero: FakeXero) -> None:
    """A check that succeeds is one CONNECTION_STATUS and exit status 0."""
    assert command.run(["check", "--config", file_of(tmp_path, "config.json", CONFIG)]) == 0
    (status,) = messages(printed.getvalue(), "CONNECTION_STATUS")
    assert status["connectionStatus"]["status"] == "SUCCEEDED"
    assert xero.calls


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "The config file cannot be read"),
        ("{", "The config file is not JSON."),
        ("[]", "The config file does not hold a"),
        ("null", "The config file does not hold a"),
        ("{}", "credentials (Authentication) is required"),
        ('{"credentials": 5}', "credentials (Authentication) must be an object"),
        ('{"credentials": {"auth_type": "custom_connection", "client_id": "app"}}', "client_secret"),
        ("\udcff", "The config file is not JSON."),
    ],
)
def test_a_check_that_fails_is_a_result(
    tmp_path: Path, printed: io.StringIO, content: str | None, sentence: str
) -> None:
    """Whatever is wrong with the config file: exactly one CONNECTION_STATUS that says so, and exit status 0."""
    file = tmp_path / "config.json"
    if content is not None:
        file.write_bytes(content.encode("utf-8", "surrogateescape"))
    assert command.run(["check", "--config", str(file)]) == 0
    (status,) = messages(printed.getvalue(), "CONNECTION_STATUS")
    assert status["connectionStatus"]["status"] == "FAILED"
    assert sentence in status["connectionStatus"]["message"]
    assert str(tmp_path) not in printed.getvalue()


def test_a_check_that_xero_refuses_is_a_result(tmp_path: Path, printed: io.StringIO, xero: FakeXero) -> None:
    """A refusal of Xero fails the check, not the command."""
    xero.refuse("Journals", 403, FORBIDDEN)
    assert command.run(["check", "--config", file_of(tmp_path, "config.json", CONFIG)]) == 0
    (status,) = messages(printed.getvalue(), "CONNECTION_STATUS")
    assert status["connectionStatus"]["status"] == "FAILED"


def test_an_unforeseen_error_of_a_check_is_a_result(
    tmp_path: Path, printed: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mistake of the connector's own fails the check with a sentence that holds nothing of the data."""
    monkeypatch.setattr("source_xero_gl.source.parse_settings", lambda _: json.loads("Ledger Holdings"))
    assert command.run(["check", "--config", file_of(tmp_path, "config.json", CONFIG)]) == 0
    (status,) = messages(printed.getvalue(), "CONNECTION_STATUS")
    assert "did not foresee" in status["connectionStatus"]["message"]
    assert "Ledger" not in printed.getvalue()


def test_a_sync_that_succeeds(tmp_path: Path, printed: io.StringIO, xero: FakeXero) -> None:
    """Records, then their state, and exit status 0."""
    xero.rows["Journals"] = [journal(1)]
    assert command.run(read_arguments(tmp_path, "journals")) == 0
    kinds = [json.loads(line)["type"] for line in printed.getvalue().splitlines()]
    assert [kind for kind in kinds if kind in ("RECORD", "STATE")] == ["RECORD", "STATE"]


def test_a_sync_that_fails_ends_with_a_trace(tmp_path: Path, printed: io.StringIO, xero: FakeXero) -> None:
    """An error is one trace with its type and sentence, and exit status 1."""
    xero.refuse("Journals", 403, FORBIDDEN)
    assert command.run(read_arguments(tmp_path, "journals")) == 1
    kind, sentence = error_of(printed.getvalue())
    assert kind == "config_error"
    assert sentence.startswith("1 of 1 stream could not be read to their end.")
    assert "Ledger Holdings" not in printed.getvalue()
    assert "Traceback" not in printed.getvalue()


@pytest.mark.parametrize(
    ("what", "content", "sentence"),
    [
        ("catalog", None, "The catalog file cannot be read: No such file or directory."),
        ("catalog", "{", "The catalog file is not JSON."),
        ("catalog", "[5]", "The catalog file does not hold a"),
        ("catalog", '{"streams": [{"stream": "Ledger"}]}', "The catalog file does not hold a"),
        ("state", None, "The state file cannot be read: No such file or directory."),
        ("state", "\udcff", "The state file is not JSON."),
        ("state", '{"Ledger": 5}', "The state file does not hold a"),
        ("state", '[{"type": "Ledger"}]', "The state file does not hold a"),
    ],
)
def test_a_file_that_cannot_be_read_is_a_config_error(
    tmp_path: Path, printed: io.StringIO, xero: FakeXero, what: str, content: str | None, sentence: str
) -> None:
    """A catalog or state that is none: one sentence that names the file's part, nothing of its content, and no call."""
    arguments = [*read_arguments(tmp_path, "journals"), "--state", file_of(tmp_path, "state.json", [])]
    file = tmp_path / f"{what}.json"
    file.unlink()
    if content is not None:
        file.write_bytes(content.encode("utf-8", "surrogateescape"))
    assert command.run(arguments) == 1
    kind, told = error_of(printed.getvalue())
    assert kind == "config_error"
    assert told.startswith(sentence)
    assert "Ledger" not in printed.getvalue()
    assert not xero.calls


def test_a_command_that_cannot_run_ends_with_a_trace(printed: io.StringIO) -> None:
    """Without its file a command is an error."""
    assert command.run(["discover", "--config", "nowhere.json"]) == 1
    error_of(printed.getvalue())


def test_no_temporary_folder_is_needed(
    tmp_path: Path, printed: io.StringIO, monkeypatch: pytest.MonkeyPatch, xero: FakeXero
) -> None:
    """In a container with a read-only file system, which has no temporary folder, every command works."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "none"))
    xero.rows["Journals"] = [journal(1)]
    arguments = read_arguments(tmp_path, "journals")
    commands = [["spec"], ["check", *arguments[1:3]], ["discover", *arguments[1:3]], arguments]
    assert [command.run(line) for line in commands] == [0, 0, 0, 0]
    text = printed.getvalue()
    assert messages(text, "CONNECTION_STATUS")[0]["connectionStatus"]["status"] == "SUCCEEDED"
    assert [len(messages(text, kind)) for kind in ("SPEC", "CATALOG", "RECORD")] == [1, 1, 1]


def test_a_closed_stdout_ends_the_sync(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, xero: FakeXero) -> None:
    """A destination that has gone is exit status 1, without another message."""

    class Closed(io.StringIO):
        def write(self, text: str) -> int:
            raise BrokenPipeError(text[:0])

    monkeypatch.setattr(command, "PRINT_BUFFER", Closed())
    xero.rows["Journals"] = [journal(1)]
    assert command.run(read_arguments(tmp_path, "journals")) == 1


def test_secrets_are_never_printed(tmp_path: Path, printed: io.StringIO, xero: FakeXero) -> None:
    """Not even where a secret stands in the wrong place of the settings does it get into a message."""
    credentials = {"auth_type": "oauth2.0", "client_id": "app", "client_secrets": SECRET, "refresh_token": SECRET}
    for config in (
        {"credentials": credentials},
        {"credentials": {**CONFIG["credentials"], "access_token": SECRET + " "}, "tenant": SECRET},
        {**CONFIG, "calls_per_minute": SECRET * 3, "journals": {"modified_since": SECRET * 3}},
    ):
        arguments = read_arguments(tmp_path, "journals", config=config)
        assert command.run(arguments) == 1
        assert command.run(["check", *arguments[1:3]]) == 0
    assert SECRET not in printed.getvalue()
    assert TOKEN not in printed.getvalue()
    assert "Journals" not in xero.calls


def endless(tmp_path: Path) -> subprocess.Popen[bytes]:
    """Start a sync that never ends by itself."""
    arguments = read_arguments(tmp_path, "journals", config=CONFIG)
    return subprocess.Popen(
        [sys.executable, "-c", ENDLESS, *arguments],
        stdout=subprocess.PIPE,
        cwd=Path(__file__).resolve().parents[1],
        env={**os.environ, "XERO_CALLS_PER_MINUTE": "1000000"},
    )


def test_sigterm_ends_with_whole_lines(tmp_path: Path) -> None:
    """While the destination reads, a sync that is told to stop ends by the signal after whole messages and a state."""
    with endless(tmp_path) as process:
        killer = threading.Timer(BOUND_SECONDS, process.kill)
        killer.start()
        assert process.stdout
        lines = [process.stdout.readline() for _ in range(300)]
        process.terminate()
        lines += process.stdout.readlines()
        assert process.wait(BOUND_SECONDS) == -signal.SIGTERM
        killer.cancel()
    text = b"".join(lines).decode()
    assert text.endswith("\n")
    assert messages(text, "STATE")
    assert len(messages(text, "RECORD")) >= 100


def test_sigterm_ends_also_when_nobody_reads(tmp_path: Path) -> None:
    """A destination that has stopped reading does not keep the process until the end of its grace."""
    with endless(tmp_path) as process:
        assert process.stdout
        process.stdout.readline()
        process.terminate()
        try:
            assert process.wait(BOUND_SECONDS) == -signal.SIGTERM
        finally:
            process.kill()


def test_the_collector_looks_for_garbage_during_a_command(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is off while modules are imported, and on again, seldom, when a command runs."""
    called: list[str] = []
    for name in ("enable", "freeze", "set_threshold"):
        monkeypatch.setattr(gc, name, lambda *_, name=name: called.append(name))
    spare_the_collector()
    assert set(called) == {"enable", "freeze", "set_threshold"}


def test_what_is_said_goes_out_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """States, waits and lines of the log do not wait for the next message, which may come a minute later; records do."""

    class Flushed(io.StringIO):
        """Output that remembers how much was sent on."""

        sent = 0

        def flush(self) -> None:
            """Send everything on."""
            self.sent = len(self.getvalue())

    def lines(*kinds: str) -> Iterator[str]:
        """Look, before each message, at what was sent of those before it."""
        for kind in kinds:
            waiting.append(output.getvalue()[output.sent :])
            yield json.dumps({"type": kind}, separators=(",", ":"))

    output, waiting = Flushed(), list[str]()
    monkeypatch.setattr(command, "PRINT_BUFFER", output)
    command._print(lines("LOG", "TRACE", "RECORD", "RECORD", "STATE", "LOG"))
    assert waiting == ["", "", "", '{"type":"RECORD"}\n', '{"type":"RECORD"}\n' * 2, ""]
    assert output.sent == len(output.getvalue())
