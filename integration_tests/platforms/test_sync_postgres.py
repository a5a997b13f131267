"""``source-xero-gl sync`` into PostgreSQL: what DuckDB would hold, each code as Xero has it, and nothing lost."""

from __future__ import annotations

import dataclasses
import importlib
import importlib.util
import json
import re
import signal
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from integration_tests.landed import ROOT
from integration_tests.postgres import USER, postgres_connection, postgres_programs, postgres_server
from integration_tests.restored import MANY, restore
from integration_tests.synced import LONGEST_SECONDS, Books, numbers, offsets, until
from local_xero.process import XeroServerProcess
from source_xero_gl.commands.sync.databases import DuckDbFile, opened
from source_xero_gl.commands.sync.page.books import Books as Shown
from source_xero_gl.commands.sync.page.books import read_books

PROGRAMS = postgres_programs()
pytestmark = [
    pytest.mark.skipif(
        importlib.util.find_spec("airbyte") is None,
        reason="PyAirbyte is not installed: it supports Python 3.10 to 3.12",
    ),
    pytest.mark.skipif(PROGRAMS is None, reason="PostgreSQL is not installed"),
    pytest.mark.slow,  # ten to ninety seconds each: PyAirbyte starts, and the connector three times
]

PASSWORD = "pa:ss/w@rd 1"
IN_A_URL = "pa%3Ass%2Fw%40rd%201"
BOTH_SECONDS = 1500.0
"""When two organisations with every stream and their ledger hang: a minute each where nothing else runs."""

REPORTED = ("updateddateutc", "reported_at")
"""When Xero has made a report: at each call again."""

JOURNALS = ("--streams", "journals,trial_balance_lines", "--no-ledger")

CODES = (
    "090",
    "0010",
    "1E5",
    "1_000",
    "NaN",
    "null",
    "true",
    " 7",
    "7 ",
    "9" * 40,
    "2026-01-31",
    "12:30",
    "0x1F",
    "-0",
)
NAMES = (
    "a\tb\nc\r\nd",
    r"\N",
    r"\.",
    r"C:\new\table",
    'O\'Neill "and" sons',
    "{1,2}",
    "%s $1 :name",
    "Ünï \N{PILE OF POO}",
)


class Server(NamedTuple):
    """A PostgreSQL that runs in a folder."""

    folder: str

    def url(self, name: str, user: str = USER) -> str:
        """Give the URL of a database, which is made."""
        with postgres_connection(self.folder, "postgres") as session:
            session.execute(f"create database {name}")
        return f"postgresql://{user}@/{name}?host={self.folder}"

    def execute(self, *statements: str) -> None:
        """Change something about all databases."""
        with postgres_connection(self.folder, "postgres") as session:
            for statement in statements:
                session.execute(statement)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """Run one PostgreSQL for the module."""
    assert PROGRAMS is not None
    with postgres_server(PROGRAMS) as folder:
        postgres_connection(folder, "postgres").close()  # waits until it answers
        yield Server(folder)


@pytest.fixture
def books(request: pytest.FixtureRequest, tmp_path: Path, xero_process: XeroServerProcess, server: Server) -> Books:
    """Give one organisation that was never synced, and a database of the test's own."""
    restore(xero_process)
    name = re.sub(r"\W+", "_", request.node.name.removeprefix("test_"))[:60]
    return Books(tmp_path / "books", xero_process, server.url(name))


class Both(NamedTuple):
    """The same organisations in DuckDB and in PostgreSQL, and what the command said of each."""

    duckdb: Books
    postgres: Books
    said: tuple[str, str]


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory, server: Server) -> Iterator[Both]:
    """Sync two organisations, which have something in every stream, into both databases."""
    folder = tmp_path_factory.mktemp("both")
    with XeroServerProcess("everything", tenants=2, calls_per_minute=MANY) as xero:
        xero.control("limits", {"per_day": 100_000})
        duckdb = Books(folder / "duckdb", xero)
        duckdb.longest_seconds = BOTH_SECONDS
        first = duckdb.sync("--all")
        postgres = Books(folder / "postgres", xero, server.url("everything"))
        postgres.longest_seconds = BOTH_SECONDS
        for old, new in zip(duckdb.configs, postgres.configs, strict=True):
            new.write_text(old.read_text(encoding="utf-8"), encoding="utf-8")
        second = postgres.sync("--all")
        assert first.stdout.count("every month") == second.stdout.count("every month")
        yield Both(duckdb, postgres, (first.stdout + first.stderr, second.stdout + second.stderr))


def tables(books: Books) -> set[tuple[str, str]]:
    """Return the tables of streams, and those of the ledger, with their schemas."""
    sql = "select table_schema, table_name from information_schema.tables"
    schemas = ("main", "public", "xero_gl", "xero_gl_steps")
    found = {(schema, name) for schema, name in books.ask(sql) if schema in schemas and name[0] != "_"}
    return {("raw" if schema in ("main", "public") else schema, name) for schema, name in found}


def content(books: Books, schema: str, name: str) -> list[str]:
    """Return the rows of a table, in one order and one form, without what PyAirbyte adds."""
    is_report = re.search("balance_sheet|profit_and_loss|trial_balance|report|late_postings", name) is not None
    qualified = name if schema == "raw" else f"{schema}.{name}"
    kinds = dict(
        books.ask(
            f"select column_name, data_type from information_schema.columns where table_name = '{name}' and"  # noqa: S608 - no input: the names are those of the tables
            f" table_schema = {'current_schema()' if schema == 'raw' else repr(schema)}"
        )
    )
    names = sorted(column for column in kinds if column[0] != "_" and not (is_report and column in REPORTED))
    casts = [f'cast("{column}" as text)' if kinds[column].lower() == "json" else f'"{column}"' for column in names]
    rows = books.ask(f"select {', '.join(casts)} from {qualified}")  # noqa: S608 - no input: the names are those of the tables
    jsons = [kinds[column].lower() == "json" for column in names]
    return sorted(repr(names) + repr([_plain(*pair) for pair in zip(row, jsons, strict=True)]) for row in rows)


def _plain(value: Any, is_json: bool) -> Any:  # noqa: FBT001 - private, read beside its call
    if is_json and value is not None:
        return json.loads(value, parse_float=Decimal)
    if not isinstance(value, Decimal | float | int) or isinstance(value, bool):
        return value
    # DuckDB takes what it loads through a double, which is wrong in the ninth decimal from some millions up.
    return f"{round(Decimal(str(value)), 8).normalize() + 0:f}"


def test_postgres_holds_what_duckdb_holds(both: Both) -> None:
    """Of two organisations with something in every stream, all tables of streams and all of the ledger are equal row by row."""
    assert tables(both.postgres) == tables(both.duckdb)
    assert len(tables(both.postgres)) > 100
    different = [
        name for name in sorted(tables(both.duckdb)) if content(both.postgres, *name) != content(both.duckdb, *name)
    ]
    assert different == []
    assert both.postgres.ask("select count(*) > 1000, count(distinct tenantid) from journal_lines") == [(True, 2)]


def shown(books: Shown) -> Shown:
    """Leave out when the organisation was read, and bring cells, which the page sorts itself, into one order."""
    return dataclasses.replace(
        books, read_at=None, cells=sorted(books.cells, key=lambda cell: (cell.month, cell.account_id))
    )


def test_both_say_the_same_of_the_proof(both: Both) -> None:
    """The sentences about agreement are the same, and so is everything that the page shows."""
    first, second = (re.findall(r"^.*(?:agrees\.|NOT AGREE|Rebuilt).*$", said, re.MULTILINE) for said in both.said)
    assert first == second
    assert len(first) == 2
    with DuckDbFile(both.duckdb.database).reading() as found:
        expected = [shown(one) for one in read_books(found, None)]
    with opened(both.postgres.url, both.postgres.configs[0]) as database, database.reading() as found:
        assert [shown(one) for one in read_books(found, None)] == expected
    assert all(one.cells and one.profits and one.balances and one.receivables for one in expected)


def test_codes_stay_as_xero_has_them(books: Books) -> None:
    """No code becomes a number, a date or nothing, also in a column that is new; the one NUL becomes U+FFFD."""
    for place, code in enumerate(CODES):
        books.xero.control("records/edit", {"list": "Accounts", "index": place, "changes": {"Code": code}})
    for place, name in enumerate((*NAMES, "nul\0here", "")):
        books.xero.control("records/edit", {"list": "Accounts", "index": place, "changes": {"Name": name}})
        books.xero.control("records/edit", {"list": "Items", "index": place % 6, "changes": {"Description": name}})
    done = books.sync("--streams", "accounts,items,contacts", "--no-ledger")
    assert done.returncode == 0, done.stdout + done.stderr
    expected = {
        row["AccountID"]: (row.get("Code"), row["Name"].replace("\0", "\N{REPLACEMENT CHARACTER}"))
        for row in books.xero.truth("Accounts")
    }
    found = {row[0]: row[1:] for row in books.ask("select accountid, code, name from accounts")}
    assert found == expected
    assert set(CODES) <= {code for code, _ in found.values()}
    assert (len(found), books.ask("select count(*) from items where description = ''")) == (28, [(1,)])
    books.ask("alter table accounts drop column code")
    assert books.sync("--streams", "accounts", "--no-ledger", "--fresh", "accounts").returncode == 0
    assert {row[0]: row[1:] for row in books.ask("select accountid, code, name from accounts")} == expected


@pytest.mark.parametrize("stop", [signal.SIGKILL, signal.SIGINT])
def test_a_stopped_sync_goes_on_where_it_was(books: Books, stop: signal.Signals) -> None:
    """Whatever ends a sync, the next one reads no page of journals again but the last one, and has every journal."""
    books.xero.control("switches", {"latency_ms": 300})
    with books.started(*JOURNALS) as process:
        until(process, lambda: '"stream_descriptor":{"name":"journals"' in books.received())
        process.send_signal(stop)
        process.communicate(timeout=LONGEST_SECONDS)
    books.ask("create table journals_01kb2c3d4 as select 1 as half_loaded")
    books.ask("create table accounts_reporting as select 1 as ours")
    first = offsets(books.xero)
    books.xero.control("switches", {"latency_ms": 0})
    done = books.sync(*JOURNALS)
    assert process.returncode == (-stop if stop == signal.SIGKILL else 128 + stop)
    assert ("Stored first what an earlier sync had received" in done.stdout) == (stop == signal.SIGKILL)
    assert done.returncode == 0, done.stdout + done.stderr
    assert numbers(done.stdout, "journals")[1] == len(books.xero.truth("Journals"))
    assert set(offsets(books.xero)[len(first) :]) & set(first) <= {max(first)}
    left = {name for _, name in tables(books) if re.search("_(01.*|reporting)", name)}
    assert left == {"accounts_reporting", *(() if stop == signal.SIGKILL else ("journals_01kb2c3d4",))}


def test_a_lost_connection_is_a_sentence_and_loses_nothing(books: Books) -> None:
    """When the server ends the session, the sync says what to do, and the next one stores what had arrived."""
    books.xero.control("switches", {"latency_ms": 300})
    with books.started(*JOURNALS) as process:
        until(process, lambda: '"stream_descriptor":{"name":"journals"' in books.received())
        books.ask(
            "select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and"
            " database = (select oid from pg_database where datname = current_database())"
        )
        said = process.communicate(timeout=LONGEST_SECONDS)[0]
    assert process.returncode == 1
    assert "The connection to PostgreSQL was lost" in said
    first = offsets(books.xero)
    done = books.sync(*JOURNALS)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Stored first what an earlier sync had received" in done.stdout
    assert numbers(done.stdout, "journals")[1] == len(books.xero.truth("Journals"))
    assert set(offsets(books.xero)[len(first) :]) & set(first) <= {max(first)}


def test_a_second_sync_is_kept_out_from_anywhere(books: Books, tmp_path: Path) -> None:
    """While one writes, another one that shares no file with it ends with status 1 and a sentence, before it asks Xero."""
    with opened(books.url, tmp_path / "elsewhere" / "config.json"):
        done = books.sync(*JOURNALS)
    assert done.returncode == 1
    assert "Another sync is writing into the database" in done.stderr
    assert books.xero.log("Journals") == []


def test_a_password_works_and_gets_nowhere(books: Books, server: Server) -> None:
    """A wrong password is one sentence; the right one works from a file for dbt too; none gets into output, logs or files."""
    name = books.url.removeprefix(f"postgresql://{USER}@/").split("?")[0]
    server.execute(
        "drop role if exists reader",
        f"create role reader login password '{PASSWORD}'",
        f"alter database {name} owner to reader",
    )
    rules = Path(server.folder) / "data" / "pg_hba.conf"
    rules.write_text(f"local all reader scram-sha-256\n{rules.read_text(encoding='utf-8')}", encoding="utf-8")
    server.execute("select pg_reload_conf()")
    kept = books.temporary.parent.parent / "passwords"
    kept.write_text("*:*:*:reader:" + PASSWORD.replace(":", r"\:"), encoding="utf-8")
    kept.chmod(0o600)
    host = f"?host={server.folder}&application_name=test"
    attempts = {
        f"postgresql://reader@/{name}{host}": {"PGPASSWORD": "wrong-secret"},
        f"postgresql://reader:{IN_A_URL}x@/{name}{host}": {},
        f"postgresql://reader:{PASSWORD}@/{name}{host}": {},
    }
    for url, variables in attempts.items():
        books.url = url
        done = books.sync(*JOURNALS, **variables)
        assert (done.returncode, done.stdout) == (1, ""), url
        assert re.search("password authentication failed|no URL of the form", done.stderr), done.stderr
        assert not [word for word in (PASSWORD, IN_A_URL, "wrong-secret", "ss/w", "w@rd") if word in done.stderr]
    books.url = f"postgresql://reader@/{name}{host}"
    good = books.sync(PGPASSFILE=str(kept))
    assert good.returncode == 0, good.stdout + good.stderr
    assert "agrees. From its journals" in good.stdout
    texts = [
        good.stdout,
        good.stderr,
        *(file.read_text("utf-8", "replace") for file in books.folder.rglob("*") if file.is_file()),
    ]
    assert not [word for word in (PASSWORD, IN_A_URL) for text in texts if word in text]


def test_a_user_who_may_make_nothing_is_told_so(books: Books, server: Server) -> None:
    """Without the right to make tables the sentence names it, status 1, and no call for data is made."""
    server.execute("drop role if exists guest", "create role guest login")
    books.ask("revoke all on schema public from public")
    books.ask("grant usage on schema public to guest")
    books.url = books.url.replace(f"{USER}@", "guest@")
    done = books.sync(*JOURNALS)
    assert done.returncode == 1
    assert "permission denied for schema public" in done.stdout
    assert "GRANT CREATE" in done.stdout
    assert books.xero.log("Journals") == []


def test_the_documents_say_what_happens_to_codes() -> None:
    """What PyAirbyte alone does to account codes, and that sync does not, is written where PyAirbyte is described."""
    page = (ROOT / "docs" / "platforms.md").read_text(encoding="utf-8")
    assert "`source-xero-gl sync --database postgresql://…`" in page
