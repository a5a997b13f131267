"""Windows on the date of documents: together they are the whole list, and so are the parts of each."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_xero_gl.engine.stream import XeroStream
from source_xero_gl.readers.changes.reader import ByChange
from source_xero_gl.readers.changes.windows import BY_RANGE, FIRST_WINDOWS, Cut, Window, unread, windows_in, windows_out
from source_xero_gl.readers.errors import ReadingError
from source_xero_gl.streams.bank import BankTransactions
from source_xero_gl.streams.documents import CreditNotes, ManualJournals, PurchaseOrders
from source_xero_gl.streams.invoices import STATUSES, TYPES, Invoices
from source_xero_gl.streams.payments import Payments
from source_xero_gl.xero.errors import CONFIG, SYSTEM
from unit_tests.fake_xero.changes import ChangingList, Document

DOCUMENTS = st.builds(Document, st.none() | st.dates(), st.sampled_from(TYPES), st.sampled_from(STATUSES))
ALL_STATUSES = {"Statuses": ",".join(STATUSES)}


def holders(windows: tuple[Window, ...], document: Document) -> list[Window]:
    """Return the windows that a document is in, by their queries as Xero reads them."""
    return [window for window in windows if document.selected({**ALL_STATUSES, **window.by_where()})]


@given(document=DOCUMENTS)
def test_each_document_is_in_one_window(document: Document) -> None:
    """Whatever its date, or without one, a document is in one window, and in one part when that is split, and so on."""
    (window,) = holders(FIRST_WINDOWS, document)
    splits = 0
    while parts := window.split(TYPES, STATUSES):
        (window,) = holders(parts, document)
        splits += 1
    assert splits <= 60
    assert (window.kind, window.status) == (document.kind, document.status)


@given(
    document=DOCUMENTS.filter(
        lambda document: document.day is None or date(1900, 1, 1) <= document.day < date(2200, 1, 1)
    )
)
def test_the_last_date_window_is_a_day(document: Document) -> None:
    """From 1900 to 2199 a window is split down to a single day before type and status are used."""
    (window,) = holders(FIRST_WINDOWS, document)
    while (parts := window.split(TYPES, STATUSES)) and parts[0].kind is None:
        (window,) = holders(parts, document)
    day = document.day
    assert (window.first, window.end) == ((None, None) if day is None else (day, day + timedelta(days=1)))


@pytest.mark.parametrize("windows", [FIRST_WINDOWS, BY_RANGE.windows], ids=["where", "range"])
def test_the_first_windows_leave_no_day_out(windows: tuple[Window, ...]) -> None:
    """A window begins on the day before which the one below it ends; the lowest and the highest are open."""
    dated = [window for window in windows if window.dated]
    assert [window.first for window in dated] == [None, *(window.end for window in dated[:-1])]
    assert dated[-1].end is None


def test_queries_are_what_xero_optimises() -> None:
    """Ranges of Date as DateTime(yyyy,mm,dd), joined with AND; a status goes into its own parameter."""
    window = Window(date(2024, 3, 1), date(2024, 3, 2), kind="ACCPAY", status="PAID")
    assert window.by_where() == {
        "where": 'Date >= DateTime(2024,03,01) AND Date < DateTime(2024,03,02) AND Type == "ACCPAY"',
        "Statuses": "PAID",
    }
    assert Window(end=date(2010, 1, 1)).by_where() == {"where": "Date < DateTime(2010,01,01)"}
    assert Window(dated=False).by_where() == {"where": "Date == null"}


def test_a_range_of_dates_loses_no_day() -> None:
    """Xero does not say that DateTo is inclusive, so the day behind the last is named; a window open at one end names one."""
    window = Window(date(2024, 3, 1), date(2024, 3, 2))
    assert BY_RANGE.params(window) == {"DateFrom": "2024-03-01", "DateTo": "2024-03-02"}
    assert [BY_RANGE.params(window) for window in BY_RANGE.windows] == [
        {"DateTo": "2010-01-01"},
        {"DateFrom": "2010-01-01", "DateTo": "2040-01-01"},
        {"DateFrom": "2040-01-01"},
    ]


WINDOWS = st.builds(
    Window,
    st.none() | st.dates(),
    st.none() | st.dates(),
    st.booleans(),
    st.none() | st.sampled_from(TYPES),
    st.none() | st.sampled_from(STATUSES),
    st.booleans(),
    st.none() | st.integers(1, 4_102_444_800_000),
)


@given(st.lists(WINDOWS, max_size=5).map(tuple))
def test_windows_survive_as_json(windows: tuple[Window, ...]) -> None:
    """What a platform keeps is all that the next sync needs."""
    assert windows_in({"windows": json.loads(json.dumps(windows_out(windows)))}) == windows


def test_windows_begin_unread() -> None:
    """The boundaries stay for the next read; what was read is forgotten."""
    window = Window(date(2024, 3, 1), date(2024, 3, 2), kind="ACCREC", done=True, through=5)
    assert unread([window]) == (Window(date(2024, 3, 1), date(2024, 3, 2), kind="ACCREC"),)


def test_a_part_begins_unread() -> None:
    """What was read of a window says nothing of its parts."""
    parts = Window(date(2024, 3, 1), date(2024, 3, 3), through=5).split(TYPES, STATUSES)
    assert [(part.first, part.end, part.through) for part in parts] == [
        (date(2024, 3, 1), date(2024, 3, 2), None),
        (date(2024, 3, 2), date(2024, 3, 3), None),
    ]


@pytest.mark.parametrize(
    "windows",
    [
        5,
        {},
        [5],
        [None],
        [{"first": "soon"}],
        [{"end": 5}],
        [{"through": "soon"}],
        [{"kind": 5}],
        [{"kind": 'SPEND" OR Type != "'}],
        [{"status": ["PAID"]}],
        [{"status": ""}],
    ],
)
def test_windows_that_cannot_be_read_are_a_configuration_error(windows: Any) -> None:
    """An edited state is refused by the name of its key."""
    with pytest.raises(ReadingError, match=r"state of \{stream\} cannot be read") as raised:
        windows_in({"windows": windows})
    assert raised.value.failure_type is CONFIG


BANK_TYPES = (
    "RECEIVE",
    "RECEIVE-OVERPAYMENT",
    "RECEIVE-PREPAYMENT",
    "RECEIVE-TRANSFER",
    "SPEND",
    "SPEND-OVERPAYMENT",
    "SPEND-PREPAYMENT",
    "SPEND-TRANSFER",
)
"""Types of bank transactions: https://developer.xero.com/documentation/api/accounting/types."""


@pytest.mark.parametrize(
    ("stream", "types", "statuses"),
    [
        (Payments(), (), ()),
        (ManualJournals(), (), ()),
        (PurchaseOrders(), (), ()),
        (CreditNotes(), ("ACCRECCREDIT", "ACCPAYCREDIT"), ()),
        (BankTransactions(), BANK_TYPES, ()),
        (Invoices(), TYPES, ("DRAFT", "SUBMITTED", "AUTHORISED", "PAID", "VOIDED", "DELETED")),
    ],
    ids=lambda value: value.name if isinstance(value, XeroStream) else "",
)
def test_a_day_is_split_by_what_the_list_has(
    stream: XeroStream, types: tuple[str, ...], statuses: tuple[str, ...]
) -> None:
    """A single day is split by every type that Xero names for the list, then by every status, where the list knows them."""
    reader = stream.reader
    assert isinstance(reader, ByChange)
    assert reader.cut is not None
    day = Window(date(2024, 3, 1), date(2024, 3, 2), done=True, through=5)
    parts = day.split(reader.cut.types, reader.cut.statuses)
    assert [part.kind for part in parts] == list(types)
    assert all((part.first, part.end, part.done, part.through) == (day.first, day.end, False, None) for part in parts)
    last = parts[-1] if parts else day
    assert [(part.kind, part.status) for part in last.split(reader.cut.types, reader.cut.statuses)] == [
        (last.kind, status) for status in statuses
    ]


def test_a_list_with_statuses_only_is_split_by_them() -> None:
    """Without types a day is split by status at once, and then no more."""
    parts = Window(dated=False).split((), ("AUTHORISED", "DELETED"))
    assert parts == (Window(dated=False, status="AUTHORISED"), Window(dated=False, status="DELETED"))
    assert [part.split((), ("AUTHORISED", "DELETED")) for part in parts] == [(), ()]


@pytest.mark.parametrize("word", BANK_TYPES)
def test_a_type_survives_in_the_state(word: str) -> None:
    """The types of bank transactions, hyphens included, are understood when a state comes back."""
    window = Window(date(2024, 3, 1), date(2024, 3, 2), kind=word)
    assert window.by_where()["where"].endswith(f'Type == "{word}"')
    assert windows_in({"windows": windows_out([window])}) == (window,)


@pytest.mark.parametrize(
    ("types", "told"), [((), "2024-03-01 to before 2024-03-02, None, None"), (("SPEND",), "SPEND, None")]
)
def test_a_day_too_large_is_named(types: tuple[str, ...], told: str) -> None:
    """Where the list cannot be cut further the sentence names it, the day and what it was cut by, and what to do."""
    crowd = ChangingList(dict.fromkeys(range(5), 1_000), limit=4, calls_allowed=1_000, cut=Cut(types=types))
    crowd.documents = dict.fromkeys(range(5), Document(date(2024, 3, 1), "SPEND"))
    with pytest.raises(ReadingError, match=told) as raised:
        crowd.sync(None, None)
    assert raised.value.failure_type is SYSTEM
    assert "refuses to list {stream}" in raised.value.sentence
    assert "Leave the stream out" in raised.value.sentence
