"""Switches for behaviour of Xero that is unknown, may change, or is difficult for a client."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any


@dataclass
class Switches:
    """Settable at any time by ``/_control/switches``.

    Attributes:
        latency_ms: every answer but the control plane's takes at least this long.
        clock_offset_ms: the server's clock minus the real one: Date header, token life, new stamps.
        date_header_offset_ms: added to the Date header alone.
        pretty: indent the JSON with CRLF, as Xero does.
        gzip: compress for clients that accept it.
        journals_short_pages: share of Journals pages that are short though there is more.
        journals_ignore_header: Journals ignores If-Modified-Since.
        journals_header_drops: share of the journals that an If-Modified-Since request misses.
        journals_dropped: numbers that an If-Modified-Since request misses.
        journals_entitled: False: this app may not call Journals (401, as for a missing scope).
        journals_refused_to: client IDs of the apps that may not call Journals, where others may.
        journals_permission: False: the user lacks the reports permission: Journals, ManualJournals and reports answer 403.
        revaluations: reports contain the currency gains that Xero computes outside Journals.
        invoices_since_exclusive: If-Modified-Since leaves out the second it names.
        invoices_ignore_header: Invoices ignores If-Modified-Since.
        hide_deleted: an Invoices list without a filter has no DELETED invoices.
        clamp_page: a page beyond the end answers with the last page.
        high_volume_threshold: documents that a list request may work through.
        high_volume_ignores_header: If-Modified-Since does not narrow what is worked through.
        access_token_seconds: life of new access tokens.
        refresh_grace_seconds: life of a refresh token after it was replaced.
        one_sign_in_per_user: a renewal ends the other sign-ins of the user with the same app.
        reject_scope_parameter: client-credentials requests with a scope are refused.
        forbidden_scopes: scopes that this app may not ask for.
        deny_consent: the user says no, where no consent page is shown.
    """

    latency_ms: int = 0
    clock_offset_ms: int = 0
    date_header_offset_ms: int = 0
    pretty: bool = False
    gzip: bool = False
    journals_short_pages: float = 0.0
    journals_ignore_header: bool = False
    journals_header_drops: float = 0.0
    journals_dropped: list[int] = field(default_factory=list)
    journals_entitled: bool = True
    journals_refused_to: list[str] = field(default_factory=list)
    journals_permission: bool = True
    revaluations: bool = False
    invoices_since_exclusive: bool = False
    invoices_ignore_header: bool = False
    hide_deleted: bool = False
    clamp_page: bool = False
    high_volume_threshold: int = 100_000
    high_volume_ignores_header: bool = False
    access_token_seconds: int = 1800
    refresh_grace_seconds: int = 1800
    one_sign_in_per_user: bool = False
    reject_scope_parameter: bool = False
    forbidden_scopes: list[str] = field(default_factory=list)
    deny_consent: bool = False

    def change(self, values: dict[str, Any]) -> None:
        """Set switches by name.

        Raises:
            ValueError: on an unknown name.
        """
        unknown = set(values) - {item.name for item in fields(self)}
        if unknown:
            raise ValueError(f"unknown switches: {', '.join(sorted(unknown))}")
        for name, value in values.items():
            setattr(self, name, value)
