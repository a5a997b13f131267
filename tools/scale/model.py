"""What a simulation is given, and what comes out of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from source_xero_gl.xero.pacing import CALLS_PER_MINUTE, CONCURRENT_CALLS, MINUTE_SECONDS, WINDOW_SECONDS


@dataclass(frozen=True)
class Work:
    """The calls of one sync of an organisation.

    Attributes:
        chains: of each stream: its calls are made one after the other, those of several streams at the same time.
        ahead: of journals, whose pages are fetched ahead.
    """

    chains: tuple[int, ...] = ()
    ahead: int = 0

    @property
    def calls(self) -> int:
        """All calls."""
        return sum(self.chains) + self.ahead

    def after(self, made: int) -> Work:
        """Return what is left when the first ``made`` calls were of each chain in turn, then of what is fetched ahead."""
        left = list[int]()
        for calls in self.chains:
            done = min(calls, made)
            made -= done
            left.append(calls - done)
        return Work(tuple(calls for calls in left if calls), max(0, self.ahead - made))


@dataclass(frozen=True)
class Machine:
    """Where the syncs run.

    Attributes:
        workers: syncs at a time.
        cores: processors that they share.
        start_seconds: processor time until a sync makes its first call: Python's imports.
        page_seconds: processor time for a page: 30,000 journals take 2.5 seconds.
    """

    workers: int
    cores: int = 2
    start_seconds: float = 1.3
    page_seconds: float = 2.5 / 300


@dataclass(frozen=True)
class Xero:
    """Xero's limits, and how fast it answers: any time between the two ``latency`` seconds is as likely."""

    calls_per_minute: int = CALLS_PER_MINUTE
    concurrent: int = CONCURRENT_CALLS
    app_calls_per_minute: int = 10_000
    calls_per_day: int = 5_000
    latency: tuple[float, float] = (0.3, 1.0)


@dataclass
class Night:
    """One run of all syncs that are due.

    Attributes:
        seconds: until the last one has ended.
        calls: that Xero answered.
        refused: for the app's minute.
        busy: seconds of workers, all together.
        waited: those of them in which an organisation waited for its minute.
        app_waited: the same for the app's minute.
        cpu: seconds of processors.
        cpu_waited: seconds in which work waited for one.
        unfinished: organisations that stopped at the day limit.
    """

    seconds: float = 0.0
    calls: int = 0
    refused: int = 0
    busy: float = 0.0
    waited: float = 0.0
    app_waited: float = 0.0
    cpu: float = 0.0
    cpu_waited: float = 0.0
    unfinished: int = 0


@dataclass(frozen=True)
class Result:
    """The nights until all syncs are complete, and from the first beginning to the last end."""

    nights: list[Night]
    seconds: float

    def bounds(self, works: Sequence[Work], machine: Machine, xero: Xero) -> dict[str, float]:
        """Return the seconds that each limit alone asks for in the longest night; the largest one binds.

        A night cannot be shorter than the largest organisation takes at its minute limit, than what all workers did (but for
        waits for processors and for the app's minute) divided by the workers, than the processor time divided by the cores, or
        than all calls at the app's minute limit.
        """
        longest = max(self.nights, key=lambda night: night.seconds)
        largest = min(max((work.calls for work in works), default=0), xero.calls_per_day)
        return {
            "the largest organisation's minute": (max(largest, 1) - 1) // xero.calls_per_minute * WINDOW_SECONDS,
            "workers": (longest.busy - longest.app_waited - longest.cpu_waited) / min(machine.workers, len(works)),
            "processors": longest.cpu / machine.cores,
            "the app's minute": (max(longest.calls, 1) - 1) // xero.app_calls_per_minute * MINUTE_SECONDS,
        }
