"""``source-xero-gl sync``: from config files to a ledger, in DuckDB or PostgreSQL, that is compared with Xero."""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import sys
from collections.abc import Sequence
from pathlib import Path

from source_xero_gl.commands import console
from source_xero_gl.commands.organisation import config_files
from source_xero_gl.streams import STREAMS
from source_xero_gl.wording import PROGRAM

NAME = "sync"
SUMMARY = (
    "read organisations into DuckDB or PostgreSQL, build the ledger there and compare it with Xero's trial balance"
)

DATABASE = "xero.duckdb"
"""The file beside the first config, unless another one is named."""

_PACKAGES = ("airbyte", "duckdb", "psycopg", "rich", "dbt.adapters.duckdb", "dbt.adapters.postgres")
_NEWEST_PYTHON = (3, 12)
_NOT_INSTALLED = 2

_DETAILS = """
in this order:
  1  Xero is asked which organisation each config names.
  2  Each organisation is read, one after the other: the first time everything, later what is new. What arrives is stored.
  3  dbt builds the ledger from the tables, and tests it.
  4  The ledger is compared with Xero's trial balance: every account at every month end, to the cent.
  5  A page shows all of it: profit and loss, balance sheet, cash, what is owed, and what does not agree.

If a sync is stopped, by Ctrl-C, a limit of Xero's or a kill, run the same command again: it goes on where the first one ended.

files, beside the first config unless --database names another file:
  xero.duckdb   the tables of the streams in the schema main, those of the ledger in xero_gl
  ledger.html   the page; only you may read it
  xero.sync/    the log of the last sync, and records that are on their way into the database

in PostgreSQL the tables of the streams are in the schema public. The page and the folder are beside the first config. Other users
of a machine can read its command lines: give the password in PGPASSWORD or ~/.pgpass, not in the URL. ?sslmode=require and other
parameters of libpq may follow.

example, with two organisations in one ledger:
  source-xero-gl sync --config secrets/north.json --config secrets/south.json --database books/xero.duckdb --open

exit status:
  0    every stream was read to its end, and the ledger agrees with Xero
  1    something was not, and the last lines say what, and what to do
  2    a package is missing, or an option is wrong
  130  stopped by Ctrl-C; 143 by SIGTERM
"""


def main(args: list[str]) -> int:
    """Sync; return the exit status."""
    options = _options(args)
    missing = _missing()
    if missing:
        console.say(missing)
        return _NOT_INSTALLED
    steps = importlib.import_module("source_xero_gl.commands.sync.steps")  # needs what ``_missing`` has looked for
    wishes = steps.Wishes(
        configs=options.config,
        database=options.database or str(options.config[0].with_name(DATABASE)),
        streams=options.streams,
        everything=options.all,
        fresh=options.fresh,
        ledger=not options.no_ledger,
        opened=options.open,
        report=options.report,
    )
    return int(steps.run(wishes))


def _missing() -> str | None:
    """Return what to install; None when everything is there."""
    if sys.version_info[:2] > _NEWEST_PYTHON:
        return f"{PROGRAM} {NAME} needs PyAirbyte, which runs on Python 3.10 to 3.12: install it with one of them."
    if all(map(_is_installed, _PACKAGES)):
        return None
    return f"{PROGRAM} {NAME} needs more packages: pip install '{PROGRAM}[{NAME}]'."


def _is_installed(package: str) -> bool:
    try:
        return importlib.util.find_spec(package) is not None
    except ModuleNotFoundError:  # a package that it is in is missing
        return False


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _files(given: Sequence[Path], parser: argparse.ArgumentParser) -> list[Path]:
    """Return the configs that were named, with those of a folder in its place."""
    found: list[Path] = []
    for path in given:
        files = config_files(path) if path.is_dir() else [path]
        if not files:
            parser.error(f"there is no config in the folder {path}")
        found += files
    return found


def _options(args: list[str]) -> argparse.Namespace:
    parser = console.parser(NAME, SUMMARY)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = _DETAILS
    parser.add_argument(
        "--config",
        type=Path,
        required=True,
        action="append",
        help="JSON file with the connector's settings, or a folder of them; more than once for several",
    )
    parser.add_argument(
        "--database",
        metavar="FILE|URL",
        help=f"DuckDB file, or postgresql://USER@HOST:5432/DATABASE; default: {DATABASE} beside the config",
    )
    which = parser.add_mutually_exclusive_group()
    which.add_argument(
        "--streams",
        type=_names,
        default=[],
        metavar="A,B",
        help="streams to read; default: those that the ledger needs",
    )
    which.add_argument("--all", action="store_true", help="read every stream")
    parser.add_argument(
        "--fresh",
        action="append",
        default=[],
        metavar="STREAM",
        help="read this stream again from its beginning; more than once for several",
    )
    last = parser.add_mutually_exclusive_group()
    last.add_argument("--open", action="store_true", help="open the page of the ledger in a browser")
    last.add_argument("--no-ledger", action="store_true", help="load the tables only")
    parser.add_argument("--report", type=Path, metavar="FILE", help="write what has come of the sync to FILE, as JSON")
    options = parser.parse_args(args)
    options.config = _files(options.config, parser)
    unknown = {*options.streams, *options.fresh}.difference(stream.name for stream in STREAMS)
    if unknown:
        parser.error(f"there is no stream {', '.join(sorted(unknown))}; {PROGRAM} discover and the README list all")
    return options
