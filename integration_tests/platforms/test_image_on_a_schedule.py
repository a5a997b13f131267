"""The files for cron and Kubernetes, run with the image: as the script starts it, and as the CronJob describes it."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from integration_tests.expected import assert_same, truth
from integration_tests.platforms.data_folder import ROOT, RUNNER, DataFolder
from integration_tests.platforms.image import DOCKER, IMAGE, ON_THE_HOST
from integration_tests.protocol import LONGEST_RUN_SECONDS, Json
from local_xero.process import XeroServerProcess

pytestmark = [pytest.mark.image_tests, pytest.mark.usefixtures("image")]

SCRIPT = ROOT / "deploy" / "cron" / "xero-gl.sh"
CRONJOB = ROOT / "deploy" / "kubernetes" / "cronjob.yaml"
SOMEBODY = 12345


def execute(line: list[str], **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command line to its end."""
    surroundings = {**os.environ, **environment}
    limit = LONGEST_RUN_SECONDS
    return subprocess.run(line, env=surroundings, capture_output=True, text=True, timeout=limit, check=False)


def options(xero: XeroServerProcess) -> list[str]:
    """Give what points a container at the local Xero."""
    variables = {"XERO_CALLS_PER_MINUTE": "6000", **xero.environment()}
    return [*ON_THE_HOST, *(f"--env={name}={value}" for name, value in variables.items())]


def assert_journals_once(data: DataFolder, xero: XeroServerProcess) -> None:
    """Check that the rows are Xero's journals, each once, and that nobody but their user owns them."""
    assert_same("journals", data.rows("journals"), truth(xero, "journals"))
    assert data.hidden() == []


@pytest.mark.skipif(os.geteuid() != 0, reason="giving a folder to another user takes root")
def test_cron_script_syncs_twice(tmp_path: Path, xero: XeroServerProcess) -> None:
    """Two runs of the script bring every journal once; all files belong to the folder's owner, the config stays as it was."""
    xero.control("switches", {"refresh_grace_seconds": 0})
    folder = tmp_path / "kowhai"
    folder.mkdir()
    config = folder / "config.json"
    config.write_text(json.dumps(xero.config(tenant=xero.tenant_id)), encoding="utf-8")
    for path in (folder, config):
        os.chown(path, SOMEBODY, SOMEBODY)
        path.chmod(path.stat().st_mode & 0o700)
    before = config.read_bytes()
    line = [str(SCRIPT), str(folder), "--streams", "journals"]
    for new in (2, 0):
        done = execute(line, IMAGE=IMAGE, DOCKER_RUN_OPTIONS=" ".join(options(xero)))
        assert done.returncode == 0, done.stderr
        xero.control("tokens", {"expire_access": True})
        xero.control("journals/add", {"count": new})
    assert_journals_once(DataFolder(folder / "data"), xero)
    assert {path.stat().st_uid for path in folder.rglob("*")} == {SOMEBODY}
    assert config.read_bytes() == before


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a folder that belongs to root")
def test_cron_script_refuses_a_folder_of_root(tmp_path: Path) -> None:
    """The script runs nothing as root."""
    done = execute([str(SCRIPT), str(tmp_path)])
    assert (done.returncode, "other than root" in done.stderr) == (2, True)


def pod() -> tuple[Json, Json]:
    """Give the pod of the CronJob and its container."""
    documents: list[Json] = list(yaml.safe_load_all(CRONJOB.read_text(encoding="utf-8")))
    (job,) = [document for document in documents if document["kind"] == "CronJob"]
    spec: Json = job["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    (container,) = spec["containers"]
    return spec, container


def as_docker_run(folders: dict[str, Path], extra: list[str]) -> list[str]:
    """Translate the CronJob's container into ``docker run``, volumes being folders of this machine."""
    spec, container = pod()
    user, security = spec["securityContext"], container["securityContext"]
    line = [DOCKER, "run", "--rm", *extra, "--user", f"{user['runAsUser']}:{user['fsGroup']}"]
    line += ["--read-only"] if security["readOnlyRootFilesystem"] else []
    line += [f"--cap-drop={name}" for name in security["capabilities"]["drop"]]
    line += [] if security["allowPrivilegeEscalation"] else ["--security-opt=no-new-privileges"]
    line += [f"--memory={container['resources']['limits']['memory'].removesuffix('i').lower()}"]
    for mount in container["volumeMounts"]:
        name, path = mount["name"], mount["mountPath"]
        mode = ":ro" if mount.get("readOnly") else ""
        line += ["--volume", f"{folders[name]}:{path}{mode}"] if name in folders else ["--tmpfs", path]
    line += [f"--env={variable['name']}={variable['value']}" for variable in container["env"]]
    program, *first = container["command"]
    arguments: list[Any] = [*first, *container["args"]]
    return [*line, "--entrypoint", program, IMAGE, *map(str, arguments)]


def test_cronjobs_container_syncs(tmp_path: Path, xero: XeroServerProcess) -> None:
    """The container of the CronJob, with its user, its read-only root and its volumes, brings every journal and keeps tokens."""
    xero.control("switches", {"refresh_grace_seconds": 0})
    folders = {name: tmp_path / name for name in ("data", "config", "runner")}
    for folder in folders.values():
        folder.mkdir()
        folder.chmod(0o777)
    config = folders["config"] / "config.json"
    config.write_text(json.dumps(xero.config(tenant=xero.tenant_id)), encoding="utf-8")
    (folders["runner"] / RUNNER.name).write_bytes(RUNNER.read_bytes())
    for _ in range(2):
        done = execute(as_docker_run(folders, options(xero)))
        assert done.returncode == 0, done.stderr
        xero.control("tokens", {"expire_access": True})
    data = DataFolder(folders["data"])
    assert_journals_once(data, xero)
    assert (data.path / "tokens.json").stat().st_uid == pod()[0]["securityContext"]["runAsUser"]
