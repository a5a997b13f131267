"""The steps of ``sync``: each organisation is read into one database, the ledger is built, and compared with Xero."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from airbyte_cdk.utils import AirbyteTracedException

from source_xero_gl.commands import console
from source_xero_gl.commands.layout import Heartbeat, say, show, shown, step, table
from source_xero_gl.commands.organisation import organisation
from source_xero_gl.commands.sync.kept_config import ConfigError, KeptConfig
from source_xero_gl.commands.sync.ledger import LedgerError, build
from source_xero_gl.commands.sync.pipeline import TRIAL_BALANCE, Pipeline, PipelineError, SyncReport, quiet_environment
from source_xero_gl.commands.sync.private_folder import private_folder
from source_xero_gl.commands.sync.proof import Proof, prove
from source_xero_gl.commands.sync.stopping import Stop
from source_xero_gl.commands.sync.workplace import BusyError, Workplace, workplace
from source_xero_gl.signals import ending_on_signals, handling
from source_xero_gl.streams import LEDGER_EXTRAS, LEDGER_STREAMS
from source_xero_gl.wording import counted, duration, printable

_JOURNALS = ("journals", "journal_lines")
_LEAVING_OUT = ("starting_at_journal_id", "ending_at_journal_id", "modified_since")
_FAILED = 1


@dataclass(frozen=True)
class Wishes:
    """What the command line asks for.

    Attributes:
        configs: files with the connector's settings, one for each organisation.
        database: the DuckDB file.
        streams: names; none are those of the ledger.
        everything: read all streams.
        fresh: streams to read again from their beginning.
        ledger: build the ledger and compare it with Xero.
    """

    configs: Sequence[Path]
    database: Path
    streams: Sequence[str] = ()
    everything: bool = False
    fresh: Sequence[str] = ()
    ledger: bool = True

    def wanted(self, settings: Mapping[str, Any]) -> Collection[str] | None:
        """Return the streams to read for settings; None for all."""
        if self.everything:
            return None
        journals = () if (settings.get("journals") or {}).get("include") is False else _JOURNALS
        return {*(self.streams or (*LEDGER_STREAMS, *LEDGER_EXTRAS, *journals)), *self.fresh}


@dataclass(frozen=True)
class Company:
    """An organisation that is synced."""

    config: Path
    tenant_id: str
    name: str


@dataclass
class Outcome:
    """What a sync has come to so far.

    Attributes:
        problems: why the exit status is not 0; each says what to do.
        incomplete: streams of any organisation that were not read to their end.
    """

    problems: list[str] = field(default_factory=list)
    incomplete: set[str] = field(default_factory=set)


def run(wishes: Wishes) -> int:
    """Go through all steps; return the exit status: 0, 1 after a failure, 130 after Ctrl-C, 143 after SIGTERM."""
    try:
        with workplace(wishes.database) as place:
            return _companies_then_ledger(wishes, place)
    except (BusyError, OSError) as error:
        console.say(str(error))
        return _FAILED


def _companies_then_ledger(wishes: Wishes, place: Workplace) -> int:
    companies = _companies(wishes.configs)
    if not companies:
        return _FAILED
    stop, outcome = Stop(), Outcome()
    with handling({signal.SIGINT: stop.begin, signal.SIGTERM: stop.begin}), private_folder() as private:
        quiet_environment(place, private)
        try:
            for company in companies:
                _load(company, wishes, place, stop, outcome)
                if stop.status:
                    break
            else:
                _ledger(wishes, place, private, stop, outcome)
        except KeyboardInterrupt:  # the second Ctrl-C
            stop.status = stop.status or 128 + signal.SIGINT
    if stop.status:
        say(
            "",
            f"Stopped. What has arrived is kept in {shown(place.folder.parent)}: run the same command to go on from there.",
        )
        return stop.status
    if outcome.problems:
        step("What to do")
        say(*outcome.problems)
        return _FAILED
    say("", f"The {'ledger is' if wishes.ledger else 'tables are'} in {shown(place.database)}.")
    return 0


def _companies(configs: Sequence[Path]) -> list[Company]:
    """Ask Xero which organisation each config names; after a failure say it and return none."""
    stop = threading.Event()
    with console.silence(), ending_on_signals(stop):
        found = [_company(config, stop) for config in configs]
    companies = [company for company in found if company is not None]
    names: dict[str, list[str]] = {}
    for company in companies:
        names.setdefault(company.tenant_id, []).append(shown(company.config))
    twice = [", ".join(of_one) for of_one in names.values() if len(of_one) > 1]
    for of_one in twice:
        console.say(f"These configs name the same organisation: {of_one}. Leave all but one out.")
    return [] if twice or len(companies) < len(configs) else companies


def _company(config: Path, stop: threading.Event) -> Company | None:
    """Return the organisation that a config names; after a failure say it."""
    try:
        with organisation(config, stop) as opened:
            name = opened.connection.organisation.tenant().name
    except AirbyteTracedException as error:
        console.say(f"{shown(config)}: {error.message}")
        return None
    return Company(config, opened.tenant_id, printable(name or opened.tenant_id))


def _load(company: Company, wishes: Wishes, place: Workplace, stop: Stop, outcome: Outcome) -> None:
    """Read one organisation into the database."""
    step(f"{company.name}: read")
    try:
        config = KeptConfig.from_file(company.config)
        bars = sys.stdout.isatty()
        with Pipeline(config, company.tenant_id, place, stop, fresh=wishes.fresh, bars=bars) as pipeline:
            report = _sync(pipeline, wishes.wanted(config.settings))
            if not stop.status:
                _summary(report, pipeline.rows())
    except (ConfigError, PipelineError) as error:
        if not stop.status:
            outcome.problems.append(f"{company.name}: {error}")
            outcome.incomplete.add("")
        return
    if report.failure and not stop.status:
        outcome.incomplete |= report.incomplete
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
    restored = pipeline.restore()
    if restored:
        say(
            f"Stored first what an earlier sync had received when it was killed: {counted(restored.total(), 'record')}."
        )
    return pipeline.sync()


def _summary(report: SyncReport, rows: Mapping[str, int]) -> None:
    calls = "" if report.calls is None else f"{counted(report.calls, 'call')} to Xero, "
    say(f"{counted(report.records.total(), 'record')}, {calls}{duration(report.seconds)}")
    cells: list[Sequence[str]] = [(name, f"{report.records[name]:,}", f"{count:,}") for name, count in rows.items()]
    total = ("Total", f"{report.records.total():,}", f"{sum(rows.values()):,}")
    show(table(("Stream", "Received", "Rows in DuckDB"), [*cells, (), total], left=1))


def _ledger(wishes: Wishes, place: Workplace, private: Path, stop: Stop, outcome: Outcome) -> None:
    """Build the ledger and compare it with Xero."""
    if not wishes.ledger:
        return
    if outcome.incomplete - {TRIAL_BALANCE}:
        outcome.problems.append("The ledger was not built, because streams are missing. Run the same command again.")
        return
    step("The ledger against Xero's trial balance")
    try:
        with Heartbeat(lambda: "the ledger is being built and tested", sys.stdout):
            failed = build(place, private, stop)
    except LedgerError as error:
        if not stop.status:
            outcome.problems += [str(error), "With --no-ledger the tables are loaded and no ledger is built."]
        return
    if not stop.status:
        proof = prove(place.database, failed)
        _tell(proof, wishes, outcome)


def _tell(proof: Proof, wishes: Wishes, outcome: Outcome) -> None:
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
        *_left_out(wishes.configs),
    ]


def _left_out(configs: Sequence[Path]) -> list[str]:
    """Return a sentence about each filter that keeps journals out of the ledger."""
    found = []
    for config in configs:
        journals = KeptConfig.from_file(config).settings.get("journals") or {}
        names = [f"journals.{name}" for name in _LEAVING_OUT if journals.get(name) is not None]
        if names:
            found.append(
                f"{shown(config)}: {' and '.join(names)} leaves out journals, so the balances cannot equal Xero's."
            )
    return found
