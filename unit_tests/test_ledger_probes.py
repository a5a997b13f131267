"""The claims of the rebuilt ledger that ``make verify-live`` looks up: each can hold, fail, and find nothing that tells."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from tools.verify_live.ledger_probes import PROBES
from tools.verify_live.live_xero import Json, LiveXero, NotTestedError, Reply

DEBTORS, GAINS, SALES, DEPRECIATION, UNREALISED = "debtors", "gains", "sales", "depreciation", "unrealised"
CHART = [
    {"AccountID": DEBTORS, "SystemAccount": "DEBTORS"},
    {"AccountID": GAINS, "SystemAccount": "REALISEDCURRENCYGAIN"},
    {"AccountID": UNREALISED, "SystemAccount": "UNREALISEDCURRENCYGAIN"},
    {"AccountID": DEPRECIATION, "Type": "DEPRECIATN"},
    {"AccountID": SALES, "Type": "REVENUE"},
]


def on(day: int) -> str:
    """Return a day of September 2026 as Xero writes it; day 30 is a month end."""
    return f"/Date({(20_697 + day - 1) * 86_400_000}+0000)/"


class Books(LiveXero):
    """An organisation whose lists are given; it has no others."""

    def __init__(self, journals: list[Json], **lists: list[Json]) -> None:
        organisation = [{"BaseCurrency": "NZD"}]
        self._lists: Mapping[str, list[Json]] = {"Accounts": CHART, "Organisation": organisation, **lists}
        self._journals = journals

    def get(self, path: str, params: Mapping[str, str | int] | None = None, since: int | None = None) -> Reply:
        """Answer with a list; journals by their number."""
        del since
        key = {"Organisation": "Organisations", "Reports/TrialBalance": "Reports"}.get(path, path)
        offset = int((params or {}).get("offset", 0))
        journals = [one for one in self._journals if one["JournalNumber"] > offset]
        found = journals if path == "Journals" else self._lists.get(path, [])
        return Reply(200, "", {}, {key: found})


def entry(number: int, kind: str | None, source: str, day: int = 1, created: int = 1, **amounts: float) -> Json:
    """Return a journal with an amount on each account."""
    lines = [{"AccountID": account, "NetAmount": amount} for account, amount in amounts.items()]
    head = {"JournalID": f"j{number}", "JournalNumber": number, "SourceType": kind, "SourceID": source}
    return {**head, "JournalDate": on(day), "CreatedDateUTC": on(created), "JournalLines": lines}


def invoice(name: str = "i", **fields: Any) -> Json:
    """Return an invoice of USD 10 at a rate of 3: 3.33 by its total, and 3.34 by its two lines of 1.67."""
    line = {"LineAmount": 5.0, "TaxAmount": 0.0}
    head = {"InvoiceID": name, "Status": "AUTHORISED", "CurrencyCode": "USD", "CurrencyRate": 3, "Total": 10.0}
    return {**head, "LineAmountTypes": "Exclusive", "LineItems": [line, line], "UpdatedDateUTC": on(20), **fields}


BY_LINES = Books([entry(1, "ACCREC", "i", debtors=3.34)], Invoices=[invoice()])
BY_TOTAL = Books([entry(1, "ACCREC", "i", debtors=3.33)], Invoices=[invoice()])
TWICE = Books([entry(1, "ACCREC", "i", debtors=3.34), entry(2, "ACCREC", "i", debtors=3.33)], Invoices=[invoice()])


def paid(*cleared: float) -> Books:
    """Return an invoice of 3.34 with payments of USD 1 and 9: by their rate 0.33 and 3.00, to the last cent 0.33 and 3.01."""
    payments = [
        {
            "PaymentID": f"p{day}",
            "Date": on(day),
            "Amount": amount,
            "Status": "AUTHORISED",
            "Invoice": {"InvoiceID": "i"},
        }
        for day, amount in ((5, 1.0), (6, 9.0))
    ]
    journals = [
        entry(number, "ACCRECPAYMENT", f"p{number + 4}", debtors=-sum_) for number, sum_ in enumerate(cleared, 1)
    ]
    return Books(journals, Invoices=[invoice()], Payments=payments)


def credited(*journals: Json, rate: float = 4) -> Books:
    """Return a credit at another rate that was used on day 10."""
    allocation = {"AllocationID": "a", "Date": on(10), "Invoice": {"InvoiceID": "i"}}
    credit = {
        "CreditNoteID": "c",
        "Status": "PAID",
        "CurrencyCode": "USD",
        "CurrencyRate": rate,
        "Allocations": [allocation],
    }
    around = [entry(1, "ACCREC", "x", created=1), entry(9, "ACCREC", "y", created=30)]
    return Books([*around, *journals], Invoices=[invoice()], CreditNotes=[credit])


def prepaid(source: str) -> Books:
    """Return a prepayment whose entry names ``source``."""
    prepayment = {"PrepaymentID": "pre", "Payments": [{"PaymentID": "pay"}]}
    return Books([entry(1, "ARPREPAYMENT", source)], Invoices=[invoice()], Prepayments=[prepayment])


def listed(*transactions: str) -> Books:
    """Return an overpayment, and bank transactions of overpayments."""
    overpayment = {"OverpaymentID": "o", "Status": "PAID", "UpdatedDateUTC": on(9)}
    known: list[Json] = [{"OverpaymentID": name, "UpdatedDateUTC": on(1)} for name in transactions]
    return Books([], BankTransactions=known, Overpayments=[overpayment])


def archived(*amounts: float) -> Books:
    """Return an archived manual journal with entries of these amounts."""
    journals = [entry(number, "MANJOURNAL", "m", sales=amount) for number, amount in enumerate(amounts, 1)]
    return Books(journals, Invoices=[invoice()], ManualJournals=[{"ManualJournalID": "m", "Status": "ARCHIVED"}])


def depreciated(source: str) -> Books:
    """Return an entry of depreciation that names ``source``; ``m`` is a manual journal."""
    journal = entry(1, "MANJOURNAL", source, depreciation=5.0)
    return Books([journal], Invoices=[invoice()], ManualJournals=[{"ManualJournalID": "m", "Status": "POSTED"}])


def voided(day: int, amount: float = -5.0) -> Books:
    """Return an invoice with a second entry, on that day of the month; the first one is of day 1."""
    journals = [entry(1, "ACCREC", "i", sales=5.0), entry(2, "ACCREC", "i", day=day, sales=amount)]
    return Books(journals, Invoices=[invoice()])


def rounded(amount: float, unit: float = 0.125) -> Books:
    """Return a line of one unit, and the amount that Xero gave it."""
    line = {"Quantity": 1, "UnitAmount": unit, "LineAmount": amount}
    return Books([], Invoices=[invoice(LineItems=[line])])


def posted_again(created: int, journals: int = 2) -> Books:
    """Return an invoice that changed on day 20, and its entries."""
    made = [entry(number, "ACCREC", "i", created=created) for number in range(1, journals + 1)]
    return Books(made, Invoices=[invoice()])


def trial_balance(amount: str, **posted: Any) -> Books:
    """Return a trial balance with an unrealised gain, and an entry."""
    titles = [{"Value": title} for title in ("Account", "Debit", "Credit", "YTD Debit", "YTD Credit")]
    cells = [{"Value": text} for text in ("Unrealised", "", "", amount, "")]
    cells[0]["Attributes"] = [{"Id": "account", "Value": UNREALISED}]  # type: ignore[assignment]  # a cell of Xero's holds lists too
    rows = [
        {"RowType": "Header", "Cells": titles},
        {"RowType": "Section", "Rows": [{"RowType": "Row", "Cells": cells}]},
    ]
    lists = {"Invoices": [invoice()], "Reports/TrialBalance": [{"Rows": rows}]}
    return Books([entry(1, None, "x", **posted)], **lists)


GAIN: dict[str, Any] = {"debtors": 0.5, "gains": -0.5}

CASES: dict[str, tuple[Books, Books, Books]] = {
    "A foreign invoice is posted at the sum of its lines, each converted and rounded": (BY_LINES, BY_TOTAL, TWICE),
    "Payments clear a foreign invoice to its last cent": (paid(0.33, 3.01), paid(0.33, 3.0), paid()),
    "A credit that is used at another rate makes an entry on that day": (
        credited(entry(2, "ACCRECCREDIT", "c", day=10, **GAIN)),
        credited(entry(2, "ACCRECCREDIT", "c", day=11, **GAIN)),
        credited(rate=3),
    ),
    "The entry of a prepayment names the prepayment": (
        prepaid("pre"),
        prepaid("pay"),
        Books([entry(1, "ACCREC", "i")]),
    ),
    "BankTransactions lists prepayments and overpayments": (listed("o"), listed("other"), Books([])),
    "Depreciation is posted by manual journals": (depreciated("m"), depreciated("x"), archived(1)),
    "An archived manual journal is not posted": (archived(5, -5), archived(5), depreciated("m")),
    "What is voided is taken back on the date of the document": (voided(1), voided(2), voided(1, -4.0)),
    "Conversion balances are dated at a month end": (
        Books([entry(1, None, "", day=30)]),
        Books([entry(1, None, "", day=29)]),
        Books([entry(1, "ACCREC", "i")]),
    ),
    "Half a cent is rounded away from zero": (rounded(0.13), rounded(0.12), rounded(0.14, 0.135)),
    "A document that is posted again gets a new UpdatedDateUTC": (
        posted_again(20),
        posted_again(21),
        posted_again(21, 1),
    ),
    "Unrealised gains are in the trial balance and in no journal": (
        trial_balance("7.00"),
        trial_balance("7.00", unrealised=7.0),
        trial_balance(""),
    ),
}
"""For each claim: books in which it holds, in which it fails, and which do not tell."""


@pytest.mark.parametrize("probe", PROBES, ids=lambda probe: probe.claim)
def test_each_claim_holds_fails_or_is_not_told(probe: Any) -> None:
    """The outcome follows from the entries that Xero made of the documents."""
    holds, fails, silent = CASES[probe.claim]
    assert [probe.outcome(books)[0] for books in (holds, fails, silent)] == ["held", "failed", "not tested"]


@pytest.mark.parametrize("probe", PROBES, ids=lambda probe: probe.claim)
def test_a_claim_that_fails_says_who_assumes_it(probe: Any) -> None:
    """The connector does not rely on these claims: the rebuilt ledger does."""
    assert not probe.relied
    assert probe.outcome(CASES[probe.claim][1])[1].endswith("; the rebuilt ledger assumes it")


@pytest.mark.parametrize("probe", PROBES, ids=lambda probe: probe.claim)
def test_books_that_may_not_be_read_are_not_tested(probe: Any) -> None:
    """Where Xero refuses lists, nothing has failed."""

    class Refused(Books):
        def get(self, path: str, params: Any = None, since: int | None = None) -> Reply:
            del path, params, since
            return Reply(403, "", {}, {})

    with pytest.raises(NotTestedError, match="403"):
        probe.find(Refused([]))


def test_a_payment_of_the_sum_and_a_credit_without_an_entry_are_counted() -> None:
    """The reason has counts of what was found, and nothing of the books."""
    found = dict(zip((probe.claim for probe in PROBES), PROBES, strict=True))
    outcome = found["A credit that is used at another rate makes an entry on that day"].outcome(credited())
    assert outcome[1].startswith("credit that was used at another rate: 1 without an entry")
    both = found["Payments clear a foreign invoice to its last cent"].outcome(paid(0.33, 3.0))
    assert both[1].startswith("payment of a foreign invoice: 1 by its rate")
