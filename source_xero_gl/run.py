"""The console script: which command runs, and what there is when none does."""

from __future__ import annotations

import difflib
import importlib
import sys
from importlib.metadata import version
from types import ModuleType

from source_xero_gl import protocol
from source_xero_gl.commands.console import PROGRAM

COMMANDS = {
    "connect": "source_xero_gl.commands.connect.command",
    "find-journal": "source_xero_gl.commands.find_journal",
    "estimate": "source_xero_gl.commands.estimate.command",
}
"""The commands for people, with the modules that have their ``main`` and ``SUMMARY``."""

USAGE_ERROR = 2
"""The exit status that argparse has for wrong arguments."""


def main() -> None:
    """Run the command line."""
    name, *arguments = sys.argv[1:] or [""]
    if name in protocol.COMMANDS:
        protocol.main([name, *arguments])
    elif name in COMMANDS:
        sys.exit(_command(name).main(arguments))
    elif name in ("-h", "--help"):
        sys.stdout.write(usage())
    elif name == "--version":
        sys.stdout.write(f"{PROGRAM} {version(PROGRAM)}\n")
    else:
        sys.stderr.write(f"{_mistake(name)}\n\n{usage()}")
        sys.exit(USAGE_ERROR)


def usage() -> str:
    """Return the commands, each with what it does."""
    people = {name: _command(name).SUMMARY for name in COMMANDS}
    width = max(map(len, [*people, *protocol.COMMANDS])) + 2
    lines = [
        f"usage: {PROGRAM} COMMAND [options]",
        "",
        "for people:",
        *(f"  {name:{width}}{summary}" for name, summary in people.items()),
        "",
        "for platforms, with messages of the Airbyte protocol on stdout:",
        *(f"  {name:{width}}{summary}" for name, summary in protocol.COMMANDS.items()),
        "",
        f"{PROGRAM} COMMAND --help shows the options of a command, {PROGRAM} --version the version.",
    ]
    return "".join(f"{line}\n" for line in lines)


def _mistake(name: str) -> str:
    """Return what is wrong with the name of a command, which is blank where there is none."""
    if not name:
        return "Name a command."
    near = difflib.get_close_matches(name, [*COMMANDS, *protocol.COMMANDS], 1)
    return f"There is no command {name!a}{f'; did you mean {near[0]}?' if near else '.'}"


def _command(name: str) -> ModuleType:
    """Return the module of a command for people, imported only now: a sync has no use for it."""
    return importlib.import_module(COMMANDS[name])
