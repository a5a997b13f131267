"""The company ``everything``: journals posted from documents agree with what the documents say of themselves."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest

from integration_tests.server.client import API, NEVER, Client, cells, ms
from integration_tests.server.standing import ID_FIELDS, Books, groups
from local_xero.everything.company import everything
from local_xero.process import XeroServerError, XeroServerProcess
from local_xero.revaluations import drift
from local_xero.wire import ms_of

KINDS = ["depreciation", "expense claims", "payroll", "stock"]
CENT = Decimal("0.01")
READ = (*ID_FIELDS, "Payments", "BankTransactions", "BankTransfers", "ManualJournals")


@pytest.fixture(scope="module")
def server() -> Iterator[XeroServerProcess]:
    """Run two organisations of one seed."""
    with XeroServerProcess("everything", tenants=2, calls_per_minute=NEVER, calls_per_day=NEVER) as process:
        yield process


@pytest.fixture
def xero(server: XeroServerProcess) -> Iterator[XeroServerProcess]:
    """Lend the server; what a test shows is hidden again, and the year ends on 31 March."""
    yield server
    server.control("reset")
    server.control("undocumented", {"kinds": []})
    year_end(server, 3, 31)


@pytest.fixture(scope="module", params=[0, 1], ids=["first", "second"])
def books(server: XeroServerProcess, request: pytest.FixtureRequest) -> Books:
    """Read one of the organisations, once for the module, as it is when the server starts."""
    found = Books(server, server.line["tenants"][request.param]["tenantId"])
    for name in ("Journals", *READ):
        found.list(name)
    return found


def year_end(xero: XeroServerProcess, month: int, day: int) -> None:
    """Set the end of the financial year."""
    changes = {"FinancialYearEndMonth": month, "FinancialYearEndDay": day}
    xero.control("records/edit", {"list": "Organisation", "index": 0, "changes": changes})


def moved(books: Books, until: str, since: str = "") -> dict[str, Decimal]:
    """Add up journal lines by account from a day to a day."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for journal in books.list("Journals"):
        day = dt.datetime.fromtimestamp(ms(journal["JournalDate"]) / 1000, dt.timezone.utc).date().isoformat()
        for line in journal["JournalLines"] if since <= day <= until else ():
            sums[line["AccountID"]] += line["NetAmount"]
    return sums


def trial_balance(xero: XeroServerProcess, day: str) -> dict[str, Decimal]:
    """Read the balances of the first organisation: YTD debit less YTD credit."""
    report = Client(xero).rows("Reports/TrialBalance", date=day)[0]
    found = {key: [Decimal(text or 0) for text in row[2:]] for key, row in cells(report).items()}
    return {key: debit - credit for key, (debit, credit) in found.items() if debit != credit}


class TestJournals:
    """Double entry, and what stands on receivables and payables."""

    def test_every_journal_balances(self, books: Books) -> None:
        """There are enough of them to be worth it."""
        journals = books.list("Journals")
        assert len(journals) > 2_000
        assert {sum(line["NetAmount"] for line in journal["JournalLines"]) for journal in journals} == {0}

    def test_what_is_open_is_total_less_what_was_settled(self, books: Books) -> None:
        """AmountDue and RemainingCredit; a document without anything open is paid."""
        for document in books.standing().values():
            record = document.record
            if record["Status"] not in ("VOIDED", "DELETED"):
                assert record.get("AmountDue", record.get("RemainingCredit")) == document.open()
                assert (record["Status"] == "PAID") == (document.open() == 0)

    def test_the_control_accounts_hold_what_the_documents_leave_open(self, books: Books) -> None:
        """Document by document; in base currency this is AmountDue and RemainingCredit to the cent, in others its share."""
        nets: dict[str, Decimal] = defaultdict(Decimal)
        for source, net in books.control_lines():
            nets[source] += net
        found = groups(books.standing().values())
        for group in found:
            sources = {source for document in group for source in document.sources}
            assert sum(nets[source] for source in sources) == sum(document.value() for document in group)
        assert len(found) > 500
        assert sum(nets.values()) == sum(document.value() for group in found for document in group)

    def test_in_base_currency_a_document_stands_with_what_is_open(self, books: Books) -> None:
        """On receivables what customers owe, on payables the opposite of what is owed."""
        for document in books.standing().values():
            if document.record["CurrencyCode"] == "NZD" and document.posted:
                expected = 0 if document.record["Status"] in ("VOIDED", "DELETED") else document.open()
                assert abs(document.value()) == expected

    def test_whatever_is_paid_stands_at_zero(self, books: Books) -> None:
        """Foreign documents that were paid and credited in parts too."""
        nets: dict[str, Decimal] = defaultdict(Decimal)
        for source, net in books.control_lines():
            nets[source] += net
        paid = [g for g in groups(books.standing().values()) if all(d.record["Status"] == "PAID" for d in g)]
        parts = [d for g in paid for d in g if d.record["CurrencyCode"] == "USD" and len(d.settled) > 2]
        assert parts
        for group in paid:
            assert sum(nets[source] for source in {s for document in group for s in document.sources}) == 0

    def test_every_source_is_a_document_of_a_list(self, books: Books) -> None:
        """What has none has no SourceID: conversion balances alone, in the first month."""
        known = {key for document in books.standing().values() for key in document.sources}
        for name, key in (
            ("BankTransactions", "BankTransactionID"), ("BankTransfers", "BankTransferID"),
            ("ManualJournals", "ManualJournalID"),
        ):  # fmt: skip
            known |= {record[key] for record in books.list(name)}
        journals = books.list("Journals")
        assert {journal["SourceID"] for journal in journals if "SourceID" in journal} <= known
        (conversion,) = [journal for journal in journals if "SourceID" not in journal]
        assert ms(conversion["JournalDate"]) == ms_of(dt.date(2024, 10, 1))
        assert books.system["HISTORICAL"] in {line["AccountID"] for line in conversion["JournalLines"]}

    def test_what_was_voided_or_deleted_leaves_nothing_on_its_date(self, books: Books) -> None:
        """Entry and reversal have one date."""
        gone = {
            record[key]
            for name, key, statuses in (
                *((name, key, ("VOIDED",)) for name, key in ID_FIELDS.items()),
                ("Payments", "PaymentID", ("DELETED",)), ("BankTransactions", "BankTransactionID", ("VOIDED", "DELETED")),
                ("BankTransfers", "BankTransferID", ("DELETED",)), ("ManualJournals", "ManualJournalID", ("VOIDED",)),
            )
            for record in books.list(name)
            if record["Status"] in statuses
        }  # fmt: skip
        left: dict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
        posted = Counter(journal.get("SourceID") for journal in books.list("Journals"))
        for journal in books.list("Journals"):
            for line in journal["JournalLines"] if journal.get("SourceID") in gone else ():
                left[journal["SourceID"], journal["JournalDate"], line["AccountID"]] += line["NetAmount"]
        assert set(left.values()) == {0}
        assert {posted[key] for key in {source for source, _, _ in left}} == {2}


class TestCases:
    """What a rebuilt ledger has to get right is in the books."""

    def test_all_kinds_and_spellings_of_documents_are_there(self, books: Books) -> None:
        """Types, statuses, currencies, line amounts, ways to name an account, overwritten totals, negative lines."""
        invoices = books.list("Invoices")
        assert {r["Status"] for r in invoices} == {"DRAFT", "SUBMITTED", "AUTHORISED", "PAID", "VOIDED", "DELETED"}
        assert {(r["Type"], r["CurrencyCode"]) for r in invoices} >= {
            (kind, currency) for kind in ("ACCREC", "ACCPAY") for currency in ("NZD", "USD", "AUD")
        }
        assert {r["LineAmountTypes"] for r in invoices} == {"Exclusive", "Inclusive", "NoTax"}
        lines = [line for record in invoices for line in record["LineItems"]]
        assert {tuple(key for key in line if key.startswith("Account")) for line in lines} == {
            (), ("AccountCode",), ("AccountCode", "AccountID"), ("AccountCode", "AccountId"),
        }  # fmt: skip
        assert {len(line["Tracking"]) for line in lines} == {0, 1, 2}
        amounts = [line.get("LineAmount") for line in lines]
        assert {amount and (amount > 0) - (amount < 0) for amount in amounts} == {None, 0, 1, -1}
        assert any("DiscountRate" in line for line in lines)
        over = {r["Total"] - r["SubTotal"] - r["TotalTax"] for r in invoices}
        assert {Decimal("0.10"), Decimal("-0.10"), Decimal(0)} <= over
        assert {abs(cents) <= Decimal("0.10") for cents in over} == {True}

    def test_every_type_of_payment_moves_money_on_base_and_on_foreign_accounts(self, books: Books) -> None:
        """Eight types; deleted ones; payments of batches; an amount of the bank that the rate does not give."""
        payments = books.list("Payments")
        refunds = {f"{side}{what}PAYMENT" for side in ("AR", "AP") for what in ("CREDIT", "PREPAYMENT", "OVERPAYMENT")}
        assert {p["PaymentType"] for p in payments} == {"ACCRECPAYMENT", "ACCPAYPAYMENT"} | refunds
        assert {p["Account"]["CurrencyCode"] for p in payments} == {"NZD", "USD", "AUD"}
        assert {p["Status"] for p in payments} == {"AUTHORISED", "DELETED"}
        base = [p for p in payments if p["Account"]["CurrencyCode"] == "NZD"]
        assert max(abs(p["BankAmount"] - p["Amount"] / p["CurrencyRate"]) for p in base) > CENT
        assert len([p for p in payments if "BatchPaymentID" in p]) > 30

    def test_every_type_of_advance_stands_among_the_bank_transactions_too(self, books: Books) -> None:
        """With the ID of the prepayment or overpayment, in base currency and in another."""
        found = {
            (r["Type"], r["CurrencyCode"] in ("", "NZD"), "PrepaymentID" in r, "OverpaymentID" in r)
            for r in books.list("BankTransactions")
            if not r["Type"].endswith("-TRANSFER")
        }
        kinds = [(side, what) for side in ("RECEIVE", "SPEND") for what in ("", "-PREPAYMENT", "-OVERPAYMENT")]
        assert found == {
            (f"{side}{what}", base, what == "-PREPAYMENT", what == "-OVERPAYMENT")
            for side, what in kinds
            for base in (True, False)
        }
        for name in ("CreditNotes", "Prepayments", "Overpayments"):
            records = books.list(name)
            uses = [(r, use) for r in records for use in r["Allocations"]]
            assert {use["IsDeleted"] for _, use in uses} == {True, False}
            assert {use["Amount"] < r["Total"] for r, use in uses} == {True, False}
            assert {r["CurrencyCode"] for r in records} == {"NZD", "USD", "AUD"}

    def test_xeros_odd_spellings_are_there_beside_the_usual_ones(self, books: Books) -> None:
        """Lost dates of voided invoices, empty lines of overpayments, AllocationId, refunds that name an invoice, no currency."""
        voided = [r for r in books.list("Invoices") if r["Status"] == "VOIDED"]
        assert {(ms(r["Date"]) == 0, r["LineItems"] == []) for r in voided} == {(True, True), (False, False)}
        money = books.list("BankTransactions")
        for over in (books.list("Overpayments"), [r for r in money if "OverpaymentID" in r]):
            assert {bool(r["LineItems"]) for r in over} == {True, False}
        for name in ("CreditNotes", "Prepayments", "Overpayments"):
            uses = [use for record in books.list(name) for use in record["Allocations"]]
            assert {"AllocationID" in use for use in uses} == {True, False}
        refunds = [p for p in books.list("Payments") if "CREDITPAYMENT" in p["PaymentType"]]
        assert {("Invoice" in p, "CreditNote" in p) for p in refunds} == {(True, False), (False, True)}
        assert {r["CurrencyCode"] for r in money if "CurrencyRate" not in r} == {"", "NZD"}

    def test_transfers_join_base_and_foreign_accounts_in_all_four_ways(self, books: Books) -> None:
        """Each side is a bank transaction in the currency of its account."""
        sides = {r["BankTransactionID"]: r for r in books.list("BankTransactions")}
        ways = {
            tuple(sides[t[f"{side}BankTransactionID"]]["CurrencyCode"] == "NZD" for side in ("From", "To"))
            for t in books.list("BankTransfers")
        }
        assert ways == {(True, True), (True, False), (False, True), (False, False)}

    def test_an_archived_account_has_postings(self, books: Books) -> None:
        """It was used before it was archived."""
        archived = {key for key, a in books.accounts.items() if a["Status"] == "ARCHIVED"}
        assert archived & {line["AccountID"] for j in books.list("Journals") for line in j["JournalLines"]}


class TestReports:
    """Reports are computed from the true journals."""

    @pytest.mark.parametrize("end", [(3, 31), (4, 5)])
    @pytest.mark.parametrize("day", ["2025-03-31", "2025-04-30", "2026-09-30"])
    def test_the_trial_balance_is_the_sum_of_the_journals(
        self, xero: XeroServerProcess, end: tuple[int, int], day: str
    ) -> None:
        """Earlier profit is retained earnings, whichever day the year ends; what is shown of the invisible is in it."""
        year_end(xero, *end)
        xero.control("undocumented", {"kinds": KINDS})
        books = Books(xero, xero.tenant_id)
        ends = [dt.date(year, *end) for year in (2024, 2025, 2026)]
        start = max(last for last in ends if last.isoformat() < day) + dt.timedelta(days=1)
        whole, year = moved(books, day), moved(books, day, start.isoformat())
        profit = {key for key, a in books.accounts.items() if a["Class"] in ("REVENUE", "EXPENSE")}
        expected = {key: year[key] if key in profit else net for key, net in whole.items()}
        expected[books.system["RETAINEDEARNINGS"]] = sum((whole[key] - year[key] for key in profit), Decimal(0))
        assert trial_balance(xero, day) == {key: net for key, net in expected.items() if net}

    def test_open_foreign_documents_are_revalued_whatever_has_settled_them(self, xero: XeroServerProcess) -> None:
        """At a month end: what foreign documents stand at, with payments and allocations up to then, times the drift."""
        books, day = Books(xero, xero.tenant_id), dt.date(2026, 7, 31)
        expected: dict[str, Decimal] = defaultdict(Decimal)
        for document in books.standing().values():
            record = document.record
            if record["CurrencyCode"] != "NZD":
                sale = record["Type"].startswith(("ACCREC", "RECEIVE"))
                expected[books.system["DEBTORS" if sale else "CREDITORS"]] += document.value(ms_of(day))
        answer = xero.control("revaluations", {"date": day.isoformat()}, parse_float=Decimal)["balances"]
        assert drift(day)
        for key, value in expected.items():
            assert answer[key] == (value * drift(day)).quantize(CENT, ROUND_HALF_UP)


class TestUndocumented:
    """Entries that no document explains can be switched on, and asked for."""

    def test_what_is_switched_on_is_exactly_what_the_answer_says(self, xero: XeroServerProcess) -> None:
        """By month and account: the trial balance with them less the one without, revaluations included."""
        day = "2026-07-31"
        before = trial_balance(xero, day)
        conversion = xero.control("undocumented", parse_float=Decimal)
        assert conversion["kinds"] == ["conversion"]
        xero.control("switches", {"revaluations": True})
        shown = xero.control("undocumented", {"kinds": KINDS}, parse_float=Decimal)
        assert shown["kinds"] == sorted([*KINDS, "conversion", "revaluation"])
        after, books = trial_balance(xero, day), Books(xero, xero.tenant_id)
        added: dict[str, Decimal] = defaultdict(Decimal)
        for answer, sign in ((shown, 1), (conversion, -1)):
            for cell in answer["months"]:
                added[cell["AccountID"]] += sign * cell["Amount"] if cell["Month"] <= day[:7] else 0
        real = [key for key, a in books.accounts.items() if a["Class"] not in ("REVENUE", "EXPENSE", "EQUITY")]
        assert {sum(line["NetAmount"] for line in journal["JournalLines"]) for journal in books.list("Journals")} == {0}
        for key in real:
            assert after.get(key, 0) - before.get(key, 0) == added[key]
        names = {"WAGEPAYABLES", "UNPAIDEXPCLM", "GST", "DEBTORS", "CREDITORS"}
        assert {books.system[name] for name in names} <= {cell["AccountID"] for cell in shown["months"]}

    def test_they_can_be_taken_out_again_and_unknown_ones_are_refused(self, xero: XeroServerProcess) -> None:
        """Journals are as before; the company ``small`` has none of these."""
        before = xero.truth("Journals")
        xero.control("undocumented", {"kinds": ["stock"]})
        assert len(xero.truth("Journals")) == len(before) + 24
        xero.control("undocumented", {"kinds": []})
        assert xero.truth("Journals") == before
        with pytest.raises(XeroServerError, match="no such entries here: leave"):
            xero.control("undocumented", {"kinds": ["leave"]})


class TestOrganisations:
    """Two organisations of one seed."""

    def test_they_have_the_same_ids_and_other_amounts(self, xero: XeroServerProcess) -> None:
        """So that whatever joins without the tenant is found."""
        one, two = (Books(xero, tenant["tenantId"]) for tenant in xero.line["tenants"])
        for name, key in {**ID_FIELDS, "Payments": "PaymentID", "BankTransactions": "BankTransactionID"}.items():
            first, second = ({r[key]: r for r in books.list(name)} for books in (one, two))
            assert first.keys() == second.keys()
            amount = "Amount" if name == "Payments" else "Total"
            same = [k for k in first if first[k][amount] == second[k][amount]]
            assert len(same) < len(first) / 50
        assert one.accounts.keys() == two.accounts.keys()

    def test_the_same_seed_gives_the_same_books(self) -> None:
        """Another one gives others."""

        def texts(seed: int) -> list[Any]:
            company = everything("an organisation", "Name", seed=seed)
            return [row.text for row in company.journals.rows_after(0)]

        assert texts(1) == texts(1)
        assert texts(1)[0] != texts(2)[0]


def test_the_lists_serve_what_the_books_hold(xero: XeroServerProcess) -> None:
    """Through the API: journals by offset, invoices by page."""
    client = Client(xero)
    (first, *_) = client.rows("Journals", offset=0)
    assert first == Books(xero, xero.tenant_id).list("Journals")[0]
    answer = client.session.get(
        f"{xero.url}{API}Invoices", params={"page": 1, "pageSize": 1000, "unitdp": 4}, timeout=10
    )
    assert len(answer.json()["Invoices"]) > 500
