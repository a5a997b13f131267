"""The claim that two sign-ins of one user with one app live side by side: both are renewed, in turns."""

from __future__ import annotations

from source_xero_gl.commands.connect.consent import auth_event, user_of
from source_xero_gl.commands.organisation import Organisation, organisation
from source_xero_gl.settings.settings import OAuthCredentials
from source_xero_gl.xero.errors import Kind, XeroError
from tools.verify_live.live_xero import LiveXero, NotTestedError
from tools.verify_live.probe import Finding, Probe

TURNS = 2
"""So that each sign-in is renewed after the other one was."""


def _two_sign_ins(xero: LiveXero) -> Finding:
    if xero.second is None:
        raise NotTestedError("no second sign-in was given; --second names its config")
    try:
        with organisation(xero.second, xero.stop) as second:
            return _in_turns(xero.organisation, second)
    except XeroError as error:
        if error.kind is Kind.CONNECTION_EXPIRED:
            return _ended("second")  # by the renewal of the first, or earlier
        raise NotTestedError("the second config cannot be used; the command check says why") from None


def _in_turns(first: Organisation, second: Organisation) -> Finding:
    pair = {"first": first, "second": second}
    app_and_user, consents = zip(*map(_origin, pair.values()), strict=True)
    if app_and_user[0] != app_and_user[1]:
        raise NotTestedError("the two configs are not of one user and one app")
    if consents[0] == consents[1]:
        raise NotTestedError("the two configs come from one sign-in: connect twice")
    for name, opened in [*pair.items()] * TURNS:
        tokens = opened.connection.tokens
        try:
            tokens.renew(tokens.current())
            opened.connection.client.connections()
        except XeroError as error:
            if error.kind not in (Kind.CONNECTION_EXPIRED, Kind.TOKEN_REFUSED):
                raise NotTestedError(f"no answer: {error.internal_message}") from None
            return _ended(name)
    return Finding(held=True, reason=f"each was renewed {TURNS} times within a minute; what an hour does is not known")


def _origin(opened: Organisation) -> tuple[tuple[str, str | None], str | None]:
    """Return app and user of a sign-in, and the consent that it comes from."""
    credentials = opened.settings.credentials
    if not isinstance(credentials, OAuthCredentials):
        raise NotTestedError("both configs must have a user's sign-in, OAuth 2.0")
    token = opened.connection.tokens.current()
    return (credentials.client_id, user_of(token)), auth_event(token)


def _ended(name: str) -> Finding:
    return Finding(held=False, reason=f"the {name} sign-in has ended: connect it again")


PROBES = (Probe("Two sign-ins of one user with one app live side by side", relied=False, find=_two_sign_ins),)
