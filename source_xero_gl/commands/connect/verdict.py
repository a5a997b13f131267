"""What a check of the new config came to: whether ``check`` succeeds, and which streams cannot be read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from source_xero_gl.connection import Connection
from source_xero_gl.probes import check, refusals
from source_xero_gl.settings.settings import Settings, parse_settings
from source_xero_gl.streams import STREAMS, available_streams
from source_xero_gl.streams.journals import JOURNALS
from source_xero_gl.wording import WITHOUT_JOURNALS, one_line
from source_xero_gl.xero.client import XeroClient
from source_xero_gl.xero.errors import Kind, XeroError
from source_xero_gl.xero.pacing import CALLS_PER_MINUTE

_JOURNALS_REFUSED = (Kind.JOURNALS_NOT_ALLOWED, Kind.JOURNALS_NEED_A_ROLE)
"""Failures after which everything but journals can still be read."""

_REASONS: dict[Kind | None, str] = {
    Kind.SCOPE_MISSING: "The sign-in does not include their scopes. Allow them to the app, then connect again.",
    Kind.PERMISSION_MISSING: "The role of the user who signed in does not allow it. Let a user whose role does connect again.",
}
"""Why streams cannot be read, where one sentence holds for all of them."""


@dataclass(frozen=True)
class Missing:
    """Streams that cannot be read, by name, and the reason in a sentence."""

    streams: tuple[str, ...]
    reason: str


@dataclass(frozen=True)
class Verdict:
    """What the check of a config came to.

    Attributes:
        problem: the sentence of a failure; empty when ``check`` succeeds.
        journals_refused: whether leaving journals out would help.
        missing: what cannot be read although ``check`` succeeds.
    """

    problem: str = ""
    journals_refused: bool = False
    missing: tuple[Missing, ...] = ()


@dataclass(frozen=True)
class Connected:
    """An organisation that was checked: its name, its config, and what the last check came to."""

    name: str
    path: Path
    verdict: Verdict


def checked(config: Mapping[str, Any], connect: Callable[[Settings], Connection]) -> Verdict:
    """Find out whether ``check`` succeeds with a config, and which streams can be read."""
    try:
        # A person waits: these few calls keep to Xero's own limit, not to what is left for syncs.
        settings = replace(parse_settings(config), daily_call_reserve=0, calls_per_minute=CALLS_PER_MINUTE)
        connection = connect(settings)
        check(connection, settings)
        return Verdict(missing=tuple(_missing(connection.client, settings)))
    except XeroError as error:
        return Verdict(one_line(error.message or ""), error.kind in _JOURNALS_REFUSED)


def _missing(client: XeroClient, settings: Settings) -> Iterator[Missing]:
    offered = available_streams(settings)
    left_out = tuple(stream.name for stream in STREAMS if stream.parent.switch == JOURNALS and stream not in offered)
    if left_out:
        yield Missing(
            left_out, f"They are left out, because journals are turned off in the settings. {WITHOUT_JOURNALS}"
        )
    reasons: dict[str, list[str]] = {}
    for endpoints, error in refusals(client):
        reason = _REASONS.get(error.kind) or one_line(error.message or "")
        reasons.setdefault(reason, []).extend(stream.name for stream in offered if stream.parent.path in endpoints)
    yield from (Missing(tuple(names), reason) for reason, names in reasons.items() if names)
