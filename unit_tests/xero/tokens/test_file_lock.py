"""The lock on the token file: one renewal at a time, across processes."""

from __future__ import annotations

import errno
import fcntl
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import NoReturn

import pytest

from source_xero_gl.xero.errors import TRANSIENT, StoppedError, XeroError
from source_xero_gl.xero.tokens import file as token_file
from source_xero_gl.xero.tokens.file import TokenFile
from unit_tests.xero.fakes import InstantStop

OTHER_PROCESS = """
import sys, threading
from pathlib import Path
from source_xero_gl.xero.tokens.file import TokenFile
file = TokenFile(Path(sys.argv[1]))
with file.locked(threading.Event()):
    print("locked", flush=True)
    sys.stdin.readline()
    file.write({"refresh_token": "of the other process"})
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a token file."""
    path = tmp_path / "tokens.json"
    path.write_text('{"refresh_token": "refresh-0"}')
    return path


def test_another_process_is_waited_for_and_its_token_seen(path: Path) -> None:
    """While a second process renews, the first waits; then it holds the lock of the file that has replaced the old one."""
    command = [sys.executable, "-W", "ignore", "-c", OTHER_PROCESS, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "locked\n"
        stop = InstantStop(
            meanwhile=lambda: other.communicate("go on\n", timeout=60) if len(stop.pauses) == 1 else None
        )
        with TokenFile(path).locked(stop):
            assert TokenFile(path).read() == {"refresh_token": "of the other process"}
            assert is_locked(path)
    assert stop.pauses
    assert other.returncode == 0


def is_locked(path: Path) -> bool:
    """Tell whether another process would have to wait for the lock."""
    stop = InstantStop()
    stop.set()
    try:
        with TokenFile(path).locked(stop):
            return False
    except StoppedError:
        return True


def test_the_lock_ends_with_the_renewal(path: Path) -> None:
    """It is free afterwards, also when the renewal failed or has replaced the file."""
    with TokenFile(path).locked(InstantStop()):
        assert is_locked(path)
    with pytest.raises(KeyError), TokenFile(path).locked(InstantStop()):
        raise KeyError
    with TokenFile(path).locked(InstantStop()):
        TokenFile(path).write({"refresh_token": "refresh-1"})
    assert not is_locked(path)


def test_a_file_replaced_before_it_is_locked_is_opened_again(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The lock on a file that another process has just replaced protects nothing: the one on the new file is taken."""
    lock = fcntl.flock

    def replaced_meanwhile(descriptor: int, operation: int) -> None:
        monkeypatch.undo()
        TokenFile(path).write({"refresh_token": "refresh-1"})
        lock(descriptor, operation)

    monkeypatch.setattr(fcntl, "flock", replaced_meanwhile)
    with TokenFile(path).locked(InstantStop()):
        assert is_locked(path)


def test_a_stop_ends_the_wait(path: Path) -> None:
    """A sync that is told to stop does not sit out the other one's renewal."""
    stop = InstantStop(meanwhile=lambda: stop.set())  # noqa: PLW0108 - the name is bound later
    with TokenFile(path).locked(InstantStop()), pytest.raises(StoppedError), TokenFile(path).locked(stop):
        pass


def test_the_wait_is_bounded(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that hangs with the lock fails the others with a sentence after five minutes, not never."""
    assert token_file.LOCK_SECONDS == 300
    monkeypatch.setattr(token_file, "LOCK_SECONDS", -1.0)
    with TokenFile(path).locked(InstantStop()), pytest.raises(XeroError, match=r"tokens\.json") as raised:
        TokenFile(path).locked(InstantStop()).__enter__()
    assert raised.value.failure_type is TRANSIENT


def test_readers_do_not_wait(path: Path) -> None:
    """A sync whose token is valid starts while another process renews."""
    with TokenFile(path).locked(InstantStop()):
        assert TokenFile(path).read() == {"refresh_token": "refresh-0"}


def test_a_path_that_cannot_be_opened_does_not_stop_a_renewal(tmp_path: Path) -> None:
    """Without a lock the renewal goes on: a token that cannot be shared is better than none."""
    with TokenFile(tmp_path / "missing" / "tokens.json").locked(threading.Event()):
        pass


def test_a_file_system_without_locks_does_not_stop_a_renewal(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Some network file systems refuse locks: the renewal goes on without."""

    def refuse(*_: object) -> NoReturn:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(fcntl, "flock", refuse)
    with TokenFile(path).locked(InstantStop()):
        pass


def test_a_token_file_is_made_to_be_locked(tmp_path: Path) -> None:
    """Two first syncs do not renew at once: the file is there from the lock on, for its owner only."""
    path = tmp_path / "tokens.json"
    with TokenFile(path).locked(InstantStop()):
        assert is_locked(path)
        assert path.stat().st_mode & 0o777 == 0o600
    assert TokenFile(path).read() == {}


def test_a_missing_config_is_not_made(tmp_path: Path) -> None:
    """A config file is the user's: the lock leaves no empty one behind."""
    with TokenFile(tmp_path / "config.json", "credentials").locked(InstantStop()):
        pass
    assert list(tmp_path.iterdir()) == []
