"""Reports by month end: closed months once, open ones in every sync, each line as Xero reports it."""

from __future__ import annotations

import pytest

from integration_tests.connector import Connector
from integration_tests.expected import truth
from integration_tests.load.running import Running
from integration_tests.protocol import Json, Output
from integration_tests.report_months import (
    REPORTS,
    asked_month,
    at,
    lines_of,
    lock,
    month_ends,
    months_read,
    told,
)
from local_xero.process import XeroServerProcess

TODAY, JANUARY = "2025-06-15", "2025-01-01"
MOST_FOR_THE_SEARCH = 24 + 8  # months before the first booking, and calls that find where the bookings begin
CALL_UNDER_WAY = 1  # of the killed sync, which the local Xero may write down late
UNDATED = "1970-01-31"  # /Date(0)/, which Xero was seen to write for no date


@pytest.fixture
def books(xero: XeroServerProcess) -> XeroServerProcess:
    """Give the local Xero in June 2025, its books locked up to the end of March."""
    at(xero, TODAY)
    lock(xero, "2025-03-31")
    return xero


def sync(
    connector: Connector, books: XeroServerProcess, state: list[Json] | None = None, starting_on: str = JANUARY
) -> tuple[Output, list[str]]:
    """Read all reports; give the output and the months that it asked for, which are those that came, the same of each report."""
    output, asked = read(connector, books, state, starting_on)
    (months,) = {tuple(months) for months in asked.values()}
    for stream in ("trial_balance_lines", "balance_sheet_lines"):
        assert months_read(output, stream) == list(months)
    assert set(months_read(output, "profit_and_loss_lines")) <= set(months)
    return output, list(months)


def read(
    connector: Connector, books: XeroServerProcess, state: list[Json] | None, starting_on: str
) -> tuple[Output, dict[str, list[str]]]:
    """Read all reports, which ask for the organisation once; give the output and the months that each report asked for."""
    books.control("reset", {"what": ["log"]})
    output = connector.read(books.config(reports={"starting_on": starting_on}), *REPORTS, state=state)
    assert (output.status, output.errors()) == (0, [])
    assert len(books.log("Organisation")) == 1
    return output, {s: [asked_month(call) for call in books.log(f"Reports/{name}")] for s, name in REPORTS.items()}


def closed_through(output: Output) -> set[str]:
    """Tell up to which month end the states say that all is read for good."""
    return {output.states(stream)[-1]["Date"] for stream in REPORTS}


def test_closed_months_are_read_once(connector: Connector, books: XeroServerProcess) -> None:
    """A month that ended by the lock date is read once; one that has been locked since, once more; the others in each sync."""
    first, months = sync(connector, books)
    assert (months, closed_through(first)) == (month_ends("2025-01", "2025-06"), {"2025-03-31"})
    second, months = sync(connector, books, first.last_state())
    assert (months, closed_through(second)) == (month_ends("2025-04", "2025-06"), {"2025-03-31"})
    lock(books, "2025-03-31", end_of_year="2025-05-31")
    third, months = sync(connector, books, second.last_state())
    assert (months, closed_through(third)) == (month_ends("2025-04", "2025-06"), {"2025-05-31"})
    at(books, "2025-07-02")
    fourth, months = sync(connector, books, third.last_state())
    assert (months, closed_through(fourth)) == (month_ends("2025-06", "2025-07"), {"2025-05-31"})


def test_killed_sync_of_reports_goes_on(connector: Connector, books: XeroServerProcess) -> None:
    """Killed in the middle, each report goes on behind the last closed month whose STATE got out; no line is lost."""
    lock(books, "2025-05-31")
    books.control("switches", {"latency_ms": 50})
    config = books.config(reports={"starting_on": "2024-10-01"})
    with Running(connector, config, *REPORTS) as killed:
        killed.take(150)
        first = killed.kill()
    second, asked = read(connector, books, first.last_state(), "2024-10-01")
    for stream in REPORTS:
        done = first.states(stream)[-1]["Date"] if first.states(stream) else "2024-09-30"
        left = [month for month in month_ends("2024-10", "2025-06") if month > done]
        assert list(dict.fromkeys(asked[stream])) == left
        assert len(asked[stream]) <= len(left) + CALL_UNDER_WAY
        last = {(row["Date"], row["LineNumber"]): row for out in (first, second) for row in out.records(stream)}
        wanted = [line for month_end in month_ends("2024-10", "2025-06") for line in lines_of(books, stream, month_end)]
        assert told([last[key] for key in sorted(last)]) == wanted


def test_lines_are_those_of_the_report(connector: Connector, books: XeroServerProcess) -> None:
    """Every line of a month's report comes once, in its order, with its account, its section and amounts of the same value."""
    output, months = sync(connector, books, starting_on="2025-05-01")
    for stream in REPORTS:
        wanted = [line for month_end in months for line in lines_of(books, stream, month_end)]
        assert len(wanted) > 10
        assert told(output.records(stream)) == wanted
        assert {row["UpdatedDateUTC"][:10] for row in output.records(stream)} == {TODAY}
    for month_end in months:
        assert_balanced([row for row in output.records("trial_balance_lines") if row["Date"] == month_end])


def assert_balanced(rows: list[Json]) -> None:
    """Check that the debits of a trial balance equal its credits, in the month and to date, and that the total says the same."""
    *lines, total = rows
    assert total["RowType"] == "SummaryRow"
    for debit, credit in (("Debit", "Credit"), ("YTDDebit", "YTDCredit")):
        debits, credits_ = (sum(row.get(name) or 0 for row in lines) for name in (debit, credit))
        assert debits == credits_ == total[debit] == total[credit] > 0


def test_without_a_setting_every_month_with_figures_is_read(connector: Connector, books: XeroServerProcess) -> None:
    """Without ``starting_on`` reports begin with the first booking or earlier; a few calls find it, in the first sync alone."""
    output = connector.read(books.config(), *REPORTS)
    first = min(day for row in truth(books, "journals") if (day := row["JournalDate"]) > UNDATED)[:7]
    for stream, name in REPORTS.items():
        calls, months = books.log(f"Reports/{name}"), months_read(output, stream)
        assert set(month_ends(first, "2025-06")) <= {asked_month(call) for call in calls}
        assert months == sorted(months)
        assert len(calls) <= len(month_ends(first, "2025-06")) + MOST_FOR_THE_SEARCH
    books.control("reset", {"what": ["log"]})
    second = connector.read(books.config(), *REPORTS, state=output.last_state())
    assert second.status == 0
    assert len(books.log("Reports/TrialBalance")) == 3


def test_user_without_the_role_is_told(connector: Connector, books: XeroServerProcess) -> None:
    """Where the user may not see reports, each report fails alone, and the sentence says whom to let connect."""
    books.control("switches", {"journals_permission": False})
    output = connector.read(books.config(reports={"starting_on": JANUARY}), *REPORTS, "accounts")
    assert (output.status, output.errors()[-1]["failure_type"]) == (1, "config_error")
    assert output.statuses("accounts")[-1] == "COMPLETE"
    for stream, name in REPORTS.items():
        assert output.statuses(stream)[-1] == "INCOMPLETE"
        (sentence,) = [
            error["message"]
            for error in output.errors()
            if (error.get("stream_descriptor") or {}).get("name") == stream
        ]
        assert f"Reports/{name}" in sentence
        assert "role" in sentence
        assert len(books.log(f"Reports/{name}")) == 1
