"""A small client of the Airbyte protocol: runs a command and holds every line of its output to the protocol.

See https://docs.airbyte.com/platform/understanding-airbyte/airbyte-protocol.
"""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

Json = dict[str, Any]

LONGEST_RUN_SECONDS = 180.0
"""Far more than any command takes here; a run that hangs fails its test."""

_PAYLOADS = {
    "RECORD": "record",
    "STATE": "state",
    "LOG": "log",
    "TRACE": "trace",
    "SPEC": "spec",
    "CATALOG": "catalog",
    "CONTROL": "control",
    "CONNECTION_STATUS": "connectionStatus",
}


class ProtocolError(AssertionError):
    """What a command wrote is not what the protocol asks for."""


@dataclass(frozen=True)
class Output:
    """What a command wrote and how it ended."""

    status: int
    lines: list[str]
    messages: list[Json]
    stderr: str

    def of(self, kind: str) -> list[Json]:
        """List the payloads of all messages of a type, such as ``RECORD``."""
        return [message[_PAYLOADS[kind]] for message in self.messages if message["type"] == kind]

    def records(self, stream: str) -> list[Json]:
        """List the records of a stream in their order."""
        return [record["data"] for record in self.of("RECORD") if record["stream"] == stream]

    def states(self, stream: str) -> list[Json]:
        """List the states of a stream in their order."""
        return [state["stream"]["stream_state"] for state in self.of("STATE") if _state_stream(state) == stream]

    def last_state(self) -> list[Json]:
        """Give what a platform hands to the next sync: the last STATE of each stream."""
        last = {_state_stream(state): {"type": state["type"], "stream": state["stream"]} for state in self.of("STATE")}
        return list(last.values())

    def statuses(self, stream: str) -> list[str]:
        """List the statuses that a stream went through."""
        traces = [trace["stream_status"] for trace in self.of("TRACE") if trace["type"] == "STREAM_STATUS"]
        return [trace["status"] for trace in traces if trace["stream_descriptor"]["name"] == stream]

    def errors(self) -> list[Json]:
        """List the errors of TRACE messages; the last one is why the command failed."""
        return [trace["error"] for trace in self.of("TRACE") if trace["type"] == "ERROR"]

    def outcome(self) -> tuple[str, str]:
        """Give the status and the sentence of ``check``, which must be told exactly once with exit status 0."""
        (outcome,) = self.of("CONNECTION_STATUS")
        if self.status != 0:
            raise ProtocolError(f"check ended with status {self.status}")
        return outcome["status"], outcome.get("message") or ""


def run(command: Sequence[str], environment: Mapping[str, str]) -> Output:
    """Run a command to its end."""
    return parse(*finished(command, environment))


def finished(command: Sequence[str], environment: Mapping[str, str]) -> tuple[str, str, int]:
    """Run a command to its end; give stdout, stderr and the exit status."""
    done = subprocess.run(
        command, env=dict(environment), capture_output=True, timeout=LONGEST_RUN_SECONDS, check=False, encoding="utf-8"
    )
    return done.stdout, done.stderr, done.returncode


def parse(stdout: str, stderr: str, status: int) -> Output:
    """Read what a command wrote.

    Raises:
        ProtocolError: a line is cut or no message, or a STATE counts its records wrongly.
    """
    lines = stdout.split("\n")
    if lines.pop():
        raise ProtocolError("the last line is cut")
    messages = [_message(line) for line in lines]
    _check_counts(messages)
    return Output(status, lines, messages, stderr)


def _message(line: str) -> Json:
    try:
        message: Json = json.loads(line, parse_float=Decimal)
        message[_PAYLOADS[message["type"]]]
    except (ValueError, TypeError, KeyError):
        raise ProtocolError(f"no message of the protocol: {line[:200]!r}") from None
    return message


def _check_counts(messages: Iterable[Json]) -> None:
    """Compare ``sourceStats.recordCount`` of each STATE with the records since the one before."""
    since: Counter[str] = Counter()
    for message in messages:
        if message["type"] == "RECORD":
            since[message["record"]["stream"]] += 1
        elif message["type"] == "STATE":
            stream = _state_stream(message["state"])
            counted = message["state"]["sourceStats"]["recordCount"]
            if counted != since.pop(stream, 0):
                raise ProtocolError(f"a STATE of {stream} counts {counted} records, which is wrong")


def _state_stream(state: Json) -> str:
    name: str = state["stream"]["stream_descriptor"]["name"]
    return name
