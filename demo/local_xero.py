"""The local Xero of the demo: a company whose date is 1 October 2026, whatever the real day is."""

from __future__ import annotations

import datetime as dt
import os
import time
from collections import Counter
from decimal import Decimal
from typing import Any

from local_xero.process import XeroServerProcess
from local_xero.wire import ms_of, parse_wire_date, wire_date

NOW = dt.datetime(2026, 10, 1, 9, tzinfo=dt.timezone.utc)
"""The demo company's books run over two years, to 30 September 2026."""

LOCKED = dt.date(2026, 7, 31)
"""The demo company's books are locked up to this day."""

CORRECTION = Decimal("1.1")
MANUAL_JOURNALS = 3

WITHHELD_AGE = dt.timedelta(days=14)
"""A late journal of this age is not looked for: the connector looks for late journals during one day."""

_STREAM_OF_ENDPOINT = {
    "Organisation": "organisations",
    "TrackingCategories": "tracking_categories",
    "Reports/TrialBalance": "trial_balance_lines",
}
_API = "/api.xro/2.0/"


class LocalXero:
    """The organisation on a local Xero server: its clock, its ledger, its call log."""

    def __init__(self, server: XeroServerProcess) -> None:
        """Set up a server that is running, and point the connector at it."""
        self._server = server
        self._logged = 0
        offset = ms_of(NOW) - time.time_ns() // 1_000_000
        server.control("switches", {"clock_offset_ms": offset})
        locked = {"PeriodLockDate": wire_date(ms_of(LOCKED))}
        server.control("records/edit", {"list": "Organisation", "index": 0, "changes": locked})
        tokens = server.control("tokens", {"new": "web"})  # issued by the new clock
        self.config: dict[str, Any] = server.config()
        self.config["credentials"]["refresh_token"] = tokens["refresh_token"]
        os.environ.pop("XERO_TOKEN_FILE", None)  # it keeps the tokens of a real organisation
        os.environ.update(server.environment())

    @property
    def organisation(self) -> str:
        """The organisation's name."""
        return str(self._server.line["tenants"][0]["tenantName"])

    @property
    def tenant_id(self) -> str:
        """The organisation's tenant ID."""
        return self._server.tenant_id

    @property
    def url(self) -> str:
        """Where the server listens."""
        return self._server.url

    def calls(self) -> Counter[str]:
        """Count the calls since the last count, by stream; those that count against no limit are "sign-in"."""
        log = self._server.control("log", {"since": self._logged})
        self._logged = log["total"]
        return Counter(_stream(call["path"]) for call in log["calls"])

    def change(self, last_day: dt.date) -> str:
        """Correct an invoice and post manual journals; return a sentence that says so.

        Args:
            last_day: the latest invoice that is dated up to this day is corrected.
        """
        invoices = [i for i in self._server.truth("Invoices") if i["Status"] == "AUTHORISED" and not i["AmountPaid"]]
        invoice = max(
            (i for i in invoices if _date_ms(i, "Date") <= ms_of(last_day)), key=lambda i: _date_ms(i, "Date")
        )
        self._server.control("invoices/revalue", {"id": invoice["InvoiceID"], "factor": str(CORRECTION)})
        self._server.control("journals/add", {"count": MANUAL_JOURNALS})
        label = invoice["InvoiceNumber"] or "a bill without a number"
        return f"{label} is corrected, which posts two journals; {MANUAL_JOURNALS} manual journals are posted."

    def revalue(self) -> None:
        """Let the reports contain currency gains that no journal holds."""
        self._server.control("switches", {"revaluations": True})

    def withhold_journal(self) -> int:
        """Hide the journal of a payment to a supplier; return its JournalNumber.

        It is the last one of the open months that is too old for the connector to look for.
        """
        numbers = [int(j["JournalNumber"]) for j in self._server.truth("Journals") if _can_be_lost(j)]
        self._server.control("journals/hide", {"numbers": [numbers[-1]]})
        return numbers[-1]

    def publish_journal(self, number: int) -> None:
        """Show a hidden journal again."""
        self._server.control("journals/publish", {"numbers": [number]})


def _date_ms(record: dict[str, Any], field: str) -> int:
    return parse_wire_date(record[field]) or 0


def _can_be_lost(journal: dict[str, Any]) -> bool:
    last = ms_of(NOW - WITHHELD_AGE)
    dated, created = _date_ms(journal, "JournalDate"), _date_ms(journal, "CreatedDateUTC")
    return journal.get("SourceType") == "CASHPAID" and ms_of(LOCKED) < dated < last and created < last


def _stream(path: str) -> str:
    if not path.startswith(_API):
        return "sign-in"
    endpoint = path.removeprefix(_API)
    return _STREAM_OF_ENDPOINT.get(endpoint, endpoint.lower())
