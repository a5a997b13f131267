"""The checks that Airbyte's maintainers run on a connector: ``airbyte-ops``, in an environment of its own.

Its requirements and those of our tools exclude each other.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tools.airbyte_qa.copied import NAME

REQUIREMENTS = ("airbyte-internal-ops>=0.132,<0.133", "airbyte>=1.0.0rc6")
"""The second one, which the first has too, allows its release candidates: the only releases that fit."""

PYTHONS = ((3, 11), (3, 13))
"""From the first to before the second: what airbyte-internal-ops supports."""

KNOWN = {
    "Connectors must use Poetry for dependency management": "Poetry",
    "Python connectors must not use a Dockerfile and must declare their base image in metadata.yaml file": "No Dockerfile",
}
"""Checks that must fail here, and with which words ``docs/registry.md`` begins to say why."""

LEAST_CHECKS = 20
"""That pass: fewer, and the tool has not looked at what we think it looks at."""

_OFFLINE = Path(__file__).with_name("offline.py")


def install(folder: Path) -> Path:
    """Install the tool into ``folder``, unless it is there; return its Python."""
    python = folder / "bin" / "python"
    stamp = folder / "installed.txt"
    if not stamp.is_file() or stamp.read_text(encoding="utf-8") != "\n".join(REQUIREMENTS):
        uv = [sys.executable, "-m", "uv", "--quiet"]
        subprocess.run([*uv, "venv", "--clear", "--python", sys.executable, str(folder)], check=True)
        packages = ["pip", "install", "--only-binary", ":all:", "--python", str(python), *REQUIREMENTS]
        subprocess.run([*uv, *packages], check=True)
        stamp.write_text("\n".join(REQUIREMENTS), encoding="utf-8")
    return python


def qa(python: Path, connector: Path) -> list[str]:
    """Run ``airbyte-ops local connector qa``; return what went wrong."""
    report = connector.parents[3] / "qa.json"
    report.unlink(missing_ok=True)
    line = ["local", "connector", "qa", "--name", NAME, "--report-path", str(report)]
    output = _run(python, line, connector.parents[2])
    if not report.is_file():
        return [f"airbyte-ops wrote no report: {output[-3000:]}"]
    return judged(json.loads(report.read_text(encoding="utf-8"))["connectors"][NAME])


def judged(report: dict[str, Any]) -> list[str]:
    """Print how many checks passed; return those that failed and should not have, and those that should have and did not."""
    passed, skipped = ([check["check"] for check in report[f"{name}_checks"]] for name in ("passed", "skipped"))
    failed = {check["check"]: check["message"] for check in report["failed_checks"]}
    print(f"  {len(passed)} passed, {len(skipped)} do not apply, {len(failed)} failed")
    for name in failed.keys() & KNOWN.keys():
        print(f"  failed as docs/registry.md says: {name}")
    problems = [f"{name}: {' '.join(failed[name].split())}" for name in failed if name not in KNOWN]
    problems += [f"{name}: no longer fails; take it out of tools/airbyte_qa" for name in KNOWN if name not in failed]
    return problems if len(passed) >= LEAST_CHECKS else [*problems, f"only {len(passed)} checks passed"]


def artifacts(python: Path, connector: Path, image: str) -> list[str]:
    """Run ``airbyte-ops registry connector-version artifacts generate`` on an image; return what went wrong.

    Its own bill of materials is left out, because it is made with an image from Docker Hub.
    """
    repository, folder = connector.parents[2], connector.parents[3] / "artifacts"
    line = [
        "registry",
        "connector-version",
        "artifacts",
        "generate",
        "--metadata-file",
        str(connector / "metadata.yaml"),
    ]
    line += ["--docker-image", image, "--output-dir", str(folder), "--repo-root", str(repository)]
    output = _run(python, [*line, "--no-sbom", "--no-github-lookup"], repository)
    entry = folder / "oss.json"
    if not entry.is_file():
        return [f"airbyte-ops made no entry for the registry: {output[-3000:]}"]
    written = sorted(path.name for path in folder.iterdir())
    print(f"  {', '.join(written)}")
    return entry_problems(json.loads(entry.read_text(encoding="utf-8")), written)


def entry_problems(entry: dict[str, Any], written: list[str]) -> list[str]:
    """Return what is wrong with an entry of the registry, and with the list of the files written beside it."""
    problems = [
        f"{name} was not written" for name in ("dependencies.json", "doc.md", "icon.svg") if name not in written
    ]
    if "cloud.json" in written:
        problems.append("there is an entry for Airbyte Cloud, which metadata.yaml turns off")
    if "credentials" not in entry["spec"]["connectionSpecification"]["properties"]:
        problems.append("the entry's specification is not ours")
    if not str(entry["packageInfo"].get("cdk_version")).startswith("python:7."):
        problems.append("the entry does not say which CDK the image has")
    return problems


def _run(python: Path, line: list[str], folder: Path) -> str:
    environment = {**os.environ, "DO_NOT_TRACK": "1", "PYTHONWARNINGS": "ignore", "NO_COLOR": "1", "COLUMNS": "500"}
    done = subprocess.run(
        [str(python), str(_OFFLINE), *line],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.stdout
