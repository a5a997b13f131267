"""The dbt package for Snowflake and BigQuery: compiled by their own adapters, without a connection, and never run."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import sqlglot
import yaml
from sqlglot import exp

from integration_tests.warehouse import PACKAGE

pytestmark = pytest.mark.slow  # dbt reads the whole package once for each, half a minute on a busy machine

PROFILES = {
    "snowflake": {
        "account": "none",
        "user": "none",
        "authenticator": "externalbrowser",
        "database": "xero",
        "warehouse": "none",
    },
    "bigquery": {"method": "oauth-secrets", "token": "none", "project": "xero"},
}
"""What the adapters want to be told before they compile; nothing is sent anywhere."""

ELSEWHERE = {"->", "->>", "#>", "#>>", "::"}
"""Operators of PostgreSQL and DuckDB, which sqlglot reads in every dialect."""


def compiled(dialect: str, folder: Path) -> dict[str, str]:
    """Compile all models and tests, with the columns assumed; return the SQL of each by its name."""
    profile = {"type": dialect, "schema": "xero_gl", "threads": 1, **PROFILES[dialect]}
    written = yaml.safe_dump({"xero_gl": {"target": dialect, "outputs": {dialect: profile}}})
    (folder / "profiles.yml").write_text(written, encoding="utf-8")
    target = folder / "target"
    command = [str(Path(sys.executable).with_name("dbt")), "compile", "--no-introspect", "--no-populate-cache"]
    command += ["--project-dir", str(PACKAGE), "--profiles-dir", str(folder), "--vars", "xero_gl_look_at_tables: false"]
    places = {"DBT_TARGET_PATH": str(target), "DBT_LOG_PATH": str(folder / "logs")}
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, **places}, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return {path.name: path.read_text(encoding="utf-8") for path in (target / "compiled").rglob("*.sql")}


@pytest.mark.parametrize("dialect", PROFILES)
def test_every_model_and_test_is_sql_of_the_warehouse(dialect: str, tmp_path: Path) -> None:
    """Each compiled file is one query that sqlglot reads in the dialect, without functions that it does not know there."""
    files = compiled(dialect, tmp_path)
    assert {path.name for path in (PACKAGE / "models").rglob("*.sql")} < files.keys()
    for name, sql in files.items():
        [query] = sqlglot.parse(sql, read=dialect)
        assert isinstance(query, exp.Query), name
        assert not {token.text for token in sqlglot.tokenize(sql, read=dialect)} & ELSEWHERE, name
        assert not [call.name for call in query.find_all(exp.Anonymous)], name
