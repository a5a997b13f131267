"""Bad input: one clear sentence that names what is wrong, before anything is asked of Xero."""

from __future__ import annotations

from typing import Any

import pytest

from integration_tests.connector import Connector
from integration_tests.protocol import Output
from local_xero.process import XeroServerProcess

OTHER = "11111111-2222-4333-8444-555555555555"


def failed(output: Output, *words: str) -> None:
    """Check that a command failed with a config error that holds the words."""
    assert output.status == 1
    error = output.errors()[-1]
    assert error["failure_type"] == "config_error", error["message"]
    assert [word for word in words if word not in error["message"]] == []
    assert output.of("RECORD") == []


def test_read_with_a_bad_setting_is_a_config_error(connector: Connector, xero: XeroServerProcess) -> None:
    """What fails a check fails a sync, as a config error with the same sentence."""
    failed(connector.read(xero.config(calls_per_minute=0), "journals"), "calls_per_minute")


@pytest.mark.parametrize(
    ("blob", "words"),
    [
        ({"JournalNumber": 5, "TenantID": OTHER}, ["journals", "another organisation"]),
        ({"JournalNumber": "five"}, ["journals", "JournalNumber"]),
        ({"UpdatedDateUTC": "2026-01-01"}, ["journals", "JournalNumber"]),
        ({"JournalNumber": 5, "version": 99}, ["journals", "version"]),
    ],
    ids=["other organisation", "no number", "other stream's", "later version"],
)
def test_state_that_does_not_belong_is_refused(
    connector: Connector, xero: XeroServerProcess, blob: dict[str, Any], words: list[str]
) -> None:
    """A state of another organisation, of a later version or with a broken value is an error, never a silent gap."""
    stream = {"stream_descriptor": {"name": "journals"}, "stream_state": blob}
    failed(connector.read(xero.config(), "journals", state=[{"type": "STREAM", "stream": stream}]), *words)
    assert xero.log("Journals") == []


def test_address_of_xero_cannot_lead_elsewhere(connector: Connector, xero: XeroServerProcess) -> None:
    """Plain http to another host is refused before a secret could travel there."""
    connector.environment["XERO_IDENTITY_URL"] = "http://192.0.2.1"
    status, sentence = connector.check(xero.config()).outcome()
    assert status == "FAILED"
    assert "XERO_IDENTITY_URL" in sentence
