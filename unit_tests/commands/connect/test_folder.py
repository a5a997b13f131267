"""A folder of configs: one sign-in for all, one file for each organisation, and no organisation's file taken for another's."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests_mock

from source_xero_gl.commands.connect import command
from source_xero_gl.commands.connect.config_file import ConfigFile
from source_xero_gl.commands.connect.folder import Folder, file_name
from source_xero_gl.commands.connect.summary import summary
from source_xero_gl.settings.settings import parse_settings
from source_xero_gl.source import SourceXeroGl
from source_xero_gl.xero.errors import XeroError
from source_xero_gl.xero.tenants import Tenant
from unit_tests.commands.connect.fake_login import FIRST, SECOND, SECRETS, Browser, FakeLogin, connection

THIRD = "0b6f63f4-3f3a-4b52-9d0f-5d6b3bb80f0a"
TOKENS = {"refresh_token", "access_token", "token_expiry_date"}


@pytest.fixture
def xero() -> Iterator[FakeLogin]:
    """Play Xero."""
    with requests_mock.Mocker() as mocker:
        yield FakeLogin(mocker)


@pytest.fixture
def browser(xero: FakeLogin, tmp_path: Path) -> Browser:
    """Give a browser before an empty folder."""
    del xero
    return Browser(Folder(tmp_path / "books"))


def content(path: Path) -> Any:
    """Read a file."""
    return json.loads(path.read_text(encoding="utf-8"))


def configs(folder: Path) -> dict[str, Any]:
    """Give the tenant of each config in a folder, by the name of its file."""
    return {path.name: content(path)["tenant"] for path in folder.glob("*.json") if "tokens" not in path.name}


def tokens(folder: Path) -> Any:
    """Read the one token file of a folder."""
    (path,) = folder.glob("*.tokens.json")
    return content(path)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Fernside Supplies", "fernside-supplies"),
        ("K\u014dwhai & <Co>", "kowhai-co"),
        ("../../etc/passwd", "etc-passwd"),
        (".hidden\0\n", "hidden"),
        ("\u6771\u4eac", "organisation"),
        ("", "organisation"),
        ("Ledger.tokens", "ledger-tokens"),
        ("x" * 300, "x" * 60),
        ("-a" * 40, ("a-" * 30).strip("-")),
    ],
)
def test_any_name_becomes_a_safe_file_name(name: str, expected: str) -> None:
    """Whatever Xero's users have chosen, the file has letters and digits that every system knows, and lies in the folder."""
    assert file_name(name) == expected


def test_two_organisations_with_one_sign_in(browser: Browser, xero: FakeLogin, tmp_path: Path) -> None:
    """The second organisation costs no consent; each has its config, and the tokens are in one file that both name."""
    browser.sign_in(journals="on")
    page = browser.post("/choose", tenant=SECOND, calls_per_minute="30")
    assert "Your sign-in reaches 1 more: Fernside" in page
    page = browser.post("/another")
    assert (SECOND in page, f'name="tenant" value="{FIRST}"' in page) == (False, True)
    page = browser.post("/choose", tenant=FIRST)
    assert "Your sign-in reaches" not in page
    folder = tmp_path / "books"
    assert configs(folder) == {"fernside.json": FIRST, "kowhai-co.json": SECOND}
    assert [content(folder / name).get("calls_per_minute") for name in configs(folder)] in ([None, 30], [30, None])
    assert [form["grant_type"] for form in xero.forms] == ["authorization_code"]
    assert tokens(folder).keys() == TOKENS
    for name in configs(folder):
        assert not TOKENS & content(folder / name)["credentials"].keys()
        assert parse_settings(SourceXeroGl.read_config(str(folder / name))).tenant == configs(folder)[name]
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_no_token_is_shown(browser: Browser) -> None:
    """What is shared in a folder is not offered to be pasted elsewhere, where it would end the sign-in of the folder."""
    browser.sign_in()
    page = browser.post("/choose", tenant=SECOND)
    assert [secret for secret in SECRETS if secret in page] == []
    assert "For Airbyte" not in page


def test_twins_have_files_of_their_own(browser: Browser, xero: FakeLogin, tmp_path: Path) -> None:
    """Two organisations of one name get distinct files, and so does one whose name is that of a file that is there."""
    xero.connections = [connection(FIRST, "Twin"), connection(SECOND, "Twin"), connection(THIRD, "twin!")]
    (tmp_path / "books" / "twin-2.json").write_text('{"mine": 1}', encoding="utf-8")
    browser.sign_in()
    for tenant in (FIRST, SECOND, THIRD):
        browser.post("/choose", tenant=tenant)
        browser.post("/another")
    (tmp_path / "books" / "twin-2.json").unlink()
    assert configs(tmp_path / "books") == {"twin.json": FIRST, "twin-3.json": SECOND, "twin-4.json": THIRD}


def test_a_broken_link_is_not_written_through(tmp_path: Path) -> None:
    """A link that leads nowhere is a name that is taken: what it points to is not made."""
    folder = Folder(tmp_path)
    (tmp_path / "twin.json").symlink_to(tmp_path / "elsewhere" / "x")
    folder.open()
    folder.keep({"auth_type": "oauth2.0", "client_id": "app", "refresh_token": "r"})
    folder.choose(Tenant(FIRST, "Twin"))
    assert folder.path.name == "twin-2.json"


def test_connecting_again_keeps_each_organisations_file_and_settings(
    browser: Browser, xero: FakeLogin, tmp_path: Path
) -> None:
    """A later run finds the config of an organisation by its ID, whatever it is called, and keeps its other settings."""
    browser.sign_in()
    browser.post("/choose", tenant=SECOND, journals__starting_at_journal_id="5")
    folder = tmp_path / "books"
    mine = folder / "mine.json"
    (folder / "kowhai-co.json").rename(mine)
    mine.write_text(json.dumps({**content(mine), "daily_call_reserve": 100, "_note": "keep"}), encoding="utf-8")
    xero.forms.clear()
    again = Browser(Folder(folder))
    page = again.sign_in()
    assert page.count("Already in") == page.count("Already in mine.json") == 1
    assert 'name="journals.starting_at_journal_id" type="text" value="5"' in page
    again.post("/choose", tenant=SECOND, journals__starting_at_journal_id="6")
    assert configs(folder) == {"mine.json": SECOND}
    config = content(mine)
    assert (config["daily_call_reserve"], config["_note"], config["journals"]["starting_at_journal_id"]) == (
        100,
        "keep",
        6,
    )
    assert len(list(folder.glob("*.tokens.json"))) == 1


def test_a_wrong_choice_brings_nothing_of_another_organisation(browser: Browser, tmp_path: Path) -> None:
    """Settings of the organisation that was chosen first do not get into the config of the one that is chosen then."""
    folder = tmp_path / "books"
    (folder / "first.json").write_text(json.dumps({"tenant": FIRST, "daily_call_reserve": 100}), encoding="utf-8")
    browser.sign_in()
    assert "Nothing was saved yet" in browser.post("/choose", tenant=FIRST, calls_per_minute="61")
    browser.post("/choose", tenant=SECOND)
    assert "daily_call_reserve" not in content(folder / "kowhai-co.json")
    assert content(folder / "first.json") == {"tenant": FIRST, "daily_call_reserve": 100}


def test_one_more_sign_in_takes_the_place_of_the_last(browser: Browser, xero: FakeLogin, tmp_path: Path) -> None:
    """A new consent of the same user asks for the same scopes, and its tokens are those of every config from then on."""
    asked = browser.begin(journals="on")
    browser.get(f"/callback?code=c0de&state={asked['state']}")
    browser.post("/choose", tenant=SECOND)
    xero.connections.append(connection(THIRD, "Third"))
    xero.refresh_token = "second-sign-in"
    browser.post("/another-sign-in")
    more = browser.asked()
    assert more["scope"] == asked["scope"]
    page = browser.get(f"/callback?code=another&state={more['state']}")
    assert "Third" in page
    browser.post("/choose", tenant=THIRD)
    folder = tmp_path / "books"
    assert configs(folder) == {"kowhai-co.json": SECOND, "third.json": THIRD}
    assert tokens(folder)["refresh_token"] == "second-sign-in"
    assert {content(folder / name)["credentials"]["token_file"] for name in configs(folder)} == {
        path.name for path in folder.glob("*.tokens.json")
    }


def test_no_consent_leads_back_to_what_is_connected(browser: Browser) -> None:
    """Cancel on Xero's page costs nothing: the page leads back, and Finish ends with what was connected."""
    browser.sign_in()
    browser.post("/choose", tenant=SECOND)
    browser.post("/another-sign-in")
    page = browser.get(f"/callback?error=access_denied&state={browser.asked()['state']}")
    assert 'href="/done">Back to what is connected' in page
    assert "Connected so far" in browser.get("/done")
    browser.post("/finish")
    assert browser.site.finished.is_set()
    assert browser.onboarding.worked


def test_another_user_has_a_token_file_of_his_own(xero: FakeLogin, browser: Browser, tmp_path: Path) -> None:
    """Two users in one folder do not end each other's sign-in."""
    browser.sign_in()
    browser.post("/choose", tenant=SECOND)
    xero.user = "another user"
    browser.post("/another-sign-in")
    browser.get(f"/callback?code=another&state={browser.asked()['state']}")
    browser.post("/choose", tenant=FIRST)
    folder = tmp_path / "books"
    assert len({content(folder / name)["credentials"]["token_file"] for name in configs(folder)}) == 2
    assert len(list(folder.glob("*.tokens.json"))) == 2


def test_a_failed_check_of_one_is_told_at_the_end(
    browser: Browser, xero: FakeLogin, capsys: pytest.CaptureFixture[str]
) -> None:
    """The exit status is 1 when one organisation could not be checked, and the summary says which."""
    browser.sign_in()
    browser.post("/choose", tenant=SECOND)
    assert summary(browser.onboarding) == 0
    browser.post("/another")
    xero.refuse_everything()
    browser.post("/choose", tenant=FIRST)
    assert (browser.onboarding.worked, summary(browser.onboarding)) == (False, 1)
    assert "Fernside: " in capsys.readouterr().out


def test_tokens_that_could_not_be_kept_are_kept_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a full disk the tokens are not lost: the next step writes them before the config."""
    folder = Folder(tmp_path)
    folder.open()
    with monkeypatch.context() as patch:
        patch.setattr("source_xero_gl.commands.connect.folder.hand_over", lambda *_: False)
        with pytest.raises(XeroError, match=r"tokens\.json cannot be written\. Make room, then try again"):
            folder.keep({"auth_type": "oauth2.0", "client_id": "app", "refresh_token": "r"})
    assert [path.read_text(encoding="utf-8") for path in tmp_path.iterdir()] == [""]
    folder.choose(Tenant(FIRST, "Fernside"))
    folder.save({**folder.config, "tenant": FIRST})
    assert tokens(tmp_path)["refresh_token"] == "r"


def test_a_shared_config_is_not_given_a_sign_in_of_its_own(tmp_path: Path) -> None:
    """``--config`` with a config of a folder is refused before the sign-in, which could end that of the others."""
    path = tmp_path / "kowhai.json"
    path.write_text('{"credentials": {"token_file": "a.tokens.json"}}', encoding="utf-8")
    with pytest.raises(XeroError, match=r"shares its sign-in with others\. Connect again for all: --folder"):
        ConfigFile(path).open()


def test_a_folder_that_cannot_be_is_told_before_the_sign_in(tmp_path: Path) -> None:
    """A file in the place of the folder is refused before a token is spent."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(XeroError, match=r"The folder .*file cannot be written: .* --folder"):
        Folder(tmp_path / "file").open()


@pytest.mark.parametrize("other", [["--custom-connection"], ["--config", "x.json"]])
def test_a_folder_is_for_users_sign_ins(other: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """A custom connection belongs to one organisation, and one file is no folder: both are usage errors."""
    with pytest.raises(SystemExit):
        command.main(["--folder", "books", *other])
    assert "--folder" in capsys.readouterr().err
