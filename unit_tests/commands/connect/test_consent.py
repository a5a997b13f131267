"""Asking for consent, and taking one answer to it."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml

from source_xero_gl import __file__ as package_file
from source_xero_gl.commands.connect.consent import CONSENT_SECONDS, Consents, auth_event, explained, scopes
from source_xero_gl.commands.connect.proofs import challenge
from source_xero_gl.xero.errors import CONFIG, Kind, XeroError
from source_xero_gl.xero.tokens.endpoint import App
from unit_tests.commands.connect.fake_login import REDIRECT_URI
from unit_tests.xero.fakes import Clock

APP = App("app", "client-s3cret")


def refused(consents: Consents, query: dict[str, str]) -> XeroError:
    """Give the error for an answer that must be refused."""
    with pytest.raises(XeroError) as raised:
        consents.answered(query)
    return raised.value


def test_xero_is_asked_with_state_and_challenge() -> None:
    """The address has what Xero and RFC 7636 ask for, percent-encoded, and neither the secret nor the verifier."""
    consent = Consents().begin(APP, REDIRECT_URI, journals=True)
    address = consent.address("https://login.xero.com")
    parts = urlsplit(address)
    assert (parts.netloc, parts.path) == ("login.xero.com", "/identity/connect/authorize")
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    assert query.pop("scope").split() == scopes(journals=True)
    assert query == {
        "response_type": "code",
        "client_id": "app",
        "redirect_uri": REDIRECT_URI,
        "state": consent.state,
        "code_challenge": challenge(consent.verifier),
        "code_challenge_method": "S256",
    }
    assert "+" not in address
    assert "s3cret" not in address
    assert consent.verifier not in address


def test_scopes_are_those_of_the_specification() -> None:
    """The same scopes as behind Airbyte's button; without journals all but one."""
    specification = Path(package_file).with_name("spec.yaml").read_text(encoding="utf-8")
    oauth = yaml.safe_load(specification)["advanced_auth"]["oauth_config_specification"]
    inputs = oauth["oauth_connector_input_specification"]
    every = {item["scope"] for item in (*inputs["scopes"], *inputs["optional_scopes"])}
    assert set(scopes(journals=True)) == every
    assert set(scopes(journals=False)) == every - {"accounting.journals.read"}


def test_an_answer_is_taken_once() -> None:
    """The right state gives the code once; the same answer again is refused."""
    consents = Consents()
    consent = consents.begin(APP, REDIRECT_URI, journals=True)
    answer = {"state": consent.state, "code": "c0de"}
    assert consents.answered(answer) == (consent, "c0de")
    assert "does not belong" in str(refused(consents, answer).message)


@pytest.mark.parametrize("state", [None, "", "wrong", "w\u00f6rng", "\ud800"])
def test_a_wrong_state_is_refused_and_spends_nothing(state: str | None) -> None:
    """An answer that another site made up is refused, and the real one still works."""
    consents = Consents()
    consent = consents.begin(APP, REDIRECT_URI, journals=True)
    refused(consents, {"code": "c0de"} if state is None else {"code": "c0de", "state": state})
    assert consents.answered({"code": "c0de", "state": consent.state})[1] == "c0de"


def test_a_new_sign_in_ends_the_one_before() -> None:
    """Going back and connecting again: the answer to the first attempt is no longer accepted."""
    consents = Consents()
    first = consents.begin(APP, REDIRECT_URI, journals=True)
    second = consents.begin(APP, REDIRECT_URI, journals=False)
    assert first.state != second.state
    assert first.verifier != second.verifier
    refused(consents, {"code": "c0de", "state": first.state})


def test_a_late_answer_is_refused() -> None:
    """After 15 minutes an answer comes too late."""
    clock = Clock()
    consents = Consents(clock)
    consent = consents.begin(APP, REDIRECT_URI, journals=True)
    clock.pass_by(CONSENT_SECONDS + 1)
    assert "too late" in str(refused(consents, {"code": "c0de", "state": consent.state}).message)


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        ("access_denied", Kind.CONSENT_DENIED, "not allowed"),
        ("invalid_scope", Kind.CONSENT_REFUSED_FOR_SCOPES, "without journals"),
        ("unauthorized_client", Kind.CONSENT_REFUSED, "the client ID is wrong, or the app may not read journals"),
        ("server_error", None, "(server_error)"),
        ("<script>", None, "(an unknown error)"),
    ],
)
def test_refusals_have_their_sentence(error: str, kind: Kind | None, words: str) -> None:
    """Each error that Xero may send back has a sentence; text that is none of Xero's words is not repeated."""
    consents = Consents()
    consent = consents.begin(APP, REDIRECT_URI, journals=True)
    told = refused(consents, {"error": error, "state": consent.state})
    assert told.kind is kind
    assert words in str(told.message)


def test_nothing_secret_shows() -> None:
    """Neither state nor verifier nor secret shows where a consent is printed."""
    consent = Consents().begin(APP, REDIRECT_URI, journals=True)
    assert not [secret for secret in (consent.state, consent.verifier, "client-s3cret") if secret in repr(consent)]


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        (Kind.CONNECTION_EXPIRED, "does not accept the code any more: it lives five minutes"),
        (Kind.WRONG_APP, "the client ID or the client secret is wrong"),
        (Kind.SIGN_IN_LIMITED, "as in the table"),
    ],
)
def test_refusals_of_the_token_endpoint_fit_a_sign_in(kind: Kind, sentence: str) -> None:
    """The error table speaks to a sync: where its sentence would mislead, a sign-in has one of its own."""
    assert sentence in str(explained(XeroError(CONFIG, "as in the table", kind=kind), journals=True).message)


@pytest.mark.parametrize("token", ["", "opaque", "a.%.c", "a.W10.c"])
def test_a_token_need_not_name_its_consent(token: str) -> None:
    """A token of another form says nothing of the consent, and is no failure."""
    assert auth_event(token) is None
