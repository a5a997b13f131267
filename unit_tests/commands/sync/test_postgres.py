"""A PostgreSQL database as the place of a sync: its URL, its rows, what is said when it fails. No server is needed."""

from __future__ import annotations

import gzip
from pathlib import Path

import orjson
import psycopg
import pytest

from source_xero_gl.commands.sync.databases import DatabaseError, opened
from source_xero_gl.commands.sync.databases.postgres_errors import LOST, sentence
from source_xero_gl.commands.sync.databases.postgres_rows import as_json, as_scalar, rows
from source_xero_gl.commands.sync.databases.postgres_url import is_postgres, parameters, variables


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("postgresql://ana@db.example.com:5432/books", True),
        ("postgres:///books", True),
        ("xero.duckdb", False),
        ("postgresql.duckdb", False),
        ("/srv/postgresql://x", False),
    ],
)
def test_a_url_is_told_from_a_file(place: str, expected: bool) -> None:  # noqa: FBT001 - pytest hands it over by name
    """Only what begins as a URL of PostgreSQL is one."""
    assert is_postgres(place) is expected


@pytest.mark.parametrize(
    "place", ["postgresq://ana:s-cret@db/books", "postgresql+psycopg://ana:s-cret@db/books", "mysql://ana:s-cret@db/x"]
)
def test_another_url_is_no_file(place: str, tmp_path: Path) -> None:
    """A URL that was mistyped, or of another database, is refused without its password, and no file gets its name."""
    with pytest.raises(DatabaseError, match="DuckDB file, or a URL of the form") as refused:
        opened(place, tmp_path / "config.json")
    assert "cret" not in str(refused.value)


def test_all_parameters_of_a_url_pass_through() -> None:
    """Those of libpq are understood, with special characters escaped; dbt gets them as libpq's variables, and no password."""
    url = "postgresql://ana:a%40b%2Fc@db.example.com:5433/books?sslmode=verify-full&sslrootcert=/ca.pem&options=-c%20role%3Dx"
    found = parameters(url)
    assert found == {
        "user": "ana",
        "password": "a@b/c",
        "host": "db.example.com",
        "port": "5433",
        "dbname": "books",
        "sslmode": "verify-full",
        "sslrootcert": "/ca.pem",
        "options": "-c role=x",
    }
    assert variables(found) == {"PGSSLMODE": "verify-full", "PGSSLROOTCERT": "/ca.pem", "PGOPTIONS": "-c role=x"}


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://ana:s@cret@db.example.com/books",
        "postgresql://ana:s/cret@db.example.com/books",
        "postgresql://ana:s?cret@db.example.com/books",
        "postgresql://ana:s%zzcret@db.example.com/books",
        "postgresql://ana@db.example.com/books?colour=s-cret",
    ],
)
def test_a_url_that_means_something_else_is_refused_without_its_password(url: str) -> None:
    """Libpq would take a part of such a password for a host or a database, and print it."""
    with pytest.raises(DatabaseError, match="no URL of the form") as refused:
        parameters(url)
    assert "cret" not in str(refused.value)
    assert refused.value.__cause__ is None


def test_rows_hold_what_records_hold(tmp_path: Path) -> None:
    """Texts are not touched, numbers keep their digits, objects are JSON, absent values are null, a NUL is replaced."""
    file = tmp_path / "batch.jsonl.gz"
    records = [
        {"code": "090", "amount": 0.1, "paid": False, "lines": [{"n": 1}], "number": 9007199254740993},
        {"code": "a\0\\u0000\n", "amount": 1e22, "lines": {"b\0": ["\0"]}, "unknown": 1},
        {"code": 7, "amount": None},
    ]
    with gzip.open(file, "wb") as lines:
        lines.writelines(orjson.dumps(record) + b"\n" for record in records)
    columns = {"code": as_scalar, "amount": as_scalar, "paid": as_scalar, "number": as_scalar, "lines": as_json}
    assert list(rows([file, file], columns)) == 2 * [
        ["090", "0.1", "false", "9007199254740993", '[{"n":1}]'],
        ["a\ufffd\\u0000\n", "1e+22", None, None, '{"b\ufffd":["\ufffd"]}'],
        ["7", None, None, None, None],
    ]


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (psycopg.errors.AdminShutdown(), LOST),
        (psycopg.OperationalError("the connection is closed"), LOST),
        (psycopg.errors.DiskFull(), "The disk of PostgreSQL is full"),
        (psycopg.errors.InsufficientPrivilege(), "GRANT CREATE"),
    ],
)
def test_errors_say_what_to_do(error: psycopg.Error, expected: str) -> None:
    """What somebody can mend has a sentence of its own, also where libraries have wrapped the error."""
    wrapped = RuntimeError("PyAirbyte failed")
    wrapped.__context__ = error
    assert expected in (sentence(wrapped) or "")


def test_a_refused_value_is_not_quoted() -> None:
    """PostgreSQL quotes the value that it cannot read; the sentence names the kind of error alone."""
    error = psycopg.errors.InvalidTextRepresentation('invalid input syntax for type numeric: "Rent of Kowhai"')
    assert sentence(error) == "PostgreSQL refuses a value that Xero has sent (InvalidTextRepresentation, 22P02)."
    assert sentence(ValueError("no error of PostgreSQL")) is None
