"""The token endpoint: what is sent for a grant and what becomes of the answer."""

from __future__ import annotations

import base64
import traceback
from typing import Any
from urllib.parse import parse_qs

import pytest
import requests
import requests_mock

from source_xero_gl.xero.errors import XeroError
from source_xero_gl.xero.tokens.endpoint import App, Grant
from unit_tests.xero.fakes import TOKEN_URL, endpoint

JSON = {"Content-Type": "application/json"}
CLIENT_ID, CLIENT_SECRET = "client-0815", "s3cr3t"
FORM = {"grant_type": "refresh_token", "refresh_token": "refresh-0"}
TOKENS = {"access_token": "access-1", "refresh_token": "refresh-1", "expires_in": 1800, "token_type": "Bearer"}


def sent(xero: requests_mock.Mocker, number: int = -1) -> dict[str, list[str]]:
    """Return the fields of a token request."""
    return parse_qs(xero.request_history[number].text, strict_parsing=True)


def test_an_app_with_a_secret_signs_in_by_basic_auth(requests_mock: requests_mock.Mocker) -> None:
    """Client ID and secret travel in the Authorization header, and nowhere else."""
    requests_mock.post(TOKEN_URL, json=TOKENS)
    endpoint().exchange(FORM, App("client", "s3cret:with colon"))
    request = requests_mock.last_request
    assert request is not None
    assert base64.b64decode(request.headers["Authorization"].removeprefix("Basic ")) == b"client:s3cret:with colon"
    assert request.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert sent(requests_mock) == {"grant_type": ["refresh_token"], "refresh_token": ["refresh-0"]}


@pytest.mark.parametrize("secret", [None, ""])
def test_a_pkce_app_names_itself_in_the_form(secret: str | None, requests_mock: requests_mock.Mocker) -> None:
    """Without a secret the client ID is a field of the form, and there is no Authorization header."""
    requests_mock.post(TOKEN_URL, json=TOKENS)
    endpoint().exchange(FORM, App("client", secret))
    assert requests_mock.last_request is not None
    assert "Authorization" not in requests_mock.last_request.headers
    assert sent(requests_mock)["client_id"] == ["client"]


def test_no_scope_is_ever_sent(requests_mock: requests_mock.Mocker) -> None:
    """Xero then grants what the connection has; newer custom connections refuse the parameter."""
    requests_mock.post(TOKEN_URL, json=TOKENS)
    endpoint().exchange({"grant_type": "client_credentials"}, App("client", "secret"))
    assert sent(requests_mock) == {"grant_type": ["client_credentials"]}


@pytest.mark.parametrize(
    ("answer", "grant"),
    [
        (TOKENS, Grant("access-1", "refresh-1", 1800)),
        ({"access_token": "a", "expires_in": 60}, Grant("a", None, 60)),
        ({"access_token": "a", "refresh_token": ""}, Grant("a", None, 1800)),
        ({"access_token": "a", "refresh_token": None, "expires_in": "soon"}, Grant("a", None, 1800)),
        ({"access_token": "a", "expires_in": -1}, Grant("a", None, 1800)),
    ],
)
def test_a_grant_is_what_xero_gave(answer: dict[str, Any], grant: Grant, requests_mock: requests_mock.Mocker) -> None:
    """A life that is missing or no number of seconds counts as Xero's 30 minutes."""
    requests_mock.post(TOKEN_URL, json=answer)
    assert endpoint().exchange(FORM, App("client", "secret")) == grant


def test_a_grant_does_not_show_its_tokens() -> None:
    """A grant in a log or an assertion shows no token."""
    shown = repr(Grant("access-1", "refresh-1", 1800))
    assert "access-1" not in shown
    assert "refresh-1" not in shown


@pytest.mark.parametrize(
    "lost",
    [
        {"exc": requests.ReadTimeout},
        {"exc": requests.ConnectionError},
        {"status_code": 502, "text": "<html></html>"},
        {"status_code": 429},
        {"text": '{"access_token": "acc'},
        {"json": {"token_type": "Bearer"}},
        {"json": {"access_token": ""}},
        {"json": ["access-1"]},
    ],
)
def test_a_lost_answer_is_asked_for_again_with_the_same_token(
    lost: dict[str, Any], requests_mock: requests_mock.Mocker
) -> None:
    """Xero may have rotated the token already; the old one stays usable for 30 minutes and gives another pair."""
    requests_mock.post(TOKEN_URL, [lost, {"json": TOKENS}])
    assert endpoint().exchange(FORM, App("client", "secret")).refresh_token == "refresh-1"
    assert sent(requests_mock, 0) == sent(requests_mock, 1)


@pytest.mark.parametrize("error", ["invalid_grant", "invalid_client", "invalid_scope", "unsupported_grant_type"])
def test_a_refusal_is_final(error: str, requests_mock: requests_mock.Mocker) -> None:
    """A refused grant is not asked for twice, and nothing that was sent shows in the error."""
    requests_mock.post(TOKEN_URL, status_code=400, json={"error": error}, headers=JSON)
    with pytest.raises(XeroError) as raised:
        endpoint().exchange(FORM, App(CLIENT_ID, CLIENT_SECRET))
    shown = "".join(traceback.format_exception(raised.value)) + str(raised.value.internal_message)
    assert requests_mock.call_count == 1
    assert not [secret for secret in (FORM["refresh_token"], CLIENT_ID, CLIENT_SECRET) if secret in shown]


def test_a_secret_that_is_no_text_is_a_setting_to_correct(requests_mock: requests_mock.Mocker) -> None:
    """Half a character in a pasted secret ends as Xero's refusal of the app, not as a crash that quotes it."""
    requests_mock.post(TOKEN_URL, status_code=401, json={"error": "invalid_client"}, headers=JSON)
    with pytest.raises(XeroError, match=r"credentials\.client_secret is wrong") as raised:
        endpoint().exchange(FORM, App(CLIENT_ID, CLIENT_SECRET + "\ud800"))
    assert CLIENT_SECRET not in "".join(traceback.format_exception(raised.value))
