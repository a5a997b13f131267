"""Requests and answers of the local pages, as values: no sockets, no HTML."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

MAX_FORM_BYTES = 16 * 1024
"""Far more than the largest form: six filters, an ID and a secret."""

MAX_FIELDS = 50

FORM_TYPE = "application/x-www-form-urlencoded"
HTML = "text/html; charset=utf-8"

_PATH = re.compile(r"/[a-z.-]{0,40}")


@dataclass(frozen=True)
class Request:
    """A request.

    Attributes:
        method: GET or POST.
        target: path and query as they came; they may hold a code or a key, and are shown nowhere.
        headers: by name in lower case; of a name that came twice, both values joined by a comma.
        body: of a POST.
    """

    method: str
    target: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False, default=b"")

    @property
    def path(self) -> str:
        """The path; empty when it is none of the form that the pages have."""
        path = self.target.partition("?")[0]
        return path if _PATH.fullmatch(path) else ""

    @property
    def query(self) -> dict[str, str]:
        """The query's fields; one that is repeated has its first value."""
        return _fields(urlsplit(self.target).query if self.path else "")

    @property
    def form(self) -> dict[str, str]:
        """The body's fields, likewise; none when it is no form."""
        kind = self.headers.get("content-type", "").partition(";")[0].strip().lower()
        return _fields(self.body.decode("utf-8", "replace")) if kind == FORM_TYPE else {}

    def cookie(self, name: str) -> str:
        """Return a cookie's value, empty when there is none.

        Programs on other ports share the header: what they put there must not hide ours, as it would from a strict parser.
        """
        pairs = (part.strip().partition("=") for part in self.headers.get("cookie", "").split(";"))
        return next((value for key, _, value in pairs if key == name), "")


@dataclass(frozen=True)
class Response:
    """An answer."""

    status: int
    body: bytes = field(repr=False, default=b"")
    content_type: str = HTML
    headers: Mapping[str, str] = field(repr=False, default_factory=dict)


def redirect(location: str, headers: Mapping[str, str] | None = None) -> Response:
    """Send the browser elsewhere, with GET."""
    return Response(303, headers={"Location": location, **(headers or {})})


def security_headers(login_url: str) -> dict[str, str]:
    """Return the headers of every answer: nothing from elsewhere, in no frame, in no cache, in no Referer.

    Args:
        login_url: where a form may lead to; from there Xero may send the browser on to any of its addresses.
    """
    policy = (
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "img-src data:",
        f"form-action 'self' https: {login_url}",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
    return {
        "Content-Security-Policy": "; ".join(policy),
        "Cache-Control": "no-store",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
    }


def _fields(text: str) -> dict[str, str]:
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=MAX_FIELDS, errors="replace")
    except ValueError:
        return {}
    return dict(reversed(pairs))
