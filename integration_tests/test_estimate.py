"""``estimate`` against the local Xero: compared with what a first sync really takes, filters and refusals included."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest

from integration_tests.connector import Connector
from integration_tests.protocol import Json
from integration_tests.report_months import MORE_REPORTS, SWITCHES
from local_xero.endpoints import DEFAULT_SCOPES
from local_xero.process import XeroServerProcess
from source_xero_gl.commands.estimate.command import main
from source_xero_gl.settings.settings import parse_settings
from source_xero_gl.streams import available_streams

Row = tuple[str, str, str, str]
Estimate = Callable[..., tuple[dict[str, Row], str]]
DAY_MS = 86_400_000
LEDGER = ("journals", "journal_lines", "invoices", "invoice_line_items")


@pytest.fixture
def estimate(
    xero: XeroServerProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Estimate:
    """Give a run of the command: records, calls, MB and basis of each line, and all that was printed."""
    for name, value in {**xero.environment(), "XERO_CALLS_PER_MINUTE": "6000"}.items():
        monkeypatch.setenv(name, value)

    def run(*streams: str, status: int = 0, **settings: Json | int) -> tuple[dict[str, Row], str]:
        path = tmp_path / "config.json"
        config = xero.access_token_config(**{"tenant": xero.tenant_id, **settings})
        path.write_text(json.dumps(config), encoding="utf-8")
        chosen = ["--streams", ",".join(streams)] if streams else []
        assert main(["--config", str(path), *chosen]) == status
        out, err = capsys.readouterr()
        lines = [line.split(None, 4) for line in out.splitlines()[1:] if "  " in line]
        return {cells[0]: (cells[1], cells[2], cells[3], cells[-1]) for cells in lines if len(cells) == 5}, out + err

    return run


def number(text: str) -> int:
    """Read a number with its separators."""
    return int(text.replace(",", ""))


def bulk(xero: XeroServerProcess, **options: float) -> None:
    """Fill the books with many journals and invoices."""
    xero.control("company", {"preset": "bulk", "options": options})


def test_rows_and_calls_are_those_of_the_first_sync(
    connector: Connector, xero: XeroServerProcess, estimate: Estimate
) -> None:
    """Records and calls are right within 10 %, flat tables cost nothing, and the estimate itself took 40 calls at most."""
    bulk(xero, journals=6_000, gaps=0.1, invoices=2_500)
    found, text = estimate(*LEDGER)
    asked = len(xero.log())
    assert asked <= 40
    assert f"This estimate took {asked} calls." in text
    xero.control("reset", {"what": ["log"]})
    output = connector.read(xero.config(tenant=xero.tenant_id), *LEDGER)
    for stream in LEDGER:
        assert number(found[stream][0]) == pytest.approx(len(output.records(stream)), rel=0.1)
    calls = sum(number(found[stream][1]) for stream in LEDGER)
    made = [call for call in xero.log() if call["path"].startswith("/api.xro/")]
    assert calls == pytest.approx(len(made), rel=0.1)
    assert (found["journal_lines"][1], found["invoice_line_items"][1]) == ("0", "0")
    megabytes = sum(call["bytes"] for call in made) / 1_000_000
    assert float(found["Total"][2]) == pytest.approx(megabytes, rel=0.15)


def test_rows_of_reports_are_those_of_the_first_sync(
    connector: Connector, xero: XeroServerProcess, estimate: Estimate
) -> None:
    """A last month in which little was booked does not count for all: records and calls of reports are right within 15 %."""
    xero.control("company", {"preset": "large"})
    reports = ("trial_balance_lines", "balance_sheet_lines", "profit_and_loss_lines")
    found, text = estimate(*reports)
    assert "This estimate took 4 calls." in text
    xero.control("reset", {"what": ["log"]})
    output = connector.read(xero.access_token_config(tenant=xero.tenant_id), *reports)
    for stream in reports:
        assert number(found[stream][0]) == pytest.approx(len(output.records(stream)), rel=0.15)
    assert number(found["Total"][1]) == pytest.approx(len(xero.log()), rel=0.05)


def test_rows_of_more_reports_are_those_of_the_first_sync(
    connector: Connector, xero: XeroServerProcess, estimate: Estimate
) -> None:
    """The same of reports that are off by default, one of which is made once for each of two tracking categories."""
    xero.control("company", {"preset": "large"})
    found, text = estimate(*MORE_REPORTS, reports=SWITCHES)
    assert "This estimate took 8 calls." in text
    assert " of 2 reports, by the latest figures" in found["profit_and_loss_tracking_lines"][3]
    xero.control("reset", {"what": ["log"]})
    output = connector.read(xero.access_token_config(tenant=xero.tenant_id, reports=SWITCHES), *MORE_REPORTS)
    for stream in MORE_REPORTS:
        assert number(found[stream][0]) == pytest.approx(len(output.records(stream)), rel=0.15)
    assert number(found["Total"][1]) == pytest.approx(len(xero.log()), rel=0.05)


def test_flat_tables_take_no_calls(xero: XeroServerProcess, estimate: Estimate) -> None:
    """Beside their nested streams they come from the same pages, also of lists that take one call and of budgets."""
    flat = ("credit_note_line_items", "credit_note_allocations", "repeating_invoice_line_items", "budget_lines")
    found, _ = estimate("credit_notes", "repeating_invoices", "budgets", *flat)
    assert {stream: found[stream][1] for stream in flat} == dict.fromkeys(flat, "0")
    assert found["repeating_invoice_line_items"][3] == "from the pages of repeating_invoices"
    lines = sum(len(note["LineItems"]) for note in xero.truth("CreditNotes"))
    assert number(found["credit_note_line_items"][0]) == pytest.approx(lines, rel=0.1)


def test_filters_narrow_the_estimate(xero: XeroServerProcess, estimate: Estimate) -> None:
    """A window of journals and the dates of invoices and reports leave the rest out."""
    bulk(xero, journals=5_000, gaps=0, invoices=300)
    found, _ = estimate(
        *("journals", "invoices", "trial_balance_lines"),
        journals={"starting_at_journal_id": 1_001, "ending_at_journal_id": 3_000},
        invoices={"modified_since": "2099-01-01"},
        reports={"starting_on": "2026-01-01"},
    )
    assert found["journals"][:2] == ("2,000", "21")
    assert found["invoices"][:2] == ("0", "1")
    assert found["trial_balance_lines"][3].split()[0].isdigit()


def test_every_stream_of_the_settings_is_in_the_estimate(xero: XeroServerProcess, estimate: Estimate) -> None:
    """Without a choice all streams are told about in 60 calls at most, those of one call each together."""
    found, text = estimate()
    assert {"journals", "cash_journals", "contacts", "payments", "budgets", "profit_and_loss_lines"} <= set(found)
    assert "accounts and 11 more" in text
    assert len(xero.log()) <= 60
    assert number(found["contacts"][0]) == len(xero.truth("Contacts"))
    assert number(found["manual_journals"][0]) == len(xero.truth("ManualJournals"))


def test_what_may_not_be_read_is_told_and_costs_nothing(xero: XeroServerProcess, estimate: Estimate) -> None:
    """A missing scope or journals that Xero refuses leave the other streams as they are."""
    xero.control("tokens", {"scopes": DEFAULT_SCOPES.replace("accounting.payments.read ", "")})
    xero.control("switches", {"journals_entitled": False})
    found, text = estimate("journals", "journal_lines", "payments", "invoices")
    assert found["journals"] == ("-", "0", "-", "may not be read: journals not allowed")
    assert found["payments"] == ("-", "0", "-", "may not be read: scope missing")
    assert number(found["invoices"][0]) == len(xero.truth("Invoices"))
    assert "Traceback" not in text


def test_without_journals_none_are_counted(xero: XeroServerProcess, estimate: Estimate) -> None:
    """With ``journals.include`` false no call is made for them, and what a ledger without them takes is told."""
    found, text = estimate(journals={"include": False})
    assert "journals" not in found
    assert xero.log("Journals") == []
    assert "a ledger rebuilt from documents" in text
    assert re.search(
        r"For these streams alone a first sync takes about \d+ calls, a later one \d+: one day is enough", text
    )


def test_a_list_that_xero_refuses_is_told_as_such(xero: XeroServerProcess, estimate: Estimate) -> None:
    """More than 100,000 documents are not counted by Xero; the calls are a lower bound."""
    xero.control("switches", {"high_volume_threshold": 10})
    found, _ = estimate("invoices")
    assert found["invoices"][0] == "-"
    assert "at least" in found["invoices"][3]


def test_the_days_follow_from_what_xero_reports(xero: XeroServerProcess, estimate: Estimate) -> None:
    """With few calls left today the sentence says on how many days the sync will run, by either limit."""
    bulk(xero, journals=200_000, gaps=0, invoices=0)
    xero.control("limits/consume", {"minute": 0, "day": 4_500})
    _, text = estimate("journals", daily_call_reserve=100)
    assert "of which the settings leave 100 unused" in text
    assert "it takes 2 days at 5,000 calls a day and 3 days at 1,000 calls a day" in text


def test_an_unknown_stream_is_a_sentence(estimate: Estimate) -> None:
    """A name that is no stream is refused before the estimate."""
    _, text = estimate("journal", status=1)
    assert text == "There is no stream 'journal', or the settings leave it out. See discover for the names.\n"


@pytest.mark.parametrize("locked", [None, "/Date(1774915200000+0000)/"])  # 2026-03-31
def test_calls_of_later_syncs_are_those_that_they_make(
    connector: Connector, xero: XeroServerProcess, estimate: Estimate, locked: str | None
) -> None:
    """A sync in which nothing has changed takes what was foretold; one that reads everything again, no more on top."""
    xero.control("records/edit", {"list": "Organisation", "index": 0, "changes": {"PeriodLockDate": locked}})
    bank = [{"BankTransactionID": str(UUID(int=n)), "UpdatedDateUTC": f"/Date({n}000000+0000)/"} for n in range(2_100)]
    xero.control("records/add", {"list": "BankTransactions", "records": bank})
    settings: Json = {
        "tenant": xero.tenant_id,
        "journals": {"include": False},
        "reports": SWITCHES,
        "reread_days": 7,
    }
    offered = available_streams(parse_settings(xero.access_token_config(**settings)))
    streams = [stream.name for stream in offered if stream.parent.name != "budgets"]  # whose calls are guessed
    _, text = estimate(*streams, **settings)
    output = connector.read(xero.config(**settings), *streams)

    def calls_after(days: int) -> list[str]:
        xero.control("switches", {"clock_offset_ms": days * DAY_MS})
        xero.line["refresh_token"] = xero.control("tokens", {"new": "web"})["refresh_token"]
        xero.control("reset", {"what": ["log"]})
        later = connector.read(xero.config(**settings), *streams, state=output.last_state())
        assert later.status == 0
        return [call["path"] for call in xero.log() if call["path"].startswith("/api.xro/")]

    calls = calls_after(0)
    assert f"A later sync takes about {len(calls)} calls when little has changed." in text
    # With the days a new month may have begun, which is a call for each report.
    lists, again = ([path for path in found if "Reports" not in path] for found in (calls, calls_after(8)))
    told = re.search(r"Every 7 days a sync takes up to (\d+) calls more", text)
    assert told
    # The end is known already: quotes need no three calls to find it, nor two pages of bank transactions a fourth one.
    assert int(told[1]) == len(again) - len(lists) + 3 + 1
