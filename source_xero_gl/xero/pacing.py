"""Patience with Xero: its limits, and how often and how long after each kind of failure a call is made again.

See https://developer.xero.com/documentation/guides/oauth2/limits.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

from tenacity import RetryCallState, Retrying, retry_if_exception, sleep_using_event, wait_exponential, wait_random

from source_xero_gl.xero.errors import Action, Kind, XeroError

T = TypeVar("T")

CONCURRENT_CALLS = 5
"""Calls that Xero allows in flight at a time for an organisation."""

CALLS_PER_MINUTE = 60
"""Calls that Xero allows for an organisation in a minute."""

MINUTE_SECONDS = 60.0
WINDOW_SECONDS = 60.5
"""Our own rolling window: half a second more than Xero's, for the way of a call to Xero."""

LONGEST_WAIT_SECONDS = 300.0
"""A ``Retry-After`` above this counts as the end of the day's calls, whatever limit Xero names."""

RATE_WAIT_SECONDS = 15.0
"""Pause after a 429 without ``Retry-After``: a quarter of Xero's minute."""

CONCURRENCY_WAIT_SECONDS = 1.0
"""The same after a 429 for too many calls at a time: calls end within seconds."""

TRIES = {Action.RETRY: 6, Action.RETRY_SLOWLY: 6, Action.WAIT: 12}
"""Calls made in all before a failure with that action is final."""

_PAUSES = {
    Action.RETRY: wait_exponential(multiplier=1, max=30) + wait_random(0, 1),
    # Xero is usually back within minutes: half a minute to five between tries.
    Action.RETRY_SLOWLY: wait_exponential(multiplier=30, max=300) + wait_random(0, 10),
    # The gate holds the call as long as needed; this only spreads the callers.
    Action.WAIT: wait_exponential(multiplier=0.1, max=1) + wait_random(0, 0.5),
}


def wait_seconds(refused: XeroError) -> float:
    """Return for how many seconds nothing is to be sent after a 429 for the rate of calls or too many at a time."""
    if refused.retry_after is not None:
        return refused.retry_after
    return CONCURRENCY_WAIT_SECONDS if refused.kind is Kind.CONCURRENCY_LIMIT else RATE_WAIT_SECONDS


def retrying(call: Callable[[], T], stop: threading.Event, tries: int | None = None) -> T:
    """Return what ``call`` returns, calling it again after failures that may pass.

    Args:
        call: makes one call; its XeroError says by its action whether another try makes sense.
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
        # A renewal of the token is retried inside of the call that needs it: the tries of both must not multiply.
        error.action = Action.FAIL
        raise


def _action(state: RetryCallState) -> Action:
    error = state.outcome.exception() if state.outcome else None
    return error.action if isinstance(error, XeroError) else Action.RETRY
