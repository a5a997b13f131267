"""The token file: tokens get into it, and never at the cost of what else it holds."""

from __future__ import annotations

import errno
import json
import os
import tempfile
from pathlib import Path
from typing import Any, NoReturn

import pytest

from source_xero_gl.xero.errors import CONFIG, XeroError
from source_xero_gl.xero.tokens.file import TokenFile

NEW = {"refresh_token": "refresh-1"}
CONFIG_TEXT = (  # longer than what replaces it
    '{"tenant": "Café", "credentials": {"client_id": "client", '
    '"refresh_token": "refresh-0-and-a-text-that-is-longer-and-a-text-that-is-longer-"}}'
)


def config(folder: Path) -> Path:
    """Write a config file."""
    path = folder / "config.json"
    path.write_text(CONFIG_TEXT)
    return path


def names(folder: Path) -> list[str]:
    """Return what is in a folder."""
    return [path.name for path in folder.iterdir()]


def refuse(code: int) -> Any:
    """Return a stand-in for a system call that fails."""

    def call(*_: Any, **__: Any) -> NoReturn:
        raise OSError(code, os.strerror(code))

    return call


def test_a_section_keeps_everything_else(tmp_path: Path) -> None:
    """Other settings, other credentials and text beyond ASCII survive a rotation."""
    path = config(tmp_path)
    assert TokenFile(path, "credentials").write(NEW)
    assert json.loads(path.read_text("utf-8")) == {
        "tenant": "Café",
        "credentials": {"client_id": "client", "refresh_token": "refresh-1"},
    }


def test_a_file_of_tokens_alone_is_one_object(tmp_path: Path) -> None:
    """Without a section the tokens are the file's own keys, and other keys stay."""
    path = tmp_path / "tokens.json"
    path.write_text('{"refresh_token": "refresh-0", "note": "mine"}')
    file = TokenFile(path)
    assert file.write(NEW)
    assert file.read() == {"refresh_token": "refresh-1", "note": "mine"}


def test_tokens_are_read_back(tmp_path: Path) -> None:
    """A section is read as it was written."""
    file = TokenFile(config(tmp_path), "credentials")
    file.write(NEW)
    assert file.read() == {"client_id": "client", "refresh_token": "refresh-1"}
    assert file.is_config
    assert not TokenFile(tmp_path / "tokens.json").is_config


def test_a_missing_file_is_made_for_its_owner_only(tmp_path: Path) -> None:
    """A file with a refresh token is nobody else's business."""
    path = tmp_path / "tokens.json"
    file = TokenFile(path)
    assert file.read() == {}
    assert file.write(NEW)
    assert path.stat().st_mode & 0o777 == 0o600
    assert file.read() == NEW


def test_the_mode_stays(tmp_path: Path) -> None:
    """A config file that a group may read stays readable for the group."""
    path = config(tmp_path)
    path.chmod(0o640)
    assert TokenFile(path, "credentials").write(NEW)
    assert path.stat().st_mode & 0o777 == 0o640


def test_a_read_only_file_is_left_and_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a read-only file system nothing is written, and the caller learns it."""
    path = config(tmp_path)
    monkeypatch.setattr(tempfile, "mkstemp", refuse(errno.EROFS))
    with monkeypatch.context() as read_only:
        read_only.setattr(Path, "open", refuse(errno.EROFS))
        read_only.setattr(os, "open", refuse(errno.EROFS))
        assert not TokenFile(path, "credentials").write(NEW)
    assert path.read_text() == CONFIG_TEXT


@pytest.mark.parametrize("name", ["missing/tokens.json", "."])
def test_a_path_that_can_hold_no_file_is_reported(name: str, tmp_path: Path) -> None:
    """A folder that does not exist, or a folder in place of a file: False, and nothing is left behind."""
    folder = tmp_path / "folder"
    folder.mkdir()
    assert TokenFile(folder / name).read() == {}
    assert not TokenFile(folder / name).write(NEW)
    assert names(folder) == []
    assert names(tmp_path) == ["folder"]


@pytest.mark.parametrize("text", ["s3cr3t", "[]", '"s3cr3t"', '{"a": ', "5"])
def test_a_file_that_is_no_object_is_an_error_and_stays(text: str, tmp_path: Path) -> None:
    """The sentence names the file and what to do, not its content or its folder."""
    path = tmp_path / "tokens.json"
    path.write_text(text)
    for use in (TokenFile(path).read, lambda: TokenFile(path).write(NEW)):
        with pytest.raises(XeroError, match=r"tokens\.json.*Repair it or remove it") as raised:
            use()
        assert raised.value.failure_type is CONFIG
        assert "s3cr3t" not in repr(raised.value) + str(raised.value.message)
    assert path.read_text() == text


@pytest.mark.parametrize("text", ["", " \n", "{}", '{"credentials": null}', '{"credentials": []}'])
def test_a_config_without_credentials_holds_no_tokens(text: str, tmp_path: Path) -> None:
    """Nothing to read is an empty answer."""
    path = tmp_path / "config.json"
    path.write_text(text)
    assert TokenFile(path, "credentials").read() == {}


def test_a_file_that_cannot_be_read_is_not_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After an error of the disk the other settings are unknown: they are not overwritten by the tokens alone."""
    path = config(tmp_path)
    with monkeypatch.context() as broken:
        broken.setattr(Path, "read_bytes", refuse(errno.EIO))
        assert not TokenFile(path, "credentials").write(NEW)
    assert path.read_text() == CONFIG_TEXT
