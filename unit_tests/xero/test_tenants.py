"""Which organisation: the user's choice, never a guess."""

from __future__ import annotations

from typing import Any

import pytest

from source_xero_gl.xero.errors import CONFIG, SYSTEM, XeroError
from source_xero_gl.xero.tenants import Tenant, choose_tenant, is_tenant_id, same_tenant

FIRST = "e1eede29-f875-4a5d-8470-17f6a29a88b1"
SECOND = "70784a63-d24b-46a9-a4db-0e70a274b056"
THIRD = "c7a3a4a6-0000-4000-8000-00000000abcd"


def connection(tenant_id: str, name: str, tenant_type: str = "ORGANISATION") -> dict[str, Any]:
    """Return a connection as Xero lists it; its id is not the tenant's."""
    return {
        "id": "ff5ae0d1-0000-4000-8000-000000000000",
        "tenantId": tenant_id,
        "tenantType": tenant_type,
        "tenantName": name,
        "createdDateUtc": "2019-07-09T23:40:30.1833130",
    }


TWO = [connection(FIRST, "Maple Florists"), connection(SECOND, "Adam Demo")]


def refusal(connections: list[dict[str, Any]], wanted: str | None) -> str:
    """Return the sentence of a choice that is not clear."""
    with pytest.raises(XeroError) as raised:
        choose_tenant(connections, wanted)
    assert raised.value.failure_type is CONFIG
    return str(raised.value.message)


@pytest.mark.parametrize(
    ("text", "is_id"),
    [
        (FIRST, True),
        (FIRST.upper(), True),
        ("Maple Florists", False),
        (FIRST[1:], False),
        (FIRST + "\n", False),
        ("", False),
    ],
)
def test_ids_are_told_from_names(text: str, *, is_id: bool) -> None:
    """A GUID is an ID, anything else a name."""
    assert is_tenant_id(text) is is_id


def test_a_single_organisation_needs_no_choice() -> None:
    """The setting may stay empty when the credentials reach one organisation only."""
    assert choose_tenant([TWO[0]], None) == Tenant(FIRST, "Maple Florists")


def test_practices_are_no_organisations() -> None:
    """A tenant without a ledger is neither chosen nor makes the choice unclear."""
    practice = connection(THIRD, "Ledgers & Co", "PRACTICE")
    assert choose_tenant([practice, TWO[1]], None).tenant_id == SECOND
    assert "reach no organisation" in refusal([practice], None)


@pytest.mark.parametrize("wanted", [SECOND, SECOND.upper(), "Adam Demo"])
def test_the_choice_is_by_id_or_exact_name(wanted: str) -> None:
    """An ID in any case, a name as Xero spells it."""
    assert choose_tenant(TWO, wanted) == Tenant(SECOND, "Adam Demo")


def test_several_organisations_are_listed_not_guessed() -> None:
    """Without a choice the sentence names the setting and every organisation by name and ID."""
    sentence = refusal(TWO, None)
    assert "Set tenant to one of them" in sentence
    assert f"Maple Florists ({FIRST}), Adam Demo ({SECOND})" in sentence


@pytest.mark.parametrize("wanted", ["adam demo", "Adam  Demo ", "ADAMDEMO"])
def test_a_name_in_another_spelling_is_offered_not_taken(wanted: str) -> None:
    """A name that differs in case or spaces only may be a slip, or another organisation: the user decides."""
    assert f"Did you mean Adam Demo ({SECOND})? Upper and lower case and spaces count." in refusal(TWO, wanted)


@pytest.mark.parametrize("wanted", ["Adam", "Adam Demo 2", THIRD])
def test_what_resembles_nothing_is_offered_nothing(wanted: str) -> None:
    """A part of a name or a foreign ID is no slip of the pen."""
    assert "Did you mean" not in refusal(TWO, wanted)


def test_an_id_has_one_spelling() -> None:
    """Tables and states of an organisation agree, however Xero or the settings spell its ID."""
    assert choose_tenant([connection(FIRST.upper(), "Maple Florists")], "Maple Florists").tenant_id == FIRST
    assert same_tenant(FIRST.upper(), FIRST)
    assert not same_tenant(FIRST, SECOND)
    assert not same_tenant(None, None)


@pytest.mark.parametrize("wanted", ["adam demo", "Adam", THIRD])
def test_a_choice_out_of_reach_lists_what_is_in_reach(wanted: str) -> None:
    """A name in another spelling, a part of it, or an ID of elsewhere chooses nothing."""
    sentence = refusal(TWO, wanted)
    assert "do not reach" in sentence
    assert f"Maple Florists ({FIRST}), Adam Demo ({SECOND})" in sentence


def test_two_organisations_of_one_name_are_told_apart_by_id() -> None:
    """The sentence asks for the ID, and lists only those that the name fits."""
    twins = [*TWO, connection(THIRD, "Adam Demo")]
    sentence = refusal(twins, "Adam Demo")
    assert f"Set tenant to the ID of one: Adam Demo ({SECOND}), Adam Demo ({THIRD})." in sentence
    assert choose_tenant(twins, THIRD).tenant_id == THIRD


def test_an_id_beats_a_name() -> None:
    """An organisation that is named like another one's ID does not take its place."""
    assert choose_tenant([connection(SECOND, FIRST), TWO[0]], FIRST).tenant_id == FIRST


def test_nothing_in_reach_asks_to_connect_again() -> None:
    """Xero answers with an empty list when the connection was removed."""
    assert "Connect to Xero again" in refusal([], FIRST)


def test_a_connection_without_an_id_is_a_broken_promise() -> None:
    """What Xero guarantees is not replaced by a blank."""
    with pytest.raises(XeroError) as raised:
        choose_tenant([{"tenantType": "ORGANISATION", "tenantName": "Demo"}], None)
    assert raised.value.failure_type is SYSTEM
