"""Token files that several processes share: whose tokens count, the file's, ours or the user's new ones."""

from __future__ import annotations

import json
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import requests_mock

from source_xero_gl.xero.errors import XeroError
from source_xero_gl.xero.tokens.file import TokenFile
from source_xero_gl.xero.tokens.rotating import RotatingTokens, TokenSet
from unit_tests.xero.fakes import Clock, Identity, InstantStop, endpoint
from unit_tests.xero.tokens.test_rotating import APP, NOW, SignIn, config_file, stored


def kept(path: Path) -> dict[str, Any]:
    """Return the tokens that a token file keeps."""
    return {key: value for key, value in json.loads(path.read_text()).items() if key in stored("")}


def sync(path: Path, given: str) -> SignIn:
    """Start a sync whose settings hold the refresh token ``given`` and whose XERO_TOKEN_FILE is ``path``."""
    return SignIn(TokenSet(given), TokenFile(path))


def test_a_token_file_is_made_at_the_first_renewal(requests_mock: requests_mock.Mocker, tmp_path: Path) -> None:
    """XERO_TOKEN_FILE names a file that need not exist; it gets the keys of the credentials."""
    Identity(requests_mock)
    path = tmp_path / "tokens.json"
    assert sync(path, "refresh-0").tokens.current() == "access-1"
    assert kept(path) == stored("refresh-1", "access-1")


def test_a_token_file_keeps_no_spent_token(requests_mock: requests_mock.Mocker, tmp_path: Path) -> None:
    """What the file remembers of tokens that were spent cannot be used to sign in."""
    Identity(requests_mock)
    sync(tmp_path / "tokens.json", "refresh-0").tokens.current()
    assert "refresh-0" not in (tmp_path / "tokens.json").read_text()


def test_the_token_file_wins_over_the_settings(requests_mock: requests_mock.Mocker, tmp_path: Path) -> None:
    """The settings still hold the first token; the next syncs go on with what the file keeps."""
    identity = Identity(requests_mock)
    path = tmp_path / "tokens.json"
    sync(path, "refresh-0").tokens.current()
    assert sync(path, "refresh-0").tokens.current() == "access-1"
    assert len(identity.forms) == 1
    later = sync(path, "refresh-0")
    later.clock.pass_by(1800)
    assert later.tokens.current() == "access-2"
    assert kept(path)["refresh_token"] == "refresh-2"


def test_a_token_file_written_by_hand_wins(requests_mock: requests_mock.Mocker, tmp_path: Path) -> None:
    """A file with nothing but tokens, put there by the operator, is taken as it is."""
    identity = Identity(requests_mock)
    path = tmp_path / "tokens.json"
    path.write_text(json.dumps(stored("refresh-7", "by hand")))
    assert sync(path, "old").tokens.current() == "by hand"
    assert identity.forms == []


def test_a_token_that_the_user_has_changed_beats_the_file(requests_mock: requests_mock.Mocker, tmp_path: Path) -> None:
    """After the user has connected again, the settings hold a token that the file's does not descend from."""
    Identity(requests_mock)
    path = tmp_path / "tokens.json"
    sync(path, "refresh-0").tokens.current()
    again = Identity(requests_mock, user="new")
    assert sync(path, "new-refresh-0").tokens.current() == "new-access-1"
    assert kept(path) == stored("new-refresh-1", "new-access-1")
    assert sync(path, "new-refresh-0").tokens.current() == "new-access-1"
    assert len(again.forms) == 1


@pytest.mark.parametrize("broken", ["", "{}", '{"refresh_token": ""}', '{"refresh_token": 5}', '{"access_token": "x"}'])
def test_a_token_file_without_a_refresh_token_is_no_source(
    broken: str, requests_mock: requests_mock.Mocker, tmp_path: Path
) -> None:
    """An empty or useless file leaves the settings in charge and is filled."""
    Identity(requests_mock)
    path = tmp_path / "tokens.json"
    path.write_text(broken)
    assert sync(path, "refresh-0").tokens.current() == "access-1"
    assert kept(path)["refresh_token"] == "refresh-1"


def test_a_token_file_that_is_no_json_is_named(tmp_path: Path) -> None:
    """A file that something else has overwritten is not overwritten in turn; the sentence names it, not its content."""
    path = tmp_path / "tokens.json"
    path.write_text("s3cr3t, not JSON")
    with pytest.raises(XeroError, match=r"tokens\.json") as raised:
        sync(path, "refresh-0").tokens.current()
    assert "s3cr3t" not in str(raised.value.message) + repr(raised.value)
    assert path.read_text() == "s3cr3t, not JSON"


def test_newer_tokens_in_the_file_are_adopted(requests_mock: requests_mock.Mocker, tmp_path: Path) -> None:
    """Another process has renewed meanwhile: its token is used, and ours, which is spent, is not sent."""
    identity = Identity(requests_mock)
    path = config_file(tmp_path / "config.json", stored("refresh-0", "access-0"))
    sign_in = SignIn(TokenSet("refresh-0", "access-0", 0), TokenFile(path, "credentials"))
    config_file(path, stored("refresh-9", "access-9", life=3600))
    assert sign_in.tokens.current() == "access-9"
    assert sign_in.tokens.renew("access-0") == "access-9"
    assert identity.forms == []


def test_the_file_is_read_again_before_each_renewal(requests_mock: requests_mock.Mocker, tmp_path: Path) -> None:
    """A sync that has lasted for an hour adopts what a check has renewed beside it."""
    identity = Identity(requests_mock)
    path = config_file(tmp_path / "config.json", stored("refresh-0", life=0))
    sign_in = SignIn(TokenSet("refresh-0"), TokenFile(path, "credentials"))
    sign_in.tokens.current()
    config_file(path, stored("refresh-9", "access-9", life=3600))
    sign_in.clock.pass_by(1800)
    assert sign_in.tokens.current() == "access-9"
    assert len(identity.forms) == 1


def test_newer_tokens_that_have_ended_are_renewed(requests_mock: requests_mock.Mocker, tmp_path: Path) -> None:
    """The newest refresh token is the one to use, also when its access token is over."""
    identity = Identity(requests_mock)
    path = config_file(tmp_path / "config.json", stored("refresh-0", "access-0", life=0))
    sign_in = SignIn(TokenSet("older"), TokenFile(path, "credentials"))
    assert sign_in.tokens.current() == "access-1"
    assert [form["refresh_token"] for form in identity.forms] == ["refresh-0"]


def test_a_refusal_looks_into_the_file_first(requests_mock: requests_mock.Mocker, tmp_path: Path) -> None:
    """Where files cannot be locked another process may renew at the same moment: its tokens are adopted."""
    identity = Identity(requests_mock)
    path = config_file(tmp_path / "config.json", stored("spent", life=0))
    identity.before_answer = lambda: config_file(path, stored("refresh-9", "access-9"))
    sign_in = SignIn(TokenSet("spent"), TokenFile(path, "credentials"))
    assert sign_in.tokens.current() == "access-9"
    assert len(identity.forms) == 1


def test_a_refusal_that_the_file_cannot_explain_is_final(requests_mock: requests_mock.Mocker, tmp_path: Path) -> None:
    """The file holds what was refused: the user has to connect again, and the file stays as it was."""
    identity = Identity(requests_mock)
    path = config_file(tmp_path / "config.json", stored("spent", life=0))
    before = path.read_bytes()
    with pytest.raises(XeroError, match="Connect to Xero again"):
        SignIn(TokenSet("spent"), TokenFile(path, "credentials")).tokens.current()
    assert path.read_bytes() == before
    assert len(identity.forms) == 1


@pytest.mark.parametrize("expiry", [None, 5, "soon", "2026-02-30T00:00:00Z"])
def test_stored_tokens_of_unknown_end_are_renewed(
    expiry: object, requests_mock: requests_mock.Mocker, tmp_path: Path
) -> None:
    """A file with an end that cannot be read costs one renewal, no more."""
    identity = Identity(requests_mock)
    path = tmp_path / "tokens.json"
    path.write_text(json.dumps({"refresh_token": "refresh-0", "access_token": "old", "token_expiry_date": expiry}))
    assert sync(path, "other").tokens.current() == "access-1"
    assert len(identity.forms) == 1


def test_a_chain_of_many_renewals_is_still_the_settings_own(
    requests_mock: requests_mock.Mocker, tmp_path: Path
) -> None:
    """Sixty syncs later the settings still hold the first token, and the file's is known to descend from it."""
    identity = Identity(requests_mock)
    for number in range(60):
        later = sync(tmp_path / "tokens.json", "refresh-0")
        later.clock.pass_by(1800 * number)
        assert later.tokens.current() == f"access-{number + 1}"
    assert [form["refresh_token"] for form in identity.forms] == [f"refresh-{number}" for number in range(60)]


def test_a_long_sync_keeps_the_settings_token_known(requests_mock: requests_mock.Mocker, tmp_path: Path) -> None:
    """Sixty renewals within one sync do not lock the next one out."""
    Identity(requests_mock)
    long, following = sync(tmp_path / "tokens.json", "refresh-0"), sync(tmp_path / "tokens.json", "refresh-0")
    for number in range(60):
        assert long.tokens.current() == f"access-{number + 1}"
        long.clock.pass_by(1800)
    following.clock.pass_by(1800 * 60)
    assert following.tokens.current() == "access-61"


def test_a_stop_during_a_renewal_keeps_the_new_token(requests_mock: requests_mock.Mocker, tmp_path: Path) -> None:
    """SIGTERM while Xero answers: the rotated token is announced and stands in the file all the same."""
    identity = Identity(requests_mock)
    path, stop, announced = tmp_path / "tokens.json", InstantStop(), list[dict[str, str]]()
    identity.before_answer = stop.set
    given, file = TokenSet("refresh-0"), TokenFile(path)
    RotatingTokens(endpoint(stop), APP, given, announced.append, stop, file, Clock(NOW)).current()
    assert announced == [kept(path)] == [stored("refresh-1", "access-1")]


def test_a_file_that_is_being_rewritten_is_read_afterwards(requests_mock: requests_mock.Mocker, tmp_path: Path) -> None:
    """Half of the other process's tokens are never looked at: its lock is waited for first."""
    identity = Identity(requests_mock)
    path = tmp_path / "tokens.json"
    path.write_text('{"refresh_token": "refr')
    with ExitStack() as lock:
        lock.enter_context(TokenFile(path).locked(InstantStop()))

        def finish() -> None:
            path.write_text(json.dumps(stored("refresh-9", "access-9")))
            lock.close()

        given, stop = TokenSet("refresh-0"), InstantStop(meanwhile=finish)
        tokens = RotatingTokens(endpoint(), APP, given, lambda _: None, stop, TokenFile(path), Clock(NOW))
        assert tokens.current() == "access-9"
    assert identity.forms == []


def reconnected(xero: requests_mock.Mocker, path: Path) -> tuple[SignIn, Identity]:
    """Return a sync whose token is about to end, and Xero's side of the tokens that the user has put into the settings since."""
    Identity(xero)
    old = sync(path, "refresh-0")
    old.tokens.current()
    again = Identity(xero, user="new")
    sync(path, "new-refresh-0").tokens.current()
    old.clock.pass_by(1800)
    return old, again


def test_a_sync_with_older_settings_goes_on_with_the_users_new_token(
    requests_mock: requests_mock.Mocker, tmp_path: Path
) -> None:
    """Its own chain ends when the file has changed hands: the new one is not overwritten."""
    path = tmp_path / "tokens.json"
    old, again = reconnected(requests_mock, path)
    assert old.tokens.current() == "new-access-2"
    assert kept(path)["refresh_token"] == "new-refresh-2"
    assert [form["refresh_token"] for form in again.forms] == ["new-refresh-0", "new-refresh-1"]


def test_the_users_new_token_stays_known_after_a_sync_with_older_settings(
    requests_mock: requests_mock.Mocker, tmp_path: Path
) -> None:
    """A renewal by a sync that began before the user connected again does not lock out those with the new settings."""
    path = tmp_path / "tokens.json"
    old, _ = reconnected(requests_mock, path)
    old.tokens.current()
    assert sync(path, "new-refresh-0").tokens.current() == "new-access-2"
