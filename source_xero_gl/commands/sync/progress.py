"""How far the read of an organisation is, in words and numbers: what has come, of how much, calls, waits, the time left."""

from __future__ import annotations

import math
from collections.abc import Sequence

from source_xero_gl.commands.sync.listener import Listener
from source_xero_gl.streams import STREAMS
from source_xero_gl.wording import counted, duration
from source_xero_gl.xero.pacing import LONGEST_WAIT_SECONDS, MINUTE_SECONDS

_NAMED = 4
"""How many streams a line names: those with the most records."""

_NESTED = {stream.name: stream.parent.name for stream in STREAMS}
"""The stream that each stream shares its pages with: itself, or for a flat table the nested one."""


class Progress:
    """Puts into words what a listener has heard."""

    def __init__(self, listener: Listener, streams: Sequence[str]) -> None:
        """Follow the read of ``streams``, in the order in which they are shown."""
        self.listener = listener
        self.streams = streams

    def line(self) -> str:
        """Return all of it in one line."""
        heard = self.listener
        records = heard.records.copy()  # another thread may add to them meanwhile
        counts = [self._count(name) for name, _ in records.most_common(_NAMED)]
        rest = ["…"] if len(records) > _NAMED else []
        done = [f"{len(heard.complete)} of {counted(len(self.streams), 'stream')} read"] if heard.complete else []
        parts = [", ".join(counts + rest) or "no records yet", *done, self.left(), self.calls(), self.waits()]
        return "; ".join(filter(None, parts))

    def calls(self) -> str:
        """Return the calls so far, and those left today; nothing until the connector says."""
        heard = self.listener
        if heard.calls is None:
            return ""
        left = "" if heard.left_today is None else f", {heard.left_today:,} left today"
        return f"{counted(heard.calls, 'call')} to Xero{left}"

    def waits(self) -> str:
        """Return what the read waits for; nothing when it does not wait."""
        if self.listener.ended:
            return "all received, is being stored"
        seconds = math.ceil(self.listener.wait())
        if seconds > LONGEST_WAIT_SECONDS:
            return f"waiting for Xero's day to end, {duration(seconds)}"
        return f"waiting for Xero's minute, {seconds} s" if seconds else ""

    def left(self) -> str:
        """Return how long the read will still take; nothing as long as that is unknown for one of its streams."""
        reading = [name for name in self.streams if not self._over(name)]
        seconds = [self.seconds_left(name) for name in reading]
        known = [found for found in seconds if found is not None]
        return f"about {duration(max(known))} left" if known and len(known) == len(seconds) else ""

    def seconds_left(self, stream: str) -> float | None:
        """Return for how many seconds a stream will still be read, at its pace so far with all its waits.

        None where Xero does not count its records, where more have come than it counted, and in the first minute: Xero admits the
        calls of a minute at once, so that the pace before the first wait says nothing of the pace with waits. A flat table ends
        with the stream whose pages it shares.
        """
        heard, nested = self.listener, _NESTED.get(stream, stream)
        came, expected, began = heard.records[nested], heard.expected.get(nested, 0), heard.began.get(nested)
        if self._over(stream) or not 0 < came < expected or began is None or nested not in self.streams:
            return None
        passed, wait = heard.clock() - began, heard.wait()
        # A wait that has begun counts as a whole: no record comes before its end.
        return wait + (passed + wait) * (expected - came) / came if passed >= MINUTE_SECONDS else None

    def running(self) -> list[str]:
        """Return the streams of which something has come and more may come."""
        return [name for name in self.streams if self.listener.records[name] and not self._over(name)]

    def of(self, stream: str) -> int | None:
        """Return how many records a stream has in all; None where that is unknown."""
        expected = self.listener.expected.get(stream, 0)
        return expected if expected > self.listener.records[stream] and not self._over(stream) else None

    def _over(self, stream: str) -> bool:
        return stream in self.listener.complete or stream in self.listener.incomplete

    def _count(self, stream: str) -> str:
        of, seconds = self.of(stream), self.seconds_left(stream)
        left = "" if seconds is None else f" (about {duration(seconds)} left)"
        return f"{stream} {self.listener.records[stream]:,}{'' if of is None else f' of {of:,}'}{left}"
