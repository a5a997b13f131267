"""Airbyte's standard tests, run by ``airbyte-cdk`` in the copy against a local Xero, and on the image."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from pathlib import Path

from local_xero.process import XeroServerProcess

SKIPS = ("does not run for scenario", "Skipping the spec backward-compatibility check")
"""Why a standard test may be skipped: its config is listed under other headings of ``acceptance-test-config.yml``, or no
registry of published connectors can be asked."""

_CDK = Path(sys.executable).with_name("airbyte-cdk")
_RESULTS = Path("build/test-results/standard-tests-junit.xml")


def connector_test(connector: Path) -> list[str]:
    """Run ``airbyte-cdk connector test``, with credentials: those of a local Xero. Return what went wrong."""
    with (
        XeroServerProcess("everything", calls_per_minute=6000) as xero,
        tempfile.TemporaryDirectory() as folder,
    ):
        credentials = {name: xero.line[name] for name in ("client_id", "client_secret", "refresh_token")}
        secrets = connector / "secrets"
        secrets.mkdir(exist_ok=True)
        config = {"credentials": {"auth_type": "oauth2.0", **credentials}}
        (secrets / "config.json").write_text(json.dumps(config), encoding="utf-8")
        # The tests use one config several times; the token file keeps what has become of its refresh token.
        environment = {**xero.environment(), "XERO_TOKEN_FILE": str(Path(folder) / "tokens.json")}
        environment["XERO_CALLS_PER_MINUTE"] = "6000"
        line = ["connector", "test", "--pytest-arg=-m", "--pytest-arg=not image_tests"]
        return _run(line, connector, environment)


def image_test(connector: Path, image: str) -> list[str]:
    """Run ``airbyte-cdk image test`` on an image. Return what went wrong.

    Without credentials: the containers that it starts have a network of their own, and reach no local Xero.
    """
    return _run(["image", "test", "--no-creds", "--image", image], connector, {})


def _run(arguments: list[str], connector: Path, environment: dict[str, str]) -> list[str]:
    (connector / _RESULTS).unlink(missing_ok=True)
    done = subprocess.run(
        [str(_CDK), *arguments],
        cwd=connector,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if not (connector / _RESULTS).is_file():
        return [f"airbyte-cdk ended with status {done.returncode} and without results: {done.stdout[-2000:]}"]
    problems = judged(connector / _RESULTS)
    if done.returncode and not problems:
        problems = [f"airbyte-cdk ended with status {done.returncode}: {done.stdout[-2000:]}"]
    return problems


def judged(results: Path) -> list[str]:
    """Print what a file of results says; return the names of the tests that failed, or were skipped without a known reason."""
    counts, problems = {"passed": 0, "skipped": 0, "failed": 0}, []
    for case in ET.parse(results).iter("testcase"):  # noqa: S314 - written by our own run
        outcome = next((child for child in case if child.tag in ("failure", "error", "skipped")), None)
        told = "passed" if outcome is None else "skipped" if outcome.tag == "skipped" else "failed"
        counts[told] += 1
        # The message only: the traceback of a failed test may quote its config.
        reason = "" if outcome is None else outcome.get("message", "")
        if told == "failed" or (told == "skipped" and not any(known in reason for known in SKIPS)):
            problems.append(
                f"{case.get('name')}: {told}, {reason.splitlines()[0][:300] if reason else 'without a word'}"
            )
    print("  " + ", ".join(f"{number} {told}" for told, number in counts.items()))
    return problems if counts["passed"] else [*problems, "no standard test passed"]
