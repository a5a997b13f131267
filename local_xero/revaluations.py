"""Currency gains that Xero shows in reports and for which it has no journals.

At each month end the foreign bank accounts, and what customers and suppliers owe in a foreign currency, are worth
``carrying amount x (1 + drift)``. The change since the month end before is a gain or a loss: of bank accounts in the account
BANKCURRENCYGAIN, of documents in UNREALISEDCURRENCYGAIN. The drift of a month is made up: ((12 x year + month) mod 7 - 3) %.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

from local_xero.company import Company
from local_xero.ledger import ZERO, cents
from local_xero.postings import Posting, postings
from local_xero.wire import Wire, moment_of, ms_of

BANK_GAIN = "BANKCURRENCYGAIN"
UNREALISED_GAIN = "UNREALISEDCURRENCYGAIN"

_DOCUMENTS = {
    "Invoices": "InvoiceID",
    "CreditNotes": "CreditNoteID",
    "Prepayments": "PrepaymentID",
    "Overpayments": "OverpaymentID",
}


def drift(day: dt.date) -> Decimal:
    """Return how much the foreign currency has gained by a month end, from -0.03 to 0.03."""
    return Decimal((12 * day.year + day.month) % 7 - 3) / 100


def revaluations(company: Company, *, cash: bool) -> list[Posting]:
    """Return the entries of all month ends up to the last journal; each pair adds up to zero.

    On a cash basis nothing is owed, so bank accounts alone are revalued. Without gain accounts there are no entries.
    """
    accounts = {document.record["AccountID"]: document.record for document in company.lists["Accounts"]}
    system = {record["SystemAccount"]: key for key, record in accounts.items() if "SystemAccount" in record}
    base = str(company.organisation.get("BaseCurrency", ""))
    banks = {
        k for k, a in accounts.items() if a.get("Type") == "BANK" and a.get("CurrencyCode") not in ("", base, None)
    }
    gains = {key: system[BANK_GAIN] for key in banks if BANK_GAIN in system}
    owed = {system[name] for name in ("DEBTORS", "CREDITORS") if name in system and not cash}
    gains |= {key: system[UNREALISED_GAIN] for key in owed if UNREALISED_GAIN in system}
    foreign = _foreign_sources(company, base)
    lines = [p for p in postings(company, cash=cash) if p.account_id in gains]
    carried = sorted((p for p in lines if p.account_id in banks or p.source_id in foreign), key=lambda p: p.date_ms)
    return list(_entries(carried, gains, accounts))


def _foreign_sources(company: Company, base: str) -> set[str]:
    """Return the documents in a foreign currency, their payments and their allocations."""
    found: set[str] = set()
    for name, id_field in _DOCUMENTS.items():
        for document in company.lists[name]:
            record = document.record
            if record.get("CurrencyCode", base) not in ("", base):
                uses = [part.get("AllocationID") or part["AllocationId"] for part in record.get("Allocations", ())]
                found |= {record[id_field], *(part["PaymentID"] for part in record.get("Payments", ())), *uses}
    return found


def _entries(carried: list[Posting], gains: dict[str, str], accounts: dict[str, Wire]) -> Iterator[Posting]:
    """Go through the month ends: the balance of an account at each decides its gain or loss."""
    carrying = dict.fromkeys(gains, ZERO)
    adjusted = dict.fromkeys(gains, ZERO)
    position = 0
    for end in _month_ends(carried):
        end_ms = ms_of(end)
        while position < len(carried) and carried[position].date_ms <= end_ms:
            carrying[carried[position].account_id] += carried[position].net
            position += 1
        for account_id, gain_id in gains.items():
            change = cents(carrying[account_id] * drift(end)) - adjusted[account_id]
            adjusted[account_id] += change
            if change:
                yield Posting(end_ms, account_id, change, accounts[account_id], revalues=True)
                yield Posting(end_ms, gain_id, -change, accounts[gain_id], revalues=True)


def _month_ends(carried: list[Posting]) -> Iterator[dt.date]:
    if not carried:
        return
    day, last = moment_of(carried[0].date_ms).date(), moment_of(carried[-1].date_ms).date()
    while day.replace(day=1) <= last:
        end = day.replace(day=calendar.monthrange(day.year, day.month)[1])
        yield end
        day = end + dt.timedelta(days=1)


def revaluation_report(company: Company, date: str | None, *, cash: bool) -> Wire:
    """Return the entries up to a date (all without one), and their sum for each account."""
    last = ms_of(dt.date.fromisoformat(date)) if date else None
    entries = [e for e in revaluations(company, cash=cash) if last is None or e.date_ms <= last]
    balances: dict[str, Decimal] = {}
    for entry in entries:
        balances[entry.account_id] = balances.get(entry.account_id, ZERO) + entry.net
    records = [
        {
            "Date": moment_of(entry.date_ms).date().isoformat(),
            "AccountID": entry.account_id,
            "Name": entry.account["Name"],
            "SystemAccount": entry.account.get("SystemAccount"),
            "Amount": entry.net,
        }
        for entry in entries
    ]
    return {"entries": records, "balances": balances}
