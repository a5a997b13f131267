"""Progress on a terminal: a bar for each stream. A file or a pipe gets lines instead."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, TextIO

from rich.console import Console, RenderableType
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn, TimeElapsedColumn
from rich.text import Text

from source_xero_gl.commands.layout import INDENT
from source_xero_gl.commands.sync.listener import Listener

if TYPE_CHECKING:
    from typing_extensions import Self

REFRESHES_PER_SECOND = 4.0
_BAR_WIDTH = 24


class ProgressBar:
    """Shows how many records of each stream have arrived, and of how many where Xero counts them. Removed at the end.

    Args:
        listener: follows the connector.
        streams: the streams that are read, in the order in which they are shown.
        terminal: where to draw. Choose it before the standard output is redirected.
    """

    def __init__(self, listener: Listener, streams: Sequence[str], terminal: TextIO) -> None:
        columns = (TextColumn(INDENT + "{task.description}"), BarColumn(_BAR_WIDTH), _Records(), TimeElapsedColumn())
        console = Console(file=terminal)
        self._bars = _Listening(
            *columns,
            console=console,
            refresh_per_second=REFRESHES_PER_SECOND,
            transient=True,
            redirect_stdout=False,  # what PyAirbyte prints goes to its log file
            redirect_stderr=False,
        )
        self._bars.follow(listener, streams)
        self._began = time.monotonic()

    def __enter__(self) -> Self:
        """Begin to draw."""
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Draw a last time, and remove the bars."""
        self._bars.refresh()
        self._bars.stop()

    @property
    def seconds(self) -> float:
        """How long the work has taken so far."""
        return time.monotonic() - self._began


class _Listening(Progress):
    """Reads the counts of the listener whenever it is drawn."""

    _listener: Listener | None = None

    def follow(self, listener: Listener, streams: Iterable[str]) -> None:
        """Draw a bar for each stream."""
        for name in streams:
            self.add_task(name, total=None)
        self._listener = listener

    def get_renderables(self) -> Iterable[RenderableType]:
        """Yield what is drawn."""
        for task in self.tasks if self._listener else ():
            self._hear(task, self._listener)
        yield from super().get_renderables()
        if self._listener and self._listener.ended:
            yield Text(f"{INDENT}All received; it is being stored.")

    def _hear(self, task: Task, listener: Listener | None) -> None:
        if listener is None or task.finished:
            return
        name = task.description
        came, expected = listener.records[name], listener.expected.get(name)
        over = name in listener.complete
        total = max(came, 1) if over else expected and max(came + 1, expected)
        self.update(task.id, completed=total if over else came, total=total, came=came, wait=listener.wait(name))


class _Records(ProgressColumn):
    """How many records of a stream have arrived, of how many, and for how long it waits for Xero's limits."""

    def render(self, task: Task) -> Text:
        """Write the numbers."""
        of = "" if task.total is None or task.finished else f" of {task.total:,.0f}"
        wait = f", waits for Xero {task.fields['wait']} s" if task.fields.get("wait") else ""
        return Text(f"{task.fields.get('came', 0):,}{of}{wait}")
