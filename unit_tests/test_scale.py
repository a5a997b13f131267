"""The simulation of many organisations: small worlds whose answers follow by hand from Xero's limits."""

from __future__ import annotations

import pytest

from source_xero_gl.streams import STREAMS
from tools.scale.model import Machine, Result, Work, Xero
from tools.scale.simulation import DAY_SECONDS, SIGN_IN_CALLS, simulate
from tools.scale.world import WITH_JOURNALS, WITHOUT_JOURNALS, Organisation, organisations, plan

WINDOW = 60.5
"""Seconds in which the connector sends sixty calls: half a second more than Xero's minute."""

LATENCY = 0.5
QUICK = Machine(workers=1, cores=1, start_seconds=0.0, page_seconds=0.0)
STEADY = Xero(latency=(LATENCY, LATENCY))
SIGN_IN = SIGN_IN_CALLS * LATENCY


def seconds(*works: Work, machine: Machine = QUICK, xero: Xero = STEADY) -> float:
    """Return how long syncs take."""
    return simulate(works, machine, xero).seconds


def binding(result: Result, works: list[Work], machine: Machine, xero: Xero = STEADY) -> str:
    """Return the limit that asks for most time."""
    bounds = result.bounds(works, machine, xero)
    return max(bounds, key=lambda name: bounds[name])


def test_calls_of_a_stream_go_one_after_the_other() -> None:
    """Ten calls of half a second, after those of the sign-in, take five seconds."""
    assert seconds(Work((10,))) == pytest.approx(SIGN_IN + 10 * LATENCY)


def test_five_calls_are_in_flight() -> None:
    """The first call goes alone; of ten streams with a call each the other nine go in two rounds of at most five."""
    assert seconds(Work((1,) * 10)) == pytest.approx(SIGN_IN + 3 * LATENCY)
    assert seconds(Work(ahead=11)) == pytest.approx(SIGN_IN + 3 * LATENCY)


def test_120_calls_take_a_minute_and_what_the_second_sixty_take() -> None:
    """Call 61 waits for the end of the minute that began with call 1; the rest goes in rounds of five."""
    second_minute = 60 / 5 * LATENCY
    assert seconds(Work(ahead=120)) == pytest.approx(SIGN_IN + WINDOW + second_minute, abs=2 * LATENCY)
    assert seconds(Work(ahead=61)) == pytest.approx(SIGN_IN + WINDOW + LATENCY)


def test_minutes_of_organisations_count_apart() -> None:
    """With a worker for each, two organisations take no longer than one; one worker takes twice as long."""
    work = Work(ahead=121)
    alone = seconds(work)
    assert seconds(work, work, machine=Machine(2, 2, 0.0, 0.0)) == pytest.approx(alone)
    assert seconds(work, work) == pytest.approx(2 * alone)


def test_processors_are_shared() -> None:
    """Four starts of a second on one core end after four seconds, though there are four workers."""
    machine = Machine(workers=4, cores=1, start_seconds=1.0, page_seconds=0.0)
    works = [Work((1,))] * 4
    assert seconds(*works, machine=machine) == pytest.approx(4 + SIGN_IN + LATENCY)
    assert binding(simulate(works, machine, STEADY), works, machine) == "processors"


def test_the_apps_minute_binds() -> None:
    """Ten organisations of 60 calls against 200 calls a minute for the app: the last calls go in its third minute."""
    machine = Machine(10, 10, 0.0, 0.0)
    xero = Xero(app_calls_per_minute=200, latency=(LATENCY, LATENCY))
    works = [Work(ahead=60)] * 10
    result = simulate(works, machine, xero)
    assert 120 < result.seconds < 120 + 60
    assert (result.nights[0].calls, result.nights[0].refused > 0) == (600, True)
    assert binding(result, works, machine, xero) == "the app's minute"
    assert simulate(works, machine, STEADY).nights[0].refused == 0


def test_the_day_limit_splits_a_first_sync() -> None:
    """2,500 calls at 1,000 a day take three nights: the third one has 500 calls, and begins two days after the first."""
    xero = Xero(calls_per_day=1_000, latency=(LATENCY, LATENCY))
    result = simulate([Work((7,), ahead=2_493)], QUICK, xero)
    assert [night.calls for night in result.nights] == [1_000, 1_000, 500]
    assert [night.unfinished for night in result.nights] == [1, 1, 0]
    assert result.seconds == pytest.approx(2 * DAY_SECONDS + seconds(Work(ahead=500)), rel=0.01)


def test_only_who_stopped_goes_on() -> None:
    """An organisation that was complete in the first night is not synced again."""
    xero = Xero(calls_per_day=100, latency=(LATENCY, LATENCY))
    nights = simulate([Work((30,)), Work((90, 20))], QUICK, xero).nights
    assert [night.calls for night in nights] == [30 + 100, 10]


def test_what_binds_is_named() -> None:
    """One large organisation: its minute. Many small ones and one worker: the worker, who waits for no minute."""
    large = [Work(ahead=1_000), *[Work((1,))] * 3]
    machine = Machine(4, 4, 0.0, 0.0)
    assert binding(simulate(large, machine, STEADY), large, machine) == "the largest organisation's minute"
    small = [Work((20,))] * 50
    result = simulate(small, QUICK, STEADY)
    assert (binding(result, small, QUICK), result.nights[0].waited) == ("workers", 0)


def test_waits_are_counted_once_for_all_calls_that_wait() -> None:
    """Where five calls wait for the same minute, the organisation has waited once."""
    night = simulate([Work(ahead=120)], QUICK, STEADY).nights[0]
    assert night.waited == pytest.approx(WINDOW - 60 / 5 * LATENCY, abs=2 * LATENCY)


def test_nothing_to_do_takes_no_time() -> None:
    """Without organisations there is no night."""
    assert simulate([], QUICK, STEADY) == Result([], 0.0)


def test_the_same_seed_gives_the_same_world() -> None:
    """Organisations and their syncs can be drawn again."""
    drawn = organisations(20)
    assert drawn == organisations(20)
    works = [plan(each, WITH_JOURNALS).first for each in drawn]
    assert simulate(works, Machine(4), Xero()) == simulate(works, Machine(4), Xero())


def test_calls_are_those_of_estimate() -> None:
    """30,000 journals: 300 pages and one that is empty, nine pages of invoices and one, a month end of the trial balance each."""
    found = plan(Organisation(30_000, months=24), ("journals", "invoices", "accounts"))
    assert (found.first, found.nightly) == (Work((10, 1), ahead=301), Work((1, 1, 1)))
    assert found.first_bytes == pytest.approx(30_000 * 1_085 + 9_000 * 1_305 + 20_000)


def test_locked_books_are_not_read_again() -> None:
    """Of an organisation that locks its years, a night reads the month ends since April; of another one, all of them."""
    locked, open_ = (
        plan(Organisation(1_000, 60, locked=locked), ["trial_balance_lines"]).nightly for locked in (True, False)
    )
    assert locked.calls < 12
    assert open_.calls > 60


def test_streams_exist() -> None:
    """What is simulated is what the connector reads."""
    assert {*WITH_JOURNALS, *WITHOUT_JOURNALS} <= {stream.name for stream in STREAMS}
