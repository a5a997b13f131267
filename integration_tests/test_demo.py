"""The demo's two ledgers agree with Xero's trial balance and with each other, and it tells when they do not."""

from __future__ import annotations

import datetime as dt
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

from demo.agreement import both_ways, rebuilt, rows
from demo.month_ends import MonthEnds
from demo.queries import QUERIES

ROOT = Path(__file__).resolve().parents[1]
CALLS_PER_MINUTE = "600"
POSTED = 3
"""Journals that the demo adds between its syncs: a corrected invoice posts two, and one is manual."""
FEW_CALLS = 25

needs_pyairbyte = pytest.mark.skipif(
    importlib.util.find_spec("airbyte") is None, reason="PyAirbyte is not installed: it supports Python 3.10 to 3.12"
)

pytestmark = pytest.mark.slow  # half a minute each: three syncs, and the ledger is built twice


def demo(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the demo as ``make`` does, without Xero's pace."""
    command = [sys.executable, "-m", "demo", "--directory", str(folder), "--calls-per-minute", CALLS_PER_MINUTE]
    return subprocess.run(
        [*command, *arguments],
        cwd=ROOT,
        env=os.environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


class Demonstrated(NamedTuple):
    """What ``make demo`` printed, and the DuckDB files that it filled: with journals and without."""

    done: subprocess.CompletedProcess[str]
    journals: Path
    documents: Path


@pytest.fixture(scope="module")
def demonstrated(tmp_path_factory: pytest.TempPathFactory) -> Demonstrated:
    """Run the demo once for the module."""
    folder = tmp_path_factory.mktemp("demo")
    done = demo(folder)
    return Demonstrated(done, folder / "with-journals" / "xero.duckdb", folder / "without-journals" / "xero.duckdb")


@needs_pyairbyte
def test_both_ledgers_agree_with_xero_and_with_each_other(demonstrated: Demonstrated) -> None:
    """Every account agrees at every month end, from journals and rebuilt; Xero's journals have reached one of them alone."""
    done = demonstrated.done
    assert done.returncode == 0, done.stdout + done.stderr
    assert "agrees. From its journals:" in done.stdout
    found = rebuilt(demonstrated.documents)
    assert not found.others
    assert found.exact > found.conversion > 0
    assert f"{found.exact:,} of {found.exact:,} account-months agree to the cent; {found.conversion:,} " in done.stdout
    days, different = both_ways(demonstrated.journals, demonstrated.documents)
    assert days > found.exact / 2
    assert different == 0
    assert "journals" in tables(demonstrated.journals)
    assert "journals" not in tables(demonstrated.documents)


@needs_pyairbyte
def test_the_second_sync_reads_what_is_new(demonstrated: Demonstrated) -> None:
    """It takes few calls, and of the journals receives those that were posted since."""
    output = demonstrated.done.stdout
    first, second, refused = (int(number) for number in re.findall(r"records, ([\d,]+) calls to Xero", output))
    assert second < FEW_CALLS < refused < first
    assert re.search(rf"^ +journals +{POSTED} +[\d,]+$", output, re.MULTILINE)


@needs_pyairbyte
def test_the_demo_ends_with_what_to_look_at(demonstrated: Demonstrated) -> None:
    """It names both pages and databases, which are there, and three queries, which find something."""
    output = demonstrated.done.stdout
    assert len(QUERIES) == 3
    for database in (demonstrated.journals, demonstrated.documents):
        for file in (database, database.with_name("ledger.html")):
            assert str(file) in output
            assert file.is_file()
    for query in QUERIES:
        assert all(line in output for line in query.splitlines())
    assert all(map(Asked(demonstrated.journals).ask, QUERIES))


@needs_pyairbyte
def test_a_lost_journal_is_reported(tmp_path: Path) -> None:
    """A journal that never arrived makes the demo fail and name accounts and months."""
    done = demo(tmp_path, "--company", "small", "--withhold")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "DOES NOT AGREE. From its journals:" in done.stdout
    assert re.search(r"Business Bank Account +3\d (August|September) 2026 ", done.stdout)
    assert "agrees. Rebuilt from its documents:" in done.stdout


@needs_pyairbyte
def test_revaluations_are_named(tmp_path: Path) -> None:
    """What Xero revalues without a journal is set apart, counted by its name, and is no error."""
    done = demo(tmp_path, "--company", "small", "--revaluations")
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"[1-9]\d* set apart, because Xero revalues foreign money without a journal", done.stdout)
    assert re.search(r"; [1-9]\d* differ: currency revaluation\.", done.stdout)


def tables(database: Path) -> set[str]:
    """Name the tables of the streams."""
    return {row["table_name"] for row in Asked(database).ask("select table_name from duckdb_tables()")}


class Asked:
    """A DuckDB file that answers questions."""

    def __init__(self, path: Path) -> None:
        self._connection: Any = importlib.import_module("duckdb").connect(str(path))

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def ask(self, sql: str) -> list[dict[str, Any]]:
        """Ask in SQL."""
        return rows(self._connection, sql)

    def one_line(self) -> tuple[str, str, dt.date]:
        """Pick a line of an account that only journals move: its ID, the account's name, its month end."""
        found = self.ask(
            "select journallineid as id, accountname as name, last_day(journaldate) as day from journal_lines"
            " where accountname = 'Rent' order by journalnumber desc limit 1"
        )[0]
        return found["id"], found["name"], found["day"]


@pytest.fixture
def landed(tmp_path: Path, demonstrated: Demonstrated) -> Iterator[Asked]:
    """Copy the file, so that a test may change it."""
    copy = Asked(Path(shutil.copy(demonstrated.journals, tmp_path / "copy.duckdb")))
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
def test_a_changed_table_is_found(landed: Asked, *, statement: str, nets: bool) -> None:
    """A line that is missing, or a cent too much, makes the comparison fail and name account and month."""
    line, account, month_end = landed.one_line()
    assert MonthEnds.compared(landed.ask).agree
    landed.ask(statement.format(line))
    found = MonthEnds.compared(landed.ask)
    assert not found.agree
    assert (account, month_end) in {(one.name, one.month_end) for one in found.errors}
    assert (not found.unbalanced) == nets


@needs_pyairbyte
def test_the_trial_balance_of_a_day_balances(landed: Asked) -> None:
    """The query of one day's trial balance has debits that equal credits, of the month and of the year to date."""
    sql = (ROOT / "demo" / "trial_balance.sql").read_text(encoding="utf-8")
    found = landed.ask(sql.replace("getvariable('as_at')", "date '2026-09-30'"))
    assert sum(row["ytd_debit"] for row in found) == sum(row["ytd_credit"] for row in found) > 0
    assert sum(row["debit"] for row in found) == sum(row["credit"] for row in found) > 0
