"""What commands and tools print: aligned tables, amounts, and a line now and then while long work runs."""

from __future__ import annotations

import datetime as dt
import shutil
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from typing_extensions import Self

INDENT = "   "
NAME_WIDTH = 32

BEAT_SECONDS = 10.0
"""Time between two lines of long work."""


def money(amount: Decimal) -> str:
    """Write an amount with thousands separators and two decimals."""
    return f"{amount:,.2f}"


def exact(amount: Decimal) -> str:
    """Write an amount with all its decimals, two at least."""
    digits = f"{amount:,f}"
    whole, _, decimals = digits.partition(".")
    return f"{whole}.{decimals.rstrip('0'):0<2}"


def side(amount: Decimal) -> str:
    """Write an amount in a debit or credit column; zero is left blank."""
    return money(amount) if amount else ""


def short(text: str, width: int = NAME_WIDTH) -> str:
    """Cut a text that is too wide for its column."""
    return text if len(text) <= width else text[: width - 1] + "…"


def table(head: Sequence[str], rows: Sequence[Sequence[str]], left: int) -> list[str]:
    """Lay a table out.

    Args:
        head: titles of the columns.
        rows: cells. A row of one cell is a heading across all columns; an empty row is a rule.
        left: how many columns are aligned left; the others are aligned right.

    Returns:
        Indented lines without trailing blanks.
    """
    full = [head, *(row for row in rows if len(row) > 1)]
    widths = [max(len(row[column]) for row in full) for column in range(len(head))]

    def line(cells: Sequence[str]) -> str:
        if len(cells) == 1:
            return INDENT + cells[0]
        if not cells:
            return INDENT + "-" * (sum(widths) + 2 * (len(widths) - 1))
        padded = [
            cell.ljust(width) if column < left else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(cells, widths, strict=True))
        ]
        return (INDENT + "  ".join(padded)).rstrip()

    return [line(row) for row in (head, (), *rows)]


def say(*lines: str) -> None:
    """Print indented lines at once; a terminal breaks them between words."""
    for line in lines:
        text = INDENT + line if line else ""
        if sys.stdout.isatty():
            columns = shutil.get_terminal_size().columns
            text = textwrap.fill(
                text, columns, subsequent_indent=INDENT, break_long_words=False, break_on_hyphens=False
            )
        print(text, flush=True)


def show(lines: Sequence[str]) -> None:
    """Print lines as they are."""
    print("\n".join(lines), flush=True)


def step(title: str) -> None:
    """Print the title of what comes next."""
    show(("", title))


def written(day: dt.date) -> str:
    """Write a date as Xero's reports do: 31 March 2026."""
    return f"{day.day} {day:%B %Y}"


def shown(path: Path) -> str:
    """Write a path relative to the current folder where possible."""
    return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)


class Heartbeat:
    """Prints how far long work has come, every ten seconds.

    Args:
        progress: returns how far the work has come, in a few words.
        output: where to print. Choose it before the standard output is redirected.
    """

    def __init__(self, progress: Callable[[], str], output: TextIO) -> None:
        self._progress = progress
        self._output = output
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._beat, daemon=True)
        self._began = time.monotonic()

    def __enter__(self) -> Self:
        """Begin."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End."""
        self._done.set()
        self._thread.join()

    @property
    def seconds(self) -> float:
        """How long the work has taken so far."""
        return time.monotonic() - self._began

    def _beat(self) -> None:
        while not self._done.wait(BEAT_SECONDS):
            print(f"{INDENT}{self.seconds:4.0f} s  {self._progress()}", file=self._output, flush=True)
