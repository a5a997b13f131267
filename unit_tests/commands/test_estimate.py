"""What a first sync will take: counting from few pages, and what follows from calls and quota."""

from __future__ import annotations

import random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from source_xero_gl.commands.estimate.command import (
    Quota,
    later_sentences,
    ledger_sentences,
    main,
    sentences,
    table,
)
from source_xero_gl.commands.estimate.forecast import ONE_CALL, REFUSED, Forecast
from source_xero_gl.commands.estimate.journal_count import EXTRA_PAGES, JournalCount, count_journals
from source_xero_gl.settings.settings import AccessTokenCredentials, InvoiceSettings, JournalSettings, Settings
from source_xero_gl.streams import LEDGER_EXTRAS, LEDGER_STREAMS
from source_xero_gl.xero.error_table import TABLE
from unit_tests.fake_xero.journals import JournalBook

DAY = 86_400_000
MINUTE_CALLS = 1.0
"""Seconds between calls at 60 a minute."""


def book_of(numbers: list[int]) -> JournalBook:
    """Return a ledger with a journal a minute."""
    book = JournalBook()
    book.post({number: 10**9 + position * 60_000 for position, number in enumerate(numbers)})
    return book


def counted(book: JournalBook, filters: JournalSettings | None = None) -> JournalCount:
    """Count a ledger."""
    return count_journals(book.fetch, filters or JournalSettings())


@settings(deadline=None)
@given(journals=st.integers(0, 20_000))
def test_a_ledger_without_gaps_is_counted_exactly(journals: int) -> None:
    """Without gaps the estimate is the number of journals, from calls that grow with its logarithm."""
    book = book_of(list(range(1, journals + 1)))
    assert counted(book).journals == journals
    assert len(book.calls) <= 26 + EXTRA_PAGES


@pytest.mark.parametrize("share", [0.03, 0.3, 0.9])
def test_even_gaps_are_estimated(share: float) -> None:
    """When numbers are unused here and there, the estimate is right within 5 %."""
    chance = random.Random(7)
    numbers = [number for number in range(1, 60_001) if chance.random() >= share]
    count = counted(book_of(numbers))
    assert not count.counted
    assert count.journals == pytest.approx(len(numbers), rel=0.05)


def test_a_small_ledger_is_counted() -> None:
    """Where all pages were seen, the number is no estimate, gaps or not."""
    count = counted(book_of([*range(5, 90, 2), 7_000]))
    assert (count.journals, count.counted) == (44, True)


@settings(deadline=None)
@example(start=14, length=14, after=86)  # the first recent journal is on the first page, but behind the window
@given(start=st.integers(1, 12_000), length=st.integers(0, 12_000), after=st.integers(0, 10_000))
def test_filters_of_journals_are_respected(start: int, length: int, after: int) -> None:
    """Only what a window and a date admit is counted, and nothing outside of the window is asked for."""
    book = book_of(list(range(1, 10_001)))
    filters = JournalSettings(starting_at=start, ending_at=start + length, modified_since=10**9 + after * 60_000)
    assert counted(book, filters).journals == len(book.admitted(filters))
    assert all(start - 1 <= offset <= start + length for offset in book.calls)


def test_short_pages_are_noticed() -> None:
    """Where Xero sends pages of fifty, twice the calls are foreseen."""
    book = book_of(list(range(1, 5_001)))
    book.lengths = [50]
    assert counted(book).journals_a_page == pytest.approx(50, rel=0.05)


@pytest.mark.parametrize(
    ("quota", "calls", "a_day", "days"),
    [
        (Quota(5_000), 5_000, 5_000, 1),
        (Quota(4_000), 5_000, 5_000, 2),
        (Quota(4_000), 9_001, 5_000, 3),
        (Quota(0), 5_000, 5_000, 1),
        (Quota(None), 2_500, 1_000, 3),
        (Quota(1_000, reserve=500), 1_000, 1_000, 2),
        (Quota(1_000, reserve=1_000), 1, 1_000, None),
        (Quota(600, reserve=800), 300, 1_000, 2),
    ],
)
def test_days_of_quota(quota: Quota, calls: int, a_day: int, days: int | None) -> None:
    """Today counts with what is left of it, each later day with its whole allowance, the reserve left out."""
    assert quota.days(calls, a_day) == days


def forecast(calls: int, size: float = 2_500_000) -> Forecast:
    """Return a forecast of 1,000 records."""
    return Forecast("journals", 1_000, calls, size, "counted")


def test_the_sentence_names_calls_minutes_and_megabytes() -> None:
    """600 calls at one a second are ten minutes; a megabyte has a million bytes."""
    first, second = sentences([forecast(540), forecast(60)], MINUTE_CALLS, Quota(4_000))
    assert "about 600 calls, 10 minutes at 60 calls a minute, and 5.0 MB" in first
    assert second == "Xero reports 4,000 calls left today for this organisation: one day is enough."


def test_more_than_a_day_is_told_for_each_limit_that_is_possible() -> None:
    """With at most 1,000 calls left the app may be of the Starter tier; with more it cannot be."""
    *_, unclear = sentences([forecast(6_000)], MINUTE_CALLS, Quota(1_000))
    assert "it takes 2 days at 5,000 calls a day and 6 days at 1,000 calls a day" in unclear
    *_, clear = sentences([forecast(6_000)], MINUTE_CALLS, Quota(4_000))
    assert "it takes 2 days at 5,000 calls a day." in clear
    *_, reserved = sentences([forecast(6_000)], MINUTE_CALLS, Quota(900, reserve=1_000))
    assert "2 days at 5,000 calls a day and no end, because of daily_call_reserve, at 1,000" in reserved


def test_no_more_calls_are_kept_than_are_left() -> None:
    """A reserve above what is left today keeps what is left, and no more."""
    *_, told = sentences([forecast(6_000)], MINUTE_CALLS, Quota(4_587, reserve=4_990))
    assert "4,587 calls left today for this organisation, of which the settings leave 4,587 unused" in told


def test_later_syncs_and_those_that_read_everything_again_are_told() -> None:
    """What a later sync takes is the sum of all streams; lists with the same days are read again in the same sync."""
    lists = [Forecast(name, 9, 20, 1, "counted", later=1, reread_days=7) for name in ("payments", "contacts")]
    invoices = Forecast("invoices", 9, 11, 1, "counted", later=1, reread_days=30)
    budgets = Forecast("budgets", 3, 16, None, "guessed", later=16)
    assert list(later_sentences([*lists, invoices, budgets])) == [
        "A later sync takes about 19 calls when little has changed.",
        "Every 7 days a sync takes up to 40 calls more, because lists are read again as a whole.",
        "Every 30 days a sync takes up to 11 calls more, because lists are read again as a whole.",
    ]


def ledger(*left_out: str) -> list[Forecast]:
    """Return forecasts of every stream that a ledger without journals uses, ten calls each, and of another one."""
    names = [name for name in (*LEDGER_STREAMS, *LEDGER_EXTRAS, "quotes") if name not in left_out]
    return [Forecast(name, 9, 10, 1, "counted", later=2) for name in names]


def told_of_the_ledger(forecasts: list[Forecast], quota: Quota, **invoices: int) -> str:
    """Return what is said to somebody whose journals are turned off."""
    chosen = Settings(AccessTokenCredentials("token"), invoices=InvoiceSettings(**invoices))
    return "\n".join(ledger_sentences(forecasts, chosen, quota))


def test_without_journals_the_streams_of_a_rebuilt_ledger_and_their_calls_are_told() -> None:
    """Sixteen streams of ten calls are 160, whatever else is read, and fit into what is left of the day, or do not."""
    told = told_of_the_ledger(ledger(), Quota(900))
    assert told.startswith(
        "Without journals you get a ledger rebuilt from documents and compared with Xero's trial balance"
    )
    assert [name for name in (*LEDGER_STREAMS, *LEDGER_EXTRAS) if name not in told] == []
    assert told.endswith("a first sync takes about 160 calls, a later one 32: one day is enough.")
    assert told_of_the_ledger(ledger(), Quota(100)).endswith(": it takes 2 days at 1,000 calls a day.")


def test_optional_streams_of_a_rebuilt_ledger_may_be_left_out() -> None:
    """Without them the calls are fewer, and nothing is missing."""
    told = told_of_the_ledger(ledger(*LEDGER_EXTRAS), Quota(900))
    assert told.endswith("a first sync takes about 120 calls, a later one 24: one day is enough.")


def test_what_a_rebuilt_ledger_lacks_is_told() -> None:
    """Streams that were not chosen or are refused, and a filter of invoices, would leave it incomplete."""
    assert told_of_the_ledger(ledger("payments", "accounts"), Quota(900)).endswith(
        "Not among the streams above: accounts, payments."
    )
    refused = [*ledger("payments"), Forecast("payments", None, 0, None, "may not be read", 0, refused=True)]
    assert "Xero refuses payments: connect again" in told_of_the_ledger(refused, Quota(900))
    assert "invoices.modified_since leaves invoices out" in told_of_the_ledger(ledger(), Quota(900), modified_since=1)


def test_streams_of_one_call_each_share_a_line() -> None:
    """They come last, under the name of the first, and count one call each."""
    lines = table([forecast(12), *(Forecast(name, None, 1, None, ONE_CALL) for name in ("accounts", "items", "users"))])
    assert lines[3] == "accounts and 2 more        -      3    -  one call each, not counted"
    assert lines[-1].split()[:3] == ["Total", "1,000", "15"]


def test_the_table_is_aligned() -> None:
    """Numbers end in their column, what is not known is a dash, and the total leaves it out."""
    lines = table([forecast(12), Forecast("cash_journals", None, 1_234, None, "not counted")])
    assert lines == [
        "Stream         Records  Calls   MB  How it is known",
        "-" * 63,
        "journals         1,000     12  2.5  counted",
        "cash_journals        -  1,234    -  not counted",
        "-" * 63,
        "Total            1,000  1,246  2.5  without what is not counted",
    ]


def test_refusals_are_rows_of_the_error_table() -> None:
    """What passes as a refusal of one stream is named in the error table."""
    assert set(REFUSED) <= {row.kind for row in TABLE}


@pytest.mark.parametrize("args", [[], ["--config", "c", "--streams", ""], ["--config", "c", "--streams", " , "]])
def test_wrong_arguments_are_usage_errors(args: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Without a config file, or with an option that names no stream, the exit status is 2."""
    with pytest.raises(SystemExit) as ended:
        main(args)
    assert ended.value.code == 2
    assert "usage: source-xero-gl estimate" in capsys.readouterr().err
