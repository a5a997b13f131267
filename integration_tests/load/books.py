"""Large books for the local Xero, and what of them has been delivered."""

from __future__ import annotations

import time
from typing import Any

from integration_tests.expected import ALL_LISTS
from integration_tests.protocol import Json, Output
from local_xero.process import XeroServerProcess

JOURNALS_A_PAGE = 100


HOUR_MS, DAY_MS = 3_600_000, 86_400_000


def fill(xero: XeroServerProcess, **options: Any) -> None:
    """Replace the books by a bulk company; journals and invoices that are not asked for are none."""
    xero.control("company", {"preset": "bulk", "options": {"journals": 0, "invoices": 0, **options}})


def now_ms() -> int:
    """Give the instant, milliseconds since the epoch."""
    return time.time_ns() // 1_000_000


def move_clock(xero: XeroServerProcess, offset_ms: int) -> None:
    """Set the server's clock ahead of ours, and connect again: rotated refresh tokens do not live that long."""
    xero.control("switches", {"clock_offset_ms": offset_ms})
    xero.line["refresh_token"] = xero.control("tokens", {"new": "web"})["refresh_token"]


def newest(stream: str, *outputs: Output) -> list[Json]:
    """Give the records of several syncs as a destination keeps them: of each ID the one that came last."""
    key = ALL_LISTS[stream][1]
    return list({row[key]: row for output in outputs for row in output.records(stream)}.values())


def numbers(output: Output) -> list[int]:
    """Give the numbers of the journals that came, in their order."""
    return [row["JournalNumber"] for row in output.records("journals")]


def assert_no_version_twice(output: Output) -> None:
    """Check that no invoice came twice in the same version in one sync."""
    versions = [(row["InvoiceID"], row["UpdatedDateUTC"]) for row in output.records("invoices")]
    assert len(set(versions)) == len(versions)
