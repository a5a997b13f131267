"""The dbt package: a ledger rebuilt from a million lines of documents, and whether time grows faster than the lines."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from benchmarks.harness import UNLIMITED, BenchmarkError, Job, Run, Setting, measure
from local_xero.process import XeroServerProcess
from source_xero_gl.commands.layout import say, show, step, table

SIZES = (100_000, 1_000_000)

_ROOT = Path(__file__).resolve().parents[1]
_LANDING_SECONDS = 300.0
_COPYING_SECONDS = 600.0
_HEAD = ("document lines", "ledger lines", "seconds", "CPU s", "peak MiB", "lines/s", "s per line")


def run(setting: Setting) -> None:
    """Sync the large company without its journals, copy its documents, and build a ledger of each size."""
    step("ledger: dbt build, with all tests, of an organisation that is rebuilt from documents")
    say(
        "DuckDB, in a process. s per line: seconds for each document line, against the smallest ledger; 1.00 is linear."
    )
    landed = _landed(setting.directory)
    rows: list[list[str]] = []
    smallest = 0.0
    for size in SIZES:
        lines, ledger_lines, built = _built(landed, setting.directory, size)
        each = built.seconds / lines
        smallest = smallest or each
        figures = (built.seconds, built.cpu_seconds, built.peak_mib, lines / built.seconds)
        written = [f"{lines:,}", f"{ledger_lines:,}", *(f"{figure:,.0f}" for figure in figures)]
        rows.append([*written, f"{each / smallest:.2f}"])
    show(table(_HEAD, rows, left=0))


def _landed(directory: Path) -> Path:
    """Land all streams of the large company that an app without journals may read."""
    config, database = directory / "config.json", directory / "landed.duckdb"
    limits = dict.fromkeys(("calls_per_minute", "calls_per_day", "app_calls_per_minute", "concurrent"), UNLIMITED)
    with XeroServerProcess("large", **limits) as xero:
        config.write_text(json.dumps(xero.config(journals={"include": False})), encoding="utf-8")
        command = ["-c", "from source_xero_gl.run import main; main()", "sync", "--all", "--no-ledger"]
        command += ["--config", str(config), "--database", str(database)]
        _python(command, _LANDING_SECONDS, {**xero.environment(), "XERO_CALLS_PER_MINUTE": str(UNLIMITED)})
    return database


def _built(landed: Path, directory: Path, size: int) -> tuple[int, int, Run]:
    """Build a ledger of about so many document lines; return these, the ledger's lines, and what dbt took."""
    database = directory / "ledger.duckdb"
    try:
        arguments = ["-m", "benchmarks.copies", str(database)]
        lines = int(_python([*arguments, "--of", str(landed), "--lines", str(size)], _COPYING_SECONDS))
        dbt = [str(Path(sys.executable).with_name("dbt")), "build", "--target", "duckdb"]
        package = ["--project-dir", str(_ROOT / "dbt"), "--profiles-dir", str(_ROOT / "dbt")]
        places = {"DBT_TARGET_PATH": str(directory / "target"), "DBT_LOG_PATH": str(directory / "logs")}
        built = measure(Job([*dbt, *package], {"XERO_GL_DUCKDB": str(database), **places}))
        return lines, int(_python(arguments, _COPYING_SECONDS)), built
    finally:
        database.unlink(missing_ok=True)


def _python(arguments: list[str], seconds: float, environment: dict[str, str] | None = None) -> str:
    """Run Python with arguments, so that DuckDB's memory is not this process's; return what it prints.

    Raises:
        BenchmarkError: it failed or took too long.
    """
    try:
        done = subprocess.run(  # noqa: S603 - modules of our own
            [sys.executable, *arguments],
            cwd=_ROOT,
            env=os.environ | (environment or {}),
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise BenchmarkError(f"{' '.join(arguments)} took more than {seconds:.0f} s.") from error
    if done.returncode != 0:
        raise BenchmarkError(f"{' '.join(arguments)} ended with status {done.returncode}. {done.stdout}{done.stderr}")
    return done.stdout
