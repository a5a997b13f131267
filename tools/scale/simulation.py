"""The syncs of many organisations inside Xero's limits, simulated event by event; nothing waits, and nothing is called.

Each organisation's minute is kept by the connector's own arithmetic, ``source_xero_gl/xero/limits.py``.
See https://developer.xero.com/documentation/guides/oauth2/limits.
"""

from __future__ import annotations

import random
from collections.abc import Generator, Sequence
from dataclasses import dataclass

import simpy

from source_xero_gl.xero.limits import Limits
from source_xero_gl.xero.pacing import MINUTE_SECONDS
from tools.scale.model import Machine, Night, Result, Work, Xero

DAY_SECONDS = 86_400.0

SIGN_IN_CALLS = 2
"""Before the first call that counts: a token, and the list of connections."""

Events = Generator[simpy.Event, object, None]


def simulate(works: Sequence[Work], machine: Machine, xero: Xero, seed: int = 1) -> Result:
    """Run syncs, in their order, until all are complete; those that stop at the day limit go on in the next night."""
    chance = random.Random(seed)
    nights = list[Night]()
    begin = 0.0
    while works:
        run = _Run(machine, xero, chance)
        night = run.all(works)
        nights.append(night)
        works = [left for work in works if (left := work.after(xero.calls_per_day)).calls]
        night.unfinished = len(works)
        if works:
            begin += max(night.seconds, DAY_SECONDS)
    return Result(nights, begin + nights[-1].seconds if nights else 0.0)


@dataclass
class _Sync:
    """A sync that is under way.

    Attributes:
        left: calls that it makes tonight.
        ahead: those of them that are fetched ahead.
        held_until: nothing is sent before, because of the app's minute.
        waited_until: the end of the last wait that has been noted.
    """

    limits: Limits
    slots: simpy.Resource
    left: int
    ahead: int
    held_until: float = 0.0
    waited_until: float = 0.0


class _Run:
    """One night."""

    def __init__(self, machine: Machine, xero: Xero, chance: random.Random) -> None:
        self._machine, self._xero, self._chance = machine, xero, chance
        self._env = simpy.Environment()
        self._workers = simpy.Resource(self._env, machine.workers)
        self._cores = simpy.Resource(self._env, machine.cores)
        self._app_minute_end, self._app_calls = 0.0, 0
        self._night = Night()

    def all(self, works: Sequence[Work]) -> Night:
        """Run all syncs to their ends."""
        for work in works:
            self._env.process(self._organisation(work))
        self._env.run()
        self._night.seconds = self._env.now
        return self._night

    def _organisation(self, work: Work) -> Events:
        with self._workers.request() as turn:
            yield turn
            began = self._env.now
            yield from self._compute(self._machine.start_seconds)
            for _ in range(SIGN_IN_CALLS):
                yield self._answer()
            tonight, rest = min(work.calls, self._xero.calls_per_day), work.after(1)
            slots = simpy.Resource(self._env, self._xero.concurrent)
            sync = _Sync(Limits(self._xero.calls_per_minute), slots, tonight, rest.ahead)
            yield from self._call(sync)  # the first one goes alone: its answer shows what the limits are
            readers = [self._chain(sync, calls) for calls in rest.chains]
            readers += [self._fetched_ahead(sync) for _ in range(min(self._xero.concurrent, rest.ahead))]
            yield self._env.all_of([self._env.process(reader) for reader in readers])
            self._night.busy += self._env.now - began

    def _chain(self, sync: _Sync, calls: int) -> Events:
        for _ in range(calls):
            yield from self._call(sync)

    def _fetched_ahead(self, sync: _Sync) -> Events:
        while sync.ahead:
            sync.ahead -= 1
            yield from self._call(sync)

    def _call(self, sync: _Sync) -> Events:
        """Make a call unless the day's calls are used up."""
        if not sync.left:
            return
        sync.left -= 1
        with sync.slots.request() as slot:
            yield slot
            yield from self._send(sync)
        self._night.calls += 1
        yield from self._compute(self._machine.page_seconds)

    def _send(self, sync: _Sync) -> Events:
        """Send a call when the limits admit it, once more in the app's next minute if it was refused for this one."""
        while True:
            while (opens := sync.limits.opens(self._env.now)) > self._env.now:
                self._note_wait(sync, opens)
                yield self._env.timeout(opens - self._env.now)
            sync.limits.send(self._env.now)
            next_minute = (self._env.now // MINUTE_SECONDS + 1) * MINUTE_SECONDS
            admitted = self._app_admits(next_minute)
            yield self._answer()
            if admitted:
                return
            self._night.refused += 1
            # Retry-After leads to the next minute; the connector spreads those that wait over half a second.
            sync.held_until = next_minute + self._chance.uniform(0, 0.5)
            sync.limits.hold(sync.held_until, new_minute=False)

    def _app_admits(self, minute_end: float) -> bool:
        """Count a call in the minute of the app that ends at an instant; tell whether it has room for it."""
        if minute_end != self._app_minute_end:
            self._app_minute_end, self._app_calls = minute_end, 0
        self._app_calls += 1
        return self._app_calls <= self._xero.app_calls_per_minute

    def _note_wait(self, sync: _Sync, until: float) -> None:
        """Count the seconds of a wait, those only once in which several calls of an organisation wait."""
        seconds = max(0.0, until - max(self._env.now, sync.waited_until))
        sync.waited_until = max(sync.waited_until, until)
        if until <= sync.held_until:
            self._night.app_waited += seconds
        else:
            self._night.waited += seconds

    def _answer(self) -> simpy.Event:
        return self._env.timeout(self._chance.uniform(*self._xero.latency))

    def _compute(self, seconds: float) -> Events:
        asked = self._env.now
        with self._cores.request() as core:
            yield core
            self._night.cpu_waited += self._env.now - asked
            yield self._env.timeout(seconds)
        self._night.cpu += seconds
