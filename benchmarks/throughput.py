"""Records a second and peak memory without pacing, of the connector and two other readers of the same pages."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median

from benchmarks import engines
from benchmarks.harness import Job, Run, Setting, measure, unlimited_xero
from local_xero.process import XeroServerProcess
from source_xero_gl.commands.layout import say, show, step, table

SIZES = (10_000, 50_000)
LARGE_SIZE = 500_000
ROUNDS = 3
LARGE_ROUNDS = 1

OURS = "source-xero-gl"
READERS: dict[str, Callable[[Setting, XeroServerProcess], Job]] = {
    OURS: lambda setting, xero: engines.connector(setting, xero, "journals"),
    "Airbyte's low-code engine": engines.low_code,
    "requests + orjson (floor)": engines.floor,
}

_HEAD = ("reader", "seconds", "records/s", "ours is", "reading", "ours is", "CPU s", "peak MiB", "ours is")


def run(setting: Setting) -> None:
    """Let the readers take turns over journals of several sizes, and compare their medians."""
    step("throughput: journals, without pacing and without the server's limits")
    say(
        "Medians of runs that take turns. records/s: whole process, imports included; reading: records/s from the first record",
        'to the end; "ours is": our figure / theirs, above 1 is faster; for memory, more of it.',
    )
    for size in (*SIZES, LARGE_SIZE) if setting.large else SIZES:
        rounds = LARGE_ROUNDS if size == LARGE_SIZE else ROUNDS
        with unlimited_xero(journals=size) as xero:
            runs = _take_turns(setting, xero, size, rounds)
        show(("", *table(_HEAD, [[f"{size:,} journals"], *_rows(runs)], left=1)))


def _take_turns(setting: Setting, xero: XeroServerProcess, size: int, rounds: int) -> dict[str, list[Run]]:
    """Run A B C A B C …, so that what slows the machine for a while slows all of them."""
    runs: dict[str, list[Run]] = {name: [] for name in READERS}
    for _ in range(rounds):
        for name, job in READERS.items():
            runs[name].append(measure(job(setting, xero), size))
    return runs


def _rows(runs: dict[str, list[Run]]) -> list[list[str]]:
    figures = {name: _medians(of) for name, of in runs.items()}
    ours = figures[OURS]
    rows = []
    for name, (seconds, rate, reading, cpu, peak) in figures.items():
        ratios = [f"{a / b:.2f} x" for a, b in ((ours[1], rate), (ours[2], reading), (ours[4], peak))]
        rows.append(
            [
                name,
                f"{seconds:.1f}",
                f"{rate:,.0f}",
                ratios[0],
                f"{reading:,.0f}",
                ratios[1],
                f"{cpu:.1f}",
                f"{peak:.0f}",
                ratios[2],
            ]
        )
    return rows


def _medians(runs: list[Run]) -> tuple[float, float, float, float, float]:
    """Return seconds, records a second in the whole process and while reading, processor seconds, peak memory in MiB."""
    return (
        median(run.seconds for run in runs),
        median(run.records / run.seconds for run in runs),
        median(run.records / run.reading_seconds for run in runs),
        median(run.cpu_seconds for run in runs),
        median(run.peak_mib for run in runs),
    )
