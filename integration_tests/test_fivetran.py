"""The tables that Fivetran's package for Xero reads, made by dbt from ours, in DuckDB and in PostgreSQL."""

from __future__ import annotations

import importlib.util
import shutil
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from integration_tests.expected import truth
from integration_tests.landed import land
from integration_tests.postgres import postgres_programs, postgres_server
from integration_tests.protocol import Json
from integration_tests.warehouse import PACKAGE, Warehouse, duckdb_warehouse, postgres_warehouse
from local_xero.process import XeroServerProcess
from local_xero.wire import parse_wire_date

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("airbyte") is None, reason="PyAirbyte is not installed: it supports Python 3.10 to 3.12"
)

STREAMS = (
    *("journals", "journal_lines", "cash_journals", "cash_journal_lines", "invoices", "accounts", "contacts"),
    *("organisations", "tracking_categories", "credit_notes", "bank_transactions"),
)
MODELS = "+path:models/fivetran"
CATEGORIES = PACKAGE / "models" / "fivetran" / "xero_gl_fivetran__tracking_category.sql"

READ_BY_THE_PACKAGE = {
    "account": "account_id text, class text, code text, name text, type text",
    "bank_transaction": "bank_transaction_id text, contact_id text",
    "contact": "contact_id text, name text, _fivetran_deleted boolean",
    "credit_note": "contact_id text, credit_note_id text",
    "invoice": "contact_id text, currency_code text, currency_rate numeric, date date, due_date date, "
    "expected_payment_date timestamp, fully_paid_on_date date, invoice_id text, invoice_number text, "
    "planned_payment_date timestamp, reference text, sent_to_contact boolean, status text, type text, "
    "updated_date_utc timestamp, url text",
    "invoice_line_item": "account_code text, description text, discount_entered_as_percent boolean, "
    "discount_rate numeric, invoice_id text, item_code text, line_amount numeric, line_item_id text, quantity numeric, "
    "tax_amount numeric, tax_type text, unit_amount numeric",
    "invoice_line_item_has_tracking_category": "invoice_id text, line_item_id text, option text, "
    "tracking_category_id text",
    "journal": "created_date_utc timestamp, journal_date date, journal_id text, journal_number integer, reference text, "
    "source_id text, source_type text",
    "journal_line": "account_code text, account_id text, account_name text, account_type text, description text, "
    "gross_amount numeric, journal_id text, journal_line_id text, net_amount numeric, tax_amount numeric, tax_name text, "
    "tax_type text",
    "journal_line_has_tracking_category": "journal_id text, journal_line_id text, option text, "
    "tracking_category_id text, tracking_category_option_id text",
    "journal_cash": "created_date_utc timestamp, journal_date date, journal_id text, journal_number integer, "
    "reference text, source_id text, source_type text",
    "journal_cash_line": "account_code text, account_id text, account_name text, account_type text, description text, "
    "gross_amount numeric, journal_id text, journal_line_id text, net_amount numeric, tax_amount numeric, tax_name text, "
    "tax_type text",
    "journal_cash_line_has_tracking_category": "journal_id text, journal_line_id text, option text, "
    "tracking_category_id text, tracking_category_option_id text",
    "organization": "financial_year_end_day integer, financial_year_end_month integer, organisation_id text",
    "tracking_category": "name text, status text, tracking_category_id text",
    "tracking_category_has_option": "tracking_category_id text, tracking_option_id text",
    "tracking_category_option": "has_validation_errors boolean, is_active boolean, is_archived boolean, "
    "is_deleted boolean, name text, status text, tracking_option_id text",
}
"""The columns that the package's staging models read and the types that they have there, version 1.6.1."""

TYPES = {
    "VARCHAR": "text",
    "TIMESTAMP": "timestamp",
    "timestamp without time zone": "timestamp",
    "DECIMAL(18,4)": "numeric",
    "DECIMAL(24,9)": "numeric",
    "BIGINT": "integer",
    "bigint": "integer",
}
"""What DuckDB and Postgres call them."""

KEYWORDS = {
    "duckdb": "select keyword_name from duckdb_keywords() where keyword_category in ('reserved', 'type_function')",
    "postgres": "select word from pg_get_keywords() where catcode in ('R', 'T')",
}
"""Words that cannot be columns without quotes."""

FIVE, THREE, LATER_MS = 5, 3, 60_000


@dataclass(frozen=True)
class Books:
    """A company that was synced, changed and synced again.

    Attributes:
        xero: its Xero, which has not changed since the last sync.
        landed: the DuckDB file.
        invoice_id: the invoice whose five lines became three.
        option_id: the tracking option that was renamed.
    """

    xero: XeroServerProcess
    landed: Path
    invoice_id: str
    option_id: str


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Books]:
    """Land a company twice; in between an invoice loses two lines, and a tracking option gets another name."""
    with XeroServerProcess("small", calls_per_minute=6000) as xero:
        folder = tmp_path_factory.mktemp("landed")
        xero.control("records/add", {"list": "TrackingCategories", "records": [*map(category, AWKWARD)]})
        invoices = xero.truth("Invoices")
        stamp = max(parse_wire_date(invoice["UpdatedDateUTC"]) or 0 for invoice in invoices) + LATER_MS
        edited = next(i for i in invoices if i["LineItems"] and i["LineItems"][0].get("Tracking"))
        lines = [{**edited["LineItems"][0], "LineItemID": str(uuid.uuid4())} for _ in range(FIVE)]
        change = {"id": edited["InvoiceID"], "changes": {"LineItems": lines}, "stamp": stamp}
        xero.control("invoices/edit", change)
        land(xero, folder, STREAMS)
        option_id = rename_an_option(xero)
        change = {**change, "changes": {"LineItems": lines[:THREE]}, "stamp": stamp + LATER_MS}
        xero.control("invoices/edit", change)
        yield Books(xero, land(xero, folder, STREAMS), edited["InvoiceID"], option_id)


AWKWARD = ("Group", "部門", "Old-Department", "Contact name")
"""Names of tracking categories: a word of SQL; no Latin letter; another category's but for a hyphen; a column of another kind."""


def category(name: str) -> Json:
    """Write a tracking category without options."""
    return {"TrackingCategoryID": str(uuid.uuid4()), "Name": name, "Status": "ACTIVE"}


def rename_an_option(xero: XeroServerProcess) -> str:
    """Rename the first option of the first tracking category, which dates no invoice; give its ID."""
    first = xero.truth("TrackingCategories")[0]
    option, *others = first["Options"]
    changes = {"Options": [{**option, "Name": "Another name"}, *others]}
    xero.control("records/edit", {"list": "TrackingCategories", "id": first["TrackingCategoryID"], "changes": changes})
    return str(option["TrackingOptionID"])


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    """Run a Postgres, where its programs are installed."""
    programs = postgres_programs()
    if programs is None:
        pytest.skip("PostgreSQL's programs and the package psycopg are needed")
    with postgres_server(programs) as folder:
        yield folder


KINDS = (
    "duckdb",
    pytest.param(
        "postgres", marks=pytest.mark.slow
    ),  # a minute for each; `make test-platforms` has PostgreSQL installed
    pytest.param("airbyte", marks=pytest.mark.slow),
)
"""Tables as PyAirbyte lands them in DuckDB and in Postgres, and as Airbyte's Postgres destination does."""


def copied(kind: str, name: str, books: Books, folder: Path, request: pytest.FixtureRequest) -> Warehouse:
    """Copy the landed tables into a new database of a kind."""
    if kind == "duckdb":
        return duckdb_warehouse(books.landed, folder)
    server = request.getfixturevalue("postgres")
    return postgres_warehouse(books.landed, folder, server, f"{name}_{kind}", as_airbyte=kind == "airbyte")


@pytest.fixture(scope="module", params=KINDS)
def database(books: Books, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """Give each kind of database with the package's tables, made by dbt."""
    made = copied(request.param, "one", books, tmp_path_factory.mktemp("warehouse"), request)
    assert made.dbt("run", "--select", MODELS).failures == {}
    return made


def lines_of(records: Iterable[Json], field: str) -> list[tuple[Json, Json]]:
    """Pair each line with its record."""
    return [(record, line) for record in records for line in record.get(field) or ()]


def amounts(lines: Iterable[tuple[tuple[str, ...], Decimal]]) -> dict[tuple[str, ...], Decimal]:
    """Add up amounts by key."""
    sums: dict[tuple[str, ...], Decimal] = {}
    for key, amount in lines:
        sums[key] = sums.get(key, Decimal(0)) + Decimal(amount)
    return sums


def test_the_columns_are_those_that_the_package_reads(database: Warehouse) -> None:
    """Every table has the columns that the package reads, in its types, and when a row was synced for its freshness test."""
    found: dict[str, dict[str, str]] = {}
    sql = "select table_name, column_name, data_type from information_schema.columns where table_schema = 'xero_gl_fivetran'"
    for table, column, kind in database.rows(sql):
        found.setdefault(table, {})[column] = TYPES.get(kind, kind.lower())
    for table, columns in READ_BY_THE_PACKAGE.items():
        wanted = dict(column.split() for column in columns.split(", ")) | {"_fivetran_synced": "timestamp"}
        assert wanted.items() <= found[table].items(), table


def test_the_ledger_is_xeros(books: Books, database: Warehouse) -> None:
    """Journal lines add up to Xero's figures for each account and month, exactly, and to zero."""
    found = database.rows(
        "select account_id, cast(date_trunc('month', journal_date) as date), net_amount, class"
        " from xero_gl_fivetran.journal join xero_gl_fivetran.journal_line using (journal_id)"
        " join xero_gl_fivetran.account using (account_id)"
    )
    lines = lines_of(truth(books.xero, "journals"), "JournalLines")
    assert len(found) == len(lines)
    assert amounts(((account, f"{month:%Y-%m}"), net) for account, month, net, _ in found) == amounts(
        ((line["AccountID"], journal["JournalDate"][:7]), line["NetAmount"]) for journal, line in lines
    )
    assert sum(net for _, _, net, _ in found) == 0
    assert {kind for *_, kind in found} <= {"ASSET", "EQUITY", "EXPENSE", "LIABILITY", "REVENUE"}


def test_the_ledger_on_the_cash_basis_is_xeros(books: Books, database: Warehouse) -> None:
    """Lines on the cash basis have the amounts, days and tracking that Xero sends."""
    found = database.rows(
        "select journal_line_id, account_id, journal_date, net_amount"
        " from xero_gl_fivetran.journal_cash join xero_gl_fivetran.journal_cash_line using (journal_id)"
    )
    lines = lines_of(truth(books.xero, "cash_journals"), "JournalLines")
    assert Counter((line, account, f"{day}", net) for line, account, day, net in found) == Counter(
        (line["JournalLineID"], line["AccountID"], journal["JournalDate"], line["NetAmount"]) for journal, line in lines
    )
    tracking = database.rows("select journal_line_id from xero_gl_fivetran.journal_cash_line_has_tracking_category")
    assert len(tracking) == sum(len(line.get("TrackingCategories") or ()) for _, line in lines) > 0


def test_headers_are_xeros(books: Books, database: Warehouse) -> None:
    """Sources of journals, the year end, archived accounts and contacts too, and who got which invoice arrive."""
    assert set(database.rows("select journal_number, source_type, source_id from xero_gl_fivetran.journal")) == {
        (row["JournalNumber"], row.get("SourceType"), row.get("SourceID")) for row in truth(books.xero, "journals")
    }
    assert database.rows(
        "select financial_year_end_day, financial_year_end_month from xero_gl_fivetran.organization"
    ) == [(31, 3)]
    assert set(database.rows("select account_id, code, name, type, class from xero_gl_fivetran.account")) == {
        (row["AccountID"], row.get("Code"), row["Name"], row["Type"], row["Class"])
        for row in truth(books.xero, "accounts")
    }
    assert set(database.rows("select contact_id, name, _fivetran_deleted from xero_gl_fivetran.contact")) == {
        (row["ContactID"], row["Name"], False) for row in truth(books.xero, "contacts")
    }
    assert {
        (invoice, contact, status, f"{date}", f"{updated:%Y-%m-%dT%H:%M:%S}")
        for invoice, contact, status, date, updated in database.rows(
            "select invoice_id, contact_id, status, date, updated_date_utc from xero_gl_fivetran.invoice"
        )
    } == {
        (row["InvoiceID"], row["Contact"]["ContactID"], row["Status"], row["Date"], row["UpdatedDateUTC"][:19])
        for row in truth(books.xero, "invoices")
    }


@pytest.mark.parametrize(
    ("table", "name", "id_field"),
    [("credit_note", "CreditNotes", "CreditNoteID"), ("bank_transaction", "BankTransactions", "BankTransactionID")],
)
def test_contacts_of_other_documents_are_xeros(
    books: Books, database: Warehouse, table: str, name: str, id_field: str
) -> None:
    """Credit notes and bank transactions name their contacts, for the ledger's column."""
    found = database.rows(f"select {table}_id, contact_id from xero_gl_fivetran.{table}")  # noqa: S608 - no input: the names are constants of this project
    contacts = {row[id_field]: (row.get("Contact") or {}).get("ContactID") for row in books.xero.truth(name)}
    assert dict(found) == contacts
    assert any(contacts.values())


def test_an_invoice_has_its_present_lines_alone(books: Books, database: Warehouse) -> None:
    """An invoice edited from five lines to three counts three; amounts are Xero's, absent ones zero."""
    lines = lines_of(truth(books.xero, "invoices"), "LineItems")
    found = database.rows(
        "select invoice_id, line_item_id, line_amount, tax_amount from xero_gl_fivetran.invoice_line_item"
    )
    assert Counter(invoice for invoice, *_ in found)[books.invoice_id] == THREE
    assert Counter(found) == Counter(
        (invoice["InvoiceID"], line["LineItemID"], line.get("LineAmount") or 0, line.get("TaxAmount") or 0)
        for invoice, line in lines
    )


def test_lines_find_their_accounts_by_code(books: Books, database: Warehouse) -> None:
    """The package joins invoice lines to accounts on codes: each line finds the one account that Xero names."""
    found = database.rows(
        "select line_item_id, account_id from xero_gl_fivetran.invoice_line_item as line"
        " join xero_gl_fivetran.account on account.code = line.account_code"
    )
    lines = lines_of(truth(books.xero, "invoices"), "LineItems")
    assert Counter(found) == Counter(
        (line["LineItemID"], line["AccountID"]) for _, line in lines if line.get("AccountCode")
    )


def options(books: Books) -> dict[str, tuple[str, str]]:
    """Give the category ID and the present name of every tracking option by its ID."""
    return {
        option["TrackingOptionID"]: (row["TrackingCategoryID"], option["Name"])
        for row, option in lines_of(truth(books.xero, "tracking_categories"), "Options")
    }


def tracked(lines: Iterable[tuple[Json, Json]], id_field: str, field: str, names: dict[str, Any]) -> Counter[Any]:
    """Count which line has which option of which category."""
    return Counter(
        (line[id_field], *names[tracking["TrackingOptionID"]])
        for _, line in lines
        for tracking in line.get(field) or ()
    )


TRACKED = """
    select line.{line_id}, category.tracking_category_id, option.name
    from xero_gl_fivetran.{table} as line
    join xero_gl_fivetran.tracking_category as category using (tracking_category_id)
    join xero_gl_fivetran.tracking_category_has_option as has_option using (tracking_category_id)
    join xero_gl_fivetran.tracking_category_option as option
        on option.tracking_option_id = has_option.tracking_option_id and option.status = 'ACTIVE' and {condition}
    where category.status in ('ACTIVE', 'ARCHIVED')
"""
"""How the package finds the option of a line."""


def test_journal_lines_keep_their_tracking(books: Books, database: Warehouse) -> None:
    """Each line finds its options by ID, archived ones too, which the package would otherwise leave out."""
    condition = "option.tracking_option_id = line.tracking_category_option_id"
    table = "journal_line_has_tracking_category"
    found = database.rows(TRACKED.format(line_id="journal_line_id", table=table, condition=condition))
    lines = lines_of(truth(books.xero, "journals"), "JournalLines")
    assert Counter(found) == tracked(lines, "JournalLineID", "TrackingCategories", options(books))


def test_invoice_lines_keep_their_tracking(books: Books, database: Warehouse) -> None:
    """Each line finds its options by name, also those renamed after the line was read."""
    condition, table = "option.name = line.option", "invoice_line_item_has_tracking_category"
    found = database.rows(TRACKED.format(line_id="line_item_id", table=table, condition=condition))
    lines = lines_of(truth(books.xero, "invoices"), "LineItems")
    assert Counter(found) == tracked(lines, "LineItemID", "Tracking", options(books))
    assert any(t["TrackingOptionID"] == books.option_id for _, line in lines for t in line.get("Tracking") or ())


def test_names_of_categories_become_columns(database: Warehouse) -> None:
    """Names of which the package cannot make a column each are changed, all others stay."""
    names = {name for (name,) in database.rows("select name from xero_gl_fivetran.tracking_category")}
    assert {"Region", "Team “Ünïcode”", "Tracking Group", "Tracking Contact name"} <= names
    assert not names & {"Old Department", "Old-Department", "Group", "部門", "Contact name"}
    assert sum(name.startswith("Tracking 部門 ") for name in names) == 1
    assert sum(name.startswith("Old Department ") for name in names) == 2


def test_all_words_of_sql_are_known(database: Warehouse) -> None:
    """The list of reserved words holds those of DuckDB and of Postgres, as far as a category's name could be one."""
    text = CATEGORIES.read_text(encoding="utf-8")
    assert [word for (word,) in database.rows(KEYWORDS[database.target]) if f"'{word}'" not in text] == []


def test_every_table_and_column_is_described(database: Warehouse) -> None:
    """The descriptions name the columns that the tables have, and no others."""
    text = (PACKAGE / "models" / "fivetran" / "_fivetran.yml").read_text(encoding="utf-8")
    described = {
        (model["name"].partition("__")[2], column["name"])
        for model in yaml.safe_load(text)["models"]
        for column in model["columns"]
    }
    sql = "select table_name, column_name from information_schema.columns where table_schema = 'xero_gl_fivetran'"
    assert described == set(database.rows(sql))


def test_streams_that_were_not_synced_give_empty_tables(books: Books, tmp_path: Path) -> None:
    """A ledger needs no documents and no tracking: what was not synced is empty, and all tables are there."""
    database = duckdb_warehouse(books.landed, tmp_path)
    ledger = ("journals", "journal_lines", "accounts", "organisations")
    database.execute(*(f"drop table {name}" for name in STREAMS if name not in ledger))
    assert database.dbt("run", "--select", MODELS).failures == {}
    filled = {name: database.rows(f"select count(*) from xero_gl_fivetran.{name}") for name in READ_BY_THE_PACKAGE}  # noqa: S608 - no input: the names are constants of this project
    tables = {name for name, rows in filled.items() if rows != [(0,)]}
    assert tables == {"account", "journal", "journal_line", "journal_line_has_tracking_category", "organization"}


@pytest.mark.parametrize("kind", KINDS)
def test_two_organisations_are_never_mixed(
    books: Books, kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """With several organisations no table can be read as long as none is chosen, though their IDs are the same."""
    database = copied(kind, "two", books, tmp_path, request)
    database.land_twice("two")
    assert database.dbt("run", "--select", MODELS).failures == {}
    for table in READ_BY_THE_PACKAGE:
        with pytest.raises(Exception, match=r"[Mm]ore than one row"):
            database.rows(f"select count(*) from xero_gl_fivetran.{table}")  # noqa: S608 - no input: the names are constants of this project
    chosen = "{xero_gl_fivetran_tenant: two}"
    assert database.dbt("run", "--select", "path:models/fivetran", "--vars", chosen).failures == {}
    for table in READ_BY_THE_PACKAGE:
        tenants = database.rows(f"select distinct _dbt_source_relation from xero_gl_fivetran.{table}")  # noqa: S608 - no input: the names are constants of this project
        assert tenants == [("two",)], table


PROJECT = """
name: xero
version: 1.0.0
profile: xero_gl
flags: {send_anonymous_usage_stats: false}
"""
MODEL = """
select contacts.name {{ xero_gl.default__apply_source_relation('xero', use_package_prefix=false) }}
from ({{ xero_gl.default__union_connections('xero_sources', 'xero', 'contact') }}) as contacts
"""
"""Calls our macros as the package does when the project's ``dispatch`` says so."""


def test_a_package_that_reads_by_organisation_gets_all(books: Books, tmp_path: Path) -> None:
    """In a project with Fivetran's package, which is called xero, dbt makes our tables first, with every organisation's rows."""
    database = duckdb_warehouse(books.landed, tmp_path)
    database.land_twice("two")
    project = tmp_path / "project"
    (project / "models").mkdir(parents=True)
    (project / "dbt_packages").mkdir()
    (project / "dbt_packages" / "xero_gl").symlink_to(PACKAGE)
    shutil.copy(PACKAGE / "profiles.yml", project)
    (project / "dbt_project.yml").write_text(PROJECT, encoding="utf-8")
    (project / "models" / "names.sql").write_text(MODEL, encoding="utf-8")
    assert database.dbt("run", "--select", "+names", project=project).failures == {}
    names = [row["Name"] for row in truth(books.xero, "contacts")]
    wanted = [(name, tenant) for name in names for tenant in (books.xero.tenant_id, "two")]
    assert Counter(database.rows("select name, source_relation from xero_gl.names")) == Counter(wanted)


def test_an_unknown_organisation_is_a_failure(books: Books, tmp_path: Path) -> None:
    """A name that no organisation has does not give empty tables silently."""
    select = ("--select", "+xero_gl_fivetran__organization", "--indirect-selection", "cautious")
    run = duckdb_warehouse(books.landed, tmp_path).dbt("build", *select, "--vars", "{xero_gl_fivetran_tenant: Nobody}")
    assert run.states["xero_gl_fivetran_tenant_is_an_organisation"] == "fail"


def test_every_stream_that_is_read_is_documented() -> None:
    """The page for users names every stream that the tables are made from."""
    page = (PACKAGE.parent / "docs" / "dbt.md").read_text(encoding="utf-8")
    assert [name for name in STREAMS if f"`{name}`" not in page] == []
