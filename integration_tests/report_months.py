"""Reports of the local Xero at a day of a test's choosing: the server's clock, the lock date, and what Xero itself answers."""

from __future__ import annotations

import calendar
import time
from datetime import date, datetime, timezone
from decimal import Decimal
from urllib.parse import urlencode

import requests

from integration_tests.ledger import wire
from integration_tests.protocol import Json, Output
from local_xero.process import XeroServerProcess

DAY_MS = 86_400_000

REPORTS = {
    "trial_balance_lines": "TrialBalance",
    "balance_sheet_lines": "BalanceSheet",
    "profit_and_loss_lines": "ProfitAndLoss",
}
"""Each stream of report lines and Xero's name of the report."""

MORE_REPORTS = {
    "profit_and_loss_tracking_lines": "ProfitAndLoss",
    "cash_trial_balance_lines": "TrialBalance",
    "cash_balance_sheet_lines": "BalanceSheet",
    "cash_profit_and_loss_lines": "ProfitAndLoss",
    "bank_summary_lines": "BankSummary",
}
"""The same of the streams that are off by default."""

SWITCHES: Json = {"cash_basis": True, "by_tracking": True, "bank_summary": True}
"""Settings of reports that offer them."""

_SIDES = ("Debit", "Credit", "YTDDebit", "YTDCredit")
COLUMNS = {
    "trial_balance_lines": _SIDES,
    "cash_trial_balance_lines": _SIDES,
    "bank_summary_lines": ("OpeningBalance", "CashReceived", "CashSpent", "FXGain", "ClosingBalance"),
}
"""Amounts of a line; the other reports have one, Amount."""


def millis(day: str) -> int:
    """Give the midnight (UTC) at which a day begins, milliseconds since the epoch."""
    return int(datetime.fromisoformat(day).replace(tzinfo=timezone.utc).timestamp()) * 1000


def at(xero: XeroServerProcess, day: str) -> None:
    """Make it noon (UTC) of a day for the server."""
    now_ms = time.time_ns() // 1_000_000
    xero.control("switches", {"clock_offset_ms": millis(day) + DAY_MS // 2 - now_ms})
    xero.line |= {name: value for name, value in xero.control("tokens", {"new": "web"}).items() if name in xero.line}


def lock(xero: XeroServerProcess, day: str | None, end_of_year: str | None = None) -> None:
    """Lock the organisation's books up to a day, or open them."""
    (organisation,) = xero.truth("Organisation")
    days = {"PeriodLockDate": day, "EndOfYearLockDate": end_of_year}
    changes = {name: value and wire(millis(value)) for name, value in days.items()}
    xero.control("records/edit", {"list": "Organisation", "id": organisation["OrganisationID"], "changes": changes})


def month_ends(first: str, last: str) -> list[str]:
    """List the month ends from one month (YYYY-MM) to another, both included."""
    (year, month), (last_year, last_month) = (map(int, text.split("-")) for text in (first, last))
    numbers = range(year * 12 + month - 1, last_year * 12 + last_month)
    return [_end(number // 12, number % 12 + 1).isoformat() for number in numbers]


def _end(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def months_read(output: Output, stream: str) -> list[str]:
    """List the month ends of the lines that came, each once, in the order in which they came."""
    return list(dict.fromkeys(row["Date"] for row in output.records(stream)))


def asked_month(call: Json) -> str:
    """Tell for which month end a call of a report asked."""
    query: dict[str, str] = call["query"]
    return query.get("date") or query["toDate"]


def lines_of(xero: XeroServerProcess, stream: str, month_end: str) -> list[Json]:
    """Ask the local Xero for a month's report and list its lines as records carry them, nothing for what is empty."""
    first = f"{month_end[:7]}-01"
    name, basis = {**REPORTS, **MORE_REPORTS}[stream], str(stream.startswith("cash_")).lower()
    moves = name in ("ProfitAndLoss", "BankSummary")
    period = {"fromDate": first, "toDate": month_end} if moves else {"date": month_end}
    query = urlencode({**period, "standardLayout": "true", "paymentsOnly": basis})
    url = f"{xero.url}/api.xro/2.0/Reports/{name}?{query}"
    headers = {
        "Authorization": f"Bearer {xero.line['access_token']}",
        "xero-tenant-id": xero.tenant_id,
        "Accept": "application/json",
    }
    (report,) = requests.get(url, headers=headers, timeout=60).json()["Reports"]
    found = [(section.get("Title"), row) for section in report["Rows"] for row in section.get("Rows", ())]
    head = {"TenantID": xero.tenant_id, "Date": month_end}
    return [{**head, "LineNumber": n, **_line(stream, *line)} for n, line in enumerate(found, 1)]


def _line(stream: str, section: str | None, row: Json) -> Json:
    name, *amounts = row["Cells"]
    accounts = [
        attribute["Value"] for attribute in name.get("Attributes", ()) if attribute["Id"] in ("account", "accountID")
    ]
    columns = COLUMNS.get(stream, ("Amount",))
    values = {column: cell["Value"] for column, cell in zip(columns, amounts, strict=False)}  # comparisons stand behind
    figures = {column: Decimal(value) for column, value in values.items() if value}
    texts = {"Section": section, "AccountID": accounts[0] if accounts else None}
    return {"RowType": row["RowType"], "Account": name["Value"], **{k: v for k, v in texts.items() if v}, **figures}


def told(rows: list[Json]) -> list[Json]:
    """Leave out of lines what is null, and when Xero made the report."""
    return [{name: v for name, v in row.items() if v is not None and name != "UpdatedDateUTC"} for row in rows]
