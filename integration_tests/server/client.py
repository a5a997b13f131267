"""A plain client of the local Xero, and ways to read its answers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import requests

from local_xero.process import XeroServerProcess

API = "/api.xro/2.0/"
NEVER = 10**6
"""Calls a minute, or a day, that no test makes."""


class Client:
    """A plain Xero client with the web app's token."""

    def __init__(self, xero: XeroServerProcess) -> None:
        self.xero = xero
        self.session = requests.Session()
        self.session.headers.update({"Accept": "application/json", "xero-tenant-id": xero.tenant_id})
        self.sign_in()

    def sign_in(self) -> None:
        """Take the newest token of the start line."""
        self.session.headers["Authorization"] = f"Bearer {self.xero.line['access_token']}"

    def get(self, path: str, headers: Mapping[str, str | None] | None = None, **query: Any) -> requests.Response:
        """Call the API; a header that is None is left out."""
        merged: Any = headers
        return self.session.get(self.xero.url + API + path, params=query, headers=merged, timeout=10)

    def rows(self, path: str, headers: Mapping[str, str | None] | None = None, **query: Any) -> list[Any]:
        """Read the records of one answer, fractions as Decimals."""
        answer = self.get(path, headers, **query)
        assert answer.status_code == 200, answer.text
        rows: list[Any] = answer.json(parse_float=Decimal)[path.partition("/")[0]]
        return rows

    def token(self, app: str = "", **form: str) -> requests.Response:
        """Call the token endpoint as the web app or as ``app`` of the start line."""
        names = self.xero.line[app] if app else self.xero.line
        auth = (names["client_id"], names["client_secret"])
        return requests.post(f"{self.xero.url}/connect/token", data=form, auth=auth, timeout=10)

    def refresh(self, token: str) -> requests.Response:
        """Use a refresh token."""
        return self.token(grant_type="refresh_token", refresh_token=token)


def ms(value: str) -> int:
    """Read a wire date."""
    found = re.fullmatch(r"/Date\((-?\d+)(?:\+0000)?\)/", value)
    assert found, value
    return int(found[1])


def all_journals(client: Client, **query: Any) -> list[Any]:
    """Read all journals by offset, to the empty page."""
    journals: list[Any] = []
    offset = 0
    while page := client.rows("Journals", offset=offset, **query):
        offset = page[-1]["JournalNumber"]
        journals += page
    return journals


def cells(report: Any) -> dict[str, list[str]]:
    """Read the rows of a trial balance: account ID → the four amounts."""
    rows = [row for section in report["Rows"] for row in section.get("Rows", ()) if row["RowType"] == "Row"]
    return {row["Cells"][0]["Attributes"][0]["Value"]: [cell["Value"] for cell in row["Cells"][1:]] for row in rows}
