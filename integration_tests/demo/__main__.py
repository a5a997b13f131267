"""``make demo``: a local Xero, two syncs into DuckDB, and a trial balance that must agree with Xero's.

Exit status: 0 when all balances agree, 1 when one differs or a step fails, 2 when PyAirbyte is missing.
"""

from __future__ import annotations

import argparse
import datetime as dt
import importlib.util
import os
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from integration_tests.demo.comparison import judge
from integration_tests.demo.kept_config import KeptConfig
from integration_tests.demo.layout import say, show, shown, step, table, written
from integration_tests.demo.local_xero import NOW, LocalXero
from integration_tests.demo.pipeline import NEEDS_PYAIRBYTE, Pipeline, PipelineError, SyncReport
from integration_tests.demo.trial_balance import QUERY, TrialBalance, last_month_end, month_end
from integration_tests.demo.xero_report import ReportError, ReportReader
from integration_tests.xero_server.process import XeroServerError, XeroServerProcess
from source_xero_gl.xero.errors import XeroError

ROOT = Path(__file__).resolve().parents[2]
DATABASE = "xero.duckdb"
XERO_CALLS_PER_MINUTE = 60

_YEAR_END = (
    "select financialyearendday as day, financialyearendmonth as month, basecurrency as currency from organisations"
)
_RETAINED = "select accountid from accounts where systemaccount = 'RETAINEDEARNINGS'"


class Demo:
    """The steps of the demo, over one local Xero and one pipeline."""

    def __init__(self, xero: LocalXero, config: KeptConfig, pipeline: Pipeline) -> None:
        self._xero = xero
        self._config = config
        self._pipeline = pipeline
        self._as_at = last_month_end(NOW.date())
        self._agreed = True

    def run(self, *, withhold: bool) -> bool:
        """Go through all steps; True when every balance agrees with Xero's report.

        Args:
            withhold: keep one journal from the syncs, so that the comparison has something to find.
        """
        self._check()
        hidden = self._xero.withhold_journal(self._as_at) if withhold else None
        first, first_calls = self._sync("First sync")
        step("The ledger changes")
        say(self._xero.change(self._as_at))
        second, second_calls = self._sync("Second sync, incremental")
        self._summary(((first, first_calls), (second, second_calls)))
        if hidden is not None:
            self._xero.publish_journal(hidden)
            say("", f"Journal {hidden} was withheld from both syncs: the comparison has to find it.")
        self._compare()
        return self._agreed

    def _check(self) -> None:
        step("Check and discover")
        self._pipeline.check()
        say(f"check     succeeded: {self._xero.organisation} can be read")
        streams = self._pipeline.streams()
        say(f"discover  {len(streams)} streams: {', '.join(streams)}")
        self._xero.calls()

    def _sync(self, title: str) -> tuple[SyncReport, Counter[str]]:
        step(title)
        report = self._pipeline.sync()
        calls = self._xero.calls()
        counted = sum(calls.values()) - calls["sign-in"]
        say(f"{sum(report.records.values()):,} records, {counted} calls, {report.seconds:.1f} s")
        return report, calls

    def _summary(self, syncs: Sequence[tuple[SyncReport, Counter[str]]]) -> None:
        """Print what each stream has, and what each sync received and used."""
        step("What arrived")
        rows = self._pipeline.rows()
        head = ("Stream", "Rows in DuckDB", "1st sync", "Calls", "2nd sync", "Calls")
        cells: list[Sequence[str]] = []
        for name, count in rows.items():
            each = [f"{number:,}" for report, calls in syncs for number in (report.records[name], calls[name])]
            cells.append((name, f"{count:,}", *each))
        totals = [(sum(report.records.values()), sum(calls[name] for name in rows)) for report, calls in syncs]
        total = [f"{number:,}" for pair in totals for number in pair]
        show(table(head, [*cells, (), ("Total", f"{sum(rows.values()):,}", *total)], left=1))
        say("Journals, invoices and contacts go on from where the last sync came; the others are read whole each time.")

    def _compare(self) -> None:
        """Print the trial balance at the last month end, then the turn of the financial year."""
        year = self._pipeline.query(_YEAR_END)[0]
        reports = ReportReader(self._config)
        step(f"Trial balance at {written(self._as_at)}, from the journals in DuckDB ({year['currency']})")
        balance = TrialBalance.from_journals(self._pipeline, self._as_at)
        show(balance.lines())
        self._agreed &= judge(balance, reports.trial_balance(balance.as_at))
        year_end = dt.date(self._as_at.year, year["month"], year["day"])
        step(f"The turn of the financial year: profit rolls into retained earnings after {written(year_end)}")
        retained = [row["accountid"] for row in self._pipeline.query(_RETAINED)]
        for as_at in (year_end, month_end(year_end + dt.timedelta(days=1))):
            balance = TrialBalance.from_journals(self._pipeline, as_at)
            say(
                f"{written(as_at):<14}  profit of the year {balance.profit:>14,.2f}"
                f"   retained earnings {balance.credit_of(retained):>14,.2f}"
            )
            self._agreed &= judge(balance, reports.trial_balance(balance.as_at))


def main() -> int:
    """Run the demo; return the exit status."""
    options = _options()
    if importlib.util.find_spec("airbyte") is None:
        say(NEEDS_PYAIRBYTE)
        return 2
    database = options.directory / DATABASE
    for old in (database, database.with_name(f"{DATABASE}.wal")):
        old.unlink(missing_ok=True)
    os.environ["XERO_CALLS_PER_MINUTE"] = str(options.calls_per_minute)
    try:
        with XeroServerProcess(options.company, calls_per_minute=options.calls_per_minute) as server:
            agreed = _demo(LocalXero(server), database, options)
    except (PipelineError, ReportError, XeroError, XeroServerError) as error:
        say("", str(getattr(error, "message", None) or error))
        return 1
    except KeyboardInterrupt:
        say("", "Stopped.")
        return 130
    return 0 if agreed else 1


def _demo(xero: LocalXero, database: Path, options: argparse.Namespace) -> bool:
    step("A local Xero")
    say(f"{xero.organisation} on {xero.url}, where it is {written(NOW.date())}.")
    say(f"It keeps {_limits(options.calls_per_minute)}.")
    config = KeptConfig(xero.config)
    with Pipeline(config, database) as pipeline:
        agreed = Demo(xero, config, pipeline).run(withhold=options.withhold)
    step("All balances agree with Xero" if agreed else "The balances DO NOT agree with Xero")
    say(f"The ledger is in {shown(database)}; the query is {shown(QUERY)}.")
    return agreed


def _limits(calls_per_minute: int) -> str:
    if calls_per_minute == XERO_CALLS_PER_MINUTE:
        return f"Xero's limits: {XERO_CALLS_PER_MINUTE} calls a minute, five at a time"
    return f"a limit of {calls_per_minute} calls a minute, where Xero allows {XERO_CALLS_PER_MINUTE}"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m integration_tests.demo", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--company", choices=("demo", "small"), default="demo")
    parser.add_argument("--directory", type=Path, default=ROOT / "build" / "demo", help="where the DuckDB file goes")
    parser.add_argument("--calls-per-minute", type=int, default=XERO_CALLS_PER_MINUTE, help="of the local Xero")
    parser.add_argument("--withhold", action="store_true", help="lose one journal, to see the comparison fail")
    options = parser.parse_args()
    options.directory = options.directory.resolve()
    return options


if __name__ == "__main__":
    sys.exit(main())
