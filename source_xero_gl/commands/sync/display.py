"""What a person sees while ``sync`` works: a live picture on a terminal, a line every ten seconds anywhere else."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import TYPE_CHECKING, TextIO

from rich.console import Console, RenderableType
from rich.live import Live
from rich.text import Text

from source_xero_gl.commands.layout import INDENT, Heartbeat
from source_xero_gl.commands.sync.bars import bars
from source_xero_gl.commands.sync.progress import Progress

if TYPE_CHECKING:
    from typing_extensions import Self

REFRESHES_PER_SECOND = 4.0


class _Terminal(Console):
    """A terminal that keeps its cursor: a process that is killed could not bring it back."""

    def show_cursor(self, show: bool = True) -> bool:  # noqa: FBT001, FBT002 - the argument of rich's method
        """Leave the cursor as it is."""
        del show
        return False


class Display:
    """Says what is being done, from the beginning of its ``with`` block to the end: nothing freezes silently.

    A terminal shows each step while it lasts, and nothing of it stays there. A file or a pipe gets a line every ten seconds,
    whatever step it is then.
    """

    def __init__(self, output: TextIO) -> None:
        """Show on ``output``; choose it before the standard output is redirected."""
        console = _Terminal(file=output) if output.isatty() else None
        self._terminal = None if console is None or console.is_dumb_terminal else console
        self._line: Callable[[], str] = lambda: "begins"
        self._beat = Heartbeat(self._now, output)

    def __enter__(self) -> Self:
        """Begin."""
        if self._terminal is None:
            self._beat.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End."""
        if self._terminal is None:
            self._beat.__exit__(kind, error, trace)

    def _now(self) -> str:
        return self._line()

    @contextmanager
    def telling(self, what: Callable[[], str]) -> Iterator[None]:
        """Show a step for the time of the block; ``what`` says in a few words how far it is. Nothing may be printed on stdout."""
        began = time.monotonic()
        with self._showing(what, lambda: Text(f"{INDENT}{time.monotonic() - began:4.0f} s  {what()}", no_wrap=True)):
            yield

    @contextmanager
    def reading(self, progress: Progress) -> Iterator[None]:
        """Show the read of an organisation for the time of the block, likewise."""
        began, terminal = time.monotonic(), self._terminal
        with self._showing(
            progress.line, lambda: bars(progress, time.monotonic() - began, terminal.height if terminal else 0)
        ):
            yield

    @contextmanager
    def _showing(self, line: Callable[[], str], picture: Callable[[], RenderableType]) -> Iterator[None]:
        self._line = line
        if self._terminal is None:
            yield
            return
        with Live(
            console=self._terminal,
            get_renderable=picture,
            refresh_per_second=REFRESHES_PER_SECOND,
            transient=True,
            redirect_stdout=False,  # what PyAirbyte prints goes to its log file
            redirect_stderr=sys.stderr.isatty(),  # a sentence that is said meanwhile appears above
        ):
            yield
