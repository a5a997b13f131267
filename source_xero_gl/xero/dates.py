"""Dates: Xero's wire format, the ISO 8601 of records and settings, and HTTP headers.

An instant is an ``int`` of milliseconds since 1970-01-01T00:00:00Z throughout the connector. Xero sends dates as
``/Date(1439434356790+0000)/``: the number is UTC already, so the offset is never added.
See https://developer.xero.com/documentation/api/accounting/requests-and-responses.
"""

from __future__ import annotations

import calendar
import re
import time
from collections.abc import Callable
from datetime import date, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache

import pendulum

SECOND = 1000
"""Milliseconds in a second."""

MINUTE = 60 * SECOND
DAY = 24 * 60 * MINUTE

_EPOCH = date(1970, 1, 1)
_WIRE = re.compile(r"/Date\((-?\d{1,18})(?:[+-]\d{4})?\)/", re.ASCII)
_ISO = re.compile(r"(\d{4}-\d{2}-\d{2})(?:T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(Z|[+-]\d{2}:\d{2})?)?", re.ASCII)
_SETTING = re.compile(r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}(\.\d{1,3})?Z)?", re.ASCII)


@lru_cache(maxsize=4096)
def _day(number: int) -> str:
    """Return the day of that number since 1970-01-01; a ledger has many dates of the same day."""
    return (_EPOCH + timedelta(number)).isoformat()


def now() -> int:
    """Return the instant by our own clock, which may be wrong."""
    return time.time_ns() // 1_000_000


def parse_wire(text: str) -> int | None:
    """Return the instant of ``/Date(ms)/`` or ``/Date(ms+0000)/``; None when ``text`` is anything else."""
    match = _WIRE.fullmatch(text)
    return int(match[1]) if match else None


def parse_iso(text: str) -> int:
    """Return the instant of an ISO 8601 date or date-time; one without an offset is UTC.

    Raises:
        ValueError: ``text`` is not such a date.
    """
    if not _ISO.fullmatch(text):
        raise ValueError("not an ISO 8601 date")
    moment = pendulum.parse(text, tz="UTC", exact=False)
    if not isinstance(moment, pendulum.DateTime):
        raise ValueError("not an ISO 8601 date")  # noqa: TRY004 - a caller asks whether the text is a date
    return moment.int_timestamp * SECOND + moment.microsecond // SECOND


def parse_setting(text: str) -> int:
    """Return the instant of ``YYYY-MM-DD`` (midnight UTC) or ``YYYY-MM-DDTHH:MM:SS[.fff]Z``, as settings spell dates.

    Raises:
        ValueError: ``text`` has another form or names a day or time that does not exist.
    """
    if not _SETTING.fullmatch(text):
        raise ValueError("expected YYYY-MM-DD or YYYY-MM-DDTHH:MM:SSZ")
    return parse_iso(text)


def format_instant(instant: int) -> str:
    """Return ``YYYY-MM-DDTHH:MM:SS.mmmZ``.

    Raises:
        OverflowError: the instant lies outside of the years 1 to 9999.
    """
    seconds, milliseconds = divmod(instant, SECOND)
    return f"{format_header(seconds * SECOND)}.{milliseconds:03d}Z"


def format_day(instant: int) -> str:
    """Return the calendar date ``YYYY-MM-DD``; Xero sends calendar dates as midnight.

    Raises:
        OverflowError: the instant lies outside of the years 1 to 9999.
    """
    return _day(instant // DAY)


def format_header(instant: int) -> str:
    """Return the ``If-Modified-Since`` value: UTC ``yyyy-MM-ddTHH:mm:ss``, the only form that Xero does not ignore."""
    days, rest = divmod(instant // SECOND, DAY // SECOND)
    minutes, seconds = divmod(rest, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{_day(days)}T{hours:02d}:{minutes:02d}:{seconds:02d}"


def record_instant(value: object) -> object:
    """Return an instant field as records carry it: ``YYYY-MM-DDTHH:MM:SS.mmmZ``; what is no date stays as sent."""
    return _converted(value, format_instant)


def record_day(value: object) -> object:
    """Return a calendar-date field as records carry it: ``YYYY-MM-DD``; what is no date stays as sent."""
    if isinstance(value, str) and _ISO.fullmatch(value) and read_instant(value) is not None:
        return value[: len("YYYY-MM-DD")]  # a calendar date is no instant: an offset does not move it
    return _converted(value, format_day)


def read_day(value: object) -> date | None:
    """Return the day of a calendar-date field as Xero sends it; None for anything else."""
    text = record_day(value)
    try:
        return date.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None


def read_instant(value: object) -> int | None:
    """Return the instant of a date field as Xero sends it, in its wire format or ISO 8601.

    None for anything else, also for a date outside of the years 1 to 9999.
    """
    if not isinstance(value, str):
        return None
    instant = parse_wire(value)
    try:
        instant = parse_iso(value) if instant is None else instant
        format_day(instant)  # raises outside of the years 1 to 9999
    except (OverflowError, ValueError):
        return None
    return instant


def _converted(value: object, form: Callable[[int], str]) -> object:
    instant = read_instant(value)
    return value if instant is None else form(instant)


def parse_http_date(text: str | None) -> int | None:
    """Return the instant of an HTTP ``Date`` header, or None when it is absent or malformed."""
    try:
        moment = parsedate_to_datetime(text) if text else None
        return int(calendar.timegm(moment.utctimetuple())) * SECOND if moment else None
    except (TypeError, ValueError):
        return None
