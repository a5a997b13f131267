"""The first Journal ID since a date: the search of the sync, and the command around it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import requests_mock
from hypothesis import given
from hypothesis import strategies as st

from source_xero_gl.commands.find_journal import first_created_since, main
from unit_tests.fake_xero.http import CONFIG, NOT_ALLOWED, FakeXero, journal
from unit_tests.fake_xero.journals import JournalBook, ignored, obeyed, silent

DAY = 86_400_000
LEDGER = {number: number // 3 * DAY for number in range(3, 6_000, 3)}
"""A journal a day, every third number used."""

FIRST = 1_419_937_200_000
"""The instant from which ``fake_xero`` counts the creation of its journals, a second for each number: 2014-12-30T11:00:00Z."""


@given(since=st.integers(-1, 2_100 * DAY), hint=st.sampled_from([obeyed, ignored, silent]))
def test_the_lowest_number_since_is_found(since: int, hint: object) -> None:
    """Whatever the server makes of the header, the number is the lowest of those created at the instant or later."""
    book = JournalBook(hint=hint)  # type: ignore[arg-type] # a strategy of functions is a strategy of objects
    book.post(LEDGER)
    wanted = min((number for number, created in LEDGER.items() if created >= since), default=None)
    assert first_created_since(book.fetch, since) == wanted
    assert len(book.calls) <= 32


def test_a_header_that_is_obeyed_leaves_five_calls() -> None:
    """The first page, the hint, two pages in front of it and the page itself."""
    book = JournalBook()
    book.post({number: number * DAY for number in range(1, 5_001)})
    assert first_created_since(book.fetch, 4_500 * DAY) == 4_500
    assert len(book.calls) == 5


def test_an_empty_ledger_has_none() -> None:
    """Without journals one call is made and nothing is found."""
    book = JournalBook()
    assert first_created_since(book.fetch, 0) is None
    assert book.calls == [0]


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Give a config file with an access token, outside of any operator's environment."""
    for name in ("XERO_API_URL", "XERO_IDENTITY_URL", "XERO_LOGIN_URL", "XERO_CALLS_PER_MINUTE", "XERO_TOKEN_FILE"):
        monkeypatch.delenv(name, raising=False)
    path = tmp_path / "config.json"
    path.write_text(json.dumps(CONFIG), encoding="utf-8")
    return str(path)


@pytest.mark.parametrize(
    ("since", "number"), [("2014-12-30", "1"), ("2014-12-30T11:00:41.001Z", "42"), ("2014-12-30T11:00:42Z", "42")]
)
def test_the_number_stands_alone_on_stdout(
    since: str, number: str, config: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A date means midnight UTC, an instant counts to the millisecond; nothing but the number is printed."""
    with requests_mock.Mocker() as mocker:
        FakeXero(mocker).rows["Journals"] = [journal(number) for number in range(1, 51)]
        assert main(["--created-since", since, "--config", config]) == 0
    assert capsys.readouterr() == (f"{number}\n", "")


def test_without_such_a_journal_stdout_is_empty(config: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A date behind the last journal leads to exit status 1 and a sentence."""
    with requests_mock.Mocker() as mocker:
        FakeXero(mocker).rows["Journals"] = [journal(1)]
        assert main(["--created-since", "2015-01-01", "--config", config]) == 1
    assert capsys.readouterr() == ("", "No journal was created on or after 2015-01-01.\n")


def test_refusals_are_the_connector_s_sentences(config: str, capsys: pytest.CaptureFixture[str]) -> None:
    """An app that may not read journals is told what to do, without a traceback."""
    with requests_mock.Mocker() as mocker:
        FakeXero(mocker).refuse("Journals", 401, NOT_ALLOWED)
        assert main(["--created-since", "2015-01-01", "--config", config]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("Xero does not let this app read Journals. ")
    assert "Traceback" not in err


@pytest.mark.parametrize("content", ["{", '{"credentials": {"auth_type": "oauth2.0"}}', "[]"])
def test_a_wrong_config_is_one_sentence(content: str, config: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What is wrong with the config file is told, with exit status 1."""
    Path(config).write_text(content, encoding="utf-8")
    assert main(["--created-since", "2015-01-01", "--config", config]) == 1
    out, err = capsys.readouterr()
    assert (out, len(err.splitlines())) == ("", 1)


def test_stdout_that_is_full_is_told(
    config: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An answer that cannot be written leads to exit status 1 and a sentence with the reason."""
    with requests_mock.Mocker() as mocker, Path("/dev/full").open("w", encoding="utf-8") as full:
        FakeXero(mocker).rows["Journals"] = [journal(1)]
        monkeypatch.setattr("sys.stdout", full)
        assert main(["--created-since", "2014-12-30", "--config", config]) == 1
    assert capsys.readouterr().err == "The answer could not be written to stdout: No space left on device.\n"


@pytest.mark.parametrize(
    "args",
    [
        [],
        ["--created-since", "2015-01-01"],
        *([["--created-since", d, "--config", "c"] for d in ("1", "2026-02-30", "1815-06-18")]),
    ],
)
def test_wrong_arguments_are_usage_errors(args: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """A missing argument, or a date that the settings would not take either, leads to exit status 2."""
    with pytest.raises(SystemExit) as ended:
        main(args)
    assert ended.value.code == 2
    assert "usage: source-xero-gl find-journal" in capsys.readouterr().err
