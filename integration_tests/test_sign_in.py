"""Signing in: OAuth, PKCE, custom connections and pasted tokens, and what is said when Xero refuses."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from integration_tests.connector import Connector
from integration_tests.expected import assert_same, truth
from integration_tests.protocol import Json
from local_xero.process import XeroServerProcess


def stored(xero: XeroServerProcess, ends_in: timedelta) -> Json:
    """Give settings that hold an access token which ends, as far as they know, at an instant from now."""
    config = xero.config()
    ends = (datetime.now(timezone.utc) + ends_in).strftime("%Y-%m-%dT%H:%M:%SZ")
    config["credentials"] |= {"access_token": xero.line["access_token"], "token_expiry_date": ends}
    return config


def renewals(xero: XeroServerProcess) -> int:
    """Count the calls of the token endpoint."""
    return len(xero.log("/connect/token"))


def test_stored_token_is_used_as_long_as_it_is_valid(connector: Connector, xero: XeroServerProcess) -> None:
    """A stored access token that has not ended is used as it is: no renewal, no CONTROL message."""
    output = connector.check(stored(xero, timedelta(minutes=20)))
    assert output.outcome()[0] == "SUCCEEDED"
    assert (renewals(xero), output.of("CONTROL")) == (0, [])


def test_token_that_ends_in_the_middle_is_renewed_once(connector: Connector, xero: XeroServerProcess) -> None:
    """When the access token ends during a sync, one renewal serves all streams, and no record is lost or comes twice."""
    xero.control("company", {"preset": "bulk", "options": {"journals": 900, "invoices": 1500}})
    expire = {"endpoint": "Journals", "after": 3, "do": "tokens", "with": {"expire_access": True}}
    xero.control("script", {"steps": [expire]})
    output = connector.read(stored(xero, timedelta(minutes=20)), "journals", "invoices")
    assert output.status == 0
    assert (renewals(xero), len(output.of("CONTROL"))) == (1, 1)
    for stream in ("journals", "invoices"):
        assert_same(stream, output.records(stream), truth(xero, stream))


def test_custom_connection_names_no_tenant(connector: Connector, xero: XeroServerProcess) -> None:
    """A custom connection is read without tenant header, /connections call or scope; TenantID is the OrganisationID."""
    xero.control("switches", {"reject_scope_parameter": True})
    config = xero.custom_connection_config()
    assert connector.check(config).outcome()[0] == "SUCCEEDED"
    output = connector.read(config, "journals", "organisations")
    assert output.of("CONTROL") == []
    (organisation,) = output.records("organisations")
    assert organisation["TenantID"] == organisation["OrganisationID"]
    assert {row["TenantID"] for row in output.records("journals")} == {organisation["OrganisationID"]}
    assert len(output.records("journals")) == len(xero.truth("Journals"))
    assert xero.control("log")["flags"] == {}
    assert not any(call["scope_sent"] for call in xero.log("/connect/token"))


def test_pasted_token_reads_until_it_ends(connector: Connector, xero: XeroServerProcess) -> None:
    """A pasted access token reads; once it has ended, one sentence says what to do."""
    config = xero.access_token_config()
    assert len(connector.read(config, "accounts").records("accounts")) == len(xero.truth("Accounts"))
    xero.control("tokens", {"expire_access": True})
    status, sentence = connector.check(config).outcome()
    assert status == "FAILED"
    assert "credentials.access_token" in sentence


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"client_secret": "not-the-secret-of-this-app"}, "credentials.client_secret"),
        ({"client_id": "0" * 32}, "credentials.client_id"),
        ({"refresh_token": "never-issued-by-anybody"}, "refresh token"),
    ],
    ids=["wrong secret", "unknown app", "unknown refresh token"],
)
def test_refused_sign_in_says_what_is_wrong(
    connector: Connector, xero: XeroServerProcess, change: Json, words: str
) -> None:
    """A wrong secret, an unknown app and a refresh token that does not work each get their sentence, after one call."""
    config = xero.config()
    config["credentials"] |= change
    status, sentence = connector.check(config).outcome()
    assert status == "FAILED"
    assert words in sentence
    assert len(xero.log()) == 1


def test_revoked_connection_is_a_configuration_error(connector: Connector, xero: XeroServerProcess) -> None:
    """After the user has revoked the app, ``read`` fails with a config error that says to connect again."""
    xero.control("tokens", {"revoke": True})
    output = connector.read(xero.config(), "journals")
    assert output.status == 1
    assert output.errors()[-1]["failure_type"] == "config_error"
    assert "Connect to Xero again" in output.errors()[-1]["message"]
    assert output.of("RECORD") == []
