"""The bars of ``source-xero-gl sync``: they say what the connector says, on a terminal only."""

from __future__ import annotations

import io
import json
import re
from typing import Any

import pytest

from source_xero_gl.commands.sync.listener import Listener
from source_xero_gl.commands.sync.progress_bar import ProgressBar

STREAMS = ["journals", "invoices", "contacts"]


class Terminal(io.StringIO):
    """What is written to a terminal."""

    def isatty(self) -> bool:
        """Say that it is one."""
        return True

    def frames(self) -> list[list[str]]:
        """Give the lines of each drawing that has a bar, without codes for colours and places."""
        text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "\r", self.getvalue())
        lines = [line.rstrip() for line in re.split(r"[\r\n]+", text)]
        return [lines[at : at + len(STREAMS)] for at, line in enumerate(lines) if line.strip().startswith(STREAMS[0])]


@pytest.fixture(autouse=True)
def _terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set the environment of a plain terminal that is wide enough."""
    for name, value in {"TERM": "xterm", "COLUMNS": "100", "LINES": "40", "NO_COLOR": "1"}.items():
        monkeypatch.setenv(name, value)
    for name in ("FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)


def trace(**content: Any) -> str:
    """Give a line of the protocol."""
    return json.dumps({"type": "TRACE", "trace": content})


def record(stream: str) -> str:
    """Give the beginning of a record, by which it is known."""
    return f'{{"type":"RECORD","record":{{"stream":"{stream}"'


def shown(terminal: io.StringIO) -> Listener:
    """Draw bars while the connector reads journals without end, 1,250 of 2,500 invoices, and all contacts."""
    listener = Listener(clock=lambda: 0.0)
    complete = {"status": "COMPLETE", "stream_descriptor": {"name": "contacts"}}
    limit = {"type": "RATE_LIMITED", "rate_limited": {"quota_reset": 41_000}}
    waiting = {"status": "RUNNING", "stream_descriptor": {"name": "invoices"}, "reasons": [limit]}
    lines = [
        *[record("journals")] * 300,
        trace(type="ESTIMATE", estimate={"name": "invoices", "type": "STREAM", "row_estimate": 2500}),
        *[record("invoices")] * 1250,
        trace(type="ESTIMATE", estimate={"name": "invoices", "type": "STREAM", "row_estimate": 1251}),
        *[record("contacts")] * 7,
        trace(type="STREAM_STATUS", stream_status=complete),
        trace(type="STREAM_STATUS", stream_status=waiting),
    ]
    with ProgressBar(listener, STREAMS, terminal):
        assert list(listener.listen(lines)) == lines
    return listener


def test_bars_tell_what_has_come() -> None:
    """Of journals a number, of invoices also how many there are, first count, and what they wait for; contacts are done."""
    terminal = Terminal()
    shown(terminal)
    journals, invoices, contacts = terminal.frames()[-1]
    assert re.fullmatch(r" +journals +[━╸╺ -]+ 300 +0:00:0\d", journals)
    assert re.fullmatch(r" +invoices +[━╸╺ -]+ 1,250 of 2,500, waits for Xero 41 s +0:00:0\d", invoices)
    assert re.fullmatch(r" +contacts +[━╸╺ -]+ 7 +0:00:0\d", contacts)


def test_storing_is_told() -> None:
    """When all has been received, a line says why the sync goes on."""
    terminal = Terminal()
    shown(terminal)
    assert "All received; it is being stored." in terminal.getvalue()


def test_bars_are_gone_at_the_end() -> None:
    """The last thing written takes every line of the bars away, so that the summary stands in their place."""
    terminal = Terminal()
    shown(terminal)
    assert terminal.getvalue().count("\x1b[2K") >= len(STREAMS)
    assert terminal.getvalue().rstrip("\r\n").endswith("\x1b[2K")


def test_bars_leave_files_alone() -> None:
    """Where the output is no terminal, nothing is drawn into it."""
    file = io.StringIO()
    listener = shown(file)
    assert "━" not in file.getvalue()
    assert listener.records == {"journals": 300, "invoices": 1250, "contacts": 7}
