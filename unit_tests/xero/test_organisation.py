"""The Organisation object: one call for everything that a sync wants to know of it."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests_mock

from source_xero_gl.xero.errors import SYSTEM, XeroError
from source_xero_gl.xero.gate import Caller, Gate
from source_xero_gl.xero.organisation import OrganisationCall
from source_xero_gl.xero.tenants import Tenant
from unit_tests.xero.fakes import TENANT_ID, Clock, InstantStop, client, list_url

URL = list_url("Organisation")
FOUND = {"OrganisationID": TENANT_ID.upper(), "Name": "Maple Florists"}


def test_what_xero_says_of_an_organisation(requests_mock: requests_mock.Mocker) -> None:
    """Its ID as IDs are compared, its name, and all else as sent, with Xero's clock."""
    headers = {"Date": "Tue, 30 Jun 2026 00:00:00 GMT"}
    requests_mock.get(URL, json={"Organisations": [FOUND]}, headers=headers)
    call = OrganisationCall(client())
    assert call.tenant() == Tenant(TENANT_ID, "Maple Florists")
    assert (call.page().objects, call.page().server_time) == ([FOUND], 1782777600000)


@pytest.mark.parametrize("found", [[], [{}], [{"OrganisationID": None, "Name": "Demo"}]])
def test_an_organisation_without_an_id_is_a_broken_promise(
    found: list[dict[str, Any]], requests_mock: requests_mock.Mocker
) -> None:
    """Records without a TenantID are never made up."""
    requests_mock.get(URL, json={"Organisations": found})
    with pytest.raises(XeroError) as raised:
        OrganisationCall(client()).tenant()
    assert raised.value.failure_type is SYSTEM


def test_everybody_shares_one_call(requests_mock: requests_mock.Mocker) -> None:
    """Who comes while the call is under way waits for its answer."""
    together = threading.Barrier(8)
    requests_mock.get(URL, json={"Organisations": [FOUND]})
    call = OrganisationCall(client())

    def ask(_: int) -> Tenant:
        together.wait(20)
        return call.tenant()

    with ThreadPoolExecutor(8) as threads:
        assert len({*threads.map(ask, range(8))}) == 1
    assert requests_mock.call_count == 1


def test_a_failure_is_not_kept(requests_mock: requests_mock.Mocker) -> None:
    """The next to ask calls again."""
    requests_mock.get(URL, [{"status_code": 403}, {"json": {"Organisations": [FOUND]}}])
    call = OrganisationCall(client())
    with pytest.raises(XeroError):
        call.tenant()
    assert call.tenant().name == "Maple Florists"


def test_who_asks_is_told_of_a_long_wait(requests_mock: requests_mock.Mocker) -> None:
    """A wait for a limit shows in the status of the stream that asks."""
    requests_mock.get(URL, json={"Organisations": [FOUND]})
    told, stop = list[float](), InstantStop()
    gate = Gate(60, stop, clock=Clock(step=0.25))
    gate.hold(30)
    OrganisationCall(client(stop=stop, gate=gate)).page(Caller(waits=told.append))
    assert [29 < seconds <= 30 for seconds in told] == [True]
