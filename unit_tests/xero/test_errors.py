"""The error table: each way in which Xero can fail, as the person, the engineer and the platform see it."""

from __future__ import annotations

import traceback

import pytest
import requests_mock

from source_xero_gl.xero.error_table import TABLE
from source_xero_gl.xero.errors import SYSTEM, TRANSIENT, Kind, StoppedError, XeroError, unforeseen
from source_xero_gl.xero.gate import NOT_CALLED, Gate
from source_xero_gl.xero.tokens.endpoint import App
from unit_tests.xero.failure_cases import (
    CASES,
    CLIENT_ID,
    CLIENT_SECRET,
    CORRELATION_ID,
    LEDGER,
    REFRESH_TOKEN,
    SECRETS,
    SIGN_IN,
    Case,
)
from unit_tests.xero.fakes import TOKEN_URL, Clock, InstantStop, NumberedTokens, client, endpoint, list_url

each_case = pytest.mark.parametrize(
    "case", CASES, ids=[f"{case.kind.value}-{case.endpoint}-{case.status}" for case in CASES]
)


@pytest.fixture(autouse=True)
def _quick_polls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("source_xero_gl.xero.gate.POLL_SECONDS", 1e-5)


def failure_of(case: Case, xero: requests_mock.Mocker) -> XeroError:
    """Return the error that a case ends with, after all tries."""
    if case.endpoint == SIGN_IN:
        xero.post(TOKEN_URL, **case.answer)
        form = {"grant_type": "refresh_token", "refresh_token": REFRESH_TOKEN}
        with pytest.raises(XeroError) as raised:
            endpoint().exchange(form, App(CLIENT_ID, CLIENT_SECRET))
    else:
        xero.get(list_url(case.endpoint), **case.answer)
        stop = InstantStop()
        gate = Gate(1_000_000, stop, clock=Clock(step=0.5))
        with pytest.raises(XeroError) as raised:
            client(NumberedTokens(), stop, gate).page(case.endpoint, case.endpoint)
    return raised.value


def test_every_row_of_the_table_has_a_case() -> None:
    """No row exists that no answer of Xero reaches, and no failure goes untested."""
    kinds = [row.kind for row in TABLE]
    assert len(set(kinds)) == len(kinds)
    assert {case.kind for case in CASES} == set(kinds)


@each_case
def test_the_person_is_told_what_to_do(case: Case, requests_mock: requests_mock.Mocker) -> None:
    """The sentence of the row names the endpoint, setting or remedy."""
    error = failure_of(case, requests_mock)
    assert error.kind is case.kind
    for word in case.words:
        assert word in str(error.message)
    assert "{" not in str(error.message)


@each_case
def test_the_engineer_gets_the_facts(case: Case, requests_mock: requests_mock.Mocker) -> None:
    """Status, endpoint and Xero-Correlation-Id stand in the internal message."""
    facts = failure_of(case, requests_mock).internal_message or ""
    assert case.endpoint in facts
    if case.status:
        assert str(case.status) in facts
        assert CORRELATION_ID in facts
    else:
        assert "did not answer" in facts


@each_case
def test_the_platform_learns_whether_to_try_again(case: Case, requests_mock: requests_mock.Mocker) -> None:
    """Config waits for the user, transient is tried again, system is ours."""
    assert failure_of(case, requests_mock).failure_type == case.failure_type


@each_case
def test_an_error_shows_neither_a_body_nor_a_secret(case: Case, requests_mock: requests_mock.Mocker) -> None:
    """Neither the messages nor the traceback, with all chained errors, quote what Xero sent or what was sent to it."""
    error = failure_of(case, requests_mock)
    shown = "\n".join(
        [
            *traceback.format_exception(error),
            str(error),
            repr(error),
            str(error.message),
            str(error.internal_message),
            error.as_airbyte_message().trace.error.stack_trace or "",  # type: ignore[union-attr]  # a trace by definition
        ]
    )
    assert not [secret for secret in SECRETS if secret in shown]


@each_case
def test_each_failure_is_tried_as_often_as_it_deserves(case: Case, requests_mock: requests_mock.Mocker) -> None:
    """What cannot pass costs one call, an expired token two, what may pass six, a limit that the gate waits for twelve."""
    failure_of(case, requests_mock)
    assert requests_mock.call_count == case.calls


def test_the_first_row_that_matches_counts(requests_mock: requests_mock.Mocker) -> None:
    """A day limit is the end of the day's calls, also when Retry-After is short enough to be waited for."""
    headers = {"X-Rate-Limit-Problem": "day", "Retry-After": "1"}
    requests_mock.get(list_url("Journals"), status_code=429, headers=headers)
    with pytest.raises(XeroError) as raised:
        client().page("Journals", "Journals")
    assert raised.value.kind is Kind.DAY_LIMIT


def test_an_error_that_is_kept_does_not_grow() -> None:
    """Each call that a closed gate refuses gets an error of its own, so that no traceback holds the frames of all streams."""
    gate, day_over = Gate(60, InstantStop()), XeroError(TRANSIENT, "No more.", "facts", Kind.DAY_LIMIT, retry_after=9.0)
    gate.close(day_over)
    raised = []
    for _ in range(3):
        with pytest.raises(XeroError) as refusal, gate.slot():
            pass
        raised.append(refusal.value)
    assert len({id(error) for error in (day_over, *raised)}) == 4
    assert len({len(traceback.extract_tb(error.__traceback__)) for error in raised}) == 1
    facts = {(error.message, error.internal_message, error.kind, error.retry_after) for error in raised}
    assert facts == {("No more.", NOT_CALLED, Kind.DAY_LIMIT, 9.0)}


def test_being_stopped_is_transient() -> None:
    """A platform runs a stopped sync again."""
    error = StoppedError()
    assert error.failure_type is TRANSIENT
    assert "goes on where it stopped" in str(error.message)


def test_an_unforeseen_error_tells_where_and_not_what() -> None:
    """The text of a foreign exception may quote the ledger: its type and place are enough."""
    with pytest.raises(ValueError, match=LEDGER) as caught:
        int(LEDGER)
    error = unforeseen("Reading journals", caught.value)
    assert error.failure_type is SYSTEM
    assert str(error.message).startswith("Reading journals failed")
    facts = str(error.internal_message)
    assert "ValueError" in facts
    assert "test_errors.py" in facts
    assert LEDGER not in str(error.message) + facts


def test_an_error_that_was_never_raised_is_told_as_well() -> None:
    """Without a traceback the place is unknown, and the report does not fail."""
    error = unforeseen("Reading journals", ValueError(LEDGER))
    assert "ValueError" in str(error.internal_message)
    assert LEDGER not in str(error.message) + str(error.internal_message)
