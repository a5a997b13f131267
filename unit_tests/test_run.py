"""The console script: what it says about itself, and to whom mistypes."""

from __future__ import annotations

import ast
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from source_xero_gl import run
from source_xero_gl.importing import quick_imports

ROOT = Path(__file__).resolve().parents[1]
EVERY_COMMAND = {*run.COMMANDS, *run.PROTOCOL}


def ended(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    """Run the console script; return its exit status."""
    monkeypatch.setattr(sys, "argv", ["source-xero-gl", *arguments])
    try:
        run.main()
    except SystemExit as end:
        return int(end.code or 0)
    return 0


@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_help_names_every_command(
    flag: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Who asks for help gets all commands, each with what it does, on stdout."""
    assert ended(monkeypatch, flag) == 0
    out, err = capsys.readouterr()
    listed = {line.split()[0]: line.split()[1:] for line in out.splitlines() if line.startswith("  ")}
    assert (set(listed), err) == (EVERY_COMMAND, "")
    assert all(listed.values())


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "Name a command."),
        (["reed"], "There is no command 'reed'; did you mean read?"),
        (["find_journal"], "There is no command 'find_journal'; did you mean find-journal?"),
        (["--config", "c"], "There is no command '--config'."),
    ],
)
def test_a_mistake_is_answered_with_every_command(
    arguments: list[str], sentence: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a command, or with one that there is not, stderr says so and lists them; the exit status is 2."""
    assert ended(monkeypatch, *arguments) == 2
    out, err = capsys.readouterr()
    assert (err.splitlines()[0], out) == (sentence, "")
    assert all(f"\n  {name} " in err for name in EVERY_COMMAND)


def test_the_version_is_that_of_the_package(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """``--version`` prints name and number."""
    monkeypatch.setattr(run, "version", {"source-xero-gl": "1.2.3"}.__getitem__)
    assert ended(monkeypatch, "--version") == 0
    assert capsys.readouterr().out == "source-xero-gl 1.2.3\n"


def test_a_text_is_parsed_once_while_the_protocol_is_imported_and_as_ever_afterwards() -> None:
    """A class that was defined in between is found all the same: its text is another."""
    parse = ast.parse
    with quick_imports():
        assert ast.parse("a = 1") is ast.parse("a = 1")
        assert ast.parse("a = 1") is not ast.parse("a = 2")
    assert ast.parse is parse


def test_parsing_is_as_ever_after_an_import_that_failed() -> None:
    """The commands for people go on."""
    parse = ast.parse
    with suppress(ImportError), quick_imports():
        raise ImportError
    assert ast.parse is parse


@pytest.mark.parametrize("closed", ["<&-", "2>&-", "<&- 2>&-"])
def test_no_file_gets_the_number_of_a_closed_stream(closed: str) -> None:
    """Where standard input or errors are closed, what is printed there gets into no file that is opened later."""
    code = "import os; from source_xero_gl import run; run.main(); print(os.open(os.devnull, os.O_RDONLY) > 2)"
    line = ["sh", "-c", f'exec "$0" -c "$1" --version {closed}', sys.executable, code]
    done = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.splitlines()[1:], done.stderr) == (0, ["True"], "")


def test_without_standard_output_nothing_is_done() -> None:
    """Where nobody can see what a command says, it says so and costs no call."""
    line = ["sh", "-c", 'exec "$0" -c "from source_xero_gl import run; run.main()" --help >&-', sys.executable]
    done = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, f"{run.CLOSED}\n")
