"""From a report to its lines, for the shapes of Xero's documentation of reports.

See https://developer.xero.com/documentation/api/accounting/reports.
"""

from __future__ import annotations

from typing import Any

import pytest

from source_xero_gl.readers.reports.lines import figures, header, report_lines
from unit_tests.fake_xero.reports import ACCOUNT, MADE_AT, TITLES, cells, report, row, section
from unit_tests.fake_xero.wire import wire

BANK = "041207d2-3d61-4e5d-8c1a-b9236955a71c"
SIDES = ("Debit", "Credit", "YTDDebit", "YTDCredit")
AMOUNT = ("Amount",)


def lines(*rows: dict[str, Any], columns: tuple[str, ...] = AMOUNT) -> list[dict[str, Any]]:
    """Return the lines of a report with these rows."""
    return report_lines(report(*rows), columns)


def test_a_trial_balance_becomes_lines() -> None:
    """Four amounts by name, the account's ID from the attribute of its cell; totals have no account."""
    shown = report(
        section("Revenue", row("Sales (400)", "", "200.00", "", "1020.22", account=ACCOUNT)),
        section("", row("Total", "0.00", "200.00", "1020.22", "1020.22", account=None, kind="SummaryRow")),
    )
    made = {"UpdatedDateUTC": wire(MADE_AT)}
    sales = {"Debit": None, "Credit": "200.00", "YTDDebit": None, "YTDCredit": "1020.22"}
    total = {"Debit": "0.00", "Credit": "200.00", "YTDDebit": "1020.22", "YTDCredit": "1020.22"}
    assert report_lines(shown, SIDES) == [
        {"LineNumber": 1, "RowType": "Row", "Section": "Revenue", "AccountID": ACCOUNT, "Account": "Sales (400)"}
        | sales
        | made,
        {"LineNumber": 2, "RowType": "SummaryRow", "Section": None, "AccountID": None, "Account": "Total"}
        | total
        | made,
    ]


def test_a_balance_sheet_becomes_lines() -> None:
    """The first value column is the amount, columns to compare with are left out, and a bare title is no line."""
    found = lines(
        section("Assets"),
        section(
            "Bank",
            row("Country Savings", "-1850.00", "-1850.00", "0.00", account=BANK),
            row("Total Bank", "-1850.00", "-1850.00", "0.00", account=None, kind="SummaryRow"),
        ),
        section("", row("Total Assets", "-1850.00", "-1850.00", "0.00", account=None)),
    )
    assert [(line["LineNumber"], line["Section"], line["AccountID"], line["Account"]) for line in found] == [
        (1, "Bank", BANK, "Country Savings"),
        (2, "Bank", None, "Total Bank"),
        (3, None, None, "Total Assets"),
    ]
    assert [line["Amount"] for line in found] == ["-1850.00"] * 3


def test_a_profit_and_loss_becomes_lines() -> None:
    """Gross and net profit stand in sections without a title, as rows without an account."""
    found = lines(
        section("Income", row("Sales", "1200.50"), row("Total Income", "1200.50", account=None, kind="SummaryRow")),
        section("", row("Gross Profit", "1200.50", account=None)),
        section("Less Operating Expenses", row("Rent", "200.00", account=BANK)),
        section("", row("Net Profit", "1000.50", account=None)),
    )
    assert [(line["RowType"], line["Section"], line["Account"], line["Amount"]) for line in found] == [
        ("Row", "Income", "Sales", "1200.50"),
        ("SummaryRow", "Income", "Total Income", "1200.50"),
        ("Row", None, "Gross Profit", "1200.50"),
        ("Row", "Less Operating Expenses", "Rent", "200.00"),
        ("Row", None, "Net Profit", "1000.50"),
    ]


def test_lines_are_numbered_across_sections() -> None:
    """The number is the position within the report, so that it can be part of the key."""
    found = lines(section("A", row("1"), row("2")), row("3"), section("B"), section("C", row("4")))
    assert [(line["LineNumber"], line["Account"]) for line in found] == [(1, "1"), (2, "2"), (3, "3"), (4, "4")]


def test_sections_may_be_nested() -> None:
    """The nearest title counts; without one of its own an inner section keeps that of the outer one."""
    inner = [section("Bank", row("Cheque")), section(None, row("Petty Cash")), section("", row("Float"))]
    found = lines(section("Assets", *inner, row("Stock")), section(None, row("Net Assets")))
    assert [(line["Section"], line["Account"]) for line in found] == [
        ("Bank", "Cheque"),
        ("Assets", "Petty Cash"),
        ("Assets", "Float"),
        ("Assets", "Stock"),
        (None, "Net Assets"),
    ]


@pytest.mark.parametrize("rows", [{}, {"Rows": None}, {"Rows": []}])
def test_a_report_or_section_without_rows_has_no_lines(rows: dict[str, Any]) -> None:
    """Nothing to report is no failure."""
    assert report_lines(rows, AMOUNT) == []
    assert report_lines({"Rows": [{"RowType": "Section", "Title": "Assets", **rows}]}, AMOUNT) == []


@pytest.mark.parametrize("kind", ["Header", "Footnote", "", None])
def test_rows_of_other_types_are_no_lines(kind: str | None) -> None:
    """Titles are not amounts; a type that Xero may add does not become an amount unseen."""
    assert lines(section("A", {"RowType": kind, "Cells": cells("Sales", "5.00")}, row("Rent"))) == lines(
        section("A", row("Rent"))
    )


@pytest.mark.parametrize(
    "attributes",
    [{}, {"Attributes": None}, {"Attributes": []}, {"Attributes": [{"Id": "fromDate", "Value": "4/1/2019"}]}],
)
def test_a_row_without_the_account_attribute_has_no_account(attributes: dict[str, Any]) -> None:
    """The text of the cell is all that is known of the line."""
    (line,) = lines({"RowType": "Row", "Cells": [{"Value": "Net Profit", **attributes}, {"Value": "5.00"}]})
    assert (line["AccountID"], line["Account"], line["Amount"]) == (None, "Net Profit", "5.00")


def test_the_account_is_found_among_other_attributes() -> None:
    """Profit and loss cells also carry the dates and the group that a click on them needs."""
    attributes = [
        {"Id": "groupID", "Value": "g"},
        {"Id": "account", "Value": BANK},
        {"Id": "toDate", "Value": "4/30/2019"},
    ]
    (line,) = lines({"RowType": "Row", "Cells": [{"Value": "Rent", "Attributes": attributes}]})
    assert line["AccountID"] == BANK


@pytest.mark.parametrize("nothing", [None, ""])
def test_an_empty_amount_is_null(nothing: str | None) -> None:
    """Xero leaves the other side of a trial balance blank; zero stays zero."""
    (line,) = lines(row("Sales", nothing, "0.00", nothing, "-5.10"), columns=SIDES)
    assert [line[column] for column in SIDES] == [None, "0.00", None, "-5.10"]


@pytest.mark.parametrize("wrong", [True, [], [1], {}, {"Amount": 1}, "1e5", "(5.00)", "NaN"])
def test_what_is_no_number_is_no_amount(wrong: Any) -> None:
    """Another kind of value in the place of an amount is refused, and not passed on."""
    with pytest.raises(ValueError, match="not a number"):
        lines({"RowType": "Row", "Cells": [{"Value": "Rent"}, {"Value": wrong}]})


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (
            {"Cells": cells("Sales", "1.00", "2.00", account=None)},
            {"Account": "Sales", "Debit": "1.00", "Credit": "2.00"},
        ),
        ({"Cells": cells("Sales", account=None)}, {"Account": "Sales"}),
        ({"Cells": [{}, {}]}, {"Account": None, "Debit": None}),
        ({"Cells": []}, {"Account": None}),
        ({"Cells": None}, {"Account": None}),
        ({}, {"Account": None}),
    ],
)
def test_cells_may_be_missing(shown: dict[str, Any], expected: dict[str, Any]) -> None:
    """A line keeps its number whatever it holds; the amounts that are there keep their columns."""
    (line,) = lines({"RowType": "SummaryRow", **shown}, columns=SIDES)
    rest = {
        "LineNumber": 1,
        "RowType": "SummaryRow",
        "Section": None,
        "AccountID": None,
        "UpdatedDateUTC": wire(MADE_AT),
    }
    assert line == rest | expected


def test_titles_come_from_the_header() -> None:
    """The first row of titles counts; a report without one has none."""
    assert header(report()) == ["Account", *TITLES]
    assert header({"Rows": [{"RowType": "Header", "Cells": [{"Value": None}, {}, {"Value": "30 Apr 2019"}]}]}) == [
        "",
        "",
        "30 Apr 2019",
    ]
    assert [header(shown) for shown in ({}, {"Rows": None}, {"Rows": [row("Sales")]})] == [[], [], []]


def test_figures_are_the_amounts_other_than_zero() -> None:
    """Lines without an account or without an amount do not tell that anything was booked."""
    found = lines(
        row("Sales", "", "200.00", account="a"),
        row("Rent", "0.00", "", account="b"),
        row("Stock", "-0.00", None, account="c"),
        row("Bank", "-0.01", account="d"),
        row("Total", "200.00", "0.00", account=None, kind="SummaryRow"),
        columns=("Debit", "Credit"),
    )
    assert figures(found, ("Debit", "Credit")) == {"a": ("", "200.00"), "d": ("-0.01", "")}
