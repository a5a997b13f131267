"""Asking for the user's consent, and reading what Xero sends the browser back with.

See https://developer.xero.com/documentation/guides/oauth2/auth-flow.
"""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

from source_xero_gl.commands.connect.pkce import challenge, new_verifier
from source_xero_gl.xero.errors import CONFIG, Kind, XeroError
from source_xero_gl.xero.scopes import SCOPES
from source_xero_gl.xero.tokens.endpoint import App

CONSENT_SECONDS = 15 * 60.0
"""Time to sign in and allow access; Xero's code itself lives five minutes."""

JOURNALS = "Journals"

_STATE_BYTES = 32
_ERROR = re.compile(r"[a-z_]{1,40}")


@dataclass(frozen=True)
class Consent:
    """What was asked for when the browser was sent to Xero.

    Attributes:
        app: the Xero app that the user connects.
        journals: whether the scope for journals was asked for.
        redirect_uri: address that Xero sends the browser back to, registered with the app.
        state: comes back unchanged, or the answer is not ours.
        verifier: of PKCE, kept back until the code is exchanged.
        ends: monotonic seconds after which no answer is accepted.
    """

    app: App
    journals: bool
    redirect_uri: str
    ends: float
    state: str = field(repr=False, default_factory=lambda: secrets.token_urlsafe(_STATE_BYTES))
    verifier: str = field(repr=False, default_factory=new_verifier)

    def address(self, login_url: str) -> str:
        """Return the address of Xero's consent page; nothing in it is secret."""
        query = {
            "response_type": "code",
            "client_id": self.app.client_id,
            "redirect_uri": self.redirect_uri,
            "scope": " ".join(scopes(journals=self.journals)),
            "state": self.state,
            "code_challenge": challenge(self.verifier),
            "code_challenge_method": "S256",
        }
        return f"{login_url}/identity/connect/authorize?{urlencode(query, quote_via=quote)}"


class Consents:
    """The consent that is awaited: one at a time, each answered once."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Await nothing yet; ``clock`` gives monotonic seconds."""
        self._clock = clock
        self._awaited: Consent | None = None

    @property
    def awaited(self) -> Consent | None:
        """The consent whose answer has not come yet."""
        return self._awaited

    def begin(self, app: App, redirect_uri: str, *, journals: bool) -> Consent:
        """Await a new consent; answers to earlier ones are no longer accepted."""
        self._awaited = Consent(app, journals, redirect_uri, self._clock() + CONSENT_SECONDS)
        return self._awaited

    def answered(self, query: Mapping[str, str]) -> tuple[Consent, str]:
        """Return the consent that an answer belongs to, and the code in it.

        Args:
            query: of the address that Xero sent the browser to.

        Raises:
            XeroError: the answer is not ours, came too late or twice, or says no.
        """
        consent = self._awaited
        if consent is None or not _same(query.get("state", ""), consent.state):
            raise XeroError(
                CONFIG,
                "This answer does not belong to the sign-in that is under way: it is from an earlier attempt, was used already, "
                "or did not come from Xero. Connect to Xero again.",
            )
        self._awaited = None
        if self._clock() > consent.ends:
            raise XeroError(CONFIG, "The answer came too late: a sign-in lasts 15 minutes. Connect to Xero again.")
        if "error" in query:
            raise _refused(query["error"], journals=consent.journals)
        if not query.get("code"):
            raise XeroError(CONFIG, "Xero's answer holds no code. Connect to Xero again.")
        return consent, query["code"]


def scopes(*, journals: bool) -> list[str]:
    """Return the scopes to ask for: granular ones, for every stream, with or without journals.

    Apps created since 2 March 2026 have no others, and older ones may ask for them since April 2026.
    """
    wanted = [granular for endpoint, (granular, *_) in SCOPES.items() if journals or endpoint != JOURNALS]
    return ["offline_access", *dict.fromkeys(wanted)]


def refused_scopes(*, journals: bool) -> XeroError:
    """Return the error for an app that may not ask for what was asked."""
    advice = (
        "Most likely it may not read journals, which Xero allows to some apps only: connect without journals."
        if journals
        else "Compare the app's scopes at https://developer.xero.com/app/manage with the documentation."
    )
    return XeroError(
        CONFIG,
        f"Xero does not give this app the scopes that were asked for. {advice}",
        kind=Kind.CONSENT_REFUSED_FOR_SCOPES,
    )


def _same(given: str, expected: str) -> bool:
    return secrets.compare_digest(given.encode("utf-8", "replace"), expected.encode())


def _refused(error: str, *, journals: bool) -> XeroError:
    if error == "access_denied":
        return XeroError(
            CONFIG,
            "Access was not allowed: Cancel was chosen on Xero's page, or the user may not connect apps to the organisation. "
            "Nothing was changed.",
            kind=Kind.CONSENT_DENIED,
        )
    if error in ("invalid_scope", "unauthorized_client"):
        return refused_scopes(journals=journals)
    word = error if _ERROR.fullmatch(error) else "an unknown error"
    return XeroError(CONFIG, f"Xero refused the sign-in ({word}). Check the app's settings, then connect again.")
