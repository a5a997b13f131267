"""Configs that name a token file: one sign-in for all of them, and no file but one in their own folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import requests_mock

from source_xero_gl.settings.settings import parse_settings
from source_xero_gl.source import SourceXeroGl
from source_xero_gl.xero.errors import XeroError
from source_xero_gl.xero.tokens.file import TokenFile
from source_xero_gl.xero.tokens.rotating import TokenSet, hand_over
from source_xero_gl.xero.tokens.shared import shared_file, tokens_kept_in, with_tokens
from unit_tests.xero.fakes import Identity
from unit_tests.xero.tokens.test_rotating import SignIn, stored

NAME = "sign-in.tokens.json"


def sharing(name: object = NAME, **credentials: Any) -> dict[str, Any]:
    """Return a config that names a token file."""
    return {"credentials": {"auth_type": "oauth2.0", "client_id": "app", "token_file": name, **credentials}}


def written(folder: Path, tokens: dict[str, str], config: dict[str, Any] | None = None) -> Path:
    """Put a config and its token file into a folder; return the path of the config."""
    (folder / NAME).write_text(json.dumps(tokens), encoding="utf-8")
    path = folder / "kowhai.json"
    path.write_text(json.dumps(config or sharing()), encoding="utf-8")
    return path


def test_a_config_has_the_tokens_of_the_file_that_it_names(tmp_path: Path) -> None:
    """What is read is a config like any other: with tokens, and without an entry that the specification does not know."""
    path = written(tmp_path, stored("refresh-7", "access-7"), sharing(refresh_token="stale"))
    config = SourceXeroGl.read_config(str(path))
    assert config == {"credentials": {"auth_type": "oauth2.0", "client_id": "app", **stored("refresh-7", "access-7")}}
    parse_settings(config)


def test_a_linked_config_has_its_token_file_beside_it(tmp_path: Path) -> None:
    """The token file is looked for in the folder of the config itself, not in that of a link to it."""
    (tmp_path / "real").mkdir()
    link = tmp_path / "link.json"
    link.symlink_to(written(tmp_path / "real", stored("refresh-7")))
    assert shared_file(sharing(), link) == (tmp_path / "real" / NAME).resolve()


@pytest.mark.parametrize(
    "name",
    ["../a.tokens.json", "/etc/a.tokens.json", "a/b.tokens.json", "kowhai.json", ".tokens.json", "", "a\0.tokens.json"],
)
def test_no_other_file_of_the_machine_can_be_named(tmp_path: Path, name: str) -> None:
    """Whoever may edit a config cannot have another file read or written than a token file in its folder."""
    with pytest.raises(XeroError, match=r"credentials\.token_file must be the name of a file in the folder"):
        shared_file(sharing(name), tmp_path / "kowhai.json")


@pytest.mark.parametrize("name", [None, 5, ["a.tokens.json"]])
def test_a_token_file_is_named_by_a_text(tmp_path: Path, name: object) -> None:
    """Anything but a text is refused in the same words."""
    with pytest.raises(XeroError, match=r"credentials\.token_file must be"):
        shared_file(sharing(name), tmp_path / "kowhai.json")


@pytest.mark.parametrize("content", [None, "", "{}", '{"access_token": "a"}'])
def test_a_token_file_without_tokens_is_told(tmp_path: Path, content: str | None) -> None:
    """A missing or empty token file is one sentence that names it and says what to do."""
    path = written(tmp_path, {})
    (tmp_path / NAME).unlink() if content is None else (tmp_path / NAME).write_text(content, encoding="utf-8")
    with pytest.raises(
        XeroError, match=r"no refresh token in .*sign-in\.tokens\.json.*connect to Xero again"
    ) as caught:
        SourceXeroGl.read_config(str(path))
    assert "--folder" in str(caught.value.message)


def test_the_operators_file_takes_the_place_of_the_one_that_is_named(tmp_path: Path) -> None:
    """With XERO_TOKEN_FILE that file alone has the tokens: two copies of a sign-in would end each other."""
    path, other = written(tmp_path, stored("refresh-7")), tmp_path / "other.json"
    environ = {"XERO_TOKEN_FILE": f" {other} "}
    assert tokens_kept_in(sharing(), path, environ) == other
    with pytest.raises(XeroError, match=r"other\.json"):
        with_tokens(sharing(), path, environ)
    other.write_text(json.dumps(stored("refresh-9")), encoding="utf-8")
    assert with_tokens(sharing(), path, environ)["credentials"]["refresh_token"] == "refresh-9"


def test_a_config_with_tokens_of_its_own_stays_as_it_is(tmp_path: Path) -> None:
    """Nothing changes for a config that names no token file, also where XERO_TOKEN_FILE is set."""
    config = {"credentials": {"auth_type": "oauth2.0", "client_id": "app", "refresh_token": "own"}}
    environ = {"XERO_TOKEN_FILE": str(tmp_path / "other.json")}
    assert tokens_kept_in(config, tmp_path / "kowhai.json", environ) is None
    assert with_tokens(config, tmp_path / "kowhai.json", environ) is config


def test_a_new_sign_in_takes_the_place_of_the_old(requests_mock: requests_mock.Mocker, tmp_path: Path) -> None:
    """A sync that began with the old sign-in goes over to the new one, even after another sync has renewed that already."""
    Identity(requests_mock)
    file = TokenFile(tmp_path / NAME)
    file.write(stored("refresh-0", "access-0"))
    late = SignIn(TokenSet("refresh-0", "access-0"), file)
    again = Identity(requests_mock, user="new")
    over = TokenSet("new-refresh-0", "new-access-0", 0)
    assert hand_over(file, over)
    assert SignIn(over, file).tokens.current() == "new-access-1"
    assert late.tokens.current() == "new-access-1"
    assert [form["refresh_token"] for form in again.forms] == ["new-refresh-0"]


def test_the_first_sign_in_makes_the_file(tmp_path: Path) -> None:
    """Without an earlier sign-in the file holds the tokens and nothing else."""
    file = TokenFile(tmp_path / NAME)
    assert hand_over(file, TokenSet("refresh-0"))
    assert file.read() == {"refresh_token": "refresh-0"}
