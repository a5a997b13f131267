"""What a person reads about a refresh token that Xero has replaced."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from source_xero_gl.xero.errors import CONFIG, XeroError
from source_xero_gl.xero.tokens.file import TokenKeeper


def test_a_file_for_tokens_need_not_exist(tmp_path: Path) -> None:
    """A file for tokens alone is made when it is needed; a config file must be there."""
    missing = tmp_path / "missing.json"
    assert TokenKeeper(missing, None).can_keep
    assert not TokenKeeper(missing, "credentials").can_keep
    assert not TokenKeeper(tmp_path, None).can_keep


def test_a_token_is_not_spent_where_the_next_cannot_be_kept(tmp_path: Path) -> None:
    """The error is about the configuration and names the file."""
    missing = tmp_path / "missing.json"
    with pytest.raises(XeroError) as caught:
        TokenKeeper(missing, "credentials").check()
    assert caught.value.failure_type == CONFIG
    assert str(missing) in str(caught.value.message)


def test_nothing_is_said_without_a_new_token(tmp_path: Path) -> None:
    """A sign-in that replaced no token has no news."""
    path = tmp_path / "tokens.json"
    keeper = TokenKeeper(path, None)
    keeper.check()
    assert list(keeper.news()) == []


@pytest.mark.parametrize(("kept", "sentence"), [(True, "the new one is in"), (False, "could not be written")])
def test_a_person_learns_where_the_new_token_is(tmp_path: Path, *, kept: bool, sentence: str) -> None:
    """The sentence names the file, and neither of the two tokens."""
    path = tmp_path / "tokens.json"
    path.write_text(json.dumps({"refresh_token": "first-one"}), encoding="utf-8")
    keeper = TokenKeeper(path, None)
    if kept:
        path.write_text(json.dumps({"refresh_token": "second-one"}), encoding="utf-8")
    keeper.announce({"refresh_token": "second-one"})
    (news,) = keeper.news()
    assert sentence in news
    assert str(path) in news
    assert "first-one" not in news
    assert "second-one" not in news
