"""Posting a manual journal while the server runs: it is in the list of manual journals and in the journals, as in Xero."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal

from local_xero.chart import Account
from local_xero.company import Company
from local_xero.everything.document_rules import manual_lines
from local_xero.everything.facts import EnteredLine, ManualJournal
from local_xero.everything.wire_money import manual_journal
from local_xero.wire import Wire, ms_of, wire_date


def post_manual_journal(company: Company, payload: Wire, now_ms: int) -> Wire:
    """Post a manual journal without tax.

    Args:
        company: whose books.
        payload: ``date``, ``narration``, and ``lines``, each with the ``account``'s code and an ``amount``, debit positive.
        now_ms: the server's time.
    """
    chart = {d.record["Code"]: d.record for d in company.lists["Accounts"] if "Code" in d.record}
    lines = [
        EnteredLine(str(uuid.uuid4()), _account(chart[line["account"]]), Decimal(str(line["amount"])))
        for line in payload["lines"]
    ]
    if sum(line.amount for line in lines):
        raise ValueError("the lines do not add up to zero")
    day, key = dt.date.fromisoformat(payload["date"]), str(uuid.uuid4())
    posted = ManualJournal(key=key, day=day, mode="NoTax", lines=lines, narration=payload["narration"])
    company.lists["ManualJournals"].add([manual_journal(posted) | {"UpdatedDateUTC": wire_date(now_ms)}])
    number = company.journals.last_number() + 1
    company.journals.add(
        [
            {
                "JournalID": str(uuid.uuid4()),
                "JournalDate": wire_date(ms_of(day)),
                "JournalNumber": number,
                "CreatedDateUTC": wire_date(now_ms),
                "Reference": "",
                "SourceID": key,
                "SourceType": "MANJOURNAL",
                "JournalLines": [line.wire(str(uuid.uuid4())) for line in manual_lines(posted, {})],
            }
        ]
    )
    return {"number": number}


def _account(record: Wire) -> Account:
    return Account("", record["Code"], record["Name"], record["Type"], account_id=record["AccountID"])
