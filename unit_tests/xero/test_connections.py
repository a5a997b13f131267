"""GET /connections: what the credentials reach, outside of any organisation's limits."""

from __future__ import annotations

from typing import Any

import pytest
import requests_mock

from source_xero_gl.xero.errors import StoppedError, XeroError
from source_xero_gl.xero.gate import Gate
from unit_tests.xero.fakes import (
    ACCESS_TOKEN,
    CONNECTIONS_URL,
    EXPIRED,
    TENANT_ID,
    InstantStop,
    NumberedTokens,
    client,
    list_url,
)


def test_connections_are_listed_without_a_tenant(requests_mock: requests_mock.Mocker) -> None:
    """They belong to no organisation: no tenant header, and no call of an organisation's allowance is counted."""
    rows = [{"id": "1", "tenantId": TENANT_ID, "tenantType": "ORGANISATION", "tenantName": "Demo"}]
    requests_mock.get(CONNECTIONS_URL, json=rows)
    stop = InstantStop()
    gate = Gate(60, stop)
    xero = client(stop=stop, gate=gate)
    xero.tenant_id = TENANT_ID
    assert xero.connections() == rows
    request = requests_mock.request_history[-1]
    assert request.headers["Authorization"] == f"Bearer {ACCESS_TOKEN}"
    assert request.headers["Accept"] == "application/json"
    assert "xero-tenant-id" not in request.headers
    assert gate.count().made == 0


def test_connections_renew_an_expired_token(requests_mock: requests_mock.Mocker) -> None:
    """The first call of a check may meet a stored token that has ended."""
    requests_mock.get(CONNECTIONS_URL, [EXPIRED, {"json": []}])
    tokens = NumberedTokens()
    assert client(tokens).connections() == []
    assert tokens.refused == ["access-1"]


@pytest.mark.parametrize("broken", [b'{"connections": []}', b"[1]", b"[{"])
def test_connections_that_cannot_be_read_are_asked_for_again(
    broken: bytes, requests_mock: requests_mock.Mocker
) -> None:
    """A body of another form is not taken for a user without organisations."""
    requests_mock.get(CONNECTIONS_URL, [{"content": broken}, {"json": [{"tenantId": TENANT_ID}]}])
    assert client().connections() == [{"tenantId": TENANT_ID}]


@pytest.mark.parametrize(("retry_after", "seconds"), [({"Retry-After": "30"}, 30), ({}, 15)])
def test_a_limit_of_the_app_is_waited_for(
    retry_after: dict[str, str], seconds: int, requests_mock: requests_mock.Mocker
) -> None:
    """Before the next try as long as Retry-After says, a quarter of a minute without it."""
    limit = {"status_code": 429, "headers": {"X-Rate-Limit-Problem": "appminute", **retry_after}}
    requests_mock.get(CONNECTIONS_URL, [limit, {"json": []}])
    stop = InstantStop()
    assert client(stop=stop).connections() == []
    assert seconds <= sum(stop.pauses) <= seconds + 2


def test_a_limit_of_the_app_does_not_close_the_organisation(requests_mock: requests_mock.Mocker) -> None:
    """A refusal to list connections, however long, says nothing about an organisation's calls."""
    requests_mock.get(CONNECTIONS_URL, status_code=429, headers={"Retry-After": "3600"})
    requests_mock.get(list_url("Journals"), json={"Journals": []})
    xero = client()
    with pytest.raises(XeroError):
        xero.connections()
    assert xero.page("Journals", "Journals").objects == []


@pytest.mark.parametrize("failure", [{"status_code": 503}, {"status_code": 429, "headers": {"Retry-After": "30"}}])
def test_a_stop_ends_the_tries(failure: dict[str, Any], requests_mock: requests_mock.Mocker) -> None:
    """No further call is made once the sync is told to stop."""
    requests_mock.get(CONNECTIONS_URL, **failure)
    stop = InstantStop(meanwhile=lambda: stop.set())  # noqa: PLW0108 - the name is bound later
    with pytest.raises(StoppedError):
        client(stop=stop).connections()
    assert requests_mock.call_count == 1
