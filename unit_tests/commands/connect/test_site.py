"""The local pages: who is let in, which page follows, and what is kept when."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests_mock

from source_xero_gl.commands.connect.consent import scopes
from source_xero_gl.xero.errors import XeroError
from source_xero_gl.xero.scopes import SCOPES
from unit_tests.commands.connect.fake_login import FIRST, HOST, SECOND, SECRETS, Browser, FakeLogin, onboarding
from unit_tests.xero.fakes import CONNECTIONS_URL, list_url

REFUSED: dict[str, Any] = {
    "status_code": 401,
    "json": {"Title": "Unauthorized", "Status": 401, "Detail": "AuthorizationUnsuccessful"},
    "headers": {"Content-Type": "application/json"},
}


@pytest.fixture
def xero() -> Iterator[FakeLogin]:
    """Play Xero."""
    with requests_mock.Mocker() as mocker:
        yield FakeLogin(mocker)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Give the path of the config."""
    return tmp_path / "config.json"


@pytest.fixture
def browser(xero: FakeLogin, path: Path) -> Browser:
    """Give a browser before an empty config."""
    del xero
    return Browser(path)


def kept(path: Path) -> Any:
    """Read the config file."""
    return json.loads(path.read_text(encoding="utf-8"))


def test_the_whole_way(browser: Browser, xero: FakeLogin, path: Path) -> None:
    """From the app to a config that was checked: what was just allowed is selected, what was chosen is kept."""
    page = browser.sign_in(journals="on")
    assert f'value="{SECOND}" checked' in page
    page = browser.post("/choose", tenant=SECOND, journals__starting_at_journal_id="5")
    assert "Connected to Kowhai &amp; &lt;Co&gt;" in page
    config = kept(path)
    assert (config["tenant"], config["journals"]) == (SECOND, {"include": True, "starting_at_journal_id": 5})
    names = {"auth_type", "client_id", "client_secret", "refresh_token", "access_token", "token_expiry_date"}
    assert set(config["credentials"]) == names
    assert [form["grant_type"] for form in xero.forms] == ["authorization_code"]
    browser.post("/finish")
    assert browser.site.finished.is_set()
    assert not [secret for secret in SECRETS if secret in "\n".join(browser.told)]


def test_tokens_are_kept_before_anything_else_is_asked(browser: Browser, xero: FakeLogin, path: Path) -> None:
    """The refresh token stands in the file although the list of organisations, the next call, fails."""
    xero.mocker.get(CONNECTIONS_URL, status_code=404)
    browser.sign_in(journals="on")
    assert kept(path)["credentials"]["refresh_token"] == "refresh-s3cret"


def test_other_settings_of_the_file_stay(xero: FakeLogin, path: Path) -> None:
    """Settings that the pages do not ask for survive; the saved secret is used and never shown."""
    del xero
    credentials = {
        "auth_type": "oauth2.0",
        "client_id": "app",
        "client_secret": "client-s3cret",
        "refresh_token": "old",
    }
    path.write_text(
        json.dumps({"credentials": credentials, "daily_call_reserve": 9, "tenant": FIRST}), encoding="utf-8"
    )
    browser = Browser(path)
    page = browser.open()
    assert 'value="app"' in page
    assert "client-s3cret" not in page
    browser.post("/connect", client_id="app", client_secret="", journals="on")
    assert browser.onboarding.app_in_use is not None
    assert browser.onboarding.app_in_use.client_secret == "client-s3cret"
    assert kept(path)["daily_call_reserve"] == 9


def test_another_app_does_not_get_the_saved_secret(xero: FakeLogin, path: Path) -> None:
    """With another client ID an empty secret means a PKCE app: client_id in the form, no Authorization header."""
    credentials = {
        "auth_type": "oauth2.0",
        "client_id": "app",
        "client_secret": "client-s3cret",
        "refresh_token": "old",
    }
    path.write_text(json.dumps({"credentials": credentials}), encoding="utf-8")
    browser = Browser(path)
    browser.open()
    browser.post("/connect", client_id="other", client_secret="")
    state = browser.leaves_for.partition("state=")[2].partition("&")[0]
    browser.get(f"/callback?code=c0de&state={state}")
    assert xero.forms[0]["client_id"] == "other"
    assert "client_secret" not in kept(path)["credentials"]


def test_journals_are_asked_for_only_when_wanted(browser: Browser) -> None:
    """With the box ticked the scope is asked for; without it everything but that."""
    assert browser.begin(journals="on")["scope"].split() == scopes(journals=True)
    assert browser.begin()["scope"].split() == scopes(journals=False)


def test_coming_back_from_xeros_error_page_offers_to_go_on(browser: Browser, path: Path) -> None:
    """Xero shows an error and leads nowhere: the start page then offers to connect without journals, and that works."""
    assert "/without-journals" not in browser.open()
    browser.begin(journals="on")
    assert 'action="/without-journals"' in browser.get("/")
    browser.post("/without-journals")
    state = browser.leaves_for.partition("state=")[2].partition("&")[0]
    browser.get(f"/callback?code=c0de&state={state}")
    assert kept(path)["journals"] == {"include": False}


@pytest.mark.parametrize("error", ["invalid_scope", "unauthorized_client"])
def test_journals_refused_in_the_answer_offers_to_go_on(browser: Browser, error: str) -> None:
    """When Xero sends the browser back with a refusal of the scopes, the page offers to connect without journals."""
    state = browser.begin(journals="on")["state"]
    assert 'action="/without-journals"' in browser.get(f"/callback?error={error}&state={state}")


def test_wherever_journals_can_be_left_out_the_page_says_what_there_is_instead(
    browser: Browser, xero: FakeLogin
) -> None:
    """On the start page, after each kind of refusal, and on the last page: a ledger rebuilt from documents."""
    pages = [browser.open()]
    states = [browser.begin(journals="on")["state"]]
    pages.append(browser.get("/").partition("<form method")[0])
    for error in ("invalid_scope", "unauthorized_client"):
        pages.append(browser.get(f"/callback?error={error}&state={states[-1]}"))
        states.append(browser.begin(journals="on")["state"])
    xero.mocker.get(list_url("Journals"), **REFUSED)
    browser.sign_in(journals="on")
    pages += [browser.post("/choose", tenant=FIRST), browser.post("/leave-journals-out")]
    assert [number for number, page in enumerate(pages) if "a ledger rebuilt from documents" not in page] == []


def test_a_wrong_client_id_is_not_taken_for_missing_journals(browser: Browser) -> None:
    """``unauthorized_client`` may mean either: both are named, and without journals only the client ID can be meant."""
    page = browser.get(f"/callback?error=unauthorized_client&state={browser.begin(journals='on')['state']}")
    assert "the client ID is wrong, or the app may not read journals" in page
    assert "Correct the app" in page
    page = browser.get(f"/callback?error=unauthorized_client&state={browser.begin()['state']}")
    assert "the client ID is wrong. Compare" in page
    assert "/without-journals" not in page


def test_what_xeros_own_error_page_says_is_explained(browser: Browser) -> None:
    """Back from an error page of Xero's, each of its three texts has its reason; journals are blamed for one alone."""
    browser.begin(journals="on")
    page = browser.get("/")
    for text in ("Invalid scope for client", "Unknown client or client not enabled", "Invalid redirect_uri"):
        assert text in page
    browser.begin()
    page = browser.get("/")
    assert "Unknown client or client not enabled" in page
    assert "/without-journals" not in page


def test_journals_refused_at_the_exchange_offers_to_go_on(browser: Browser, xero: FakeLogin, path: Path) -> None:
    """When the token endpoint refuses the scopes, the page offers to connect without journals, and nothing is kept."""
    xero.refusal = "invalid_scope"
    assert 'action="/without-journals"' in browser.sign_in(journals="on")
    assert not path.exists()


def test_journals_refused_by_the_check_offers_to_go_on(browser: Browser, xero: FakeLogin, path: Path) -> None:
    """When the check may not read journals, one button leaves them out and checks again."""
    xero.mocker.get(list_url("Journals"), **REFUSED)
    browser.sign_in(journals="on")
    page = browser.post("/choose", tenant=FIRST)
    assert "Saved, but the check failed" in page
    assert "refresh-s3cret" not in page
    assert "Connected to Fernside" in browser.post("/leave-journals-out")
    assert kept(path)["journals"] == {"include": False}


def test_streams_that_are_refused_are_named(browser: Browser, xero: FakeLogin) -> None:
    """When reports are refused, by role or by scope, the last page and the terminal name their streams, and no other."""
    role: dict[str, Any] = {"status_code": 403, "json": {"Status": 403, "Detail": "Forbidden"}}
    xero.mocker.get(list_url("Reports/TrialBalance"), **role)
    xero.mocker.get(list_url("Reports/BalanceSheet"), **role)
    xero.mocker.get(list_url("Payments"), **REFUSED)
    browser.sign_in()
    page = browser.post("/choose", tenant=FIRST)
    assert "every stream can be read" not in page
    advances = "prepayments, prepayment_line_items, prepayment_allocations, overpayments, overpayment_line_items"
    refused = f"payments, batch_payments, {advances}, overpayment_allocations"
    assert f"<b>{refused}</b>: The sign-in does not include their scopes." in page
    assert "<b>balance_sheet_lines, trial_balance_lines</b>: The role of the user" in page
    assert "<b>journals, journal_lines, cash_journals, cash_journal_lines</b>: They are left out" in page
    verdict = browser.onboarding.verdict
    assert verdict is not None
    assert (verdict.problem, len(verdict.missing)) == ("", 3)


def test_a_refusal_that_touches_no_stream_is_not_told(browser: Browser, xero: FakeLogin) -> None:
    """The bank summary is off by default: that Xero refuses it takes nothing from what the settings offer."""
    xero.mocker.get(list_url("Reports/BankSummary"), **REFUSED)
    browser.sign_in(journals="on")
    assert "every stream can be read" in browser.post("/choose", tenant=FIRST)


def test_all_can_be_read_is_said_only_when_all_was_tried(browser: Browser, xero: FakeLogin) -> None:
    """Every scope that was asked for is tried once before the page says that every stream can be read."""
    browser.sign_in(journals="on")
    before = len(xero.mocker.request_history)
    assert "every stream can be read" in browser.post("/choose", tenant=FIRST)
    asked = {call.path.removeprefix("/api.xro/2.0/") for call in xero.mocker.request_history[before:]}
    tried = {scope for path, names in SCOPES.items() if path.lower() in asked for scope in names[:1]}
    assert tried | {"offline_access"} == set(scopes(journals=True))


def test_an_answer_that_did_not_come_is_no_refusal(
    browser: Browser, xero: FakeLogin, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When Xero cannot answer for reports, the check has failed, and nothing is called refused."""
    monkeypatch.setattr(browser.onboarding.stop, "wait", lambda timeout=None: timeout is None)
    xero.mocker.get(list_url("Reports/ProfitAndLoss"), status_code=503)
    browser.sign_in(journals="on")
    assert "Saved, but the check failed" in browser.post("/choose", tenant=FIRST)


def test_what_a_filter_of_journals_costs_is_said(browser: Browser) -> None:
    """The page with the filters says that balances of filtered journals do not agree with Xero's."""
    assert "trial balance, do not agree" in browser.sign_in(journals="on").replace("\n", " ")


@pytest.mark.usefixtures("xero")
def test_an_instant_of_the_file_stays(path: Path) -> None:
    """Dates are date fields; an instant, which such a field cannot show, stays a text and is kept."""
    path.write_text('{"journals": {"modified_since": "2026-01-31T10:20:30Z"}}', encoding="utf-8")
    browser = Browser(path)
    page = browser.sign_in(journals="on")
    assert 'name="journals.modified_since" type="text" value="2026-01-31T10:20:30Z"' in page
    assert 'name="invoices.modified_since" type="date" value=""' in page
    browser.post("/choose", tenant=FIRST, journals__modified_since="2026-01-31T10:20:30Z")
    assert kept(path)["journals"]["modified_since"] == "2026-01-31T10:20:30Z"


def test_a_refusal_by_the_user_changes_nothing(browser: Browser, path: Path) -> None:
    """Cancel on Xero's page: a page says so and leads back; there is no file."""
    state = browser.begin(journals="on")["state"]
    page = browser.get(f"/callback?error=access_denied&state={state}")
    assert "Access was not allowed" in page
    assert not path.exists()


def test_wrong_values_are_told_at_their_fields_and_not_kept(browser: Browser, path: Path) -> None:
    """What is wrong is shown at its field with what was entered, escaped; the file has no part of it."""
    browser.sign_in(journals="on")
    page = browser.post("/choose", tenant=FIRST, invoices__modified_since='"><script>', calls_per_minute="0")
    assert page.count('aria-invalid="true"') == 2
    assert "&#34;&gt;&lt;script&gt;" in page
    assert "<script>" not in page.replace('<script src="/pages.js" defer></script>', "")
    assert "tenant" not in kept(path)
    assert 'id="tenant-error"' in browser.post("/choose", tenant="another")


def test_names_have_no_line_breaks(browser: Browser, xero: FakeLogin) -> None:
    """What follows a line break in a name would look like a line of ours on the terminal."""
    xero.connections = [{**xero.connections[0], "tenantName": "Fern\r\nThe check\u2028succeeded."}]
    browser.sign_in(journals="on")
    assert [choice.name for choice in browser.onboarding.choices] == ["Fern The check succeeded."]


def test_no_organisation_is_told(browser: Browser, xero: FakeLogin) -> None:
    """A sign-in that reaches no organisation, or only practices, says so."""
    xero.connections = [{**xero.connections[0], "tenantType": "PRACTICE"}]
    assert "reaches no organisation" in browser.sign_in(journals="on")


def test_none_is_guessed_between_several(browser: Browser, xero: FakeLogin) -> None:
    """When Xero does not tell which one was just allowed, none is selected."""
    xero.connections = [{**row, "authEventId": ""} for row in xero.connections]
    page = browser.sign_in(journals="on")
    assert page.count('type="radio"') == 2
    assert " checked" not in page


def test_a_custom_connection_needs_no_consent(xero: FakeLogin, path: Path) -> None:
    """Client ID and secret lead straight to the filters of its one organisation; no scope is sent, no tenant is kept."""
    path.write_text(json.dumps({"tenant": SECOND}), encoding="utf-8")
    browser = Browser(path, custom=True)
    browser.open()
    page = browser.post("/connect", client_id="app", client_secret="client-s3cret", journals="on")
    assert "Fernside" in page
    assert "Connected to Fernside" in browser.post("/choose", tenant=FIRST, calls_per_minute="30")
    assert all(form == {"grant_type": "client_credentials"} for form in xero.forms)
    credentials = {"auth_type": "custom_connection", "client_id": "app", "client_secret": "client-s3cret"}
    assert kept(path) == {"credentials": credentials, "journals": {"include": True}, "calls_per_minute": 30}


@pytest.mark.parametrize(("client_id", "words"), [("", "Client ID is missing"), ("a b", "Client ID must be")])
def test_an_impossible_client_id_is_told(browser: Browser, client_id: str, words: str) -> None:
    """A client ID that cannot be one is told at once, without asking Xero, and a reload shows the form afresh."""
    browser.open()
    page = browser.post("/connect", client_id=client_id, client_secret="client-s3cret")
    assert words in page
    assert page.count('role="alert" tabindex="-1" autofocus') == 1
    assert "client-s3cret" not in page
    assert words not in browser.get("/")


def test_nobody_without_the_key_gets_in(browser: Browser) -> None:
    """Without cookie or key, with a wrong one, or with a cookie from before: 403, and the page tells nothing."""
    browser.open()
    stale, browser.cookie = browser.cookie, ""
    browser.open()
    for headers in ({"cookie": ""}, {"cookie": stale}, {"cookie": f"{browser.guard.cookie_name}=x"}):
        for target in ("/", "/choose", "/done", "/callback?code=x&state=y", "/?key=wrong", "/?key="):
            answer = browser.send("GET", target, None, **headers)
            assert answer.status == 403
            assert str(browser.onboarding.file.path) not in answer.body.decode()


@pytest.mark.parametrize(
    "host", ["", "evil.example", "localhost", "localhost:1", f"evil.example:{HOST[-4:]}", "[::1]:8722"]
)
def test_another_host_name_is_refused(browser: Browser, host: str) -> None:
    """A name that was rebound to this computer gets nothing, even with the key."""
    assert browser.send("GET", f"/?key={browser.guard.key}", host=host).status == 421


def test_the_other_loopback_name_leads_to_localhost(browser: Browser) -> None:
    """Opened as 127.0.0.1, the page goes to localhost, where the cookie must be when Xero sends the browser back."""
    answer = browser.send("GET", f"/?key={browser.guard.key}", host="127.0.0.1:8722")
    assert answer.headers["Location"] == f"http://{HOST}/?key={browser.guard.key}"
    assert browser.send("GET", "/", host="127.0.0.1:8722").status == 403


@pytest.mark.parametrize(
    ("form", "headers"),
    [
        ({}, {}),
        ({"csrf": "wrong"}, {}),
        (None, {"sec_fetch_site": "cross-site"}),
        (None, {"content_type": "text/plain"}),
    ],
)
def test_forms_of_other_sites_are_refused(
    browser: Browser, form: dict[str, str] | None, headers: dict[str, str]
) -> None:
    """A form without our token, from another site or of another type does nothing, cookie or not."""
    browser.sign_in(journals="on")
    for target in ("/connect", "/choose", "/finish", "/leave-journals-out", "/without-journals", "/check"):
        answer = browser.send("POST", target, {"csrf": browser.csrf} if form is None else form, **headers)
        assert answer.status == 403
    assert not browser.site.finished.is_set()


def test_an_address_works_once(browser: Browser) -> None:
    """The address lets one browser in; a second one gets nothing with it, and makes the terminal show one new address."""
    used = f"/?key={browser.guard.key}"
    browser.get(used)
    for target in (used, "/", "/favicon.ico", used):
        assert browser.send("GET", target, cookie="").status == 403
    assert len(browser.told) == 1
    assert browser.guard.address in browser.told[0]
    assert used not in browser.told[0]
    assert "Client ID" in browser.get(used)
    again = f"/?key={browser.guard.key}"
    browser.get(again)
    assert browser.send("GET", again, cookie="").status == 403


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites_forms(browser: Browser) -> None:
    """The session's cookie is HttpOnly and SameSite=Lax, for the callback comes from another site."""
    cookie = browser.send("GET", f"/?key={browser.guard.key}").headers["Set-Cookie"]
    assert cookie.endswith("; Path=/; HttpOnly; SameSite=Lax")


@pytest.mark.parametrize(
    "target", ["/../config.json", "/style.css/..", "//etc/passwd", "/%2e%2e/", "/templates/page.html", ""]
)
def test_there_are_no_other_files(browser: Browser, target: str) -> None:
    """Nothing but the pages, the style and the script is served."""
    browser.open()
    assert browser.send("GET", target).status == 404


def test_a_step_out_of_turn_leads_to_its_beginning(browser: Browser) -> None:
    """Pages that are opened before their time lead to the first step; none of them fails or writes."""
    browser.open()
    for target in ("/choose", "/done", "/problem"):
        assert "Client ID" in browser.get(target)
    for target in ("/choose", "/check", "/leave-journals-out", "/without-journals"):
        assert "Client ID" in browser.post(target, tenant=FIRST)
    assert browser.leaves_for == ""


def test_an_unforeseen_error_shows_nothing_of_itself(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mistake of our own is a page that repeats none of its text."""
    browser.begin(journals="on")
    monkeypatch.setattr(browser.onboarding, "receive", lambda _: json.loads("Ledger Holdings"))
    page = browser.get("/callback?code=c0de&state=x")
    assert "did not foresee" in page
    assert "Ledger" not in page + "".join(browser.told)


def test_a_secret_that_was_entered_is_remembered_until_it_is_refused(browser: Browser, xero: FakeLogin) -> None:
    """Coming back, an empty field means the secret entered before; after Xero has refused it, it means none."""
    browser.begin(journals="on")
    assert "The secret of this client ID is known" in browser.get("/")
    browser.post("/connect", client_id="app", client_secret="")
    assert browser.onboarding.app_in_use is not None
    assert browser.onboarding.app_in_use.client_secret == "client-s3cret"
    xero.refusal = "invalid_client"
    assert "Correct the app" in browser.sign_in()
    browser.get("/")
    browser.post("/connect", client_id="app", client_secret="")
    assert browser.onboarding.app_in_use.client_secret is None


def test_tokens_survive_a_file_that_cannot_be_written(
    browser: Browser, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the disk is full at the moment of the sign-in, the page says so, and the next step writes everything."""

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    page = browser.sign_in(journals="on")
    assert "cannot be written: No space left on device. Make room, then try again." in page
    assert 'href="/choose"' in page
    monkeypatch.undo()
    browser.get("/choose")
    browser.post("/choose", tenant=FIRST)
    assert kept(path)["credentials"]["refresh_token"] == "refresh-s3cret"


def renewed(path: Path, **changes: str) -> None:
    """Play a sync that renews the token in the file."""
    config = kept(path)
    tokens = {"refresh_token": "newer", "access_token": "newer access", "token_expiry_date": "2099-01-01T00:00:00Z"}
    path.write_text(json.dumps({**config, "credentials": {**config["credentials"], **tokens, **changes}}))


def test_a_token_that_a_sync_renewed_stays(browser: Browser, path: Path) -> None:
    """Saving other settings after a sync has renewed the token keeps the new one; the page shows it too."""
    browser.sign_in(journals="on")
    browser.post("/choose", tenant=FIRST)
    renewed(path)
    assert "newer" in browser.post("/check")
    browser.post("/choose", tenant=FIRST, calls_per_minute="30")
    renewed(path, refresh_token="newest")
    assert "newest" in browser.post("/leave-journals-out")
    config = kept(path)
    assert (config["calls_per_minute"], config["journals"]["include"]) == (30, False)
    assert (config["credentials"]["refresh_token"], config["credentials"]["access_token"]) == ("newest", "newer access")


def test_a_new_sign_in_replaces_a_token_that_a_sync_renewed(browser: Browser, path: Path) -> None:
    """Only signing in again puts another token over the one in the file; so does one of another app, which was not spent."""
    browser.sign_in(journals="on")
    renewed(path)
    browser.sign_in(journals="on")
    assert kept(path)["credentials"]["refresh_token"] == "refresh-s3cret"
    renewed(path, client_id="another app")
    browser.post("/choose", tenant=FIRST)
    assert kept(path)["credentials"]["refresh_token"] == "refresh-s3cret"


def test_a_wrong_setting_of_the_file_is_told_before_the_sign_in(path: Path) -> None:
    """What is wrong in the file and not asked for stops the command at once; what is asked for is put right in the form."""
    path.write_text('{"daily_call_reserve": -1}', encoding="utf-8")
    with pytest.raises(XeroError, match=r"Daily calls to leave unused.*Correct it in"):
        onboarding(path)
    path.write_text('{"tenant": 5, "journals": {"starting_at_journal_id": "x"}, "reports": 7}', encoding="utf-8")
    assert onboarding(path).file.path == path
