"""Calls, and megabytes received: Xero bills what leaves its API, https://developer.xero.com/pricing."""

from __future__ import annotations

from benchmarks import harness
from benchmarks.engines import connector
from benchmarks.harness import Setting, forget, measure, unlimited_xero
from source_xero_gl.commands.layout import say, show, step, table

RECORDS = 20_000
_MB = 1_000_000
_KB = 1_000
_HEAD = ("sync", "calls", "MB", "gzip MB", "gzip/plain", "kB a record", "gzip kB")


def run(setting: Setting) -> None:
    """Read journals and invoices, then once more, each from a server that does not compress and from one that does."""
    step(f"traffic: bodies received for {RECORDS:,} records")
    say("The generated records repeat themselves more than real ones do: expect less from gzip in practice.")
    rows: list[list[str]] = []
    for stream in ("journals", "invoices"):
        plain, packed = (_two_syncs(setting, stream, gzip=gzip) for gzip in (False, True))
        rows += [
            _row(label, records, *figures)
            for label, records, figures in (
                (stream, RECORDS, (plain[0], packed[0])),
                ("  and again, unchanged", 0, (plain[1], packed[1])),
            )
        ]
    show(table(_HEAD, rows, left=1))


def _two_syncs(setting: Setting, stream: str, *, gzip: bool) -> list[tuple[int, int]]:
    """Return the calls and the bytes of a first sync and of one that finds nothing new."""
    sizes = {name: RECORDS if name == stream else 0 for name in ("journals", "invoices")}
    with unlimited_xero(**sizes) as xero:
        xero.control("switches", {"gzip": gzip})
        first = measure(connector(setting, xero, stream), RECORDS)
        figures = [harness.traffic(xero)]
        forget(xero)
        measure(connector(setting, xero, stream, states=first.states))
        return [*figures, harness.traffic(xero)]


def _row(label: str, records: int, plain: tuple[int, int], packed: tuple[int, int]) -> list[str]:
    calls, size = plain
    small = packed[1]
    each = [f"{count / records / _KB:.2f}" if records else "" for count in (size, small)]
    return [label, f"{calls:,}", f"{size / _MB:.3f}", f"{small / _MB:.3f}", f"{small / size:.2f}", *each]
