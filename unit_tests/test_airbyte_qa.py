"""What ``make qa`` makes of the answers of Airbyte's tools: nothing that failed, or was left out without a reason, passes."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tools.airbyte_qa import offline, operations, standard_tests
from tools.airbyte_qa.__main__ import run
from tools.airbyte_qa.copied import ROOT, copy_to

PASSED = [{"check": f"check {number}", "message": "fine"} for number in range(operations.LEAST_CHECKS)]
KNOWN = [{"check": name, "message": "as ever"} for name in operations.KNOWN]


def report(passed: list[dict[str, str]], failed: list[dict[str, str]]) -> dict[str, Any]:
    """Return a report of ``airbyte-ops local connector qa`` on a connector."""
    return {"passed_checks": passed, "skipped_checks": [], "failed_checks": failed}


def results(folder: Path, *cases: str) -> Path:
    """Return a file of results of pytest."""
    path = folder / "results.xml"
    path.write_text(f"<testsuites><testsuite>{''.join(cases)}</testsuite></testsuites>", encoding="utf-8")
    return path


def test_checks_that_are_known_to_fail_must_fail() -> None:
    """A report passes when the known checks fail and no other; a known one that passes has to be taken off the list."""
    assert operations.judged(report(PASSED, KNOWN)) == []
    (problem,) = operations.judged(report(PASSED, KNOWN[1:]))
    assert "no longer fails" in problem


def test_a_failed_check_is_told_with_its_message() -> None:
    """A check that is not known to fail makes the run fail."""
    failed = [*KNOWN, {"check": "Connectors must use HTTPS only", "message": "one\n\t- two"}]
    assert operations.judged(report(PASSED, failed)) == ["Connectors must use HTTPS only: one - two"]


def test_too_few_checks_are_a_failure() -> None:
    """A tool that looks at nothing does not pass."""
    assert operations.judged(report(PASSED[1:], KNOWN)) == [f"only {len(PASSED) - 1} checks passed"]


def test_each_check_that_is_known_to_fail_is_explained() -> None:
    """``docs/registry.md`` has a line for it."""
    page = (ROOT / "docs" / "registry.md").read_text(encoding="utf-8")
    for words in operations.KNOWN.values():
        assert re.search(rf"^\| {re.escape(words)}", page, re.MULTILINE), words


def test_skipped_standard_tests_need_a_reason(tmp_path: Path) -> None:
    """Failed tests and tests skipped for an unknown reason are told; nothing of a failure but its first line is."""
    passed = '<testcase name="a"/>'
    known = '<testcase name="b"><skipped message="`spec` does not run for scenario x"/></testcase>'
    unknown = '<testcase name="c"><skipped message="no docker"/></testcase>'
    failed = '<testcase name="d"><failure message="wrong&#10;secret">secret</failure></testcase>'
    assert standard_tests.judged(results(tmp_path, passed, known)) == []
    assert standard_tests.judged(results(tmp_path, passed, unknown, failed)) == [
        "c: skipped, no docker",
        "d: failed, wrong",
    ]
    assert standard_tests.judged(results(tmp_path, known)) == ["no standard test passed"]


def test_an_entry_of_the_registry_is_looked_at() -> None:
    """An entry has our specification and the CDK of the image; files beside it that are missing, or too many, are told."""
    specification: dict[str, Any] = {"connectionSpecification": {"properties": {"credentials": {}}}}
    entry = {"spec": specification, "packageInfo": {"cdk_version": "python:7.39.1"}}
    files = ["dependencies.json", "doc.md", "icon.svg", "oss.json"]
    assert operations.entry_problems(entry, files) == []
    assert len(operations.entry_problems({**entry, "packageInfo": {}}, files)) == 1
    assert (
        len(operations.entry_problems({**entry, "spec": {"connectionSpecification": {"properties": {}}}}, files)) == 1
    )
    assert len(operations.entry_problems(entry, [*files[1:], "cloud.json"])) == 2


def test_one_part_that_fails_fails_the_run(capsys: pytest.CaptureFixture[str]) -> None:
    """All parts run, and each problem is printed."""
    assert run([("a", lambda: ["broken"]), ("b", list)]) == 1
    assert capsys.readouterr().out == "a\n  FAILED broken\nb\n"
    assert run([("a", list)]) == 0


def test_the_tool_reaches_no_host() -> None:
    """Where the look-ups are answered, every other one is refused."""
    with pytest.raises(OSError, match="docker"):
        offline.refuse("registry.hub.docker.com", 443)
    done = subprocess.run([sys.executable, offline.__file__], capture_output=True, text=True, check=False, timeout=60)
    assert f"No module named '{offline.TOOL}'" in done.stderr  # it is in an environment of its own, never in this one


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="the copy is made of the files that git knows")
def test_the_copy_is_where_airbyte_looks(tmp_path: Path) -> None:
    """Tracked files, links as links, no environment; the user's page; the level at which Airbyte checks everything."""
    connector = copy_to(tmp_path / "copy")
    repository = tmp_path / "copy" / "airbyte"
    assert connector == repository / "airbyte-integrations" / "connectors" / "source-xero-gl"
    assert (repository / "docs" / "integrations" / "sources" / "xero-gl.md").is_file()
    assert (connector / "source_xero_gl" / "schemas").is_symlink()
    assert (connector / "source_xero_gl" / "schemas" / "journals.json").is_file()
    assert not (connector / ".venv").exists()
    data = yaml.safe_load((connector / "metadata.yaml").read_text(encoding="utf-8"))["data"]
    assert data["ab_internal"] == {"sl": 300, "ql": 100}
