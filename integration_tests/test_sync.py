"""``source-xero-gl sync``: organisations become one ledger that agrees with Xero, or it says why not; a stop loses nothing."""

from __future__ import annotations

import importlib
import importlib.util
import json
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from integration_tests.restored import MANY, restore
from integration_tests.synced import LONGEST_SECONDS, Books, numbers, offsets, until
from local_xero.process import XeroServerProcess
from source_xero_gl.commands.sync.databases import DuckDbFile
from source_xero_gl.commands.sync.workplace import workplace

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("airbyte") is None, reason="PyAirbyte is not installed: it supports Python 3.10 to 3.12"
)
REPORT = "report.json"
another_sync = pytest.mark.slow  # ten to sixty seconds each: PyAirbyte starts, and the connector three times


class Synced(NamedTuple):
    """Two organisations that were synced, and what the command said."""

    done: subprocess.CompletedProcess[str]
    books: Books


@pytest.fixture(scope="module")
def synced(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Synced]:
    """Sync two organisations once for the module."""
    with XeroServerProcess("small", tenants=2, calls_per_minute=MANY) as xero:
        books = Books(tmp_path_factory.mktemp("sync"), xero)
        yield Synced(books.sync("--report", str(books.folder / REPORT)), books)


@pytest.fixture
def books(tmp_path: Path, xero_process: XeroServerProcess) -> Books:
    """Give one organisation that was never synced."""
    restore(xero_process)
    return Books(tmp_path / "books", xero_process)


def test_organisations_become_one_ledger_that_agrees(synced: Synced) -> None:
    """Two organisations are in one ledger; the command says of each that it agrees, and nothing is left to do."""
    done, books = synced
    assert done.returncode == 0, done.stdout + done.stderr
    tenants = {tenant["tenantId"] for tenant in books.xero.line["tenants"]}
    assert len(tenants) == 2
    assert (
        len(re.findall(r": agrees\. From its journals: \d+ month ends to .* balances equal to the cent\.", done.stdout))
        == 2
    )
    assert set(books.ask("select distinct tenantid from xero_gl.general_ledger")) == {(tenant,) for tenant in tenants}
    assert books.ask("select count(*) from xero_gl.trial_balance_proof where difference <> 0") == [(0,)]


def test_the_page_is_beside_the_database(synced: Synced) -> None:
    """``ledger.html`` shows both organisations and what the sync cost; it and the database are for their owner alone."""
    done, books = synced
    page = books.database.with_name("ledger.html")
    text = page.read_text(encoding="utf-8")
    assert "To look at it, open ledger.html in a browser." in done.stdout
    assert {path.stat().st_mode & 0o777 for path in (page, books.database)} == {0o600}
    assert all(tenant["tenantName"] in text for tenant in books.xero.line["tenants"])
    calls = sum(int(number) for number in re.findall(r"records, ([\d,]+) calls to Xero, ", done.stdout))
    assert f"The last sync made {calls} calls to Xero" in text


def test_a_program_reads_what_has_come_of_a_sync(synced: Synced) -> None:
    """The report has what the tables have, the calls that Xero has seen, and that the ledger agrees; no secret."""
    text = (synced.books.folder / REPORT).read_text(encoding="utf-8")
    report = json.loads(text)
    assert (report["status"], report["problems"], report["proof"]["holds"]) == (0, [], True)
    for tenant, found in zip(synced.books.xero.line["tenants"], report["organisations"], strict=True):
        assert (found["tenant_id"], found["name"]) == (tenant["tenantId"], tenant["tenantName"])
        assert found["complete"]
        for stream, rows in found["rows"].items():
            sql = f"select count(*) from {stream} where tenantid = '{tenant['tenantId']}'"  # noqa: S608 - our own names
            assert synced.books.ask(sql) == [(rows,)]
        assert found["calls"] > 0
    secrets = json.loads(synced.books.configs[0].read_text(encoding="utf-8"))["credentials"]
    assert not [name for name in ("client_secret", "refresh_token", "access_token") if secrets[name] in text]


def test_a_sync_leaves_nothing_in_the_temporary_folder(synced: Synced) -> None:
    """When a sync has ended, the temporary folder is empty and nothing waits to be stored."""
    assert list(synced.books.temporary.iterdir()) == []
    assert synced.books.received() == ""


def test_a_second_sync_at_the_same_time_says_so(synced: Synced) -> None:
    """While a sync writes into a database, another one ends at once with status 1 and a sentence."""
    with workplace(DuckDbFile(synced.books.database)):
        done = synced.books.sync()
    assert done.returncode == 1
    assert "Another sync is writing into" in done.stderr


def copied(synced: Synced, folder: Path) -> Books:
    """Copy what was synced, so that a test may change it; the configs are those of now."""
    books = Books(folder / "copied", synced.books.xero)
    shutil.copy(synced.books.database, books.database)
    for old, new in zip(synced.books.configs, books.configs, strict=True):
        shutil.copy(old, new)
    return books


def test_a_ledger_that_differs_is_named(synced: Synced, tmp_path: Path) -> None:
    """A missing journal gives status 1, and organisation, account and month; the other one agrees. A browser gets the page."""
    books = copied(synced, tmp_path)
    second = books.xero.line["tenants"][1]
    sql = "select journalid, accountname, last_day(journaldate) from journal_lines where tenantid = '{}' and accountname = 'Rent'"
    journal, account, day = books.ask(f"{sql.format(second['tenantId'])} order by journalnumber desc limit 1")[0]
    books.ask(f"delete from journal_lines where journalid = '{journal}' and tenantid = '{second['tenantId']}'")  # noqa: S608 - no input: the IDs are the local Xero's
    browser, given = tmp_path / "browser", tmp_path / "given"
    browser.write_text(f'#!/bin/sh\nprintf %s "$1" > "{given}.part"; mv "{given}.part" "{given}"\n', encoding="utf-8")
    browser.chmod(0o700)
    done = books.sync("--streams", "organisations", "--open", BROWSER=str(browser))
    assert done.returncode == 1, done.stdout + done.stderr
    assert f"{second['tenantName']}: DOES NOT AGREE" in done.stdout
    assert len(re.findall(": agrees", done.stdout)) == 1
    month = f"{day.day} {day:%B %Y}"
    assert re.search(rf"{second['tenantName']} +\d* ?{account} +{month} +-?[\d,.]+$", done.stdout, re.MULTILINE), (
        done.stdout
    )
    assert "What to do" in done.stdout
    page = books.database.with_name("ledger.html")
    assert "Does not agree with Xero" in page.read_text(encoding="utf-8")
    while not given.exists():
        time.sleep(0.02)
    assert given.read_text(encoding="utf-8") == page.as_uri()


def test_a_page_that_cannot_be_written_hides_nothing(synced: Synced, tmp_path: Path) -> None:
    """Where the page has no place, the proof is said all the same; then why there is no page, and status 1."""
    books = copied(synced, tmp_path)
    books.database.with_name("ledger.html").mkdir()
    done = books.sync("--streams", "organisations")
    assert done.returncode == 1, done.stdout + done.stderr
    assert len(re.findall(": agrees", done.stdout)) == 2
    assert "The page ledger.html could not be written: Is a directory." in done.stdout.partition("What to do")[2]


@another_sync
@pytest.mark.parametrize("stop", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_stopped_sync_goes_on_where_it_was(books: Books, stop: signal.Signals) -> None:
    """Whatever ends a sync, the next one reads no page of journals again but the last one, and has every journal."""
    books.xero.control("switches", {"latency_ms": 300})
    streams = ("--streams", "journals,trial_balance_lines", "--no-ledger")
    with books.started(*streams) as process:
        until(process, lambda: '"stream_descriptor":{"name":"journals"' in books.received())
        process.send_signal(stop)
        said = process.communicate(timeout=LONGEST_SECONDS)[0]
    books.ask("create table journals_01kb2c3d4 as select 1 as half_loaded")
    books.ask("create table accounts_reporting as select 1 as ours")
    first = offsets(books.xero)
    books.xero.control("switches", {"latency_ms": 0})
    done = books.sync(*streams)
    assert process.returncode == (-stop if stop == signal.SIGKILL else 128 + stop)
    assert ("run the same command again" in said) == (stop != signal.SIGKILL)
    assert ("Stored first what an earlier sync had received" in done.stdout) == (stop == signal.SIGKILL)
    assert done.returncode == 0, done.stdout + done.stderr
    assert numbers(done.stdout, "journals")[1] == len(books.xero.truth("Journals"))
    again = set(offsets(books.xero)[len(first) :]) & set(first)
    assert again <= {max(first)}
    assert list(books.temporary.iterdir()) == []
    left = {
        name
        for (name,) in books.ask(
            "select table_name from duckdb_tables() where table_name similar to '.*_(01.*|reporting)'"
        )
    }
    assert left == {"accounts_reporting", *(() if stop == signal.SIGKILL else ("journals_01kb2c3d4",))}


@another_sync
def test_a_new_database_gets_every_journal(books: Books) -> None:
    """Where a sync was killed and the database deleted, what waits goes on from records that are gone: all is read again."""
    streams = ("--streams", "journals", "--no-ledger")
    books.sync(*streams)
    books.xero.control("journals/add", {"count": 250})
    books.xero.control("switches", {"latency_ms": 300})
    with books.started(*streams) as process:
        until(process, lambda: '"stream_descriptor":{"name":"journals"' in books.received())
        process.kill()
    books.xero.control("switches", {"latency_ms": 0})
    books.database.unlink()
    done = books.sync(*streams)
    assert done.returncode == 0, done.stdout + done.stderr
    assert numbers(done.stdout, "journals")[1] == len(books.xero.truth("Journals"))
    assert "Left out what an earlier sync had received of journals" in done.stdout


@another_sync
def test_a_stream_is_read_again_from_its_beginning(books: Books) -> None:
    """``--fresh`` reads every journal again, and the table has each of them once; without it nothing is read again."""
    streams = ("--streams", "journals", "--no-ledger")
    every = len(books.xero.truth("Journals"))
    read = [numbers(books.sync(*streams, *more).stdout, "journals") for more in ((), (), ("--fresh", "journals"))]
    assert read == [[every, every], [0, every], [every, every]]


@another_sync
def test_a_table_of_an_older_version_gets_its_new_columns(books: Books) -> None:
    """A column that a stream has got since the table was made is added, with its type, and filled by what comes from then on."""
    streams = ("--streams", "accounts", "--no-ledger")
    table = "select column_name, data_type from information_schema.columns where table_name = 'accounts' order by all"
    codes = "select accountid, code, showinexpenseclaims from accounts order by all"
    assert books.sync(*streams).returncode == 0
    before = books.ask(table), books.ask(codes)
    for name in ("code", "showinexpenseclaims"):
        books.ask(f"alter table accounts drop column {name}")
    assert books.sync(*streams, "--fresh", "accounts").returncode == 0
    assert (books.ask(table), books.ask(codes)) == before


@another_sync
def test_sync_goes_on_with_rotated_tokens(books: Books) -> None:
    """A sync writes the rotated token into the config file, keeps its mode and the rest, and the next one goes on from it."""
    (config,) = books.configs
    before = json.loads(config.read_text(encoding="utf-8"))
    first = books.sync("--streams", "journals", "--no-ledger")
    after = json.loads(config.read_text(encoding="utf-8"))
    books.xero.control("switches", {"refresh_grace_seconds": 0})
    books.xero.control("tokens", {"expire_access": True})
    second = books.sync("--streams", "journals", "--no-ledger")
    assert (first.returncode, second.returncode) == (0, 0), first.stdout + second.stdout
    assert config.stat().st_mode & 0o777 == 0o640
    assert after["tenant"] == before["tenant"]
    assert after["credentials"]["refresh_token"] != before["credentials"]["refresh_token"]
    assert numbers(second.stdout, "journals") == [0, numbers(first.stdout, "journals")[1]]


@another_sync
def test_sync_goes_on_after_the_daily_limit(books: Books) -> None:
    """Where the day's calls run out, the stream is named, what arrived is stored, and the next sync reads the rest alone."""
    stop = {"endpoint": "Journals", "after": 3, "do": "limits", "with": {"per_day": 1}}  # the first is the check's
    books.xero.control("script", {"steps": [stop]})
    first = books.sync("--streams", "journals", "--no-ledger")
    books.xero.control("limits", {"per_day": 5000})
    second = books.sync("--streams", "journals", "--no-ledger")
    assert first.returncode == 1, first.stdout
    assert "not read to the end: journals. What has arrived is stored" in first.stdout
    assert second.returncode == 0, second.stdout
    received, rows = numbers(second.stdout, "journals")
    assert rows == len(books.xero.truth("Journals"))
    assert 0 < received < rows


@another_sync
def test_a_wait_is_told_while_it_lasts(books: Books) -> None:
    """In a file, a line every ten seconds says how long Xero's minute still lasts, and the calls so far and left today."""
    wait = {"kind": "rate_limit", "problem": "minute", "retry_after": 30, "path": "Journals", "after": 2}
    books.xero.control("faults", wait)
    done = books.sync("--streams", "journals", "--no-ledger")
    assert done.returncode == 0, done.stdout + done.stderr
    lines = re.findall(r"^ +\d+ s  (.*)$", done.stdout, re.MULTILINE)
    told = re.compile(r".*\d+ calls to Xero, 4,9\d\d left today; waiting for Xero's minute, (\d+) s")
    seconds = [int(found[1]) for found in map(told.fullmatch, lines) if found]
    assert seconds, lines
    assert seconds == sorted(seconds, reverse=True)
    assert max(seconds) <= 30


@another_sync
def test_sync_says_why_a_config_cannot_be_used(books: Books) -> None:
    """A sign-in that has ended gives status 1, the config and the sentence, and no token stands in the output."""
    books.xero.control("tokens", {"revoke": True})
    done = books.sync()
    assert done.returncode == 1
    assert re.search(r"0\.json: .*Connect to Xero again", done.stdout), done.stdout
    secrets = json.loads(books.configs[0].read_text(encoding="utf-8"))["credentials"]
    assert not any(secrets[name] in done.stdout + done.stderr for name in ("client_secret", "refresh_token"))


@another_sync
def test_sync_without_the_scope_for_reports(books: Books) -> None:
    """Where Xero's trial balance may not be read, all else is kept, the scope is named, and the ledger is not compared."""
    books.xero.control("faults", {"kind": "unauthorized", "path": "Reports/TrialBalance", "times": None})
    done = books.sync()
    assert done.returncode == 1, done.stdout
    assert books.ask("select count(*) from journals") == [(len(books.xero.truth("Journals")),)]
    assert "not read to the end: trial_balance_lines" in done.stdout
    assert "accounting.reports.trialbalance.read" in done.stdout
    assert "NOT COMPARED" in done.stdout


@another_sync
def test_a_ledger_that_lacks_streams_names_them(books: Books) -> None:
    """Streams can be chosen; where no ledger can be made of them, the command names those that it needs."""
    done = books.sync("--streams", "accounts,journal_lines")
    assert done.returncode == 1, done.stdout
    assert "2 of 44 streams: journal_lines, accounts" in done.stdout
    assert "Select in the sync: organisations" in done.stdout
    assert "--no-ledger" in done.stdout


@another_sync
def test_an_organisation_without_journals_gets_a_ledger(books: Books) -> None:
    """Where the settings leave journals out, the ledger is rebuilt from documents, and compared all the same."""
    (config,) = books.configs
    settings = json.loads(config.read_text(encoding="utf-8"))
    config.write_text(json.dumps({**settings, "journals": {"include": False}}), encoding="utf-8")
    done = books.sync()
    assert re.search(r"Rebuilt from its documents: \d+ month ends", done.stdout), done.stdout + done.stderr
    assert books.ask("select count(*) from xero_gl.general_ledger where origin = 'JOURNAL'") == [(0,)]


@another_sync
def test_a_folder_of_configs_with_one_sign_in(books: Books, tmp_path: Path) -> None:
    """A folder stands for its configs; both organisations are read with one sign-in, of which Xero takes each token once."""
    xero = books.xero
    tenants = xero.control("tenants", {"tenants": [{}, {}]})["tenants"]
    # A token that ends so soon is renewed by each step of a sync.
    xero.control("switches", {"refresh_grace_seconds": 0, "access_token_seconds": 40})
    folder, shared = tmp_path / "folder", tmp_path / "folder" / "sign-in.tokens.json"
    folder.mkdir()
    config = xero.config()
    shared.write_text(json.dumps({"refresh_token": config["credentials"].pop("refresh_token")}), encoding="utf-8")
    config["credentials"]["token_file"] = shared.name
    for number, tenant in enumerate(tenants):
        path = folder / f"{number}.json"
        path.write_text(json.dumps({**config, "tenant": tenant["tenantId"]}), encoding="utf-8")
    before = [path.read_bytes() for path in sorted(folder.glob("?.json"))]
    books.configs, books.database = [folder], folder / "xero.duckdb"
    done = books.sync("--streams", "accounts", "--no-ledger")
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(books.ask("select distinct tenantid from accounts")) == len(tenants)
    renewals = xero.log("/connect/token")
    assert len(renewals) > len(tenants)
    assert {call["status"] for call in renewals} == {200}
    assert [path.read_bytes() for path in sorted(folder.glob("?.json"))] == before


@another_sync
def test_what_came_twice_is_one_row(books: Books) -> None:
    """An object that is edited while a sync reads it comes twice: the table has one row, of the last version."""
    (tenant,) = (tenant["tenantId"] for tenant in books.xero.line["tenants"])
    received = books.folder / "xero.sync" / f"received-{tenant}.jsonl"
    received.parent.mkdir(mode=0o700)
    invoice = {"TenantID": tenant, "InvoiceID": "edited", "UpdatedDateUTC": "2026-01-31T10:20:30.123Z"}
    records = (
        {"stream": "invoices", "data": {**invoice, "Status": status}, "emitted_at": 1} for status in ("DRAFT", "PAID")
    )
    received.write_text("".join(f'{{"type":"RECORD","record":{_compact(record)}}}\n' for record in records))
    done = books.sync("--streams", "invoices", "--no-ledger")
    assert done.returncode == 0, done.stdout
    assert "Stored first what an earlier sync had received when it was killed: 2 records." in done.stdout
    assert books.ask("select status from invoices where invoiceid = 'edited'") == [("PAID",)]


def _compact(record: object) -> str:
    return json.dumps(record, separators=(",", ":"))
