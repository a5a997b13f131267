"""The local Xero serves every list with the paging, filters and scopes that Xero documents for it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from integration_tests.server.client import Client, all_journals, ms
from local_xero.endpoints import LISTS

PAGED = [
    *("BankTransactions", "Contacts", "CreditNotes", "Invoices", "ManualJournals"),
    *("Overpayments", "Payments", "Prepayments", "PurchaseOrders"),
]
HUNDREDS = ["LinkedTransactions", "Quotes"]
HIGH_VOLUME = [
    "BankTransactions",
    "Contacts",
    "CreditNotes",
    "Invoices",
    "ManualJournals",
    "Payments",
    "PurchaseOrders",
]
WITH_LINES = ["BankTransactions", "CreditNotes", "Invoices", "Overpayments", "Prepayments", "PurchaseOrders"]
NO_HEADER = [
    *("BrandingThemes", "Budgets", "ContactGroups", "Currencies", "LinkedTransactions"),
    *("Organisation", "RepeatingInvoices", "TaxRates", "TrackingCategories"),
]
DEPRECATED = ["ExpenseClaims", "Receipts"]
WHOLE = sorted(set(LISTS) - {*PAGED, *HUNDREDS, *DEPRECATED})
FUTURE = {"If-Modified-Since": "2099-01-01T00:00:00"}
SCOPES = {
    "accounting.invoices": ["CreditNotes", "Invoices", "Items", "LinkedTransactions", "PurchaseOrders", "Quotes"],
    "accounting.payments": ["BatchPayments", "Overpayments", "Payments", "Prepayments"],
    "accounting.banktransactions": ["BankTransactions", "BankTransfers"],
    "accounting.manualjournals": ["ManualJournals"],
    "accounting.settings": ["Accounts", "BrandingThemes", "Currencies", "Items", "TaxRates", "Users"],
    "accounting.contacts": ["ContactGroups", "Contacts"],
    "accounting.budgets": ["Budgets"],
    "accounting.reports.trialbalance": ["Reports/TrialBalance"],
    "accounting.reports.balancesheet": ["Reports/BalanceSheet"],
    "accounting.reports.profitandloss": ["Reports/ProfitAndLoss"],
}
BROAD = {
    "accounting.transactions": [p for s in list(SCOPES)[:4] for p in SCOPES[s]],
    "accounting.reports": ["Reports/TrialBalance", "Reports/BalanceSheet", "Reports/ProfitAndLoss"],
}


def numbered(path: str, count: int) -> list[dict[str, Any]]:
    """Make records of any list that differ in their ID and, a second apart each, in their stamps."""
    name = LISTS[path].id_field
    ids = [f"00000000-0000-4000-8000-{number:012d}" for number in range(count)]
    stamps = [f"/Date({1_700_000_000_000 + 1000 * number}+0000)/" for number in range(count)]
    return [
        {name: key, "Status": "ACTIVE", "UpdatedDateUTC": at, "CreatedDateUTC": at}
        for key, at in zip(ids, stamps, strict=True)
    ]


def body(client: Client, path: str, headers: Any = None, **query: Any) -> tuple[dict[str, Any], list[Any]]:
    """Read one answer: all of it, and its records."""
    answer = client.get(path, headers, **query)
    assert answer.status_code == 200, answer.text
    whole = answer.json(parse_float=Decimal)
    return whole, whole["Organisations" if path == "Organisation" else path.partition("/")[0]]


class TestPaging:
    """https://developer.xero.com/documentation/api/accounting/requests-and-responses."""

    @pytest.mark.parametrize("path", PAGED)
    def test_nine_lists_page_and_describe_their_pages(self, client: Client, path: str) -> None:
        """By 100, or by pageSize up to 1000, with a pagination object; without page all rows come at once."""
        client.xero.control("company", {"records": {path: numbered(path, 250)}})
        first, rows = body(client, path, page=3)
        second, _ = body(client, path, page=1, pageSize=5000)
        whole, everything = body(client, path, pageSize=10)
        assert first["pagination"] == {"page": 3, "pageSize": 100, "pageCount": 3, "itemCount": 250}
        assert second["pagination"] == {"page": 1, "pageSize": 1000, "pageCount": 1, "itemCount": 250}
        assert (len(rows), len(everything), "pagination" in whole) == (50, 250, False)

    @pytest.mark.parametrize("path", HUNDREDS)
    def test_two_lists_page_by_a_hundred_and_say_nothing(self, client: Client, path: str) -> None:
        """PageSize does nothing, there is no pagination object, and the first page comes without asking."""
        client.xero.control("company", {"records": {path: numbered(path, 250)}})
        pages = [body(client, path, page=page, pageSize=1000) for page in (1, 2, 3, 4)]
        assert [len(rows) for _, rows in pages] == [100, 100, 50, 0]
        assert not any("pagination" in whole for whole, _ in pages)
        assert body(client, path)[1] == pages[0][1]

    @pytest.mark.parametrize("path", WHOLE)
    def test_the_other_lists_ignore_page(self, client: Client, path: str) -> None:
        """They answer whole, whatever page is asked for."""
        client.xero.control("company", {"records": {path: numbered(path, 150)}})
        whole, rows = body(client, path, page=2, pageSize=10)
        assert len(rows) == 150
        assert "pagination" not in whole

    def test_an_order_takes_the_pages_from_manual_journals(self, client: Client) -> None:
        """With `order` all rows come at once, whatever page is asked for."""
        client.xero.control("company", {"records": {"ManualJournals": numbered("ManualJournals", 150)}})
        whole, rows = body(client, "ManualJournals", page=2, pageSize=10, order="UpdatedDateUTC ASC")
        assert len(rows) == 150
        assert "pagination" not in whole

    @pytest.mark.parametrize("path", sorted(set(LISTS) - set(DEPRECATED)))
    def test_too_many_documents_are_refused_where_xero_says_so(self, client: Client, path: str) -> None:
        """Seven lists answer HighVolumeException beyond the threshold, the others do not."""
        client.xero.control("company", {"records": {path: numbered(path, 3)}})
        client.xero.control("switches", {"high_volume_threshold": 2})
        answer = client.get(path, page=1)
        assert answer.status_code == (400 if path in HIGH_VOLUME else 200)
        assert (answer.json().get("Type") == "HighVolumeException") is (path in HIGH_VOLUME)


class TestFilters:
    """Parameters and the header, where they do something and where not."""

    @pytest.mark.parametrize("path", sorted(set(LISTS) - set(DEPRECATED)))
    def test_the_header_counts_on_some_lists_only(self, reader: Client, path: str) -> None:
        """If-Modified-Since in the future empties the lists that take it, and changes nothing in the others."""
        _, rows = body(reader, path, FUTURE, page=1)
        _, everything = body(reader, path, page=1)
        assert everything
        assert rows == (everything if path in NO_HEADER else [])

    def test_transfers_compare_their_creation_and_hide_the_deleted(self, client: Client) -> None:
        """Without includeDeleted deleted ones are missing; an edit moves nothing that the header sees."""
        few, many = (client.rows("BankTransfers", includeDeleted=flag) for flag in ("false", "true"))
        assert "DELETED" not in {row["Status"] for row in few}
        assert len(many) > len(few)
        client.xero.control("records/edit", {"list": "BankTransfers", "index": 0, "changes": {"Reference": "new"}})
        assert "UpdatedDateUTC" not in client.xero.truth("BankTransfers")[-1]
        last = max(ms(row["CreatedDateUTC"]) for row in many)
        header = {"If-Modified-Since": f"2026-10-01T00:00:{last // 1000 % 60:02d}"}
        recent = client.rows("BankTransfers", header, includeDeleted="true")
        assert [ms(row["CreatedDateUTC"]) for row in recent] == [last]

    def test_orders_and_quotes_ignore_where(self, reader: Client) -> None:
        """Status, DateFrom and DateTo narrow them; `where` does nothing, not even when it is nonsense."""
        for path in ("PurchaseOrders", "Quotes"):
            _, everything = body(reader, path, page=1)
            assert body(reader, path, page=1, where="nonsense")[1] == everything
            _, drafts = body(reader, path, page=1, Status="DRAFT")
            assert [row for row in everything if row["Status"] == "DRAFT"] == drafts != []
            _, early = body(reader, path, page=1, DateTo="2025-09-30")
            wanted = [row for row in everything if row["DateString"] < "2025-10-01"]
            assert early == wanted
            assert 0 < len(wanted) < len(everything)

    def test_links_are_found_by_what_they_link(self, reader: Client) -> None:
        """LinkedTransactions narrow by ContactID, Status and the transactions."""
        link = reader.rows("LinkedTransactions")[0]
        for name in ("LinkedTransactionID", "SourceTransactionID", "ContactID", "Status"):
            found = reader.rows("LinkedTransactions", **{name: link[name]})
            assert link in found
            assert {row[name] for row in found} == {link[name]}


class TestRecords:
    """What a record shows where."""

    @pytest.mark.parametrize("path", WITH_LINES)
    def test_lines_come_with_a_page_or_alone(self, reader: Client, path: str) -> None:
        """Without page a list has no line items."""
        _, paged = body(reader, path, page=1, unitdp=4)
        _, brief = body(reader, path, unitdp=4)
        row = next(row for row in paged if row["LineItems"])
        _, (alone,) = body(reader, f"{path}/{row[LISTS[path].id_field]}", unitdp=4)
        assert all(row["LineItems"] == [] for row in brief)
        assert alone["LineItems"] == row["LineItems"]

    def test_lines_of_manual_journals_need_a_page(self, reader: Client) -> None:
        """They come with page, also when an order makes paging void, and alone."""
        row = reader.rows("ManualJournals", page=1)[0]
        assert sum(line["LineAmount"] for line in row["JournalLines"]) == 0
        assert row["JournalLines"]
        assert all(r["JournalLines"] == [] for r in reader.rows("ManualJournals"))
        assert all(r["JournalLines"] for r in reader.rows("ManualJournals", page=9, order="Date"))
        assert reader.rows(f"ManualJournals/{row['ManualJournalID']}") == [row]

    def test_groups_show_their_members_alone(self, reader: Client) -> None:
        """The list has active groups without members; one group by ID has them."""
        groups = reader.rows("ContactGroups")
        assert [(group["Status"], group["Contacts"]) for group in groups] == [("ACTIVE", []), ("ACTIVE", [])]
        (group,) = reader.rows(f"ContactGroups/{groups[0]['ContactGroupID']}")
        assert group["Contacts"]
        assert sorted(reader.xero.truth("ContactGroups"), key=lambda g: g["ContactGroupID"]) == groups

    @pytest.mark.parametrize("path", ["CreditNotes", "Prepayments", "Overpayments", "RepeatingInvoices"])
    def test_some_records_carry_their_id_twice(self, reader: Client, path: str) -> None:
        """Four lists have an ID field beside their own."""
        rows = reader.rows(path, page=1)
        assert rows
        assert all(row["ID"] == row[LISTS[path].id_field] for row in rows)
        assert not any("ID" in row for row in reader.rows("BankTransactions", page=1))

    def test_five_lists_say_the_stamp_in_words(self, reader: Client) -> None:
        """UpdatedDateUTCString is UpdatedDateUTC to the second, with a Z."""
        for path in ("Invoices", "CreditNotes", "Payments", "Prepayments", "Overpayments"):
            assert all(row["UpdatedDateUTCString"].endswith("Z") for row in reader.rows(path, page=1))
        assert not any("UpdatedDateUTCString" in row for row in reader.rows("BankTransactions", page=1))

    def test_a_nested_batch_is_quoted(self, reader: Client) -> None:
        """In Payments a batch's total and flag are strings, in BatchPayments they are not."""
        batch = reader.rows("BatchPayments")[0]
        members = [p for p in reader.rows("Payments", page=1) if p.get("BatchPaymentID") == batch["BatchPaymentID"]]
        assert {p["PaymentID"] for p in members} == {p["PaymentID"] for p in batch["Payments"]}
        assert {p["BatchPayment"]["TotalAmount"] for p in members} == {str(batch["TotalAmount"])}
        assert {p["BatchPayment"]["IsReconciled"] for p in members} == {"false"}
        assert batch["TotalAmount"] == sum(p["BankAmount"] for p in members)

    def test_prices_of_items_have_two_decimals_unless_asked(self, reader: Client) -> None:
        """`unitdp=4` gives the whole price."""
        exact, rounded = reader.rows("Items", unitdp=4), reader.rows("Items")
        prices = [
            (full["SalesDetails"]["UnitPrice"], short["SalesDetails"]["UnitPrice"])
            for full, short in zip(exact, rounded, strict=True)
            if full["SalesDetails"]
        ]
        assert exact != rounded
        assert all(abs(a - b) <= Decimal("0.005") for a, b in prices)


class TestScopes:
    """https://developer.xero.com/documentation/guides/oauth2/scopes."""

    @pytest.mark.parametrize("suffix", ["", ".read"])
    @pytest.mark.parametrize("scope", [*SCOPES, *BROAD])
    def test_a_scope_opens_its_paths_and_no_other(self, client: Client, scope: str, suffix: str) -> None:
        """Granular or broad, with or without .read; the rest answers 401 AuthorizationUnsuccessful."""
        client.xero.control("tokens", {"scopes": f"offline_access {scope}{suffix}"})
        opened = {**SCOPES, **BROAD}[scope]
        for path in {path for paths in SCOPES.values() for path in paths}:
            answer = client.get(path)
            assert answer.status_code == (200 if path in opened else 401), path
            if answer.status_code == 401:
                assert answer.json()["Detail"] == "AuthorizationUnsuccessful"

    def test_the_reports_permission_guards_three_endpoints(self, client: Client) -> None:
        """A user without it gets 403 on Journals, ManualJournals and reports, and all else."""
        client.xero.control("switches", {"journals_permission": False})
        refused = ["Journals", "ManualJournals", *BROAD["accounting.reports"]]
        assert {client.get(path).status_code for path in refused} == {403}
        assert {client.get(path).status_code for path in ("Invoices", "Accounts", "Budgets")} == {200}


def test_a_lock_date_is_set_and_removed(client: Client) -> None:
    """An edit of the organisation changes what it names, and stamps nothing."""
    before = client.get("Organisation").json()["Organisations"][0]
    change = {"PeriodLockDate": "/Date(1774915200000+0000)/", "EndOfYearLockDate": None}
    client.xero.control("records/edit", {"list": "Organisations", "index": 0, "changes": change})
    after = client.get("Organisation").json()["Organisations"][0]
    assert after == {k: v for k, v in before.items() if k != "EndOfYearLockDate"} | {
        "PeriodLockDate": "/Date(1774915200000+0000)/"
    }


def test_documents_agree_with_their_journals(reader: Client) -> None:
    """Every journal of a bank transaction, transfer, payment, credit note, manual journal or advance has its document."""
    kinds = {
        "BankTransactions": ("CASHREC", "CASHPAID"),
        "BankTransfers": ("TRANSFER",),
        "Payments": ("ACCRECPAYMENT", "ACCPAYPAYMENT", "ARCREDITPAYMENT"),
        "CreditNotes": ("ACCRECCREDIT", "ACCPAYCREDIT"),
        "ManualJournals": ("MANJOURNAL",),
        "Prepayments": ("ARPREPAYMENT", "APPREPAYMENT"),
        "Overpayments": ("AROVERPAYMENT", "APOVERPAYMENT"),
    }
    journals = all_journals(reader)
    for path, types in kinds.items():
        known = {row[LISTS[path].id_field] for row in reader.xero.truth(path)}
        posted = {j["SourceID"] for j in journals if j.get("SourceType") in types}
        assert posted
        assert posted <= known
