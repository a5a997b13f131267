"""PyAirbyte with the connector, into DuckDB and into a PostgreSQL of the test's own: edits, deletions and rotated tokens."""

from __future__ import annotations

import importlib
import importlib.util
import json
import os
import re
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from integration_tests.connector import COMMAND, bare_environment
from integration_tests.expected import truth
from integration_tests.landed import ROOT
from integration_tests.postgres import postgres_connection, postgres_programs, postgres_server
from integration_tests.protocol import Json
from local_xero.process import XeroServerProcess

PROGRAMS = postgres_programs()
pytestmark = [
    pytest.mark.skipif(
        importlib.util.find_spec("airbyte") is None,
        reason="PyAirbyte is not installed: it supports Python 3.10 to 3.12",
    ),
    pytest.mark.skipif(len(COMMAND) > 1, reason="the console script is not installed beside this Python"),
]
needs_postgres = pytest.mark.skipif(
    PROGRAMS is None or importlib.util.find_spec("psycopg") is None, reason="PostgreSQL is not installed"
)
STREAMS = "journals,journal_lines,invoices,accounts,contacts"


@dataclass(frozen=True)
class Warehouse:
    """A place for PyAirbyte to load into.

    Attributes:
        folder: holds the config and, for DuckDB, the file.
        host: PostgreSQL's folder; None for DuckDB.
    """

    folder: Path
    host: str | None = None

    @property
    def schema(self) -> str:
        """Where PyAirbyte puts tables unless told otherwise."""
        return "airbyte_raw" if self.host else "main"

    @property
    def config(self) -> Path:
        """The settings, which PyAirbyte's callback replaces."""
        return self.folder / "config.json"

    def sync(self, xero: XeroServerProcess, streams: str, syncs: int = 1) -> list[int]:
        """Sync in a process of its own; give the number of records of each sync."""
        if not self.config.exists():
            self.config.write_text(json.dumps(xero.config(tenant=xero.tenant_id)), encoding="utf-8")
        where = [] if self.host else ["--duckdb", str(self.folder / "xero.duckdb")]
        line = [
            sys.executable,
            "-m",
            "integration_tests.platforms.pyairbyte_sync",
            "--config",
            str(self.config),
            *where,
        ]
        line += ["--batches", str(self.folder / "batches"), "--streams", streams, "--syncs", str(syncs)]
        environment = bare_environment() | xero.environment() | {"XERO_CALLS_PER_MINUTE": "6000"} | _quiet(self.folder)
        environment |= {"PGHOST": self.host} if self.host else {}
        done = subprocess.run(line, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300, check=False)
        assert done.returncode == 0, done.stderr[-3000:]
        counts: list[int] = json.loads(done.stdout.splitlines()[-1])
        return counts

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Ask in SQL; tables are those that were landed."""
        with self._open() as connection:
            connection.execute(f"set search_path = '{self.schema}'")
            return [tuple(row) for row in connection.execute(sql).fetchall()]

    @contextmanager
    def _open(self) -> Iterator[Any]:
        if self.host:
            connection = postgres_connection(self.host, "postgres")
        else:
            connection = importlib.import_module("duckdb").connect(str(self.folder / "xero.duckdb"), read_only=True)
        try:
            yield connection
        finally:
            connection.close()


def _quiet(folder: Path) -> dict[str, str]:
    """Keep PyAirbyte off the internet, and its files, which hold the settings, in the test's folder."""
    (folder / "temporary").mkdir(exist_ok=True)
    places = ("AIRBYTE_PROJECT_DIR", "AIRBYTE_LOGGING_ROOT", "AIRBYTE_TEMP_DIR")
    return {
        **dict.fromkeys(places, str(folder / "temporary")),
        "AIRBYTE_OFFLINE_MODE": "1",
        "DO_NOT_TRACK": "1",
        "NO_LIVE_PROGRESS": "1",
        "PYTHONWARNINGS": "ignore",
    }


@dataclass(frozen=True)
class Loaded:
    """A company that was synced, changed and synced again; its access token had ended by then, and spent tokens were dead.

    Attributes:
        warehouse: where its tables are.
        xero: its Xero, which has not changed since the second sync.
        records: how many each sync read.
        refresh_tokens: the first one, and what the config held after each sync.
    """

    warehouse: Warehouse
    xero: XeroServerProcess
    records: list[int]
    refresh_tokens: list[str]


@pytest.fixture(scope="module", params=["duckdb", pytest.param("postgres", marks=needs_postgres)])
def loaded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loaded]:
    """Sync a company, change its books, and sync it again."""
    with ExitStack() as stack:
        host = stack.enter_context(postgres_server(PROGRAMS)) if PROGRAMS and request.param == "postgres" else None
        if host:
            postgres_connection(host, "postgres").close()  # waits until it answers
        xero = stack.enter_context(XeroServerProcess("small", calls_per_minute=6000))
        xero.control("switches", {"refresh_grace_seconds": 0})
        warehouse = Warehouse(tmp_path_factory.mktemp(request.param), host)
        done = Loaded(warehouse, xero, [], [xero.line["refresh_token"]])
        for change in (change_books, None):
            done.records.extend(warehouse.sync(xero, STREAMS))
            done.refresh_tokens.append(_refresh_token(warehouse))
            if change:
                change(xero)
        yield done


def change_books(xero: XeroServerProcess) -> None:
    """Delete a draft, void an invoice, edit another, post journals, and end the access token."""
    invoices = xero.truth("Invoices")
    drafts = [row["InvoiceID"] for row in invoices if row["Status"] == "DRAFT"]
    approved = [row["InvoiceID"] for row in invoices if row["Status"] == "AUTHORISED"]
    xero.control("invoices/delete", {"id": drafts[0]})
    xero.control("invoices/void", {"id": approved[0]})
    xero.control("invoices/edit", {"id": approved[1], "changes": {"Reference": "edited"}, "stamp": "now"})
    xero.control("journals/add", {"count": 3})
    xero.control("tokens", {"expire_access": True})


def assert_same_books(warehouse: Warehouse, xero: XeroServerProcess) -> None:
    """Compare the tables with what Xero has: each object once, with its newest values, and the lines to the cent."""
    invoices = [
        (row["InvoiceID"], row["Status"], row["Total"], row.get("Reference")) for row in truth(xero, "invoices")
    ]
    landed = warehouse.rows("select invoiceid, status, total, reference from invoices")
    assert sorted(map(str, _ids(landed))) == sorted(map(str, _ids(invoices)))
    assert {row[0]: _plain(row) for row in landed} == {row[0]: _plain(row) for row in invoices}
    journals = truth(xero, "journals")
    numbers = [row[0] for row in warehouse.rows("select journalnumber from journals order by 1")]
    assert numbers == sorted(row["JournalNumber"] for row in journals)
    lines = {line["JournalLineID"]: Decimal(line["NetAmount"]) for row in journals for line in row["JournalLines"]}
    assert dict(warehouse.rows("select journallineid, netamount from journal_lines")) == lines


def _ids(rows: list[tuple[Any, ...]]) -> list[Any]:
    return [row[0] for row in rows]


def _plain(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """Bring a row of a table and one of Xero's to one form: an empty text is as good as none."""
    return (row[1], Decimal(row[2]), row[3] or None)


def test_two_syncs_hold_what_xero_has(loaded: Loaded) -> None:
    """After edits, a deletion, a void and new journals the second sync reads little, and the tables equal Xero's books."""
    first, second = loaded.records
    assert 0 < second < first / 4
    assert_same_books(loaded.warehouse, loaded.xero)


def test_rotated_token_reaches_the_callback(loaded: Loaded) -> None:
    """The callback is handed each new refresh token, and the next sync has nothing else: the old ones are dead."""
    assert len(set(loaded.refresh_tokens)) == 3
    assert {call["status"] for call in loaded.xero.log("/connect/token")} == {200}
    assert stat.S_IMODE(loaded.warehouse.config.stat().st_mode) == 0o600


def test_account_codes_on_postgres_are_as_documented(loaded: Loaded) -> None:
    """A known habit of PyAirbyte's PostgresCache, which the documents name: the account code 090 becomes 90.0."""
    codes = {row[0] for row in loaded.warehouse.rows("select code from accounts")}
    assert "090" in {row.get("Code") for row in loaded.xero.truth("Accounts")}
    assert ("090" in codes, "90.0" in codes) == ((False, True) if loaded.warehouse.host else (True, False))
    page = (ROOT / "docs" / "platforms.md").read_text(encoding="utf-8")
    assert [code for code in ("`090`", "`90.0`") if code not in page] == []


def test_two_syncs_of_one_process_use_the_rotated_token(tmp_path: Path, xero: XeroServerProcess) -> None:
    """With ``set_config`` in the callback, a second sync of the same source goes on with the new token."""
    xero.control("switches", {"refresh_grace_seconds": 0, "access_token_seconds": 1})
    assert len(Warehouse(tmp_path).sync(xero, "accounts", syncs=2)) == 2
    renewals = xero.log("/connect/token")
    assert len(renewals) >= 2
    assert {call["status"] for call in renewals} == {200}


def test_sample_of_the_documents_keeps_the_token(tmp_path: Path, xero: XeroServerProcess) -> None:
    """The README's sample runs as it is shown, twice, although each refresh token works once only."""
    xero.control("switches", {"refresh_grace_seconds": 0, "access_token_seconds": 1})
    (sample,) = re.findall(r"^```python\n(.*?)^```$", (ROOT / "README.md").read_text("utf-8"), re.DOTALL | re.MULTILINE)
    config = tmp_path / "secrets" / "config.json"
    config.parent.mkdir()
    config.write_text(json.dumps(xero.config(tenant=xero.tenant_id)), encoding="utf-8")
    environment = bare_environment() | xero.environment() | {"XERO_CALLS_PER_MINUTE": "6000"} | _quiet(tmp_path)
    environment["PATH"] = f"{Path(COMMAND[0]).parent}{os.pathsep}{environment['PATH']}"
    for _ in range(2):
        line = [sys.executable, "-c", sample]
        done = subprocess.run(
            line, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300, check=False
        )
        assert done.returncode == 0, done.stderr[-3000:]
    assert json.loads(config.read_text("utf-8"))["credentials"]["refresh_token"] != xero.line["refresh_token"]
    assert {call["status"] for call in xero.log("/connect/token")} == {200}
    assert (tmp_path / "xero.duckdb").is_file()


def test_a_look_at_a_few_records_prints_no_error(tmp_path: Path, xero: XeroServerProcess) -> None:
    """``check``, ``get_records`` with a limit and ``get_samples`` end the connector early, and PyAirbyte calls that a success.

    It kills what has not ended ten seconds after SIGTERM, and prints a traceback for every exit status but 0 and that of SIGTERM.
    """
    xero.control("company", {"preset": "bulk", "options": {"journals": 3000, "gaps": 0, "invoices": 2000}})
    config = tmp_path / "config.json"
    config.write_text(json.dumps(xero.access_token_config(tenant=xero.tenant_id)), encoding="utf-8")
    line = [sys.executable, "-m", "integration_tests.platforms.pyairbyte_glances", str(config)]
    environment = bare_environment() | xero.environment() | {"XERO_CALLS_PER_MINUTE": "6000"} | _quiet(tmp_path)
    done = subprocess.run(line, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert (done.returncode, json.loads(done.stdout.splitlines()[-1])) == (0, [5, 5, 5])
    said = (done.stdout + done.stderr).splitlines()
    assert [line for line in said if any(word in line for word in ("Traceback", "Exception ignored", "Error"))] == []


def _refresh_token(warehouse: Warehouse) -> str:
    content: Json = json.loads(warehouse.config.read_text(encoding="utf-8"))
    token: str = content["credentials"]["refresh_token"]
    return token
