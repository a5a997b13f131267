"""The steps of ``sync``: each organisation is read into one database, the ledger is built, and compared with Xero."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from source_xero_gl.commands import console
from source_xero_gl.commands.layout import say, show, shown, step, table
from source_xero_gl.commands.sync.companies import Company, companies_of
from source_xero_gl.commands.sync.databases import BusyError, DatabaseError, opened
from source_xero_gl.commands.sync.display import Display
from source_xero_gl.commands.sync.environment import quiet_environment
from source_xero_gl.commands.sync.kept_config import ConfigError, KeptConfig
from source_xero_gl.commands.sync.ledger import Building, LedgerError, build
from source_xero_gl.commands.sync.page_file import PAGE, make_page, show_page
from source_xero_gl.commands.sync.pipeline import TRIAL_BALANCE, Pipeline, PipelineError
from source_xero_gl.commands.sync.private_folder import private_folder
from source_xero_gl.commands.sync.proof import Proof, prove
from source_xero_gl.commands.sync.report import Outcome, SyncReport
from source_xero_gl.commands.sync.stopping import Stop
from source_xero_gl.commands.sync.workplace import Workplace, workplace
from source_xero_gl.signals import SIGNALLED, handling
from source_xero_gl.streams import LEDGER_EXTRAS, LEDGER_STREAMS
from source_xero_gl.wording import counted, duration

_JOURNALS = ("journals", "journal_lines")
_LEAVING_OUT = ("starting_at_journal_id", "ending_at_journal_id", "modified_since")
_FAILED = 1
_OTHERS = 0o077
"""What is made, the database too, is for its owner alone; a file that is there keeps its mode."""


@dataclass(frozen=True)
class Wishes:
    """What the command line asks for.

    Attributes:
        configs: files with the connector's settings, one for each organisation.
        database: a DuckDB file, or the URL of a PostgreSQL database.
        streams: names; none are those of the ledger.
        everything: read all streams.
        fresh: streams to read again from their beginning.
        ledger: build the ledger and compare it with Xero.
        opened: open the page of the ledger in a browser.
        report: the file for ``JsonReport``; None when nobody asked for one.
    """

    configs: Sequence[Path]
    database: str
    streams: Sequence[str] = ()
    everything: bool = False
    fresh: Sequence[str] = ()
    ledger: bool = True
    opened: bool = False
    report: Path | None = None

    def wanted(self, settings: Mapping[str, Any]) -> Collection[str] | None:
        """Return the streams to read for settings; None for all."""
        if self.everything:
            return None
        journals = () if (settings.get("journals") or {}).get("include") is False else _JOURNALS
        return {*(self.streams or (*LEDGER_STREAMS, *LEDGER_EXTRAS, *journals)), *self.fresh}


def run(wishes: Wishes) -> int:
    """Go through all steps; return the exit status: 0, 1 after a failure, 130 after Ctrl-C, 143 after SIGTERM."""
    os.umask(_OTHERS)
    outcome, status = Outcome(), _FAILED
    try:
        with (
            opened(wishes.database, wishes.configs[0]) as database,
            workplace(database) as place,
            Display(sys.stdout) as display,
        ):
            status = _companies_then_ledger(wishes, place, outcome, display)
    except (DatabaseError, OSError) as error:
        console.say(_reason(error))
        for config in wishes.configs:
            outcome.json_report.failed(config, _reason(error), again=isinstance(error, BusyError))
    except KeyboardInterrupt:  # while it waited for the database
        status = SIGNALLED + signal.SIGINT
    if wishes.report:
        outcome.json_report.write(wishes.report, status, outcome.problems)
    return status


def _reason(error: DatabaseError | OSError) -> str:
    """Return a sentence; an error of the system is of the folder or of the output."""
    if isinstance(error, DatabaseError):
        return str(error)
    where = f": {error.filename}" if error.filename else ""
    return f"The sync could not go on: {error.strerror}{where}. Run the same command again when that is mended."


def _companies_then_ledger(wishes: Wishes, place: Workplace, outcome: Outcome, display: Display) -> int:
    stop, kept = Stop(), place.database.name
    companies = companies_of(wishes.configs, outcome, display)
    with handling({signal.SIGINT: stop.begin, signal.SIGTERM: stop.begin}), private_folder() as private:
        quiet_environment(place, private)
        try:
            for company in companies:
                _load(company, wishes, place, stop, outcome, display)
                if stop.status:
                    break
            else:
                _ledger(wishes, place, private, stop, outcome, display)
        except KeyboardInterrupt:  # the second Ctrl-C
            kept = shown(place.folder)
    if stop.status:
        say("", f"Stopped. What has arrived is in {kept}: run the same command again to go on from there.")
        return stop.status
    if outcome.problems:
        step("What to do")
        say(*outcome.problems)
        return _FAILED
    say("", f"The {'ledger is' if wishes.ledger else 'tables are'} in {place.database.name}.")
    return 0


def _load(company: Company, wishes: Wishes, place: Workplace, stop: Stop, outcome: Outcome, display: Display) -> None:
    """Read one organisation into the database."""
    step(f"{company.name}: read")
    try:
        config = KeptConfig.from_file(company.config)
        if reason := filtered(config.settings):
            outcome.filters.append(f"{shown(company.config)}: {reason}")
        with Pipeline(config, company.tenant_id, place, stop, display, fresh=wishes.fresh) as pipeline:
            report = _sync(pipeline, wishes.wanted(config.settings))
            outcome.reports.append(report)
            rows = pipeline.rows()
            _summary(report, rows, place.database.product)
        outcome.json_report.read(company.config, report, rows)
    except (ConfigError, PipelineError) as error:
        outcome.json_report.failed(company.config, str(error), again=False)
        if not stop.status:
            outcome.problems.append(f"{company.name}: {error}")
            outcome.whole = False
        return
    if report.failure and not stop.status:
        outcome.whole = outcome.whole and report.incomplete <= {TRIAL_BALANCE}
        names = ", ".join(sorted(report.incomplete))
        outcome.problems += [
            f"{company.name}: not read to the end: {names}. What has arrived is stored; the next sync goes on there.",
            report.failure,
        ]
    if config.unkept:
        outcome.problems.append(
            f"Xero has replaced the refresh token, but {shown(company.config)} cannot be written: connect again."
        )


def _sync(pipeline: Pipeline, wanted: Collection[str] | None) -> SyncReport:
    pipeline.check()
    offered, streams = pipeline.streams(wanted)
    say(f"{len(streams)} of {counted(offered, 'stream')}: {', '.join(streams)}")
    restored, left_out = pipeline.restore()
    if left_out:
        say(
            f"Left out what an earlier sync had received of {', '.join(left_out)}: it goes on from others that are not stored."
        )
    if restored:
        say(
            f"Stored first what an earlier sync had received when it was killed: {counted(restored.total(), 'record')}."
        )
    return pipeline.sync()


def _summary(report: SyncReport, rows: Mapping[str, int], product: str) -> None:
    calls = "" if report.calls is None else f"{counted(report.calls, 'call')} to Xero, "
    say(f"{counted(report.records.total(), 'record')}, {calls}{duration(report.seconds)}")
    cells: list[Sequence[str]] = [(name, f"{report.records[name]:,}", f"{count:,}") for name, count in rows.items()]
    total = ("Total", f"{report.records.total():,}", f"{sum(rows.values()):,}")
    show(table(("Stream", "Received", f"Rows in {product}"), [*cells, (), total], left=1))


def _ledger(wishes: Wishes, place: Workplace, private: Path, stop: Stop, outcome: Outcome, display: Display) -> None:
    """Build the ledger and compare it with Xero."""
    if not wishes.ledger:
        return
    if not outcome.whole:
        outcome.problems.append(
            "The ledger was not built, because not everything was read. When that is mended, run the same command again."
        )
        return
    step("The ledger against Xero's trial balance")
    try:
        building, today = Building(), datetime.now(timezone.utc).date()
        with display.telling(building.line):
            failed = build(place, private, stop, building, today)
    except LedgerError as error:
        if not stop.status:
            outcome.problems += [str(error), "With --no-ledger the tables are loaded and no ledger is built."]
        return
    if stop.status:
        return
    with display.telling(lambda: "the ledger is being compared with Xero's trial balance"):
        proof = prove(place.database, failed)
    outcome.json_report.proven(proof)
    _tell(proof, outcome)
    with display.telling(lambda: f"{PAGE} is being written"):
        failure = make_page(place.database, outcome.cost(), today)
    if failure:
        outcome.problems.append(failure)
    else:
        show_page(place.database, opened=wishes.opened)


def _tell(proof: Proof, outcome: Outcome) -> None:
    say(*(verdict.sentence for verdict in proof.verdicts))
    for found in proof.mistakes:
        say("", f"{found.test}: {found.number:,} wrong")
        show(found.lines)
    if proof.holds:
        return
    names = [verdict.name for verdict in proof.verdicts if not verdict.agrees]
    outcome.problems += [
        f"The ledger does not agree with Xero's trial balance: {', '.join(names) or 'see the tests above'}.",
        "Entries that were booked during this sync arrive with the next one: run the same command again.",
        f"If somebody has booked into a month that is locked, read it again: --fresh {TRIAL_BALANCE}.",
    ]
    outcome.problems += outcome.filters


def filtered(settings: Mapping[str, Any]) -> str | None:
    """Return a sentence about the filters that keep journals out of the ledger; None where there is none."""
    journals = settings.get("journals") or {}
    names = [f"journals.{name}" for name in _LEAVING_OUT if journals.get(name) is not None]
    return f"{' and '.join(names)} leaves out journals, so the balances cannot equal Xero's." if names else None
