"""The same steps without a browser on this computer: questions on the terminal, and an address to paste."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from urllib.parse import parse_qsl, urlsplit

from source_xero_gl.commands.connect.filters import CAUTION, FIELDS
from source_xero_gl.commands.connect.onboarding import Onboarding
from source_xero_gl.commands.connect.prompts import ask, ask_choice, ask_secret, ask_whether, say
from source_xero_gl.wording import WITHOUT_JOURNALS
from source_xero_gl.xero.errors import Kind, XeroError
from source_xero_gl.xero.tenants import Tenant
from source_xero_gl.xero.tokens.endpoint import App

_WITHOUT_JOURNALS, _OTHER_APP = "n", "a"
"""What to answer when Xero's page shows an error and leads nowhere."""

Finish = Callable[[Callable[[], None]], None]


def run(onboarding: Onboarding, finish: Finish) -> None:
    """Ask for everything, keep it, check it; ``finish`` does a step that a signal is not to break off.

    Raises:
        XeroError: a step failed for good, or the input ended.
    """
    while not _signed_in(onboarding, finish):
        pass
    say(f"Signed in. The credentials are kept in {onboarding.file.tokens or onboarding.file.path}.")
    _one(onboarding, _organisation(onboarding))
    while onboarding.file.several and _another(onboarding, finish):
        pass


def _one(onboarding: Onboarding, tenant_id: str) -> None:
    """Ask for the filters of an organisation, keep its config, check it."""
    _filters(onboarding, tenant_id)
    say("Checking …")
    verdict = onboarding.check()
    if verdict.journals_refused:
        say(verdict.problem)
        if ask_whether("Go on without journals?", default=True):
            onboarding.leave_journals_out()
            onboarding.check()


def _another(onboarding: Onboarding, finish: Finish) -> bool:
    """Ask how to go on: with an organisation that the sign-in reaches, with a new sign-in, or not; return False to finish."""
    last = next(reversed(onboarding.connected.values()))
    say(f"\n{last.name} is in {last.path}. {last.verdict.problem or 'The check succeeded.'}")
    others, app = onboarding.others, onboarding.app_in_use
    ways = [*_lines(onboarding, others), "sign in to Xero for one more", "finish"]
    way = ask_choice("Connect another organisation?", ways, len(ways) - 1)
    if way < len(others):
        onboarding.another()
        _one(onboarding, others[way].tenant_id)
        return True
    if way == len(others) and app:
        if _consent(onboarding, app, finish, journals=onboarding.asked_for_journals):
            _one(onboarding, _organisation(onboarding))
        return True
    return False


def _signed_in(onboarding: Onboarding, finish: Finish) -> bool:
    """Ask for an app and sign in with it; return False when another app is to be entered."""
    app, journals = _app(onboarding)
    try:
        if not onboarding.custom:
            return _consent(onboarding, app, finish, journals=journals)
        onboarding.sign_in(app, journals=journals)
    except XeroError as error:
        if error.kind not in (Kind.WRONG_APP, Kind.CONSENT_REFUSED):
            raise
        say(f"\n{error.message}\n")
        return False
    return True


def _app(onboarding: Onboarding) -> tuple[App, bool]:
    say("Your app at https://developer.xero.com/app/manage, under Configuration:")
    if not onboarding.custom:
        say(f"  add the redirect URI {onboarding.redirect_uri} to it, exactly as it is shown here.")
    known = onboarding.known_app
    while True:
        client_id = ask("Client ID", known.client_id if known else "")
        wrong = onboarding.faults(App(client_id, "none"))  # before the secret is asked for
        if not wrong:
            saved = known is not None and known.client_secret is not None and client_id == known.client_id
            empty = "empty: keep the saved one" if saved else "" if onboarding.custom else "empty for a PKCE app"
            app = onboarding.app(client_id, ask_secret(f"Client secret ({empty})" if empty else "Client secret"))
            wrong = onboarding.faults(app)
            if not wrong:
                say(f"Xero allows journals to some apps only. {WITHOUT_JOURNALS}")
                journals = ask_whether("Read journals?", default=onboarding.file.reads_journals)
                return app, journals
        say(" ".join(wrong.values()))


def _consent(onboarding: Onboarding, app: App, finish: Finish, *, journals: bool) -> bool:
    """Send the user to Xero until an answer is accepted; return False when another app is to be entered."""
    while True:
        if onboarding.consents.awaited is None:
            _show_address(onboarding, app, journals=journals)
        answer = ask("Address")
        if answer.lower() in (_WITHOUT_JOURNALS, _OTHER_APP):
            onboarding.consents.awaited = None
            if answer.lower() == _OTHER_APP:
                return False
            journals = False
            continue
        query = _query(answer)
        if "state" not in query or not query.keys() & {"code", "error"}:
            say(
                f"That is not the whole address. It begins with {onboarding.redirect_uri}? and has code= and state= in it."
            )
            say("Copy all of it, and paste it here once more.")
            continue
        try:
            finish(partial(onboarding.receive, query))
        except XeroError as error:
            journals = _after_refusal(onboarding, error, journals=journals)
        else:
            return True


def _after_refusal(onboarding: Onboarding, error: XeroError, *, journals: bool) -> bool:
    """Say why an answer was not accepted; return whether to ask for journals in the next attempt, if there is to be one."""
    if onboarding.consents.awaited:
        say("This address does not belong to the sign-in that is under way: it is from an earlier one, or was changed.")
        say("Paste the one that the browser shows after it was sent back from the last address above.")
        return journals
    if error.kind in (Kind.WRONG_APP, Kind.CONSENT_REFUSED):
        raise error
    say(f"\n{error.message}")
    if journals and error.kind is Kind.CONSENT_REFUSED_FOR_SCOPES:
        return not ask_whether("Connect without journals?", default=True)
    if not ask_whether("Try again?", default=True):
        raise error
    return journals


def _show_address(onboarding: Onboarding, app: App, *, journals: bool) -> None:
    say("\nOpen this address in any browser, sign in and allow the organisation:\n")
    say(f"  {onboarding.consent_address(app, journals=journals)}\n")
    say(f"The browser then goes to {onboarding.redirect_uri} and may say that it cannot be reached: that is fine.")
    say("Copy the whole address that it shows, and paste it here.")
    say("If Xero shows an error and the browser stays there:")
    if journals:
        say(
            f'  "Invalid scope for client": your app may not read journals. Answer {_WITHOUT_JOURNALS} to go on without.'
        )
    say(f'  "Unknown client or client not enabled": the client ID is wrong. Answer {_OTHER_APP} to enter it again.')
    say('  "Invalid redirect_uri": register the redirect URI with your app, then open the address again.')


def _query(answer: str) -> dict[str, str]:
    try:
        query = urlsplit(answer).query or answer.partition("?")[2] or answer
        return dict(parse_qsl(query, keep_blank_values=True, max_num_fields=20))
    except ValueError:
        return {}


def _organisation(onboarding: Onboarding) -> str:
    onboarding.organisations()
    choices = onboarding.offered
    if len(choices) == 1:
        say(f"Organisation: {_lines(onboarding, choices)[0]}")
        return choices[0].tenant_id
    ids = [choice.tenant_id for choice in choices]
    first = onboarding.preselected
    default = ids.index(first) if first in ids else None
    return ids[ask_choice("Which organisation is to be read?", _lines(onboarding, choices), default)]


def _lines(onboarding: Onboarding, choices: Sequence[Tenant]) -> list[str]:
    """Name organisations, each with what is known of it."""
    allowed, earlier = onboarding.just_allowed, onboarding.earlier
    return [
        f"{choice}{', just allowed' if choice.tenant_id == allowed else ''}"
        f"{f', already in {earlier[choice.tenant_id]}' if choice.tenant_id in earlier else ''}"
        for choice in choices
    ]


def _filters(onboarding: Onboarding, tenant_id: str) -> None:
    """Ask for the filters, those that are wrong once more, until all are right."""
    say("\nFilters, all optional. Press Enter to keep what is in brackets, enter - to remove it.")
    say("Dates are YYYY-MM-DD, in UTC; dates and numbers are inclusive.")
    say(CAUTION)
    entered = onboarding.filters(tenant_id)
    wanted = set(entered)
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
