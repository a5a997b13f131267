"""Opening a connection: which organisation is read, and what is asked to find out."""

from __future__ import annotations

import threading
from typing import Any

import pytest
import requests_mock

from source_xero_gl.connection import Connection
from source_xero_gl.settings.environment import read_environment
from source_xero_gl.settings.settings import parse_settings
from source_xero_gl.xero.errors import CONFIG, XeroError
from unit_tests.xero.fakes import ACCESS_TOKEN, CONNECTIONS_URL, TENANT_ID, TOKEN_URL, list_url

TOKEN = {"auth_type": "access_token", "access_token": ACCESS_TOKEN}
CUSTOM = {"auth_type": "custom_connection", "client_id": "app", "client_secret": "s3cr3t"}
NAME = "Maple Florists"


def connection(credentials: dict[str, str], tenant: str | None = None) -> Connection:
    """Return a connection with such settings."""
    config: dict[str, Any] = {"credentials": credentials} | ({"tenant": tenant} if tenant else {})
    return Connection(parse_settings(config), read_environment({}), threading.Event(), lambda _: None)


@pytest.fixture
def xero(requests_mock: requests_mock.Mocker) -> requests_mock.Mocker:
    """Serve one organisation, which Xero spells in capitals here."""
    upper = TENANT_ID.upper()
    requests_mock.post(TOKEN_URL, json={"access_token": ACCESS_TOKEN, "expires_in": 1800})
    requests_mock.get(CONNECTIONS_URL, json=[{"tenantId": upper, "tenantType": "ORGANISATION", "tenantName": NAME}])
    requests_mock.get(list_url("Organisation"), json={"Organisations": [{"OrganisationID": upper, "Name": NAME}]})
    return requests_mock


@pytest.mark.parametrize("tenant", [None, NAME, TENANT_ID, TENANT_ID.upper()])
@pytest.mark.parametrize("credentials", [TOKEN, CUSTOM], ids=["token", "custom connection"])
@pytest.mark.usefixtures("xero")
def test_an_organisation_has_one_id_however_it_is_named(credentials: dict[str, str], tenant: str | None) -> None:
    """Records and states carry the same TenantID when the setting changes from a name to an ID, or its case."""
    assert connection(credentials, tenant).open() == TENANT_ID


def test_who_opened_the_organisation_need_not_ask_again(xero: requests_mock.Mocker) -> None:
    """A custom connection asks for its organisation to begin with: what else wants to know of it costs no call."""
    opened = connection(CUSTOM)
    opened.open()
    calls = xero.call_count
    opened.open(verify=True)
    assert opened.organisation.tenant().name == NAME
    assert xero.call_count == calls


@pytest.mark.parametrize("tenant", ["maple florists", "MapleFlorists"])
@pytest.mark.parametrize("credentials", [TOKEN, CUSTOM], ids=["token", "custom connection"])
@pytest.mark.usefixtures("xero")
def test_a_name_in_another_spelling_is_offered(credentials: dict[str, str], tenant: str) -> None:
    """The sentence asks whether the one with that name was meant."""
    with pytest.raises(XeroError, match=f"Did you mean {NAME}") as raised:
        connection(credentials, tenant).open()
    assert raised.value.failure_type is CONFIG


@pytest.mark.usefixtures("xero")
def test_a_custom_connection_of_another_organisation_is_refused() -> None:
    """It reads one organisation only; another one that tenant names is never read in its stead."""
    with pytest.raises(XeroError, match=f"belongs to the organisation {NAME}") as raised:
        connection(CUSTOM, "Oak Joiners").open()
    assert "Did you mean" not in str(raised.value.message)
