"""Asking for the user's consent, taking Xero's answer to it, and exchanging the code in it for tokens.

See https://developer.xero.com/documentation/guides/oauth2/auth-flow.
"""

from __future__ import annotations

import base64
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

from source_xero_gl.commands.connect.proofs import challenge, new_proof, same
from source_xero_gl.wording import WITHOUT_JOURNALS
from source_xero_gl.xero.answers import parse_json
from source_xero_gl.xero.dates import SECOND, now
from source_xero_gl.xero.errors import CONFIG, Kind, XeroError
from source_xero_gl.xero.scopes import SCOPES
from source_xero_gl.xero.tenants import text_of
from source_xero_gl.xero.tokens.endpoint import App, TokenEndpoint
from source_xero_gl.xero.tokens.rotating import TokenSet

CONSENT_SECONDS = 15 * 60.0
"""Time to sign in and allow access; Xero's code itself lives five minutes."""

_ERROR = re.compile(r"[a-z_]{1,40}")


@dataclass(frozen=True)
class Consent:
    """What was asked for when the browser was sent to Xero.

    Attributes:
        journals: whether the scope for journals was asked for.
        redirect_uri: address that Xero sends the browser back to, registered with the app.
        ends: monotonic seconds after which no answer is accepted.
        state: comes back unchanged, or the answer is not ours.
        verifier: of PKCE, kept back until the code is exchanged.
    """

    app: App
    journals: bool
    redirect_uri: str
    ends: float
    state: str = field(repr=False, default_factory=new_proof)
    verifier: str = field(repr=False, default_factory=new_proof)

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
    """The consent that is awaited, None when there is none: one at a time, each answered once."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Await nothing yet; ``clock`` gives monotonic seconds."""
        self._clock = clock
        self.awaited: Consent | None = None

    def begin(self, app: App, redirect_uri: str, *, journals: bool) -> Consent:
        """Await a new consent; answers to earlier ones are no longer accepted."""
        self.awaited = Consent(app, journals, redirect_uri, self._clock() + CONSENT_SECONDS)
        return self.awaited

    def answered(self, query: Mapping[str, str]) -> tuple[Consent, str]:
        """Return the consent that an answer belongs to, and the code in it.

        Args:
            query: of the address that Xero sent the browser to.

        Raises:
            XeroError: the answer is not ours or not whole, and the real one is still awaited; or it came too late or twice, or
                says no, and nothing is awaited any more.
        """
        consent = self.awaited
        if consent is None or not same(query.get("state", ""), consent.state):
            raise XeroError(
                CONFIG,
                "This answer does not belong to the sign-in that is under way: it is from an earlier attempt, was used already, "
                "or did not come from Xero. Connect to Xero again.",
            )
        if not query.get("code") and "error" not in query:
            raise XeroError(CONFIG, "Xero's answer holds no code. Connect to Xero again.")
        self.awaited = None
        if self._clock() > consent.ends:
            raise XeroError(CONFIG, "The answer came too late: a sign-in lasts 15 minutes. Connect to Xero again.")
        if "error" in query:
            raise _refusal(query["error"], journals=consent.journals)
        return consent, query["code"]


def exchange_code(endpoint: TokenEndpoint, consent: Consent, code: str) -> TokenSet:
    """Exchange an authorization code, which works once, for tokens.

    Raises:
        XeroError: config, in the words of this command, when Xero refuses; transient when it cannot be reached.
    """
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": consent.redirect_uri,
        "code_verifier": consent.verifier,
    }
    try:
        grant = endpoint.exchange(form, consent.app)
    except XeroError as error:
        raise explained(error, journals=consent.journals) from None
    if grant.refresh_token is None:
        raise XeroError(CONFIG, "Xero gave no refresh token. Connect to Xero again.")
    return TokenSet(grant.refresh_token, grant.access_token, now() + grant.expires_in * SECOND)


def auth_event(token: str) -> str | None:
    """Return the ID of the consent that an access token comes from, which the connections that it made carry; None: unknown."""
    return _claim(token, "authentication_event_id")


def user_of(token: str) -> str | None:
    """Return the ID of the user whose access token it is; None: unknown.

    See https://developer.xero.com/documentation/guides/oauth2/token-types.
    """
    return _claim(token, "xero_userid")


def _claim(token: str, name: str) -> str | None:
    """Return a text of a token's; its signature is not checked, because it came from Xero's token endpoint itself."""
    try:
        payload = token.split(".")[1]
        claims = parse_json(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (IndexError, ValueError):
        return None
    return text_of(claims, name) if isinstance(claims, dict) else None


def explained(error: XeroError, *, journals: bool) -> XeroError:
    """Return an error of the token endpoint in words that fit a sign-in; those of the error table fit a sync."""
    if error.kind is Kind.CONNECTION_EXPIRED:
        return error.again(
            "Xero does not accept the code any more: it lives five minutes and works once. Connect to Xero again."
        )
    if error.kind is Kind.SCOPE_REFUSED:
        return refused_scopes(journals=journals)
    if error.kind is Kind.WRONG_APP:
        return error.again(
            "Xero does not know this app: the client ID or the client secret is wrong. Copy both again from the app's "
            "Configuration page; a PKCE app has no secret."
        )
    return error


def scopes(*, journals: bool) -> list[str]:
    """Return the scopes to ask for: granular ones, for every stream, with or without journals.

    Apps created since 2 March 2026 have no others, and older ones may ask for them since April 2026.
    """
    wanted = [granular for endpoint, (granular, *_) in SCOPES.items() if journals or endpoint != "Journals"]
    return ["offline_access", *dict.fromkeys(wanted)]


def refused_scopes(*, journals: bool) -> XeroError:
    """Return the error for an app that may not ask for what was asked."""
    advice = (
        f"Most likely it may not read journals, which Xero allows to some apps only: connect without journals. {WITHOUT_JOURNALS}"
        if journals
        else "Compare the app's scopes at https://developer.xero.com/app/manage with the documentation."
    )
    return XeroError(
        CONFIG,
        f"Xero does not give this app the scopes that were asked for. {advice}",
        kind=Kind.CONSENT_REFUSED_FOR_SCOPES,
    )


def _refusal(error: str, *, journals: bool) -> XeroError:
    if error == "access_denied":
        return XeroError(
            CONFIG,
            "Access was not allowed: Cancel was chosen on Xero's page, or the user may not connect apps to the organisation. "
            "Nothing was changed.",
            kind=Kind.CONSENT_DENIED,
        )
    if error == "invalid_scope":
        return refused_scopes(journals=journals)
    if error == "unauthorized_client":
        # Xero says this of an unknown client ID and of a scope that the app may not have: only its own page says which.
        other = ", or the app may not read journals, which Xero allows to some apps only" if journals else ""
        way_on = f"; if it is right, connect without journals. {WITHOUT_JOURNALS}" if journals else "."
        return XeroError(
            CONFIG,
            f"Xero refuses this app (unauthorized_client): the client ID is wrong{other}. Compare the client ID with the app's "
            f"Configuration page{way_on}",
            kind=Kind.CONSENT_REFUSED,
        )
    word = error if _ERROR.fullmatch(error) else "an unknown error"
    return XeroError(CONFIG, f"Xero refused the sign-in ({word}). Check the app's settings, then connect again.")
