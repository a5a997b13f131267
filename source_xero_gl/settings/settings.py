"""Settings: what the user has chosen, typed and validated once.

Only ``spec.yaml`` says what a setting may be, and ``specification`` checks a config against it. Here the checked config
becomes the objects that the rest of the connector works with.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

import orjson

from source_xero_gl.settings.specification import checked, label
from source_xero_gl.xero.dates import parse_setting, read_instant
from source_xero_gl.xero.errors import CONFIG, XeroError

T = TypeVar("T")


@dataclass(frozen=True)
class OAuthCredentials:
    """A user's sign-in: https://developer.xero.com/documentation/guides/oauth2/auth-flow.

    Attributes:
        client_secret: None for a PKCE app.
        refresh_token: works once; Xero answers with the next one.
        access_token: the last access token that was stored, None when there is none.
        token_expiry: the instant at which ``access_token`` ends; None when it is not known.
    """

    client_id: str
    client_secret: str | None = field(repr=False)
    refresh_token: str = field(repr=False)
    access_token: str | None = field(repr=False)
    token_expiry: int | None


@dataclass(frozen=True)
class CustomConnectionCredentials:
    """A custom connection: https://developer.xero.com/documentation/guides/oauth2/custom-connections."""

    client_id: str
    client_secret: str = field(repr=False)


@dataclass(frozen=True)
class AccessTokenCredentials:
    """An access token that was obtained elsewhere; it lasts 30 minutes and cannot be renewed."""

    access_token: str = field(repr=False)


Credentials = OAuthCredentials | CustomConnectionCredentials | AccessTokenCredentials


@dataclass(frozen=True)
class JournalSettings:
    """Which journals to read; None does not filter.

    Attributes:
        include: whether journals are read at all.
        starting_at: lowest JournalNumber, inclusive, from 1.
        ending_at: highest JournalNumber, inclusive, never below ``starting_at``.
        modified_since: earliest CreatedDateUTC, inclusive, an instant.
    """

    include: bool = True
    starting_at: int | None = None
    ending_at: int | None = None
    modified_since: int | None = None


@dataclass(frozen=True)
class InvoiceSettings:
    """Which invoices to read; None does not filter.

    Attributes:
        modified_since: earliest UpdatedDateUTC, inclusive, an instant.
        reread_days: days after which everything within the filter is read again; 0 for never.
    """

    modified_since: int | None = None
    reread_days: int = 0


@dataclass(frozen=True)
class ReportSettings:
    """Which month ends of which reports to read.

    Attributes:
        starting_on: earliest month end, inclusive, a calendar date; None does not filter.
        cash_basis: whether to offer the reports on a cash basis.
        by_tracking: whether to offer profit and loss by tracking category.
        bank_summary: whether to offer the bank summary.
    """

    starting_on: date | None = None
    cash_basis: bool = False
    by_tracking: bool = False
    bank_summary: bool = False


@dataclass(frozen=True)
class Settings:
    """All that the user has chosen.

    Attributes:
        credentials: how to sign in.
        tenant: tenant ID or exact name of the organisation; None when the user left the choice open.
        journals: which journals to read.
        invoices: which invoices to read.
        reports: which month ends of which reports to read.
        reread_days: days after which every list by change date, invoices apart, is read again as a whole; 0 for never.
        calls_per_minute: the most calls in a minute, 1 to 60.
        daily_call_reserve: number of calls a day to leave unused.
    """

    credentials: Credentials
    tenant: str | None = None
    journals: JournalSettings = field(default_factory=JournalSettings)
    invoices: InvoiceSettings = field(default_factory=InvoiceSettings)
    reports: ReportSettings = field(default_factory=ReportSettings)
    reread_days: int = 0
    calls_per_minute: int = 60
    daily_call_reserve: int = 0


def parse_settings(config: Mapping[str, Any]) -> Settings:
    """Return the settings of a config.

    An optional setting that is null, or a text that is blank, counts as not given; so do keys that begin with ``_``.

    Raises:
        XeroError: a configuration error whose one sentence names the first setting that is wrong.
    """
    given = checked(config)
    _check_carriable(config)
    invoices, reread_days = given.get("invoices", {}), given.get("reread_days", Settings.reread_days)
    return Settings(
        credentials=_credentials(given["credentials"]),
        tenant=given.get("tenant"),
        journals=_journals(given.get("journals", {})),
        invoices=InvoiceSettings(
            modified_since=_date("invoices", "modified_since", invoices, parse_setting),
            reread_days=invoices.get("reread_days", reread_days),
        ),
        reports=_reports(given.get("reports", {})),
        reread_days=reread_days,
        calls_per_minute=given.get("calls_per_minute", Settings.calls_per_minute),
        daily_call_reserve=given.get("daily_call_reserve", Settings.daily_call_reserve),
    )


def _check_carriable(config: Mapping[str, Any]) -> None:
    """Refuse what cannot be written into a CONTROL message, before a token is spent whose successor goes into one."""
    odd = next((name for name, value in config.items() if not _is_carriable({name: value})), None)
    if odd is not None:
        raise XeroError(
            CONFIG, f"{odd!a} holds text that is not valid Unicode, or a number of more than 64 bits; correct it."
        )


def _is_carriable(value: object) -> bool:
    try:
        orjson.dumps(value)
    except TypeError:
        return False
    return True


def _credentials(given: Mapping[str, Any]) -> Credentials:
    match given["auth_type"]:
        case "custom_connection":
            return CustomConnectionCredentials(given["client_id"], given["client_secret"])
        case "access_token":
            return AccessTokenCredentials(given["access_token"])
        case _:
            return OAuthCredentials(
                client_id=given["client_id"],
                client_secret=given.get("client_secret"),
                refresh_token=given["refresh_token"],
                access_token=given.get("access_token"),
                token_expiry=read_instant(given.get("token_expiry_date")),
            )


def _journals(given: Mapping[str, Any]) -> JournalSettings:
    start, end = given.get("starting_at_journal_id"), given.get("ending_at_journal_id")
    if start is not None and end is not None and start > end:
        raise XeroError(
            CONFIG,
            f"{label('journals', 'starting_at_journal_id')} is {start}, above "
            f"{label('journals', 'ending_at_journal_id')}, which is {end}; lower the start or raise the end.",
        )
    return JournalSettings(
        include=given.get("include", JournalSettings.include),
        starting_at=start,
        ending_at=end,
        modified_since=_date("journals", "modified_since", given, parse_setting),
    )


def _reports(given: Mapping[str, Any]) -> ReportSettings:
    return ReportSettings(**{**given, "starting_on": _date("reports", "starting_on", given, date.fromisoformat)})


def _date(section: str, name: str, given: Mapping[str, Any], parse: Callable[[str], T]) -> T | None:
    text = given.get(name)
    try:
        return None if text is None else parse(text)
    except ValueError:
        raise XeroError(
            CONFIG, f'{label(section, name)} is "{text}", a day or time that does not exist; give one that does.'
        ) from None
