"""The rows that reports are made of; every value is a string.

https://developer.xero.com/documentation/api/accounting/reports
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from local_xero.wire import Wire, moment_of


class ReportError(ValueError):
    """A parameter of the report cannot be read."""


@dataclass(frozen=True)
class ReportRequest:
    """The request for a report: its query parameters, and the server's time in milliseconds."""

    query: Mapping[str, str]
    now_ms: int

    @property
    def today(self) -> dt.date:
        """The day of the request."""
        return moment_of(self.now_ms).date()

    def day(self, name: str, default: dt.date) -> dt.date:
        """Read a date, ``YYYY-MM-DD``.

        Raises:
            ReportError: when it is none.
        """
        text = self.query.get(name)
        try:
            return dt.date.fromisoformat(text) if text else default
        except ValueError as error:
            raise ReportError(name) from error

    def count(self, name: str, default: int, most: int) -> int:
        """Read a whole number from 0 to ``most``.

        Raises:
            ReportError: when it is none.
        """
        text = self.query.get(name, str(default))
        if not text.isdecimal() or int(text) > most:
            raise ReportError(name)
        return int(text)


def written(day: dt.date) -> str:
    """Write a date as titles do: 30 April 2019."""
    return f"{day.day} {calendar.month_name[day.month]} {day.year}"


def short(day: dt.date) -> str:
    """Write a date as column headings do: 30 Apr 2019."""
    return f"{day.day} {calendar.month_abbr[day.month]} {day.year}"


def american(day: dt.date) -> str:
    """Write a date as attributes do: 4/30/2019."""
    return f"{day.month}/{day.day}/{day.year}"


def report(kind: str, titles: list[str], date: dt.date, now_ms: int, rows: list[Wire]) -> Wire:
    """Make a report; ``titles`` are its name, the organisation and the period."""
    return {
        "ReportName": titles[0].replace("&", "and"),
        "ReportType": kind,
        "ReportTitles": titles,
        "ReportDate": written(date),
        "UpdatedDateUTC": f"/Date({now_ms})/",
        "Fields": [],
        "Rows": rows,
    }


def header(values: Iterable[str]) -> Wire:
    """Make the row of column headings."""
    return {"RowType": "Header", "Cells": [{"Value": value} for value in values]}


def section(title: str, rows: list[Wire]) -> Wire:
    """Make a section; it may lack a title or rows."""
    return {"RowType": "Section", "Title": title, "Rows": rows}


def account_row(account_id: str, values: Iterable[str]) -> Wire:
    """Make an account's row: each cell names the account."""
    attributes = [{"Value": account_id, "Id": "account"}]
    return {"RowType": "Row", "Cells": [{"Value": value, "Attributes": attributes} for value in values]}


def plain_row(row_type: str, title: str, amounts: Iterable[Decimal]) -> Wire:
    """Make a Row or SummaryRow that belongs to no account."""
    return {"RowType": row_type, "Cells": [{"Value": title}, *({"Value": text(amount)} for amount in amounts)]}


def text(amount: Decimal) -> str:
    """Write an amount: two decimals or more, no thousands separator."""
    return f"{amount + Decimal('0.00'):f}"
