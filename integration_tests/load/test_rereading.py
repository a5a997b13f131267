"""``invoices.reread_days``: edits that Xero does not date arrive when everything is read again, and not before."""

from __future__ import annotations

from integration_tests.connector import Connector
from integration_tests.expected import assert_same, truth
from integration_tests.load.books import DAY_MS, HOUR_MS, fill, move_clock, newest
from integration_tests.protocol import Output
from local_xero.process import XeroServerProcess

DAYS = 7
INVOICES = 1300


def sync(connector: Connector, xero: XeroServerProcess, before: Output) -> Output:
    """Read on from an earlier sync."""
    config = xero.config(invoices={"reread_days": DAYS})
    output = connector.read(config, "invoices", state=before.last_state())
    assert output.status == 0
    return output


def test_undated_edit_arrives_when_everything_is_due(connector: Connector, xero: XeroServerProcess) -> None:
    """An edit without a new stamp comes with the first sync after so many days by Xero's clock, and only with that one."""
    fill(xero, invoices=INVOICES, invoice_step_ms=60_000)
    outputs = [connector.read(xero.config(invoices={"reread_days": DAYS}), "invoices")]
    for index in (0, 700, INVOICES - 1):
        edit = {"index": index, "changes": {"DueDateString": "2031-01-01T00:00:00"}, "stamp": None}
        xero.control("invoices/edit", edit)
    move_clock(xero, DAYS * DAY_MS - HOUR_MS)
    outputs.append(sync(connector, xero, outputs[-1]))
    assert len(outputs[-1].records("invoices")) < 10
    move_clock(xero, DAYS * DAY_MS + HOUR_MS)
    outputs.append(sync(connector, xero, outputs[-1]))
    assert_same("invoices", newest("invoices", *outputs), truth(xero, "invoices"))
    assert len(outputs[-1].records("invoices")) >= INVOICES
    move_clock(xero, DAYS * DAY_MS + 2 * HOUR_MS)
    outputs.append(sync(connector, xero, outputs[-1]))
    assert len(outputs[-1].records("invoices")) < 10
