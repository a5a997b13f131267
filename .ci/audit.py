"""Look up every installed package in a database of known weaknesses: ``python .ci/audit.py [--service pypi|osv]``.

What is audited is the environment of the Python that runs this: the connector's dependencies, and the tools. Exit status: 0
when every package was looked up and none has a known weakness; 1 when one has, 2 when the audit is not complete. An audit that
could not look anything up has found nothing out, so it fails.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

FOUND, INCOMPLETE = 1, 2

NAMED = 10
"""Packages that the report of an incomplete audit names."""


def main(service: str, pip_audit: list[str]) -> int:
    """Audit this environment; return the exit status."""
    packages = _installed()
    with tempfile.TemporaryDirectory() as folder:
        list_of_packages = Path(folder) / "packages.txt"
        list_of_packages.write_text("".join(f"{package}\n" for package in packages), encoding="utf-8")
        options = ["--no-deps", "--disable-pip", "--format", "json", "--progress-spinner", "off"]
        done = subprocess.run(
            [*pip_audit, *options, "--vulnerability-service", service, "--requirement", str(list_of_packages)],
            capture_output=True,
            text=True,
            check=False,
        )
    try:
        answer = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError, TypeError):
        last = next(iter(reversed(done.stderr.strip().splitlines())), "no reason was given")
        _say(f"AUDIT FAILED: nothing could be looked up at {service}: {last}")
        return INCOMPLETE
    return _judged(answer, len(packages), service)


def _judged(answer: list[dict[str, Any]], packages: int, service: str) -> int:
    """Report on the answer for so many packages; return the exit status."""
    audited = [package for package in answer if "vulns" in package]
    skipped = [package for package in answer if "vulns" not in package]
    weak = [(package, weakness) for package in audited for weakness in package["vulns"]]
    for package, weakness in weak:
        fixed = ", ".join(weakness["fix_versions"]) or "no version"
        _say(f"{package['name']} {package['version']}: {weakness['id']}, fixed in {fixed}")
    if weak:
        _say(f"AUDIT FAILED: {len(weak)} known weaknesses in {len(audited)} packages.")
        return FOUND
    if len(audited) == packages > 0:
        _say(f"No known weaknesses in {packages} packages, says {service}.")
        return 0
    for package in skipped[:NAMED]:
        _say(f"{package['name']}: {package['skip_reason']}")
    if not audited:
        _say(
            f"AUDIT FAILED: none of {packages} packages could be looked up. Does this machine reach the database ({service})?"
        )
    else:
        _say(f"AUDIT FAILED: {packages - len(audited)} of {packages} packages could not be looked up.")
    return INCOMPLETE


def _installed() -> list[str]:
    """Return every package with its version, but for those that are being developed here."""
    command = [
        sys.executable,
        "-m",
        "pip",
        "list",
        "--exclude-editable",
        "--format",
        "json",
        "--disable-pip-version-check",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return [f"{package['name']}=={package['version']}" for package in json.loads(done.stdout)]


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--service", choices=("pypi", "osv"), default="pypi", help="the database that is asked")
    sys.exit(main(parser.parse_args().service, [sys.executable, "-m", "pip_audit"]))
