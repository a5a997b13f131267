"""What no document explains: conversion balances, invisible entries such as payroll, and revaluations, as switched on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from local_xero.company import Company
from local_xero.ledger import ZERO
from local_xero.revaluations import revaluations
from local_xero.wire import Wire, moment_of, parse_wire_date

ALWAYS = "conversion"


def show(company: Company, kinds: list[str]) -> None:
    """Put the journals of these kinds into the books, and take those of the others out; conversion balances stay.

    Raises:
        ValueError: on a kind that the company has not.
    """
    unknown = set(kinds) - set(company.undocumented)
    if unknown:
        raise ValueError(f"no such entries here: {', '.join(sorted(unknown))}")
    for kind, numbers in company.undocumented.items():
        if kind in kinds or kind == ALWAYS:
            company.journals.publish(numbers)
        else:
            company.journals.hide(numbers)


def shown(company: Company, *, revalued: bool) -> Wire:
    """Return what the books and reports contain without a document: each line, and the sums by month and account.

    A line of a journal says its JournalNumber; a revaluation has no journal.

    Args:
        company: whose books.
        revalued: whether reports have revaluations, on an accrual basis.
    """
    found = [*_posted(company), *(_revaluations(company) if revalued else ())]
    sums: dict[tuple[str, str], Any] = {}
    for entry in found:
        cell = entry["Date"][:7], entry["AccountID"]
        sums[cell] = sums.get(cell, ZERO) + entry["Amount"]
    months = [{"Month": m, "AccountID": key, "Amount": net} for (m, key), net in sorted(sums.items()) if net]
    return {"kinds": sorted({entry["Kind"] for entry in found}), "entries": found, "months": months}


def _posted(company: Company) -> Iterator[Wire]:
    for kind, numbers in company.undocumented.items():
        for number in numbers:
            journal = company.journals.find(str(number)) or {"JournalLines": ()}
            for line in journal["JournalLines"]:
                entry = _entry(kind, parse_wire_date(journal["JournalDate"]) or 0, line["AccountID"], line["NetAmount"])
                yield entry | {"JournalNumber": number}


def _revaluations(company: Company) -> Iterator[Wire]:
    for posting in revaluations(company, cash=False):
        yield _entry("revaluation", posting.date_ms, posting.account_id, posting.net)


def _entry(kind: str, day_ms: int, account_id: str, net: Any) -> Wire:
    return {"Kind": kind, "Date": moment_of(day_ms).date().isoformat(), "AccountID": account_id, "Amount": net}
