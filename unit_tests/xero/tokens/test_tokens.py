"""Signing in with a pasted token and as a custom connection."""

from __future__ import annotations

import threading

import pytest
import requests_mock

from source_xero_gl.xero.errors import CONFIG, XeroError
from source_xero_gl.xero.tokens.endpoint import App
from source_xero_gl.xero.tokens.rotating import TokenSet
from source_xero_gl.xero.tokens.tokens import ClientCredentials, GivenToken
from unit_tests.xero.fakes import Clock, Identity, endpoint

JSON = {"Content-Type": "application/json"}
APP = App("client", "secret")


def test_a_pasted_token_is_used_as_it_is() -> None:
    """No call is made to find out what the user has given."""
    assert GivenToken("pasted").current() == "pasted"


def test_a_pasted_token_that_xero_refuses_is_a_setting_to_correct() -> None:
    """The sentence names the setting and the ways that renew themselves, and not the token."""
    with pytest.raises(XeroError, match=r"credentials\.access_token") as raised:
        GivenToken("pasted-s3cr3t").renew("pasted-s3cr3t")
    assert raised.value.failure_type is CONFIG
    assert "s3cr3t" not in repr(raised.value) + str(raised.value.message)


def test_a_custom_connection_asks_for_no_scope(requests_mock: requests_mock.Mocker) -> None:
    """Client ID and secret are all that a custom connection needs; Xero grants what it has."""
    identity = Identity(requests_mock)
    assert ClientCredentials(endpoint(), APP).current() == "access-1"
    assert identity.forms == [{"grant_type": "client_credentials"}]


@pytest.mark.parametrize(("life", "early"), [(1800, 60), (600, 60), (300, 30), (10, 1)])
def test_a_token_is_renewed_a_little_early(life: int, early: int, requests_mock: requests_mock.Mocker) -> None:
    """By 60 seconds or a tenth of its life, whichever is less, a call under way does not meet its end."""
    Identity(requests_mock, life)
    clock = Clock()
    tokens = ClientCredentials(endpoint(), APP, clock)
    tokens.current()
    clock.pass_by(life - early - 0.5)
    assert tokens.current() == "access-1"
    clock.pass_by(0.5)
    assert tokens.current() == "access-2"


def test_a_refused_token_is_renewed_once(requests_mock: requests_mock.Mocker) -> None:
    """Five calls that were refused with the same token need one sign-in."""
    identity = Identity(requests_mock)
    tokens = ClientCredentials(endpoint(), APP)
    refused = tokens.current()
    assert [tokens.renew(refused) for _ in range(5)] == ["access-2"] * 5
    assert tokens.current() == "access-2"
    assert len(identity.forms) == 2


def test_threads_share_one_sign_in(requests_mock: requests_mock.Mocker) -> None:
    """Streams that start together do not sign in together."""
    identity = Identity(requests_mock)
    tokens = ClientCredentials(endpoint(), APP)
    start, given = threading.Barrier(8), list[str]()

    def use() -> None:
        start.wait()
        given.append(tokens.current())

    threads = [threading.Thread(target=use) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert given == ["access-1"] * 8
    assert len(identity.forms) == 1


def test_secrets_do_not_show() -> None:
    """Apps and token sets in a log or an assertion show no secret."""
    shown = repr(App("client", "s3cr3t")) + repr(TokenSet("s3cr3t-refresh", "s3cr3t-access", 0))
    assert "s3cr3t" not in shown


def test_credentials_are_what_the_settings_hold() -> None:
    """Rotated tokens have the keys and the spelling of the settings; an access token of unknown life is left out."""
    assert TokenSet("r", "a", 1_767_225_600_500).as_credentials() == {
        "refresh_token": "r",
        "access_token": "a",
        "token_expiry_date": "2026-01-01T00:00:00.500Z",  # date -u -d @1767225600
    }
    assert TokenSet("r", "a", None).as_credentials() == {"refresh_token": "r"}
