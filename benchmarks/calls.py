"""The number of calls, and the fewest possible: the pages, and one call that proves the end."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from typing import Any

from benchmarks.engines import connector
from benchmarks.harness import Setting, forget, measure, traffic, unlimited_xero
from local_xero.process import XeroServerProcess
from source_xero_gl.commands.layout import say, show, step, table

JOURNALS = 20_000
INVOICES = 20_000
GAPS = (0.0, 0.03, 0.1, 0.5)
JOURNALS_PAGE = 100
"""Journals a page; fixed by Xero, https://developer.xero.com/documentation/api/accounting/journals."""

INVOICES_PAGE = 1000
"""Invoices a page at most, https://developer.xero.com/documentation/api/accounting/invoices."""

_HOUR_MS = 3_600_000
_HEAD = ("sync", "records", "calls", "fewest", "ratio", "over")


def run(setting: Setting) -> None:
    """Count calls for several densities of gaps, for invoices, and for syncs that find nothing new."""
    step("calls: calls to the API against the fewest possible")
    say(
        "There is no pacing, so that as many pages as possible are fetched ahead. fewest = pages + 1 for a first sync, 1 after."
    )
    rows: list[list[str]] = []
    for gaps in GAPS:
        with unlimited_xero(journals=JOURNALS, gaps=gaps) as xero:
            label = f"journals, {gaps:.0%} of the numbers unused"
            rows += _two_syncs(setting, xero, "journals", label, (JOURNALS, JOURNALS_PAGE))
    with unlimited_xero(journals=0) as xero:
        young = {"journals": JOURNALS, "gaps": GAPS[1], "journal_step_ms": 1}
        first_ms = time.time_ns() // 1_000_000 - _HOUR_MS
        xero.control("company", {"preset": "bulk", "options": {**young, "journal_first_ms": first_ms}})
        rows += _two_syncs(setting, xero, "journals", "journals, 3%, all of the last hour", (JOURNALS, JOURNALS_PAGE))
    with unlimited_xero(journals=0, invoices=INVOICES) as xero:
        rows += _two_syncs(setting, xero, "invoices", "invoices", (INVOICES, INVOICES_PAGE))
    show(table(_HEAD, rows, left=1))


def _two_syncs(
    setting: Setting, xero: XeroServerProcess, stream: str, label: str, size: tuple[int, int]
) -> list[list[str]]:
    """Read a stream with a number of records and a page size, and then once more."""
    records, page = size
    job = connector(setting, xero, stream)
    first = measure(job, records)
    rows = [_row(label, records, _calls(xero), -(-records // page) + 1)]
    again = _second(setting, xero, stream, first.states)
    return [*rows, _row("  and again, unchanged", again, _calls(xero), 1)]


def _second(setting: Setting, xero: XeroServerProcess, stream: str, states: Iterable[Mapping[str, Any]]) -> int:
    """Read once more from states; return how many records came again."""
    return measure(connector(setting, xero, stream, states=states)).records


def _calls(xero: XeroServerProcess) -> int:
    """Return the calls since the last count."""
    calls, _ = traffic(xero)
    forget(xero)
    return calls


def _row(label: str, records: int, calls: int, fewest: int) -> list[str]:
    return [label, f"{records:,}", f"{calls:,}", f"{fewest:,}", f"{calls / fewest:.3f}", f"{calls - fewest:+d}"]
