"""Claims that the reading of journals relies on. See https://developer.xero.com/documentation/api/accounting/journals."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

from source_xero_gl.probes import BEYOND_ALL_JOURNALS
from source_xero_gl.xero.dates import SECOND, read_instant
from tools.verify_live.live_xero import Json, LiveXero, NotTestedError
from tools.verify_live.probe import Finding, Probe

PAGE = 100
"""Journals a page."""

SAMPLED = (0, 1_000, 10_000, 100_000, 1_000_000)
"""Offsets of the sample. Smaller ledgers answer the high ones with an empty page."""

_BALANCED = Decimal("0.005")


def _page(xero: LiveXero, offset: int, since: int | None = None) -> list[Json]:
    return xero.get("Journals", {"offset": offset}, since).objects("Journals")


def _number(item: Json) -> int:
    number = item.get("JournalNumber")
    if not str(number).isdigit():
        raise NotTestedError("a journal in the sample has no number")
    return int(str(number))


def _numbers(objects: list[Json]) -> list[int]:
    return [_number(item) for item in objects]


def _created(item: Json) -> int:
    instant = read_instant(item.get("CreatedDateUTC"))
    if instant is None:
        raise NotTestedError("a journal in the sample has no CreatedDateUTC")
    return instant


def _sample(xero: LiveXero) -> list[list[Json]]:
    pages = [objects for offset in SAMPLED if (objects := _page(xero, offset))]
    if not pages:
        raise NotTestedError("there are no journals")
    return pages


def _told(pages: Sequence[object]) -> str:
    return "the one page of the sample" if len(pages) == 1 else f"a sample of {len(pages)} pages from across the ledger"


def _pivot(xero: LiveXero) -> Json:
    """Return a journal of the first page that was created in a later second than the first one."""
    objects = _page(xero, 0)
    later = [item for item in objects if _created(item) // SECOND > _created(objects[0]) // SECOND]
    if not later:
        raise NotTestedError("needs journals that were created in different seconds")
    return later[len(later) // 2]


def _offset_is_a_number(xero: LiveXero) -> Finding:
    numbers = _numbers(_page(xero, 0))
    if len(numbers) < 3:
        raise NotTestedError("needs three journals")
    middle = len(numbers) // 2
    behind = _numbers(_page(xero, numbers[middle - 1]))
    return Finding(
        behind[:1] == [numbers[middle]], "asked with the number of a journal in the middle of the first page"
    )


def _numbers_rise(xero: LiveXero) -> Finding:
    pages = [_numbers(objects) for objects in _sample(xero)]
    rising = all(one < other for page in pages for one, other in pairwise(page))
    gaps = any(other - one > 1 for page in pages for one, other in pairwise(page)) or pages[0][0] > 1
    return Finding(rising, f"{'gaps' if gaps else 'no gap'} seen in {_told(pages)}")


def _empty_is_the_end(xero: LiveXero) -> Finding:
    _sample(xero)
    found = [_numbers(_page(xero, offset)) for offset in (*SAMPLED, BEYOND_ALL_JOURNALS)]
    first_empty = next((index for index, page in enumerate(found) if not page), len(found))
    held = not any(found[first_empty:])
    return Finding(held, "no journal after an empty page" if held else "journals after an offset whose page is empty")


def _short_page(xero: LiveXero) -> Finding:
    """Ask for the page after the first short page of the sample."""
    short = next((page for objects in _sample(xero) if len(page := _numbers(objects)) < PAGE), None)
    if short is None:
        raise NotTestedError("every page of the sample is full")
    behind = _numbers(_page(xero, short[-1]))
    if not behind:
        raise NotTestedError("the one short page that was seen is the last")
    advances = all(number > short[-1] for number in behind)
    return Finding(advances, "one was seen" if advances else "the page after it holds journals from before it")


def _created_rises(xero: LiveXero) -> Finding:
    pages = [[_created(item) for item in objects] for objects in _sample(xero)]
    created = [instant for page in pages for instant in page]
    return Finding(all(one <= other for one, other in pairwise(created)), f"in {_told(pages)}")


def _header_is_honoured(xero: LiveXero) -> Finding:
    second = _created(_pivot(xero)) // SECOND * SECOND
    objects = _page(xero, 0, second)
    return Finding(
        all(_created(item) >= second for item in objects),
        "asked for what was created since a journal of the first page",
    )


def _header_is_inclusive(xero: LiveXero) -> Finding:
    pivot = _pivot(xero)
    objects = _page(xero, _number(pivot) - 1, _created(pivot) // SECOND * SECOND)
    return Finding(_numbers(objects)[:1] == [_number(pivot)], "asked at a journal, with its second in the header")


def _header_misses_nothing(xero: LiveXero) -> Finding:
    pivot = _pivot(xero)
    with_header = _numbers(_page(xero, _number(pivot) - 1, _created(pivot) // SECOND * SECOND))
    without = _numbers(_page(xero, _number(pivot) - 1))
    return Finding(with_header == without, "the same page with and without the header")


def _balanced(xero: LiveXero) -> Finding:
    journals = [item for objects in _sample(xero) for item in objects]
    totals = [
        sum((Decimal(str(line.get("NetAmount", 0))) for line in item.get("JournalLines") or ()), Decimal())
        for item in journals
    ]
    return Finding(all(abs(total) < _BALANCED for total in totals), f"in {_told(_sample(xero))}")


def _cash_is_apart(xero: LiveXero) -> Finding:
    cash = xero.get("Journals", {"offset": 0, "paymentsOnly": "true"}).objects("Journals")
    accrual = [item for objects in _sample(xero) for item in objects]
    if not cash:
        raise NotTestedError("there are no journals on a cash basis")
    shared = {item.get("JournalID") for item in cash} & {item.get("JournalID") for item in accrual}
    same = set(_numbers(cash)) & set(_numbers(accrual))
    numbers = "numbers are shared" if same else "no number is shared"
    return Finding(
        not shared, f"{'JournalIDs are shared' if shared else 'no JournalID is shared'}, {numbers} in the sample"
    )


PROBES = (
    Probe("An offset of Journals is a number, not a count of journals", relied=True, find=_offset_is_a_number),
    Probe("Journal numbers rise within a page, with or without gaps", relied=True, find=_numbers_rise),
    Probe("No journal follows an empty page", relied=True, find=_empty_is_the_end),
    Probe("Journals may follow a short page", relied=False, find=_short_page),
    Probe("CreatedDateUTC rises with JournalNumber", relied=True, find=_created_rises),
    Probe("Journals honours If-Modified-Since", relied=False, find=_header_is_honoured),
    Probe("If-Modified-Since of Journals includes its own second", relied=False, find=_header_is_inclusive),
    Probe("If-Modified-Since of Journals misses no journal", relied=False, find=_header_misses_nothing),
    Probe("Every journal balances", relied=True, find=_balanced),
    Probe("Journals on a cash basis have JournalIDs of their own", relied=False, find=_cash_is_apart),
)
