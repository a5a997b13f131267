"""Profit and loss by tracking option: which calls are made, which option a column is, and what is left out."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest

from source_xero_gl.readers.errors import ReadingError
from source_xero_gl.readers.months import Month
from source_xero_gl.readers.reports.tracking import Category, option_lines
from source_xero_gl.streams.reports import ProfitAndLossTrackingLines
from source_xero_gl.xero.client import Page
from source_xero_gl.xero.errors import SYSTEM
from unit_tests.fake_xero.client import Call, FakeClient
from unit_tests.fake_xero.destination import Outcome, State, consume
from unit_tests.fake_xero.lists import batches_with, records_with
from unit_tests.fake_xero.reports import ACCOUNT, report, row, section
from unit_tests.fake_xero.wire import midnight, wire

STREAM = ProfitAndLossTrackingLines()
REGION, TEAM = "c140137b-5b6b-4b0a-8f0e-0d3d6f0a9d01", "e2f2f732-e92a-4f3a-9c4d-ee4da0182a13"
JUNE = date(2026, 6, 1)


def category(*names: str, category_id: str = REGION, status: str = "ACTIVE") -> dict[str, Any]:
    """Return a tracking category whose options have these names, and IDs of them."""
    options = [{"TrackingOptionID": f"{name} {number}", "Name": name} for number, name in enumerate(names)]
    return {"TrackingCategoryID": category_id, "Name": "Region", "Status": status, "Options": options}


def known(*names: str) -> Category:
    """Return the same as the reader takes it."""
    return Category(REGION, "Region", tuple((name, f"{name} {number}") for number, name in enumerate(names)))


def shown(*titles: str, amounts: tuple[str, ...]) -> dict[str, Any]:
    """Return a report of one account, with these columns."""
    return report(section("Income", row("Sales", *amounts)), titles=titles)


def options_of(found: list[dict[str, Any]]) -> list[tuple[str, str | None, str]]:
    """Return title, ID and amount of each line."""
    return [(line["TrackingOptionName"], line["TrackingOptionID"], line["Amount"]) for line in found]


@dataclass
class TrackedXero:
    """Xero with tracking categories, in June 2026; each report has the columns East, Unassigned and Total.

    Attributes:
        categories: what it answers for them.
        asked: month end and category of each report that was asked for by category.
    """

    categories: list[dict[str, Any]] = field(default_factory=lambda: [category("East")])
    locked: date | None = None
    asked: list[tuple[str, str]] = field(default_factory=list)
    searches: int = 0

    def answer(self, call: Call) -> Page:
        """Answer any call of the stream."""
        now = midnight(date(2026, 6, 15))
        if call.endpoint == "Organisation":
            return Page([{"PeriodLockDate": wire(midnight(self.locked))} if self.locked else {}], server_time=now)
        if call.endpoint == "TrackingCategories":
            assert call.params == {"includeArchived": "true"}
            return Page(self.categories)
        assert (call.endpoint, call.params["standardLayout"]) == ("Reports/ProfitAndLoss", "true")
        if "trackingCategoryID" not in call.params:
            self.searches += 1
            booked = str(call.params["toDate"]) >= "2026-04-01"
            return Page([report(*([section("Income", row("Sales", "5.00"))] if booked else []), titles=("30 Jun 26",))])
        self.asked.append((str(call.params["toDate"]), str(call.params["trackingCategoryID"])))
        return Page([shown("East", "Unassigned", "Total", amounts=("3.00", "2.00", "5.00"))])

    def sync(self, state: State | None = None, starting_on: date | None = JUNE) -> Outcome:
        """Read on from a state."""
        self.asked.clear()
        self.searches = 0
        return consume(batches_with(FakeClient(self.answer), STREAM, starting_on, state), None)


def test_a_month_is_one_call_for_each_active_category() -> None:
    """Categories are asked for once; of an archived one Xero makes no report."""
    xero = TrackedXero(
        [category("East"), category("A", category_id=TEAM), category("B", category_id="x", status="ARCHIVED")]
    )
    client = FakeClient(xero.answer)
    list(batches_with(client, STREAM, JUNE))
    period = {"fromDate": "2026-06-01", "toDate": "2026-06-30", "standardLayout": "true"}
    assert client.asked == [
        ("Organisation", {}),
        ("TrackingCategories", {"includeArchived": "true"}),
        ("Reports/ProfitAndLoss", {**period, "trackingCategoryID": REGION}),
        ("Reports/ProfitAndLoss", {**period, "trackingCategoryID": TEAM}),
    ]


def test_a_record_has_the_fields_of_the_schema() -> None:
    """A record for each line and option; the sum of the options is none."""
    east, unassigned = records_with(FakeClient(TrackedXero().answer), STREAM, JUNE)
    assert {"TenantID", *east} == STREAM.schema["properties"].keys()
    assert east == {
        "Date": "2026-06-30",
        "TrackingCategoryID": REGION,
        "LineNumber": 1,
        "TrackingCategoryName": "Region",
        "TrackingOptionID": "East 0",
        "TrackingOptionName": "East",
        "RowType": "Row",
        "Section": "Income",
        "AccountID": ACCOUNT,
        "Account": "Sales",
        "Amount": 3.0,
        "UpdatedDateUTC": "2019-04-24T18:12:38.724Z",
    }
    told = [unassigned[name] for name in ("LineNumber", "TrackingOptionName", "TrackingOptionID", "Amount")]
    assert told == [2, "Unassigned", None, 2.0]


@pytest.mark.parametrize(
    ("options", "titles", "ids"),
    [
        (("East", "West"), ("East", "West", "Unassigned"), ["East 0", "West 1", None]),
        (("East", "West"), ("West", "Unassigned", "East"), ["West 1", None, "East 0"]),
        (("East", "East"), ("East", "East", "Unassigned"), [None, None, None]),
        (("East",), ("East", "East", "Unassigned"), [None, None, None]),
        (("East", "East"), ("East", "Unassigned"), [None, None]),
        (("East",), ("Renamed since", "Unassigned"), [None, None]),
        (("Unassigned",), ("Unassigned", "Unassigned"), ["Unassigned 0", None]),
        (("Unassigned",), ("Unassigned",), [None]),
        ((), ("Unassigned",), [None]),
    ],
)
def test_an_option_is_never_taken_for_another(
    options: tuple[str, ...], titles: tuple[str, ...], ids: list[str | None]
) -> None:
    """The ID of a column is that of the only option of its name; where the title does not tell, there is none."""
    amounts = tuple(f"{number}.00" for number, _ in enumerate(titles))
    found = option_lines(shown(*titles, "Total", amounts=(*amounts, str(sum(range(len(titles)))))), known(*options))
    assert options_of(found) == list(zip(titles, ids, amounts, strict=True))


@pytest.mark.parametrize(
    ("options", "titles", "amounts", "left"),
    [
        (("East",), ("East", "Unassigned", "Total"), ("1.00", "2.00", "9.00"), ["East", "Unassigned"]),
        (("East",), ("East", "Unassigned", "TOTAL"), ("1.00", "2.00", "3.00"), ["East", "Unassigned"]),
        (("Total",), ("Total", "Unassigned", "Total"), ("1.00", "2.00", "3.00"), ["Total", "Unassigned"]),
        (("East", "Total"), ("East", "Total"), ("1.00", "2.00"), ["East", "Total"]),
        (("East", "TOTAL"), ("East", "TOTAL"), ("1.00", "2.00"), ["East", "TOTAL"]),
        (("East",), ("East", "Unassigned"), ("1.00", "2.00"), ["East", "Unassigned"]),
    ],
)
def test_the_sum_is_left_out(
    options: tuple[str, ...], titles: tuple[str, ...], amounts: tuple[str, ...], left: list[str]
) -> None:
    """So that amounts can be added up; a column of that title may also be an option's, or be missing."""
    found = option_lines(shown(*titles, amounts=amounts), known(*options))
    assert [line["TrackingOptionName"] for line in found] == left


def test_totals_and_profits_are_lines_without_an_account() -> None:
    """As in the report without options; records are numbered from 1, line by line."""
    whole = report(
        section("Income", row("Sales", "1.00", ""), row("Total Income", "1.00", "", account=None, kind="SummaryRow")),
        section("", row("Net Profit", "1.00", None, account=None)),
        titles=("East", "Unassigned"),
    )
    found = option_lines(whole, known("East"))
    assert [line["LineNumber"] for line in found] == [1, 2, 3, 4, 5, 6]
    assert [(line["Account"], line["AccountID"], line["Amount"]) for line in found[2:]] == [
        ("Total Income", None, "1.00"),
        ("Total Income", None, None),
        ("Net Profit", None, "1.00"),
        ("Net Profit", None, None),
    ]


@pytest.mark.parametrize("empty", [{}, {"Rows": []}, report(titles=("East", "Unassigned", "Total")), report(titles=())])
def test_a_month_without_figures_has_no_lines(empty: dict[str, Any]) -> None:
    """Nothing to report is no failure."""
    assert option_lines(empty, known("East")) == []


def test_an_amount_without_a_title_fails() -> None:
    """It would belong to no option, and the records would not add up."""
    with pytest.raises(ReadingError, match="a title above each amount") as raised:
        option_lines(shown("East", amounts=("1.00", "2.00")), known("East"))
    assert raised.value.failure_type is SYSTEM


@pytest.mark.parametrize(
    "odd", [{"Name": "Region"}, {"TrackingCategoryID": REGION, "Options": [{"Name": "East"}]}, None, "Region"]
)
def test_categories_of_another_form_fail(odd: Any) -> None:
    """With a sentence that says what was expected."""
    with pytest.raises(ReadingError, match="expected tracking categories with IDs"):
        TrackedXero([odd]).sync()


def test_without_categories_no_report_is_asked_for() -> None:
    """There is nothing to break down, nor to search for; the stream leaves its state all the same."""
    xero = TrackedXero([])
    outcome = xero.sync(starting_on=None)
    assert (xero.asked, xero.searches, outcome.objects) == ([], 0, [])
    assert outcome.states[-1]["categories"] == []


def test_the_search_is_that_of_profit_and_loss() -> None:
    """The first month is looked for without a category, so that the result holds for all reports of accruals."""
    xero = TrackedXero()
    xero.sync(starting_on=None)
    assert xero.searches > 0
    assert xero.asked[0][0] <= "2026-04-30"
    assert {category_id for _, category_id in xero.asked} == {REGION}


def test_closed_months_are_read_once_for_each_category() -> None:
    """The next sync asks for the open months alone; a category that is new has all months read again."""
    xero = TrackedXero(locked=date(2026, 4, 30))
    state = xero.sync(starting_on=date(2026, 3, 1)).states[-1]
    assert [month for month, _ in xero.asked] == [(Month(2026, 3) + n).last.isoformat() for n in range(4)]
    state = xero.sync(state, date(2026, 3, 1)).states[-1]
    assert xero.asked == [("2026-05-31", REGION), ("2026-06-30", REGION)]
    xero.categories.append(category("A", category_id=TEAM))
    state = xero.sync(state, date(2026, 3, 1)).states[-1]
    assert next(month for month, category_id in xero.asked if category_id == TEAM) == "2026-03-31"
    assert len(xero.asked) == 8
    xero.categories.pop(0)
    xero.sync(state, date(2026, 3, 1))
    assert xero.asked == [("2026-05-31", TEAM), ("2026-06-30", TEAM)]


def test_a_crash_while_a_new_category_is_read_loses_no_month() -> None:
    """The state goes back before the first of them is read, so the next sync begins there again."""
    xero = TrackedXero(locked=date(2026, 5, 31))
    state = xero.sync(starting_on=date(2026, 3, 1)).states[-1]
    xero.categories.append(category("A", category_id=TEAM))
    begun = consume(batches_with(FakeClient(xero.answer), STREAM, date(2026, 3, 1), state), 3)
    xero.sync(begun.states[-1], date(2026, 3, 1))
    first = xero.asked[0][0]
    done = {month for month in ("2026-03-31", "2026-04-30", "2026-05-31") if month < first}
    assert {line["Date"] for line in begun.objects if line["TrackingCategoryID"] == TEAM} >= done
    assert [month for month, category_id in xero.asked if category_id == TEAM][-1] == "2026-06-30"


def test_a_bare_state_goes_on_behind_it() -> None:
    """``{"Date": …}`` counts as read by the categories of today."""
    xero = TrackedXero(locked=date(2026, 5, 31))
    xero.sync({"Date": "2026-05-31"}, None)
    assert xero.asked == [("2026-06-30", REGION)]


@pytest.mark.parametrize("odd", ["a", 5, {}, [5], [None]])
def test_a_state_with_other_categories_cannot_be_read(odd: object) -> None:
    """An edited state stops the stream with the name of the key."""
    with pytest.raises(ReadingError, match="look at categories"):
        TrackedXero().sync({"Date": "2026-05-31", "categories": odd})
