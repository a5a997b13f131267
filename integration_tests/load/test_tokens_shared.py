"""Tokens that end while several calls are in flight, and tokens that several syncs share."""

from __future__ import annotations

from itertools import pairwise

import pytest

from integration_tests.connector import Connector
from integration_tests.load.books import fill, numbers
from integration_tests.load.running import Running
from local_xero.process import XeroServerProcess

JOURNALS = 2400
LIFE_S = 3
USED_S = LIFE_S * 0.9
"""A token is renewed when a tenth of its life is left."""


@pytest.fixture
def far(connector: Connector, xero: XeroServerProcess) -> XeroServerProcess:
    """Put many pages behind slow calls, so that several are in flight."""
    fill(xero, journals=JOURNALS)
    xero.control("switches", {"latency_ms": 250})
    connector.environment["XERO_CALLS_PER_MINUTE"] = "1200"
    return xero


def test_short_lived_tokens_are_renewed_once_each(connector: Connector, far: XeroServerProcess) -> None:
    """With tokens of three seconds and five calls in flight there is one renewal for each end of a token, and no 401."""
    far.control("switches", {"access_token_seconds": LIFE_S, "refresh_grace_seconds": 0, "latency_ms": 900})
    output = connector.read(far.config(tenant=far.tenant_id), "journals")
    assert output.status == 0
    assert numbers(output) == list(range(1, JOURNALS + 1))
    assert "401" not in far.control("log")["statuses"]
    renewals = [call["time"] + call["ms"] / 1000 for call in far.log("/connect/token")]
    assert len(renewals) == len(output.of("CONTROL")) >= 2
    assert all(later - earlier > USED_S for earlier, later in pairwise(renewals))
    assert far.control("log", {"path": "Journals"})["max_in_flight"] > 1


@pytest.mark.parametrize("platform", [True, False], ids=["CONTROL message", "config file"])
def test_token_survives_a_kill_right_after_its_renewal(
    connector: Connector, far: XeroServerProcess, *, platform: bool
) -> None:
    """Killed when the CONTROL message appears, the next sync works with the message, or with what the config file holds."""
    far.control("switches", {"refresh_grace_seconds": 0 if platform else 1800})
    config = connector.write(far.config(tenant=far.tenant_id))
    with Running(connector, config, "journals") as sync:
        assert sync.take(1, begins=b'{"type":"CONTROL"') == 1
        output = sync.kill()
    if platform:
        config = connector.write(output.of("CONTROL")[-1]["connectorConfig"]["config"])
    assert numbers(connector.read(config, "journals")) == list(range(1, JOURNALS + 1))


@pytest.mark.parametrize("after", [18, 20])
def test_renewal_at_the_end_is_kept(connector: Connector, far: XeroServerProcess, after: int) -> None:
    """A renewal that a call ahead has begun when the last page comes is finished and kept before the process ends."""
    fill(far, journals=2000)
    far.control("switches", {"latency_ms": 500, "refresh_grace_seconds": 0})
    step = {"endpoint": "Journals", "after": after, "do": "tokens", "with": {"expire_access": True}}
    far.control("script", {"steps": [step]})
    far.control("faults", {"kind": "slow", "path": "/connect/token", "after": 1, "ms": 1500})
    config = connector.write(far.config(tenant=far.tenant_id))
    first = connector.read(config, "journals")
    second = connector.read(config, "journals", state=first.last_state())
    assert [(output.status, output.errors()) for output in (first, second)] == [(0, [])] * 2
