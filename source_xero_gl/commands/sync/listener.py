"""Follows what the connector writes for PyAirbyte: records, log lines, errors.

https://docs.airbyte.com/platform/understanding-airbyte/airbyte-protocol
"""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

RECORD = re.compile(r'\{"type":"RECORD","record":\{"stream":"([^"]+)"')
"""How the connector's line with a record begins; its stream."""

_CALLS = re.compile(r"([\d,]+) calls? to Xero in this sync(?:; left today: ([\d,]+))?\.")
_TRANSIENT = "transient_error"
_SECOND = 1000
"""Milliseconds."""


class Listener:
    """What one run of the connector has written so far.

    Attributes:
        records: records received, by stream.
        calls: calls to Xero as the connector counts them; None until it says.
        left_today: calls that Xero still allows today; None until the connector says.
        error: the last error for the user, which sums up the earlier ones; None when there was none.
        passing: whether that error may be over in some minutes.
        incomplete: streams that could not be read to their end.
        complete: streams that were read to their end.
        expected: how many records a stream has in all, where Xero counts them.
        began: when a stream was begun, by ``clock``.
        ended: whether all has been received; storing it may take a while longer.
        clock: monotonic seconds, which no correction of the computer's time moves.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic, calendar: Callable[[], float] = time.time) -> None:
        """Listen; ``calendar`` returns the seconds since 1970."""
        self.clock = clock
        self._calendar = calendar
        self.reset()

    def reset(self) -> None:
        """Forget the last run."""
        self.records: Counter[str] = Counter()
        self.calls: int | None = None
        self.left_today: int | None = None
        self.error: str | None = None
        self.passing = False
        self.incomplete: set[str] = set()
        self.complete: set[str] = set()
        self.expected: dict[str, int] = {}
        self.began: dict[str, float] = {}
        self.ended = False
        self._waits: dict[str, float] = {}

    def listen(self, lines: Iterable[str]) -> Iterator[str]:
        """Pass the connector's output on, line by line, and note what it says."""
        for line in lines:
            record = RECORD.match(line)
            if record:
                self.records[record[1]] += 1
                self._waits.pop(record[1], None)
            else:
                self._hear(line)
            yield line
        self.ended = True

    def wait(self) -> float:
        """Return for how many seconds the connector still has to wait for Xero's limits; 0 when it does not wait."""
        # Another thread may change the waits meanwhile: they are copied first.
        return max(0.0, max([*self._waits.values()], default=0.0) - self.clock())

    def _hear(self, line: str) -> None:
        try:
            message = json.loads(line)
        except ValueError:
            return  # no message of the protocol: PyAirbyte treats it as a log line
        match message:
            case {"type": "LOG", "log": {"message": str(text)}}:
                self._count_calls(text)
            case {"type": "TRACE", "trace": {"stream_status": {"stream_descriptor": {"name": str(name)}} as status}}:
                self._follow(name, status)
            case {"type": "TRACE", "trace": {"estimate": {"name": str(name), "row_estimate": int(rows)}}}:
                self.expected.setdefault(name, rows)  # later ones count what is left
            case {"type": "TRACE", "trace": {"type": "ERROR", "error": {"message": str(text)} as error}}:
                self.error, self.passing = text, error.get("failure_type") == _TRANSIENT

    def _count_calls(self, text: str) -> None:
        if found := _CALLS.search(text):
            self.calls = _number(found[1])
            self.left_today = self.left_today if found[2] is None else _number(found[2])

    def _follow(self, stream: str, status: Mapping[str, Any]) -> None:
        self._waits.pop(stream, None)
        self.began.setdefault(stream, self.clock())
        match status:
            case {"status": "INCOMPLETE"}:
                self.incomplete.add(stream)
            case {"status": "COMPLETE"}:
                self.complete.add(stream)
            case {"reasons": [{"rate_limited": {"quota_reset": int(millis)}}]}:
                self._waits[stream] = self.clock() + millis / _SECOND - self._calendar()


def _number(text: str) -> int:
    return int(text.replace(",", ""))
