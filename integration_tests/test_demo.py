"""The demo agrees with Xero's trial balance, tells when it does not, and ``make sync`` keeps what it must."""

from __future__ import annotations

import datetime as dt
import importlib.util
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from integration_tests.demo.comparison import Difference, differences
from integration_tests.demo.trial_balance import Balance, Row, TrialBalance
from integration_tests.demo.xero_report import ReportError, balances
from integration_tests.xero_server.process import XeroServerProcess

ROOT = Path(__file__).resolve().parents[1]
CALLS_PER_MINUTE = "600"
CORRECTED, POSTED = 2, 3
"""Journals that the demo adds between its syncs: an edit posts two, and three are manual."""

needs_pyairbyte = pytest.mark.skipif(
    importlib.util.find_spec("airbyte") is None, reason="PyAirbyte is not installed: it supports Python 3.10 to 3.12"
)


def run(module: str, *arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a module of the demo as ``make`` does."""
    command = [sys.executable, "-m", f"integration_tests.{module}", *map(str, arguments)]
    variables = {**os.environ, "XERO_CALLS_PER_MINUTE": CALLS_PER_MINUTE, **environment}
    return subprocess.run(
        command,
        cwd=ROOT,
        env=variables,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def demo(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the demo, without Xero's pace."""
    return run("demo", "--directory", folder, "--calls-per-minute", CALLS_PER_MINUTE, *arguments)


def numbers(text: str, name: str) -> list[int]:
    """Return the numbers in a stream's line of a table."""
    line = re.search(rf"^ +{name} +([\d, ]+)$", text, re.MULTILINE)
    assert line is not None, text
    return [int(number.replace(",", "")) for number in line[1].split()]


@needs_pyairbyte
def test_the_demo_agrees_with_xero(tmp_path: Path) -> None:
    """Every account agrees at a month end, at a year end and after it, and the second sync reads what is new alone."""
    done = demo(tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    assert done.stdout.count("It nets to zero.") == done.stdout.count(" 0 differences.") == 3
    rows, first, first_calls, second, second_calls = numbers(done.stdout, "journals")
    assert second == CORRECTED + POSTED
    assert rows == first + second
    assert second_calls < first_calls
    assert (tmp_path / "xero.duckdb").is_file()


@needs_pyairbyte
def test_a_lost_journal_is_reported(tmp_path: Path) -> None:
    """A journal that never arrived makes the demo fail and name its accounts, though the rest still nets to zero."""
    done = demo(tmp_path, "--company", "small", "--withhold")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "The balances DO NOT agree with Xero" in done.stdout
    assert re.search(r"[1-9]\d* differences", done.stdout)
    assert re.search(r" month +\S+ +\S+ +-?[1-9]", done.stdout)


@pytest.fixture
def xero() -> Iterator[XeroServerProcess]:
    """Start a local Xero."""
    with XeroServerProcess("small", calls_per_minute=CALLS_PER_MINUTE) as server:
        yield server


@pytest.fixture
def config(tmp_path: Path, xero: XeroServerProcess) -> Path:
    """Write a config file that only its group may read."""
    path = tmp_path / "config.json"
    path.write_text(json.dumps(xero.config(tenant=xero.tenant_id)), encoding="utf-8")
    path.chmod(0o640)
    return path


@needs_pyairbyte
def test_sync_goes_on_with_rotated_tokens(tmp_path: Path, xero: XeroServerProcess, config: Path) -> None:
    """A sync writes the rotated token into the config file, keeps its mode and the rest, and the next one goes on from it."""
    before = json.loads(config.read_text(encoding="utf-8"))
    arguments = ("--config", config, "--database", tmp_path / "xero.duckdb")
    first = run("demo.sync", *arguments, **xero.environment())
    after = json.loads(config.read_text(encoding="utf-8"))
    xero.control("switches", {"refresh_grace_seconds": 0})
    xero.control("tokens", {"expire_access": True})
    second = run("demo.sync", *arguments, **xero.environment())
    assert (first.returncode, second.returncode) == (0, 0), first.stdout + second.stdout
    assert config.stat().st_mode & 0o777 == 0o640
    assert after["tenant"] == before["tenant"]
    assert after["credentials"]["refresh_token"] != before["credentials"]["refresh_token"]
    assert numbers(second.stdout, "journals") == [0, numbers(first.stdout, "journals")[1]]


@needs_pyairbyte
def test_sync_goes_on_after_the_daily_limit(tmp_path: Path, xero: XeroServerProcess, config: Path) -> None:
    """What arrived before the day's calls ran out is stored, and the next sync reads the rest alone."""
    arguments = ("--config", config, "--database", tmp_path / "xero.duckdb")
    stop = {"endpoint": "Journals", "after": 3, "do": "limits", "with": {"per_day": 1}}  # the first is the check's
    xero.control("script", {"steps": [stop]})
    first = run("demo.sync", *arguments, **xero.environment())
    xero.control("limits", {"per_day": 5000})
    second = run("demo.sync", *arguments, **xero.environment())
    assert first.returncode == 1, first.stdout
    assert "what has arrived is stored" in first.stdout
    assert second.returncode == 0, second.stdout
    received, rows = numbers(second.stdout, "journals")
    assert rows == len(xero.truth("Journals"))
    assert 0 < received < rows


@needs_pyairbyte
def test_sync_says_why_the_check_failed(tmp_path: Path, xero: XeroServerProcess, config: Path) -> None:
    """A check that fails ends the sync with its sentence, and no token stands in the output."""
    xero.control("tokens", {"revoke": True})
    done = run("demo.sync", "--config", config, "--database", tmp_path / "xero.duckdb", **xero.environment())
    assert done.returncode == 1
    assert "Connect to Xero again" in done.stdout
    secrets = json.loads(config.read_text(encoding="utf-8"))["credentials"]
    assert not any(secrets[name] in done.stdout + done.stderr for name in ("client_secret", "refresh_token"))


def test_accounts_of_one_side_alone_are_differences() -> None:
    """An account that only the journals or only Xero's report knows differs, unless it is zero."""
    ten, zero = Decimal(10), Decimal(0)
    ours = TrialBalance(dt.date(2026, 3, 31), [Row("a", "200", "Sales", "REVENUE", zero, ten, zero, ten)])
    report = {"b": Balance(ten, ten), "c": Balance(zero, zero)}
    nothing = Balance(zero, zero)
    assert differences(ours, report) == [
        Difference("200 Sales", Balance(-ten, -ten), nothing),
        Difference("account b", nothing, Balance(ten, ten)),
    ]
    assert not ours.nets_to_zero


def test_a_report_of_another_form_is_refused() -> None:
    """Balances are read from the documented columns only, never from what happens to stand there."""
    with pytest.raises(ReportError, match="expected"):
        balances([{"RowType": "Header", "Cells": [{"Value": "Account"}, {"Value": "Debit"}]}])
