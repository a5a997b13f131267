"""A full disk is called a full disk, whatever a library makes of it."""

from __future__ import annotations

from pathlib import Path

import duckdb

from source_xero_gl.commands.sync.databases import full_disk


def of_a_write() -> Exception:
    """Write where there is never room, and wrap the error as a library does."""
    try:
        try:
            with Path("/dev/full").open("w", encoding="utf-8") as file:
                file.write("record")
        except OSError as error:
            raise RuntimeError("Connector failed.") from error
    except RuntimeError as wrapped:
        return wrapped
    raise AssertionError


def test_a_full_disk_is_named() -> None:
    """The sentence says what to do, for an error of Python's and of DuckDB's; another error is none of the disk."""
    assert "The disk is full" in str(full_disk(of_a_write()))
    assert full_disk(duckdb.IOException("Could not write all bytes to file: No space left on device"))
    assert full_disk(RuntimeError("Connector failed.")) is None
