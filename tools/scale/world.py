"""Organisations of realistic sizes, and the calls of their syncs as ``source-xero-gl estimate`` foresees them.

Nothing here counts calls by a model of its own: the forecaster of ``estimate`` asks a made-up Xero that knows only sizes.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from source_xero_gl.commands.estimate.forecast import Forecast, Forecaster
from source_xero_gl.settings.settings import AccessTokenCredentials, JournalSettings, Settings
from source_xero_gl.streams import LEDGER_EXTRAS, LEDGER_STREAMS, STREAMS
from source_xero_gl.streams.reports import TRIAL_BALANCE
from source_xero_gl.xero.client import Page, XeroClient
from source_xero_gl.xero.gate import Caller
from source_xero_gl.xero.organisation import OrganisationCall
from tools.scale.model import Work

TODAY = dt.datetime(2026, 11, 20, 2, tzinfo=dt.timezone.utc)

MEDIAN_JOURNALS, SIGMA = 8_000, 1.3
"""Of the lognormal distribution of journals: half of the organisations have more than 8,000, one of twenty more than 68,000."""

YOUNGEST_MONTHS, OLDEST_MONTHS = 12, 84
"""Since when the books are kept: any age between these is as likely."""

LOCKED = 0.5
"""Share of the organisations that lock their books at the end of each financial year."""

PER_JOURNAL = {
    "Invoices": 0.30,
    "Payments": 0.25,
    "BankTransactions": 0.20,
    "Contacts": 0.03,
    "CreditNotes": 0.01,
    "ManualJournals": 0.01,
    "Prepayments": 0.001,
    "Overpayments": 0.001,
}
"""How many there are for each journal; the lists that Xero counts."""

BYTES = {"Journals": 1_085, "Invoices": 1_305}
"""Of an object before compression, by the benchmark *traffic*; every other one is taken to be as long as a journal."""

REPORT_LINES, REPORT_LINE_BYTES = 60, 300
SMALL_LIST_BYTES = 20_000
"""Of a list that comes in one call."""

WITH_JOURNALS = (
    *(
        "journals",
        "journal_lines",
        "invoices",
        "invoice_line_items",
        "accounts",
        "tracking_categories",
        "organisations",
    ),
    *("currencies", "contacts", "trial_balance_lines"),
)
"""What ``deploy/airbyte/connect_organisations.py`` selects, and the trial balance, with which the ledger is compared."""

WITHOUT_JOURNALS = (*LEDGER_STREAMS, *LEDGER_EXTRAS)
"""What a ledger is rebuilt from."""

_DAYS_A_MONTH = 30.44
_MONTH_SECONDS = 86_400 * _DAYS_A_MONTH


@dataclass(frozen=True)
class Organisation:
    """What is known of an organisation.

    Attributes:
        journals: how many.
        months: since when the books are kept.
        locked: whether they are locked up to the end of March.
    """

    journals: int
    months: int = 36
    locked: bool = True


@dataclass(frozen=True)
class Plan:
    """What the syncs of an organisation take: calls, and bytes before compression."""

    first: Work
    nightly: Work
    first_bytes: float
    nightly_bytes: float


def organisations(count: int, seed: int = 1) -> list[Organisation]:
    """Draw organisations; the same seed gives the same ones."""
    chance = random.Random(seed)
    return [
        Organisation(
            max(1, round(MEDIAN_JOURNALS * chance.lognormvariate(0, SIGMA))),
            chance.randint(YOUNGEST_MONTHS, OLDEST_MONTHS),
            chance.random() < LOCKED,
        )
        for _ in range(count)
    ]


def plan(organisation: Organisation, streams: Sequence[str]) -> Plan:
    """Foresee the syncs of some streams."""
    client = cast("XeroClient", _SizedXero(organisation))
    settings = Settings(AccessTokenCredentials(""), journals=JournalSettings(include="journals" in streams))
    selected = [stream for stream in STREAMS if stream.name in streams]
    forecasts = list(Forecaster(client, settings, OrganisationCall(client)).forecasts(selected))
    days = organisation.months * _DAYS_A_MONTH
    return Plan(
        Work(
            tuple(forecast.calls for forecast in forecasts if forecast.stream != "journals" and forecast.calls),
            ahead=sum(forecast.calls for forecast in forecasts if forecast.stream == "journals"),
        ),
        Work(tuple(forecast.later for forecast in forecasts if forecast.later)),
        sum(_first_bytes(forecast) for forecast in forecasts),
        sum(_nightly_bytes(forecast, days) for forecast in forecasts),
    )


def _first_bytes(forecast: Forecast) -> float:
    return SMALL_LIST_BYTES * forecast.calls if forecast.size is None else forecast.size


def _nightly_bytes(forecast: Forecast, days: float) -> float:
    """Return the bytes of what a day adds; of what is read again whatever has changed, those of its calls."""
    if forecast.size is None:
        return SMALL_LIST_BYTES * forecast.later
    again = forecast.later > 1 and forecast.calls > 0
    return forecast.size * forecast.later / forecast.calls if again else forecast.size / days


class _SizedXero:
    """Answers the questions of the forecaster, by the sizes of an organisation."""

    def __init__(self, organisation: Organisation) -> None:
        self._organisation = organisation
        self._now_ms = round(TODAY.timestamp() * 1000)

    def page(
        self,
        path: str,
        key: str,
        params: Mapping[str, str | int] | None = None,
        modified_since: int | None = None,
        caller: Caller | None = None,
    ) -> Page:
        """Return a page, by the arguments of ``XeroClient.page``."""
        del key, caller
        params = params or {}
        if path == "Journals":
            return self._journals(int(params["offset"]), modified_since)
        if path == "Organisation":
            return Page([self._organisation_object()], server_time=self._now_ms, size=SMALL_LIST_BYTES)
        if path.startswith("Reports/"):
            return Page([_report()], size=REPORT_LINES * REPORT_LINE_BYTES)
        count = round(self._organisation.journals * PER_JOURNAL[path])
        sample: list[dict[str, Any]] = [{} for _ in range(min(count, int(params["pageSize"])))]
        return Page(sample, item_count=count, size=len(sample) * BYTES.get(path, BYTES["Journals"]))

    def _journals(self, offset: int, modified_since: int | None) -> Page:
        last = self._organisation.journals
        numbers = range(0) if modified_since is not None else range(offset + 1, min(offset + 100, last) + 1)
        journals = [{"JournalNumber": number, "CreatedDateUTC": self._wire(1 - number / last)} for number in numbers]
        return Page(
            cast("list[dict[str, Any]]", journals), server_time=self._now_ms, size=len(journals) * BYTES["Journals"]
        )

    def _organisation_object(self) -> dict[str, Any]:
        lock = {"EndOfYearLockDate": "/Date(1774915200000+0000)/"} if self._organisation.locked else {}
        return {"CreatedDateUTC": self._wire(1.0), **lock}

    def _wire(self, age: float) -> str:
        """Return the instant before which this part of the organisation's life has passed, as Xero writes it."""
        back = age * self._organisation.months * _MONTH_SECONDS
        return f"/Date({self._now_ms - round(back * 1000)}+0000)/"


def _report() -> dict[str, Any]:
    """Return a trial balance with an amount for each account."""
    account = {"Id": "account", "Value": "an account"}
    head = {"RowType": "Header", "Cells": [{"Value": title} for title in ("Account", *TRIAL_BALANCE.titles)]}
    row = {"RowType": "Row", "Cells": [{"Value": "an account", "Attributes": [account]}, {"Value": "1.00"}]}
    return {"Rows": [head, {"RowType": "Section", "Rows": [row] * REPORT_LINES}]}
