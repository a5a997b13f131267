"""``source-xero-gl find-journal``: the first Journal ID that was created on or after a date.

The dates of journals do not follow their numbers, but their creation dates do; so only these can be searched.
See https://developer.xero.com/documentation/api/accounting/journals.
"""

from __future__ import annotations

import argparse
import re
import threading
from collections.abc import Mapping
from pathlib import Path

from source_xero_gl.commands import console
from source_xero_gl.commands.organisation import organisation
from source_xero_gl.readers.batch import Fetch
from source_xero_gl.readers.errors import about
from source_xero_gl.readers.journals.journal import journal_page
from source_xero_gl.readers.journals.start import JournalStart
from source_xero_gl.settings.specification import connection_specification
from source_xero_gl.streams.journals import Journals
from source_xero_gl.xero.dates import parse_setting

NAME = "find-journal"
SUMMARY = "print the first Journal ID that was created on or after a date"


def main(args: list[str]) -> int:
    """Print the number alone on stdout; return the exit status: 0, 1 without a number and with a sentence on stderr."""
    options = _options(args)
    return console.run(NAME, lambda stop: _print_first(options, stop))


def first_created_since(fetch: Fetch, since: int) -> int | None:
    """Return the lowest JournalNumber that was created at an instant or later, None when there is none.

    Raises:
        ReadingError: system, when a journal has no number or date.
    """
    offset = JournalStart(fetch, 0, None).offset(since)
    while offset is not None:
        journals = journal_page(fetch({"offset": offset}), offset).journals
        recent = next((journal.number for journal in journals if journal.created >= since), None)
        if recent is not None:
            return recent
        offset = journals[-1].number if journals else None
    return None


def _print_first(options: argparse.Namespace, stop: threading.Event) -> int:
    journals = Journals()
    with organisation(options.config, stop) as opened, about(journals.name):
        number = first_created_since(journals.fetch_with(opened.connection.client), options.instant)
    if number is None:
        console.say(f"No journal was created on or after {options.created_since}.")
        return 1
    console.answer(f"{number}\n")
    return 0


def _options(args: list[str]) -> argparse.Namespace:
    parser, form = console.parser(NAME, SUMMARY), _setting()["pattern_descriptor"]
    parser.add_argument("--created-since", required=True, metavar="DATE", help=f"{form}, in UTC")
    parser.add_argument("--config", type=Path, required=True, help="JSON file with the connector's settings")
    options = parser.parse_args(args)
    try:
        options.instant = _instant(options.created_since)
    except ValueError:
        parser.error(f"--created-since must be a date that exists, as {form} in UTC, such as 2026-01-01")
    return options


def _instant(text: str) -> int:
    """Return the instant of a date as ``journals.modified_since`` spells it."""
    if not re.search(_setting()["pattern"], text):
        raise ValueError("not a date of the settings")
    return parse_setting(text)


def _setting() -> Mapping[str, str]:
    found: Mapping[str, str] = connection_specification()["properties"]["journals"]["properties"]["modified_since"]
    return found
