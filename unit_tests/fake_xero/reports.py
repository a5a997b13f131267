"""A small model of Xero's reports: what is booked in each month, shown in the shape of the official examples.

See https://developer.xero.com/documentation/api/accounting/reports.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from source_xero_gl.readers.batch import Batch
from source_xero_gl.readers.months import Month, month_of
from source_xero_gl.streams.reports import ReportStream
from source_xero_gl.xero.client import Page
from unit_tests.fake_xero.client import Call, FakeClient, Params
from unit_tests.fake_xero.destination import Outcome, State, consume
from unit_tests.fake_xero.lists import batches_with
from unit_tests.fake_xero.wire import TooManyCallsError, midnight, wire

ACCOUNT = "02439bca-5fdc-4b62-b281-0bdf9f16fd5b"
MADE_AT = 1_556_129_558_724
TITLES = ("Debit", "Credit", "YTD Debit", "YTD Credit")
"""Columns of the official example of TrialBalance."""


def cells(*values: Any, account: str | None = None) -> list[dict[str, Any]]:
    """Return cells; those of an account name it, each of them."""
    named = {} if account is None else {"Attributes": [{"Value": account, "Id": "account"}]}
    return [{"Value": value, **named} for value in values]


def row(name: str, *values: Any, account: str | None = ACCOUNT, kind: str = "Row") -> dict[str, Any]:
    """Return the line of an account, or of a total."""
    return {"RowType": kind, "Cells": cells(name, *values, account=account)}


def section(title: str | None, *rows: dict[str, Any]) -> dict[str, Any]:
    """Return a section of rows."""
    return {"RowType": "Section", "Title": title, "Rows": list(rows)}


def report(*rows: dict[str, Any], titles: tuple[str, ...] = TITLES) -> dict[str, Any]:
    """Return a report with a row of titles."""
    header = {"RowType": "Header", "Cells": cells("Account", *titles)}
    return {"ReportName": "Report", "UpdatedDateUTC": wire(MADE_AT), "Fields": [], "Rows": [header, *rows]}


def monthly(first: Month, last: Month) -> dict[Month, int]:
    """Book 10.00 in each month."""
    return {first + number: 1000 for number in range(1200) if first + number <= last}


@dataclass
class ReportBook:
    """Xero, as a stream of reports asks it.

    Attributes:
        booked: what one account got in each month, in cents.
        now: the day by the clock of the server; None when it does not tell.
        locked: the lock date.
        asked: query of each report.
    """

    booked: dict[Month, int]
    now: date | None = date(2026, 6, 15)
    locked: date | None = None
    asked: list[Params] = field(default_factory=list)
    calls_allowed: int = 2000

    def answer(self, call: Call) -> Page:
        """Answer any call that a report stream makes."""
        assert call.modified_since is None, "Xero documents no If-Modified-Since for reports"
        endpoint, params = call.endpoint, call.params
        server_time = None if self.now is None else midnight(self.now)
        if endpoint == "Organisation":
            dates = {} if self.locked is None else {"PeriodLockDate": wire(midnight(self.locked))}
            return Page([dates], server_time=server_time)
        if len(self.asked) >= self.calls_allowed:
            raise TooManyCallsError
        self.asked.append(params)
        return Page([self._shown(endpoint, params)], server_time=server_time)

    def _shown(self, endpoint: str, params: Params) -> dict[str, Any]:
        """Return the report of a query: balances at ``date``, or movements from ``fromDate`` to ``toDate``."""
        last = month_of(date.fromisoformat(str(params.get("date") or params["toDate"])))
        first = month_of(date.fromisoformat(str(params["fromDate"]))) if "fromDate" in params else None
        cents = sum(amount for month, amount in self.booked.items() if (first or month) <= month <= last)
        amount, moved = f"{cents / 100:.2f}", f"{self.booked.get(last, 0) / 100:.2f}"
        trial = endpoint == "Reports/TrialBalance"
        values = (moved, "", amount, "") if trial else (amount,)
        return report(
            section("Revenue", *([row("Sales (400)", *values)] if cents else [])),
            titles=TITLES if trial else ("30 Jun 26",),
        )

    def months(self) -> list[tuple[str, str]]:
        """Return the months that were asked for, as first and last day; balances have no first one."""
        return [(str(params.get("fromDate", "")), str(params.get("date") or params["toDate"])) for params in self.asked]

    def month_ends(self) -> list[str]:
        """Return the last days that were asked for."""
        return [last for _, last in self.months()]

    def batches(
        self, stream: ReportStream, state: State | None = None, starting_on: date | None = None
    ) -> Iterator[Batch]:
        """Read a stream on from a state; its calls go the way of a sync."""
        self.asked.clear()
        return batches_with(FakeClient(self.answer), stream, starting_on, state)

    def sync(
        self,
        stream: ReportStream,
        state: State | None = None,
        starting_on: date | None = None,
        crash_after: int | None = None,
    ) -> Outcome:
        """Run one sync; ``crash_after`` counts batches and states."""
        return consume(self.batches(stream, state, starting_on), crash_after)
