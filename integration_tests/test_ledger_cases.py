"""Postings worked out by hand: each case is an organisation of its own in one database."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import TypeAlias

import pytest

from integration_tests.landed_records import land_records
from integration_tests.protocol import Json
from integration_tests.small_books import DAY, STREAMS, SmallBooks, line, use
from integration_tests.warehouse import DbtRun, Warehouse

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("airbyte") is None,
    reason="DuckDB comes with PyAirbyte, which supports Python 3.10 to 3.12",
)

Lines: TypeAlias = "dict[tuple[str, str], str]"
"""What is expected: amounts, debit positive, by what has posted them (its SourceID) and account."""
Case: TypeAlias = Callable[[SmallBooks], Lines]

TEXT = """Tea's "best", 100 % — 茶 🍵
second line \\ {{ not a template }}"""
"""What a person may write into a description."""

CASES: dict[str, Case] = {}
OPTIONS: dict[str, Case] = {}
"""Cases of what only some organisations have: each is tried with the options on."""


def case(written: Case) -> Case:
    """List a case under its name."""
    CASES[written.__name__] = written
    return written


def option(written: Case) -> Case:
    """List a case for which the options are on."""
    OPTIONS[written.__name__] = written
    return written


@case
def a_foreign_invoice_is_paid_in_three_parts(books: SmallBooks) -> Lines:
    """Each part clears what is settled by then less what was cleared before; the last one leaves nothing."""
    books.invoice("invoice", [line("sales", "100.00")], CurrencyCode="USD", CurrencyRate=Decimal("0.61"))
    paid: Json = {"Invoice": {"InvoiceID": "invoice"}}
    books.pay("first", "33.33", "0.60", "55.55", Date="2026-05-12", **paid)
    books.pay("second", "33.33", "0.62", "53.76", Date="2026-05-13", **paid)
    books.pay("third", "33.34", "0.65", "33.34", Date="2026-05-14", Account={"AccountID": "dollars"}, **paid)
    return {
        # 100 / 0.61 = 163.934
        ("invoice", "debtors"): "163.93",
        ("invoice", "sales"): "-163.93",
        # 33.33 / 0.60 = 55.55; 163.93 x 33.33 / 100 = 54.6379
        ("first", "bank"): "55.55",
        ("first", "debtors"): "-54.64",
        ("first", "gains"): "-0.91",
        # 33.33 / 0.62 = 53.758; 163.93 x 66.66 / 100 = 109.2757, less 54.64
        ("second", "bank"): "53.76",
        ("second", "debtors"): "-54.64",
        ("second", "gains"): "0.88",
        # 33.34 / 0.65 = 51.2923; 163.93 less 109.28
        ("third", "dollars"): "51.29",
        ("third", "debtors"): "-54.65",
        ("third", "gains"): "3.36",
    }


@case
def a_part_of_a_foreign_credit_note_is_used_at_another_rate(books: SmallBooks) -> Lines:
    """The use posts what it clears of the invoice less what it clears of the credit note, and nothing else."""
    books.invoice("invoice", [line("sales", "200.00")], CurrencyCode="USD", CurrencyRate=Decimal("0.50"))
    uses = [use("use", "invoice", "30.00"), use("undone", "invoice", "10.00") | {"IsDeleted": True}]
    books.credit_note("credit", [line("sales", "90.00")], uses, CurrencyCode="USD", CurrencyRate=Decimal("0.60"))
    return {
        # 200 / 0.5 and 90 / 0.6
        ("invoice", "debtors"): "400.00",
        ("invoice", "sales"): "-400.00",
        ("credit", "debtors"): "-150.00",
        ("credit", "sales"): "150.00",
        # Of the invoice 400 x 30 / 200 = 60, of the credit note 150 x 30 / 90 = 50.
        ("use", "debtors"): "-10.00",
        ("use", "gains"): "10.00",
    }


@case
def a_prepayment_with_tax_is_used_in_two_parts_and_the_rest_paid_back(books: SmallBooks) -> Lines:
    """Its line and its tax are taken back in shares that add up to what was used, and to nothing in the end."""
    books.invoice("invoice", [line("sales", "200.00")])
    uses = [use("first", "invoice", "38.33", "2026-05-12"), use("second", "invoice", "38.33", "2026-05-13")]
    books.prepayment("advance", [line("advances", "100.00", "15.00")], uses)
    refund: Json = {"PaymentType": "ARPREPAYMENTPAYMENT", "Prepayment": {"PrepaymentID": "advance"}}
    books.pay("refund", "38.34", Date="2026-05-14", **refund)
    return {
        ("invoice", "debtors"): "200.00",
        ("invoice", "sales"): "-200.00",
        ("advance", "bank"): "115.00",
        ("advance", "advances"): "-100.00",
        ("advance", "tax"): "-15.00",
        # 15 x 38.33 / 115 = 4.99957, and 38.33 less 5.00
        ("first", "tax"): "5.00",
        ("first", "advances"): "33.33",
        ("first", "debtors"): "-38.33",
        # 15 x 76.66 / 115 = 9.9991, less 5.00; and 38.33 less 5.00
        ("second", "tax"): "5.00",
        ("second", "advances"): "33.33",
        ("second", "debtors"): "-38.33",
        # What is left: 15 less 10, and 38.34 less 5.00
        ("refund", "tax"): "5.00",
        ("refund", "advances"): "33.34",
        ("refund", "bank"): "-38.34",
    }


@case
def a_negative_line_takes_away(books: SmallBooks) -> Lines:
    """From the total, from its account, and from the tax."""
    books.invoice("invoice", [line("sales", "100.00", "15.00"), line("office", "-20.00", "-3.00")])
    # 115 less 23; 15 less 3
    lines = {"debtors": "92.00", "sales": "-100.00", "office": "20.00", "tax": "-12.00"}
    return {("invoice", account): amount for account, amount in lines.items()}


@case
def a_total_that_was_overwritten_leaves_its_cents_on_rounding(books: SmallBooks) -> Lines:
    """The document owes its total; what its lines do not explain of it is rounding."""
    books.invoice("bill", [line("office", "100.00", "15.00")], Type="ACCPAY", Total=Decimal("115.05"))
    lines = {"creditors": "-115.05", "office": "100.00", "tax": "15.00", "rounding": "0.05"}
    return {("bill", account): amount for account, amount in lines.items()}


@case
def an_account_is_found_by_either_spelling_of_its_id_or_by_its_code(books: SmallBooks) -> Lines:
    """Codes keep their zero in front; a bank account may be named by its code alone too."""
    named = [line(None, "1.00", AccountId="sales"), line(None, "2.00", AccountCode="453")]
    books.money("money", named, BankAccount={"Code": "090"})
    books.manual("journal", [line(None, "4.00", AccountCode="090"), line("loan", "-4.00")], "NoTax")
    books.invoice("invoice", [line("sales", "8.00")])
    books.pay("payment", "8.00", Account={"Code": "090"}, Invoice={"InvoiceID": "invoice"})
    return {
        ("invoice", "debtors"): "8.00",
        ("invoice", "sales"): "-8.00",
        ("money", "bank"): "3.00",
        ("money", "sales"): "-1.00",
        ("money", "office"): "-2.00",
        ("journal", "bank"): "4.00",
        ("journal", "loan"): "-4.00",
        ("payment", "bank"): "8.00",
        ("payment", "debtors"): "-8.00",
    }


@case
def a_document_without_lines_posts_nothing(books: SmallBooks) -> Lines:
    """Null or empty, in SQL or in JSON; one that has a total all the same is listed."""
    books.invoice("null", None)
    books.invoice("null in JSON", None)
    books.invoice("empty", [])
    books.invoice("with a total", None, Total=Decimal("10.00"))
    books.manual("journal without lines", [], "NoTax")
    return {}


@case
def two_organisations_with_the_same_ids_are_kept_apart(books: SmallBooks) -> Lines:
    """This one and the next have the same invoice, payment and accounts, and other amounts."""
    books.invoice("invoice", [line("sales", "100.00", "15.00")])
    books.pay("payment", "115.00", Invoice={"InvoiceID": "invoice"})
    return {
        ("invoice", "debtors"): "115.00",
        ("invoice", "sales"): "-100.00",
        ("invoice", "tax"): "-15.00",
        ("payment", "bank"): "115.00",
        ("payment", "debtors"): "-115.00",
    }


@case
def the_other_organisation_with_these_ids_is_kept_apart(books: SmallBooks) -> Lines:
    """In dollars, so that the payment has another value than the invoice: 40 / 0.5 = 80, 20 / 0.4 = 50 and 80 x 20 / 40 = 40."""
    books.invoice("invoice", [line("sales", "40.00")], CurrencyCode="USD", CurrencyRate=Decimal("0.5"))
    books.pay("payment", "20.00", "0.4", "50.00", Invoice={"InvoiceID": "invoice"})
    return {
        ("invoice", "debtors"): "80.00",
        ("invoice", "sales"): "-80.00",
        ("payment", "bank"): "50.00",
        ("payment", "debtors"): "-40.00",
        ("payment", "gains"): "-10.00",
    }


@case
def archived_accounts_and_those_not_in_the_chart_are_posted_to(books: SmallBooks) -> Lines:
    """An account is archived, or is deleted, after it was used; its ID says which it was. A code alone does not."""
    books.invoice("bill", [line("premises", "50.00"), line("a deleted account", "7.00")], Type="ACCPAY")
    books.invoice("coded bill", [line(None, "3.00", AccountCode="999")], Type="ACCPAY")
    return {("bill", "creditors"): "-57.00", ("bill", "premises"): "50.00", ("bill", "a deleted account"): "7.00"}


@case
def a_document_without_a_date_is_not_posted(books: SmallBooks) -> Lines:
    """Its payment is, against receivables, since the money has moved."""
    books.invoice("undated", [line("sales", "100.00")], Date=None)
    books.invoice("of the epoch", [line("sales", "100.00")], Date="1970-01-01")
    books.manual("undated journal", [line("office", "5.00"), line("loan", "-5.00")], "NoTax")
    books.records["manual_journals"][-1]["Date"] = None
    books.pay("payment", "100.00", Invoice={"InvoiceID": "undated"})
    return {("payment", "bank"): "100.00", ("payment", "debtors"): "-100.00"}


@case
def a_foreign_document_without_a_rate_is_not_posted(books: SmallBooks) -> Lines:
    """Nor with a rate of zero. Its payment has a rate of its own: 30 / 0.6 = 50."""
    books.invoice("no rate", [line("sales", "100.00")], CurrencyCode="USD")
    books.invoice("rate of zero", [line("sales", "100.00")], CurrencyCode="USD", CurrencyRate=Decimal(0))
    books.pay("payment", "30.00", "0.6", "50.00", Invoice={"InvoiceID": "no rate"})
    return {("payment", "bank"): "50.00", ("payment", "debtors"): "-50.00"}


@case
def a_rate_counts_in_foreign_currencies_only(books: SmallBooks) -> Lines:
    """A document without a currency, or in the base currency, is in the base currency whatever its rate says."""
    books.invoice("no currency", [line("sales", "10.00")], CurrencyRate=Decimal("0.5"))
    books.invoice("base currency", [line("sales", "20.00")], CurrencyCode="NZD", CurrencyRate=Decimal("0.5"))
    return {
        ("no currency", "debtors"): "10.00",
        ("no currency", "sales"): "-10.00",
        ("base currency", "debtors"): "20.00",
        ("base currency", "sales"): "-20.00",
    }


@case
def a_manual_journal_with_tax_included_posts_its_tax_apart(books: SmallBooks) -> Lines:
    """115 with 15 of tax is 100 and 15."""
    books.manual("journal", [line("office", "115.00", "15.00"), line("loan", "-115.00")], "Inclusive")
    return {("journal", "office"): "100.00", ("journal", "tax"): "15.00", ("journal", "loan"): "-115.00"}


@case
def tax_of_a_document_without_tax_does_not_count(books: SmallBooks) -> Lines:
    """Whatever its lines say."""
    books.invoice("invoice", [line("sales", "10.00", "1.50")], LineAmountTypes="NoTax", Total=Decimal("10.00"))
    return {("invoice", "debtors"): "10.00", ("invoice", "sales"): "-10.00"}


@case
def a_transfer_between_foreign_accounts_has_the_value_of_what_was_paid(books: SmallBooks) -> Lines:
    """100 / 0.61 = 163.934; its two sides in bank transactions post nothing."""
    sides = {"FromBankTransactionID": "paid", "ToBankTransactionID": "received", "Amount": Decimal("100.00")}
    banks = {"FromBankAccount": {"AccountID": "dollars"}, "ToBankAccount": {"AccountID": "australian"}}
    books.add("bank_transfers", BankTransferID="transfer", Date=DAY, Status="AUTHORISED", **sides, **banks)
    for key, kind, total, rate in (("paid", "SPEND", "100.00", "0.61"), ("received", "RECEIVE", "150.00", "0.91")):
        amounts = {"Total": Decimal(total), "CurrencyRate": Decimal(rate)}
        books.money(key, [], Type=f"{kind}-TRANSFER", CurrencyCode="USD", **amounts)
    return {("transfer", "australian"): "163.93", ("transfer", "dollars"): "-163.93"}


@case
def large_amounts_that_landed_as_binary_fractions_are_cents(books: SmallBooks) -> Lines:
    """8,810,600.03 arrives as 8,810,600.029999999, and 30.03 as 30.029999999."""
    noisy = [line("office", "8810600.029999999"), line("premises", "30.029999999")]
    books.invoice("bill", noisy, Type="ACCPAY", Total=Decimal("8810630.059999999"))
    books.pay("payment", "8810630.059999999", Invoice={"InvoiceID": "bill"}, PaymentType="ACCPAYPAYMENT")
    return {
        ("bill", "creditors"): "-8810630.06",
        ("bill", "office"): "8810600.03",
        ("bill", "premises"): "30.03",
        ("payment", "bank"): "-8810630.06",
        ("payment", "creditors"): "8810630.06",
    }


@case
def a_rate_of_many_decimals_keeps_its_digits(books: SmallBooks) -> Lines:
    """Of a base currency that is worth little: 100 / 0.000064123 = 1,559,502.8305."""
    books.records["organisations"][0]["BaseCurrency"] = "VND"
    books.invoice("invoice", [line("sales", "100.00")], CurrencyCode="USD", CurrencyRate=Decimal("0.000064123"))
    return {("invoice", "debtors"): "1559502.83", ("invoice", "sales"): "-1559502.83"}


@case
def texts_do_not_matter(books: SmallBooks) -> Lines:
    """Quotes, line breaks, emoji and what looks like a template."""
    books.invoice("text", [line("sales", "1.00", Description=TEXT)], Reference=TEXT, Contact={"Name": TEXT})
    return {("text", "debtors"): "1.00", ("text", "sales"): "-1.00"}


@case
def an_organisation_that_no_list_names_is_left_out(books: SmallBooks) -> Lines:
    """Its documents, of every list, are in no ledger: its base currency and the end of its year are not known."""
    books.records["organisations"].clear()
    books.invoice("invoice", [line("sales", "10.00")])
    books.money("money", [line("sales", "10.00")])
    books.pay("payment", "10.00")
    books.manual("journal", [line("office", "5.00"), line("loan", "-5.00")], "NoTax")
    banks = {"FromBankAccount": {"AccountID": "bank"}, "ToBankAccount": {"AccountID": "dollars"}}
    rate = {"Amount": Decimal(6), "CurrencyRate": Decimal("0.6")}
    books.add("bank_transfers", BankTransferID="transfer", Date=DAY, Status="AUTHORISED", **banks, **rate)
    return {}


@case
def an_empty_organisation_has_no_lines(books: SmallBooks) -> Lines:
    """Without accounts either."""
    books.records["accounts"].clear()
    return {}


@option
def a_deduction_of_the_construction_industry_scheme_is_owed_to_the_state(books: SmallBooks) -> Lines:
    """Total is before the deduction: a bill of 1,000 owes 800 to the supplier, an invoice of 500 is 400 of the customer's."""
    books.invoice("bill", [line("office", "1000.00")], Type="ACCPAY", CISDeduction=Decimal("200.00"))
    books.invoice("invoice", [line("sales", "500.00")], CISDeduction=Decimal("100.00"))
    return {
        ("bill", "creditors"): "-800.00",
        ("bill", "office"): "1000.00",
        ("bill", "CIS liability"): "-200.00",
        ("invoice", "debtors"): "400.00",
        ("invoice", "sales"): "-500.00",
        ("invoice", "CIS asset"): "100.00",
    }


@option
def tax_that_cannot_be_claimed_is_part_of_the_expense(books: SmallBooks) -> Lines:
    """5 of the 15 per cent: a third of the tax."""
    components = [
        {"Name": "GST", "Rate": 10, "IsNonRecoverable": False},
        {"Name": "PST", "Rate": 5, "IsNonRecoverable": True},
    ]
    books.add("tax_rates", TaxType="PARTLY", Name="Partly", TaxComponents=components)
    books.invoice("bill", [line("office", "100.00", "15.00", TaxType="PARTLY")], Type="ACCPAY")
    return {("bill", "creditors"): "-115.00", ("bill", "office"): "105.00", ("bill", "tax"): "10.00"}


@option
def tax_on_imports_has_its_own_account(books: SmallBooks) -> Lines:
    """A bill of the customs has tax and no amount."""
    books.invoice("bill", [line("office", "0", "150.00", TaxType="GSTONIMPORTS")], Type="ACCPAY")
    return {("bill", "creditors"): "-150.00", ("bill", "import tax"): "150.00"}


def test_the_packages_own_tests_find_what_is_wrong_and_nothing_else(build: DbtRun) -> None:
    """Two organisations were paid for what is not posted; and five lists have rows of an organisation that nobody knows."""
    assert build.failures == {
        "aged_documents_add_up_to_their_account": "Got 2 results, configured to fail if != 0",
        "every_organisation_is_known": "Got 5 results, configured to warn if != 0",
    }


@pytest.fixture(scope="module")
def landed(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """Land all cases in one database, without the options."""
    made = land(CASES, tmp_path_factory.mktemp("cases"))
    json_null = "set lineitems = 'null', contact = 'null' where invoiceid = 'null in JSON'"
    made.execute(
        f"update invoices {json_null}", "update credit_notes set allocations = 'null' where allocations = '[]'"
    )
    return made


@pytest.fixture(scope="module")
def build(landed: Warehouse) -> DbtRun:
    """Build all that the package has."""
    return landed.dbt("build")


@pytest.fixture(scope="module")
def ledger(landed: Warehouse, build: DbtRun) -> Warehouse:
    """Give the database after the build."""
    assert "error" not in build.states.values()
    return landed


@pytest.fixture(scope="module")
def ledger_with_options(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """Build the cases of options with all options on."""
    made = land(OPTIONS, tmp_path_factory.mktemp("options"))
    switched = "{xero_gl_cis: true, xero_gl_non_recoverable_tax: true, xero_gl_gst_on_imports: true}"
    assert made.dbt("run", "--select", "+rebuilt_journal_lines", "--vars", switched).failures == {}
    return made


def land(cases: dict[str, Case], folder: Path) -> Warehouse:
    """Land the records of cases in a new database."""
    records: dict[str, list[Json]] = {stream: [] for stream in STREAMS}
    for name, written in cases.items():
        books = SmallBooks(name)
        written(books)
        for stream in STREAMS:
            records[stream] += books.records[stream]
    land_records(folder / "books.duckdb", records)
    return Warehouse({"XERO_GL_DUCKDB": str(folder / "books.duckdb")}, folder)


def posted(ledger: Warehouse, tenant: str) -> dict[tuple[str, str], Decimal]:
    """Read what the documents of a case post, by source and account."""
    rows = ledger.rows(
        "select sourceid, accountid, sum(netamount) from xero_gl.rebuilt_journal_lines"  # noqa: S608 - no input: the names are constants of this project
        f" where origin = 'DERIVED' and tenantid = '{tenant}' group by all having sum(netamount) <> 0"
    )
    return {(source, account): amount for source, account, amount in rows}


def expected(written: Case) -> dict[tuple[str, str], Decimal]:
    """Give what a case expects."""
    return {key: Decimal(amount) for key, amount in written(SmallBooks("again")).items()}


@pytest.mark.parametrize("name", CASES)
def test_by_hand(ledger: Warehouse, name: str) -> None:
    """What a case posts is what was worked out by hand."""
    assert posted(ledger, name) == expected(CASES[name])


@pytest.mark.parametrize("name", OPTIONS)
def test_by_hand_with_options(ledger_with_options: Warehouse, name: str) -> None:
    """What only some organisations have is posted once they ask for it."""
    assert posted(ledger_with_options, name) == expected(OPTIONS[name])


def test_what_is_not_posted_is_listed_with_its_reason(ledger: Warehouse) -> None:
    """Each document that should post and does not."""
    assert set(ledger.rows("select documentid, reason from xero_gl.unposted_documents")) == {
        ("with a total", "it has a total and no lines"),
        ("coded bill", "a line has an account that is not in the chart"),
        ("undated", "it has no date"),
        ("of the epoch", "it has no date"),
        ("undated journal", "it has no date"),
        ("no rate", "it has no currency rate"),
        ("rate of zero", "it has no currency rate"),
    }


def test_texts_stay_as_they_are(ledger: Warehouse) -> None:
    """In the description of a line, the reference and the contact's name."""
    text = "select description, reference, contactname from xero_gl.general_ledger where sourceid = 'text' and rule = 'line'"
    assert ledger.rows(text) == [(TEXT, TEXT, TEXT)]
