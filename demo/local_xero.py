"""The local Xero of the demo: a company whose date is 30 September 2026, and two apps, of which one may not read journals."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Mapping
from typing import Any

from local_xero.process import XeroServerProcess
from local_xero.wire import ms_of, parse_wire_date, wire_date

NOW = dt.datetime(2026, 9, 30, 20, tzinfo=dt.timezone.utc)
"""The evening of the last day of the company's books: what is owed is shown as at that day."""

LOCKED = dt.date(2026, 7, 31)
"""The company's books are locked up to this day."""

WITHHELD_AGE = dt.timedelta(days=14)
"""A late journal of this age is not looked for: the connector looks for late journals during one day."""

_TWICE = "2"
_DEPRECIATION, _WORN = "416", "711"


class LocalXero:
    """The organisation on a local Xero server: its clock and its ledger."""

    def __init__(self, server: XeroServerProcess, *, revaluations: bool = False) -> None:
        """Set up a server that is running.

        Args:
            server: the server.
            revaluations: let its reports contain currency gains that no journal holds.
        """
        self._server = server
        offset = ms_of(NOW) - time.time_ns() // 1_000_000
        refused = [server.pkce_config()["credentials"]["client_id"]]
        switches = {"clock_offset_ms": offset, "revaluations": revaluations, "journals_refused_to": refused}
        server.control("switches", switches)
        locked = {"PeriodLockDate": wire_date(ms_of(LOCKED))}
        server.control("records/edit", {"list": "Organisation", "index": 0, "changes": locked})

    @property
    def organisation(self) -> str:
        """The organisation's name."""
        return str(self._server.line["tenants"][0]["tenantName"])

    @property
    def url(self) -> str:
        """Where the server listens."""
        return self._server.url

    @property
    def environment(self) -> Mapping[str, str]:
        """The variables that point the connector at the server."""
        return self._server.environment()

    def config(self, *, journals: bool) -> dict[str, Any]:
        """Return settings as ``connect`` writes them: of the app that may read journals, or of the one that may not."""
        if journals:
            made, app = self._server.config(), "web"
        else:
            made, app = self._server.pkce_config(journals={"include": False}), "pkce"
        tokens = self._server.control("tokens", {"new": app})  # issued by the clock of the demo
        made["credentials"]["refresh_token"] = tokens["refresh_token"]
        return made

    def change(self) -> str:
        """Correct the latest invoice that nobody has paid, and post a manual journal; return a sentence that says so."""
        unpaid = [i for i in self._server.truth("Invoices") if i["Status"] == "AUTHORISED" and not i["AmountPaid"]]
        invoice = max(
            (i for i in unpaid if i["Type"] == "ACCREC"),
            key=lambda i: (_date_ms(i, "Date"), i.get("InvoiceNumber") or ""),
        )
        self._server.control("invoices/revalue", {"id": invoice["InvoiceID"], "factor": _TWICE})
        lines = [{"account": _DEPRECIATION, "amount": "145.00"}, {"account": _WORN, "amount": "-145.00"}]
        entry = {"date": NOW.date().isoformat(), "narration": "Depreciation, corrected", "lines": lines}
        self._server.control("manual_journals/post", entry)
        number = invoice["InvoiceNumber"]
        return f"{number} is corrected to twice its amount, which posts two journals; a manual journal is posted."

    def withhold_journal(self) -> int:
        """Hide the journal of money that was spent; return its JournalNumber.

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
