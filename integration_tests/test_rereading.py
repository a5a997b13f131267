"""``reread_days``: silent edits of documents beside invoices arrive when everything is read again, and not before."""

from __future__ import annotations

from uuid import UUID

import pytest

from integration_tests.connector import Connector
from integration_tests.expected import assert_same, truth
from integration_tests.protocol import Json, Output
from local_xero.process import XeroServerProcess

DAYS = 7
HOUR_MS = 3_600_000
FIRST_MS = 1_767_225_600_000  # 2026-01-01
TRANSACTIONS, A_PAGE = 2_300, 1_000
STREAM = "bank_transactions"


def transaction(number: int) -> Json:
    """Give money spent, an hour after the one before it."""
    stamp = f"/Date({FIRST_MS + number * HOUR_MS}+0000)/"
    fields = {"Type": "SPEND", "Status": "AUTHORISED", "Date": stamp, "UpdatedDateUTC": stamp, "Total": 100 + number}
    return {"BankTransactionID": str(UUID(int=number)), "Reference": "paid", **fields}


@pytest.fixture
def edited(connector: Connector, xero: XeroServerProcess) -> Output:
    """Read bank transactions, then edit some without a new stamp; give the sync before the edits."""
    xero.control("company", {"preset": "empty"})
    records = [transaction(number) for number in range(TRANSACTIONS)]
    xero.control("records/add", {"list": "BankTransactions", "records": records})
    output = connector.read(xero.config(reread_days=DAYS), STREAM)
    for index in (0, 1_200, TRANSACTIONS - 100):
        edit = {"index": index, "changes": {"Reference": "recoded"}, "stamp": None}
        xero.control("records/edit", {"list": "BankTransactions", **edit})
    return output


def sync(connector: Connector, xero: XeroServerProcess, before: Output, hours: int) -> tuple[Output, int]:
    """Read on from a sync so many hours after the first one; give the output and the number of calls."""
    xero.control("switches", {"clock_offset_ms": hours * HOUR_MS})
    xero.line["refresh_token"] = xero.control("tokens", {"new": "web"})["refresh_token"]
    xero.control("reset", {"what": ["log"]})
    output = connector.read(xero.config(reread_days=DAYS), STREAM, state=before.last_state())
    return output, len(xero.log("BankTransactions"))


def newest(*outputs: Output) -> list[Json]:
    """Give the records of several syncs as a destination keeps them: of each ID the one that came last."""
    return list({row["BankTransactionID"]: row for output in outputs for row in output.records(STREAM)}.values())


def test_a_silent_edit_of_a_bank_transaction_arrives_when_due(
    connector: Connector, xero: XeroServerProcess, edited: Output
) -> None:
    """The days after the first sync decide by Xero's clock; before them the edits do not come, after them all do, once."""
    early, calls = sync(connector, xero, edited, DAYS * 24 - 1)
    assert [row["Reference"] for row in early.records(STREAM)] == ["paid"]
    assert calls == 1
    due, _ = sync(connector, xero, early, DAYS * 24 + 1)
    assert_same(STREAM, newest(edited, early, due), truth(xero, STREAM))
    assert len(due.records(STREAM)) == TRANSACTIONS
    _, calls = sync(connector, xero, due, DAYS * 24 + 2)
    assert calls == 1


def test_a_rereading_that_was_killed_goes_on(connector: Connector, xero: XeroServerProcess, edited: Output) -> None:
    """What was read again before the kill is neither lost nor paid again, but for the page that was under way."""
    whole = -(-TRANSACTIONS // A_PAGE) + 1
    xero.control("faults", {"kind": "404", "path": "BankTransactions", "after": 2})
    killed, calls = sync(connector, xero, edited, DAYS * 24 + 1)
    assert (killed.status, calls) == (1, 3)
    rest, more = sync(connector, xero, killed, DAYS * 24 + 2)
    assert rest.status == 0
    assert_same(STREAM, newest(edited, killed, rest), truth(xero, STREAM))
    assert calls + more <= 2 + whole + 1
    assert len(killed.records(STREAM)) + len(rest.records(STREAM)) <= TRANSACTIONS + A_PAGE
