"""How long 500 organisations take, by simulation; and four organisations that are really synced, to compare the two."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from benchmarks.engines import connector
from benchmarks.harness import UNLIMITED, BenchmarkError, Setting, measure
from local_xero.process import XeroServerProcess
from source_xero_gl.commands.layout import say, show, step, table
from tools.scale.model import Machine, Result, Xero
from tools.scale.simulation import simulate
from tools.scale.world import WITH_JOURNALS, WITHOUT_JOURNALS, Organisation, Plan, organisations, plan

ORGANISATIONS = 500
MACHINES = (Machine(1, 1), Machine(4, 2), Machine(16, 4), Machine(500, 64))
WORKERS_FOR = {5: Machine(1, 1), 50: Machine(4, 2), 500: Machine(16, 4)}
NIGHTS_A_MONTH = 30

KINDS = (
    ("with journals", WITH_JOURNALS, Xero(calls_per_day=5_000)),
    ("without journals", WITHOUT_JOURNALS, Xero(calls_per_day=1_000)),
)

REAL_JOURNALS = (2_400, 1_100, 400, 1_400)
REAL_CALLS_PER_MINUTE = 10
REAL_WORKERS = 2
REAL_LATENCY_MS = 650
FACTOR = 1.25
"""Simulation and reality may differ by this factor."""

_GB = 1_000_000_000
_MINUTE = 60.0
_HOUR = 3_600.0


def run(setting: Setting) -> None:
    """Simulate first and nightly syncs, then sync four organisations in reality."""
    step(f"scale: {ORGANISATIONS} organisations, simulated")
    drawn = organisations(ORGANISATIONS)
    plans = {title: [plan(organisation, streams) for organisation in drawn] for title, streams, _ in KINDS}
    head = ("syncs", "workers", "cores", "calls", "time", "waits", "refused", "what binds")
    show(table(head, [row for title, _, xero in KINDS for row in _rows(title, plans[title], xero)], left=1))
    step("scale: what 5, 50 and 500 organisations take")
    head = ("organisations", "workers", "first calls", "time", "nightly calls", "time", "GB first", "GB a month")
    show(table(head, [_sum(title, plans[title][:n], n, xero) for title, _, xero in KINDS for n in WORKERS_FOR], left=1))
    _compare(setting)


def _rows(title: str, plans: Sequence[Plan], xero: Xero) -> Iterator[list[str]]:
    for what, works in (("first", [each.first for each in plans]), ("nightly", [each.nightly for each in plans])):
        for machine in MACHINES:
            result = simulate(works, machine, xero)
            busy = sum(night.busy for night in result.nights)
            waited = sum(night.waited + night.app_waited for night in result.nights)
            bounds = result.bounds(works, machine, xero)
            yield [
                f"{what}, {title}",
                f"{machine.workers:,}",
                f"{machine.cores:,}",
                f"{sum(night.calls for night in result.nights):,}",
                _duration(result),
                f"{waited / busy:.0%}",
                f"{sum(night.refused for night in result.nights):,}",
                max(bounds, key=lambda name: bounds[name]),
            ]


def _sum(title: str, plans: Sequence[Plan], count: int, xero: Xero) -> list[str]:
    first, nightly = [each.first for each in plans], [each.nightly for each in plans]
    first_bytes = sum(each.first_bytes for each in plans)
    later_bytes = NIGHTS_A_MONTH * sum(each.nightly_bytes for each in plans)
    return [
        f"{count}, {title}",
        f"{WORKERS_FOR[count].workers}",
        f"{sum(work.calls for work in first):,}",
        _duration(simulate(first, WORKERS_FOR[count], xero)),
        f"{sum(work.calls for work in nightly):,}",
        _duration(simulate(nightly, WORKERS_FOR[count], xero)),
        f"{first_bytes / _GB:.1f}",
        f"{later_bytes / _GB:.1f}",
    ]


def _duration(result: Result) -> str:
    seconds = result.seconds
    if seconds < _HOUR:
        return f"{seconds / _MINUTE:,.0f} min"
    return f"{seconds / _HOUR:,.1f} h"


def _compare(setting: Setting) -> None:
    """Sync organisations in reality and in the simulation.

    Raises:
        BenchmarkError: they differ by more than the factor.
    """
    step(f"scale: {len(REAL_JOURNALS)} organisations and {REAL_WORKERS} workers, really synced")
    measured = _really(setting)
    works = [plan(Organisation(journals), ["journals"]).first for journals in REAL_JOURNALS]
    latency = REAL_LATENCY_MS / 1000
    xero = Xero(calls_per_minute=REAL_CALLS_PER_MINUTE, latency=(latency, latency))
    simulated = simulate(works, Machine(REAL_WORKERS), xero).seconds
    say(
        f"{REAL_CALLS_PER_MINUTE} calls a minute, {', '.join(str(work.calls) for work in works)} calls: "
        f"simulated {simulated:.0f} s, measured {measured:.0f} s, ratio {measured / simulated:.2f}."
    )
    if not 1 / FACTOR <= measured / simulated <= FACTOR:
        raise BenchmarkError(f"The simulation is off by more than a factor of {FACTOR}.")


def _really(setting: Setting) -> float:
    """Return the seconds that the syncs took."""
    options = {"tenants": len(REAL_JOURNALS), "latency": REAL_LATENCY_MS, "calls_per_day": UNLIMITED}
    with XeroServerProcess("bulk", journals=0, **options) as xero:
        tenants = [str(tenant["tenantId"]) for tenant in xero.line["tenants"]]
        for tenant, journals in zip(tenants, REAL_JOURNALS, strict=True):
            xero.control("company", {"tenant": tenant, "preset": "bulk", "options": {"journals": journals}})
        jobs = [
            connector(setting, xero, "journals", paced=True, tenant=tenant, calls_per_minute=REAL_CALLS_PER_MINUTE)
            for tenant in tenants
        ]
        began = time.monotonic()
        with ThreadPoolExecutor(REAL_WORKERS) as pool:
            list(pool.map(measure, jobs, REAL_JOURNALS))
        return time.monotonic() - began
