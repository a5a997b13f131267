"""Temporary files with settings do not outlive a sync, not even one that was killed."""

from __future__ import annotations

import stat
import tempfile
from pathlib import Path

import pytest

from source_xero_gl.commands.sync.private_folder import PREFIX, private_folder


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep temporary folders in the test's own."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_folder_is_private_and_goes_with_the_block(temporary: Path) -> None:
    """The folder is readable by its user alone, and nothing is left of it."""
    with private_folder() as folder:
        (folder / "config.json").write_text("{}", encoding="utf-8")
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert list(temporary.iterdir()) == []


def test_folder_of_a_killed_process_is_removed(temporary: Path) -> None:
    """What a killed process has left goes when the next one begins; nothing else in the temporary folder does."""
    left, others = temporary / f"{PREFIX}left", temporary / "others"
    for folder in (left, others):
        folder.mkdir()
        (folder / "config.json").write_text("{}", encoding="utf-8")
    with private_folder():
        assert (left.exists(), others.exists()) == (False, True)


def test_folder_in_use_is_left_alone() -> None:
    """A second sync does not touch the files of one that runs."""
    with private_folder() as first:
        (first / "config.json").write_text("{}", encoding="utf-8")
        with private_folder() as second:
            assert second != first
        assert (first / "config.json").exists()
