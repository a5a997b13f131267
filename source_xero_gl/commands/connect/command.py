"""The command line of ``connect``."""

from __future__ import annotations

import argparse
import io
import os
import signal
import sys
import threading
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from functools import partial
from pathlib import Path
from types import FrameType
from typing import NoReturn

from source_xero_gl.commands import console
from source_xero_gl.commands.connect import terminal
from source_xero_gl.commands.connect.config_file import ConfigFile
from source_xero_gl.commands.connect.folder import Folder
from source_xero_gl.commands.connect.guard import Guard, door_to
from source_xero_gl.commands.connect.onboarding import Onboarding
from source_xero_gl.commands.connect.prompts import say
from source_xero_gl.commands.connect.server import LocalServer
from source_xero_gl.commands.connect.site import Site
from source_xero_gl.commands.connect.summary import summary
from source_xero_gl.commands.connect.web import security_headers
from source_xero_gl.settings.environment import Environment, read_environment
from source_xero_gl.signals import SIGNALLED, handling
from source_xero_gl.xero.errors import XeroError, unforeseen

NAME = "connect"
SUMMARY = "sign in to Xero in the browser, choose an organisation and filters, write a config file"

DEFAULT_PORT = 8722
"""Fixed, because its address must be registered with the Xero app."""

DEFAULT_CONFIG = "secrets/config.json"

IDLE_SECONDS = 15 * 60.0
"""The pages end by themselves after this time without a step."""

SETTLE_SECONDS = 7.0
"""Longest wait at the end for a step under way: its answer may be the only copy of a refresh token."""

_LINGER_SECONDS = 2.0
"""For what the last page still loads."""

_POLL_SECONDS = 0.5
_INTERRUPTED = 130


def main(arguments: list[str]) -> int:
    """Run the command; return the exit status: 0 when the config works, 1 when not, 130 after Ctrl-C."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a name that the terminal cannot show must not end the command
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.folder and options.custom_connection:
        parser.error("a custom connection belongs to one organisation: use --config instead of --folder")
    with console.silence(), handling({signal.SIGTERM: _end}):  # as Ctrl-C does: with what is to be done at the end
        return _run(options)


def _run(options: argparse.Namespace) -> int:
    try:
        environment = read_environment(os.environ)
        file = Folder(options.folder) if options.folder else ConfigFile(Path(options.config))
        if options.no_browser:
            return _on_terminal(file, environment, options)
        return _in_browser(file, environment, options)
    except XeroError as error:
        console.say(error.message or "")
        return 1
    except KeyboardInterrupt:
        console.say("\nStopped.")
        return _INTERRUPTED
    except Exception as error:  # noqa: BLE001 - its own text may quote a token
        failure = unforeseen(NAME, error)
        console.say(f"{failure.message}\n({failure.internal_message})")
        return 1


def _end(signum: int, frame: FrameType | None) -> NoReturn:
    del frame
    raise SystemExit(SIGNALLED + signum)


@contextmanager
def _finishing() -> Iterator[None]:
    """Say that a step is under way, and let no signal break it off: its answer may be the only copy of a refresh token."""
    with handling({signal.SIGINT: signal.SIG_IGN, signal.SIGTERM: signal.SIG_IGN}):
        with suppress(OSError):  # the terminal may have gone
            say("\nFinishing the step under way …")
        yield


def _finish(stop: threading.Event, step: Callable[[], None]) -> None:
    """Do a step; after a signal the command ends when the step has, or after seven seconds."""
    failures: list[Exception] = []

    def work() -> None:
        try:
            step()
        except Exception as error:  # noqa: BLE001 - raised below
            failures.append(error)

    # No executor: Python would wait for its thread at the end of the process, however long a call takes.
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        while thread.is_alive():
            thread.join(_POLL_SECONDS)
    except (KeyboardInterrupt, SystemExit):
        with _finishing():
            stop.set()
            thread.join(SETTLE_SECONDS)
        raise
    if failures:
        raise failures[0]


def _parser() -> argparse.ArgumentParser:
    parser = console.parser(NAME, SUMMARY)
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--config", default=DEFAULT_CONFIG, metavar="PATH", help=f"file to write ({DEFAULT_CONFIG})")
    where.add_argument(
        "--folder",
        type=Path,
        metavar="DIR",
        help="connect several organisations: a file for each in this folder, and one sign-in for all",
    )
    parser.add_argument(
        "--port",
        type=_port,
        default=DEFAULT_PORT,
        metavar="N",
        help=f"port of the local pages ({DEFAULT_PORT}); http://localhost:N/callback must be a redirect URI of the Xero app",
    )
    parser.add_argument("--no-browser", action="store_true", help="ask on the terminal; sign in with any browser")
    parser.add_argument("--custom-connection", action="store_true", help="use a custom connection, without a user")
    return parser


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 <= int(text[:9]) <= 65535):  # noqa: PLR2004 - the highest port
        raise argparse.ArgumentTypeError("must be a number from 0 to 65535")
    return int(text)


def _on_terminal(file: ConfigFile | Folder, environment: Environment, options: argparse.Namespace) -> int:
    redirect_uri = f"http://localhost:{options.port}/callback"
    onboarding = Onboarding(file, environment, redirect_uri, custom=options.custom_connection)
    terminal.run(onboarding, partial(_finish, onboarding.stop))
    return summary(onboarding)


def _in_browser(file: ConfigFile | Folder, environment: Environment, options: argparse.Namespace) -> int:
    server = LocalServer(options.port, security_headers(environment.login_url))
    try:
        guard = Guard(server.port)
        onboarding = Onboarding(file, environment, f"{guard.origin}/callback", custom=options.custom_connection)
        site = Site(onboarding, guard, say)
        server.start(site)
        try:
            with door_to(guard, file.path if file.several else file.path.parent) as door:
                _invite(guard, onboarding, door)
                _wait(site, onboarding, guard, door)
        finally:
            with _finishing() if site.busy else nullcontext():
                site.settle(SETTLE_SECONDS)
    finally:
        server.close()
    return summary(onboarding)


def _invite(guard: Guard, onboarding: Onboarding, door: Path) -> None:
    say("Connect to Xero in the browser, at\n")
    say(f"  {guard.address}\n")
    if _has_browser():
        threading.Thread(target=webbrowser.open, args=[door.as_uri()], daemon=True).start()  # some browsers block
        say("If no window opens, or an empty one, open this address yourself. It works once.")
    else:
        forward = f"ssh -L {guard.port}:localhost:{guard.port} …"
        say(f"It works once. On another computer, forward the port first ({forward}), or use --no-browser.")
    say(f"The settings go to {onboarding.file.path}.")
    if not onboarding.custom:
        say(
            "If Xero shows an error and does not lead back, use the browser's Back button: the page says what to do, for example "
            "connect without journals."
        )
    say("This ends with Finish in the browser, with Ctrl-C, or after 15 minutes without a step.\n")


def _has_browser() -> bool:
    """Tell whether a window can be opened; a text browser would take the terminal over."""
    return sys.platform != "linux" or any(map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")))


def _wait(site: Site, onboarding: Onboarding, guard: Guard, door: Path) -> None:
    """Wait for the end: finished, idle for too long, or Ctrl-C, which after a check that succeeded is as good as Finish."""
    try:
        while not site.finished.wait(_POLL_SECONDS):
            if not guard.key:
                door.unlink(missing_ok=True)
            if site.idle_seconds > IDLE_SECONDS:
                say("Nothing has happened for 15 minutes.")
                return
        threading.Event().wait(_LINGER_SECONDS)
    except KeyboardInterrupt:
        if not onboarding.worked:
            raise
