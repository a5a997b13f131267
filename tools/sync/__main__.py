"""``make sync CONFIG=…``: read a real organisation's ledger into DuckDB, from where the last sync ended.

Exit status: 0 when the ledger was read, 1 when it could not be, 2 when PyAirbyte is missing, 130 after Ctrl-C, 143 after
SIGTERM.
"""

from __future__ import annotations

import argparse
import datetime as dt
import importlib.util
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tools.layout import say, show, shown, step, table, written
from tools.sync.comparison import judge
from tools.sync.kept_config import ConfigError, KeptConfig
from tools.sync.month_ends import QUERY, TABLES, MonthEnds, obstacle
from tools.sync.pipeline import LEDGER, NEEDS_PYAIRBYTE, Pipeline, PipelineError, SyncReport
from tools.sync.trial_balance import TrialBalance, last_month_end

DATABASE = Path("build") / "xero.duckdb"

_ORGANISATION = "select name, basecurrency as currency from organisations"
_DESCRIPTION = "Read a real organisation's ledger into a DuckDB file, from where the last sync ended."
_ALL = "all"
_TERMINATED = 128 + signal.SIGTERM


def main() -> int:
    """Run one sync; return the exit status."""
    options = _options()
    # SIGTERM ends the sync by an exception, so that temporary files go with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(_TERMINATED))
    if importlib.util.find_spec("airbyte") is None:
        say(NEEDS_PYAIRBYTE)
        return 2
    try:
        config = KeptConfig.from_file(options.config)
        with Pipeline(config, options.database, bars=sys.stdout.isatty()) as pipeline:
            report = _sync(pipeline, options.streams)
            _trial_balance(pipeline, config)
            _compare(pipeline, config, report)
    except (ConfigError, PipelineError) as error:
        say("", str(error))
        return 1
    except KeyboardInterrupt:
        say("", "Stopped.")
        return 130
    say("", f"The ledger is in {shown(options.database)}; the query is {shown(QUERY)}.")
    if config.unkept:
        say(f"Xero has replaced the refresh token, but {shown(options.config)} cannot be written: connect again.")
    return 0


def _sync(pipeline: Pipeline, wanted: Sequence[str] | None) -> SyncReport:
    step("Check and discover")
    pipeline.check()
    say("check     succeeded")
    offered, streams = pipeline.streams(wanted)
    say(f"discover  {offered} streams, {len(streams)} chosen: {', '.join(streams)}")
    step("Sync")
    report = pipeline.sync()
    _summary(report, pipeline.rows())
    return report


def _summary(report: SyncReport, rows: Mapping[str, int]) -> None:
    calls = "" if report.calls is None else f"{report.calls:,} calls to Xero, "
    say(f"{sum(report.records.values()):,} records, {calls}{report.seconds:.1f} s")
    cells: list[Sequence[str]] = [(name, f"{report.records[name]:,}", f"{count:,}") for name, count in rows.items()]
    total = ("Total", f"{sum(report.records.values()):,}", f"{sum(rows.values()):,}")
    show(table(("Stream", "Received", "Rows in DuckDB"), [*cells, (), total], left=1))


def _trial_balance(pipeline: Pipeline, config: KeptConfig) -> None:
    """Print the trial balance at the last month end, from the journals that were read."""
    organisations = pipeline.query(_ORGANISATION) if pipeline.has("organisations") else []
    journals: Mapping[str, Any] = config.settings.get("journals") or {}
    ready = all(map(pipeline.has, ("journal_lines", "accounts"))) and journals.get("include") is not False
    if not ready or len(organisations) != 1:
        say("", "No trial balance: it needs journal_lines, accounts, and organisations with one organisation.")
        return
    as_at, organisation = last_month_end(dt.datetime.now().astimezone().date()), organisations[0]
    balance = TrialBalance.from_journals(pipeline, as_at)
    step(f"Trial balance of {organisation['name']} at {written(as_at)}, from the journals ({organisation['currency']})")
    show(balance.lines())


def _compare(pipeline: Pipeline, config: KeptConfig, report: SyncReport) -> None:
    """Print how the balances of all month ends compare with Xero's trial balance, or why they cannot be compared."""
    step("Every month end: the balances from the journal lines against Xero's trial balance")
    reason = report.without or obstacle(config.settings, pipeline.query) or _unread(pipeline)
    if reason:
        say(f"Not compared with Xero's trial balance: {reason}")
    elif not judge(MonthEnds.compared(pipeline.query)):
        say(
            "Entries that were booked during this sync arrive with the next one. A month that was locked is not read again:",
            "if somebody has booked into it since, reset the stream trial_balance_lines.",
        )


def _unread(pipeline: Pipeline) -> str | None:
    """Return a sentence about tables that this sync did not read; an older comparison is not printed again."""
    missing = [name for name in TABLES if not pipeline.has(name)]
    return f"this sync did not read {', '.join(missing)}." if missing else None


def _names(text: str) -> list[str] | None:
    return None if text == _ALL else [name.strip() for name in text.split(",")]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.sync", description=_DESCRIPTION)
    parser.add_argument("--config", type=Path, required=True, help="JSON file with the connector's settings")
    parser.add_argument(
        "--database",
        type=Path,
        default=DATABASE,
        help="DuckDB file, one for each organisation; default: build/xero.duckdb",
    )
    parser.add_argument(
        "--streams",
        type=_names,
        default=LEDGER,
        help="names with commas, or all; default: the streams of the ledger",
    )
    options = parser.parse_args()
    options.database = options.database.resolve()
    return options


if __name__ == "__main__":
    sys.exit(main())
