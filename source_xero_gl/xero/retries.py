"""Retries: how often and how long after each kind of failure. The waits end at once when the sync is told to stop."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

from tenacity import RetryCallState, Retrying, retry_if_exception, sleep_using_event, wait_exponential, wait_random

from source_xero_gl.xero.errors import Action, XeroError

T = TypeVar("T")

TRIES = {Action.RETRY: 6, Action.RETRY_SLOWLY: 6, Action.WAIT: 12}
"""Calls made in all before a failure of that kind is final."""

_PAUSES = {
    Action.RETRY: wait_exponential(multiplier=1, max=30) + wait_random(0, 1),
    # Xero is usually back within minutes: half a minute to five between tries.
    Action.RETRY_SLOWLY: wait_exponential(multiplier=30, max=300) + wait_random(0, 10),
    # The gate holds the call as long as needed; this only spreads the callers.
    Action.WAIT: wait_exponential(multiplier=0.1, max=1) + wait_random(0, 0.5),
}


def retrying(call: Callable[[], T], stop: threading.Event, tries: int | None = None) -> T:
    """Return what ``call`` returns, calling it again after failures that may pass.

    Args:
        call: makes one call; raises XeroError with the action of its row of the error table.
        stop: ends a pause at once; the next call then finds out why.
        tries: the most calls in all, and no slow retries, where a person waits; None for the patience of a sync.

    Raises:
        XeroError: the last failure, when it may not pass or the tries are used up.
    """

    def used_up(state: RetryCallState) -> bool:
        action = _action(state)
        if tries is not None and action is Action.RETRY_SLOWLY:
            return True
        return state.attempt_number >= min(TRIES[action], tries or TRIES[action])

    retrying_call = Retrying(
        retry=retry_if_exception(lambda error: isinstance(error, XeroError) and error.action in TRIES),
        stop=used_up,
        wait=lambda state: _PAUSES[_action(state)](state),
        sleep=sleep_using_event(stop),
        reraise=True,
    )
    try:
        return retrying_call(call)
    except XeroError as error:
        error.action = (
            Action.FAIL
        )  # a renewal of the token that was tried in vain is not tried again for the call around it
        raise


def _action(state: RetryCallState) -> Action:
    error = state.outcome.exception() if state.outcome else None
    return error.action if isinstance(error, XeroError) else Action.RETRY
