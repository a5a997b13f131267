"""The demo agrees with Xero's trial balance at every month end, and tells when it does not."""

from __future__ import annotations

import importlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from demo.comparison import judge
from demo.month_ends import MonthEnds

ROOT = Path(__file__).resolve().parents[1]
CALLS_PER_MINUTE = "600"
CORRECTED, POSTED = 2, 3
"""Journals that the demo adds between its syncs: an edit posts two, and three are manual."""
OPEN_MONTHS = 3
"""On 1 October, with books that are locked up to 31 July."""

needs_pyairbyte = pytest.mark.skipif(
    importlib.util.find_spec("airbyte") is None, reason="PyAirbyte is not installed: it supports Python 3.10 to 3.12"
)

another_sync = pytest.mark.slow  # ten to thirty seconds each: PyAirbyte starts, and the connector three times


def run(module: str, *arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a module of the demo as ``make`` does."""
    command = [sys.executable, "-m", module, *map(str, arguments)]
    variables = {**os.environ, "XERO_CALLS_PER_MINUTE": CALLS_PER_MINUTE, **environment}
    return subprocess.run(
        command,
        cwd=ROOT,
        env=variables,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=600,
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


class Demonstrated(NamedTuple):
    """What ``make demo`` printed, and the DuckDB file that it filled."""

    done: subprocess.CompletedProcess[str]
    database: Path


@pytest.fixture(scope="module", params=["small", pytest.param("demo", marks=another_sync)])
def demonstrated(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Demonstrated:
    """Run the demo once for the module, with a small company and with the one that ``make demo`` shows."""
    folder = tmp_path_factory.mktemp("demo")
    return Demonstrated(demo(folder, "--company", request.param), folder / "xero.duckdb")


@needs_pyairbyte
def test_the_demo_agrees_with_xero(demonstrated: Demonstrated) -> None:
    """Every account agrees at every month end, and the second sync reads what is new and what is not locked alone."""
    done = demonstrated.done
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    assert "Differences: none." in done.stdout
    rows, first, first_calls, second, second_calls = numbers(done.stdout, "journals")
    assert second == CORRECTED + POSTED
    assert rows == first + second
    assert second_calls < first_calls
    _, _, first_reports, _, second_reports = numbers(done.stdout, "trial_balance_lines")
    assert second_reports == OPEN_MONTHS
    assert f"trial balance took {first_reports} calls, then {OPEN_MONTHS}" in done.stdout
    assert demonstrated.database.is_file()


@needs_pyairbyte
@another_sync
def test_a_lost_journal_is_reported(tmp_path: Path) -> None:
    """A journal that never arrived makes the demo fail and name accounts and months, though the rest still nets to zero."""
    done = demo(tmp_path, "--company", "small", "--withhold")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "The balances DO NOT agree with the local Xero" in done.stdout
    assert re.search(r"Differences: [1-9]", done.stdout)
    assert re.search(r"Business Bank Account  +3\d (August|September) 2026  +31 October 2026 ", done.stdout)
    assert "Every month end nets to zero" in done.stdout


@needs_pyairbyte
@another_sync
def test_revaluations_are_named(tmp_path: Path) -> None:
    """What Xero revalues without a journal is named with its difference, and is no error."""
    done = demo(tmp_path, "--company", "small", "--revaluations")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Differences: none." in done.stdout
    assert re.search(r"US Dollar Account +bank account in USD +\d+ +[1-9]\d* ", done.stdout)
    assert re.search(r"Bank Revaluations +gains and losses of revaluations +\d+ +[1-9]\d* ", done.stdout)


class Landed:
    """A copy of a DuckDB file that the demo has filled."""

    def __init__(self, path: Path) -> None:
        self._connection: Any = importlib.import_module("duckdb").connect(str(path))

    def close(self) -> None:
        """Close the copy."""
        self._connection.close()

    def ask(self, sql: str) -> list[dict[str, Any]]:
        """Ask in SQL."""
        found = self._connection.execute(sql)
        names = [column[0] for column in found.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def one_line(self) -> tuple[str, str, str]:
        """Pick a line of an account that only journals move: its ID, the account's name, the month end as reports write it."""
        found = self.ask(
            "select journallineid as id, accountname as name, last_day(journaldate) as day from journal_lines"
            " where accountname = 'Rent' order by journalnumber desc limit 1"
        )[0]
        return found["id"], found["name"], f"{found['day'].day} {found['day']:%B %Y}"


@pytest.fixture
def landed(tmp_path: Path, demonstrated: Demonstrated) -> Iterator[Landed]:
    """Copy the file, so that a test may change it."""
    copy = Landed(Path(shutil.copy(demonstrated.database, tmp_path / "copy.duckdb")))
    yield copy
    copy.close()


@needs_pyairbyte
@pytest.mark.parametrize(
    ("statement", "nets"),
    [
        ("delete from journal_lines where journallineid = '{}'", False),
        ("update journal_lines set netamount = netamount + 0.01 where journallineid = '{}'", False),
        (
            "delete from journal_lines where journalid = (select journalid from journal_lines where journallineid = '{}')",
            True,
        ),
    ],
    ids=["a line lost", "a cent changed", "a journal lost"],
)
def test_a_changed_table_is_found(
    landed: Landed, capsys: pytest.CaptureFixture[str], *, statement: str, nets: bool
) -> None:
    """A line that is missing, or a cent too much, makes the comparison fail and name account and month."""
    line, account, month_end = landed.one_line()
    landed.ask(statement.format(line))
    found = MonthEnds.compared(landed.ask)
    assert not judge(found)
    assert re.search(rf"{account} +{month_end} ", capsys.readouterr().out)
    assert (not found.unbalanced) == nets
