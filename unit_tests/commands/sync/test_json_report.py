"""The report of a sync says what was read, why the rest was not, and whether trying again in some minutes makes sense."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from source_xero_gl.commands.sync.json_report import JsonReport
from source_xero_gl.commands.sync.proof import Mistakes, Proof, Verdict
from source_xero_gl.commands.sync.report import SyncReport
from source_xero_gl.xero.errors import CONFIG, TRANSIENT, Kind, XeroError

CONFIG_FILE = Path("kowhai.json")


def written(report: JsonReport, folder: Path, *problems: str) -> dict[str, Any]:
    """Write a report with status 1 and read it as a program does."""
    path = folder / "report.json"
    report.write(path, 1, problems)
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def test_what_was_read_is_told_by_stream(tmp_path: Path) -> None:
    """Records, rows, calls and seconds are there, and which streams are not complete and why."""
    report = JsonReport()
    report.named(CONFIG_FILE, "t-1", "Kowhai")
    done = SyncReport(Counter(journals=3), 7, 4_993, 1.26, "No role.", frozenset({"journals"}), passing=False)
    report.read(CONFIG_FILE, done, {"journals": 5})
    assert written(report, tmp_path, "Give the role.") == {
        "status": 1,
        "problems": ["Give the role."],
        "organisations": [
            {
                "config": "kowhai.json",
                "tenant_id": "t-1",
                "name": "Kowhai",
                "complete": False,
                "why": "No role.",
                "again": False,
                "incomplete": ["journals"],
                "records": {"journals": 3},
                "rows": {"journals": 5},
                "calls": 7,
                "left_today": 4_993,
                "seconds": 1.3,
            }
        ],
        "proof": None,
    }


@pytest.mark.parametrize(
    ("error", "again"),
    [
        (XeroError(TRANSIENT, "Later."), True),
        (XeroError(TRANSIENT, "Tomorrow.", kind=Kind.DAY_LIMIT), False),
        (XeroError(TRANSIENT, "Tomorrow.", kind=Kind.DAILY_RESERVE), False),
        (XeroError(CONFIG, "Connect again.", kind=Kind.CONNECTION_EXPIRED), False),
    ],
    ids=["unavailable", "day limit", "reserve", "revoked"],
)
def test_trying_again_makes_sense_only_for_what_passes_in_minutes(
    tmp_path: Path, error: XeroError, *, again: bool
) -> None:
    """A day that is used up and an access that was taken away are not tried again; a Xero that is unavailable is."""
    report = JsonReport()
    report.refused(CONFIG_FILE, error)
    (found,) = written(report, tmp_path)["organisations"]
    assert found == {"config": "kowhai.json", "complete": False, "why": error.message, "again": again}


def test_verdicts_are_told_without_what_the_books_hold(tmp_path: Path) -> None:
    """The report has each verdict, and how many rows a failed test has found, but not the rows."""
    report = JsonReport()
    verdict = Verdict("t-1", "Kowhai", agrees=False, sentence="Kowhai: DOES NOT AGREE.")
    report.proven(Proof([verdict], [Mistakes("journals_balance", 2, ["Rent 1,234.56"])]))
    assert written(report, tmp_path)["proof"] == {
        "holds": False,
        "organisations": [{"tenant_id": "t-1", "agrees": False, "sentence": "Kowhai: DOES NOT AGREE."}],
        "failed_tests": {"journals_balance": 2},
    }
