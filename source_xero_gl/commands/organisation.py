"""What the commands for people share: the way to the organisation of a config file, and failures as sentences on stderr."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from types import FrameType

from airbyte_cdk.utils import AirbyteTracedException

from source_xero_gl.connection import CONFIG_SECTION, Connection
from source_xero_gl.settings.environment import Environment, read_environment
from source_xero_gl.settings.settings import OAuthCredentials, Settings, parse_settings
from source_xero_gl.source import CHECK_TRIES, SETTLE_SECONDS, SourceXeroGl
from source_xero_gl.xero.errors import CONFIG, SYSTEM, XeroError, unforeseen
from source_xero_gl.xero.tokens.file import TokenFile

PROGRAM = "source-xero-gl"

SIGNALLED = 128
"""Exit statuses after a signal begin here, as shells count them."""

GRACE_SECONDS = 8.0
"""Time to finish the call under way after a signal; container engines wait ten seconds before they kill."""


@dataclass(frozen=True)
class Organisation:
    """An organisation that can be asked.

    Attributes:
        settings: of the config file.
        environment: what the operator has chosen.
        connection: open, with its tenant; it does not stop at the daily reserve, which is there for syncs.
        tenant_id: TenantID of the organisation's records.
    """

    settings: Settings
    environment: Environment
    connection: Connection
    tenant_id: str


def run(name: str, work: Callable[[threading.Event], int]) -> int:
    """Run a command; what goes wrong becomes a sentence on stderr.

    Args:
        name: of the command.
        work: returns the exit status; it is handed the event that ends every wait.

    Returns:
        The exit status: that of the work, 1 after a failure, 128 and the signal's number after SIGTERM or Ctrl-C.
    """
    stop = threading.Event()
    with silence(), _stop_on_signals(stop) as signals:
        try:
            status = work(stop)
        except Exception as error:  # noqa: BLE001 - whatever ends the command becomes a sentence
            status = 1
            if not signals:
                _tell(error if isinstance(error, AirbyteTracedException) else unforeseen(name, error))
        return SIGNALLED + signals[0] if signals else status


def answer(text: str) -> None:
    """Write the result of a command: to stdout, at once.

    Raises:
        XeroError: system, when it cannot be written.
    """
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError as error:
        _drop_stdout()
        raise XeroError(SYSTEM, f"The answer could not be written to stdout: {error.strerror}.") from None


def say(line: str) -> None:
    """Write a line that is no result: to stderr."""
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


@contextmanager
def organisation(config_path: Path, stop: threading.Event, *, verify: bool = False) -> Iterator[Organisation]:
    """Open the organisation that a config file names; a rotated refresh token is kept in that file, as ``read`` does.

    Args:
        config_path: the config file.
        stop: ends every wait.
        verify: also find out by a call whether the organisation can be read.

    Raises:
        XeroError: config, when the settings are wrong or the next refresh token could not be kept; or by the error table.
    """
    settings = parse_settings(SourceXeroGl.read_config(str(config_path)))
    environment = read_environment(os.environ)
    keeper = _Keeper(environment.token_file, None) if environment.token_file else _Keeper(config_path, CONFIG_SECTION)
    if isinstance(settings.credentials, OAuthCredentials):
        keeper.check()
    unreserved = replace(settings, daily_call_reserve=0)
    connection = Connection(unreserved, environment, stop, keeper.announce, config_path=config_path, tries=CHECK_TRIES)
    try:
        yield Organisation(settings, environment, connection, connection.open(verify=verify))
    finally:
        connection.tokens.settle(SETTLE_SECONDS)
        keeper.tell()


def _drop_stdout() -> None:
    """Let what is left in the buffer go nowhere: Python would try to write it once more at its end, and complain."""
    with suppress(OSError), Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())


class _Keeper:
    """Watches over the file that keeps rotated refresh tokens: a person's command has no platform that would keep them."""

    def __init__(self, path: Path, section: str | None) -> None:
        self._path = path
        self._file = TokenFile(path, section)
        self._spent: object = None
        self._rotated = False

    def check(self) -> None:
        """Refuse before a token is spent whose successor could not be kept.

        Raises:
            XeroError: config, when the file cannot be written.
        """
        path = Path(os.path.realpath(self._path))
        place = path.parent if self._file.is_config is False and not path.exists() else path
        if (path.exists() and not path.is_file()) or not os.access(place, os.W_OK):
            raise XeroError(
                CONFIG,
                f"Xero replaces the refresh token when it is used, and the next one could not be kept: {self._path} cannot be "
                "written. Make it writable, or name a file that is in XERO_TOKEN_FILE.",
            )

    def announce(self, credentials: dict[str, str]) -> None:
        """Note that the token was replaced; called right before the file is written."""
        del credentials
        self._rotated, self._spent = True, self._file.read().get("refresh_token")

    def tell(self) -> None:
        """Say where the next refresh token is, never what it is."""
        if not self._rotated:
            return
        if self._file.read().get("refresh_token") == self._spent:
            say(
                f"Xero has replaced the refresh token, but {self._path} could not be written. The old one stays usable for 30 "
                "minutes: make room and run the command again, or connect to Xero again."
            )
        else:
            say(f"Xero has replaced the refresh token; the new one is in {self._path}.")


def _tell(error: AirbyteTracedException) -> None:
    say(error.message or "The command failed.")
    if error.internal_message and error.internal_message != error.message:
        say(f"({error.internal_message})")


@contextmanager
def silence() -> Iterator[None]:
    """Keep log lines away: they are messages of the Airbyte protocol, on stdout."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(before)


@contextmanager
def _stop_on_signals(stop: threading.Event) -> Iterator[list[int]]:
    """Let SIGTERM and Ctrl-C end the command after the call under way; yield the list that will tell which came."""
    signals: list[int] = []
    watchdogs: list[threading.Timer] = []

    def end(signum: int, frame: FrameType | None) -> None:
        del frame
        watchdog = threading.Timer(GRACE_SECONDS, os._exit, [SIGNALLED + signum])
        watchdog.daemon = True
        watchdog.start()  # first: setting an event that this thread waits for at this moment may not return
        watchdogs.append(watchdog)
        signals.append(signum)
        stop.set()

    before = {signum: signal.signal(signum, end) for signum in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield signals
    finally:
        for signum, handler in before.items():
            signal.signal(signum, handler)
        for watchdog in watchdogs:
            watchdog.cancel()
