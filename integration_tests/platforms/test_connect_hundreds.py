"""The script that connects organisations through Airbyte's API, for hundreds: on bad days, killed, in parts, with a report."""

from __future__ import annotations

import json
import signal
import subprocess
from collections import Counter
from functools import partial
from pathlib import Path

from integration_tests.platforms.airbyte_script import DESTINATION, config, run, started, write
from integration_tests.platforms.airbyte_stub import TROUBLES, AirbyteStub

NAMES = [f"org-{number:03d}" for number in range(300)]


def complete(stub: AirbyteStub, names: list[str]) -> bool:
    """Tell whether each organisation has one source with its settings, one connection of that source, and nothing is double."""
    sources = {source["sourceId"]: source for source in stub.objects["sources"]}
    assert sorted(source["name"] for source in sources.values()) == sorted(names)
    assert all(source["configuration"] == config(source["name"]) for source in sources.values())
    connected = [(made["name"], sources[made["sourceId"]]["name"]) for made in stub.objects["connections"]]
    return sorted(connected) == [(name, name) for name in sorted(names)]


def kill(process: subprocess.Popen[str], at: int, creations: int) -> None:
    """Kill the script when so many objects have been made."""
    if creations >= at:
        process.kill()


def test_hundreds_on_a_bad_day(stub: AirbyteStub, tmp_path: Path) -> None:
    """Where Airbyte refuses, fails and cuts a fifth of all calls, done or not, one run makes everything, and nothing twice."""
    stub.troubles = TROUBLES
    done = run(stub.url, write(tmp_path, *NAMES))
    assert done.returncode == 0, done.stdout[-2000:]
    assert min(stub.happened[trouble] for trouble in TROUBLES) > 20
    assert complete(stub, NAMES)


def test_killed_runs_go_on(stub: AirbyteStub, tmp_path: Path) -> None:
    """Killed between a creation and its answer, again and again, the next run makes what is missing, and nothing twice."""
    paths, report = write(tmp_path, *NAMES), tmp_path / "report.json"
    for kill_at in (1, 2, 57, 250, 251, 600):
        with started(stub.url, paths, "--report", str(report)) as process:
            stub.made = partial(kill, process, kill_at)
            process.communicate(timeout=120)
        assert process.returncode == -signal.SIGKILL
        content = json.loads(report.read_text(encoding="utf-8"))
        assert sum(content["counts"].values()) == len(NAMES)
        assert content["counts"].get("made", 0) + content["counts"].get("existed", 0) <= len(
            stub.objects["connections"]
        )
    stub.made = lambda _: None
    assert run(stub.url, paths, "--report", str(report)).returncode == 0
    assert complete(stub, NAMES)
    assert json.loads(report.read_text(encoding="utf-8"))["counts"] == {"existed": len(NAMES)}


def test_ctrl_c_ends_with_a_sentence(stub: AirbyteStub, tmp_path: Path) -> None:
    """Somebody who stops a long run is told how it goes on, without a traceback."""
    with started(stub.url, write(tmp_path, *NAMES[:5])) as process:
        stub.made = lambda count: process.send_signal(signal.SIGINT) if count == 3 else None
        stdout, stderr = process.communicate(timeout=120)
    assert (process.returncode, stderr) == (130, "")
    assert stdout.splitlines()[-1] == "Stopped. Run this again: it makes what is missing."


def test_report_says_what_became_of_each(stub: AirbyteStub, tmp_path: Path) -> None:
    """The report names what was made, what existed, and what failed and why, in JSON and in the last lines, without secrets."""
    report = tmp_path / "report.json"
    assert run(stub.url, write(tmp_path, "kauri")).returncode == 0
    del stub.offered["currencies"]
    stub.failing, stub.refuse = {"rimu"}, {"sources": 1}
    done = run(stub.url, write(tmp_path, "kauri", "matai", "rimu", "totara"), "--report", str(report))
    assert done.returncode == 1
    text = report.read_text(encoding="utf-8")
    assert [word for word in ("token-", "key-", "Bearer ey") if word in text] == []
    content = json.loads(text)
    outcomes = {each["name"]: each["outcome"] for each in content["organisations"]}
    assert outcomes == {"kauri": "existed", "matai": "failed", "rimu": "failed", "totara": "made"}
    assert content["counts"] == Counter(outcomes.values())
    by_name = {each["name"]: each for each in content["organisations"]}
    assert "not accepted" in by_name["matai"]["text"]
    assert by_name["rimu"]["text"].endswith("status 500: internal-error. discover failed")
    assert (by_name["totara"]["schema"], by_name["totara"]["left_out"]) == ("xero_totara", ["currencies"])
    last = done.stdout.splitlines()[-4:]
    assert last[:2] == ["2 of 4 organisations done.", "existed: 1, failed: 2, made: 1."]
    assert [line.split(": ")[:2] for line in last[2:]] == [["failed", "matai"], ["failed", "rimu"]]


def test_hundreds_in_parts(stub: AirbyteStub, tmp_path: Path) -> None:
    """With --at-most, a run connects that many more and says with status 3 that others are left, until none is."""
    paths = write(tmp_path, *NAMES[:5])
    runs = [run(stub.url, paths, "--at-most", "2") for _ in range(3)]
    assert [done.returncode for done in runs] == [3, 3, 0]
    assert [done.stdout.splitlines()[-2] for done in runs] == [f"{done} of 5 organisations done." for done in (2, 4, 5)]
    assert complete(stub, NAMES[:5])


def test_stops_when_airbyte_is_down(stub: AirbyteStub, tmp_path: Path) -> None:
    """When three organisations in a row fail with errors that may pass, the others are left for a later run, not tried."""
    stub.failing = set(NAMES[1:9])
    done = run(stub.url, write(tmp_path, *NAMES[:9]))
    assert done.returncode == 1
    assert "failed: 3" in done.stdout
    assert "not tried: 5" in done.stdout
    stub.failing = set()
    assert run(stub.url, write(tmp_path, *NAMES[:9])).returncode == 0
    assert complete(stub, NAMES[:9])


def test_doubles_are_named_and_left_alone(stub: AirbyteStub, tmp_path: Path) -> None:
    """Two sources of one name, or two connections of one source, would end each other's sign-in: a person must choose."""
    paths = write(tmp_path, "kauri", "matai")
    assert run(stub.url, paths).returncode == 0
    stub.objects["sources"].append({**stub.objects["sources"][0], "sourceId": "another"})
    stub.objects["connections"].append({**stub.objects["connections"][1], "connectionId": "another"})
    before = json.dumps(stub.objects)
    done = run(stub.url, paths)
    assert done.returncode == 1
    assert "kauri: Airbyte has 2 sources of this name: delete all but one" in done.stdout
    assert "matai: Airbyte has 2 connections of its source: delete all but one" in done.stdout
    assert json.dumps(stub.objects) == before


def test_source_of_another_organisation_is_not_taken(stub: AirbyteStub, tmp_path: Path) -> None:
    """A source that has the file's name but reads another tenant is not taken for the organisation's own."""
    (path,) = write(tmp_path, "kauri")
    assert run(stub.url, [path]).returncode == 0
    path.write_text(json.dumps({**config("kauri"), "tenant": "Another"}), encoding="utf-8")
    done = run(stub.url, [path])
    assert done.returncode == 1
    assert "kauri: Airbyte's source of this name reads another organisation" in done.stdout


def test_connection_to_another_destination_does_not_count(stub: AirbyteStub, tmp_path: Path) -> None:
    """A source that is connected to another destination only gets a connection to this one."""
    (path,) = write(tmp_path, "kauri")
    assert run(stub.url, [path]).returncode == 0
    stub.objects["connections"][0]["destinationId"] = "another"
    assert run(stub.url, [path]).returncode == 0
    assert [made["destinationId"] for made in stub.objects["connections"]] == ["another", DESTINATION]


def test_every_bad_file_is_named(stub: AirbyteStub, tmp_path: Path) -> None:
    """Of hundreds of files, all that cannot be used are named at once, before any call."""
    paths = write(tmp_path, "kauri", "matai", "rimu")
    paths[0].write_text("{", encoding="utf-8")
    paths[2].write_text("{}", encoding="utf-8")
    done = run(stub.url, paths)
    assert (done.returncode, stub.calls) == (2, [])
    assert [line.partition(" is not ")[0] for line in done.stdout.splitlines()] == [str(paths[0]), str(paths[2])]


def test_report_that_cannot_be_written_is_told_first(stub: AirbyteStub, tmp_path: Path) -> None:
    """A report that has no folder is told before anything is made."""
    done = run(stub.url, write(tmp_path, "kauri"), "--report", str(tmp_path / "missing" / "report.json"))
    assert (done.returncode, stub.calls) == (2, [])
