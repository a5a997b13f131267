"""The ledger: dbt builds it from the tables that were loaded, and tests it. In a process of its own."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from source_xero_gl.commands.sync.stopping import Stop
from source_xero_gl.commands.sync.workplace import Workplace

PACKAGE = Path(__file__).resolve().parents[2] / "dbt"
SCHEMA = "xero_gl"
"""Where the tables of the ledger are: docs/ledger.md."""

_DBT = [sys.executable, str(Path(__file__).with_name("dbt_process"))]
_QUIET = ["--no-use-colors", "--log-format", "json", "--log-level-file", "none"]
_FAILED = ("error", "fail", "runtime error")
_MISTAKE = re.compile(r"Compilation Error[^\n]*\n(.*?)(?:\n\s*\n|\n\s*>|\Z)", re.DOTALL)
_RESULTS = ("LogModelResult", "LogTestResult")
"""Names of the events with which dbt says that it has made a model or run a test: https://docs.getdbt.com/reference/events-logging."""


class LedgerError(Exception):
    """The ledger could not be built; the message is for the user."""


@dataclass(frozen=True)
class FailedTest:
    """A test of the ledger that has failed.

    Attributes:
        name: of the test.
        rows: SQL that returns what is wrong, a row for each mistake.
    """

    name: str
    rows: str


class Building:
    """How far dbt is.

    Attributes:
        total: models and tests, all in all; 0 until dbt has counted them.
        done: those that are made, or have run.
    """

    def __init__(self) -> None:
        self.total = 0
        self.done = 0

    def line(self) -> str:
        """Return it in a few words."""
        return f"the ledger is being built and tested{f': {self.done:,} of {self.total:,}' if self.total else ''}"

    def hear(self, line: str) -> str:
        """Take in a line that dbt prints as JSON; return it as a person reads it."""
        try:
            event = json.loads(line)
        except ValueError:
            return line  # not of dbt: a warning of Python, for example
        match event:
            case {"info": {"name": str(name), "msg": str(text)}, "data": dict(data)}:
                self.done += name in _RESULTS
                self.total = data.get("node_count", self.total)
                return f"{text}\n"
        return line


def build(place: Workplace, private: Path, stop: Stop, building: Building, as_at: date) -> list[FailedTest]:
    """Build and test the ledger; return the tests that have failed.

    Args:
        place: the database.
        private: a folder for what dbt leaves, which nobody needs afterwards.
        stop: tells when to end.
        building: learns how far dbt is.
        as_at: a day on which open documents are aged, beside the month ends.

    Raises:
        LedgerError: a table could not be made.
    """
    target = private / "dbt"
    output = _dbt(place, target, stop, building, {"as_at": as_at.isoformat()})
    found = target / "run_results.json"
    results: Sequence[dict[str, Any]] = (
        json.loads(found.read_text(encoding="utf-8"))["results"] if found.exists() else ()
    )
    failed = [result for result in results if result["status"] in _FAILED]
    broken = [result for result in failed if not result["unique_id"].startswith("test.") or result["status"] != "fail"]
    if broken:
        names = ", ".join(_name(result) for result in broken)
        raise LedgerError(f"The ledger could not be built: {names} failed. {place.log} says why.")
    if not results:
        raise LedgerError(f"The ledger could not be built: {_mistake(output) or f'{place.log} says why.'}")
    return [FailedTest(_name(result), result["compiled_code"]) for result in failed]


def _dbt(place: Workplace, target: Path, stop: Stop, building: Building, variables: dict[str, str]) -> str:
    """Run dbt, and return what it printed."""
    found = place.database.dbt()
    project = ["--project-dir", str(PACKAGE), "--profiles-dir", str(PACKAGE), "--target", found.name]
    with (
        place.log.open("a", encoding="utf-8", buffering=1) as log,  # can be followed line by line
        subprocess.Popen(  # noqa: S603 - dbt, with arguments of our own
            [*_DBT, *_QUIET, "build", *project, "--vars", json.dumps(variables)],
            env={
                **{name: value for name, value in os.environ.items() if not name.startswith("DBT_")},
                "DBT_LOG_PATH": str(target),
                "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
                "DBT_TARGET_PATH": str(target),
                **found.environment,
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            # If this process is killed, dbt keeps the next sync out until it ends.
            pass_fds=(place.lock, *found.descriptors),
            start_new_session=True,
        ) as process,
        stop.child(process),
    ):
        output = []
        for line in process.stdout or ():
            output.append(building.hear(line))
            log.write(output[-1])
    return "".join(output)


def _name(result: dict[str, Any]) -> str:
    return str(result["unique_id"].split(".")[2])


def _mistake(output: str) -> str:
    """Return the sentence with which a macro of the package has stopped dbt; nothing when it was something else."""
    found = _MISTAKE.search(output)
    return " ".join(found[1].split()) if found else ""
