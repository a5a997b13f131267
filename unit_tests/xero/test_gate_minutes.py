"""The gate against Xero's fixed minutes, whose beginning nobody knows: never too fast, hardly ever too slow."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unit_tests.xero.xero_minutes import AT_A_TIME, MINUTE, XeroMinutes

phases = st.floats(0, MINUTE, exclude_max=True)
latencies = st.tuples(st.floats(0.02, 3), st.floats(0.02, 3)).map(lambda pair: (min(pair), max(pair)))
randoms = st.integers(0, 2**32).map(Random)
foreign_rates = st.integers(1, 50)

reproducibly = settings(max_examples=30, deadline=None, derandomize=True)


@pytest.fixture(scope="module", autouse=True)
def _long_polls() -> Iterator[None]:
    """Virtual waits end with the next event, so that nobody has to look up in between."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("source_xero_gl.xero.gate.POLL_SECONDS", 4.0)
        yield


@reproducibly
@given(phases, latencies, randoms)
def test_alone_the_gate_uses_each_minute_and_never_meets_a_limit(
    phase: float, seconds: tuple[float, float], random: Random
) -> None:
    """With latencies up to 3 s, at least 97 % of 60 calls a minute are served over ten minutes, and not one is refused."""
    world = XeroMinutes(phase, seconds, random)
    world.call_until(10 * MINUTE)
    assert world.refused == []
    assert len([time for time in world.served if time < 10 * MINUTE]) >= 0.97 * 10 * 60


@reproducibly
@given(phases, latencies, randoms, foreign_rates)
def test_beside_others_refusals_are_few_and_the_rate_recovers(
    phase: float, seconds: tuple[float, float], random: Random, foreign: int
) -> None:
    """Of a minute that others use up only the calls in flight are refused; two minutes after they end 97 % are ours."""
    world = XeroMinutes(phase, seconds, random)
    world.others_call([random.uniform(0, 5 * MINUTE) for _ in range(5 * foreign)])
    world.call_until(5 * MINUTE)
    assert len(world.refused) <= AT_A_TIME * 6  # Xero's minutes that five minutes touch
    assert world.served
    world.refused.clear()
    world.call_until(13 * MINUTE)
    assert not [time for time in world.refused if time >= 6 * MINUTE]
    recovered = [time for time in world.served if time >= 7 * MINUTE]
    assert recovered[300] - recovered[0] <= 300 / 0.97
