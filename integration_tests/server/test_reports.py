"""The local Xero computes reports and budgets as Xero documents them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from integration_tests.server.client import Client, all_journals, cells, ms
from local_xero.process import XeroServerProcess

NOBODY = "00000000-0000-0000-0000-000000000000"
ASSETS = ("BANK", "CURRENT", "FIXED", "INVENTORY", "NONCURRENT", "PREPAYMENT")


def report(client: Client, name: str, **query: Any) -> Any:
    """Read one report."""
    return client.rows(f"Reports/{name}", **query)[0]


def rows(report: Any, kind: str = "Row") -> dict[str, list[str]]:
    """Read the rows of one kind: text of the first cell → the other values."""
    found = [row for section in report["Rows"] for row in section.get("Rows", ()) if row["RowType"] == kind]
    return {row["Cells"][0]["Value"]: [cell["Value"] for cell in row["Cells"][1:]] for row in found}


def by_account(report: Any, column: int = 1) -> dict[str, Decimal]:
    """Read the rows that name an account: AccountID → the value of a column."""
    found = [row["Cells"] for section in report["Rows"] for row in section.get("Rows", ())]
    return {c[0]["Attributes"][0]["Value"]: Decimal(c[column]["Value"]) for c in found if "Attributes" in c[0]}


def movement(client: Client, first: str, last: str, basis: str = "false") -> dict[str, Decimal]:
    """Add up the journals of a period by account, debit positive."""
    sums: dict[str, Decimal] = {}
    for journal in all_journals(client, paymentsOnly=basis):
        date = dt.datetime.fromtimestamp(ms(journal["JournalDate"]) / 1000, dt.timezone.utc).date().isoformat()
        for line in journal["JournalLines"] if first <= date <= last else ():
            sums[line["AccountID"]] = sums.get(line["AccountID"], Decimal(0)) + line["NetAmount"]
    return {key: value for key, value in sums.items() if value}


def accounts(client: Client) -> dict[str, Any]:
    """Read the chart of accounts by ID."""
    return {account["AccountID"]: account for account in client.rows("Accounts")}


class TestBalanceSheet:
    """https://developer.xero.com/documentation/api/accounting/reports#balance-sheet."""

    def test_the_report_has_the_documented_shape(self, reader: Client) -> None:
        """Two dates a year apart, sections with totals, one without rows before assets and before liabilities."""
        sheet = report(reader, "BalanceSheet", date="2026-02-28", standardLayout="true")
        header, *sections = sheet["Rows"]
        titles = [section["Title"] for section in sections]
        assert [cell["Value"] for cell in header["Cells"]] == ["", "28 Feb 2026", "28 Feb 2025"]
        assert titles[:3] == ["Assets", "Bank", "Current Assets"]
        assert titles[-3:] == ["", "", "Equity"]
        assert [s["Rows"] for s in sections if s["Title"] in ("Assets", "Liabilities")] == [[], []]
        assert "Attributes" not in next(s for s in sections if s["Rows"][:1] and "Net Assets" in str(s))["Rows"][0]
        assert {"Total Bank", "Total Assets", "Total Liabilities", "Total Equity"} <= set(rows(sheet, "SummaryRow"))

    @pytest.mark.parametrize("basis", ["false", "true"])
    @pytest.mark.parametrize(("day", "year"), [("2025-03-31", "2024-04-01"), ("2026-09-30", "2026-04-01")])
    def test_it_balances_and_agrees_with_the_journals(self, reader: Client, day: str, year: str, basis: str) -> None:
        """Every account is the sum of its journals, profit is split at the start of the year, net assets are equity."""
        sheet = report(reader, "BalanceSheet", date=day, paymentsOnly=basis)
        chart, moved = accounts(reader), movement(reader, "", day, basis)
        retained = next(key for key, a in chart.items() if a.get("SystemAccount") == "RETAINEDEARNINGS")
        expected = {NOBODY: Decimal(0), retained: Decimal(0)}
        current = movement(reader, year, day, basis)
        for key, net in moved.items():
            if chart[key]["Class"] in ("REVENUE", "EXPENSE"):
                expected[NOBODY] -= current.get(key, Decimal(0))
                expected[retained] -= net - current.get(key, Decimal(0))
            else:
                expected[key] = net if chart[key]["Type"] in ASSETS else -net
        assert {k: v for k, v in by_account(sheet).items() if v} == {k: v for k, v in expected.items() if v}
        assert rows(sheet)["Net Assets"] == rows(sheet, "SummaryRow")["Total Equity"]

    def test_the_second_column_is_the_report_of_a_year_before(self, reader: Client) -> None:
        """Its figures are those of that date's own report."""
        both = report(reader, "BalanceSheet", date="2026-03-31")
        earlier = by_account(report(reader, "BalanceSheet", date="2025-03-31"))
        assert {k: v for k, v in by_account(both, 2).items() if v} == {k: v for k, v in earlier.items() if v}

    def test_months_can_be_compared(self, reader: Client) -> None:
        """Periods and timeframe ask for other columns; a date that is none is refused."""
        sheet = report(reader, "BalanceSheet", date="2026-03-31", periods=2, timeframe="MONTH")
        assert [c["Value"] for c in sheet["Rows"][0]["Cells"]] == ["", "31 Mar 2026", "28 Feb 2026", "31 Jan 2026"]
        refused = reader.get("Reports/BalanceSheet", date="2026-02-31")
        assert (refused.status_code, refused.json()["Type"]) == (400, "ValidationException")


class TestProfitAndLoss:
    """https://developer.xero.com/documentation/api/accounting/reports#profit-and-loss."""

    @pytest.mark.parametrize("basis", ["false", "true"])
    def test_it_agrees_with_the_journals(self, reader: Client, basis: str) -> None:
        """Each account is its movement of the period, income with its sign turned; the net profit is their sum."""
        first, last = "2025-07-01", "2026-01-31"
        result = report(reader, "ProfitAndLoss", fromDate=first, toDate=last, standardLayout="true", paymentsOnly=basis)
        chart = accounts(reader)
        moved = {
            k: v for k, v in movement(reader, first, last, basis).items() if chart[k]["Class"] in ("REVENUE", "EXPENSE")
        }
        expected = {k: -v if chart[k]["Class"] == "REVENUE" else v for k, v in moved.items()}
        assert by_account(result) == expected
        assert [Decimal(value) for value in rows(result)["Net Profit"]] == [-sum(moved.values())]

    def test_the_report_has_the_documented_shape(self, reader: Client) -> None:
        """Income, cost of sales, gross profit, other income, expenses, net profit; the profits name no account."""
        result = report(reader, "ProfitAndLoss", fromDate="2024-10-01", toDate="2026-09-30")
        header, *sections = result["Rows"]
        titles = ["Income", "Less Cost of Sales", "", "Plus Other Income", "Less Operating Expenses", ""]
        totals = ["Total Income", "Total Cost of Sales", "Total Other Income", "Total Operating Expenses"]
        assert [cell["Value"] for cell in header["Cells"]] == ["", "30 Sep 2026"]
        assert [section["Title"] for section in sections] == titles
        assert list(rows(result, "SummaryRow")) == totals
        assert [s["Rows"][0]["Cells"][0] for s in sections if not s["Title"]] == [
            {"Value": "Gross Profit"},
            {"Value": "Net Profit"},
        ]
        income, cost, other, spent = (Decimal(rows(result, "SummaryRow")[name][0]) for name in totals)
        assert Decimal(rows(result)["Gross Profit"][0]) == income - cost
        assert Decimal(rows(result)["Net Profit"][0]) == income - cost + other - spent

    def test_a_period_that_ends_before_it_begins_is_refused(self, reader: Client) -> None:
        """So is a date that is none."""
        for first in ("2026-02-01", "soon"):
            assert reader.get("Reports/ProfitAndLoss", fromDate=first, toDate="2026-01-01").status_code == 400

    def test_a_tracking_category_has_a_column_for_each_option(self, reader: Client) -> None:
        """Each is the journal lines with that option, Unassigned those without one, Total all. An archived one has figures."""
        period = {"fromDate": "2025-07-01", "toDate": "2026-01-31"}
        region = next(c for c in reader.rows("TrackingCategories", includeArchived="true") if c["Name"] == "Region")
        names = {option["TrackingOptionID"]: option["Name"] for option in region["Options"]}
        whole = report(reader, "ProfitAndLoss", **period, trackingCategoryID=region["TrackingCategoryID"])
        titles = [cell["Value"] for cell in whole["Rows"][0]["Cells"]]
        assert titles == ["", "Eastside", "North", "Te Tai Tokerau ☀", "Closed", "Unassigned", "Total"]
        tracked = dict.fromkeys(titles[1:], Decimal(0))
        chart = accounts(reader)
        for journal in all_journals(reader):
            day = dt.datetime.fromtimestamp(ms(journal["JournalDate"]) / 1000, dt.timezone.utc).date().isoformat()
            for line in journal["JournalLines"] if period["fromDate"] <= day <= period["toDate"] else ():
                if chart[line["AccountID"]]["Class"] in ("REVENUE", "EXPENSE"):
                    chosen = [names.get(item["TrackingOptionID"]) for item in line["TrackingCategories"]]
                    column = next(filter(None, chosen), "Unassigned")
                    tracked[column] -= line["NetAmount"]
                    tracked["Total"] -= line["NetAmount"]
        assert dict(zip(titles[1:], map(Decimal, rows(whole)["Net Profit"]), strict=True)) == tracked
        assert all(tracked.values())
        alone = report(
            reader,
            "ProfitAndLoss",
            **period,
            trackingCategoryID=region["TrackingCategoryID"],
            trackingOptionID=region["Options"][1]["TrackingOptionID"],
        )
        assert rows(alone)["Net Profit"] == [f"{tracked['North']:.2f}"]

    @pytest.mark.parametrize("unknown", [{"trackingCategoryID": NOBODY}, {"trackingOptionID": NOBODY}])
    def test_a_category_or_option_that_is_not_there_is_refused(self, reader: Client, unknown: dict[str, str]) -> None:
        """It is not taken for one without figures."""
        region = reader.rows("TrackingCategories")[0]["TrackingCategoryID"]
        refused = reader.get("Reports/ProfitAndLoss", **{"trackingCategoryID": region, **unknown})
        assert (refused.status_code, refused.json()["Type"]) == (400, "ValidationException")


class TestBankSummary:
    """https://developer.xero.com/documentation/api/accounting/reports#bank-summary."""

    def test_it_agrees_with_the_journals(self, reader: Client) -> None:
        """Each bank account is its balance before, its debits and credits of the period, and its balance after."""
        first, last = "2025-07-01", "2026-01-31"
        summary = report(reader, "BankSummary", fromDate=first, toDate=last)
        banks = {key: account["Name"] for key, account in accounts(reader).items() if account["Type"] == "BANK"}
        before, after = movement(reader, "", "2025-06-30"), movement(reader, "", last)
        found = rows(summary)
        assert sorted(found) == sorted(banks.values())
        for key, name in banks.items():
            opening, received, spent, gain, closing = map(Decimal, found[name])
            assert (opening, closing) == (before.get(key, 0), after.get(key, 0))
            assert closing == opening + received - spent + gain
            assert received >= 0
            assert spent >= 0
            assert gain == 0

    def test_the_report_has_the_documented_shape(self, reader: Client) -> None:
        """The name of an account has the attribute accountID, its movements have account, and the total is their sum."""
        summary = report(reader, "BankSummary", fromDate="2025-07-01", toDate="2025-07-31")
        header, section = summary["Rows"]
        columns = ["Opening Balance", "Cash Received", "Cash Spent", "FX Gain", "Closing Balance"]
        assert [cell["Value"] for cell in header["Cells"]] == ["Bank Accounts", *columns]
        assert (section["Title"], section["Rows"][-1]["RowType"]) == ("", "SummaryRow")
        names = [[a["Id"] for a in cell.get("Attributes", ())] for cell in section["Rows"][0]["Cells"]]
        assert names == [["accountID"], [], ["account"], ["account"], [], []]
        total = [Decimal(value) for value in rows(summary, "SummaryRow")["Total"]]
        assert total == [sum(map(Decimal, column)) for column in zip(*rows(summary).values(), strict=True)]

    @pytest.mark.parametrize("first", ["2026-02-01", "2024-12-31", "soon"])
    def test_a_period_that_is_none_or_too_long_is_refused(self, reader: Client, first: str) -> None:
        """It ends when it has begun, and is not longer than a year."""
        assert reader.get("Reports/BankSummary", fromDate=first, toDate="2026-01-01").status_code == 400


class TestRevaluations:
    """What Xero keeps out of Journals."""

    def test_they_are_off_and_then_in_no_journal(self, client: Client) -> None:
        """Turned on, the trial balance differs from itself by exactly what the control call tells."""
        day = "2026-03-31"
        off = _net(report(client, "TrialBalance", date=day))
        client.xero.control("switches", {"revaluations": True})
        on = _net(report(client, "TrialBalance", date=day))
        chart = accounts(client)
        told = client.xero.control("revaluations", {"date": day})["entries"]
        expected: dict[str, Decimal] = {}
        for entry in told:
            profit = chart[entry["AccountID"]]["Class"] in ("REVENUE", "EXPENSE")
            old = profit and entry["Date"] < "2025-04-01"
            key = _system(chart, "RETAINEDEARNINGS") if old else entry["AccountID"]
            expected[key] = expected.get(key, Decimal(0)) + Decimal(str(entry["Amount"]))
        changed = {key: on.get(key, Decimal(0)) - off.get(key, Decimal(0)) for key in on.keys() | off.keys()}
        assert {k: v for k, v in changed.items() if v} == {k: v for k, v in expected.items() if v}
        assert {_system(chart, "UNREALISEDCURRENCYGAIN"), _system(chart, "BANKCURRENCYGAIN")} <= on.keys()

    def test_the_balance_sheet_still_balances(self, client: Client) -> None:
        """The foreign bank account changes, and net assets are equity as before."""
        before = report(client, "BalanceSheet", date="2026-05-31")
        client.xero.control("switches", {"revaluations": True})
        after = report(client, "BalanceSheet", date="2026-05-31")
        (bank,) = (key for key, a in accounts(client).items() if a.get("CurrencyCode") == "USD")
        told = client.xero.control("revaluations", {"date": "2026-05-31"})["balances"][bank]
        assert by_account(after)[bank] - by_account(before)[bank] == Decimal(str(told)) != 0
        assert rows(after)["Net Assets"] == rows(after, "SummaryRow")["Total Equity"]

    def test_a_month_end_is_carrying_amount_times_drift(self, client: Client) -> None:
        """By the end of May 2026 the dollar account is worth 1 % of its journals' balance more: (24317 mod 7 - 3) %."""
        (bank,) = (key for key, a in accounts(client).items() if a.get("CurrencyCode") == "USD")
        share = Decimal((12 * 2026 + 5) % 7 - 3) / 100
        carried = movement(client, "", "2026-05-31")[bank]
        told = client.xero.control("revaluations", {"date": "2026-05-31"})["balances"][bank]
        assert abs(Decimal(str(told)) - carried * share) <= Decimal("0.005")


def _net(report: Any) -> dict[str, Decimal]:
    """Read the balances of a trial balance, debit positive."""
    return {key: Decimal(row[2] or 0) - Decimal(row[3] or 0) for key, row in cells(report).items()}


def _system(chart: dict[str, Any], name: str) -> str:
    return next(key for key, account in chart.items() if account.get("SystemAccount") == name)


class TestBudgets:
    """https://developer.xero.com/documentation/api/accounting/budgets."""

    @staticmethod
    def periods(client: Client, **query: Any) -> set[str]:
        """Read the periods of the first budget."""
        key = client.rows("Budgets")[0]["BudgetID"]
        (budget,) = client.rows(f"Budgets/{key}", **query)
        return {balance["Period"] for line in budget["BudgetLines"] for balance in line["BudgetBalances"]}

    def test_the_list_has_no_lines(self, reader: Client) -> None:
        """Lines come with one budget alone."""
        budgets = reader.rows("Budgets")
        assert [budget["Type"] for budget in sorted(budgets, key=lambda b: b["Type"])] == ["OVERALL", "TRACKING"]
        assert [budget["BudgetLines"] for budget in budgets] == [[], []]

    def test_periods_lie_in_the_range(self, reader: Client) -> None:
        """Both months are in; months without figures are missing."""
        asked = self.periods(reader, DateFrom="2026-11-15", DateTo="2027-06-01")
        assert asked == {"2026-11", "2026-12", "2027-01", "2027-02", "2027-03"}

    def test_without_dates_three_months_come(self) -> None:
        """The month before now, this one, and the next."""
        back = dt.datetime(2026, 1, 15, 12, tzinfo=dt.timezone.utc) - dt.datetime.now(dt.timezone.utc)
        with XeroServerProcess("small") as xero:
            xero.control("switches", {"clock_offset_ms": back // dt.timedelta(milliseconds=1)})
            assert self.periods(Client(xero)) == {"2025-12", "2026-01", "2026-02"}

    def test_more_than_24_months_are_refused(self, reader: Client) -> None:
        """Two years pass, a month more or a broken date does not."""
        key = reader.rows("Budgets")[0]["BudgetID"]
        assert len(self.periods(reader, DateFrom="2024-10-01", DateTo="2026-09-30")) == 24
        for last in ("2026-10-01", "2026-13-01", "2024-09-30"):
            assert reader.get(f"Budgets/{key}", DateFrom="2024-10-01", DateTo=last).status_code == 400
