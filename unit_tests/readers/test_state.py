"""States of any stream: what a stream may go on from, and how its values are read."""

from __future__ import annotations

from typing import Any

import pytest

from source_xero_gl.readers.state import accept_state, instant_in, instant_out, number_in
from source_xero_gl.xero.errors import CONFIG, XeroError

TENANT = "3f2a7c1e-5b0d-4e86-9a41-6d7c8e9f0a1b"


def accepted(state: dict[str, Any]) -> Any:
    """Return what the journals of the tenant go on from."""
    return accept_state(state, "journals", "JournalNumber", TENANT)


@pytest.mark.parametrize(
    "state", [{}, {"__ab_no_cursor_state_message": True}, {"__ab_full_refresh_sync_complete": True}]
)
def test_no_state_of_ours_begins(state: dict[str, Any]) -> None:
    """An empty state, or one that only the CDK has written, begins the stream."""
    assert accepted(state) is None


@pytest.mark.parametrize(
    "extra", [{}, {"TenantID": TENANT}, {"TenantID": TENANT.upper()}, {"TenantID": TENANT, "version": 1, "new": [1]}]
)
def test_a_state_of_this_organisation_is_accepted(extra: dict[str, Any]) -> None:
    """The bare cursor is enough; version and tenant, in any case, are checked where they are given."""
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


def test_numbers_may_come_back_as_floats() -> None:
    """A platform that stores JSON numbers as floats changes nothing; an absent number has its default."""
    assert number_in({"JournalNumber": 4711.0}, "JournalNumber", "journals", 0) == 4711
    assert number_in({"JournalNumber": 0}, "JournalNumber", "journals", 9) == 0
    assert number_in({}, "JournalNumber", "journals", 9) == 9


@pytest.mark.parametrize("value", ["4711", 4711.5, -1, True, None, [4711]])
def test_what_is_no_number_is_a_configuration_error(value: object) -> None:
    """A state that somebody has edited is refused by the name of its key, not guessed."""
    with pytest.raises(XeroError, match="look at JournalNumber") as raised:
        number_in({"JournalNumber": value}, "JournalNumber", "journals", 0)
    assert raised.value.failure_type is CONFIG


def test_instants_come_back_as_they_went() -> None:
    """Milliseconds survive the state; null and an absent key mean none."""
    millis = 1_439_434_356_790  # 2015-08-13T02:52:36.790Z
    assert instant_out(millis) == "2015-08-13T02:52:36.790Z"
    assert instant_out(None) is None
    assert instant_in({"UpdatedDateUTC": "2015-08-13T02:52:36.790Z"}, "UpdatedDateUTC", "invoices") == millis
    assert instant_in({"UpdatedDateUTC": None}, "UpdatedDateUTC", "invoices") is None
    assert instant_in({}, "UpdatedDateUTC", "invoices") is None
    assert instant_in({"UpdatedDateUTC": "2015-08-13"}, "UpdatedDateUTC", "invoices") == 1_439_424_000_000


@pytest.mark.parametrize("value", ["yesterday", "", 5, True, [], "2026-02-30T00:00:00Z"])
def test_what_is_no_instant_is_a_configuration_error(value: object) -> None:
    """A stamp that cannot be read stops the stream with the name of its key."""
    with pytest.raises(XeroError, match="look at UpdatedDateUTC") as raised:
        instant_in({"UpdatedDateUTC": value}, "UpdatedDateUTC", "invoices")
    assert raised.value.failure_type is CONFIG
