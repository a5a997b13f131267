"""Scopes: every endpoint that is read has them, and who lacks one is told which."""

from __future__ import annotations

import pytest

from source_xero_gl.streams import STREAMS
from source_xero_gl.xero.error_table import error_for
from source_xero_gl.xero.errors import CONFIG, Failure
from source_xero_gl.xero.scopes import SCOPES, wanted_scope

SCOPE_MISSING, PERMISSION_MISSING = (401, "authorizationunsuccessful"), (403, "")
BROAD = {
    "accounting.invoices.read": "accounting.transactions.read",
    "accounting.payments.read": "accounting.transactions.read",
    "accounting.banktransactions.read": "accounting.transactions.read",
    "accounting.manualjournals.read": "accounting.transactions.read",
    "accounting.reports.balancesheet.read": "accounting.reports.read",
    "accounting.reports.profitandloss.read": "accounting.reports.read",
    "accounting.reports.banksummary.read": "accounting.reports.read",
    "accounting.reports.trialbalance.read": "accounting.reports.read",
}
"""The broad scope that each granular one replaces: https://developer.xero.com/faq/granular-scopes."""


def sentence(endpoint: str, refusal: tuple[int, str]) -> str:
    """Return what a person is told when an endpoint is refused."""
    failure = Failure(refusal[0], endpoint, refusal[1])
    error = error_for(failure)
    assert error.failure_type is CONFIG
    assert "{" not in str(error.message)
    return str(error.message)


def test_every_stream_has_its_scopes() -> None:
    """There is a scope for each path that a stream reads, and for no other."""
    assert {stream.parent.path for stream in STREAMS} == SCOPES.keys()
    assert all(SCOPES.values())


@pytest.mark.parametrize("endpoint", SCOPES)
def test_a_granular_scope_stands_before_the_broad_one(endpoint: str) -> None:
    """New apps can have granular scopes only, older ones may still have the broad one: either is enough."""
    granular, *others = SCOPES[endpoint]
    if endpoint == "Items":  # belongs to the settings and to the invoices
        assert {granular, *others} >= {"accounting.settings.read", "accounting.invoices.read"}
        return
    assert others == ([BROAD[granular]] if granular in BROAD else [])


@pytest.mark.parametrize("endpoint", sorted(SCOPES.keys() - {"Journals"}))
@pytest.mark.parametrize("refusal", [SCOPE_MISSING, PERMISSION_MISSING])
def test_a_refusal_names_the_scopes(endpoint: str, refusal: tuple[int, str]) -> None:
    """A scope that the sign-in lacks, or a role that the user lacks: the sentence names the endpoint and its scopes."""
    told = sentence(endpoint, refusal)
    assert endpoint in told
    for scope in SCOPES[endpoint]:
        assert scope in told


@pytest.mark.parametrize(
    ("endpoint", "words"),
    [
        ("Payments", "accounting.payments.read or accounting.transactions.read"),
        ("Reports/TrialBalance", "accounting.reports.trialbalance.read or accounting.reports.read"),
        ("Accounts", "accounting.settings.read"),
        ("Budgets", "accounting.budgets.read"),
        ("Budgets/c1f1a0a4-5e2b-4d0f-9a53-0a4a5c1b2d3e", "accounting.budgets.read"),
    ],
)
def test_the_scopes_read_as_words(endpoint: str, words: str) -> None:
    """Alternatives are joined with "or"; one object of a list wants what the list wants."""
    assert wanted_scope(endpoint) == words
    assert f"{words}." in sentence(endpoint, SCOPE_MISSING)


def test_an_unknown_endpoint_still_has_a_sentence() -> None:
    """Nothing is made up for an endpoint that no stream reads."""
    assert "a scope that the documentation lists" in sentence("Employees", SCOPE_MISSING)


def test_a_refusal_of_journals_has_reasons_of_its_own() -> None:
    """For Journals the scope may be there and the app not allowed, or the user's role too low; both choices are named."""
    not_allowed = sentence("Journals", SCOPE_MISSING)
    for word in ("accounting.journals.read", "Advanced tier", "29 April 2026", "journals.include to false"):
        assert word in not_allowed
    assert "role with access to reports" in sentence("Journals", PERMISSION_MISSING)
