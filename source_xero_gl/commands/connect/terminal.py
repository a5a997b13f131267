"""The same steps without a browser on this computer: questions on the terminal, and an address to paste."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from urllib.parse import parse_qsl, urlsplit

from source_xero_gl.commands.connect.filters import FIELDS
from source_xero_gl.commands.connect.onboarding import Onboarding, Verdict
from source_xero_gl.commands.connect.prompts import ask, ask_choice, ask_secret, ask_whether, say
from source_xero_gl.xero.errors import Kind, XeroError
from source_xero_gl.xero.tokens.endpoint import App

_REFUSED = "n"
"""What to answer when Xero's page showed an error in place of leading back."""


Finish = Callable[[Onboarding, Callable[[], None]], None]


def run(onboarding: Onboarding, finish: Finish) -> Verdict:
    """Ask for everything, keep it, check it; return what the check came to.

    Args:
        onboarding: the steps.
        finish: does a step that a signal is not to break off.

    Raises:
        XeroError: a step failed for good, or the input ended.
    """
    app, journals = _app(onboarding)
    if onboarding.custom:
        onboarding.sign_in(app, journals=journals)
    else:
        _consent(onboarding, app, finish, journals=journals)
    say(f"Signed in. The credentials are kept in {onboarding.draft.file.path}.")
    tenant_id = _organisation(onboarding)
    _filters(onboarding, tenant_id)
    say("Checking …")
    verdict = onboarding.check()
    if verdict.journals_refused:
        say(verdict.problem)
        if ask_whether("Go on without journals?", default=True):
            onboarding.leave_journals_out()
            verdict = onboarding.check()
    return verdict


def _app(onboarding: Onboarding) -> tuple[App, bool]:
    say("Your app at https://developer.xero.com/app/manage, under Configuration:")
    if not onboarding.custom:
        say(f"  add the redirect URI {onboarding.redirect_uri} to it, exactly as it stands here.")
    known = onboarding.draft.known_app
    while True:
        client_id = ask("Client ID", known.client_id if known else "")
        saved = known is not None and known.client_secret is not None and client_id == known.client_id
        empty = "empty: keep the saved one" if saved else "" if onboarding.custom else "empty for a PKCE app"
        secret = ask_secret(f"Client secret ({empty})" if empty else "Client secret")
        try:
            app = onboarding.app(client_id, secret)
        except XeroError as error:
            say(error.message or "")
            continue
        return app, ask_whether(
            "Read journals? Xero allows them to some apps only.", default=onboarding.draft.reads_journals
        )


def _consent(onboarding: Onboarding, app: App, finish: Finish, *, journals: bool) -> None:
    """Send the user to Xero until an answer is accepted; each attempt has an address of its own."""
    while True:
        say("\nOpen this address in any browser, sign in and allow the organisation:\n")
        say(f"  {onboarding.consent_address(app, journals=journals)}\n")
        say(f"The browser then goes to {onboarding.redirect_uri} and may say that it cannot be reached: that is fine.")
        say("Copy the whole address that it shows, and paste it here.")
        if journals:
            say(f'If Xero shows "unauthorized_client" or "Invalid scope for client", answer {_REFUSED}.')
        answer = ask("Address")
        if journals and answer.lower() == _REFUSED:
            journals = False
            continue
        try:
            query = _query(answer)
            finish(onboarding, partial(onboarding.receive, query))
        except XeroError as error:
            if error.kind is Kind.WRONG_APP:
                raise
            say(f"\n{error.message}")
            if journals and error.kind is Kind.CONSENT_REFUSED_FOR_SCOPES:
                journals = not ask_whether("Connect without journals?", default=True)
            elif not ask_whether("Try again?", default=True):
                raise
            continue
        return


def _query(answer: str) -> dict[str, str]:
    """Return the fields of a pasted address, or of the part of it that matters."""
    try:
        query = urlsplit(answer).query or answer.partition("?")[2] or answer
        return dict(parse_qsl(query, keep_blank_values=True, max_num_fields=20))
    except ValueError:
        return {}


def _organisation(onboarding: Onboarding) -> str:
    choices = onboarding.organisations()
    if len(choices) == 1:
        say(f"Organisation: {choices[0].name} ({choices[0].tenant_id})")
        return choices[0].tenant_id
    ids = [choice.tenant_id for choice in choices]
    first = onboarding.preselected
    allowed = onboarding.just_allowed
    lines = [f"{c.name} ({c.tenant_id}){', just allowed' if c.tenant_id == allowed else ''}" for c in choices]
    return ids[ask_choice("Which organisation is to be read?", lines, ids.index(first) if first in ids else None)]


def _filters(onboarding: Onboarding, tenant_id: str) -> None:
    """Ask for the filters, those that are wrong once more, until all are right."""
    say("\nFilters, all optional: Enter goes on, a minus takes a value away. Dates are YYYY-MM-DD, UTC, inclusive.")
    entered = {field.name: field.value(onboarding.draft.config) for field in FIELDS}
    wanted = {field.name for field in FIELDS}
    while True:
        for field in FIELDS:
            if field.name in wanted:
                title = f"{field.section}: {field.title}" if field.section else field.title
                answer = ask(title, entered[field.name])
                entered[field.name] = "" if answer == "-" else answer
        wrong = onboarding.choose(tenant_id, entered)
        if not wrong:
            return
        for sentence in wrong.values():
            say(sentence)
        wanted = set(wrong) & set(entered) or set(entered)
