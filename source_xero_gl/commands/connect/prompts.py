"""Questions on the terminal. They also work where the answers come through a pipe."""

from __future__ import annotations

import contextlib
import getpass
import importlib
import sys
from collections.abc import Sequence

from source_xero_gl.wording import printable
from source_xero_gl.xero.errors import CONFIG, XeroError

_YES = {"y": True, "yes": True, "n": False, "no": False}


def say(text: str = "") -> None:
    """Write a line. What Xero's users have named could hold control characters: none gets to the terminal."""
    print(printable(text), flush=True)


def ask(question: str, default: str = "") -> str:
    """Ask for a text; an empty answer means ``default``.

    Raises:
        XeroError: config, when the input has ended.
    """
    return _answer(f"{question} [{default}]: " if default else f"{question}: ", hidden=False) or default


def ask_secret(question: str) -> str:
    """Ask for a text that does not appear on the terminal."""
    return _answer(f"{question} (not shown): " if sys.stdin.isatty() else f"{question}: ", hidden=True)


def ask_whether(question: str, *, default: bool) -> bool:
    """Ask for yes or no, until it is one of them."""
    while True:
        answer = ask(f"{question} ({'Y/n' if default else 'y/N'})").lower()
        if not answer or answer in _YES:
            return _YES.get(answer, default)
        say("Please answer y or n.")


def ask_choice(question: str, choices: Sequence[str], default: int | None) -> int:
    """Show a numbered list and ask for one of it; return its index. An empty answer means ``default``, where there is one."""
    say(question)
    for number, choice in enumerate(choices, 1):
        say(f"  {number}. {choice}")
    while True:
        answer = ask("Number", "" if default is None else str(default + 1))
        if answer.isascii() and answer.isdigit() and 0 < int(answer[:9]) <= len(choices):
            return int(answer) - 1
        say(f"Please enter a number from 1 to {len(choices)}.")


def _answer(prompt: str, *, hidden: bool) -> str:
    try:
        line = _typed(prompt, hidden=hidden) if sys.stdin.isatty() else _piped(prompt)
    except EOFError:
        line = ""
    if not line:
        raise XeroError(CONFIG, "The input ended before all questions were answered.")
    return line.strip()


def _typed(prompt: str, *, hidden: bool) -> str:
    if hidden:
        return getpass.getpass(prompt) + "\n"
    # Without readline a terminal hands over 1,024 to 4,096 characters of a line, and a pasted address may be longer. Loading it
    # may write to the terminal, so it is loaded here and not with the module.
    with contextlib.suppress(ImportError):
        importlib.import_module("readline")
    return input(prompt) + "\n"


def _piped(prompt: str) -> str:
    """Return the next line, without any character at the end of the input."""
    print(prompt, end="", flush=True)
    line = sys.stdin.readline()
    print(flush=True)  # nobody has pressed Enter
    return line
