"""The command line of ``sync``: which streams are read, and what is said where something is missing."""

from __future__ import annotations

import importlib.util
import io
import sys
from pathlib import Path
from typing import Any

import pytest

from source_xero_gl.commands.sync import command
from source_xero_gl.commands.sync.companies import Company
from source_xero_gl.commands.sync.databases import DuckDbFile
from source_xero_gl.commands.sync.display import Display
from source_xero_gl.commands.sync.proof import Proof, Verdict
from source_xero_gl.commands.sync.report import Outcome
from source_xero_gl.commands.sync.steps import Wishes, _load, _tell, filtered, run
from source_xero_gl.commands.sync.stopping import Stop
from source_xero_gl.commands.sync.workplace import Workplace
from source_xero_gl.streams import LEDGER_EXTRAS, LEDGER_STREAMS, STREAMS

CONFIG = Path("config.json")


def wanted(settings: dict[str, Any] | None = None, **wishes: Any) -> Any:
    """Return the streams that are wanted for settings."""
    return Wishes([CONFIG], "xero.duckdb", **wishes).wanted(settings or {})


def test_the_streams_of_a_ledger_are_read() -> None:
    """Without a choice these are all that a ledger needs or uses, with journals unless the settings leave them out."""
    documents = {*LEDGER_STREAMS, *LEDGER_EXTRAS}
    assert wanted({"journals": {"include": False}}) == documents
    assert wanted() == documents | {"journals", "journal_lines"}
    assert wanted().issubset(stream.name for stream in STREAMS)


def test_streams_can_be_chosen() -> None:
    """Named streams are read alone, with those that are to be read again; all of them where everything is asked for."""
    assert wanted(streams=["items"], fresh=["accounts"]) == {"items", "accounts"}
    assert wanted(everything=True) is None


@pytest.mark.parametrize("arguments", [["--streams", "journal"], ["--fresh", "journal"]])
def test_a_stream_that_does_not_exist_is_named(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """A name that was mistyped is a mistake, not a sync without it."""
    with pytest.raises(SystemExit) as ended:
        command.main(["--config", "config.json", *arguments])
    assert ended.value.code == 2
    assert "there is no stream journal;" in capsys.readouterr().err


def test_missing_packages_are_one_sentence(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Without the extra the command says what to install."""
    monkeypatch.setattr(sys, "version_info", (3, 12, 0))
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    assert command.main(["--config", "config.json"]) == 2
    assert capsys.readouterr().err == "source-xero-gl sync needs more packages: pip install 'source-xero-gl[sync]'.\n"


@pytest.mark.parametrize("name", ["starting_at_journal_id", "ending_at_journal_id", "modified_since"])
def test_filters_of_journals_are_named(name: str) -> None:
    """Where a part of the journals is left out, the setting is named as a cause of differences."""
    assert f"journals.{name} leaves out journals" in (filtered({"journals": {name: 5}}) or "")
    assert filtered({"journals": {"include": True}}) is None


def test_a_folder_stands_for_its_configs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """All configs of a folder are synced, in the order of their names: no token file, no hidden file, nothing from below."""
    for name in ("b.json", "a.json", "sign-in.tokens.json", ".hidden.json", "xero.duckdb", "below/c.json"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("{}", encoding="utf-8")
    found = command._options(["--config", "first.json", "--config", str(tmp_path)]).config
    assert found == [Path("first.json"), tmp_path / "a.json", tmp_path / "b.json"]
    (tmp_path / "empty").mkdir()
    with pytest.raises(SystemExit):
        command._options(["--config", str(tmp_path / "empty")])
    assert "there is no config in the folder" in capsys.readouterr().err


def test_a_folder_that_cannot_be_used_is_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Where the database has no place, the reason and the path are said, without numbers of the system, and the status is 1."""
    (tmp_path / "file").touch()
    assert run(Wishes([tmp_path / "config.json"], str(tmp_path / "file" / "xero.duckdb"))) == 1
    said = capsys.readouterr().err
    assert said.startswith("The sync could not go on: Not a directory: ")
    assert "xero.sync" in said


def test_a_ledger_that_differs_needs_no_config(tmp_path: Path) -> None:
    """The causes of differences are said even if a config was removed since it was read."""
    outcome = Outcome(filters=["config.json: journals.modified_since leaves out journals"])
    config = tmp_path / "gone.json"
    company = Company(config, "tenant", "Fernside Supplies")
    place = Workplace(DuckDbFile(tmp_path / "xero.duckdb"), tmp_path, 0)
    _load(company, Wishes([config], "xero.duckdb"), place, Stop(), outcome, Display(io.StringIO()))
    _tell(Proof([Verdict("tenant", "Fernside Supplies", agrees=False, sentence="differs")], []), outcome)
    assert "cannot be read" in outcome.problems[0]
    assert outcome.problems[-1] == "config.json: journals.modified_since leaves out journals"
