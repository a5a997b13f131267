"""The config file: complete or as it was, for its owner only, and never something else."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import stat
import threading
from pathlib import Path

import pytest

from source_xero_gl.commands.connect.config_file import ConfigFile
from source_xero_gl.xero.errors import XeroError

OLD = {"credentials": {"auth_type": "oauth2.0", "refresh_token": "old"}, "daily_call_reserve": 5}
NEW = {"credentials": {"auth_type": "oauth2.0", "refresh_token": "new"}, "tenant": "K\u014dwhai"}


def mode(path: Path) -> int:
    """Give the permissions of a file."""
    return stat.S_IMODE(path.stat().st_mode)


def written(path: Path, content: object = OLD, permissions: int = 0o644) -> ConfigFile:
    """Give a config file that exists already."""
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    path.chmod(permissions)
    return ConfigFile(path)


def opened(path: Path, content: object = OLD) -> ConfigFile:
    """Give one that has been opened."""
    file = written(path, content)
    file.open()
    return file


def test_a_new_file_is_its_owners_alone(tmp_path: Path) -> None:
    """A new file has mode 0600, a folder made for it 0700, whatever the umask, and nothing lies beside it."""
    path = tmp_path / "secrets" / "config.json"
    before = os.umask(0)
    try:
        ConfigFile(path).open()
        ConfigFile(path).save(NEW)
    finally:
        os.umask(before)
    assert (mode(path), mode(path.parent)) == (0o600, 0o700)
    assert json.loads(path.read_text(encoding="utf-8")) == NEW
    assert list(path.parent.iterdir()) == [path]


def test_links_are_followed(tmp_path: Path) -> None:
    """What a link points to is replaced, and the link stays."""
    (tmp_path / "real").mkdir()
    written(tmp_path / "real" / "config.json")
    link = tmp_path / "config.json"
    link.symlink_to("real/config.json")
    file = ConfigFile(link)
    file.open()
    file.save(NEW)
    assert link.is_symlink()
    assert json.loads((tmp_path / "real" / "config.json").read_text(encoding="utf-8")) == NEW


def test_a_full_disk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the disk is full, one sentence says so, and the file holds what it held."""
    file = written(tmp_path / "config.json")

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(XeroError, match=r"cannot be written: No space left on device\. Make room, then try again"):
        file.save(NEW)
    assert file.read() == OLD


@pytest.mark.parametrize(
    "content",
    ["{", "[" * 100_000, "[]", "null", '"text"', '{"name": "a package", "version": 1}', '{"streams": []}', "\x00\x01"],
)
def test_what_is_no_config_is_not_overwritten(tmp_path: Path, content: str) -> None:
    """A file that holds something else is refused before anything is done, and stays as it is."""
    file = written(tmp_path / "config.json", content)
    with pytest.raises(XeroError, match="--config"):
        file.read()
    assert (tmp_path / "config.json").read_text(encoding="utf-8") == content


@pytest.mark.parametrize("content", ["", " \n", "{}", '{"_comment": "mine", "tenant": "x"}'])
def test_an_empty_file_or_a_part_of_a_config_is_taken(tmp_path: Path, content: str) -> None:
    """An empty file and one with some settings are as good as a config."""
    assert written(tmp_path / "config.json", content).read() == json.loads(content.strip() or "{}")


def test_a_folder_that_cannot_be_is_told_before_the_sign_in(tmp_path: Path) -> None:
    """A path below a file is refused before a token is spent."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(XeroError, match="cannot be read: Not a directory"):
        ConfigFile(tmp_path / "file" / "config.json").open()


@pytest.mark.parametrize("kind", ["folder", "pipe", "device"])
def test_what_is_no_regular_file_is_left_alone(tmp_path: Path, kind: str) -> None:
    """A folder, a pipe nobody writes to and a device are refused at once, without opening them."""
    path = {"folder": tmp_path, "pipe": tmp_path / "pipe", "device": Path(os.devnull)}[kind]
    if kind == "pipe":
        os.mkfifo(path)
    for action in (ConfigFile(path).read, ConfigFile(path).open):
        with pytest.raises(XeroError, match="is no regular file"):
            action()


def test_a_read_only_file_is_told_before_the_sign_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that its owner has made read-only is not replaced."""
    file = written(tmp_path / "config.json", permissions=0o400)
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may write what nobody may
    with pytest.raises(XeroError, match="cannot be written: Permission denied"):
        file.open()


def test_a_sync_that_renews_its_token_is_waited_for(tmp_path: Path) -> None:
    """While another process holds the file's lock nothing is written: it could put its own token over the new one."""
    file = opened(tmp_path / "config.json")
    with (tmp_path / "config.json").open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        writing = threading.Thread(target=file.save, args=[NEW])
        writing.start()
        writing.join(0.5)
        assert (writing.is_alive(), file.read()) == (True, OLD)
    writing.join(10)
    assert file.read() == NEW


def test_a_lock_that_is_not_given_back_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When another process keeps the lock, the config is written all the same: its token may be nowhere else."""
    monkeypatch.setattr("source_xero_gl.xero.tokens.file.LOCK_SECONDS", 0.2)
    file = opened(tmp_path / "config.json")
    with (tmp_path / "config.json").open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        file.save(NEW)
    assert file.read() == NEW


def test_at_the_end_of_the_command_no_lock_is_waited_for(tmp_path: Path) -> None:
    """A signal while another process holds the lock does not cost the new token: it is written at once."""
    file = opened(tmp_path / "config.json")
    with (tmp_path / "config.json").open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        writing = threading.Thread(target=file.save, args=[NEW])
        writing.start()
        writing.join(0.3)
        assert (writing.is_alive(), file.read()) == (True, OLD)
        file.stop.set()
        writing.join(10)
        assert file.read() == NEW


def test_a_file_that_cannot_be_read_any_more_is_no_reason_to_lose_the_tokens(tmp_path: Path) -> None:
    """What somebody has broken since the command began is replaced by a whole config."""
    file = opened(tmp_path / "config.json")
    file.path.write_text("{", encoding="utf-8")
    file.save(NEW)
    assert file.read() == NEW


def test_a_token_that_the_check_renewed_is_no_news(tmp_path: Path) -> None:
    """The check has put it into the file itself: it is part of the config, and not taken for that of a sync later."""
    file = opened(tmp_path / "config.json")
    file.rotated({"refresh_token": "renewed"})
    assert file.credentials == {"auth_type": "oauth2.0", "refresh_token": "renewed"}
    file.save(NEW)
    assert file.read() == NEW
