"""The state of the platform: what a stream may go on from."""

from __future__ import annotations

from typing import Any

import pytest

from source_xero_gl.engine.cursor import accept_state
from source_xero_gl.xero.errors import CONFIG, XeroError
from unit_tests.fake_xero.wire import TENANT


def accepted(state: dict[str, Any]) -> Any:
    """Return what the journals of the tenant go on from."""
    return accept_state(state, "journals", "JournalNumber", TENANT)


@pytest.mark.parametrize(
    "state", [{}, {"__ab_no_cursor_state_message": True}, {"__ab_full_refresh_sync_complete": True}]
)
def test_no_state_of_ours_begins(state: dict[str, Any]) -> None:
    """An empty state, or one that only the CDK has written, begins the stream."""
    assert accepted(state) is None


@pytest.mark.parametrize("extra", [{}, {"TenantID": TENANT}, {"TenantID": TENANT, "version": 1, "new": [1]}])
def test_a_state_of_this_organisation_is_accepted(extra: dict[str, Any]) -> None:
    """The bare cursor is enough; version and tenant are checked where they are given."""
    state = {"JournalNumber": 4711, **extra}
    assert accepted(state) == state


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        ({"JournalNumber": 1, "TenantID": "another"}, "belongs to another organisation"),
        ({"JournalNumber": 1, "TenantID": None}, "belongs to another organisation"),
        ({"JournalNumber": 1, "version": 2}, "another version of this connector"),
        ({"UpdatedDateUTC": "2026-01-01T00:00:00.000Z"}, "look at JournalNumber"),
    ],
)
def test_any_other_state_is_a_configuration_error(state: dict[str, Any], reason: str) -> None:
    """A state of another organisation, a later version or another stream never becomes a silent gap."""
    with pytest.raises(XeroError, match=reason) as raised:
        accepted(state)
    assert raised.value.failure_type is CONFIG
    assert "journals" in str(raised.value.message)


@pytest.mark.parametrize("spelling", [TENANT.upper(), TENANT.title()])
def test_the_case_of_a_tenant_id_does_not_matter(spelling: str) -> None:
    """A state that was written under another spelling goes on, and is kept under the present one."""
    assert accepted({"JournalNumber": 4711, "TenantID": spelling}) == {"JournalNumber": 4711, "TenantID": TENANT}
