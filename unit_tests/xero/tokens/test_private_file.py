"""Files with secrets: the old content or the new, never a part, whatever happens; and for their owner only."""

from __future__ import annotations

import errno
import os
import stat
import tempfile
from pathlib import Path
from typing import Any, NoReturn

import pytest

from source_xero_gl.xero.tokens.private_file import write_private_file

OLD, NEW = b"the old content, which is longer", b"the new content"


def written(folder: Path, mode: int = 0o644) -> Path:
    """Write a file that is there already."""
    path = folder / "secrets.json"
    path.write_bytes(OLD)
    path.chmod(mode)
    return path


def mode_of(path: Path) -> int:
    """Return the permissions of a file."""
    return stat.S_IMODE(path.stat().st_mode)


def refuse(code: int) -> Any:
    """Return a stand-in for a system call that fails."""

    def call(*_: Any, **__: Any) -> NoReturn:
        raise OSError(code, os.strerror(code))

    return call


def test_a_new_file_is_its_owners_alone(tmp_path: Path) -> None:
    """A new file has mode 0600 whatever the umask, and nothing lies beside it."""
    before = os.umask(0)
    try:
        write_private_file(tmp_path / "secrets.json", NEW, keep_mode=True)
    finally:
        os.umask(before)
    assert mode_of(tmp_path / "secrets.json") == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secrets.json"]


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664])
@pytest.mark.parametrize("way", ["replaced", "in place"])
def test_the_mode_stays_on_demand(mode: int, way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that a group may read stays so only when the caller wants it, also when it is rewritten in place."""
    path = written(tmp_path, mode)
    if way == "in place":
        monkeypatch.setattr(Path, "replace", refuse(errno.EBUSY))
    write_private_file(path, NEW, keep_mode=True)
    assert mode_of(path) == mode
    write_private_file(path, NEW)
    assert mode_of(path) == 0o600


def test_a_file_is_replaced_as_a_whole(tmp_path: Path) -> None:
    """Whoever has the old file open keeps reading it whole; nothing is left beside the new one."""
    path = written(tmp_path)
    with path.open("rb") as reader:
        write_private_file(path, NEW)
        assert reader.read() == OLD
    assert path.read_bytes() == NEW
    assert [path.name for path in tmp_path.iterdir()] == ["secrets.json"]


def test_a_power_cut_brings_no_old_file_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The content is on the disk before the file gets its name, and the name before the call returns."""
    steps: list[str] = []
    fsync, replace = os.fsync, Path.replace

    def note_fsync(descriptor: int) -> None:
        steps.append("folder synced" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file synced")
        fsync(descriptor)

    def note_replace(path: Path, target: Path) -> Path:
        steps.append("renamed")
        return replace(path, target)

    monkeypatch.setattr(os, "fsync", note_fsync)
    monkeypatch.setattr(Path, "replace", note_replace)
    write_private_file(written(tmp_path), NEW)
    assert steps == ["file synced", "renamed", "folder synced"]


def test_a_folder_that_cannot_be_synced_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the file system syncs no folders, the file has its new content all the same."""
    path, opened = written(tmp_path), os.open

    def no_folders(name: Any, flags: int, *rest: Any) -> int:
        if flags & os.O_DIRECTORY:
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
        return opened(name, flags, *rest)

    monkeypatch.setattr(os, "open", no_folders)
    write_private_file(path, NEW)
    assert path.read_bytes() == NEW


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    """The file behind the link gets the content."""
    (tmp_path / "real").mkdir()
    path = written(tmp_path / "real")
    link = tmp_path / "link.json"
    link.symlink_to(path)
    write_private_file(link, NEW)
    assert link.is_symlink()
    assert path.read_bytes() == NEW


@pytest.mark.parametrize("code", [errno.EBUSY, errno.EACCES, errno.EROFS, errno.EPERM, errno.EXDEV])
@pytest.mark.parametrize("call", ["rename", "temporary file"])
def test_a_file_that_cannot_be_replaced_is_rewritten(
    code: int, call: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A single mounted file, or one in a read-only folder, is rewritten in place, also when it becomes shorter."""
    path = written(tmp_path)
    inode = path.stat().st_ino
    if call == "rename":
        monkeypatch.setattr(Path, "replace", refuse(code))
    else:
        monkeypatch.setattr(tempfile, "mkstemp", refuse(code))
    write_private_file(path, NEW)
    assert (path.stat().st_ino, path.read_bytes(), mode_of(path)) == (inode, NEW, 0o600)
    assert [path.name for path in tmp_path.iterdir()] == ["secrets.json"]


def test_a_file_that_its_owner_has_protected_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A read-only file is not replaced, although its folder would allow it."""
    path = written(tmp_path, 0o400)
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may write everything: act as somebody else
    with pytest.raises(PermissionError):
        write_private_file(path, NEW)
    assert path.read_bytes() == OLD


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO])
def test_a_disk_that_fails_loses_nothing(code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the new content does not get onto the disk, the old file stays whole and no copy is left."""
    path = written(tmp_path)
    monkeypatch.setattr(os, "fsync", refuse(code))
    with pytest.raises(OSError, match=os.strerror(code)):
        write_private_file(path, NEW)
    assert path.read_bytes() == OLD
    assert [path.name for path in tmp_path.iterdir()] == ["secrets.json"]
