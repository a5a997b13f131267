"""The files for people under ``deploy/``: they parse, fit together and the package, and the page about them is right."""

from __future__ import annotations

import ast
import importlib
import importlib.metadata
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from integration_tests.connector import bare_environment
from integration_tests.platforms.data_folder import ROOT
from integration_tests.protocol import Json

DEPLOY = ROOT / "deploy"
DAGSTER = DEPLOY / "dagster"  # has a README of its own, and beside its files what Dagster leaves
FILES = sorted(
    path
    for path in DEPLOY.rglob("*")
    if path.is_file() and "__pycache__" not in path.parts and (DAGSTER not in path.parents or path.name == "README.md")
)
SHELL = [
    path
    for path in (*FILES, *sorted((ROOT / ".ci").iterdir()))
    if path.is_file() and path.read_bytes().startswith(b"#!/usr/bin/env bash")
]
PYTHON = sorted([*DEPLOY.glob("[!d]*/*.py"), *DAGSTER.glob("xero_gl_dagster/*.py")])
SCRIPTS = [path for path in PYTHON if not path.with_name("__init__.py").exists()]
PAGE = ROOT / "docs" / "platforms.md"
DOCUMENTS: list[Json] = list(yaml.safe_load_all((DEPLOY / "kubernetes" / "cronjob.yaml").read_text(encoding="utf-8")))
VERSION = importlib.metadata.version("source-xero-gl")


def block(language: str, beginning: str = "") -> str:
    """Give the first example of a language on the page that begins with a text."""
    found = re.search(
        rf"^```{language}\n({beginning}.*?)^```$", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
    )
    assert found
    return found[1]


@pytest.fixture
def cronjob() -> Json:
    """Give the specification of the CronJob."""
    (job,) = [document for document in DOCUMENTS if document["kind"] == "CronJob"]
    spec: Json = job["spec"]
    return spec


@pytest.fixture
def pod(cronjob: Json) -> Json:
    """Give the specification of its pod."""
    spec: Json = cronjob["jobTemplate"]["spec"]["template"]["spec"]
    return spec


@pytest.mark.parametrize("path", SHELL, ids=lambda path: path.name)
def test_shell_scripts_parse(path: Path) -> None:
    """Bash accepts each script, and each can be executed."""
    assert path.stat().st_mode & 0o100
    subprocess.run(["/bin/bash", "-n", str(path)], check=True, timeout=60)


@pytest.mark.parametrize("path", PYTHON, ids=lambda path: path.name)
def test_python_files_suit_the_oldest_python(path: Path) -> None:
    """Each file runs with the oldest Python that we support, as far as its grammar goes."""
    ast.parse(path.read_text(encoding="utf-8"), feature_version=(3, 10))


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_python_scripts_describe_themselves(path: Path) -> None:
    """Each script explains its options."""
    line = [sys.executable, str(path), "--help"]
    done = subprocess.run(line, env=bare_environment(), capture_output=True, text=True, timeout=60, check=True)
    assert "usage:" in done.stdout


def test_runner_needs_nothing_but_python() -> None:
    """The runner imports the standard library alone: it is mounted into containers by itself."""
    tree = ast.parse((DEPLOY / "runner" / "sync_to_files.py").read_text(encoding="utf-8"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in names} <= sys.stdlib_module_names


def test_cronjob_never_runs_twice_at_once(cronjob: Json) -> None:
    """Two syncs of one organisation never overlap, and a failed one waits for the next hour."""
    assert cronjob["concurrencyPolicy"] == "Forbid"
    assert cronjob["jobTemplate"]["spec"]["backoffLimit"] == 0


def test_pod_has_no_privileges(pod: Json) -> None:
    """The pod runs as a user, on a read-only file system, without capabilities and without access to the cluster."""
    (container,) = pod["containers"]
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["runAsUser"] == pod["securityContext"]["fsGroup"] == 1000
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert pod["automountServiceAccountToken"] is False


def test_rotated_tokens_go_to_a_volume_that_stays(pod: Json) -> None:
    """The token file lies on the claimed volume, which is writable; the Secret is mounted read-only."""
    (container,) = pod["containers"]
    (file,) = [variable["value"] for variable in container["env"] if variable["name"] == "XERO_TOKEN_FILE"]
    mounts = {mount["mountPath"]: mount for mount in container["volumeMounts"]}
    volumes = {volume["name"]: volume for volume in pod["volumes"]}
    kept = mounts[str(Path(file).parent)]
    (claim,) = [document for document in DOCUMENTS if document["kind"] == "PersistentVolumeClaim"]
    assert "readOnly" not in kept
    assert volumes[kept["name"]]["persistentVolumeClaim"]["claimName"] == claim["metadata"]["name"]
    assert mounts["/secrets"]["readOnly"] is True
    assert {mount["name"] for mount in mounts.values()} == volumes.keys()


def test_images_are_of_this_version(pod: Json) -> None:
    """The files for people name the image of the version that they come with."""
    script = (DEPLOY / "cron" / "xero-gl.sh").read_text(encoding="utf-8")
    named = [
        pod["containers"][0]["image"],
        *re.findall(r"airbyte/source-xero-gl:[\w.]+", script + PAGE.read_text("utf-8")),
    ]
    named += re.findall(r'image\.version="(.+?)"', (ROOT / "Dockerfile").read_text(encoding="utf-8"))
    assert len(named) >= 5
    assert {name.rpartition(":")[2] for name in named} == {VERSION}


def test_streams_exist(pod: Json, catalog: Json) -> None:
    """Streams that the files for people name are streams of the connector."""
    (argument,) = [text for text in pod["containers"][0]["args"] if text.startswith("--streams=")]
    tree = ast.parse((DEPLOY / "airbyte" / "connect_organisations.py").read_text(encoding="utf-8"))
    (default,) = [
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == "STREAMS"
    ]
    wanted = {*argument.partition("=")[2].split(","), *default.split(",")}
    assert wanted <= {stream["name"] for stream in catalog["streams"]}


def test_page_names_every_file() -> None:
    """The page names each file under deploy/, and no other."""
    named = set(re.findall(r"`(deploy/[\w./-]+)`", PAGE.read_text(encoding="utf-8")))
    assert named == {path.relative_to(ROOT).as_posix() for path in FILES}


def test_example_for_pyairbyte_is_what_is_tested() -> None:
    """The example keeps what the callback gets and hands it to the source, as the program of the tests does."""
    tested = (Path(__file__).with_name("pyairbyte_sync.py")).read_text(encoding="utf-8")
    ast.parse(block("python"))
    for part in ("config_change_callback=rotated", "source.set_config(config, validate=False)", "draft.replace(path)"):
        assert part in block("python")
        assert part in tested


def test_query_of_the_page_keeps_the_last_row(tmp_path: Path) -> None:
    """The query over the runner's files gives each invoice once, as it was last, within a file and across files."""
    folder = tmp_path / "data" / "records" / "invoices"
    folder.mkdir(parents=True)
    versions = {"1": [("a", "old", 1), ("a", "newer", 2), ("b", "only", 1)], "2": [("a", "newest", 3)]}
    for run, rows in versions.items():
        lines = [
            json.dumps(
                {
                    "TenantID": "t",
                    "InvoiceID": key,
                    "Reference": text,
                    "UpdatedDateUTC": f"2026-01-0{day}T00:00:00.000Z",
                }
            )
            for key, text, day in rows
        ]
        (folder / f"{run}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    query = block("sql", "select").replace("data/records", f"{tmp_path}/data/records")
    duckdb: Any = importlib.import_module("duckdb")
    with duckdb.connect() as connection:
        found = connection.query(query).project("InvoiceID, Reference").order("InvoiceID").fetchall()
    assert found == [("a", "newest"), ("b", "only")]


def test_view_of_the_page_unites_organisations() -> None:
    """The view over the schemas of two organisations has the rows of both."""
    duckdb: Any = importlib.import_module("duckdb")
    with duckdb.connect() as connection:
        for schema in ("xero_kowhai", "xero_rimu", "xero_all"):
            connection.execute(f"create schema {schema}")
        for number, schema in enumerate(("xero_kowhai", "xero_rimu")):
            connection.execute(f"create table {schema}.journals as select {number} as tenantid, 7 as journalnumber")
        connection.execute(block("sql", "create view"))
        found = connection.execute("select * from xero_all.journals order by tenantid").fetchall()
    assert found == [(0, 7), (1, 7)]
