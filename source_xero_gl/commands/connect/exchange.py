"""From the code that a consent gave to tokens, and what Xero's token endpoint refuses in the words of this command."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable

from source_xero_gl.commands.connect.consent import Consent, refused_scopes
from source_xero_gl.xero.answers import parse_json
from source_xero_gl.xero.dates import SECOND
from source_xero_gl.xero.errors import CONFIG, Kind, XeroError
from source_xero_gl.xero.tenants import text_of
from source_xero_gl.xero.tokens.endpoint import TokenEndpoint
from source_xero_gl.xero.tokens.rotating import TokenSet


def exchange_code(
    endpoint: TokenEndpoint, consent: Consent, code: str, now: Callable[[], float] = time.time
) -> TokenSet:
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
    return TokenSet(grant.refresh_token, grant.access_token, int((now() + grant.expires_in) * SECOND))


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


def auth_event(token: str) -> str | None:
    """Return the ID of the consent that an access token comes from, which the connections that it made carry; None: unknown.

    The signature of the token is not checked: it came from Xero's token endpoint itself.
    """
    try:
        payload = token.split(".")[1]
        claims = parse_json(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (IndexError, ValueError):
        return None
    return text_of(claims, "authentication_event_id") if isinstance(claims, dict) else None
