"""The workflows run what people run: GitHub would take them, they hold no logic and no secret, and may do what they must."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / ".github" / "workflows"
FILES = sorted(FOLDER.glob("*.yml"))
EACH = pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)

COMMAND = re.compile(
    r"(?P<make>make(?: [a-z-]+)+)(?: PYTHONS=.+)?|(?P<script>\.ci/[a-z_]+\.sh)(?: \"\$[A-Z_]+\"| [a-z]+)*"
)


def content(path: Path) -> dict[str, Any]:
    """Return a workflow; ``on`` is a word here, not YAML's truth."""
    loaded: dict[Any, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {"on" if key is True else key: value for key, value in loaded.items()}


def jobs(path: Path) -> dict[str, dict[str, Any]]:
    """Return the jobs of a workflow."""
    found: dict[str, dict[str, Any]] = content(path)["jobs"]
    return found


def runs(path: Path) -> Iterator[str]:
    """Yield each command of a workflow."""
    for job in jobs(path).values():
        yield from (step["run"] for step in job.get("steps", ()) if "run" in step)


def test_github_would_accept_the_files() -> None:
    """Workflows, Dependabot's settings and the forms have GitHub's schemas."""
    forms = [path for path in sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml")) if path.name != "config.yml"]
    assert [path.name for path in FILES] == ["ci.yml", "release.yml"]
    assert len(forms) == 2
    for schema, paths in (
        ("vendor.github-workflows", FILES),
        ("vendor.dependabot", [ROOT / ".github" / "dependabot.yml"]),
        ("vendor.github-issue-forms", forms),
    ):
        line = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, *map(str, paths)]
        done = subprocess.run(line, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stdout


@EACH
def test_each_command_is_one_of_ours(path: Path) -> None:
    """Every step runs make targets that exist, or one script of ``.ci/`` that can be executed; the logic is there."""
    targets = {*re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)}
    found = list(runs(path))
    assert found
    for command in found:
        parts = COMMAND.fullmatch(command)
        assert parts, command
        if parts["make"]:
            assert {*parts["make"].split()[1:]} <= targets, command
        else:
            assert os.access(ROOT / parts["script"], os.X_OK), command


def test_all_that_has_to_pass_is_run() -> None:
    """The commands of ``.ci/run`` are all there, and the tests run on every Python that the package supports."""
    wanted = {*re.findall(r"^ *make ([a-z-]+)", (ROOT / ".ci" / "run").read_text(encoding="utf-8"), re.MULTILINE)}
    assert {"test", "test-long", "test-platforms", "qa-tree"} == wanted
    assert {f"make {target}" for target in wanted} <= {*runs(FOLDER / "ci.yml")}
    pythons = jobs(FOLDER / "ci.yml")["test"]["strategy"]["matrix"]["python"]
    supported = re.findall(r"Python :: (3\.\d+)", (ROOT / "setup.py").read_text(encoding="utf-8"))
    assert pythons == supported == ["3.10", "3.11", "3.12", "3.13"]


@EACH
def test_workflows_may_do_little(path: Path) -> None:
    """They read the repository; one job may prove to PyPI who it is, and one may make a release. None waits for ever."""
    workflow = content(path)
    assert workflow["permissions"] == {"contents": "read"}
    assert workflow["concurrency"]["group"]
    more = {name: job["permissions"] for name, job in jobs(path).items() if "permissions" in job}
    wanted = {"pypi": {"id-token": "write"}, "github": {"contents": "write"}} if path.name == "release.yml" else {}
    assert more == wanted
    assert all("timeout-minutes" in job for job in jobs(path).values() if "steps" in job)
    checkouts = [
        step for job in jobs(path).values() for step in job.get("steps", ()) if "checkout" in step.get("uses", "")
    ]
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)


@EACH
def test_workflows_know_no_secret(path: Path) -> None:
    """No secret of the repository is named, and no code of a pull request runs with rights of its target."""
    assert "secrets." not in path.read_text(encoding="utf-8")
    assert "pull_request_target" not in content(path)["on"]


@EACH
def test_actions_are_pinned_to_a_version(path: Path) -> None:
    """Each action names a major version; none follows a branch of development."""
    used = [step["uses"] for job in jobs(path).values() for step in job.get("steps", ()) if "uses" in step]
    assert used
    assert [name for name in used if not re.fullmatch(r"actions/[a-z-]+@v\d+|pypa/[a-z-]+@release/v1", name)] == []


def test_nothing_is_published_before_all_tests_have_passed() -> None:
    """The release takes a tag of the version, waits for the tests, and PyPI needs no token."""
    release = jobs(FOLDER / "release.yml")
    assert content(FOLDER / "release.yml")["on"] == {"push": {"tags": ["v*"]}}
    assert release["test"] == {"uses": "./.github/workflows/ci.yml"}
    assert release["pypi"]["needs"] == ["test", "package"]
    assert release["github"]["needs"] == "pypi"
    assert release["pypi"]["environment"] == "pypi"
    (publish,) = [step for step in release["pypi"]["steps"] if step["uses"].startswith("pypa/")]
    assert "with" not in publish


@pytest.mark.parametrize(("tag", "status"), [("v0.1.0", 0), ("v9.9.9", 1), ("0.1.0", 1), ("", 1)])
def test_a_tag_names_the_version(tag: str, status: int) -> None:
    """A tag of another version ends the release before anything is built."""
    (version,) = re.findall(r'^VERSION = "(.+)"$', (ROOT / "setup.py").read_text(encoding="utf-8"), re.MULTILINE)
    line = [str(ROOT / ".ci" / "tag.sh"), tag.replace("0.1.0", version)]
    assert subprocess.run(line, capture_output=True, timeout=60, check=False).returncode == status


def test_a_release_has_its_part_of_the_changelog(tmp_path: Path) -> None:
    """The release's text is what the changelog says about the version, and nothing of another one; without it there is none."""
    (tmp_path / "gh").write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n', encoding="utf-8")
    (tmp_path / "gh").chmod(0o700)
    script, environment = (
        str(ROOT / ".ci" / "github_release.sh"),
        {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"},
    )

    def released(tag: str) -> subprocess.CompletedProcess[str]:
        line = [script, tag, str(tmp_path)]
        return subprocess.run(line, env=environment, capture_output=True, text=True, timeout=60, check=False)

    done = released("v0.1.0")
    assert done.returncode == 0, done.stderr
    assert "Signs in with OAuth" in done.stdout
    assert "Unreleased" not in done.stdout
    assert "## [" not in done.stdout
    assert released("v9.9.9").returncode == 1
