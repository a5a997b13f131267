"""One search for the first month serves all reports of a sync, whichever of them comes first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_xero_gl.engine.stream import XeroStream
from source_xero_gl.readers.months import Month
from source_xero_gl.readers.reports.first_month import LONGEST_PAUSE, STEP, FirstMonth
from source_xero_gl.streams.reference import Organisations
from source_xero_gl.streams.reports import BalanceSheetLines, ProfitAndLossLines, TrialBalanceLines
from source_xero_gl.xero.errors import CONFIG, XeroError
from unit_tests.fake_xero.client import FakeClient, fake_sync
from unit_tests.fake_xero.destination import Outcome, consume
from unit_tests.fake_xero.reports import ReportBook, monthly

TRIAL_BALANCE, BALANCE_SHEET, PROFIT_AND_LOSS = TrialBalanceLines(), BalanceSheetLines(), ProfitAndLossLines()
TODAY = Month(2026, 6)
MONTHS = 44
"""From November 2022, behind the last look without figures, to June 2026."""


def together(book: ReportBook, *streams: XeroStream) -> list[Outcome]:
    """Read streams in one sync, one after the other."""
    sync = fake_sync(FakeClient(book.answer))
    return [consume(stream.reader.batches(sync.list_of(stream, ()), None), None) for stream in streams]


def three_years() -> ReportBook:
    """Return the books of a company that began in May 2023."""
    return ReportBook(monthly(Month(2023, 5), TODAY))


@pytest.mark.parametrize(
    ("streams", "search"),
    [
        ((TRIAL_BALANCE, BALANCE_SHEET, PROFIT_AND_LOSS), 5),
        ((BALANCE_SHEET, PROFIT_AND_LOSS, TRIAL_BALANCE), 5),
        ((PROFIT_AND_LOSS, TRIAL_BALANCE, BALANCE_SHEET), 8 + 2),
    ],
)
def test_the_search_is_made_once(streams: Sequence[XeroStream], search: int) -> None:
    """Balances answer for all; behind movements they look twice: before all books, and before the first movement."""
    book = three_years()
    for outcome in together(book, *streams):
        assert min(line["Date"] for line in outcome.objects) == "2023-05-31"
    assert len(book.asked) == search + 3 * MONTHS


def test_reports_that_come_at_once_share_a_search() -> None:
    """In threads of their own they cost no more than one after the other, and read the same months."""
    book = three_years()
    sync = fake_sync(FakeClient(book.answer))

    def read(stream: XeroStream) -> Outcome:
        return consume(stream.reader.batches(sync.list_of(stream, ()), None), None)

    with ThreadPoolExecutor(3) as threads:
        outcomes = list(threads.map(read, [PROFIT_AND_LOSS, TRIAL_BALANCE, BALANCE_SHEET]))
    assert {min(line["Date"] for line in outcome.objects) for outcome in outcomes} == {"2023-05-31"}
    assert 5 + 3 * MONTHS <= len(book.asked) <= 10 + 3 * MONTHS


def test_old_capital_does_not_lead_movements_to_old_months() -> None:
    """Balances that stay the same for years bring no profit and loss: its months begin where something moved."""
    book = ReportBook({Month(2000, 1): 100_000} | monthly(Month(2023, 5), TODAY))
    balances, movements = together(book, BALANCE_SHEET, PROFIT_AND_LOSS)
    assert min(line["Date"] for line in balances.objects) == "2000-01-31"
    assert sum("fromDate" in query for query in book.asked) == MONTHS
    assert min(line["Date"] for line in movements.objects) == "2023-05-31"


def test_the_organisation_is_asked_once() -> None:
    """Its own stream and the lock date of every report come from one call."""
    client = FakeClient(three_years().answer)
    sync = fake_sync(client)
    for stream in (TRIAL_BALANCE, Organisations(), PROFIT_AND_LOSS):
        consume(stream.reader.batches(sync.list_of(stream, ()), None), None)
    assert client.asked.count(("Organisation", {})) == 1


def test_a_search_that_failed_is_made_by_the_next_report() -> None:
    """A report that may not be read takes no other with it."""
    first_month, refusal = FirstMonth(), XeroError(CONFIG, "Xero refuses the trial balance.")

    def refused(_: Month) -> dict[str, int]:
        raise refusal

    with pytest.raises(XeroError, match="refuses"):
        first_month.of_balances(TODAY, refused)
    assert first_month.of_balances(TODAY, lambda _: {}) == TODAY - STEP + 1


BOOKED = st.dictionaries(st.integers(0, 300), st.integers(1, 9), min_size=1)
"""Amounts by how many months ago they were booked."""


class Looks:
    """The figures of books, and how often somebody looked."""

    def __init__(self, booked: dict[int, int]) -> None:
        """Look into these books."""
        self._booked = {TODAY - ago: amount for ago, amount in booked.items()}
        self.calls = 0

    def balances(self, month: Month) -> dict[str, int]:
        """Return the balance of the only account."""
        return self._sum(lambda booked: booked <= month)

    def movements(self, month: Month) -> dict[str, int]:
        """Return what was booked in the step that ends with a month."""
        return self._sum(lambda booked: month - STEP < booked <= month)

    def _sum(self, counts: Callable[[Month], bool]) -> dict[str, int]:
        self.calls += 1
        total = sum(amount for booked, amount in self._booked.items() if counts(booked))
        return {"sales": total} if total else {}


@given(booked=BOOKED, movements_first=st.booleans())
def test_nothing_booked_lies_before_the_first_month(booked: dict[int, int], *, movements_first: bool) -> None:
    """Balances begin with the first booking; movements with the first that no pause of years parts from today."""
    looks, shared = Looks(booked), FirstMonth()
    if movements_first:
        shared.of_movements(TODAY, looks.movements)
    balances, movements = shared.of_balances(TODAY, looks.balances), shared.of_movements(TODAY, looks.movements)
    assert balances <= TODAY - max(booked)
    near = 0
    for ago in sorted(booked):
        near = ago if ago - near < (LONGEST_PAUSE - 1) * STEP else near
    assert movements <= TODAY - near
    alone = Looks(booked)
    FirstMonth().of_balances(TODAY, alone.balances)
    FirstMonth().of_movements(TODAY, alone.movements)
    assert looks.calls <= alone.calls
