"""The query of the month ends, on tables written by hand: what it computes, what it calls a difference, what it sets apart."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from demo.month_ends import Balance, MonthEnds

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

duckdb = pytest.importorskip("duckdb", reason="DuckDB comes with PyAirbyte, which supports Python 3.10 to 3.12")

_TABLES = """
create table journal_lines (tenantid varchar, journallineid varchar, journalnumber bigint, journaldate date,
    accountid varchar, accountcode varchar, accountname varchar, accounttype varchar, netamount decimal(38, 9));
create table trial_balance_lines (tenantid varchar, "date" date, linenumber bigint, rowtype varchar, section varchar,
    accountid varchar, account varchar, ytddebit decimal(38, 9), ytdcredit decimal(38, 9), updateddateutc timestamp);
create table accounts (tenantid varchar, accountid varchar, code varchar, name varchar, type varchar, class varchar,
    systemaccount varchar, currencycode varchar);
create table organisations (tenantid varchar, name varchar, class varchar, basecurrency varchar, financialyearendday bigint,
    financialyearendmonth bigint);
create table currencies (tenantid varchar, code varchar);
"""
_ACCOUNTS = (
    ("bank", "090", "Bank", "BANK", "ASSET", None, "NZD"),
    ("sales", "200", "Sales", "REVENUE", "REVENUE", None, None),
    ("debtors", "610", "Debtors", "CURRENT", "ASSET", "DEBTORS", None),
    ("retained", "960", "Retained Earnings", "EQUITY", "EQUITY", "RETAINEDEARNINGS", None),
)
_READ = dt.datetime.fromisoformat("2026-06-01T00:00:00")
"""Without a zone, as PyAirbyte lands instants."""


class Tables:
    """The tables that the query reads, of one organisation that closes its year on 31 March."""

    def __init__(self, connection: DuckDBPyConnection) -> None:
        self.connection = connection
        connection.execute(_TABLES)
        connection.execute("insert into organisations values ('t', 'Ledger Ltd', 'PREMIUM', 'NZD', 31, 3)")
        connection.execute("insert into currencies values ('t', 'NZD')")
        for account in _ACCOUNTS:
            self.account(*account)

    def account(self, *values: str | None) -> None:
        """Add an account: ID, code, name, type, class, system account, currency."""
        self.connection.execute("insert into accounts values ('t', ?, ?, ?, ?, ?, ?, ?)", values)

    def book(self, day: str, debit: str, credit: str, amount: str, kind: str = "") -> None:
        """Post a journal of two lines; ``kind`` is the AccountType that they tell."""
        for account, net in ((debit, Decimal(amount)), (credit, -Decimal(amount))):
            number = self.connection.execute("select count(*) from journal_lines").fetchall()[0][0]
            values = ("t", f"line {number}", number, day, account, None, f"Name of {account}", kind, net)
            self.connection.execute("insert into journal_lines values (?, ?, ?, ?, ?, ?, ?, ?, ?)", values)

    def report(self, day: str, read: dt.datetime = _READ, **balances: str) -> None:
        """Write a trial balance with its total; balances by account ID, debit positive."""
        rows = [(account, Decimal(text)) for account, text in balances.items()]
        for number, (account, balance) in enumerate([*rows, (None, sum(abs(b) for _, b in rows) / 2)], start=1):
            sides = (balance, None) if balance > 0 else (None, -balance)
            values = ("t", day, number, "Row" if account else "SummaryRow", None, account, account, *sides, read)
            self.connection.execute("insert into trial_balance_lines values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", values)

    def ask(self, sql: str) -> Sequence[Mapping[str, Any]]:
        """Ask in SQL."""
        found = self.connection.execute(sql)
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def compared(self) -> MonthEnds:
        """Run the query."""
        return MonthEnds.compared(self.ask)


@pytest.fixture
def tables() -> Iterator[Tables]:
    """Make empty tables in memory."""
    with duckdb.connect(":memory:") as connection:
        yield Tables(connection)


def found(balances: Sequence[Balance]) -> list[tuple[str, str, str]]:
    """Tell account, month end and difference."""
    return [(one.account_id, one.month_end.isoformat(), f"{one.difference.normalize():f}") for one in balances]


def test_profit_moves_to_retained_earnings_when_the_year_turns(tables: Tables) -> None:
    """Income counts from the first day of the financial year; what was earned before stands in retained earnings."""
    tables.book("2026-03-31", "bank", "sales", "100")
    tables.book("2026-04-01", "bank", "sales", "7")
    tables.report("2026-03-31", bank="100", sales="-100")
    tables.report("2026-04-30", bank="107", sales="-7", retained="-100")
    assert found(tables.compared().errors) == []
    assert tables.compared().agree


@pytest.mark.parametrize(
    ("day", "month", "last_day"),
    [(29, 2, "2024-02-29"), (29, 2, "2025-02-28"), (30, 2, "2024-02-29"), (31, 4, "2025-04-30"), (5, 4, "2025-04-05")],
)
def test_years_end_on_days_that_not_every_year_has(tables: Tables, day: int, month: int, last_day: str) -> None:
    """A year end on a day that the month does not have is the month's last day; one in mid-month splits its month."""
    tables.connection.execute(
        "update organisations set financialyearendday = ?, financialyearendmonth = ?", (day, month)
    )
    end = dt.date.fromisoformat(last_day)
    tables.book(last_day, "bank", "sales", "100")
    tables.book((end + dt.timedelta(days=1)).isoformat(), "bank", "sales", "7")
    last_of_next_month = (end.replace(day=1) + dt.timedelta(days=62)).replace(day=1) - dt.timedelta(days=1)
    tables.report(last_of_next_month.isoformat(), bank="107", sales="-7", retained="-100")
    assert tables.compared().agree


def test_the_latest_reading_of_a_month_counts(tables: Tables) -> None:
    """Lines of an earlier reading that the latest one no longer has are not compared."""
    tables.book("2026-05-05", "bank", "sales", "5")
    tables.report("2026-05-31", _READ - dt.timedelta(days=1), bank="9", sales="-4", debtors="-5")
    tables.report("2026-05-31", bank="5", sales="-5")
    assert tables.compared().agree


def test_an_account_that_left_the_chart_is_typed_by_its_lines(tables: Tables) -> None:
    """A deleted account of income or expense closes into retained earnings like any other."""
    tables.book("2026-03-01", "gone", "bank", "40", kind="OVERHEADS")
    tables.report("2026-03-31", gone="40", bank="-40")
    tables.report("2026-04-30", retained="40", bank="-40")
    compared = tables.compared()
    assert compared.agree
    assert {one.account_class for one in compared.balances if one.account_id == "gone"} == {"EXPENSE"}


def test_a_cent_is_a_difference(tables: Tables) -> None:
    """Balances that differ by one cent are errors, with account, month end and amount."""
    tables.book("2026-05-05", "bank", "sales", "5.01")
    tables.report("2026-05-31", bank="5", sales="-5")
    assert found(tables.compared().errors) == [("bank", "2026-05-31", "0.01"), ("sales", "2026-05-31", "-0.01")]
    assert not tables.compared().agree
    assert {one.label for one in tables.compared().errors} == {"090 Bank", "200 Sales"}


@pytest.mark.parametrize("amount", ["8388608.03", "16777216.01", "98765432109.87"])
def test_large_amounts_that_passed_through_a_double_agree(tables: Tables, amount: str) -> None:
    """Loaders turn amounts into decimals by way of a double, which is inexact from some millions up: that is no difference."""
    tables.connection.execute("alter table journal_lines alter netamount type double")
    tables.book("2026-05-05", "bank", "sales", amount)
    tables.connection.execute("alter table journal_lines alter netamount type decimal(38, 9)")
    landed = tables.ask("select max(netamount) as net from journal_lines")[0]["net"]
    tables.report("2026-05-31", bank=amount, sales=f"-{amount}")
    assert landed != Decimal(amount)
    assert tables.compared().agree


def test_accounts_of_one_side_alone_are_differences(tables: Tables) -> None:
    """An account that only the journals or only Xero's report knows counts as zero on the other side."""
    tables.book("2026-05-05", "ours", "ours too", "5")
    tables.report("2026-05-31", theirs="8", zero="0")
    expected = [("ours", "2026-05-31", "5"), ("ours too", "2026-05-31", "-5"), ("theirs", "2026-05-31", "-8")]
    assert sorted(found(tables.compared().errors)) == expected


def test_a_lost_line_of_an_account_set_apart_is_found(tables: Tables) -> None:
    """Accounts set apart may differ, but journals that do not net to zero have lost a line."""
    tables.connection.execute("insert into currencies values ('t', 'USD')")
    tables.book("2026-05-05", "debtors", "sales", "5")
    tables.connection.execute("delete from journal_lines where accountid = 'debtors'")
    tables.report("2026-05-31", debtors="5", sales="-5")
    compared = tables.compared()
    assert compared.errors == []
    assert compared.unbalanced == [(dt.date(2026, 5, 31), Decimal(-5), Decimal(0))]
    assert not compared.agree


def test_debtors_are_set_apart_where_there_are_several_currencies(tables: Tables) -> None:
    """In one currency nothing is revalued: debtors must agree like any other account."""
    tables.book("2026-05-05", "debtors", "sales", "5")
    tables.report("2026-05-31", debtors="5", sales="-5")
    assert tables.compared().set_apart == []
    tables.connection.execute("insert into currencies values ('t', 'USD')")
    assert [rows[0].account_id for rows in tables.compared().set_apart] == ["debtors"]


def revalued(tables: Tables) -> None:
    """Hold US dollars that gain 3 in one financial year and 1 in the next, without a journal."""
    tables.connection.execute("insert into currencies values ('t', 'USD')")
    tables.account("dollars", "092", "Dollars", "BANK", "ASSET", None, "USD")
    tables.account("gains", "496", "Bank Revaluations", "EXPENSE", "EXPENSE", "BANKCURRENCYGAIN", None)
    tables.book("2026-03-05", "dollars", "sales", "50")
    tables.report("2026-03-31", dollars="53", sales="-50", gains="-3")


def test_revaluations_are_set_apart(tables: Tables) -> None:
    """What Xero revalues without a journal differs, also what of it went into retained earnings, and is no error."""
    revalued(tables)
    tables.report("2026-04-30", dollars="54", gains="-1", retained="-53")
    compared = tables.compared()
    assert compared.agree
    assert [rows[0].label for rows in compared.set_apart] == [
        "092 Dollars",
        "496 Bank Revaluations",
        "960 Retained Earnings",
    ]
    assert found(compared.set_apart[2]) == [("retained", "2026-04-30", "3")]


def test_retained_earnings_differ_by_gains_of_earlier_years_alone(tables: Tables) -> None:
    """Any other amount in retained earnings is an error, revaluations or not."""
    revalued(tables)
    tables.report("2026-04-30", dollars="55", gains="-1", retained="-54")
    assert found(tables.compared().errors) == [("retained", "2026-04-30", "4")]


def test_gains_before_the_first_month_end_are_set_apart(tables: Tables) -> None:
    """Where month ends do not go back to the earlier year end, nobody knows its gains: retained earnings are set apart."""
    revalued(tables)
    tables.connection.execute("delete from trial_balance_lines")
    tables.report("2026-04-30", dollars="55", gains="-1", retained="-54")
    assert tables.compared().agree
    tables.connection.execute("delete from currencies where code = 'USD'")
    assert found(tables.compared().errors) == [("retained", "2026-04-30", "4")]


def test_organisations_that_share_tables_are_kept_apart(tables: Tables) -> None:
    """Two organisations with the same IDs of accounts have balances, year ends and differences of their own."""
    tables.book("2026-03-31", "bank", "sales", "100")
    tables.report("2026-04-30", bank="100", retained="-100")
    for table in ("journal_lines", "trial_balance_lines", "accounts", "organisations", "currencies"):
        tables.connection.table(table).project("* replace ('u' as tenantid)").insert_into(table)
    assert tables.compared().agree
    tables.connection.execute("update organisations set financialyearendmonth = 12 where tenantid = 'u'")
    assert [(one.tenant_id, one.account_id) for one in tables.compared().errors] == [("u", "retained"), ("u", "sales")]


def test_no_month_end_is_no_agreement(tables: Tables) -> None:
    """Where nothing was compared, nothing agrees."""
    assert not tables.compared().agree
