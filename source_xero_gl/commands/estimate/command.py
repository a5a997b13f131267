"""``source-xero-gl estimate``: records, calls, minutes, days and megabytes of a first sync, and what later ones take."""

from __future__ import annotations

import argparse
import math
import textwrap
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from source_xero_gl.commands import console
from source_xero_gl.commands.estimate.forecast import ONE_CALL, Forecast, Forecaster
from source_xero_gl.commands.organisation import organisation
from source_xero_gl.engine.stream import XeroStream
from source_xero_gl.settings.settings import Settings
from source_xero_gl.streams import LEDGER_EXTRAS, LEDGER_STREAMS, available_streams
from source_xero_gl.wording import WITHOUT_JOURNALS, counted
from source_xero_gl.xero.errors import CONFIG, XeroError

NAME = "estimate"
SUMMARY = "say what a first sync will take: records, calls, minutes, days of quota and megabytes"

DAILY_CALLS = 5_000
"""Calls a day that Xero allows for an organisation: https://developer.xero.com/documentation/guides/oauth2/limits."""

STARTER_DAILY_CALLS = 1_000
"""The same for apps of the Starter tier."""

MINUTE = 60
"""Seconds."""

MEGABYTE = 1_000_000
"""Bytes; Xero bills by the decimal unit."""

_HEAD = ("Stream", "Records", "Calls", "MB", "How it is known")
_NOTHING = "-"


@dataclass(frozen=True)
class Quota:
    """What may be used of the day's calls: those that Xero reports left, None when it does not say, but for the reserve."""

    left: int | None
    reserve: int = 0

    def days(self, calls: int, a_day: int) -> int | None:
        """Return on how many days, today among them, calls can be made of which Xero allows ``a_day`` in a day; None: never."""
        usable = a_day - self.reserve
        today = usable if self.left is None else self.left - self.reserve
        if calls <= today:
            return 1
        if usable <= 0:
            return None
        begun = max(today, 0)
        return math.ceil((calls - begun) / usable) + (begun > 0)


def main(args: list[str]) -> int:
    """Print a table of the streams and a sentence on the whole; return the exit status: 0, 1 with a sentence on stderr."""
    options = _options(args)
    return console.run(NAME, lambda stop: _estimate(options, stop))


def sentences(forecasts: Sequence[Forecast], interval: float, quota: Quota) -> Iterator[str]:
    """Yield what the figures of a first sync mean.

    Args:
        forecasts: of all streams that will be read.
        interval: seconds between calls at the allowed rate.
        quota: calls of the day.
    """
    calls, size = sum(forecast.calls for forecast in forecasts), sum(forecast.size or 0 for forecast in forecasts)
    pace = f"{_minutes(calls * interval)} at {MINUTE / interval:,.0f} calls a minute"
    answers = f"{_megabytes(size)} MB of answers (JSON before compression)"
    yield f"A first sync takes about {counted(calls, 'call')}, {pace}, and {answers}."
    yield _days_sentence(calls, quota)


def later_sentences(forecasts: Sequence[Forecast]) -> Iterator[str]:
    """Yield what later syncs take: in which little has changed, and those that read everything again."""
    later = counted(sum(forecast.later for forecast in forecasts), "call")
    yield f"A later sync takes about {later} when little has changed."
    again = Counter[int]()
    for forecast in forecasts:
        again[forecast.reread_days] += forecast.calls
    del again[0]  # never
    for days, calls in sorted((+again).items()):
        more = counted(calls, "call")
        yield f"Every {counted(days, 'day')} a sync takes up to {more} more, because lists are read again as a whole."


def ledger_sentences(forecasts: Sequence[Forecast], settings: Settings, quota: Quota) -> Iterator[str]:
    """Yield what an organisation gets whose journals are not read, from which streams, and with how many calls.

    Args:
        forecasts: of the streams that were chosen.
        settings: that leave journals out.
        quota: calls of the day.
    """
    yield WITHOUT_JOURNALS
    for title, names in (("needed", LEDGER_STREAMS), ("optional", LEDGER_EXTRAS)):
        yield textwrap.fill(", ".join(names), 100, initial_indent=f"  {title:10}", subsequent_indent=" " * 12)
    if settings.invoices.modified_since is not None:
        yield "invoices.modified_since leaves invoices out, but this ledger needs all of them: remove it."
    chosen = [forecast for forecast in forecasts if forecast.stream in (*LEDGER_STREAMS, *LEDGER_EXTRAS)]
    missing = set(LEDGER_STREAMS).difference(forecast.stream for forecast in chosen)
    if missing:
        yield f"Not among the streams above: {', '.join(sorted(missing))}."
        return
    refused = [forecast.stream for forecast in chosen if forecast.refused]
    if refused:
        yield f"Xero refuses {', '.join(refused)}: connect again with their scopes, by a user with a role that may read them."
    first, later = sum(forecast.calls for forecast in chosen), sum(forecast.later for forecast in chosen)
    days = quota.days(first, STARTER_DAILY_CALLS)
    fits = "one day is enough" if days == 1 else f"it takes {_days(days)} at {STARTER_DAILY_CALLS:,} calls a day"
    yield f"For these streams alone a first sync takes about {counted(first, 'call')}, a later one {later:,}: {fits}."


def table(forecasts: Sequence[Forecast]) -> list[str]:
    """Return aligned lines: the streams and their sum; those of one call each share a line."""
    figures = [
        (
            forecast.stream,
            _NOTHING if forecast.records is None else f"{forecast.records:,}",
            f"{forecast.calls:,}",
            _NOTHING if forecast.size is None else _megabytes(forecast.size),
            forecast.basis,
        )
        for forecast in forecasts
        if forecast.basis != ONE_CALL
    ]
    single = [forecast.stream for forecast in forecasts if forecast.basis == ONE_CALL]
    if single:
        name = single[0] if len(single) == 1 else f"{single[0]} and {len(single) - 1} more"
        figures.append((name, _NOTHING, f"{len(single):,}", _NOTHING, "one call each, not counted"))
    records = sum(forecast.records or 0 for forecast in forecasts)
    calls, size = sum(forecast.calls for forecast in forecasts), sum(forecast.size or 0 for forecast in forecasts)
    lines = [_HEAD, *figures, ("Total", f"{records:,}", f"{calls:,}", _megabytes(size), "without what is not counted")]
    widths = [max(len(line[column]) for line in lines) for column in range(len(_HEAD))]
    rule = "-" * (sum(widths) + 2 * (len(widths) - 1))
    laid = [_laid(line, widths) for line in lines]
    return [laid[0], rule, *laid[1:-1], rule, laid[-1]]


def _estimate(options: argparse.Namespace, stop: threading.Event) -> int:
    with organisation(options.config, stop) as opened:
        settings, client = opened.settings, opened.connection.client
        selected = _selected(settings, options.streams)
        forecasts = list(Forecaster(client, settings, opened.connection.organisation).forecasts(selected))
    calls = client.gate.count()
    quota = Quota(calls.left_today, settings.daily_call_reserve)
    lines = [*table(forecasts), "", *sentences(forecasts, client.gate.interval, quota), *later_sentences(forecasts)]
    if not settings.journals.include:
        lines += ["", *ledger_sentences(forecasts, settings, quota), ""]
    lines.append(f"This estimate took {counted(calls.made, 'call')}.")
    console.answer("\n".join(lines) + "\n")
    return 0


def _selected(settings: Settings, names: Sequence[str] | None) -> list[XeroStream]:
    available = available_streams(settings)
    if names is None:
        return available
    for name in names:
        if all(stream.name != name for stream in available):
            raise XeroError(
                CONFIG, f"There is no stream {name!a}, or the settings leave it out. See discover for the names."
            )
    return [stream for stream in available if stream.name in names]


def _days_sentence(calls: int, quota: Quota) -> str:
    if quota.left is not None and calls <= quota.left - quota.reserve:
        return f"Xero reports {quota.left:,} calls left today for this organisation: one day is enough."
    left = "Xero does not say how many calls are left today"
    if quota.left is not None:
        kept = f", of which the settings leave {min(quota.reserve, quota.left):,} unused" if quota.reserve else ""
        left = f"Xero reports {quota.left:,} calls left today for this organisation{kept}"
    # More calls than a Starter app has cannot be left to one.
    limits = [limit for limit in (DAILY_CALLS, STARTER_DAILY_CALLS) if quota.left is None or quota.left <= limit]
    days = " and ".join(f"{_days(quota.days(calls, limit))} at {limit:,} calls a day" for limit in limits)
    return (
        f"{left}: it takes {days or 'more than a day'}. A sync that stops there goes on the next day where it stopped."
    )


def _days(days: int | None) -> str:
    if days is None:
        return "no end, because of daily_call_reserve,"
    return "one day" if days == 1 else f"{days:,} days"


def _minutes(seconds: float) -> str:
    return counted(round(seconds / 60), "minute") if seconds >= MINUTE else "less than a minute"


def _megabytes(size: float) -> str:
    return f"{size / MEGABYTE:,.1f}"


def _laid(cells: Sequence[str], widths: Sequence[int]) -> str:
    numbers = [cell.rjust(width) for cell, width in zip(cells[1:-1], widths[1:-1], strict=True)]
    return "  ".join([cells[0].ljust(widths[0]), *numbers, cells[-1]])


def _names(text: str) -> list[str]:
    names = [name.strip() for name in text.split(",") if name.strip()]
    if not names:
        raise argparse.ArgumentTypeError("name a stream, or leave the option out")
    return names


def _options(args: list[str]) -> argparse.Namespace:
    parser = console.parser(NAME, SUMMARY)
    parser.add_argument("--config", type=Path, required=True, help="JSON file with the connector's settings")
    parser.add_argument("--streams", type=_names, help="names with commas; default: all that the settings ask for")
    return parser.parse_args(args)
