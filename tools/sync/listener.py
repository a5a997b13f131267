"""Follows what the connector writes for PyAirbyte: records, log lines, errors.

https://docs.airbyte.com/platform/understanding-airbyte/airbyte-protocol
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator

_RECORD = re.compile(r'\{"type":"RECORD","record":\{"stream":"([^"]+)"')
_CALLS = re.compile(r"(\d+) calls? to Xero")

_NAMED = 4
"""How many streams the progress names: those with the most records."""


class Listener:
    """What one run of the connector has written so far.

    Attributes:
        records: records received, by stream.
        calls: calls to Xero as the connector counts them; None when it did not say.
        error: the last error for the user, which sums up the earlier ones; None when there was none.
        misconfigured: whether settings or credentials caused that error.
        incomplete: streams that could not be read to their end.
        complete: streams that were read to their end.
        expected: how many records a stream has in all, where Xero counts them.
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget the last run."""
        self.records: Counter[str] = Counter()
        self.calls: int | None = None
        self.error: str | None = None
        self.misconfigured = False
        self.incomplete: set[str] = set()
        self.complete: set[str] = set()
        self.expected: dict[str, int] = {}

    def listen(self, lines: Iterable[str]) -> Iterator[str]:
        """Pass the connector's output on, line by line, and note what it says."""
        for line in lines:
            record = _RECORD.match(line)
            if record:
                self.records[record[1]] += 1
            else:
                self._hear(line)
            yield line

    def progress(self) -> str:
        """Return in a few words how many records have arrived."""
        counts = [f"{name} {count:,}" for name, count in self.records.most_common(_NAMED)]
        rest = ["…"] if len(self.records) > _NAMED else []
        return f"received {', '.join(counts + rest)}" if counts else "no records yet"

    def _hear(self, line: str) -> None:
        try:
            message = json.loads(line)
        except ValueError:
            return  # no message of the protocol: PyAirbyte treats it as a log line
        match message:
            case {"type": "LOG", "log": {"message": str(text)}}:
                calls = _CALLS.search(text)
                self.calls = int(calls[1]) if calls else self.calls
            case {"type": "TRACE", "trace": {"stream_status": {"status": "INCOMPLETE", "stream_descriptor": stream}}}:
                self.incomplete.add(stream["name"])
            case {"type": "TRACE", "trace": {"stream_status": {"status": "COMPLETE", "stream_descriptor": stream}}}:
                self.complete.add(stream["name"])
            case {"type": "TRACE", "trace": {"estimate": {"name": str(name), "row_estimate": int(rows)}}}:
                self.expected.setdefault(name, rows)  # later ones count what is left
            case {"type": "TRACE", "trace": {"type": "ERROR", "error": {"message": str(text)} as error}}:
                self.error = text
                self.misconfigured = error.get("failure_type") == "config_error"
