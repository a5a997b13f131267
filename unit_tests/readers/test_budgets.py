"""Budgets: read in windows outwards from today, until two on either side bring no amount.

See https://developer.xero.com/documentation/api/accounting/budgets.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest

from source_xero_gl.readers.budgets import WINDOWS
from source_xero_gl.readers.errors import ReadingError
from source_xero_gl.streams.reports import Budgets
from source_xero_gl.xero.client import Page
from source_xero_gl.xero.errors import SYSTEM
from unit_tests.fake_xero.client import Call, FakeClient
from unit_tests.fake_xero.lists import batches_with, records_with
from unit_tests.fake_xero.wire import midnight


def windows(*numbers: int) -> list[tuple[str, str]]:
    """Return windows of 24 months by their numbers; 0 lies around June 2026, -1 before it."""
    return [(f"{2025 + 2 * number}-06-01", f"{2027 + 2 * number}-05-31") for number in numbers]


def balance(period: str, amount: Any = "10.00") -> dict[str, Any]:
    """Return a month of a line, as the official example shows it."""
    return {"Period": period, "Amount": amount, "Notes": ""}


def line(account: str, *balances: dict[str, Any]) -> dict[str, Any]:
    """Return a line of a budget."""
    return {"AccountID": account, "AccountCode": "200", "BudgetBalances": list(balances)}


@dataclass
class BudgetShelf:
    """Xero with some budgets.

    Attributes:
        lines: whole lines of each budget, by its ID.
        rows: the list, when it is another than that of the lines.
        dated: whether DateFrom and DateTo are observed.
    """

    lines: dict[str, list[dict[str, Any]]]
    rows: list[dict[str, Any]] | None = None
    dated: bool = True
    windows: list[tuple[str, str]] = field(default_factory=list)
    endpoints: list[str] = field(default_factory=list)

    def read(self) -> list[dict[str, Any]]:
        """Return the records of one sync in June 2026."""
        return records_with(FakeClient(self._answer), Budgets())

    def _answer(self, call: Call) -> Page:
        assert call.modified_since is None, "Xero documents no If-Modified-Since for budgets"
        endpoint, params = call.endpoint, call.params
        self.endpoints.append(endpoint)
        now = midnight(date(2026, 6, 15))
        if endpoint == "Budgets":
            assert params == {}
            listed = [{"BudgetID": budget, "Type": "OVERALL", "BudgetLines": []} for budget in self.lines]
            return Page(listed if self.rows is None else self.rows, server_time=now)
        assert params.keys() == {"DateFrom", "DateTo"}
        first, last = str(params["DateFrom"]), str(params["DateTo"])
        self.windows.append((first, last))
        budget = endpoint.removeprefix("Budgets/")
        shown = [self._cut(whole, first[:7], last[:7]) for whole in self.lines[budget]]
        return Page([{"BudgetID": budget, "BudgetLines": shown}], server_time=now)

    def _cut(self, whole: dict[str, Any], first: str, last: str) -> dict[str, Any]:
        balances = whole.get("BudgetBalances")
        if balances is None or not self.dated:
            return whole
        return {**whole, "BudgetBalances": [shown for shown in balances if first <= shown["Period"] <= last]}


def periods(record: dict[str, Any]) -> list[tuple[str, list[str]]]:
    """Return account and periods of each line."""
    return [
        (found["AccountID"], [shown["Period"] for shown in found["BudgetBalances"]]) for found in record["BudgetLines"]
    ]


def test_a_budget_is_read_around_today() -> None:
    """24 months, the most that Xero gives, and two windows on either side that turn out to be empty."""
    shelf = BudgetShelf({"a": [line("sales", balance("2026-01"), balance("2026-12"))]})
    (record,) = shelf.read()
    assert shelf.endpoints == ["Budgets", *["Budgets/a"] * 5]
    assert shelf.windows == windows(0, -1, -2, 1, 2)
    assert periods(record) == [("sales", ["2026-01", "2026-12"])]


def test_windows_go_on_while_they_bring_amounts() -> None:
    """Each side ends behind its own last window with an amount; the periods come out oldest first."""
    shelf = BudgetShelf(
        {"a": [line("sales", balance("2026-06"), balance("2025-05"), balance("2023-06"), balance("2027-06"))]}
    )
    (record,) = shelf.read()
    assert shelf.windows == windows(0, -1, -2, -3, 1, 2, 3)
    assert periods(record) == [("sales", ["2023-06", "2025-05", "2026-06", "2027-06"])]


def test_an_empty_middle_does_not_end_the_search() -> None:
    """A budget of some years ago, or of the next ones, is found from two windows off, also if it was changed today."""
    shelf = BudgetShelf({"a": [line("sales", balance("2022-01"), balance("2030-01"))]})
    assert periods(shelf.read()[0]) == [("sales", ["2022-01", "2030-01"])]


@pytest.mark.parametrize("amount", ["0", "0.00", "-0.00", 0, 0.0, "", None])
def test_zero_amounts_do_not_lead_on(amount: object) -> None:
    """Xero fills months without a budget with zeros; they are kept where they were read."""
    shelf = BudgetShelf(
        {"a": [line("sales", balance("2026-06", amount), balance("2025-01", amount), balance("2020-01", amount))]}
    )
    assert periods(shelf.read()[0]) == [("sales", ["2025-01", "2026-06"])]
    assert shelf.windows == windows(0, -1, -2, 1, 2)


@pytest.mark.parametrize("amount", ["-0.01", "1000", 0.5, -3])
def test_any_other_amount_leads_on(amount: object) -> None:
    """Amounts may be negative, small, quoted or not."""
    shelf = BudgetShelf({"a": [line("sales", balance("2025-05", amount))]})
    shelf.read()
    assert shelf.windows == windows(0, -1, -2, -3, 1, 2)


def test_a_server_that_ignores_the_dates_ends_after_two_windows_a_side() -> None:
    """What is known already is no reason to go on, and no period comes twice."""
    shelf = BudgetShelf({"a": [line("sales", balance("2026-06"), balance("2019-08"))]}, dated=False)
    assert periods(shelf.read()[0]) == [("sales", ["2019-08", "2026-06"])]
    assert shelf.windows == windows(0, -1, -2, 1, 2)


def test_the_number_of_windows_is_bounded() -> None:
    """A budget that has amounts in every year costs ten windows a side at most."""
    always = [balance(f"{year}-{month:02}") for year in range(1900, 2200) for month in range(1, 13)]
    shelf = BudgetShelf({"a": [line("sales", *always)]})
    (record,) = shelf.read()
    assert len(shelf.windows) == len(set(shelf.windows)) == 1 + 2 * WINDOWS
    assert len(record["BudgetLines"][0]["BudgetBalances"]) == 24 * (1 + 2 * WINDOWS)


def test_a_line_that_is_in_one_window_only_is_whole() -> None:
    """An account may be budgeted for a part of the time."""
    shelf = BudgetShelf({"a": [line("sales", balance("2026-06")), line("rent", balance("2025-05"))]})
    assert periods(shelf.read()[0]) == [("sales", ["2026-06"]), ("rent", ["2025-05"])]


def test_a_period_comes_once() -> None:
    """The first answer about a month counts."""
    shelf = BudgetShelf({"a": [line("sales", balance("2026-06", "1.00"), balance("2026-06", "2.00"))]})
    (found,) = shelf.read()[0]["BudgetLines"]
    assert [shown["Amount"] for shown in found["BudgetBalances"]] == [1.0]


def test_lines_without_an_account_id_are_told_apart_by_code() -> None:
    """One of the two names the account."""
    lines = [
        {"AccountCode": code, "BudgetBalances": [balance("2026-06", amount)]}
        for code, amount in (("1", "5"), ("2", "6"))
    ]
    (record,) = BudgetShelf({"a": lines}).read()
    found = [(shown["AccountCode"], shown["BudgetBalances"][0]["Amount"]) for shown in record["BudgetLines"]]
    assert found == [("1", 5), ("2", 6)]


@pytest.mark.parametrize("balances", [{}, {"BudgetBalances": None}, {"BudgetBalances": []}])
def test_a_line_may_have_no_months(balances: dict[str, Any]) -> None:
    """The line is kept, with an empty list."""
    shelf = BudgetShelf({"a": [{"AccountID": "sales", **balances}]})
    assert shelf.read()[0]["BudgetLines"] == [{"AccountID": "sales", "BudgetBalances": []}]


def test_every_budget_is_read_for_itself() -> None:
    """Lines of one budget do not get into another; what the list says of a budget stays."""
    shelf = BudgetShelf({"a": [line("sales", balance("2026-06"))], "b": [line("rent", balance("2026-07"))], "c": []})
    records = shelf.read()
    assert [(record["BudgetID"], record["Type"]) for record in records] == [(name, "OVERALL") for name in "abc"]
    assert [periods(record) for record in records] == [[("sales", ["2026-06"])], [("rent", ["2026-07"])], []]
    assert shelf.endpoints == ["Budgets", *["Budgets/a"] * 5, *["Budgets/b"] * 5, *["Budgets/c"] * 5]


def test_without_budgets_there_is_one_call() -> None:
    """The stream leaves a state all the same, as the platform expects of each."""
    client = FakeClient(lambda *_: Page([]))
    batches = list(batches_with(client, Budgets()))
    assert client.asked == [("Budgets", {})]
    assert [(batch.objects, batch.state) for batch in batches] == [([], {})]


@pytest.mark.parametrize("row", [{}, {"BudgetID": None}, {"BudgetID": 5}])
def test_a_budget_without_an_id_is_a_failure(row: dict[str, Any]) -> None:
    """Its lines cannot be asked for, and a budget without lines would look like an empty one."""
    shelf = BudgetShelf({}, rows=[row])
    with pytest.raises(ReadingError, match="expected BudgetID in each budget") as raised:
        shelf.read()
    assert raised.value.failure_type is SYSTEM


def test_amounts_arrive_as_numbers() -> None:
    """Xero quotes them; dates in either form become ISO 8601."""
    rows = [{"BudgetID": "a", "UpdatedDateUTC": "/Date(1622138002077+0000)/"}]
    shelf = BudgetShelf({"a": [line("sales", balance("2026-06", "1050"), balance("2026-07", "-10.50"))]}, rows)
    (record,) = shelf.read()
    assert [shown["Amount"] for shown in record["BudgetLines"][0]["BudgetBalances"]] == [1050, -10.5]
    assert record["UpdatedDateUTC"] == "2021-05-27T17:53:22.077Z"  # date -u -d @1622138002


def test_a_budget_of_long_ago_is_read_around_its_last_change() -> None:
    """A budget whose amounts all lie years back was changed back then, so that is where to look as well."""
    shelf = BudgetShelf(
        {"a": [line("sales", balance("2016-01"), balance("2017-12"))]},
        rows=[{"BudgetID": "a", "UpdatedDateUTC": "/Date(1483228800000)/"}],  # January 2017
    )
    assert periods(shelf.read()[0]) == [("sales", ["2016-01", "2017-12"])]
    assert shelf.windows == windows(0, -1, -2, 1, 2, -5, -6, -7, -4, -3)


def test_what_only_the_single_budget_tells_is_kept() -> None:
    """The list leaves tracking categories out; the answer about one budget has them."""
    answers: dict[str, dict[str, Any]] = {
        "Budgets": {"BudgetID": "a", "Tracking": [], "Description": "Region"},
        "Budgets/a": {"BudgetID": "a", "Tracking": [{"Name": "Region"}], "BudgetLines": []},
    }
    client = FakeClient(lambda call: Page([answers[call.endpoint]], server_time=midnight(date(2026, 6, 15))))
    (record,) = records_with(client, Budgets())
    assert record == {**answers["Budgets/a"], "Description": "Region"}
