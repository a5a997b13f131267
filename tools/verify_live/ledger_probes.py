"""What the ledger that is rebuilt from documents assumes of Xero: docs/ledger.md. Needs an app that may read journals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from decimal import ROUND_HALF_EVEN, Decimal

from source_xero_gl.readers.reports.lines import report_lines
from source_xero_gl.streams.reports import TRIAL_BALANCE, TrialBalanceLines
from source_xero_gl.xero.dates import DAY, MINUTE, format_instant, read_instant
from tools.verify_live.books import (
    CENT,
    POSTED,
    accounts,
    cents,
    entries,
    entries_of,
    is_foreign,
    listed,
    number,
    owed_by_lines,
    rate,
    recent_entries,
    sum_on,
)
from tools.verify_live.live_xero import Json, LiveXero, NotTestedError
from tools.verify_live.probe import Finding, Probe

_INVOICE = ("ACCREC", "ACCPAY")
_PAYMENT = ("ACCRECPAYMENT", "ACCPAYPAYMENT")
_PREPAYMENT = ("ARPREPAYMENT", "APPREPAYMENT")


def _verdicts(found: Counter[str], assumed: str, what: str) -> Finding:
    """Judge by how many of the sample are as assumed, and say how many are how."""
    if not found:
        raise NotTestedError(f"no {what} in the sample tells")
    told = ", ".join(f"{count} {verdict}" for verdict, count in sorted(found.items()))
    return Finding(set(found) == {assumed}, f"{what}: {told}")


def _control(xero: LiveXero) -> set[str]:
    return accounts(xero, SystemAccount="DEBTORS") | accounts(xero, SystemAccount="CREDITORS")


def _foreign_invoices(xero: LiveXero) -> list[Json]:
    return [invoice for invoice in listed(xero, "Invoices") if is_foreign(xero, invoice)]


def _foreign_invoice(xero: LiveXero) -> Finding:
    found: Counter[str] = Counter()
    posted = entries_of(xero, *_INVOICE)
    for invoice in _foreign_invoices(xero):
        journals = posted.get(str(invoice.get("InvoiceID")), [])
        by_lines, by_total = owed_by_lines(invoice), cents(number(invoice.get("Total")) / rate(invoice))
        if len(journals) == 1 and by_lines != by_total:
            owed = abs(sum_on(journals[0], _control(xero)))
            found[{by_lines: "by lines", by_total: "by total"}.get(owed, "neither")] += 1
    return _verdicts(found, "by lines", "foreign invoice")


def _foreign_payment(xero: LiveXero) -> Finding:
    found: Counter[str] = Counter()
    posted = entries_of(xero, *_PAYMENT)
    payments = listed(xero, "Payments")
    for invoice in _foreign_invoices(xero):
        own = [
            payment
            for payment in payments
            if (payment.get("Invoice") or {}).get("InvoiceID") == invoice.get("InvoiceID")
            and payment.get("Status") == "AUTHORISED"
        ]
        total, owed, paid = number(invoice.get("Total")), owed_by_lines(invoice), Decimal(0)
        if sum((number(payment.get("Amount")) for payment in own), Decimal(0)) != total or not total:
            continue  # not all of its settlements are payments of the sample
        for payment in sorted(own, key=lambda one: (read_instant(one.get("Date")) or 0, str(one.get("PaymentID")))):
            before, paid = paid, paid + number(payment.get("Amount"))
            by_rest = cents(owed * paid / total) - cents(owed * before / total)
            by_rate = cents(number(payment.get("Amount")) / rate(invoice))
            journals = posted.get(str(payment.get("PaymentID")), [])
            if len(journals) == 1 and by_rest != by_rate:
                cleared = abs(sum_on(journals[0], _control(xero)))
                found[{by_rest: "to the last cent", by_rate: "by its rate"}.get(cleared, "neither")] += 1
    return _verdicts(found, "to the last cent", "payment of a foreign invoice")


def _credit_at_another_rate(xero: LiveXero) -> Finding:
    found: Counter[str] = Counter()
    gains = accounts(xero, SystemAccount="REALISEDCURRENCYGAIN")
    posted, rates = entries_of(xero), {str(one.get("InvoiceID")): rate(one) for one in _foreign_invoices(xero)}
    made = [read_instant(one.get("CreatedDateUTC")) or 0 for one in recent_entries(xero)] or [0]
    for credit in listed(xero, "CreditNotes"):
        for allocation in (credit.get("Allocations") or ()) if is_foreign(xero, credit) else ():
            invoice = str((allocation.get("Invoice") or {}).get("InvoiceID"))
            day = read_instant(allocation.get("Date")) or 0
            if rates.get(invoice, rate(credit)) == rate(credit) or not min(made) <= day <= max(made):
                continue
            names = {str(allocation.get("AllocationID")), str(credit.get("CreditNoteID")), invoice}
            gained = [one for name in names for one in posted.get(name, ()) if sum_on(one, gains)]
            days = {read_instant(one.get("JournalDate")) for one in gained}
            on_day = "on its date" if days == {day} else "on another date"
            found[on_day if gained else "without an entry"] += 1
    return _verdicts(found, "on its date", "credit that was used at another rate")


def _prepayment_is_named(xero: LiveXero) -> Finding:
    prepayments = listed(xero, "Prepayments")
    own = {str(one.get("PrepaymentID")) for one in prepayments}
    paid = {str(payment.get("PaymentID")) for one in prepayments for payment in one.get("Payments") or ()}
    found = Counter(
        "by its ID" if source in own else "by a payment's" if source in paid else "by another"
        for source in entries_of(xero, *_PREPAYMENT)
    )
    return _verdicts(found, "by its ID", "entry of a prepayment")


def _transactions_have_prepayments(xero: LiveXero) -> Finding:
    transactions = listed(xero, "BankTransactions")
    oldest = min((read_instant(one.get("UpdatedDateUTC")) or 0 for one in transactions), default=0)
    known = {str(one.get(name)) for one in transactions for name in ("PrepaymentID", "OverpaymentID") if one.get(name)}
    found: Counter[str] = Counter()
    for path, name in (("Prepayments", "PrepaymentID"), ("Overpayments", "OverpaymentID")):
        for one in listed(xero, path):
            if one.get("Status") in POSTED and (read_instant(one.get("UpdatedDateUTC")) or 0) > oldest:
                found["listed" if str(one.get(name)) in known else "not listed"] += 1
    return _verdicts(found, "listed", "prepayment or overpayment")


def _depreciation(xero: LiveXero) -> Finding:
    expense, manual = accounts(xero, Type="DEPRECIATN"), {str(one.get("ManualJournalID")) for one in _manual(xero)}
    found = Counter(
        "a manual journal" if str(one.get("SourceID")) in manual else "another entry"
        for one in entries(xero)
        if sum_on(one, expense)
    )
    return _verdicts(found, "a manual journal", "entry of depreciation")


def _archived_manual_journals(xero: LiveXero) -> Finding:
    posted = entries_of(xero, "MANJOURNAL")
    archived = (str(one.get("ManualJournalID")) for one in _manual(xero) if one.get("Status") == "ARCHIVED")
    found = Counter(
        "not posted" if _is_taken_back(posted[source]) else "posted" for source in archived if source in posted
    )
    return _verdicts(found, "not posted", "archived manual journal")


def _manual(xero: LiveXero) -> list[Json]:
    return listed(xero, "ManualJournals")


def _is_taken_back(journals: Sequence[Json]) -> bool:
    """Return whether entries of one document leave nothing on any account."""
    lines = [line for one in journals for line in one.get("JournalLines") or ()]
    return not any(sum_on({"JournalLines": lines}, {line.get("AccountID")}) for line in lines)


def _reversal_date(xero: LiveXero) -> Finding:
    found: Counter[str] = Counter()
    for journals in entries_of(xero, *_INVOICE).values():
        if len(journals) > 1 and _is_taken_back(journals):
            days = {read_instant(one.get("JournalDate")) for one in journals}
            found["on the date of the document" if len(days) == 1 else "on another date"] += 1
    return _verdicts(found, "on the date of the document", "invoice that was taken back")


def _conversion_date(xero: LiveXero) -> Finding:
    found: Counter[str] = Counter()
    for one in xero.get("Journals", {"offset": 0}).objects("Journals"):
        day = read_instant(one.get("JournalDate"))
        if not one.get("SourceType") and day is not None:
            found["at a month end" if _day_of_month(day + DAY) == 1 else "in a month"] += 1
    return _verdicts(found, "at a month end", "entry without a source among the first ones")


def _day_of_month(instant: int) -> int:
    return int(format_instant(instant)[8:10])


def _half_a_cent(xero: LiveXero) -> Finding:
    found: Counter[str] = Counter()
    for line in (line for one in listed(xero, "Invoices") for line in one.get("LineItems") or ()):
        discount = 1 - number(line.get("DiscountRate")) / 100
        exact = number(line.get("Quantity")) * number(line.get("UnitAmount")) * discount
        if line.get("DiscountAmount") or exact % CENT != CENT / 2:
            continue
        away, even = cents(exact), exact.quantize(CENT, ROUND_HALF_EVEN)
        if away != even:
            amount = number(line.get("LineAmount"))
            found[{away: "away from zero", even: "to the even cent"}.get(amount, "neither")] += 1
    return _verdicts(found, "away from zero", "line that ends at half a cent")


def _stamp_follows_entries(xero: LiveXero) -> Finding:
    found: Counter[str] = Counter()
    posted = entries_of(xero, *_INVOICE)
    for invoice in listed(xero, "Invoices"):
        stamp = read_instant(invoice.get("UpdatedDateUTC")) or 0
        made = [read_instant(one.get("CreatedDateUTC")) or 0 for one in posted.get(str(invoice.get("InvoiceID")), ())]
        if len(made) > 1:
            found["stamped" if max(made) <= stamp + MINUTE else "not stamped"] += 1
    return _verdicts(found, "stamped", "invoice that was posted again")


def _revalued(xero: LiveXero) -> Finding:
    gains = accounts(xero, SystemAccount="UNREALISEDCURRENCYGAIN")
    if not gains:
        raise NotTestedError("the organisation has one currency")
    lines = [
        line
        for report in xero.get(TrialBalanceLines.path).objects("Reports")
        for line in report_lines(report, TRIAL_BALANCE.names)
        if line["AccountID"] in gains and any(line[name] for name in ("YTDDebit", "YTDCredit"))
    ]
    posted = any(sum_on(one, gains) for one in entries(xero))
    if not lines and not posted:
        raise NotTestedError("there is no unrealised gain today")
    where = "in the trial balance" if lines else "not in the trial balance"
    return Finding(bool(lines) and not posted, f"unrealised gains are {where}, and in {'an' if posted else 'no'} entry")


def _probe(claim: str, find: Callable[[LiveXero], Finding]) -> Probe:
    return Probe(claim, relied=False, find=find, relier="the rebuilt ledger assumes it")


PROBES = (
    _probe("A foreign invoice is posted at the sum of its lines, each converted and rounded", _foreign_invoice),
    _probe("Payments clear a foreign invoice to its last cent", _foreign_payment),
    _probe("A credit that is used at another rate makes an entry on that day", _credit_at_another_rate),
    _probe("The entry of a prepayment names the prepayment", _prepayment_is_named),
    _probe("BankTransactions lists prepayments and overpayments", _transactions_have_prepayments),
    _probe("Depreciation is posted by manual journals", _depreciation),
    _probe("An archived manual journal is not posted", _archived_manual_journals),
    _probe("What is voided is taken back on the date of the document", _reversal_date),
    _probe("Conversion balances are dated at a month end", _conversion_date),
    _probe("Half a cent is rounded away from zero", _half_a_cent),
    _probe("A document that is posted again gets a new UpdatedDateUTC", _stamp_follows_entries),
    _probe("Unrealised gains are in the trial balance and in no journal", _revalued),
)
"""The open questions of docs/ledger.md."""
