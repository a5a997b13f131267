"""Processes and threads that renew one sign-in at the same time, on a disk that is slow, some of them killed.

Runs as a process of its own, which forks: ``python -m integration_tests.token_fleet PLAN``, a plan in JSON. It writes in JSON how
each process has ended.
"""

from __future__ import annotations

import itertools
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

from source_xero_gl.connection import Connection
from source_xero_gl.settings.environment import read_environment
from source_xero_gl.settings.settings import parse_settings
from source_xero_gl.xero.tokens import file as token_modules
from source_xero_gl.xero.tokens.shared import with_tokens

_TOKENS = str(Path(str(token_modules.__file__)).parent)


@dataclass(frozen=True)
class Plan:
    """What is to happen.

    Attributes:
        configs: files that share a token file; each gets a process.
        threads: in each process.
        renewals: in each thread, one after the other.
        slow_seconds: what each write to the disk takes longer.
        kill_at: for each round, the line before which the first process is killed, counted as they run; 0 kills none.
        kill_in: the module of the package ``xero.tokens`` whose lines are counted; empty for all.
        in_turns: in each round, a process begins when the one before has ended, and not at the same time.
    """

    configs: Sequence[str]
    threads: int = 1
    renewals: int = 1
    slow_seconds: float = 0.0
    kill_at: Sequence[int] = (0,)
    kill_in: str = ""
    in_turns: bool = False


def run(plan: Plan) -> list[list[int]]:
    """Run the processes of each round at the same time; give their exit statuses, minus the signal where one has ended it."""
    rounds = []
    for line in plan.kill_at:
        lines = [line, *[0] * (len(plan.configs) - 1)]
        started = map(partial(_forked, plan), plan.configs, lines)
        rounds.append([_status(process) for process in (started if plan.in_turns else list(started))])
    return rounds


def in_a_process(plan: Plan) -> list[str]:
    """Give the command line that runs a plan."""
    return [sys.executable, "-m", "integration_tests.token_fleet", json.dumps(asdict(plan))]


def _status(process: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


def _forked(plan: Plan, config: str, kill_at: int) -> int:
    process = os.fork()
    if process:
        return process
    status = 1
    try:
        _slow_down(plan.slow_seconds)
        if kill_at:
            _kill_before_line(kill_at, plan.kill_in)
        status = _renew(Path(config), plan)
    finally:
        os._exit(status)


def _renew(config: Path, plan: Plan) -> int:
    """Renew as often as planned; return how many renewals have failed."""
    settings = parse_settings(with_tokens(json.loads(config.read_bytes()), config, os.environ))
    environment, stop = read_environment(os.environ), threading.Event()
    connection = Connection(settings, environment, stop, lambda _: None, config_path=config)
    failures: list[Exception] = []

    def work() -> None:
        try:
            for _ in range(plan.renewals):
                connection.tokens.renew(connection.tokens.current())
        except Exception as error:  # noqa: BLE001 - whatever it is, the test wants to know
            sys.stderr.write(f"{error!r}\n")
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(plan.threads)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(failures)


def _slow_down(seconds: float) -> None:
    """Let the disk take its time, also between the new content and the moment at which it is the file."""

    def slow(write: Callable[..., Any]) -> Callable[..., Any]:
        def slowed(*arguments: Any, **options: Any) -> Any:
            time.sleep(seconds)
            return write(*arguments, **options)

        return slowed

    os.fsync, os.replace = slow(os.fsync), slow(os.replace)


def _kill_before_line(number: int, module: str) -> None:
    """Kill this process before its ``number``-th line in the package that keeps tokens, in whichever thread."""
    count, place = itertools.count(1), str(Path(_TOKENS) / module)

    def trace(frame: FrameType, event: str, argument: object) -> Any:
        del argument
        if not frame.f_code.co_filename.startswith(place):
            return None
        if event == "line" and next(count) == number:
            os.kill(os.getpid(), signal.SIGKILL)
        return trace

    threading.settrace(trace)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(run(Plan(**json.loads(sys.argv[1])))))
