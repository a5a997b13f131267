"""``ledger.html`` beside the database: written, named, and opened in a browser."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
from datetime import date
from pathlib import Path

from source_xero_gl.commands.layout import say, shown
from source_xero_gl.commands.sync.databases import Database
from source_xero_gl.commands.sync.page import Cost, NoLedgerError, write_page

PAGE = "ledger.html"

_OPEN = "import sys, webbrowser; webbrowser.open(sys.argv[1])"


def make_page(database: Database, cost: Cost | None, as_at: date) -> str | None:
    """Write the page of a ledger that was built for a day; return a sentence about why it could not be written, or None."""
    page = database.folder.with_name(PAGE)
    try:
        write_page(database, page, cost, as_at)
    except OSError as error:
        return f"The page {shown(page)} could not be written: {error.strerror or type(error).__name__}."
    except NoLedgerError as error:
        return f"The page {shown(page)} could not be made: {error}"
    return None


def show_page(database: Database, *, opened: bool) -> None:
    """Say where the page is, and open it if that is wished for."""
    page = database.folder.with_name(PAGE)
    say("", f"To look at it, open {shown(page)} in a browser.")
    if opened:
        open_page(page)


def open_page(page: Path) -> None:
    """Ask the desktop for a browser, and do not wait for it: some end only when they are closed. Without one nothing happens."""
    # In a process without a terminal: a browser in the terminal would take it over, and others write warnings to it.
    environment = {name: value for name, value in os.environ.items() if name != "TERM"}
    with contextlib.suppress(OSError):
        process = subprocess.Popen(  # noqa: S603 - Python, with an address of our own
            [sys.executable, "-c", _OPEN, page.resolve().as_uri()],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        threading.Thread(target=process.wait, daemon=True).start()
