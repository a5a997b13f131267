"""The image: every command of the protocol on a read-only file system, without privileges, as its own user and as any other.

``make test-platforms`` builds the image and runs these tests. On the same machine as the engine: folders are mounted.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import uuid
from pathlib import Path

import pytest

from integration_tests.connector import check_secrecy
from integration_tests.expected import assert_same, truth
from integration_tests.platforms.image import (
    DOCKER,
    IMAGE,
    ON_THE_HOST,
    OWN_USER,
    READ_ONLY,
    Mount,
    docker,
    inside,
    inspected,
    started,
)
from integration_tests.protocol import LONGEST_RUN_SECONDS, Json, Output, parse, run
from local_xero.process import XeroServerProcess

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [pytest.mark.image_tests, pytest.mark.usefixtures("image")]

MEBIBYTE = 1 << 20
LARGEST_MEBIBYTES = 96
"""What the image may add to its base."""

SOMEBODY = 12345
TERMINATED = 128 + signal.SIGTERM

IMPORT_ALL = """
import importlib, pkgutil, source_xero_gl
for module in pkgutil.walk_packages(source_xero_gl.__path__, "source_xero_gl."):
    if not module.name.startswith("source_xero_gl.commands.sync."):
        importlib.import_module(module.name)
"""
DISTRIBUTIONS = """
import importlib.metadata, json
print(json.dumps(sorted((found.name or "").lower() for found in importlib.metadata.distributions())))
"""
MAY_WRITE = """
import os, source_xero_gl
print(os.getuid(), os.access(source_xero_gl.__path__[0], os.W_OK), os.access(source_xero_gl.__file__, os.W_OK))
"""
SPARE = """
import os
tops = [top for top in ("/tmp", "/build", "/dependencies", "/connector", "/airbyte") if os.path.isdir(top)]
print(sorted(name for top in tops for name in os.listdir(top)))
"""


@pytest.fixture(params=[None, SOMEBODY], ids=["own user", "any user"])
def mount(request: pytest.FixtureRequest, tmp_path: Path, xero: XeroServerProcess) -> Mount:
    """Give a folder to mount, for the image's own user and for one that the image does not know."""
    return Mount(tmp_path / "secrets", xero, request.param)


def configured(output: Output, *names: str) -> Json:
    """Choose streams of a catalog."""
    (catalog,) = output.of("CATALOG")
    chosen = [stream for stream in catalog["streams"] if stream["name"] in names]
    modes = {"sync_mode": "incremental", "destination_sync_mode": "append_dedup"}
    return {"streams": [{"stream": stream, **modes} for stream in chosen]}


def test_spec_needs_nothing() -> None:
    """``spec`` runs without network, settings, privileges, and without a file system to write to."""
    output = run([DOCKER, "run", "--rm", *READ_ONLY, "--network", "none", IMAGE, "spec"], os.environ)
    assert (output.status, len(output.of("SPEC"))) == (0, 1)


def test_check_discover_and_read_with_mounted_files(mount: Mount, xero: XeroServerProcess) -> None:
    """With config, catalog and state mounted, a first sync brings everything and a second one only what is new."""
    config = xero.config(tenant=xero.tenant_id)
    mount.write("config.json", config)
    assert mount.run("check").outcome()[0] == "SUCCEEDED"
    mount.write("catalog.json", configured(mount.run("discover"), "journals", "invoices"))
    first = mount.run("read", "--catalog", "/secrets/catalog.json")
    assert first.status == 0
    check_secrecy(first, config)
    for stream in ("journals", "invoices"):
        assert_same(stream, first.records(stream), truth(xero, stream))
    mount.write("state.json", first.last_state())
    xero.control("journals/add", {"count": 3})
    second = mount.run("read", "--catalog", "/secrets/catalog.json", "--state", "/secrets/state.json")
    assert (second.status, len(second.records("journals"))) == (0, 3)


def test_mounted_config_keeps_the_rotated_token(mount: Mount, xero: XeroServerProcess) -> None:
    """A config in a writable folder gets the new token, and nothing that is left there belongs to root."""
    xero.control("switches", {"refresh_grace_seconds": 0})
    mount.write("config.json", xero.config(tenant=xero.tenant_id))
    for _ in range(2):
        assert mount.run("check").outcome()[0] == "SUCCEEDED"
        xero.control("tokens", {"expire_access": True})
    credentials = mount.read("config.json")["credentials"]
    assert credentials["refresh_token"] != xero.line["refresh_token"]
    assert mount.owners() == {"config.json": mount.user}


def test_single_mounted_file_keeps_the_rotated_token(tmp_path: Path, xero: XeroServerProcess) -> None:
    """A config that is mounted as a single file, which cannot be replaced, is rewritten in place."""
    mount = Mount(tmp_path / "secrets", xero)
    path = mount.write("config.json", xero.config(tenant=xero.tenant_id))
    line = mount.line("check")
    line[line.index("--volume") + 1] = f"{path}:/secrets/config.json"
    assert run(line, os.environ).outcome()[0] == "SUCCEEDED"
    assert mount.read("config.json")["credentials"]["refresh_token"] != xero.line["refresh_token"]


def test_read_only_config_leads_to_a_warning(mount: Mount, xero: XeroServerProcess) -> None:
    """With a read-only mount the new token is in a CONTROL message alone, and a warning says so."""
    before = mount.write("config.json", xero.config(tenant=xero.tenant_id)).read_bytes()
    output = mount.run("check", mode="ro")
    assert output.outcome()[0] == "SUCCEEDED"
    (control,) = output.of("CONTROL")
    rotated = control["connectorConfig"]["config"]["credentials"]["refresh_token"]
    assert rotated != xero.line["refresh_token"]
    assert [log for log in output.of("LOG") if log["level"] == "WARN" and "XERO_TOKEN_FILE" in log["message"]]
    assert (mount.folder / "config.json").read_bytes() == before


def test_token_file_on_a_volume_keeps_the_rotated_token(tmp_path: Path, xero: XeroServerProcess) -> None:
    """With XERO_TOKEN_FILE on a volume a read-only config is enough, and the file belongs to the container's user."""
    xero.control("switches", {"refresh_grace_seconds": 0})
    mount, kept = Mount(tmp_path / "secrets", xero, SOMEBODY), Mount(tmp_path / "kept", xero)
    mount.write("config.json", xero.config(tenant=xero.tenant_id))
    line = mount.line("check", mode="ro", environment=["XERO_TOKEN_FILE=/kept/tokens.json"])
    line[3:3] = ["--volume", f"{kept.folder}:/kept"]
    for _ in range(2):
        output = run(line, os.environ)
        assert output.outcome()[0] == "SUCCEEDED"
        assert [log for log in output.of("LOG") if log["level"] == "WARN"] == []
        xero.control("tokens", {"expire_access": True})
    assert kept.owners() == {"tokens.json": SOMEBODY}


def test_stopped_container_ends_with_143_and_valid_states(tmp_path: Path, xero: XeroServerProcess) -> None:
    """SIGTERM, as ``docker stop`` and Kubernetes send it, ends a sync with whole lines; the next one brings the rest."""
    xero.control("company", {"preset": "bulk", "options": {"journals": 3000, "invoices": 10}})
    mount = Mount(tmp_path / "secrets", xero)
    mount.write("config.json", xero.config(tenant=xero.tenant_id))
    mount.write("catalog.json", configured(mount.run("discover"), "journals"))
    name = f"xero-gl-{uuid.uuid4().hex[:12]}"
    with started(mount.line("read", "--catalog", "/secrets/catalog.json"), name) as process:
        assert process.stdout
        taken = [process.stdout.readline() for _ in range(300)]
        docker("kill", "--signal", "TERM", name)
        assert process.stderr
        text, errors = "".join(taken) + process.stdout.read(), process.stderr.read()
        process.wait(LONGEST_RUN_SECONDS)
    first = parse(text, errors, process.returncode)
    assert first.status == TERMINATED
    assert 0 < len(first.records("journals")) < 3000
    mount.write("state.json", first.last_state())
    second = mount.run("read", "--catalog", "/secrets/catalog.json", "--state", "/secrets/state.json")
    last = {row["JournalID"]: row for output in (first, second) for row in output.records("journals")}
    assert_same("journals", last.values(), truth(xero, "journals"))


def test_every_module_can_be_imported() -> None:
    """What was left out of the image to keep it small, no module needs but those of the command ``sync``."""
    inside("python", "-c", IMPORT_ALL)


def test_sync_says_what_to_install() -> None:
    """A platform has its own way to sync: the image lacks what the command needs."""
    line = [DOCKER, "run", "--rm", "--network", "none", IMAGE, "sync", "--config", "config.json"]
    done = subprocess.run(line, capture_output=True, text=True, timeout=LONGEST_RUN_SECONDS, check=False)
    assert done.returncode == 2
    assert "pip install 'source-xero-gl[sync]'" in done.stderr


def test_image_adds_little_to_its_base() -> None:
    """The image is at most 96 MiB larger than its base."""
    base = inspected(inspected()["Config"]["Labels"]["org.opencontainers.image.base.name"])
    assert (inspected()["Size"] - base["Size"]) / MEBIBYTE <= LARGEST_MEBIBYTES


def test_no_build_tools_are_added() -> None:
    """Nothing that builds packages is added to the base, and no file of the build is left."""
    base = inspected()["Config"]["Labels"]["org.opencontainers.image.base.name"]
    ours: list[str] = json.loads(inside("python", "-c", DISTRIBUTIONS))
    line = ("run", "--rm", "--network", "none", "--entrypoint", "python", base, "-c", DISTRIBUTIONS)
    theirs: list[str] = json.loads(docker(*line))
    assert "source-xero-gl" in ours
    for tool in ("pip", "setuptools", "wheel", "build", "poetry"):
        assert ours.count(tool) <= theirs.count(tool)
    assert inside("python", "-c", SPARE).strip() == "[]"


def test_labels_name_what_it_is() -> None:
    """Labels carry name, version and licence, for people and for Airbyte; the version is that of the package."""
    labels = inspected()["Config"]["Labels"]
    version = inside("python", "-c", "import importlib.metadata as m; print(m.version('source-xero-gl'))").strip()
    assert (labels["io.airbyte.name"], labels["io.airbyte.version"]) == ("airbyte/source-xero-gl", version)
    opencontainers = {name: labels[f"org.opencontainers.image.{name}"] for name in ("title", "version", "licenses")}
    assert opencontainers == {"title": "source-xero-gl", "version": version, "licenses": "MIT"}


def test_user_is_a_number_and_not_root() -> None:
    """Kubernetes can see that the image does not run as root, and the connector's files cannot be changed by its user."""
    assert inspected()["Config"]["User"] == f"{OWN_USER}:{OWN_USER}"
    assert inside("python", "-c", MAY_WRITE).split() == [str(OWN_USER), "False", "False"]


def test_history_and_settings_hold_no_secret() -> None:
    """Neither the steps of the build nor the image's variables hold credentials, addresses of proxies or of package indexes."""
    base = inspected(inspected()["Config"]["Labels"]["org.opencontainers.image.base.name"])
    steps = docker("history", "--no-trunc", "--format", "{{.CreatedBy}}", IMAGE)
    added = set(inspected()["Config"]["Env"]) - set(base["Config"]["Env"])
    assert {variable.partition("=")[0] for variable in added} == {"PYTHONDONTWRITEBYTECODE", "AIRBYTE_ENTRYPOINT"}
    assert re.findall(r"://[^/\s]*@|(?i:index-url|_proxy=|password|secret\b|token)", steps) == []
    private = [value for name, value in os.environ.items() if re.search("(?i)secret|token|password|proxy|_key", name)]
    assert [value for value in private if len(value) > 7 and value in steps] == []


def test_host_network_is_only_for_tests(tmp_path: Path, xero: XeroServerProcess) -> None:
    """Plain http to an address that is not loopback is refused in the image too."""
    mount = Mount(tmp_path / "secrets", xero)
    mount.write("config.json", xero.config())
    assert ON_THE_HOST[1] in mount.line("check")
    status, message = mount.run("check", environment=["XERO_API_URL=http://192.0.2.1"]).outcome()
    assert (status, "XERO_API_URL" in message) == ("FAILED", True)
