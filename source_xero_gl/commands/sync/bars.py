"""The read of an organisation on a terminal: a bar for each stream that is being read, and the sums."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from source_xero_gl.commands.layout import INDENT
from source_xero_gl.commands.sync.progress import Progress
from source_xero_gl.wording import counted, duration

_BAR_WIDTH = 10
"""So that 80 columns are enough for the longest name, a million records and hours."""
_OTHER_LINES = 5
"""The sums, the line about streams without room, and one of the terminal that stays free."""


def bars(progress: Progress, seconds: float, height: int) -> RenderableType:
    """Return what is drawn.

    Args:
        progress: of the read.
        seconds: how long it takes already.
        height: lines of the terminal. Where the streams need more, the last of them are only counted.
    """
    running = progress.running()
    shown = running[: max(1, height - _OTHER_LINES)]
    table = Table.grid(padding=(0, 2, 0, 0), pad_edge=False)
    for name in shown:
        table.add_row(*_row(progress, name))
    more = [f"… and {len(running) - len(shown)} more"] if len(running) > len(shown) else []
    lines = [*more, _sums(progress, seconds), *filter(None, [progress.calls(), progress.waits()])]
    return Group(table, *(Text(INDENT + line, no_wrap=True, overflow="ellipsis") for line in lines))


def _row(progress: Progress, name: str) -> list[RenderableType]:
    came, of, seconds = progress.listener.records[name], progress.of(name), progress.seconds_left(name)
    counts = f"{came:,}" if of is None else f"{came:,} of {of:,}"
    left = "" if seconds is None else f"{duration(seconds)} left"
    bar = ProgressBar(total=of, completed=came, width=_BAR_WIDTH, pulse=of is None)
    return [Text(INDENT + name, no_wrap=True), bar, Text(counts, no_wrap=True), Text(left, no_wrap=True)]


def _sums(progress: Progress, seconds: float) -> str:
    heard = progress.listener
    streams = f"{len(heard.complete)} of {counted(len(progress.streams), 'stream')} read"
    parts = [streams, counted(heard.records.total(), "record"), duration(seconds), progress.left()]
    return ", ".join(filter(None, parts))
