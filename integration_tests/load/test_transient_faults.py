"""Faults that pass, of every kind, in the middle of look-ahead and walks."""

from __future__ import annotations

from integration_tests.connector import Connector
from integration_tests.expected import assert_same, truth
from integration_tests.load.books import assert_no_version_twice, fill, numbers
from integration_tests.protocol import Json
from local_xero.process import XeroServerProcess

KINDS = (
    *("500", "502", "503", "504", "reset", "lost_answer", "reset_mid_body", "close_mid_body"),
    *("truncated_json", "html_200"),
)


def test_each_fault_once_loses_nothing(connector: Connector, xero: XeroServerProcess) -> None:
    """Each kind of fault once, while both readers are under way: every row comes once and in order."""
    fill(xero, journals=2500, gaps=0.02, invoices=3900, invoice_step_ms=900)
    faults: list[Json] = [
        {"kind": kind, "path": path, "after": place}
        for path, kinds in (("Journals", KINDS[:6]), ("Invoices", KINDS[6:]))
        for place, kind in enumerate(kinds)
    ]
    faults += [{"kind": "slow", "path": "Journals", "after": 3, "ms": 1500}]
    xero.control("switches", {"latency_ms": 150})
    xero.control("faults", {"faults": faults})
    connector.environment["XERO_CALLS_PER_MINUTE"] = "3000"
    output = connector.read(xero.config(), "journals", "invoices")
    assert (output.status, output.errors()) == (0, [])
    assert xero.control("faults")["waiting"] == 0
    assert numbers(output) == sorted(numbers(output))
    assert_no_version_twice(output)
    for stream in ("journals", "invoices"):
        assert_same(stream, output.records(stream), truth(xero, stream))
