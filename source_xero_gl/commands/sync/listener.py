"""Follows what the connector writes for PyAirbyte: records, log lines, errors.

https://docs.airbyte.com/platform/understanding-airbyte/airbyte-protocol
"""

from __future__ import annotations

import json
import math
import re
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from source_xero_gl.wording import counted

_RECORD = re.compile(r'\{"type":"RECORD","record":\{"stream":"([^"]+)"')
_CALLS = re.compile(r"([\d,]+) calls? to Xero")
_TRANSIENT = "transient_error"
_SECOND = 1000
"""Milliseconds."""

_NAMED = 4
"""How many streams the progress names: those with the most records."""


class Listener:
    """What one run of the connector has written so far.

    Attributes:
        records: records received, by stream.
        calls: calls to Xero as the connector counts them; None when it did not say.
        error: the last error for the user, which sums up the earlier ones; None when there was none.
        passing: whether that error may be over in some minutes.
        incomplete: streams that could not be read to their end.
        complete: streams that were read to their end.
        expected: how many records a stream has in all, where Xero counts them.
        ended: whether all has been received; storing it may take a while longer.
    """

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        """Listen; ``clock`` returns the seconds since 1970."""
        self._clock = clock
        self.reset()

    def reset(self) -> None:
        """Forget the last run."""
        self.records: Counter[str] = Counter()
        self.calls: int | None = None
        self.error: str | None = None
        self.passing = False
        self.incomplete: set[str] = set()
        self.complete: set[str] = set()
        self.expected: dict[str, int] = {}
        self.ended = False
        self._waits: dict[str, float] = {}

    def listen(self, lines: Iterable[str]) -> Iterator[str]:
        """Pass the connector's output on, line by line, and note what it says."""
        for line in lines:
            record = _RECORD.match(line)
            if record:
                self.records[record[1]] += 1
                self._waits.pop(record[1], None)
            else:
                self._hear(line)
            yield line
        self.ended = True

    def progress(self) -> str:
        """Return in a few words what has arrived, of how much, and what the connector waits for."""
        counts = [self._count(name) for name, _ in self.records.most_common(_NAMED)]
        rest = ["…"] if len(self.records) > _NAMED else []
        done = [f"{counted(len(self.complete), 'stream')} read to the end"] if self.complete else []
        waits = (
            [f"waits for Xero's limits, {seconds:.0f} s"]
            if (seconds := max(map(self.wait, self._waits), default=0))
            else []
        )
        stored = ["all received, is being stored"] if self.ended else []
        return "; ".join([", ".join(counts + rest) or "no records yet", *(stored or [*done, *waits])])

    def wait(self, stream: str) -> int:
        """Return for how many seconds a stream still has to wait for Xero's limits; 0 when it does not wait."""
        return max(0, math.ceil(self._waits.get(stream, 0) - self._clock()))

    def _count(self, stream: str) -> str:
        came, expected = self.records[stream], self.expected.get(stream, 0)
        of = f" of {expected:,}" if expected > came and stream not in self.complete else ""
        return f"{stream} {came:,}{of}"

    def _hear(self, line: str) -> None:
        try:
            message = json.loads(line)
        except ValueError:
            return  # no message of the protocol: PyAirbyte treats it as a log line
        match message:
            case {"type": "LOG", "log": {"message": str(text)}}:
                calls = _CALLS.search(text)
                self.calls = int(calls[1].replace(",", "")) if calls else self.calls
            case {"type": "TRACE", "trace": {"stream_status": {"stream_descriptor": {"name": str(name)}} as status}}:
                self._follow(name, status)
            case {"type": "TRACE", "trace": {"estimate": {"name": str(name), "row_estimate": int(rows)}}}:
                self.expected.setdefault(name, rows)  # later ones count what is left
            case {"type": "TRACE", "trace": {"type": "ERROR", "error": {"message": str(text)} as error}}:
                self.error, self.passing = text, error.get("failure_type") == _TRANSIENT

    def _follow(self, stream: str, status: Mapping[str, Any]) -> None:
        self._waits.pop(stream, None)
        match status:
            case {"status": "INCOMPLETE"}:
                self.incomplete.add(stream)
            case {"status": "COMPLETE"}:
                self.complete.add(stream)
            case {"reasons": [{"rate_limited": {"quota_reset": int(millis)}}]}:
                self._waits[stream] = millis / _SECOND
