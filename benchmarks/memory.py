"""Peak memory of the connector over ledgers of several sizes: it must not grow with them."""

from __future__ import annotations

from benchmarks.engines import connector
from benchmarks.harness import Setting, measure, unlimited_xero
from source_xero_gl.commands.layout import say, show, step, table

SIZES = (10_000, 100_000)
LARGE_SIZES = (500_000, 1_000_000)

_HEAD = ("journals", "peak MiB", "ratio", "records/s", "CPU s per 10,000")


def run(setting: Setting) -> None:
    """Read ledgers of several sizes without pacing."""
    step("memory: peak resident memory of the connector")
    say("ratio: against the smallest ledger; 1.00 is flat.")
    rows: list[list[str]] = []
    smallest = 0.0
    for size in (*SIZES, *LARGE_SIZES) if setting.large else SIZES:
        with unlimited_xero(journals=size) as xero:
            run = measure(connector(setting, xero, "journals"), size)
        smallest = smallest or run.peak_mib
        cpu = run.cpu_seconds / size * SIZES[0]
        ratio = f"{run.peak_mib / smallest:.2f}"
        rows.append([f"{size:,}", f"{run.peak_mib:.0f}", ratio, f"{size / run.seconds:,.0f}", f"{cpu:.2f}"])
    show(table(_HEAD, rows, left=0))
