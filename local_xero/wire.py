"""Xero's wire format: exact decimals, Microsoft dates with escaped slashes, a minimal XML."""

from __future__ import annotations

import datetime as dt
import json
import re
from decimal import Decimal
from email.utils import parsedate_to_datetime
from typing import Any
from xml.sax.saxutils import escape

Wire = dict[str, Any]
"""A JSON object in Xero's own field names."""

_WIRE_DATE = re.compile(r"/Date\((-?\d+)(?:[+-]\d{4})?\)/")
_ISO = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,7}))?)?)?\s*(Z|[+-]\d\d:?\d\d)?", re.IGNORECASE
)
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.timezone.utc)
_NEWLINE = "\r\n"


def wire_date(ms: int) -> str:
    """Write an instant (milliseconds since the epoch, UTC) as Xero does in records."""
    return f"/Date({ms}+0000)/"


def parse_wire_date(value: object) -> int | None:
    """Read ``/Date(ms)/`` or ``/Date(ms+hhmm)/``, ignoring the offset. None for anything else."""
    match = _WIRE_DATE.fullmatch(value) if isinstance(value, str) else None
    return int(match[1]) if match else None


def ms_of(moment: dt.date | dt.datetime) -> int:
    """Turn a calendar date (its midnight) or a datetime into milliseconds since the epoch, UTC."""
    if not isinstance(moment, dt.datetime):
        moment = dt.datetime(moment.year, moment.month, moment.day, tzinfo=dt.timezone.utc)
    return round((moment - _EPOCH) / dt.timedelta(milliseconds=1))


def moment_of(ms: int) -> dt.datetime:
    """Turn milliseconds since the epoch into a UTC datetime."""
    return _EPOCH + dt.timedelta(milliseconds=ms)


def date_string(ms: int) -> str:
    """Write a date as the ``…DateString`` fields have it: without a zone."""
    return moment_of(ms).strftime("%Y-%m-%dT00:00:00")


def stamp_string(ms: int) -> str:
    """Write an instant as ``UpdatedDateUTCString`` has it: whole seconds and Z."""
    return moment_of(ms).strftime("%Y-%m-%dT%H:%M:%SZ")


def parse_modified_since(value: str | None) -> int | None:
    """Read an ``If-Modified-Since`` header, ISO 8601 or RFC 1123, in milliseconds.

    A value in any other format is ignored, as Xero seems to do: None, and so everything comes back.
    """
    if not value:
        return None
    match = _ISO.fullmatch(value.strip())
    try:
        if match:
            year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
            zone = _zone(match[8])
            micro = int((match[7] or "0").ljust(6, "0")[:6])
            return ms_of(dt.datetime(year, month, day, hour, minute, second, micro, tzinfo=zone))
        parsed = parsedate_to_datetime(value)
    except (ValueError, TypeError):
        return None
    return ms_of(parsed if parsed.tzinfo else parsed.replace(tzinfo=dt.timezone.utc))


def _zone(text: str | None) -> dt.timezone:
    if text is None or text in "zZ":
        return dt.timezone.utc
    offset = dt.timedelta(hours=int(text[1:3]), minutes=int(text[-2:]))
    return dt.timezone(-offset if text[0] == "-" else offset)


def _text(value: str) -> str:
    if _WIRE_DATE.fullmatch(value):
        return '"' + value.replace("/", "\\/") + '"'
    try:
        value.encode()
    except UnicodeEncodeError:  # lone surrogates travel only as escapes
        return json.dumps(value)
    return json.dumps(value, ensure_ascii=False)


def encode(value: object, indent: str | None = None) -> str:
    """Write a value as JSON text: Decimals keep all their digits, dates get escaped slashes.

    Args:
        value: dicts, lists, strings, ints, Decimals, booleans, None.
        indent: None for one line; otherwise the current indentation (start with ``""``), lines end with CRLF.
    """
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, dict):
        return _block(
            "{}", [f"{_text(k)}:{_gap(indent)}{encode(v, _deeper(indent))}" for k, v in value.items()], indent
        )
    if isinstance(value, (list, tuple)):
        return _block("[]", [encode(item, _deeper(indent)) for item in value], indent)
    if isinstance(value, Decimal):
        return format(value, "f")
    return json.dumps(value)


def _gap(indent: str | None) -> str:
    return "" if indent is None else " "


def _deeper(indent: str | None) -> str | None:
    return None if indent is None else indent + "  "


def _block(brackets: str, items: list[str], indent: str | None) -> str:
    if indent is None or not items:
        return brackets[0] + ",".join(items) + brackets[1]
    line = _NEWLINE + indent
    return brackets[0] + line + "  " + f",{line}  ".join(items) + line + brackets[1]


def encode_bytes(value: object) -> bytes:
    """Write a value as UTF-8 JSON on one line."""
    return encode(value).encode()


def decode(text: bytes | str) -> Any:
    """Read JSON without losing a digit: fractions become Decimals."""
    return json.loads(text, parse_float=Decimal)


def xml_document(root: str, fields: Wire) -> bytes:
    """Write a flat XML answer, which is what Xero sends to callers that do not ask for JSON."""
    body = "".join(f"<{name}>{escape(str(value))}</{name}>" for name, value in fields.items())
    return f'<?xml version="1.0" encoding="utf-8"?><{root}>{body}</{root}>'.encode()
