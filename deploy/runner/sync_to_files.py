#!/usr/bin/env python3
"""One sync of source-xero-gl into files, where no platform runs it: by cron, by Kubernetes, by hand.

    python sync_to_files.py --config /secrets/config.json --data /data --streams journals,invoices,accounts

A data folder belongs to one organisation:

    records/STREAM/RUN.jsonl  the rows of a run, one a line, complete and never written again: for a loader to take
    last_run.json             how the last run ended, after how many seconds and with what error, and which streams it has read to
                              their end; while one goes on, and after one that was killed, its status is "running"
    catalog.json              the streams with their schemas and primary keys
    state.json                how far the rows in the files go
    tokens.json               rotated tokens; XERO_TOKEN_FILE names another file

The state is replaced when the rows before it are on the disk. So a run may be killed at any moment: nothing is
lost, and the next run reads a page again at most. A loader has to expect repeats: of rows with the same primary key,
the last one counts, with the files in the order of their names.

Exit status: the connector's, 143 or 130 after a signal, 75 when another run is under way, 1 when something else failed.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Generator, Iterator
from datetime import datetime, timezone
from pathlib import Path
from types import FrameType
from typing import IO, Any

Json = dict[str, Any]

RUNNING = "running"
"""In the place of an exit status: nobody may take the last run's for this one's."""

ANOTHER_RUN = 75
"""EX_TEMPFAIL of sysexits.h."""

SIGNALLED = 128
OWNER_AND_GROUP = 0o027
"""The mask of what is written: a loader may be another user of the same group. Tokens are for the owner alone."""


class SyncError(Exception):
    """The sync cannot go on; the message is for the user."""


def sync_folder(folder: Path) -> None:
    """Put the names in a folder on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def replace(path: Path, content: object) -> None:
    """Replace a JSON file as a whole, durably."""
    draft = path.with_name(f".{path.name}.draft")
    with draft.open("w", encoding="utf-8") as file:
        json.dump(content, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    sync_folder(path.parent)


class RecordFiles:
    """The rows of one run, a file for each stream, hidden until the run has ended."""

    def __init__(self, folder: Path, run: str) -> None:
        """Begin a run; what a killed run has left is completed first."""
        self._folder = folder
        self._run = run
        self._open: dict[str, IO[bytes]] = {}
        self._dirty: set[str] = set()
        folder.mkdir(exist_ok=True)
        for part in folder.glob("*/.*.part"):
            _publish(part)

    def write(self, stream: str, row: Json) -> None:
        """Add a row; it is on the disk after the next ``sync``."""
        if stream not in self._open:
            self._open[stream] = self._create(stream)
        self._open[stream].write(json.dumps(row).encode() + b"\n")
        self._dirty.add(stream)

    def sync(self) -> None:
        """Put all rows on the disk."""
        for stream in self._dirty:
            self._open[stream].flush()
            os.fsync(self._open[stream].fileno())
        self._dirty.clear()

    def publish(self) -> None:
        """Show the files to the loader."""
        self.sync()
        for file in self._open.values():
            file.close()
            _publish(Path(file.name))

    def _create(self, stream: str) -> IO[bytes]:
        if "/" in stream or stream.startswith("."):
            raise SyncError("A stream's name cannot be that of a folder.")
        folder = self._folder / stream
        folder.mkdir(exist_ok=True)
        sync_folder(self._folder)
        file = (folder / f".{self._run}.jsonl.part").open("xb")
        sync_folder(folder)
        return file


def _publish(part: Path) -> None:
    """Cut a last line that is not whole, and give the file the name that loaders look for."""
    with part.open("rb+") as file:
        whole = _whole_lines(file)
        file.truncate(whole)
        os.fsync(file.fileno())
    if whole:
        part.replace(part.with_name(part.name[1:].removesuffix(".part")))
    else:
        part.unlink()
    sync_folder(part.parent)


def _whole_lines(file: IO[bytes]) -> int:
    """Tell how many bytes the whole lines of a file have."""
    block, end = 1 << 16, file.seek(0, os.SEEK_END)
    while end:
        begin = max(0, end - block)
        file.seek(begin)
        found = file.read(end - begin).rfind(b"\n")
        if found >= 0:
            return begin + found + 1
        end = begin
    return 0


class States:
    """The last STATE of each stream, in the form in which the connector takes it."""

    def __init__(self, path: Path) -> None:
        """Read the file, if there is one."""
        self.path = path
        self._last = self._read() if path.exists() else {}

    def keep(self, message: Json) -> None:
        """Keep a stream's STATE; all rows that came before it must be on the disk."""
        self._last[_stream_of(message)] = {"type": "STREAM", "stream": message["stream"]}
        replace(self.path, list(self._last.values()))

    def _read(self) -> dict[str, Json]:
        try:
            messages = json.loads(self.path.read_text(encoding="utf-8"))
            if isinstance(messages, list):
                return {_stream_of(message): message for message in messages}
        except (ValueError, SyncError):
            pass
        raise SyncError(f"{self.path} is damaged: restore it, or remove it to read everything again.")


def _stream_of(state: Any) -> str:
    try:
        return str(state["stream"]["stream_descriptor"]["name"])
    except (KeyError, TypeError):
        raise SyncError("A STATE message of the connector names no stream.") from None


class Sync:
    """One run of the connector."""

    def __init__(self, command: str, config: Path, data: Path) -> None:
        """Prepare a run of ``command`` with a config into a data folder."""
        self._command = command
        self._config = config
        self._data = data
        self._environment = {"XERO_TOKEN_FILE": str(data / "tokens.json"), **os.environ}
        self._lock, self._began = -1, 0.0
        self._process: subprocess.Popen[bytes] | None = None
        self._modes: dict[str, str] = {}
        self._rows: dict[str, int] = {}
        self._complete: set[str] = set()
        self._error: str | None = None
        self.signal = 0

    def stop(self, number: int, _frame: FrameType | None) -> None:
        """Handle a signal: the connector ends at the next page, and what it has written until then is kept."""
        self.signal = number
        if self._process:
            self._process.terminate()

    def run(self, wanted: list[str], lock: int) -> int:
        """Read streams; return the exit status, which ``last_run.json`` tells too.

        Args:
            wanted: names of streams; empty for all.
            lock: the descriptor that keeps other runs out; the connector holds it too, should this process be killed.

        Raises:
            SyncError: the connector cannot be started or does not keep to the protocol, or a stream is not offered.
        """
        self._lock, self._began = lock, time.monotonic()
        run = datetime.now(timezone.utc).strftime("%Y%m%dT%H%M%S.%fZ")
        last_run = self._data / "last_run.json"
        try:
            replace(last_run, self._report(run, RUNNING))
        except OSError:
            last_run.unlink(missing_ok=True)
            raise
        try:
            self._read(run, wanted)
            status = self._status()
        except Exception as error:
            self._complete.clear()  # a loader does not see the files yet
            self._error = str(error)
            with contextlib.suppress(OSError):  # then the status stays "running"
                replace(last_run, self._report(run, self.failure))
            raise
        replace(last_run, self._report(run, status))
        return status

    @property
    def failure(self) -> int:
        """The exit status of a run that was broken off."""
        return SIGNALLED + self.signal if self.signal else 1

    def _read(self, run: str, wanted: list[str]) -> None:
        files, states = RecordFiles(self._data / "records", run), States(self._data / "state.json")
        replace(self._data / "catalog.json", self._configured(wanted))
        arguments = ["--catalog", str(self._data / "catalog.json")]
        if states.path.exists():
            arguments += ["--state", str(states.path)]
        with contextlib.closing(self._messages("read", *arguments)) as messages:
            for message in messages:
                self._take(message, files, states)
        files.publish()

    def _configured(self, wanted: list[str]) -> Json:
        """Choose streams: incremental where they can be."""
        messages = list(self._messages("discover"))
        found = [message["catalog"] for message in messages if "catalog" in message]
        if not found or self._status():
            errors = [message["trace"].get("error", {}) for message in messages if "trace" in message]
            reasons = [str(error["message"]) for error in errors if "message" in error]
            raise SyncError(" ".join(["The streams cannot be listed.", *reasons[-1:]]))
        offered = {stream["name"]: stream for stream in found[0]["streams"]}
        unknown = [name for name in wanted if name not in offered]
        if unknown:
            raise SyncError(f"Not offered: {', '.join(unknown)}. There are: {', '.join(offered)}.")
        chosen = [_configured_stream(offered[name]) for name in wanted or offered]
        self._modes = {stream["stream"]["name"]: stream["sync_mode"] for stream in chosen}
        return {"streams": chosen}

    def _messages(self, name: str, *arguments: str) -> Generator[Json, None, None]:
        """Run a command and give its messages, as long as they are whole."""
        with self._started([self._command, name, "--config", str(self._config), *arguments]) as self._process:
            try:
                if self.signal:
                    self._process.terminate()  # it came before there was a process
                for text in self._process.stdout or ():
                    if text.endswith(b"\n") and text.startswith(b"{"):
                        yield _message(text)
            except BaseException:
                self._process.kill()
                raise

    def _started(self, line: list[str]) -> subprocess.Popen[bytes]:
        try:
            return subprocess.Popen(line, stdout=subprocess.PIPE, env=self._environment, pass_fds=[self._lock])  # noqa: S603 - the user's
        except FileNotFoundError:
            raise SyncError(f"There is no program {self._command}: name the connector's in --command.") from None
        except OSError as error:
            raise SyncError(f"{self._command} cannot be started: {error.strerror}.") from None

    def _take(self, message: Json, files: RecordFiles, states: States) -> None:
        """Keep rows and states, pass news on; CONTROL messages hold tokens, which go nowhere from here."""
        match message:
            case {"type": "RECORD", "record": {"stream": str(stream), "data": row}}:
                files.write(stream, row)
                self._rows[stream] = self._rows.get(stream, 0) + 1
            case {"type": "STATE", "state": state}:
                # A full refresh begins again with each run: its state is not for the next one.
                if self._modes.get(_stream_of(state)) == "incremental":
                    files.sync()
                    states.keep(state)
            case {"type": "LOG", "log": {"level": level, "message": text}}:
                tell(f"{level} {text}")
            case {"type": "TRACE", "trace": {"error": {"message": text}}}:
                self._error = text  # the last one sums up
                tell(f"ERROR {text}")
            case {
                "type": "TRACE",
                "trace": {"stream_status": {"status": "COMPLETE", "stream_descriptor": {"name": name}}},
            }:
                self._complete.add(name)

    def _status(self) -> int:
        if self.signal:
            return SIGNALLED + self.signal
        status = self._process.returncode if self._process else 1
        return status if status >= 0 else SIGNALLED - status

    def _report(self, run: str, status: int | str) -> Json:
        streams = {
            name: {"sync_mode": mode, "rows": self._rows.get(name, 0), "complete": name in self._complete}
            for name, mode in self._modes.items()
        }
        seconds = round(time.monotonic() - self._began, 1)
        return {"run": run, "status": status, "error": self._error, "seconds": seconds, "streams": streams}


def _message(text: bytes) -> Json:
    try:
        message: Json = json.loads(text)
    except ValueError:
        raise SyncError("The connector has written a line that is no message.") from None
    return message


def _configured_stream(stream: Json) -> Json:
    incremental = "incremental" in stream["supported_sync_modes"]
    return {
        "stream": stream,
        "sync_mode": "incremental" if incremental else "full_refresh",
        "destination_sync_mode": "append_dedup" if incremental else "overwrite",
        "cursor_field": stream.get("default_cursor_field") or [],
        "primary_key": stream["source_defined_primary_key"],
    }


@contextlib.contextmanager
def locked(data: Path) -> Iterator[int | None]:
    """Keep a second run out until every process that holds the descriptor has ended; None when there is one already."""
    if not data.is_dir():
        raise SyncError(f"--data: {data} is no folder.")
    with (data / ".lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield None
            return
        yield file.fileno()


def tell(text: str) -> None:
    """Write a line for people."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def main() -> int:
    """Run one sync; return the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--config", type=Path, required=True, help="the connector's settings, a JSON file")
    parser.add_argument("--data", type=Path, required=True, help="a folder for this organisation alone")
    parser.add_argument("--streams", default="", help="names with commas; all when left out")
    parser.add_argument("--command", default="source-xero-gl", help="the connector's program")
    options = parser.parse_args()
    os.umask(OWNER_AND_GROUP)
    sync = Sync(options.command, options.config, options.data)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, sync.stop)
    try:
        with locked(options.data) as lock:
            if lock is None:
                tell("Another run is under way with this data folder.")
                return ANOTHER_RUN
            return sync.run([name.strip() for name in options.streams.split(",") if name.strip()], lock)
    except (SyncError, OSError, ValueError) as error:
        tell(f"ERROR {error}")
        return sync.failure


if __name__ == "__main__":
    sys.exit(main())
