"""Retries: how often, how long, and interruptible."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from source_xero_gl.xero.errors import TRANSIENT, Action, StoppedError, XeroError
from source_xero_gl.xero.pacing import retrying
from unit_tests.xero.fakes import InstantStop


class Calls:
    """A call that fails with the given actions, one after the other (the last for ever), or succeeds at None."""

    def __init__(self, *actions: Action | None) -> None:
        self._actions = actions
        self.count = 0

    def __call__(self) -> str:
        """Make one call."""
        action = self._actions[min(self.count, len(self._actions) - 1)]
        self.count += 1
        if action is None:
            return "page"
        raise XeroError(TRANSIENT, f"failure {self.count}", action=action)


def error_of(call: Callable[[], str], stop: InstantStop, tries: int | None = None) -> XeroError:
    """Return the error with which retrying gives up."""
    with pytest.raises(XeroError) as raised:
        retrying(call, stop, tries)
    return raised.value


def test_a_success_is_returned_at_once() -> None:
    """Nothing waits when nothing failed."""
    stop = InstantStop()
    assert retrying(Calls(None), stop) == "page"
    assert stop.pauses == []


@pytest.mark.parametrize("action", [Action.RETRY, Action.RETRY_SLOWLY, Action.WAIT])
def test_a_failure_that_passes_is_not_seen(action: Action) -> None:
    """The page arrives after the failures that Xero had."""
    stop = InstantStop()
    assert retrying(Calls(action, action, None), stop) == "page"
    assert len(stop.pauses) == 2


@pytest.mark.parametrize(("action", "tries"), [(Action.RETRY, 6), (Action.RETRY_SLOWLY, 6), (Action.WAIT, 12)])
def test_patience_is_bounded(action: Action, tries: int) -> None:
    """After so many calls in all the last failure is final."""
    calls = Calls(action)
    error = error_of(calls, InstantStop())
    assert calls.count == tries
    assert error.message == f"failure {tries}"


@pytest.mark.parametrize("action", [Action.FAIL, Action.RENEW_TOKEN])
def test_a_failure_that_cannot_pass_is_final_at_once(action: Action) -> None:
    """Neither a refusal nor a token that was already renewed is tried again."""
    calls = Calls(action)
    error_of(calls, InstantStop())
    assert calls.count == 1


def test_an_error_of_our_own_is_not_retried() -> None:
    """A bug shows at once and as itself."""
    calls = 0

    def call() -> str:
        nonlocal calls
        calls += 1
        raise KeyError("offset")

    with pytest.raises(KeyError):
        retrying(call, InstantStop())
    assert calls == 1


@pytest.mark.parametrize(("tries", "expected"), [(1, 1), (2, 2), (6, 6), (100, 6)])
def test_the_patience_can_be_lowered_but_not_raised(tries: int, expected: int) -> None:
    """A check that a person waits for gives up earlier; no caller waits longer than the bound."""
    calls = Calls(Action.RETRY)
    error_of(calls, InstantStop(), tries)
    assert calls.count == expected


@pytest.mark.parametrize(("action", "expected"), [(Action.RETRY, 3), (Action.WAIT, 3), (Action.RETRY_SLOWLY, 1)])
def test_where_a_person_waits_nothing_is_retried_slowly(action: Action, expected: int) -> None:
    """With a bound on the tries, a failure that lasts for minutes is final at once."""
    calls, stop = Calls(action), InstantStop()
    error_of(calls, stop, tries=3)
    assert calls.count == expected
    assert len(stop.pauses) == expected - 1


def test_failures_of_different_kinds_share_one_patience() -> None:
    """Kinds that take turns do not add up: the sixth call that fails with a server error is the last."""
    calls = Calls(Action.WAIT, Action.WAIT, Action.WAIT, Action.RETRY_SLOWLY, Action.WAIT, Action.RETRY, None)
    error_of(calls, InstantStop())
    assert calls.count == 6


def test_pauses_double_with_jitter() -> None:
    """Server errors are retried after 1, 2, 4, 8 and 16 seconds, each with up to one second of jitter."""
    stop = InstantStop()
    error_of(Calls(Action.RETRY), stop)
    assert len(stop.pauses) == 5
    for number, pause in enumerate(stop.pauses):
        assert 2**number <= pause <= 2**number + 1


def test_an_organisation_that_is_offline_is_retried_slowly() -> None:
    """Xero asks for one try about every five minutes: pauses grow from half a minute to that, with jitter."""
    stop = InstantStop()
    error_of(Calls(Action.RETRY_SLOWLY), stop)
    assert all(30 <= pause <= 310 for pause in stop.pauses)
    assert stop.pauses == sorted(stop.pauses)
    assert stop.pauses[-1] >= 300


def test_a_rate_limit_is_left_to_the_gate() -> None:
    """The retry itself pauses for about a second at most, because the gate holds the call as long as Xero asks."""
    stop = InstantStop()
    error_of(Calls(Action.WAIT), stop)
    assert all(0 < pause <= 1.5 for pause in stop.pauses)


def test_a_stop_ends_the_patience() -> None:
    """Pauses are waits on the stop event: once it is set the next call is made at once, and finds out why."""
    stop = InstantStop()
    calls = Calls(Action.RETRY_SLOWLY)

    def call() -> str:
        if stop.is_set():
            raise StoppedError
        stop.set()
        return calls()

    assert isinstance(error_of(call, stop), StoppedError)
    assert calls.count == 1
    assert len(stop.pauses) == 1


def test_tries_that_are_used_up_inside_are_not_multiplied() -> None:
    """A call that renews the token first does not begin again when the renewal has been tried in vain."""
    stop, renewal = InstantStop(), Calls(Action.RETRY)
    assert error_of(lambda: retrying(renewal, stop), stop).message == "failure 6"
    assert renewal.count == 6
