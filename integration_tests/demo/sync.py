"""``make sync CONFIG=…``: a real organisation's ledger goes into DuckDB, on from where the last sync came.

Exit status: 0 when the ledger was read, 1 when it could not be, 2 when PyAirbyte is missing.
"""

from __future__ import annotations

import argparse
import datetime as dt
import importlib.util
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from integration_tests.demo.comparison import judge
from integration_tests.demo.kept_config import ConfigError, KeptConfig
from integration_tests.demo.layout import say, show, shown, step, table, written
from integration_tests.demo.pipeline import NEEDS_PYAIRBYTE, Pipeline, PipelineError, SyncReport
from integration_tests.demo.trial_balance import QUERY, TrialBalance, last_month_end
from integration_tests.demo.xero_report import ReportError, ReportReader
from source_xero_gl.xero.errors import XeroError

DATABASE = Path("build") / "xero.duckdb"

_ORGANISATION = "select name, basecurrency as currency from organisations"
_PARTIAL = ("starting_at_journal_id", "ending_at_journal_id", "modified_since")


def main() -> int:
    """Run one sync; return the exit status."""
    options = _options()
    if importlib.util.find_spec("airbyte") is None:
        say(NEEDS_PYAIRBYTE)
        return 2
    try:
        config = KeptConfig.from_file(options.config)
        with Pipeline(config, options.database) as pipeline:
            _sync(pipeline)
            _trial_balance(pipeline, config)
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


def _sync(pipeline: Pipeline) -> None:
    step("Check and discover")
    pipeline.check()
    say("check     succeeded")
    streams = pipeline.streams()
    say(f"discover  {len(streams)} streams: {', '.join(streams)}")
    step("Sync")
    report = pipeline.sync()
    _summary(report, pipeline.rows())


def _summary(report: SyncReport, rows: Mapping[str, int]) -> None:
    calls = "" if report.calls is None else f"{report.calls:,} calls to Xero, "
    say(f"{sum(report.records.values()):,} records, {calls}{report.seconds:.1f} s")
    cells: list[Sequence[str]] = [(name, f"{report.records[name]:,}", f"{count:,}") for name, count in rows.items()]
    total = ("Total", f"{sum(report.records.values()):,}", f"{sum(rows.values()):,}")
    show(table(("Stream", "Received", "Rows in DuckDB"), [*cells, (), total], left=1))


def _trial_balance(pipeline: Pipeline, config: KeptConfig) -> None:
    """Print the trial balance at the last month end and, where Xero allows it, how it compares with Xero's report."""
    organisations = pipeline.query(_ORGANISATION)
    journals: Mapping[str, Any] = config.settings.get("journals") or {}
    if journals.get("include") is False or len(organisations) != 1:
        say("", "No trial balance: it needs the journals of one organisation.")
        return
    as_at, organisation = last_month_end(dt.date.today()), organisations[0]  # noqa: DTZ011 - the user's own calendar
    balance = TrialBalance.from_journals(pipeline, as_at)
    step(f"Trial balance of {organisation['name']} at {written(as_at)}, from the journals ({organisation['currency']})")
    show(balance.lines())
    if any(journals.get(name) is not None for name in _PARTIAL):
        say("The settings leave some journals out: this is not the whole ledger, and not compared with Xero's report.")
        return
    try:
        agreed = judge(balance, ReportReader(config).trial_balance(as_at))
    except XeroError as error:
        say(f"Not compared with Xero's TrialBalance report: {error.message}")
    except ReportError as error:
        say(f"Not compared with Xero's TrialBalance report: {error}")
    else:
        if not agreed:
            say("Xero keeps unrealised currency gains and bank revaluations out of Journals.")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m integration_tests.demo.sync", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--config", type=Path, required=True, help="JSON file with the connector's settings")
    parser.add_argument("--database", type=Path, default=DATABASE, help="DuckDB file, one for each organisation")
    options = parser.parse_args()
    options.database = options.database.resolve()
    return options


if __name__ == "__main__":
    sys.exit(main())
