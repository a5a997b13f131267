"""OAuth: a refresh token that changes at each renewal, and must never be lost."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import requests_mock

from source_xero_gl.xero.dates import format_instant
from source_xero_gl.xero.errors import CONFIG, XeroError
from source_xero_gl.xero.tokens.endpoint import App
from source_xero_gl.xero.tokens.file import TokenFile
from source_xero_gl.xero.tokens.rotating import RotatingTokens, TokenSet
from unit_tests.xero.fakes import TOKEN_URL, Clock, Identity, InstantStop, client, endpoint, list_url

NOW = 1_767_225_600.0
"""2026-01-01T00:00:00Z in seconds."""

APP = App("client", "secret")


class SignIn:
    """A user's sign-in under test: its tokens, its time and what it has announced."""

    def __init__(self, given: TokenSet | None = None, file: TokenFile | None = None) -> None:
        self.announced: list[dict[str, str]] = []
        self.clock = Clock(NOW)
        given = given or TokenSet("refresh-0")
        self.tokens = RotatingTokens(endpoint(), APP, given, self.announced.append, InstantStop(), file, self.clock)


class ReadOnlyFile(TokenFile):
    """A token file that cannot be written."""

    def write(self, tokens: Any) -> bool:
        """Refuse."""
        del tokens
        return False


def stored(refresh_token: str, access_token: str = "", life: float = 1800) -> dict[str, str]:
    """Return tokens as a file keeps them; the access token has ``life`` seconds left."""
    expiry = format_instant(int((NOW + life) * 1000))
    return {"refresh_token": refresh_token, "access_token": access_token, "token_expiry_date": expiry}


def config_file(path: Path, credentials: dict[str, str]) -> Path:
    """Write a config."""
    path.write_text(json.dumps({"credentials": credentials, "tenant": "Café"}))
    return path


@pytest.fixture
def warnings(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """Catch what the connector logs, which does not reach the root logger."""
    logger = logging.getLogger("airbyte")
    logger.addHandler(caplog.handler)
    yield caplog
    logger.removeHandler(caplog.handler)


def test_the_first_token_comes_from_the_refresh_token(requests_mock: requests_mock.Mocker) -> None:
    """Without a stored access token one renewal gives it."""
    identity = Identity(requests_mock)
    assert SignIn().tokens.current() == "access-1"
    assert identity.forms == [{"grant_type": "refresh_token", "refresh_token": "refresh-0"}]


def test_a_stored_token_that_is_valid_is_used(requests_mock: requests_mock.Mocker) -> None:
    """A check and the sync after it do not burn a refresh token each."""
    identity = Identity(requests_mock)
    sign_in = SignIn(TokenSet("refresh-0", "stored", int((NOW + 61) * 1000)))
    assert sign_in.tokens.current() == "stored"
    assert identity.forms == sign_in.announced == []


@pytest.mark.parametrize(
    "given",
    [
        TokenSet("refresh-0", "stored", int((NOW + 60) * 1000)),
        TokenSet("refresh-0", "stored", int((NOW - 1) * 1000)),
        TokenSet("refresh-0", "stored", None),
        TokenSet("refresh-0", None, int((NOW + 1800) * 1000)),
        TokenSet("refresh-0", "", int((NOW + 1800) * 1000)),
    ],
)
def test_a_stored_token_that_may_end_is_renewed(given: TokenSet, requests_mock: requests_mock.Mocker) -> None:
    """A token in its last minute, past its end, or of unknown end is not used."""
    Identity(requests_mock)
    assert SignIn(given).tokens.current() == "access-1"


@pytest.mark.parametrize(("life", "early"), [(1800, 60), (300, 30)])
def test_a_token_is_renewed_a_little_early(life: int, early: int, requests_mock: requests_mock.Mocker) -> None:
    """By 60 seconds or a tenth of its life, whichever is less; the second renewal uses the rotated token."""
    identity = Identity(requests_mock, life)
    sign_in = SignIn()
    sign_in.tokens.current()
    sign_in.clock.pass_by(life - early - 1)
    assert sign_in.tokens.current() == "access-1"
    sign_in.clock.pass_by(1)
    assert sign_in.tokens.current() == "access-2"
    assert [form["refresh_token"] for form in identity.forms] == ["refresh-0", "refresh-1"]


def test_rotated_tokens_are_announced_with_all_their_keys(requests_mock: requests_mock.Mocker) -> None:
    """What a platform stores is enough for the next sync."""
    Identity(requests_mock)
    sign_in = SignIn()
    sign_in.tokens.current()
    assert sign_in.announced == [stored("refresh-1", "access-1")]


def test_a_token_is_kept_before_it_is_used(requests_mock: requests_mock.Mocker, tmp_path: Path) -> None:
    """When the first call with a new access token leaves, the rotated token was announced and stands in the file."""
    Identity(requests_mock)
    path = config_file(tmp_path / "config.json", stored("refresh-0", life=0))
    sign_in = SignIn(file=TokenFile(path, "credentials"))
    seen: list[tuple[str, str, str]] = []

    def answer(request: Any, _: Any) -> dict[str, Any]:
        kept = json.loads(path.read_text())["credentials"]["refresh_token"]
        seen.append((request.headers["Authorization"], sign_in.announced[-1]["refresh_token"], kept))
        return {"Journals": []}

    requests_mock.get(list_url("Journals"), json=answer)
    client(sign_in.tokens).page("Journals", "Journals")
    assert seen == [("Bearer access-1", "refresh-1", "refresh-1")]


def test_a_reader_that_is_gone_does_not_lose_the_token(requests_mock: requests_mock.Mocker, tmp_path: Path) -> None:
    """When the announcement fails (a closed output), or never ends (nobody reads), the file has the rotated token already."""
    Identity(requests_mock)
    path = config_file(tmp_path / "config.json", stored("refresh-0", life=0))
    kept = []

    def closed(_: dict[str, str]) -> None:
        kept.append(json.loads(path.read_text())["credentials"]["refresh_token"])
        raise BrokenPipeError

    file = TokenFile(path, "credentials")
    tokens = RotatingTokens(endpoint(), APP, TokenSet("refresh-0"), closed, InstantStop(), file, Clock(NOW))
    with pytest.raises(BrokenPipeError):
        tokens.current()
    assert kept == ["refresh-1"]


def test_a_file_that_broke_does_not_keep_the_token_back(requests_mock: requests_mock.Mocker, tmp_path: Path) -> None:
    """When somebody has saved nonsense into the file meanwhile, the token is announced before the error says so."""
    identity = Identity(requests_mock)
    path = config_file(tmp_path / "config.json", stored("refresh-0", life=0))
    sign_in = SignIn(file=TokenFile(path, "credentials"))
    identity.before_answer = lambda: path.write_text("{")
    with pytest.raises(XeroError, match="is not a JSON object"):
        sign_in.tokens.current()
    assert [announced["refresh_token"] for announced in sign_in.announced] == ["refresh-1"]


def test_the_config_keeps_everything_else(requests_mock: requests_mock.Mocker, tmp_path: Path) -> None:
    """Only the three token keys of a config change."""
    Identity(requests_mock)
    path = config_file(tmp_path / "config.json", {"client_id": "client", **stored("refresh-0", life=0)})
    SignIn(file=TokenFile(path, "credentials")).tokens.current()
    assert json.loads(path.read_text()) == {
        "credentials": {"client_id": "client", **stored("refresh-1", "access-1")},
        "tenant": "Café",
    }


def test_threads_share_one_renewal(requests_mock: requests_mock.Mocker) -> None:
    """A refresh token works once: eight streams that start together spend one."""
    identity = Identity(requests_mock)
    sign_in, start, given = SignIn(), threading.Barrier(8), list[str]()

    def use() -> None:
        start.wait()
        given.append(sign_in.tokens.current())

    threads = [threading.Thread(target=use) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert given == ["access-1"] * 8
    assert len(identity.forms) == len(sign_in.announced) == 1


def test_a_refused_token_is_renewed_once(requests_mock: requests_mock.Mocker) -> None:
    """Calls that were refused with the same token share one renewal, although the token had time left."""
    identity = Identity(requests_mock)
    sign_in = SignIn()
    refused = sign_in.tokens.current()
    assert [sign_in.tokens.renew(refused) for _ in range(5)] == ["access-2"] * 5
    assert len(identity.forms) == 2


def test_a_renewal_that_failed_for_a_while_can_be_tried_again(requests_mock: requests_mock.Mocker) -> None:
    """An outage of the token endpoint does not condemn the refresh token."""
    requests_mock.post(TOKEN_URL, exc=requests.ConnectTimeout)
    sign_in = SignIn()
    with pytest.raises(XeroError, match="could not be reached"):
        sign_in.tokens.current()
    Identity(requests_mock)
    assert sign_in.tokens.current() == "access-1"


def test_a_spent_refresh_token_asks_the_user_to_connect_again(requests_mock: requests_mock.Mocker) -> None:
    """The refusal is a configuration error, and Xero is not asked again by every stream."""
    identity = Identity(requests_mock)
    sign_in = SignIn(TokenSet("spent"))
    for _ in range(3):
        with pytest.raises(XeroError, match="Connect to Xero again") as raised:
            sign_in.tokens.current()
        assert raised.value.failure_type is CONFIG
    assert len(identity.forms) == 1


def test_without_a_file_a_warning_says_who_keeps_the_token(
    requests_mock: requests_mock.Mocker, warnings: pytest.LogCaptureFixture
) -> None:
    """When the CONTROL message is the only outlet, the log says so and shows no token."""
    Identity(requests_mock)
    SignIn().tokens.current()
    assert "CONTROL message" in warnings.text
    assert "XERO_TOKEN_FILE" in warnings.text
    assert "refresh-1" not in warnings.text


def test_with_a_file_nothing_is_to_warn_of(
    requests_mock: requests_mock.Mocker, warnings: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    """A rotated token that is kept needs nobody's attention."""
    Identity(requests_mock)
    SignIn(file=TokenFile(tmp_path / "tokens.json")).tokens.current()
    assert warnings.text == ""


def test_a_read_only_config_does_not_bring_the_spent_token_back(
    requests_mock: requests_mock.Mocker, warnings: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    """The file still holds the first token when the second renewal comes: it uses the one in memory."""
    identity = Identity(requests_mock)
    file = ReadOnlyFile(config_file(tmp_path / "config.json", stored("refresh-0", "access-0", life=0)), "credentials")
    sign_in = SignIn(TokenSet("refresh-0", "access-0", int(NOW * 1000)), file)
    for number in (1, 2, 3):
        assert sign_in.tokens.current() == f"access-{number}"
        sign_in.clock.pass_by(1800)
    assert [form["refresh_token"] for form in identity.forms] == ["refresh-0", "refresh-1", "refresh-2"]
    assert "CONTROL message" in warnings.text
