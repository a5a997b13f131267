"""The console script: which command runs, and what there is when none does.

The module of a command is imported only when it is wanted: importing Airbyte's CDK takes more than a second.
"""

from __future__ import annotations

import difflib
import importlib
import os
import sys
from importlib.metadata import version

from source_xero_gl.importing import quick_imports
from source_xero_gl.wording import PROGRAM

PROTOCOL = {
    "spec": "describe the settings",
    "check": "find out whether all that the settings ask for can be read",
    "discover": "describe the streams",
    "read": "read streams",
}
"""The commands of the Airbyte protocol, each with what it does; all but ``spec`` take ``--config``."""

COMMANDS = {
    "connect": "source_xero_gl.commands.connect.command",
    "find-journal": "source_xero_gl.commands.find_journal",
    "estimate": "source_xero_gl.commands.estimate.command",
    "sync": "source_xero_gl.commands.sync.command",
}
"""The commands for people, with the modules that have their ``main`` and ``SUMMARY``."""

USAGE_ERROR = 2
"""The exit status that argparse has for wrong arguments."""


CLOSED = "Standard output is closed, and nobody would see what this command says: send it to a file, or to /dev/null."


def main() -> None:
    """Run the command line."""
    _stand_in_for_what_is_closed()
    name, *arguments = sys.argv[1:] or [""]
    if name in PROTOCOL:
        with quick_imports():
            protocol = importlib.import_module("source_xero_gl.protocol")
        protocol.main([name, *arguments])
    elif name in COMMANDS:
        with quick_imports():
            command = importlib.import_module(COMMANDS[name])
        sys.exit(command.main(arguments))
    elif name in ("-h", "--help"):
        sys.stdout.write(usage())
    elif name == "--version":
        sys.stdout.write(f"{PROGRAM} {version(PROGRAM)}\n")
    else:
        sys.stderr.write(f"{_mistake(name)}\n\n{usage()}")
        sys.exit(USAGE_ERROR)


def _stand_in_for_what_is_closed() -> None:
    """Leave no standard stream closed: the next file that is opened would get its number, and with it what is written there."""
    if sys.stdin is None:
        sys.stdin = os.fdopen(os.open(os.devnull, os.O_RDONLY), encoding="utf-8")
    if sys.stdout is None:
        sys.exit(CLOSED)
    if sys.stderr is None:
        sys.stderr = os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8", errors="backslashreplace")


def usage() -> str:
    """Return the commands, each with what it does."""
    people = {name: importlib.import_module(path).SUMMARY for name, path in COMMANDS.items()}
    width = max(map(len, [*people, *PROTOCOL])) + 2
    lines = [
        f"usage: {PROGRAM} COMMAND [options]",
        "",
        "for people:",
        *(f"  {name:{width}}{summary}" for name, summary in people.items()),
        "",
        "for platforms, with messages of the Airbyte protocol on stdout:",
        *(f"  {name:{width}}{summary}" for name, summary in PROTOCOL.items()),
        "",
        f"{PROGRAM} COMMAND --help shows the options of a command, {PROGRAM} --version the version.",
    ]
    return "".join(f"{line}\n" for line in lines)


def _mistake(name: str) -> str:
    """Return what is wrong with the name of a command, which is blank where there is none."""
    if not name:
        return "Name a command."
    near = difflib.get_close_matches(name, [*COMMANDS, *PROTOCOL], 1)
    return f"There is no command {name!a}{f'; did you mean {near[0]}?' if near else '.'}"
