"""``make demo``: a company is read from a local Xero both ways, with its journals and without, and compared with its reports.

Exit status: 0 when both ledgers agree with the local Xero, 1 when one does not or a step fails, 130 after Ctrl-C.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import sys
from pathlib import Path

from demo.agreement import both_ways, month_ends, rebuilt
from demo.local_xero import NOW, LocalXero
from demo.month_ends import QUERY
from demo.queries import QUERIES
from demo.way import Way
from local_xero.process import XeroServerError, XeroServerProcess
from source_xero_gl.commands.layout import INDENT, say, show, shown, step, written
from source_xero_gl.wording import counted

ROOT = Path(__file__).resolve().parents[1]

NEEDS_PYAIRBYTE = (
    "This needs PyAirbyte, which runs on Python 3.10 to 3.12: install one of them, remove .venv and try again."
)
XERO_CALLS_PER_MINUTE = 60
CALLS_PER_MINUTE = 180
"""Three times what Xero allows, so that nothing waits for a second minute."""

_DESCRIPTION = (
    "Read a company from a local Xero with its journals and without, and compare both ledgers with its reports."
)


class Demo:
    """The steps of the demo.

    Args:
        xero: the local Xero.
        folder: for the two ways.
    """

    def __init__(self, xero: LocalXero, folder: Path) -> None:
        self._xero = xero
        self.journals = Way(folder / "with-journals", xero.config(journals=True), xero.environment)
        self.documents = Way(folder / "without-journals", xero.config(journals=False), xero.environment)

    def run(self, *, withhold: bool) -> int:
        """Go through all steps; return the exit status.

        Args:
            withhold: hide one journal until the first sync is over, so that the ledger differs from Xero.
        """
        hidden = self._xero.withhold_journal() if withhold else None
        step("With journals: a first sync, tables only")
        if status := self.journals.sync("--no-ledger"):
            return status
        step("The ledger changes")
        say(self._xero.change())
        if hidden is not None:
            self._xero.publish_journal(hidden)
            say(f"Journal {hidden}, hidden until now, appears where no sync looks again: the ledger has to miss it.")
        step("A second sync reads what is new, and makes the ledger")
        refused = self.documents.begin()
        status = self.journals.sync()
        step("Without journals, at the same time: an app that may not read them gets a ledger rebuilt from documents")
        return self.documents.end(refused) or status

    def compare(self) -> bool:
        """Say how far the two ledgers agree; return whether they do."""
        step("Both ways")
        compared = month_ends(self.journals.database)
        days, different = both_ways(self.journals.database, self.documents.database)
        say(
            f"Journals    {len(compared.errors):,} of {counted(len(compared.balances), 'balance')} differ from Xero's"
            f" trial balance, by {shown(QUERY)} too.",
            f"Documents   {rebuilt(self.documents.database).sentence}",
            f"Each other  {different:,} of {counted(days, 'account-day')} differ between journals and documents.",
        )
        return compared.agree and not different

    def ending(self) -> None:
        """Name the page, the database and what to ask it."""
        step("What to look at")
        for way in (self.journals, self.documents):
            say(f"{shown(way.page)}, and the tables in {shown(way.database)}")
        say("", f"Three queries worth typing, after pip install duckdb-cli: duckdb {shown(self.journals.database)}")
        for query in QUERIES:
            show(["", *(INDENT + line for line in query.splitlines())])


def main() -> int:
    """Run the demo; return the exit status."""
    options = _options()
    if importlib.util.find_spec("airbyte") is None:
        say(NEEDS_PYAIRBYTE)
        return 2
    os.environ["XERO_CALLS_PER_MINUTE"] = str(options.calls_per_minute)
    try:
        with XeroServerProcess(options.company, calls_per_minute=options.calls_per_minute) as server:
            xero = LocalXero(server, revaluations=options.revaluations)
            _introduce(xero, options)
            demo = Demo(xero, options.directory)
            if status := demo.run(withhold=options.withhold):
                return status
    except XeroServerError as error:
        say("", str(error))
        return 1
    except KeyboardInterrupt:
        say("", "Stopped.")
        return 130
    agreed = demo.compare()
    demo.ending()
    return 0 if agreed else 1


def _introduce(xero: LocalXero, options: argparse.Namespace) -> None:
    step("A local Xero")
    say(f"{xero.organisation} at {xero.url}. Its date is {written(NOW.date())}.")
    say(f"It keeps {_limits(options.calls_per_minute)}.")
    if options.revaluations:
        say("Its reports contain currency gains that no journal holds.")


def _limits(calls_per_minute: int) -> str:
    if calls_per_minute == XERO_CALLS_PER_MINUTE:
        return f"Xero's limits: {XERO_CALLS_PER_MINUTE} calls a minute, five at a time"
    return f"Xero's limits, except that it allows {calls_per_minute} calls a minute and Xero {XERO_CALLS_PER_MINUTE}"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m demo", description=_DESCRIPTION)
    parser.add_argument("--company", choices=("demo", "small"), default="demo", help="company of the local Xero")
    parser.add_argument(
        "--directory", type=Path, default=ROOT / "build" / "demo", help="folder for configs and databases"
    )
    parser.add_argument("--calls-per-minute", type=int, default=CALLS_PER_MINUTE, help="limit of the local Xero")
    parser.add_argument("--revaluations", action="store_true", help="let the local Xero revalue foreign money")
    parser.add_argument("--withhold", action="store_true", help="hide one journal from the syncs, to see it found")
    options = parser.parse_args()
    options.directory = options.directory.resolve()
    return options


if __name__ == "__main__":
    sys.exit(main())
