"""Xero's own trial balance, read with the access token of the sync.

https://developer.xero.com/documentation/api/accounting/reports#trial-balance
"""

from __future__ import annotations

import datetime as dt
import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from integration_tests.demo.kept_config import KeptConfig
from integration_tests.demo.trial_balance import Balance
from source_xero_gl.config import parse_settings
from source_xero_gl.connection import Connection
from source_xero_gl.environment import read_environment

_COLUMNS = ["Account", "Debit", "Credit", "YTD Debit", "YTD Credit"]
_TRIES = 3


class ReportError(Exception):
    """The report is not built as Xero documents it."""


class ReportReader:
    """Reads reports of the organisation that a config names, over one connection."""

    def __init__(self, config: KeptConfig) -> None:
        """Sign in with the tokens that the last sync has left.

        Raises:
            XeroError: by the connector's error table.
        """
        settings, environment = parse_settings(config.settings), read_environment(os.environ)
        self._connection = Connection(settings, environment, threading.Event(), config.keep, tries=_TRIES)
        self._connection.open()

    def trial_balance(self, as_at: dt.date) -> dict[str, Balance]:
        """Read the TrialBalance report at the end of a day.

        Returns:
            Balances by account ID.

        Raises:
            XeroError: by the connector's error table.
            ReportError: the report has other columns, or rows without an account.
        """
        page = self._connection.client.page("Reports/TrialBalance", "Reports", {"date": as_at.isoformat()})
        return balances(page.rows[0]["Rows"])


def balances(rows: Sequence[Mapping[str, Any]]) -> dict[str, Balance]:
    """Take the accounts out of a TrialBalance report.

    Raises:
        ReportError: the report has other columns, or rows without an account.
    """
    head = next((row for row in rows if row["RowType"] == "Header"), None)
    columns = [cell["Value"] for cell in head["Cells"]] if head else []
    if columns != _COLUMNS:
        raise ReportError(f"The TrialBalance report has the columns {columns}; expected {_COLUMNS}.")
    return dict(_balance(row["Cells"]) for row in _account_rows(rows))


def _account_rows(rows: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for section in rows:
        yield from (row for row in section.get("Rows", ()) if row["RowType"] == "Row")


def _balance(cells: Sequence[Mapping[str, Any]]) -> tuple[str, Balance]:
    accounts = [item["Value"] for item in cells[0].get("Attributes", ()) if item["Id"] == "account"]
    if len(accounts) != 1:
        raise ReportError("A row of the TrialBalance report names no account.")
    debit, credit, ytd_debit, ytd_credit = (Decimal(cell["Value"] or 0) for cell in cells[1:])
    return accounts[0], Balance(debit - credit, ytd_debit - ytd_credit)
