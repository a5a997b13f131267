"""What a person sees while a sync works: a picture on a terminal, however small; lines anywhere else."""

from __future__ import annotations

import io
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from source_xero_gl.commands import layout
from source_xero_gl.commands.sync.display import Display
from source_xero_gl.commands.sync.listener import Listener
from source_xero_gl.commands.sync.progress import Progress
from source_xero_gl.streams import STREAMS
from unit_tests.commands.sync.heard import Clocks, estimate, hear, listening, log, records, status, waits

NAMES = ["journals", "invoices", "contacts"]
EVERY = [stream.name for stream in STREAMS]
CODES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Terminal(io.StringIO):
    """What is written to a terminal."""

    def isatty(self) -> bool:
        """Say that it is one."""
        return True

    def last(self) -> list[str]:
        """Give the lines of the last drawing, without codes for colours and places."""
        drawn = [CODES.sub("", part).strip("\r\n") for part in re.split(r"\x1b\[2K", self.getvalue())]
        return [line.rstrip() for line in next(filter(None, reversed(drawn))).splitlines()]


@pytest.fixture(autouse=True)
def _terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set the environment of a small terminal."""
    for name, value in {"TERM": "xterm", "COLUMNS": "80", "LINES": "24", "NO_COLOR": "1"}.items():
        monkeypatch.setenv(name, value)
    for name in ("FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)


def halfway() -> Listener:
    """Return a listener while journals come without end, invoices are half there, and all contacts have come."""
    clocks = Clocks()
    listener = listening([status(name, "STARTED") for name in NAMES], clocks)
    clocks.advance(60)
    hear(
        listener,
        [
            *records("journals", 300),
            estimate("invoices", 2500),
            *records("invoices", 1250),
            *records("contacts", 7),
            status("contacts", "COMPLETE"),
            log("So far: 61 calls to Xero in this sync; left today: 4,939."),
            waits("invoices", 101),
        ],
    )
    return listener


def test_bars_tell_what_has_come() -> None:
    """Of journals a number; of invoices also how many there are, and how long they take; below them the sums."""
    terminal = Terminal()
    with Display(terminal) as display, display.reading(Progress(halfway(), NAMES)):
        pass
    journals, invoices, sums, calls, wait = terminal.last()
    assert re.fullmatch(r"   journals  [━╸╺ -]+  300", journals)
    assert re.fullmatch(r"   invoices  [━╸╺ -]+  1,250 of 2,500  2 min left", invoices)
    assert re.fullmatch(r"   1 of 3 streams read, 1,557 records, \d s", sums)
    assert calls == "   61 calls to Xero, 4,939 left today"
    assert wait == "   waiting for Xero's minute, 41 s"


def test_storing_is_told() -> None:
    """When all has been received, a line says why the sync goes on."""
    terminal, listener = Terminal(), Listener()
    with Display(terminal) as display, display.reading(Progress(listener, NAMES)):
        list(listener.listen([]))
    assert terminal.last()[-1] == "   all received, is being stored"


def test_every_stream_at_once_fits_on_a_small_terminal() -> None:
    """Where all are read at the same time, no line is cut or wrapped, and those without room are counted."""
    clocks, terminal = Clocks(), Terminal()
    listener = listening([status(name, "STARTED") for name in EVERY], clocks)
    clocks.advance(3600)
    for name in EVERY:
        hear(listener, [estimate(name, 1_234_567)])
        listener.records[name] = 123_456
    with Display(terminal) as display, display.reading(Progress(listener, EVERY)):
        pass
    lines = terminal.last()
    assert len(lines) < 24
    assert max(map(len, lines)) <= 80
    assert "…" not in "".join(lines[:-2])
    assert all(line.endswith("123,456 of 1,234,567  9 h 0 min left") for line in lines[:-2])
    assert lines[-2] == f"   … and {len(EVERY) - 19} more"


def test_a_step_is_shown_with_its_seconds_and_leaves_nothing() -> None:
    """The last thing written takes the step away."""
    terminal = Terminal()
    with Display(terminal) as display, display.telling(lambda: "the ledger is being built: 1 of 2"):
        pass
    assert terminal.last() == ["      0 s  the ledger is being built: 1 of 2"]
    assert terminal.getvalue().rstrip("\r\n").endswith("\x1b[2K")
    assert "\x1b[?25l" not in terminal.getvalue(), "the cursor is hidden, and a kill would leave it so"


@contextmanager
def beating(monkeypatch: pytest.MonkeyPatch, output: io.StringIO) -> Iterator[Display]:
    """Show on something that is no terminal, with lines in quick succession."""
    monkeypatch.setattr(layout, "BEAT_SECONDS", 0.001)
    with Display(output) as display:
        yield display


class Watched(io.StringIO):
    """A file that says when a text has been written to it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text
        self.written = threading.Event()

    def write(self, text: str) -> int:
        """Write, and look."""
        written = super().write(text)
        if self._text in self.getvalue():
            self.written.set()
        return written


@pytest.mark.parametrize("terminal", [None, "dumb"])
def test_each_step_has_lines_where_nothing_can_be_drawn(terminal: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file, a pipe and a terminal that only prints get a line now and then, whatever is done, and no picture."""
    if terminal:
        monkeypatch.setenv("TERM", terminal)
    for text in ("Xero is being asked", "invoices 1,250 of 2,500 (about 2 min left)"):
        output = Watched(text)
        if terminal:
            monkeypatch.setattr(output, "isatty", lambda: True)
        with beating(monkeypatch, output) as display:
            shown = (
                display.telling(lambda: "Xero is being asked")
                if text.startswith("Xero")
                else display.reading(Progress(halfway(), NAMES))
            )
            with shown:
                assert output.written.wait(30)
        assert "━" not in output.getvalue()
        assert "\x1b" not in output.getvalue()


def test_lines_begin_before_the_first_step(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is silent, from the very beginning."""
    output = Watched("begins")
    with beating(monkeypatch, output):
        assert output.written.wait(30)
