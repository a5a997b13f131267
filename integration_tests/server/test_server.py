"""The local Xero server keeps to what Xero documents, and plays the faults that tests order."""

from __future__ import annotations

import datetime as dt
import re
import time
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest
import requests

from integration_tests.server.client import NEVER, Client, all_journals, ms
from local_xero.process import XeroServerError, XeroServerProcess

ALL_STATUSES = "DRAFT,SUBMITTED,AUTHORISED,PAID,VOIDED,DELETED"


class TestJournals:
    """https://developer.xero.com/documentation/api/accounting/journals."""

    def test_offset_is_a_strict_number_and_pages_hold_a_hundred(self, reader: Client) -> None:
        """Only journals with a greater number come back, oldest first, a hundred at a time, `page` ignored."""
        first = reader.rows("Journals", offset=0)
        again = reader.rows("Journals", offset=0, page=2, pageSize=5)
        behind = reader.rows("Journals", offset=first[49]["JournalNumber"])
        numbers = [journal["JournalNumber"] for journal in first]
        assert len(first) == 100
        assert again == first
        assert numbers == sorted(set(numbers))
        assert behind[:50] == first[50:]

    def test_the_ledger_is_as_awkward_as_a_real_one(self, reader: Client) -> None:
        """Back-dated entries, conversion balances, dateless ones, text that looks like a date, a bank without code."""
        journals = all_journals(reader)
        dates = [ms(journal["JournalDate"]) for journal in journals]
        lines = [line for journal in journals for line in journal["JournalLines"]]
        assert dates != sorted(dates)
        assert 0 in dates
        assert any("SourceID" not in journal and "Reference" not in journal for journal in journals)
        assert "/Date(5)/" in {journal.get("Reference") for journal in journals}
        assert any(line["AccountType"] == "BANK" and "AccountCode" not in line for line in lines)
        assert any(line["TrackingCategories"] for line in lines)

    def test_modified_since_means_created_on_or_after(self, reader: Client) -> None:
        """The header is inclusive on CreatedDateUTC; a value that cannot be read is ignored."""
        journals = all_journals(reader)
        number = journals[120]["JournalNumber"]
        second = ms(journals[120]["CreatedDateUTC"]) // 1000
        header = dt.datetime.fromtimestamp(second, dt.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S")
        since = reader.rows("Journals", {"If-Modified-Since": header})
        assert since[0]["JournalNumber"] <= number
        assert all(ms(journal["CreatedDateUTC"]) >= second * 1000 for journal in since)
        assert reader.rows("Journals", {"If-Modified-Since": "yesterday"}) == journals[:100]

    def test_a_single_journal_lacks_its_source(self, reader: Client) -> None:
        """SourceID and SourceType are not returned by number or ID."""
        journal = next(j for j in reader.rows("Journals") if "SourceID" in j)
        (by_number,) = reader.rows(f"Journals/{journal['JournalNumber']}")
        assert by_number == {k: v for k, v in journal.items() if k not in ("SourceID", "SourceType")}
        assert reader.rows(f"Journals/{journal['JournalID']}") == [by_number]

    def test_short_pages_are_not_the_end(self, client: Client) -> None:
        """With short pages ordered, a walk to the empty page still reads everything."""
        client.xero.control("switches", {"journals_short_pages": 0.7})
        sizes = [len(client.rows("Journals", offset=offset)) for offset in range(0, 100, 10)]
        assert min(sizes) < 100
        assert all_journals(client) == _decimals(client.xero.truth("Journals"))

    def test_the_header_can_miss_journals(self, client: Client) -> None:
        """Numbers that are set to be dropped are missing with the header only."""
        number = client.rows("Journals")[10]["JournalNumber"]
        client.xero.control("switches", {"journals_dropped": [number]})
        header = {"If-Modified-Since": "2000-01-01T00:00:00"}
        assert number not in {j["JournalNumber"] for j in client.rows("Journals", header)}
        assert number in {j["JournalNumber"] for j in client.rows("Journals")}


class TestInvoices:
    """https://developer.xero.com/documentation/api/accounting/invoices."""

    def test_pages_are_clamped_and_described(self, reader: Client) -> None:
        """PageSize is held between 1 and 1000, the default is 100, and `pagination` counts."""
        small = reader.get("Invoices", page=2, pageSize=25).json()
        large = reader.get("Invoices", page=1, pageSize=5000).json()
        assert small["pagination"] == {"page": 2, "pageSize": 25, "pageCount": 3, "itemCount": 60}
        assert large["pagination"]["pageSize"] == 1000
        assert reader.get("Invoices", page=1, pageSize=0).json()["pagination"]["pageSize"] == 1
        assert reader.get("Invoices", page=1).json()["pagination"]["pageSize"] == 100
        assert reader.rows("Invoices", page=9) == []

    def test_order_is_by_stamp_then_id(self, reader: Client) -> None:
        """UpdatedDateUTC ascending is the default; DESC turns it around."""
        rows = reader.rows("Invoices", page=1)
        keys = [(ms(row["UpdatedDateUTC"]), row["InvoiceID"]) for row in rows]
        down = reader.rows("Invoices", page=1, order="UpdatedDateUTC DESC")
        by_id = reader.rows("Invoices", page=1, order="InvoiceID")
        assert keys == sorted(keys)
        assert [row["InvoiceID"] for row in down] == [key[1] for key in reversed(keys)]
        assert [row["InvoiceID"] for row in by_id] == sorted(row["InvoiceID"] for row in rows)

    def test_an_unpaged_list_is_brief(self, reader: Client) -> None:
        """Without page, Statuses or summaryOnly there are no line items and no pagination."""
        answer = reader.get("Invoices").json()
        assert "pagination" not in answer
        assert len(answer["Invoices"]) == 60
        assert all(
            row["LineItems"] == [] and set(row["Contact"]) == {"ContactID", "Name"} for row in answer["Invoices"]
        )
        assert any(row["LineItems"] for row in reader.rows("Invoices", Statuses="PAID"))

    def test_unit_amounts_have_two_decimals_unless_asked(self, reader: Client) -> None:
        """`unitdp=4` gives what Xero holds; without it the amount is rounded."""
        full = reader.xero.truth("Invoices")
        exact = {item["LineItemID"]: item for r in reader.rows("Invoices", page=1, unitdp=4) for item in r["LineItems"]}
        rounded = {item["LineItemID"]: item for r in reader.rows("Invoices", page=1) for item in r["LineItems"]}
        units = [(exact[key]["UnitAmount"], rounded[key]["UnitAmount"]) for key in exact if "UnitAmount" in exact[key]]
        assert len(full) == 60
        assert any(unit != shown for unit, shown in units)
        assert all(abs(unit - shown) <= Decimal("0.005") and shown.as_tuple().exponent == -2 for unit, shown in units)

    @pytest.mark.parametrize(("exclusive", "found"), [(False, True), (True, False)])
    def test_modified_since_counts_whole_seconds(self, client: Client, *, exclusive: bool, found: bool) -> None:
        """The second that the header names is in, or by the switch out."""
        client.xero.control("switches", {"invoices_since_exclusive": exclusive})
        row = client.rows("Invoices", page=1)[30]
        header = {"If-Modified-Since": row["UpdatedDateUTCString"].rstrip("Z")}
        rows = client.rows("Invoices", header, page=1)
        assert (row["InvoiceID"] in {r["InvoiceID"] for r in rows}) is found
        assert len(client.rows("Invoices", {"If-Modified-Since": "31/12/2025"}, page=1)) == 60

    def test_where_narrows_by_date_type_and_status(self, reader: Client) -> None:
        """Date ranges, Type, Status and null are understood; anything else is refused as unparsable."""
        where = 'Date >= DateTime(2025,01,01) AND Date < DateTime(2025,07,01) AND Type=="ACCREC" AND Status=="PAID"'
        rows = reader.rows("Invoices", where=where, page=1)
        wanted = [
            r["InvoiceID"]
            for r in reader.rows("Invoices", page=1)
            if "2025-01-01" <= r.get("DateString", "") < "2025-07-01" and (r["Type"], r["Status"]) == ("ACCREC", "PAID")
        ]
        assert [row["InvoiceID"] for row in rows] == wanted != []
        assert reader.rows("Invoices", where="Date == null", page=1) == []
        assert reader.get("Invoices", where="Date.Month()==1", page=1).json()["Type"] == "QueryParseException"

    def test_deleted_rows_can_hide(self, client: Client) -> None:
        """Hidden from an unfiltered list, DELETED rows still answer to Statuses."""
        client.xero.control("invoices/delete", {"index": 0})
        client.xero.control("switches", {"hide_deleted": True})
        assert "DELETED" not in {row["Status"] for row in client.rows("Invoices", page=1)}
        assert "DELETED" in {row["Status"] for row in client.rows("Invoices", Statuses=ALL_STATUSES, page=1)}

    def test_edits_between_two_calls_move_rows(self, client: Client) -> None:
        """A script edits after the n-th call: the row's stamp moves it to the end; an undated edit leaves it."""
        first, second = client.rows("Invoices", page=1)[:2]
        steps = [
            {"after": 1, "do": "invoices/edit", "with": {"id": first["InvoiceID"], "changes": {"Reference": "new"}}},
            {"after": 1, "do": "invoices/edit", "with": {"id": second["InvoiceID"], "stamp": None}},
        ]
        client.xero.control("script", {"steps": steps})
        assert client.rows("Invoices", page=1)[0] == first
        after = client.rows("Invoices", page=1)
        assert after[0] == second
        assert (after[-1]["InvoiceID"], after[-1]["Reference"]) == (first["InvoiceID"], "new")


class TestLedgerEdits:
    """Corrections leave reversals behind, as Xero's do."""

    def test_revalue_and_void_post_reversals(self, client: Client) -> None:
        """An edit posts a reversal and a new journal, a void one more reversal; after it the document nets to zero."""
        row = next(r for r in client.rows("Invoices", page=1) if r["Status"] == "AUTHORISED" and not r["Payments"])
        before = all_journals(client)
        client.xero.control("invoices/revalue", {"id": row["InvoiceID"], "factor": 1.5})
        client.xero.control("invoices/void", {"id": row["InvoiceID"]})
        posted = all_journals(client)[len(before) :]
        assert len(posted) == 3
        assert all(sum(line["NetAmount"] for line in j["JournalLines"]) == 0 for j in posted)
        balance: dict[str, Decimal] = {}
        for journal in (j for j in all_journals(client) if j.get("SourceID") == row["InvoiceID"]):
            for line in journal["JournalLines"]:
                balance[line["AccountID"]] = balance.get(line["AccountID"], Decimal(0)) + line["NetAmount"]
        assert set(balance.values()) == {0}

    def test_a_manual_journal_is_in_both_lists(self, client: Client) -> None:
        """A manual journal that a test posts is a document and a journal with the same ID, day and amounts."""
        accounts = {a["Code"]: a["AccountID"] for a in client.rows("Accounts") if "Code" in a}
        lines = [{"account": "416", "amount": "12.30"}, {"account": "711", "amount": "-12.30"}]
        entry = {"date": "2026-09-30", "narration": "Depreciation", "lines": lines}
        number = client.xero.control("manual_journals/post", entry)["number"]
        posted = all_journals(client)[-1]
        (document,) = [m for m in client.rows("ManualJournals", page=1) if m["ManualJournalID"] == posted["SourceID"]]
        assert (posted["JournalNumber"], posted["SourceType"]) == (number, "MANJOURNAL")
        assert posted["JournalDate"] == document["Date"]
        expected = {accounts["416"]: Decimal("12.30"), accounts["711"]: Decimal("-12.30")}
        assert {line["AccountID"]: line["NetAmount"] for line in posted["JournalLines"]} == expected
        assert {line["AccountID"]: line["LineAmount"] for line in document["JournalLines"]} == expected
        with pytest.raises(XeroServerError, match="do not add up to zero"):
            client.xero.control("manual_journals/post", {**entry, "lines": lines[:1]})

    def test_a_company_can_be_given_whole(self, client: Client) -> None:
        """Records that a test posts come back as they were, digits, surrogates and unknown fields included."""
        journal = {
            "JournalID": "0b0b0b0b-0000-4000-8000-000000000001",
            "JournalNumber": 7,
            "CreatedDateUTC": "/Date(1539993600000+0000)/",
            "Reference": "lone \ud83d half",
            "NewField": {"Deep": [1, None, True, "1.10"]},
        }
        client.xero.control("company", {"records": {"Journals": [journal], "Invoices": []}})
        answer = client.get("Journals")
        assert answer.json()["Journals"] == [journal]
        assert rb"\/Date(1539993600000+0000)\/" in answer.content
        assert client.rows("Invoices") == []


class TestOtherLists:
    """Contacts, accounts, tracking categories, the organisation."""

    def test_archived_records_come_on_request(self, reader: Client) -> None:
        """Archived contacts, categories and options hide from lists without includeArchived."""
        few, many = (reader.rows("Contacts", page=1, includeArchived=flag) for flag in ("false", "true"))
        plain, whole = reader.rows("TrackingCategories"), reader.rows("TrackingCategories", includeArchived="true")
        options = [option["Status"] for category in whole for option in category["Options"]]
        assert {c["ContactStatus"] for c in few} == {"ACTIVE"}
        assert {c["ContactStatus"] for c in many} == {"ACTIVE", "ARCHIVED"}
        assert (len(plain), len(whole)) == (2, 3)
        assert "ARCHIVED" in options
        assert all(option["Status"] == "ACTIVE" for category in plain for option in category["Options"])

    def test_the_default_format_is_xml(self, reader: Client) -> None:
        """Without an Accept header for JSON the answer is XML; an unknown path is text under text/html."""
        answer = reader.get("Accounts", {"Accept": "*/*"})
        unknown = reader.get("Nothing")
        assert answer.text.startswith("<?xml")
        assert unknown.status_code == 404
        assert unknown.headers["Content-Type"].startswith("text/html")


class TestTrialBalance:
    """https://developer.xero.com/documentation/api/accounting/reports#trial-balance."""

    def test_the_report_has_the_documented_shape(self, reader: Client) -> None:
        """Five columns, sections by class, strings throughout, and totals that agree."""
        report = reader.rows("Reports/TrialBalance", date="2026-03-31")[0]
        header, *sections, total = report["Rows"]
        titles = [section["Title"] for section in sections]
        assert [cell["Value"] for cell in header["Cells"]] == ["Account", "Debit", "Credit", "YTD Debit", "YTD Credit"]
        assert titles == ["Revenue", "Expenses", "Assets", "Liabilities", "Equity"]
        amounts = [cell["Value"] for cell in total["Rows"][0]["Cells"]]
        assert amounts[0] == "Total"
        assert amounts[1] == amounts[2]
        assert amounts[3] == amounts[4] != "0.00"
        assert report["ReportDate"] == "31 March 2026"


class TestSignIn:
    """https://developer.xero.com/documentation/guides/oauth2/auth-flow."""

    def test_a_refresh_token_rotates_with_a_grace_of_thirty_minutes(self, client: Client) -> None:
        """The old token works 30 more minutes and then never again."""
        old = client.xero.line["refresh_token"]
        new = client.refresh(old).json()
        assert new["refresh_token"] != old
        assert new["expires_in"] == 1800
        again = client.refresh(old)
        assert again.status_code == 200
        client.xero.control("switches", {"clock_offset_ms": 31 * 60_000})
        refused = client.refresh(old)
        assert (refused.status_code, refused.json()) == (400, {"error": "invalid_grant"})
        assert client.refresh(again.json()["refresh_token"]).status_code == 200

    def test_wrong_clients_are_named(self, client: Client) -> None:
        """A wrong secret, an unknown grant and a wrong app each have their error."""
        wrong = requests.post(f"{client.xero.url}/connect/token", data={}, auth=("nobody", "x"), timeout=10)
        assert wrong.json() == {"error": "invalid_client"}
        assert client.token(grant_type="password").json() == {"error": "unsupported_grant_type"}
        assert client.token(grant_type="client_credentials").json() == {"error": "unauthorized_client"}

    def test_a_custom_connection_needs_no_tenant(self, client: Client) -> None:
        """Client credentials give one organisation without a header; a header is noticed, a scope may be refused."""
        token = client.token("custom_connection", grant_type="client_credentials").json()
        headers: dict[str, str | None] = {"Authorization": f"Bearer {token['access_token']}", "xero-tenant-id": None}
        assert "refresh_token" not in token
        assert client.get("Organisation", headers).status_code == 200
        assert client.get("Organisation", headers | {"xero-tenant-id": client.xero.tenant_id}).status_code == 200
        assert client.xero.control("log")["flags"] == {"tenant_header_by_custom_connection": 1}
        client.xero.control("switches", {"reject_scope_parameter": True})
        asked = client.token("custom_connection", grant_type="client_credentials", scope="accounting.settings.read")
        assert asked.json() == {"error": "invalid_scope"}

    def test_problems_with_tokens_are_told_apart(self, client: Client) -> None:
        """No token, an expired one, a missing scope, a wrong tenant: 401, 401, 401 and 403, each with its detail."""
        nobody = client.get("Invoices", {"Authorization": None})
        elsewhere = client.get("Invoices", {"xero-tenant-id": "0" * 8})
        client.xero.control("tokens", {"scopes": "accounting.settings.read"})
        narrow = client.get("Journals")
        assert client.get("Accounts").status_code == 200
        client.xero.control("tokens", {"expire_access": True})
        expired = client.get("Accounts")
        assert [a.status_code for a in (nobody, elsewhere, narrow, expired)] == [401, 403, 401, 401]
        assert elsewhere.json()["Detail"] == "AuthenticationUnsuccessful"
        assert narrow.json()["Detail"] == "AuthorizationUnsuccessful"
        assert "insufficient_scope" in narrow.headers["WWW-Authenticate"]
        assert re.fullmatch(r"TokenExpired: token expired at \d\d/\d\d/\d{4} \d\d:\d\d:\d\d", expired.json()["Detail"])

    def test_connections_list_what_the_user_connected(self, client: Client) -> None:
        """Several organisations, of one name, practices, or none."""
        tenants = [{"tenantName": "Twin"}, {"tenantName": "Twin"}, {"tenantName": "P", "tenantType": "PRACTICE"}]
        client.xero.control("tenants", {"tenants": tenants})
        found = client.session.get(f"{client.xero.url}/connections", timeout=10).json()
        assert [c["tenantName"] for c in found] == ["Twin", "Twin", "P"]
        assert len({c["tenantId"] for c in found}) == 3
        assert found[2]["tenantType"] == "PRACTICE"
        client.xero.control("tenants", {"tenants": []})
        assert client.session.get(f"{client.xero.url}/connections", timeout=10).json() == []
        assert client.get("Accounts").status_code == 403

    def test_consent_leads_to_tokens_once(self, client: Client) -> None:
        """The consent page redirects with code and state; the code works once, with the PKCE verifier only."""
        app = client.xero.line["pkce"]["client_id"]
        # RFC 7636, appendix B
        verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
        challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
        query = {"response_type": "code", "client_id": app, "redirect_uri": "http://localhost/callback", "state": "s1"}
        query |= {"scope": "offline_access accounting.settings.read", "code_challenge": challenge}
        url = f"{client.xero.url}/identity/connect/authorize"
        query["code_challenge_method"] = "S256"
        answer = requests.get(url, params=query, allow_redirects=False, timeout=10)
        found = re.fullmatch(r"http://localhost/callback\?state=s1&code=(.+)", answer.headers["Location"])
        assert found
        form = {"grant_type": "authorization_code", "client_id": app, "code": found[1], "code_verifier": verifier}
        form["redirect_uri"] = "http://localhost/callback"
        token = f"{client.xero.url}/connect/token"
        assert "refresh_token" in requests.post(token, data=form, timeout=10).json()
        assert requests.post(token, data=form, timeout=10).json() == {"error": "invalid_grant"}


class TestLimits:
    """https://developer.xero.com/documentation/guides/oauth2/limits."""

    def test_the_minute_is_counted_down_and_refused(self, client: Client) -> None:
        """Every answer says what is left; the call too many gets 429 with Retry-After, and counts."""
        client.xero.control("limits", {"per_minute": 3, "minute_s": 3600})
        client.xero.control("reset", {"what": ["limits"]})
        answers = [client.get("Accounts") for _ in range(4)]
        left = [answer.headers["X-MinLimit-Remaining"] for answer in answers]
        refused = answers[-1]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
        assert left == ["2", "1", "0", "0"]
        assert refused.headers["X-Rate-Limit-Problem"] == "minute"
        assert 1 <= int(refused.headers["Retry-After"]) <= 3600
        assert client.xero.control("limits")["minute"] == 4

    def test_the_window_is_fixed_and_starts_anew(self, client: Client) -> None:
        """After Retry-After seconds the whole allowance is back."""
        client.xero.control("limits", {"per_minute": 1, "minute_s": 1.0})
        assert 429 in [client.get("Accounts").status_code for _ in range(50)]
        time.sleep(client.xero.control("limits")["minute_resets_in"] + 0.01)
        assert client.get("Accounts").status_code == 200

    def test_others_use_the_day(self, client: Client) -> None:
        """Calls of another job count; the day's refusal names the day."""
        client.xero.control("limits", {"per_day": 1000})
        client.xero.control("limits/consume", {"minute": 0, "day": 999})
        last, refused = client.get("Accounts"), client.get("Accounts")
        assert (last.status_code, last.headers["X-DayLimit-Remaining"]) == (200, "0")
        assert refused.status_code == 429
        assert refused.headers["X-Rate-Limit-Problem"] == "day"
        assert 1 <= int(refused.headers["Retry-After"]) <= 86_400

    def test_only_five_calls_are_in_flight(self, client: Client) -> None:
        """The sixth call at a time gets 429 `concurrent` without Retry-After; five at a time pass for ever."""
        client.xero.control("switches", {"latency_ms": 150})
        with ThreadPoolExecutor(6) as pool:
            six = list(pool.map(lambda _: Client(client.xero).get("Accounts"), range(6)))
        refused = [answer for answer in six if answer.status_code == 429]
        assert [answer.headers["X-Rate-Limit-Problem"] for answer in refused] == ["concurrent"]
        assert "Retry-After" not in refused[0].headers
        client.xero.control("switches", {"latency_ms": 1})
        with ThreadPoolExecutor(5) as pool:
            many = list(pool.map(lambda _: client.get("Accounts").status_code, range(100)))
        assert set(many) == {200}


class TestFaults:
    """Faults on order."""

    @pytest.mark.parametrize(
        ("kind", "status", "content"),
        [
            ("500", 500, "xml"),
            ("501", 501, "html"),
            ("502", 502, "html"),
            ("503", 503, "plain"),
            ("offline", 503, "plain"),
            ("504", 504, "html"),
            ("404", 404, "html"),
            ("400", 400, "json"),
            ("html_200", 200, "html"),
        ],
    )
    def test_a_fault_plays_once(self, reader: Client, kind: str, status: int, content: str) -> None:
        """The next matching call gets the status and format that Xero gives it, the one after is served."""
        reader.xero.control("faults", {"kind": kind, "path": "Users", "times": 1})
        answer = reader.get("Users")
        assert answer.status_code == status
        assert content in answer.headers["Content-Type"]
        assert reader.get("Users").status_code == 200

    def test_bodies_break(self, client: Client) -> None:
        """Truncated JSON with its own length, lone surrogates, a body cut off by a reset or a close."""
        client.xero.control("faults", {"faults": [{"kind": "truncated_json"}, {"kind": "surrogates"}]})
        truncated = client.get("Accounts")
        with pytest.raises(requests.exceptions.JSONDecodeError):
            truncated.json()
        assert rb"\ud83d" in client.get("Accounts").content
        for kind in ("reset_mid_body", "close_mid_body", "reset"):
            client.xero.control("faults", {"kind": kind})
            with pytest.raises(requests.exceptions.RequestException):
                client.get("Accounts")
        assert client.get("Accounts").status_code == 200

    def test_a_lost_answer_was_processed(self, client: Client) -> None:
        """The connection drops although the token was rotated; the old one still works within its grace."""
        client.xero.control("faults", {"kind": "lost_answer", "path": "/connect/token"})
        with pytest.raises(requests.exceptions.ConnectionError):
            client.refresh(client.xero.line["refresh_token"])
        client.xero.control("switches", {"clock_offset_ms": 1})
        assert client.refresh(client.xero.line["refresh_token"]).status_code == 200

    def test_faults_wait_for_their_call(self, client: Client) -> None:
        """`after` lets calls pass, `query` and `path` choose, a raw fault says anything."""
        order = {"path": "Journals", "query": {"offset": "5"}, "after": 1, "status": 418, "headers": {"X-Tea": "1"}}
        client.xero.control("faults", order | {"body": {"short": "stout"}})
        assert client.get("Journals", offset=4).status_code == 200
        assert client.get("Journals", offset=5).status_code == 200
        answer = client.get("Journals", offset=5)
        assert (answer.status_code, answer.headers["X-Tea"], answer.json()) == (418, "1", {"short": "stout"})
        with pytest.raises(XeroServerError, match="unknown fault"):
            client.xero.control("faults", {"kind": "nonsense"})


class TestProcess:
    """The server as a process."""

    def test_the_log_counts_calls_and_keeps_no_token(self, client: Client) -> None:
        """Method, path, query, status of each call are there; tokens are not."""
        client.get("Journals", {"If-Modified-Since": "2025-01-01T00:00:00"}, offset=3)
        client.refresh(client.xero.line["refresh_token"])
        report = client.xero.control("log")
        journals, token = report["calls"]
        assert report["counts"] == {"Journals": 1, "/connect/token": 1}
        assert (journals["query"], journals["status"]) == ({"offset": "3"}, 200)
        assert journals["headers"]["if-modified-since"] == "2025-01-01T00:00:00"
        assert token["grant_type"] == "refresh_token"
        assert client.xero.line["refresh_token"] not in str(report)
        assert client.xero.line["access_token"] not in str(report)

    def test_the_server_ends_with_its_parent(self) -> None:
        """When stdin closes, the process ends."""
        with XeroServerProcess("empty") as xero:
            process = xero._process
            assert process is not None
            assert process.stdin is not None
            process.stdin.close()
            assert process.wait(10) == 0

    def test_the_date_header_can_be_wrong(self, client: Client) -> None:
        """The Date header follows its offset, for clients with a wrong clock."""
        client.xero.control("switches", {"date_header_offset_ms": -10 * 365 * 86_400_000})
        year = int(client.get("Accounts").headers["Date"].split()[3])
        assert abs(year - (dt.datetime.now(dt.timezone.utc).year - 10)) <= 1

    def test_bulk_costs_no_memory_and_counts_exactly(self) -> None:
        """A bulk company has exactly the journals asked for, with gaps, and reaches its last number."""
        options = {"journals": 1_000_050, "gaps": 0.2, "calls_per_minute": NEVER, "calls_per_day": NEVER}
        with XeroServerProcess("bulk", **options) as xero:
            client = Client(xero)
            tail = client.rows("Journals", offset=1_250_000)
            first = client.rows("Journals", offset=0)
        assert len(tail) == 50
        assert len({journal["JournalID"] for journal in first + tail}) == 150
        assert all(sum(line["NetAmount"] for line in j["JournalLines"]) == 0 for j in first + tail)


def _decimals(value: Any) -> Any:
    """Turn the floats of a control answer into Decimals of the same text."""
    if isinstance(value, float):
        return Decimal(str(value))
    if isinstance(value, list):
        return [_decimals(item) for item in value]
    if isinstance(value, dict):
        return {key: _decimals(item) for key, item in value.items()}
    return value
