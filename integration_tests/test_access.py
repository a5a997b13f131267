"""Which organisation is read, and what may be read of it: nothing is guessed, nothing refused is passed over."""

from __future__ import annotations

import pytest

from integration_tests.connector import Connector
from integration_tests.expected import assert_same, truth
from integration_tests.protocol import Json
from local_xero.process import XeroServerProcess

SECOND = "11111111-2222-4333-8444-555555555555"
THIRD = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"
FIRST_NAME = "Fernside Supplies"


def connect(xero: XeroServerProcess, *more: Json) -> None:
    """Connect further organisations besides the first."""
    xero.control("tenants", {"tenants": [{}, *more]})


def refusal(connector: Connector, config: Json) -> str:
    """Run a check that must fail, and give its sentence."""
    status, sentence = connector.check(config).outcome()
    assert status == "FAILED"
    return sentence


def test_several_organisations_are_listed_and_none_is_guessed(connector: Connector, xero: XeroServerProcess) -> None:
    """Without a tenant, several organisations are an error that lists their names and IDs; ``read`` fails likewise."""
    connect(xero, {"tenantId": SECOND, "tenantName": "Twin Ltd"})
    sentence = refusal(connector, xero.config())
    for word in ("tenant", FIRST_NAME, xero.tenant_id, "Twin Ltd", SECOND):
        assert word in sentence
    output = connector.read(xero.config(), "journals")
    assert (output.status, output.errors()[-1]["failure_type"]) == (1, "config_error")
    assert xero.log("Journals") == []


@pytest.mark.parametrize("tenant", ["Twin Ltd", SECOND.upper()], ids=["by name", "by ID"])
def test_chosen_organisation_is_read(connector: Connector, xero: XeroServerProcess, tenant: str) -> None:
    """A tenant given by its exact name or its ID is the one that is read, and stands in every record."""
    connect(xero, {"tenantId": SECOND, "tenantName": "Twin Ltd"})
    output = connector.read(xero.config(tenant=tenant), "accounts", "journals")
    assert output.status == 0
    assert {record["data"]["TenantID"] for record in output.of("RECORD")} == {SECOND}
    assert {call["headers"]["xero-tenant-id"] for call in xero.log("Journals")} == {SECOND}
    assert len(xero.log("/connections")) == (tenant == "Twin Ltd")


@pytest.mark.parametrize(
    ("switches", "scopes"),
    [
        ({"journals_entitled": False}, None),
        ({"journals_permission": False}, None),
        ({}, "offline_access accounting.invoices.read accounting.settings.read accounting.contacts.read"),
    ],
    ids=["app without entitlement", "user without permission", "missing scope"],
)
def test_refused_journals_fail_the_check_and_nothing_else(
    connector: Connector, xero: XeroServerProcess, switches: dict[str, bool], scopes: str | None
) -> None:
    """``check`` fails and names journals.include; in a sync the journals fail, while the invoices are read whole."""
    xero.control("switches", dict(switches))
    if scopes:
        xero.control("tokens", {"scopes": scopes})
    assert "journals.include" in refusal(connector, xero.config())
    output = connector.read(xero.config(), "journals", "invoices")
    assert (output.status, output.errors()[-1]["failure_type"]) == (1, "config_error")
    assert "journals.include" in output.errors()[-1]["message"]
    assert output.records("journals") == []
    assert_same("invoices", output.records("invoices"), truth(xero, "invoices"))
    assert output.statuses("journals")[-1] == "INCOMPLETE"
    assert output.statuses("invoices")[-1] == "COMPLETE"


def test_refused_invoices_fail_the_check(connector: Connector, xero: XeroServerProcess) -> None:
    """A sign-in without the scope for invoices fails the check, with a sentence about Invoices."""
    scopes = "offline_access accounting.journals.read accounting.settings.read accounting.contacts.read"
    xero.control("tokens", {"scopes": scopes})
    assert "Invoices" in refusal(connector, xero.config())
