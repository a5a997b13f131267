"""The probes of a live organisation: each holds against the local Xero, each can fail, and all of them only read."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from integration_tests.protocol import Json
from local_xero.endpoints import DEFAULT_SCOPES
from local_xero.process import XeroServerProcess
from source_xero_gl.commands.organisation import organisation
from tools.verify_live.__main__ import PROBES, main
from tools.verify_live.live_xero import LEDGER_CALLS, MOST_CALLS, PATHS, ForbiddenCallError, LiveXero

Verify = Callable[..., tuple[int, dict[str, str], str]]
WITHOUT_RECEIPTS = DEFAULT_SCOPES.replace(" accounting.classicexpenses.read", "")

JOURNAL: Json = {
    "JournalID": "a",
    "JournalNumber": 5,
    "CreatedDateUTC": "/Date(1790000000000+0000)/",
    "JournalLines": [],
}
SORTED = {"pageSize": "100"}


def journal(number: int, **fields: Any) -> Json:
    """Return a journal without lines."""
    return {**JOURNAL, "JournalID": f"id-{number}", "JournalNumber": number, **fields}


def invoice(second: int) -> Json:
    """Return as much of an invoice as the probes read."""
    return {"InvoiceID": str(second), "UpdatedDateUTC": f"/Date({second * 1000}+0000)/"}


def raw(path: str, body: Any = None, query: Json | None = None, **order: Any) -> tuple[str, Json]:
    """Return the control call that orders another answer."""
    return "faults", {"kind": "raw", "path": path, "body": body, "query": query or {}, **order}


PAGINATION = {"page": 1, "pageSize": 1, "pageCount": 1, "itemCount": 1}
UNBALANCED = [{"NetAmount": 1.5}, {"NetAmount": -1.0}]
NO_AUTHORITY = {"kind": "forbidden", "path": "Receipts", "detail": "AuthenticationUnsuccessful"}

FAILURES: dict[str, list[tuple[str, Json]]] = {
    "An offset of Journals is a number, not a count of journals": [
        raw("Journals", {"Journals": [journal(number) for number in (7, 8, 9)]}, {"offset": "0"}),
        raw("Journals", {"Journals": [journal(1)]}, {"offset": "7"}),
    ],
    "Journal numbers rise within a page, with or without gaps": [
        raw("Journals", {"Journals": [journal(2), journal(1)]}, {"offset": "0"})
    ],
    "No journal follows an empty page": [raw("Journals", {"Journals": [journal(10_001)]}, {"offset": "10000"})],
    "Journals may follow a short page": [
        raw("Journals", {"Journals": [journal(5)]}, {"offset": "0"}),
        raw("Journals", {"Journals": [journal(3)]}, {"offset": "5"}),
    ],
    "CreatedDateUTC rises with JournalNumber": [
        raw("Journals", {"Journals": [journal(1), journal(2, CreatedDateUTC="/Date(0)/")]}, {"offset": "0"})
    ],
    "Journals honours If-Modified-Since": [("switches", {"journals_ignore_header": True})],
    "If-Modified-Since of Journals includes its own second": [("switches", {"journals_header_drops": 1.0})],
    "If-Modified-Since of Journals misses no journal": [("switches", {"journals_header_drops": 0.3})],
    "Every journal balances": [raw("Journals", {"Journals": [journal(1, JournalLines=UNBALANCED)]}, {"offset": "0"})],
    "Journals on a cash basis have JournalIDs of their own": [
        raw("Journals", {"Journals": [JOURNAL]}, {"offset": "0"}, times=2)
    ],
    "Paged lists carry pagination, and pageSize is honoured": [raw("Invoices", {"Invoices": []}, SORTED)],
    "Invoices come in the order of UpdatedDateUTC": [raw("Invoices", {"Invoices": [invoice(2), invoice(1)]}, SORTED)],
    "Invoices honours If-Modified-Since": [("switches", {"invoices_ignore_header": True})],
    "If-Modified-Since of Invoices includes its own second": [("switches", {"invoices_since_exclusive": True})],
    "Nothing changed is an empty list, not a 304": [
        ("faults", {"kind": "304", "path": "Invoices", "query": {"pageSize": "1"}})
    ],
    "Every invoice has a status that the connector asks for": [
        ("invoices/edit", {"index": 0, "changes": {"Status": "PARKED"}})
    ],
    "An unfiltered list holds DELETED invoices": [("switches", {"hide_deleted": True})],
    "A page beyond the end is empty": [("switches", {"clamp_page": True})],
    "ManualJournals with an order ignore the pages": [
        raw("ManualJournals", {"ManualJournals": [{}]}, {"order": "UpdatedDateUTC ASC"})
    ],
    "Quotes ignore pageSize": [raw("Quotes", {"Quotes": [{}]}, times=2)],
    "An unfiltered list holds DELETED bank transactions": [
        raw("BankTransactions", {"BankTransactions": [], "pagination": PAGINATION}, after=2)
    ],
    "includeDeleted brings DELETED bank transfers": [
        raw("BankTransfers", {"BankTransfers": []}, {"includeDeleted": "true"})
    ],
    "The OrganisationID is the tenant ID": [
        raw("Organisation", {"Organisations": [{"OrganisationID": "another"}]}, times=2)
    ],
    "A missing scope is answered 401 AuthorizationUnsuccessful": [("faults", NO_AUTHORITY)],
    "TrialBalance has the columns that the connector reads": [raw("Reports", {"Reports": [{"Rows": []}]})],
    "One budget comes as a list of one": [raw("Budgets/", {"Budgets": {"BudgetID": "b"}})],
    "Every answer says how many calls are left in the minute": [raw("Quotes", headers={"X-MinLimit-Remaining": ""})],
    "Every answer says how many calls are left in the day": [raw("Quotes", headers={"X-DayLimit-Remaining": ""})],
    "Two sign-ins of one user with one app live side by side": [("switches", {"one_sign_in_per_user": True})],
    "Answers are compressed": [("switches", {"gzip": False})],
}
"""What makes the local Xero do otherwise, for each claim."""


def signed_in(xero: XeroServerProcess, app: str = "web") -> Json:
    """Let the user sign in once more; return a config with that sign-in."""
    tokens = xero.control("tokens", {"new": app})
    config = xero.config(tenant=xero.tenant_id) if app == "web" else xero.pkce_config(tenant=xero.tenant_id)
    config["credentials"]["refresh_token"] = tokens["refresh_token"]
    return config


@pytest.fixture
def verify(
    xero: XeroServerProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Verify:
    """Give a run of the probes: exit status, outcome of each claim, and all that was printed."""
    for name, value in {**xero.environment(), "XERO_CALLS_PER_MINUTE": "6000"}.items():
        monkeypatch.setenv(name, value)
    xero.control("switches", {"gzip": True})
    xero.control("tokens", {"scopes": WITHOUT_RECEIPTS})

    def run(config: Json | None = None, second: Json | None = None) -> tuple[int, dict[str, str], str]:
        path, other = tmp_path / "config.json", tmp_path / "second.json"
        path.write_text(json.dumps(config or xero.access_token_config(tenant=xero.tenant_id)), encoding="utf-8")
        other.write_text(json.dumps(second), encoding="utf-8")
        status = main(["--config", str(path), *(["--second", str(other)] if second else [])])
        out, err = capsys.readouterr()
        outcomes = {line[12:]: line[:10].strip() for line in out.splitlines() if line[:1].strip()}
        return status, outcomes, out + err

    return run


def test_a_short_page_counts_as_seen_and_all_else_holds(xero: XeroServerProcess, verify: Verify) -> None:
    """Against an organisation that does what Xero documents, every claim is tested and holds, and the exit status is 0."""
    numbers = sorted(row["JournalNumber"] for row in xero.truth("Journals"))
    page = [row for row in xero.truth("Journals") if row["JournalNumber"] <= numbers[49]]
    page.sort(key=lambda row: int(row["JournalNumber"]))
    xero.control(*raw("Journals", {"Journals": page}, {"offset": "0"}))
    status, outcomes, text = verify(signed_in(xero), signed_in(xero))
    assert {probe.claim: outcomes[probe.claim] for probe in PROBES} == {probe.claim: "held" for probe in PROBES}, text
    assert status == 0


@pytest.mark.parametrize("claim", FAILURES)
def test_each_claim_can_fail(xero: XeroServerProcess, verify: Verify, claim: str) -> None:
    """Where Xero does otherwise, the probe says so; the exit status is 1 where the connector relies on a claim that failed."""
    for call, payload in FAILURES[claim]:
        xero.control(call, payload)
    status, outcomes, text = verify(signed_in(xero), signed_in(xero))
    broken = any(probe.relied and outcomes[probe.claim] == "failed" for probe in PROBES)
    assert (outcomes[claim], status) == ("failed", int(broken)), text


@pytest.mark.parametrize(
    ("claim", "status", "said"),
    [
        ("Quotes ignore pageSize", 0, "The connector relies on none of what failed."),
        ("One budget comes as a list of one", 0, "The connector relies on none of what failed."),
        ("Every answer says how many calls are left in the day", 1, "The connector relies on 1 of what failed."),
    ],
)
def test_status_is_about_what_the_connector_relies_on(
    xero: XeroServerProcess, verify: Verify, claim: str, status: int, said: str
) -> None:
    """A claim that fails alone makes the exit status 1 only where the connector does not cope; either is said."""
    for call, payload in FAILURES[claim]:
        xero.control(call, payload)
    found, outcomes, text = verify()
    assert (outcomes[claim], found) == ("failed", status)
    assert said in text
    assert ("; the connector works either way." if status == 0 else "; the connector relies on it.") in text


def test_every_claim_has_a_failure_to_test() -> None:
    """No probe stands here that was never seen to fail."""
    assert {probe.claim for probe in PROBES} == set(FAILURES)


def test_only_reads_are_made_and_few(xero: XeroServerProcess, verify: Verify) -> None:
    """Every call but the renewal of the token is a GET of a known path; there are no more than were announced."""
    _, _, text = verify(xero.config(tenant=xero.tenant_id))
    (token, connections, choice), calls = xero.log()[:3], xero.log()[3:]
    assert (token["method"], token["path"], connections["path"]) == ("POST", "/connect/token", "/connections")
    assert choice["path"] == "/api.xro/2.0/Organisation"
    assert {call["method"] for call in calls} == {"GET"}
    paths = {call["path"].removeprefix("/api.xro/2.0/") for call in calls}
    assert all(path in PATHS or path.startswith("Budgets/") for path in paths)
    assert MOST_CALLS <= 40
    assert len(calls) <= MOST_CALLS + LEDGER_CALLS
    assert f"at most {MOST_CALLS} calls" in text
    assert f"at most {LEDGER_CALLS} more" in text


def test_nothing_of_the_ledger_is_printed(xero: XeroServerProcess, verify: Verify) -> None:
    """No name, number, ID or token of the organisation stands in the output."""
    _, _, text = verify()
    contacts, invoices, journals = (xero.truth(name) for name in ("Contacts", "Invoices", "Journals"))
    secret = [xero.tenant_id, xero.line["tenants"][0]["tenantName"], xero.line["access_token"]]
    secret += [row["Name"] for row in contacts] + [row["InvoiceNumber"] for row in invoices if row.get("InvoiceNumber")]
    secret += [row["JournalID"] for row in journals] + [row["InvoiceID"] for row in invoices]
    assert not [value for value in secret if len(value) > 3 and value in text]


def test_what_may_not_be_read_is_not_tested(xero: XeroServerProcess, verify: Verify) -> None:
    """Where the sign-in lacks scopes, their claims are neither held nor failed, and the exit status stays 0."""
    xero.control("tokens", {"scopes": "accounting.invoices.read accounting.settings.read"})
    status, outcomes, text = verify()
    assert (outcomes["Every journal balances"], status) == ("not tested", 0)
    assert "Xero answered 401 (authorizationunsuccessful)" in text


def test_an_empty_organisation_and_a_custom_connection(xero: XeroServerProcess, verify: Verify) -> None:
    """Without documents, or without a tenant header, claims that need them are not tested; nothing fails."""
    xero.control("company", {"preset": "empty"})
    status, outcomes, text = verify(xero.custom_connection_config())
    assert outcomes["The OrganisationID is the tenant ID"] == "not tested"
    assert (status, "failed" in outcomes.values()) == (0, False), text


SIGN_INS = "Two sign-ins of one user with one app live side by side"


@pytest.mark.parametrize(
    ("second", "reason"),
    [
        (lambda xero, _: signed_in(xero, "pkce"), "the two configs are not of one user and one app"),
        (lambda _, first: first, "the two configs come from one sign-in: connect twice"),
        (lambda xero, _: xero.access_token_config(tenant=xero.tenant_id), "both configs must have a user's sign-in"),
        (lambda *_: {"credentials": {}}, "the second config cannot be used; the command check says why"),
        (lambda *_: None, "no second sign-in was given; --second names its config"),
    ],
)
def test_what_is_no_second_sign_in_is_not_tested(
    xero: XeroServerProcess, verify: Verify, second: Callable[[XeroServerProcess, Json], Json | None], reason: str
) -> None:
    """Another app, a copy of the first config, no sign-in of a user: the claim is left open, with the reason."""
    first = signed_in(xero)
    _, outcomes, text = verify(first, second(xero, first))
    assert outcomes[SIGN_INS] == "not tested"
    assert reason in text


def test_a_second_sign_in_is_kept_where_it_came_from(xero: XeroServerProcess, verify: Verify, tmp_path: Path) -> None:
    """The probe renews both sign-ins and leaves each config with a refresh token that is alive, and prints none."""
    xero.control("switches", {"refresh_grace_seconds": 0})
    first, second = signed_in(xero), signed_in(xero)
    _, outcomes, _ = verify(first, second)
    configs = [json.loads((tmp_path / name).read_text(encoding="utf-8")) for name in ("config.json", "second.json")]
    assert outcomes[SIGN_INS] == "held"
    assert verify(*configs)[1][SIGN_INS] == "held"


def test_a_limit_ends_the_asking(xero: XeroServerProcess, verify: Verify) -> None:
    """After a 429 no further call is made."""
    xero.control("faults", {"kind": "rate_limit", "path": "Journals", "problem": "minute", "retry_after": 30})
    status, _, text = verify()
    assert status == 0
    assert "not asked, because Xero limits the rate of calls" in text
    assert [call["path"].rpartition("/")[2] for call in xero.log()] == ["connections", "Organisation", "Journals"]


def test_a_sign_in_that_fails_is_one_sentence(xero: XeroServerProcess, verify: Verify) -> None:
    """Without access no probe runs; the connector's sentence says why."""
    xero.control("tenants", {"tenants": []})
    status, outcomes, text = verify()
    assert status == 1
    assert "The credentials reach no organisation." in text
    assert "held" not in outcomes.values()


def test_unknown_paths_and_too_many_calls_are_refused(xero: XeroServerProcess, verify: Verify, tmp_path: Path) -> None:
    """What asks for the probes sends no other path, and ends at the number of calls that was announced."""
    del verify  # for its environment
    path, stop = tmp_path / "own.json", threading.Event()
    path.write_text(json.dumps(xero.access_token_config(tenant=xero.tenant_id)), encoding="utf-8")
    with organisation(path, stop) as opened:
        live = LiveXero(opened, stop)
        for forbidden in ("Contacts", "Budgets/../Invoices", "Journals/1"):
            with pytest.raises(ForbiddenCallError):
                live.get(forbidden)
        live.calls = MOST_CALLS
        with pytest.raises(ForbiddenCallError):
            live.get("Journals")
    assert xero.log() == []
