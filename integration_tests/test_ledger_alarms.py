"""The package's own tests can fail: one thing is wrong in each organisation, and the test that is there for it names it."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import TypeAlias

import pytest

from integration_tests.landed_records import land_records
from integration_tests.protocol import Json
from integration_tests.small_books import STREAMS, SmallBooks, line
from integration_tests.warehouse import DbtRun, Warehouse

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("airbyte") is None,
    reason="DuckDB comes with PyAirbyte, which supports Python 3.10 to 3.12",
)

Change: TypeAlias = Callable[[SmallBooks], None]

AUDIT = "xero_gl_dbt_test__audit"
"""The schema in which dbt keeps the rows of a test that failed."""


def sound(name: str, *, journals: bool = False) -> SmallBooks:
    """Write the books of two months: money lent in April, a sale in May; Xero's reports agree with documents and journals."""
    books = SmallBooks(name)
    books.invoice("invoice", [line("sales", "100.00", "15.00")], AmountDue=Decimal("115.00"))
    books.money("loan", [line("loan", "100.00")], Date="2026-04-10")
    if journals:
        books.journal(1, "2026-04-10", "loan", {"bank": "100.00", "loan": "-100.00"})
        books.journal(2, "2026-05-11", "invoice", {"debtors": "115.00", "sales": "-100.00", "tax": "-15.00"})
    april = {"bank": "100.00", "loan": "-100.00"}
    books.report("trial_balance_lines", "2026-04-30", april)
    may = april | {"debtors": "115.00", "sales": "-100.00", "tax": "-15.00"}
    books.report("trial_balance_lines", "2026-05-31", may)
    books.report("profit_and_loss_lines", "2026-05-31", {"sales": "100.00"})
    printed = {"bank": "100.00", "debtors": "115.00", "tax": "15.00", "loan": "100.00", "CurrentYearEarnings": "100.00"}
    books.report("balance_sheet_lines", "2026-05-31", printed)
    return books


def changed(stream: str, place: int, **fields: object) -> Change:
    """Change one row of a list."""
    return lambda books: books.records[stream][place].update(fields)


def repeated(stream: str, place: int, **fields: object) -> Change:
    """Repeat one row of a list, with other values."""
    return lambda books: books.add(stream, **books.records[stream][place] | fields)


def lost(stream: str) -> Change:
    """Leave out the first row of a list."""
    return lambda books: books.records[stream].__delitem__(0)


def paid_without_reports(books: SmallBooks) -> None:
    """Add a payment of what nobody knows, and leave out what Xero says of balances."""
    for stream in ("trial_balance_lines", "profit_and_loss_lines", "balance_sheet_lines"):
        books.records[stream].clear()
    books.pay("payment", "1.00")


JOURNALS = "of journals: "
"""How an organisation is called that has journals."""

UNBALANCED = {
    *("journals_balance", "balance_sheet_balances"),
    *("trial_balance_proof_holds", "balance_sheet_agrees_with_xero"),
}

WRONG: dict[str, tuple[Change, set[str]]] = {
    "sound": (lambda _: None, set()),
    JOURNALS + "sound": (lambda _: None, set()),
    "an invoice is lost": (lost("invoices"), {"rebuilt_money_is_explained"}),
    "an invoice is owed less": (
        changed("invoices", 0, AmountDue=Decimal("114.99")),
        {"open_documents_are_as_xero_has_them"},
    ),
    "a payment of nothing": (lambda books: books.pay("payment", "1.00"), {"rebuilt_money_is_explained"}),
    "a payment of nothing, and no reports": (paid_without_reports, {"aged_documents_add_up_to_their_account"}),
    "another profit": (
        changed("profit_and_loss_lines", 0, Amount=Decimal("100.01")),
        {"profit_and_loss_agrees_with_xero"},
    ),
    "another balance": (
        changed("balance_sheet_lines", 0, Amount=Decimal("100.01")),
        {"balance_sheet_agrees_with_xero"},
    ),
    "another section": (changed("profit_and_loss_lines", 0, Section="Revenue"), {"report_sections_are_those_of_xero"}),
    "unknown": (lambda books: books.records["organisations"].clear(), {"every_organisation_is_known"}),
    JOURNALS + "another trial balance": (
        changed("trial_balance_lines", -1, YTDCredit=Decimal("15.01")),
        {"trial_balance_proof_holds"},
    ),
    JOURNALS + "binary fractions": (changed("trial_balance_lines", -1, YTDCredit=Decimal("14.999999999")), set()),
    "binary fractions": (changed("trial_balance_lines", -1, YTDCredit=Decimal("14.999999999")), set()),
    JOURNALS + "half a journal": (changed("journal_lines", -1, NetAmount=Decimal("-14.00")), UNBALANCED),
}
"""What is wrong, and the tests that must say so."""

TWICE: dict[str, Change] = {
    "sound": lambda _: None,
    "an invoice twice": repeated("invoices", 0),
    JOURNALS + "a line twice": repeated("journal_lines", -1),
}
"""Rows that landed twice, as in a table to which a destination appends. Keys fail before anything is compared."""


def land(changes: Mapping[str, Change], folder: Path) -> Warehouse:
    """Land organisations in one database."""
    records: dict[str, list[Json]] = {stream: [] for stream in STREAMS}
    for name, change in changes.items():
        books = sound(name, journals=name.startswith(JOURNALS))
        change(books)
        for stream in STREAMS:
            records[stream] += books.records[stream]
    land_records(folder / "books.duckdb", records)
    return Warehouse({"XERO_GL_DUCKDB": str(folder / "books.duckdb")}, folder)


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """Land all organisations in which one thing is wrong."""
    return land({name: change for name, (change, _) in WRONG.items()}, tmp_path_factory.mktemp("alarms"))


@pytest.fixture(scope="module")
def build(warehouse: Warehouse) -> DbtRun:
    """Build everything, and keep the rows that tests complain of."""
    return warehouse.dbt("build", "--store-failures")


def named(warehouse: Warehouse, test: str) -> set[str]:
    """Tell which organisations a failed test names."""
    return {tenant for (tenant,) in warehouse.rows(f"select distinct tenantid from {AUDIT}.{test}")}  # noqa: S608 - no input: the names are constants of this project


def test_each_test_names_the_organisation_in_which_something_is_wrong(warehouse: Warehouse, build: DbtRun) -> None:
    """That one, and no other."""
    found: dict[str, set[str]] = {name: set() for name in WRONG}
    for test in build.failures:
        for tenant in named(warehouse, test):
            found[tenant].add(test)
    assert found == {name: tests for name, (_, tests) in WRONG.items()}


def test_data_that_disagree_with_xero_hold_nothing_up(build: DbtRun) -> None:
    """What compares is built though a test before it has failed; only behind a journal that does not balance nothing is."""
    compared = (
        "trial_balance_proof",
        "profit_and_loss_by_month",
        "balance_sheet_by_month",
        "reconciliation",
        "ledger_coverage",
    )
    assert {name: build.states[name] for name in compared} == dict.fromkeys(compared, "success")
    skipped = {name for name, state in build.states.items() if state == "skipped"}
    assert {name for name in skipped if name.startswith("xero_gl_fivetran__journal")}
    assert not {name for name in skipped if name.startswith(("stg_", "int_", "aged_", "rebuilt_"))}


def test_rows_that_landed_twice_stop_the_build_at_their_key(tmp_path: Path) -> None:
    """Tests of keys name both organisations that have such rows, and no ledger is made of them."""
    warehouse = land(TWICE, tmp_path)
    build = warehouse.dbt("build", "--store-failures")
    of_keys = [test for test in build.failures if test.startswith("row_key_")]
    assert set().union(*(named(warehouse, test) for test in of_keys)) == TWICE.keys() - {"sound"}
    assert build.states["general_ledger"] == build.states["reconciliation"] == "skipped"
