"""Commands in the documents exist, with their options, and what the documents show of their output is what they print."""

from __future__ import annotations

import contextlib
import importlib
import io
import re
import shlex
from dataclasses import replace
from pathlib import Path
from unittest import mock

from airbyte_cdk.entrypoint import AirbyteEntrypoint
from airbyte_cdk.models import AirbyteMessage

from source_xero_gl.commands.estimate import command as estimate
from source_xero_gl.commands.estimate.forecast import Forecast
from source_xero_gl.engine.progress import Progress
from source_xero_gl.readers.batch import Batch
from source_xero_gl.run import COMMANDS
from source_xero_gl.xero.gate import Calls
from tools.verify_live.__main__ import PROBES
from tools.verify_live.live_xero import MOST_CALLS
from unit_tests.fake_xero.client import fake_sync
from unit_tests.test_docs import EACH_DOCUMENT, NOTHING, PAGE, README, ROOT, blocks, codes, table, text


def help_of(name: str) -> str:
    """Return what a command of the console script says about itself."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.suppress(SystemExit):
        if name in COMMANDS:
            importlib.import_module(COMMANDS[name]).main(["--help"])
        else:
            AirbyteEntrypoint.parse_args([name, "--help"])
    return out.getvalue()


def options_of_commands() -> dict[str, set[str]]:
    """Return the options of each command of the console script."""
    names = [*COMMANDS, "spec", "check", "discover", "read"]
    return {name: set(re.findall(r"--[a-z]+(?:-[a-z]+)*", help_of(name))) for name in names}


def command_lines(path: Path) -> list[list[str]]:
    """Return the words behind ``source-xero-gl``, or behind an image of it, of each command in a document."""
    code = re.sub(r"\\\n\s*", "", text(path))
    pieces = re.findall(r"`([^`\n]+)`", code)
    for block in re.findall(r"```.*?```", code, re.DOTALL):
        pieces += block.splitlines()
    called = r"^(?:\$ )?(?:docker run .* )?(?:[\w./-]+/)?source-xero-gl(?::\S+)? (.+)$"
    found = (re.search(called, piece.strip()) for piece in pieces)
    return [shlex.split(match[1], comments=True) for match in found if match]


@EACH_DOCUMENT
def test_variables_of_make_exist(path: Path) -> None:
    """Each variable that a document gives to make is one that the Makefile reads."""
    read = set(re.findall(r"\$\((?:if \$\()?([A-Z_]+)\)", text(ROOT / "Makefile")))
    lines = re.findall(r"make [a-z-]+((?: +[A-Z_]+=\S+)+)", text(path))
    given = [name for line in lines for name in re.findall(r"([A-Z_]+)=", line)]
    assert [name for name in given if name not in read] == []


@EACH_DOCUMENT
def test_commands_and_options_of_the_connector_exist(path: Path) -> None:
    """Each command of the console script that a document shows exists, and has every option that it is given."""
    known = options_of_commands()
    for line in command_lines(path):
        command, *rest = line
        assert command in known | {"--help": set[str]()}, line
        given = {word for word in rest if word.startswith("--")}
        assert given <= known.get(command, set()), line


def test_commands_are_found_in_documents() -> None:
    """The search for commands finds those of the README: in tables, in blocks and behind an image."""
    assert {line[0] for line in command_lines(README)} == {*COMMANDS, "spec", "check", "discover", "read"}
    assert ["check", "--config", "/secrets/config.json"] in command_lines(README)


def test_options_of_connect_are_all_told() -> None:
    """The user page lists every option of ``connect`` with its default."""
    told = {codes(row[0])[0].split()[0]: row[1].strip("`") for row in table(PAGE, "Option")}
    shown = help_of("connect")
    assert told.keys() | {"--help"} == options_of_commands()["connect"]
    assert [default for default in told.values() if default != NOTHING and f"({default})" not in shown] == []


def test_every_command_for_people_stands_in_the_readme() -> None:
    """Whoever reads the README's table of commands learns of each of them."""
    told = {code.split()[1] for row in table(README, "Command") for code in codes(row[0]) if " " in code}
    assert told >= COMMANDS.keys()


def test_estimate_of_the_page_is_one_of_the_command() -> None:
    """The estimate that the page shows is laid out, summed up and put into words as the command does it."""
    (shown,) = (block for block in blocks(PAGE, "text") if block.startswith("Stream "))
    forecasts: list[Forecast] = []
    later = int(re.findall(r"later sync takes about (\d+)", shown)[0])
    for line in shown.splitlines()[2:-6]:
        streams, rows, calls, size, basis = re.split(r"  +", line)
        forecasts.append(Forecast(streams, _count(rows), int(calls), _bytes(size), basis, 0 if forecasts else later))
    told = [*estimate.table(forecasts), "", *estimate.sentences(forecasts, 60.5 / 60, estimate.Quota(4_980))]
    told += estimate.later_sentences(forecasts)
    assert _without_sizes("\n".join(told)) == _without_sizes(shown.strip())


def _count(cell: str) -> int | None:
    return None if cell == "-" else int(cell.replace(",", ""))


def _bytes(cell: str) -> float | None:
    return None if cell == "-" else float(cell) * estimate.MEGABYTE


def _without_sizes(lines: str) -> str:
    """Take megabytes out: a sum of rounded figures may differ in its last digit."""
    return re.sub(r"\d\.\d\b", "_", lines)


def test_lines_of_progress_are_those_of_the_log() -> None:
    """The page shows the lines that a long read leaves in the log, word by word."""
    (shown,) = (block for block in blocks(PAGE, "text") if "Calls of all streams" in block)
    stamp = "2026-03-31T10:20:30.123Z"
    journals = progress_line("journals", "JournalNumber", 6212, Batch([{}] * 6_000), 60.0, Calls(61, 4_939))
    invoices = progress_line(
        "invoices", "UpdatedDateUTC", stamp, Batch([{}] * 30_000, None, 90_000), 120.0, Calls(92, 4_908)
    )
    assert shown.splitlines() == [journals, invoices]
    assert f"So far: {Calls(61, 4_939).sentence()}" in [text.strip() for text in blocks(PAGE, "text")]


def progress_line(stream: str, cursor: str, reached: object, batch: Batch, seconds: float, calls: Calls) -> str:
    """Return what the log says when a batch has taken so long and ends at a position."""
    messages: list[AirbyteMessage] = []
    instants = iter([0.0, seconds])
    client = mock.Mock()
    client.gate.count.return_value = calls
    sync = replace(fake_sync(client, put=messages.append), clock=lambda: next(instants))
    progress = Progress(stream, cursor, sync)
    rows = [{cursor: reached}] * len(batch.objects)
    progress.advance(Batch(rows, None, batch.expected), len(rows))
    (message,) = messages
    assert message.log is not None
    return str(message.log.message)


def test_claims_and_calls_of_the_live_check_are_told() -> None:
    """The page says how many claims ``make verify-live`` settles, and how many calls it makes at most."""
    assert f"for {len(PROBES)} claims" in text(PAGE).replace("\n  ", " ")
    assert f"makes {MOST_CALLS} calls at most" in text(PAGE).replace("\n  ", " ")
