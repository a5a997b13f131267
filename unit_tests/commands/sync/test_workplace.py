"""One sync at a time works on a database, in a folder that only its user may read."""

from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from source_xero_gl.commands.sync.databases import BusyError, DuckDbFile
from source_xero_gl.commands.sync.workplace import workplace


def test_a_second_sync_is_kept_out(tmp_path: Path) -> None:
    """While one works, another one on the same database is refused; on another database it is not, nor afterwards."""
    database = DuckDbFile(tmp_path / "xero.duckdb")
    with workplace(database):
        with pytest.raises(BusyError, match=database.name), workplace(database):
            pass
        with workplace(DuckDbFile(tmp_path / "other.duckdb")):
            pass
    with workplace(database):
        pass


def test_what_a_sync_has_started_keeps_others_out(tmp_path: Path) -> None:
    """A process that inherits the lock holds it when the sync itself is gone."""
    database = DuckDbFile(tmp_path / "xero.duckdb")
    with workplace(database) as place:
        heir = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, pass_fds=(place.lock,))
    with heir, pytest.raises(BusyError), workplace(database):
        pass
    with workplace(database):
        pass


def test_half_written_batches_go(tmp_path: Path) -> None:
    """The next sync removes the batches that a killed one has left, and keeps what it had received."""
    database = DuckDbFile(tmp_path / "xero.duckdb")
    with workplace(database) as place:
        place.batches.mkdir()
        (place.batches / "half").touch()
        place.received("tenant").touch()
    with workplace(database) as place:
        assert not place.batches.exists()
        assert place.received("tenant").exists()
        assert stat.S_IMODE(place.folder.stat().st_mode) == 0o700
