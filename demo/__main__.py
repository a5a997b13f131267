"""``make demo``: start a local Xero, sync it into DuckDB twice, and compare the balances of all month ends with its reports.

Exit status: 0 when all balances agree, 1 when one differs or a step fails, 2 when PyAirbyte is missing.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from demo.comparison import judge
from demo.local_xero import LOCKED, NOW, LocalXero
from demo.month_ends import QUERY, MonthEnds
from demo.trial_balance import TrialBalance, last_month_end
from local_xero.process import XeroServerError, XeroServerProcess
from source_xero_gl.commands.layout import say, show, shown, step, table, written
from source_xero_gl.commands.sync.display import Display
from source_xero_gl.commands.sync.environment import quiet_environment
from source_xero_gl.commands.sync.kept_config import KeptConfig
from source_xero_gl.commands.sync.pipeline import TRIAL_BALANCE, Pipeline, PipelineError
from source_xero_gl.commands.sync.private_folder import private_folder
from source_xero_gl.commands.sync.report import SyncReport
from source_xero_gl.commands.sync.stopping import Stop
from source_xero_gl.commands.sync.workplace import workplace

ROOT = Path(__file__).resolve().parents[1]
DATABASE = "xero.duckdb"
STREAMS = (
    "journals",
    "journal_lines",
    "invoices",
    "invoice_line_items",
    "accounts",
    "tracking_categories",
    "organisations",
    "currencies",
    "contacts",
    TRIAL_BALANCE,
)
"""The streams of a ledger of journals that can be checked against Xero's own trial balance."""

NEEDS_PYAIRBYTE = (
    "This needs PyAirbyte, which runs on Python 3.10 to 3.12: install one of them, remove .venv and try again."
)
XERO_CALLS_PER_MINUTE = 60
CALLS_PER_MINUTE = 120
"""Twice what Xero allows, so that the first sync does not wait for a second minute."""

_DESCRIPTION = (
    "Sync a company from a local Xero into DuckDB twice, and compare all month-end balances with its trial balance."
)
_CURRENCY = "select basecurrency as currency from organisations"


class Demo:
    """The steps of the demo, with one local Xero and one pipeline."""

    def __init__(self, xero: LocalXero, pipeline: Pipeline) -> None:
        self._xero = xero
        self._pipeline = pipeline
        self._as_at = last_month_end(NOW.date())

    def run(self, *, withhold: bool) -> bool:
        """Go through all steps; return whether every balance agrees with the local Xero's trial balance.

        Args:
            withhold: hide one journal until the first sync is over, so that the comparison finds a difference.
        """
        self._check()
        hidden = self._xero.withhold_journal() if withhold else None
        first, first_calls = self._sync("First sync")
        step("The ledger changes")
        say(self._xero.change(self._as_at))
        if hidden is not None:
            self._xero.publish_journal(hidden)
            say(
                f"Journal {hidden}, hidden until now, appears where no sync looks again: the comparison has to find it."
            )
        second, second_calls = self._sync("Second sync, incremental")
        self._summary(((first, first_calls), (second, second_calls)))
        return self._compare()

    def _check(self) -> None:
        step("Check and discover")
        self._pipeline.check()
        say(f"check     succeeded: {self._xero.organisation} can be read")
        offered, streams = self._pipeline.streams(STREAMS)
        say(f"discover  {offered} streams, of which the demo reads {len(streams)}: {', '.join(streams[:5])},")
        say(f"          {', '.join(streams[5:])}")
        self._xero.calls()

    def _sync(self, title: str) -> tuple[SyncReport, Counter[str]]:
        step(title)
        report = self._pipeline.sync()
        if report.failure:
            raise PipelineError(report.failure)
        calls = self._xero.calls()
        counted = sum(calls.values()) - calls["sign-in"]
        say(f"{sum(report.records.values()):,} records, {counted} calls, {report.seconds:.1f} s")
        return report, calls

    def _summary(self, syncs: Sequence[tuple[SyncReport, Counter[str]]]) -> None:
        """Print the rows of each table, and the records and calls of each sync."""
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
        first, second = (calls[TRIAL_BALANCE] for _, calls in syncs)
        say(
            "Lines come with the pages of journals and invoices and need no calls of their own. The second sync of journals,",
            f"invoices and contacts begins where the first one ended. The trial balance took {first} calls, then {second}:",
            f"one for each month end, and months that are locked, up to {written(LOCKED)}, are read once. The other streams",
            "are read whole each time.",
        )

    def _compare(self) -> bool:
        """Compare all month ends, then print the trial balance of the last one; return whether everything agrees."""
        step("Every month end: the balances from the journal lines in DuckDB against the local Xero's trial balance")
        agreed = judge(MonthEnds.compared(self._pipeline.query))
        currency = self._pipeline.query(_CURRENCY)[0]["currency"]
        balance = TrialBalance.from_journals(self._pipeline, self._as_at)
        step(f"Trial balance at {written(self._as_at)}, from the journal lines ({currency})")
        show(balance.lines())
        return agreed


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
    except (PipelineError, XeroServerError) as error:
        say("", str(error))
        return 1
    except KeyboardInterrupt:
        say("", "Stopped.")
        return 130
    return 0 if agreed else 1


def _demo(xero: LocalXero, database: Path, options: argparse.Namespace) -> bool:
    step("A local Xero")
    say(f"{xero.organisation} at {xero.url}. Its date is {written(NOW.date())}.")
    say(f"It keeps {_limits(options.calls_per_minute)}.")
    if options.revaluations:
        xero.revalue()
        say("Its reports contain currency gains that no journal holds.")
    with workplace(database) as place, private_folder() as private:
        quiet_environment(place, private)
        with (
            Display(sys.stdout) as display,
            Pipeline(KeptConfig(xero.config), xero.tenant_id, place, Stop(), display) as pipeline,
        ):
            agreed = Demo(xero, pipeline).run(withhold=options.withhold)
    step("All balances agree with the local Xero's" if agreed else "The balances DO NOT agree with the local Xero's")
    say(f"The ledger is in {shown(database)}; the query is {shown(QUERY)}.")
    return agreed


def _limits(calls_per_minute: int) -> str:
    if calls_per_minute == XERO_CALLS_PER_MINUTE:
        return f"Xero's limits: {XERO_CALLS_PER_MINUTE} calls a minute, five at a time"
    return f"Xero's limits, except that it allows {calls_per_minute} calls a minute and Xero {XERO_CALLS_PER_MINUTE}"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m demo", description=_DESCRIPTION)
    parser.add_argument("--company", choices=("demo", "small"), default="demo", help="company of the local Xero")
    parser.add_argument("--directory", type=Path, default=ROOT / "build" / "demo", help="folder for the DuckDB file")
    parser.add_argument("--calls-per-minute", type=int, default=CALLS_PER_MINUTE, help="limit of the local Xero")
    parser.add_argument("--revaluations", action="store_true", help="let the local Xero revalue foreign money")
    parser.add_argument(
        "--withhold", action="store_true", help="hide one journal from the syncs, to see the comparison fail"
    )
    options = parser.parse_args()
    options.directory = options.directory.resolve()
    return options


if __name__ == "__main__":
    sys.exit(main())
