"""A real Dagster: ``dagster dev`` on a copy of the code location, as its README starts it, and its GraphQL interface."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

Json = dict[str, Any]

LOCATION = Path(__file__).resolve().parents[2] / "deploy" / "dagster"
LONGEST_SECONDS = 3_600.0
STOP_SECONDS = 60.0
DONE = ("SUCCESS", "FAILURE", "CANCELED")

_REPOSITORY = {"repositoryLocationName": "xero-gl", "repositoryName": "__repository__"}
_PARTITIONS = {"repositorySelector": _REPOSITORY, "partitionSetName": "read_and_build_partition_set"}

_BACKFILL = """mutation ($params: LaunchBackfillParams!) { launchPartitionBackfill(backfillParams: $params) {
  __typename ... on LaunchBackfillSuccess { backfillId } ... on PythonError { message } } }"""
_KNOWN = """query ($repositorySelector: RepositorySelector!, $partitionSetName: String!) {
  partitionSetOrError(repositorySelector: $repositorySelector, partitionSetName: $partitionSetName) {
    ... on PartitionSet { partitionsOrError { ... on Partitions { results { name } } } } } }"""
_RUNS = """{ runsOrError { ... on Runs { results {
  runId status startTime endTime parentRunId tags { key value } } } } }"""
_CHECKS = """query ($asset: AssetKeyInput!, $check: String!) {
  assetCheckExecutions(assetKey: $asset, checkName: $check, limit: 200) {
    runId status evaluation { success severity description } } }"""
_FIGURES = """query ($asset: AssetKeyInput!) { assetOrError(assetKey: $asset) { ... on Asset {
  assetMaterializations(limit: 200) { runId partition metadataEntries { label
    ... on IntMetadataEntry { intValue } ... on FloatMetadataEntry { floatValue } ... on TextMetadataEntry { text } } } } } }"""


def until(holds: Callable[[], bool], seconds: float = LONGEST_SECONDS) -> None:
    """Wait for something that another process does."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.1)


class Dagster:
    """An instance that runs."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url = url
        self.folder = folder

    def ask(self, query: str, **variables: Any) -> Json:
        """Ask, or tell, the instance something."""
        answer = requests.post(f"{self.url}/graphql", json={"query": query, "variables": variables}, timeout=120)
        answer.raise_for_status()
        found: Json = answer.json()
        assert "errors" not in found, found
        data: Json = found["data"]
        return data

    def is_up(self) -> bool:
        """Tell whether the code location is loaded."""
        try:
            return "partitionsOrError" in self.ask(_KNOWN, **_PARTITIONS)["partitionSetOrError"]
        except requests.RequestException:
            return False

    def organisations(self) -> set[str]:
        """Return the partitions."""
        found = self.ask(_KNOWN, **_PARTITIONS)["partitionSetOrError"]["partitionsOrError"]["results"]
        return {one["name"] for one in found}

    def launch(self, *names: str) -> None:
        """Ask for a run of each of these organisations."""
        params = {"selector": _PARTITIONS, "partitionNames": list(names)}
        answer = self.ask(_BACKFILL, params=params)["launchPartitionBackfill"]
        assert answer["__typename"] == "LaunchBackfillSuccess", answer

    def runs(self, name: str | None = None) -> list[Json]:
        """Return the runs so far, those of one organisation or all, the first one first."""
        found = self.ask(_RUNS)["runsOrError"]["results"][::-1]
        for run in found:
            run["tags"] = {tag["key"]: tag["value"] for tag in run["tags"]}
            run["partition"] = run["tags"].get("dagster/partition")
        return [run for run in found if name in (None, run["partition"])]

    def finished(self, names: set[str]) -> bool:
        """Tell whether each organisation has a run, and no run is under way."""
        runs = self.runs()
        return {run["partition"] for run in runs} >= names and all(run["status"] in DONE for run in runs)

    def checks(self, asset: str, check: str) -> dict[str, Json]:
        """Return what a check of an asset has found, by organisation; a later run wins, and a killed one has found nothing."""
        partitions = {run["runId"]: run["partition"] for run in self.runs()}
        found = self.ask(_CHECKS, asset={"path": [asset]}, check=check)["assetCheckExecutions"]
        return {partitions[one["runId"]]: one["evaluation"] for one in found[::-1] if one["evaluation"]}

    def figures(self, asset: str) -> dict[str, list[Json]]:
        """Return the metadata of an asset's materialisations, by organisation, the first one first."""
        found: dict[str, list[Json]] = {}
        for one in self.ask(_FIGURES, asset={"path": [asset]})["assetOrError"]["assetMaterializations"][::-1]:
            values = {
                entry["label"]: next((entry[key] for key in ("intValue", "floatValue", "text") if key in entry), None)
                for entry in one["metadataEntries"]
            }
            found.setdefault(one["partition"], []).append(values)
        return found

    def processes(self, name: str) -> list[int]:
        """Return the processes of a run that reads an organisation: its worker, the sync, and what that has started."""
        (sync,) = [pid for pid, line in _processes().items() if "--report" in line and f"/{name}.json" in line]
        children = [pid for pid in _processes() if _parent(pid) == sync]
        return [_parent(sync), sync, *children]

    def kill_worker(self, name: str) -> None:
        """Kill a run as the loss of its machine would: at once, with everything that it has started."""
        for pid in self.processes(name):
            os.kill(pid, signal.SIGKILL)


def _processes() -> dict[int, str]:
    found: dict[int, str] = {}
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):  # it has ended meanwhile
            found[int(path.parent.name)] = path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
    return found


def _parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[1])
    except OSError:
        return 0


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def dagster_dev(folder: Path, environment: Mapping[str, str], changes: Callable[[str], str] = str) -> Iterator[Dagster]:
    """Run Dagster on a copy of the code location.

    Args:
        folder: where the copy goes; its folder ``organisations`` is that of the configs.
        environment: variables, beside those of this process.
        changes: what is changed in ``dagster.yaml``.
    """
    location = folder / "dagster"
    shutil.copytree(LOCATION, location, ignore=shutil.ignore_patterns("target", "__pycache__"))
    home = folder / "home"
    home.mkdir()
    (home / "dagster.yaml").write_text(changes((LOCATION / "home" / "dagster.yaml").read_text("utf-8")), "utf-8")
    port = _free_port()
    own = {"DAGSTER_HOME": str(home), "XERO_GL_ORGANISATIONS": str(folder / "organisations")}
    with (
        (folder / "dagster.log").open("w", encoding="utf-8") as log,
        subprocess.Popen(
            [str(Path(sys.executable).with_name("dagster")), "dev", "--host", "127.0.0.1", "--port", str(port)],
            cwd=location,
            env={**os.environ, **environment, **own, "XERO_GL_LEDGERS": str(folder / "ledgers")},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,  # so that its web server and daemon can be ended with it
        ) as process,
    ):
        try:
            found = Dagster(f"http://127.0.0.1:{port}", folder)
            until(lambda: process.poll() is not None or found.is_up())
            assert process.poll() is None, (folder / "dagster.log").read_text(encoding="utf-8")[-3000:]
            yield found
        finally:
            process.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(STOP_SECONDS)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)  # what is left of it on a busy machine
