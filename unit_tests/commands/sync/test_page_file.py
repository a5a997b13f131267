"""The page beside the database: a failure is a sentence, and a browser never holds the sync up."""

from __future__ import annotations

import errno
import os
import time
from datetime import date
from pathlib import Path

import pytest

from source_xero_gl.commands.sync import page_file
from source_xero_gl.commands.sync.databases import DuckDbFile
from source_xero_gl.commands.sync.page import Cost, NoLedgerError
from source_xero_gl.commands.sync.page_file import make_page, open_page, show_page

COST = Cost(5, 60.0)


def fails(error: Exception) -> object:
    """Give a page that cannot be written."""

    def write(*_: object) -> None:
        raise error

    return write


@pytest.fixture
def browser(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the file in which a browser notes the address that it is given."""
    told, program = tmp_path / "told", tmp_path / "browser"
    program.write_text(f'#!/bin/sh\nprintf %s "$1" > "{told}.part"; mv "{told}.part" "{told}"\n', encoding="utf-8")
    program.chmod(0o700)
    monkeypatch.setenv("BROWSER", str(program))
    return told


def address(browser: Path) -> str:
    """Return what a browser was given, once it has it."""
    while not browser.exists():
        time.sleep(0.02)
    return browser.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), "could not be written: No space left on device."),
        (PermissionError(errno.EACCES, os.strerror(errno.EACCES)), "could not be written: Permission denied."),
        (OSError(), "could not be written: OSError."),
        (NoLedgerError("There is none."), "could not be made: There is none."),
    ],
)
def test_a_page_that_cannot_be_written_is_a_sentence(
    error: Exception, reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sentence names the page and the reason."""
    monkeypatch.setattr(page_file, "write_page", fails(error))
    database = DuckDbFile(tmp_path / "xero.duckdb")
    assert make_page(database, COST, date(2026, 5, 20)) == f"The page {tmp_path / 'ledger.html'} {reason}"


def test_the_page_is_opened_where_it_is_wished_for(
    tmp_path: Path, browser: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The path is said in any case; a browser gets the address only when it was asked for."""
    database = DuckDbFile(tmp_path / "xero.duckdb")
    show_page(database, opened=False)
    assert not browser.exists()
    show_page(database, opened=True)
    assert address(browser) == (tmp_path / "ledger.html").as_uri()
    assert capsys.readouterr().out.count(str(tmp_path / "ledger.html")) == 2


def test_a_browser_that_stays_open_holds_nothing_up(tmp_path: Path, browser: Path) -> None:
    """A program that ends only when its window is closed is left alone, and gets the address."""
    closed = tmp_path / "closed"
    with browser.with_name("browser").open("a", encoding="utf-8") as program:
        program.write(f'until [ -e "{closed}" ]; do sleep 0.05; done\n')
    try:
        open_page(tmp_path / "ledger.html")
        assert address(browser) == (tmp_path / "ledger.html").as_uri()
    finally:
        closed.touch()


def test_without_a_browser_nothing_happens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server has none."""
    for name in ("BROWSER", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    open_page(tmp_path / "ledger.html")
