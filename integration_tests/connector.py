"""The connector as a process, as a platform runs it, pointed at the local Xero."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from integration_tests.expected import check_records
from integration_tests.forked import forked
from integration_tests.protocol import LONGEST_RUN_SECONDS, Json, Output, finished, parse

_SCRIPT = Path(sys.executable).with_name("source-xero-gl")
_ENTRY = (sys.executable, "-c", "from source_xero_gl.run import main; main()")
COMMAND: tuple[str, ...] = (str(_SCRIPT),) if _SCRIPT.exists() else _ENTRY
"""The console script that was installed beside this Python, or else its entry point."""

_SECRET_KEYS = ("client_secret", "refresh_token", "access_token")
_TOKEN_HEADER = "eyJhbGciOiAi"  # how every access token of the local Xero begins


def bare_environment() -> dict[str, str]:
    """Give this process's environment without anything that points the connector somewhere, or that pytest puts there."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("XERO_", "PYTEST_"))}


def ended(line: Sequence[str], environment: Mapping[str, str]) -> tuple[str, str, int]:
    """Run a command line to its end, the connector by a fork where that comes to the same; give stdout, stderr, exit status."""
    others = {name: value for name, value in environment.items() if not name.startswith("XERO_")}
    if tuple(line[: len(COMMAND)]) == COMMAND and others == bare_environment():
        return forked(line[len(COMMAND) :], environment, LONGEST_RUN_SECONDS)
    return finished(line, environment)


class Connector:
    """Runs commands of the connector and checks what every one of them must keep to.

    Args:
        folder: where config, catalog and state files are written.
        environment: variables that point the connector at a server; tests may add to them.
        catalog: the discovered catalog.
    """

    def __init__(self, folder: Path, environment: Mapping[str, str], catalog: Json) -> None:
        self._folder = folder
        self.environment = {**bare_environment(), "XERO_CALLS_PER_MINUTE": "6000", **environment}
        self._catalog = catalog
        self._files = 0

    def write(self, content: object) -> Path:
        """Write a JSON file (a text as it is) and give its path."""
        self._files += 1
        path = self._folder / f"file-{self._files}.json"
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return path

    def check(self, config: Json | Path) -> Output:
        """Run ``check``."""
        return self.run(self.line("check", config), config)

    def discover(self, config: Json | Path) -> Output:
        """Run ``discover``."""
        return self.run(self.line("discover", config), config)

    def read(
        self, config: Json | Path, *streams: str, state: list[Json] | None = None, full_refresh: bool = False
    ) -> Output:
        """Run ``read`` for some streams; each record is validated against its schema."""
        return self.run(self.read_line(config, *streams, state=state, full_refresh=full_refresh), config)

    def read_line(
        self, config: Json | Path, *streams: str, state: list[Json] | None = None, full_refresh: bool = False
    ) -> list[str]:
        """Give the command line of ``read``."""
        line = [*self.line("read", config), "--catalog", str(self.write(self.configured(*streams, full=full_refresh)))]
        return line if state is None else [*line, "--state", str(self.write(state))]

    def line(self, name: str, config: Json | Path) -> list[str]:
        """Give the command line of a command with a config, which is written to a file unless it is one."""
        path = config if isinstance(config, Path) else self.write(config)
        return [*COMMAND, name, "--config", str(path)]

    def configured(self, *streams: str, full: bool = False) -> Json:
        """Give a configured catalog: incremental where a stream can, unless ``full``."""
        chosen = [self.stream(name) for name in streams]
        return {"streams": [{"stream": stream, **_modes(stream, full=full)} for stream in chosen]}

    def stream(self, name: str) -> Json:
        """Give a stream of the discovered catalog."""
        found: Json = next(stream for stream in self._catalog["streams"] if stream["name"] == name)
        return found

    def run(self, line: list[str], config: Json | Path | None = None) -> Output:
        """Run a command line: no secret may get out, and every record must be what was discovered."""
        given = json.loads(config.read_text(encoding="utf-8")) if isinstance(config, Path) else config
        output = parse(*ended(line, self.environment))
        self.check_output(output, given)
        return output

    def check_output(self, output: Output, config: Json | None) -> None:
        """Check the records and the secrecy of an output."""
        check_secrecy(output, config)
        for name in {record["stream"] for record in output.of("RECORD")}:
            check_records(self.stream(name), output.records(name))


def check_secrecy(output: Output, config: Json | None) -> None:
    """Check that no secret stands outside of CONTROL messages, not even one that came by a CONTROL message."""
    configs = [config or {}, *(control["connectorConfig"]["config"] for control in output.of("CONTROL"))]
    secrets = {_TOKEN_HEADER, *(value for one in configs for value in _secrets(one))}
    text = "\n".join(line for line in output.lines if not line.startswith('{"type":"CONTROL"')) + output.stderr
    assert not [name for name in secrets if name in text]


def _secrets(config: Json) -> list[str]:
    credentials: Any = config.get("credentials")
    found = [credentials.get(key) for key in _SECRET_KEYS] if isinstance(credentials, dict) else []
    return [value for value in found if isinstance(value, str) and value]


def _modes(stream: Json, *, full: bool) -> Json:
    incremental = "incremental" in stream["supported_sync_modes"] and not full
    cursor = {"cursor_field": stream["default_cursor_field"]} if incremental else {}
    mode = "incremental" if incremental else "full_refresh"
    return {
        "sync_mode": mode,
        "destination_sync_mode": "append_dedup",
        "primary_key": stream["source_defined_primary_key"],
        **cursor,
    }
