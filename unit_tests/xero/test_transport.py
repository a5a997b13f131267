"""One HTTP call: bounded in time and size, and silent about what it carries."""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import Any

import pytest
import requests
import requests_mock

from source_xero_gl.xero.errors import CONFIG, Kind, StoppedError, XeroError
from source_xero_gl.xero.transport import Answer, Transport
from unit_tests.xero.fakes import ACCESS_TOKEN, InstantStop, list_url

URL = list_url("Journals")


def get(token: str = ACCESS_TOKEN) -> requests.Request:
    """Return a request as the client makes it."""
    return requests.Request("GET", URL, headers={"Authorization": f"Bearer {token}"}, params={"offset": 100})


def test_the_whole_answer_comes_back(requests_mock: requests_mock.Mocker) -> None:
    """Status, headers (in any spelling) and body reach the caller, whatever the status."""
    requests_mock.get(URL, status_code=503, content=b"offline", headers={"Retry-After": "5"})
    answer = Transport(InstantStop()).send("Journals", get())
    assert (answer.endpoint, answer.status, answer.body) == ("Journals", 503, b"offline")
    assert answer.headers["retry-after"] == "5"


def test_a_call_is_bounded_in_time(requests_mock: requests_mock.Mocker) -> None:
    """Ten seconds to connect and two minutes of silence are the most; requests alone would wait for ever."""
    requests_mock.get(URL)
    Transport(InstantStop()).send("Journals", get())
    timeout: object = requests_mock.request_history[0].timeout
    assert timeout == (10, 120)


def test_certificates_are_verified(requests_mock: requests_mock.Mocker) -> None:
    """A token goes to Xero, not to whoever answers."""
    requests_mock.get(URL)
    Transport(InstantStop()).send("Journals", get())
    assert requests_mock.request_history[0].verify is not False


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(status: int, requests_mock: requests_mock.Mocker) -> None:
    """A token never travels to an address that an answer names."""
    requests_mock.get(URL, status_code=status, headers={"Location": "https://elsewhere.example/"})
    assert Transport(InstantStop()).send("Journals", get()).status == status
    assert requests_mock.call_count == 1


def test_netrc_does_not_replace_the_token(
    requests_mock: requests_mock.Mocker, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A .netrc entry for Xero's host, which requests prefers to a header, changes nothing."""
    netrc = tmp_path / "netrc"
    netrc.write_text("default login somebody password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    requests_mock.get(URL)
    Transport(InstantStop()).send("Journals", get())
    assert requests_mock.request_history[0].headers["Authorization"] == f"Bearer {ACCESS_TOKEN}"


@pytest.mark.parametrize(
    "error",
    [
        requests.ConnectTimeout,
        requests.ReadTimeout,
        requests.ConnectionError,
        requests.exceptions.SSLError,
        requests.exceptions.ProxyError,
        requests.exceptions.ChunkedEncodingError,
        requests.exceptions.ContentDecodingError,
    ],
)
def test_a_call_without_an_answer_says_so(
    error: type[requests.RequestException], requests_mock: requests_mock.Mocker
) -> None:
    """A network failure names its kind and the endpoint, and nothing that the network library says about the request."""
    requests_mock.get(URL, exc=error(f"Bearer {ACCESS_TOKEN}"))
    with pytest.raises(XeroError) as raised:
        Transport(InstantStop()).send("Journals", get())
    assert raised.value.kind is Kind.NO_ANSWER
    assert str(raised.value.internal_message).startswith(f"Journals did not answer, {error.__name__.lower()},")
    assert ACCESS_TOKEN not in "".join(traceback.format_exception(raised.value))


@pytest.mark.parametrize("token", ["s3cr3t\ntoken", "s3cr3t\rtoken", "s3cr3t-\ud800"])
def test_a_token_that_fits_no_header_is_not_shown(token: str, requests_mock: requests_mock.Mocker) -> None:
    """The libraries below quote a header that they refuse; our error names the settings instead."""
    requests_mock.get(URL, exc=UnicodeEncodeError("latin-1", token, 0, 1, f"cannot encode {token}"))
    with pytest.raises(XeroError) as raised:
        Transport(InstantStop()).send("Journals", get(token))
    shown = "".join(traceback.format_exception(raised.value)) + repr(raised.value) + str(raised.value.internal_message)
    assert raised.value.failure_type is CONFIG
    assert "check the settings" in str(raised.value.message)
    assert "Journals" in str(raised.value.internal_message)
    assert "s3cr3t" not in shown


def test_an_answer_does_not_show_its_body() -> None:
    """An answer in a log or an assertion shows nothing of the ledger."""
    assert "Smith" not in repr(Answer("Journals", 200, {}, b"Smith"))


def test_nothing_is_sent_after_a_stop(requests_mock: requests_mock.Mocker) -> None:
    """A sync that was told to stop pays for no further call."""
    requests_mock.get(URL)
    stop = InstantStop()
    stop.set()
    with pytest.raises(StoppedError):
        Transport(stop).send("Journals", get())
    assert requests_mock.call_count == 0


def test_a_call_under_way_is_finished(requests_mock: requests_mock.Mocker) -> None:
    """An answer that is arriving when the sync is stopped is paid, and may be the only copy of the next refresh token."""
    stop = InstantStop()

    def arriving(*_: Any) -> bytes:
        stop.set()
        return b"[]"

    requests_mock.get(URL, content=arriving)
    assert Transport(stop).send("Journals", get()).body == b"[]"


@pytest.mark.parametrize(
    ("retry_after", "seconds"),
    [
        ("22", 22.0),
        (" 5 ", 5.0),
        ("0", 0.0),
        (None, None),
        ("", None),
        ("-1", None),
        ("1.5", None),
        ("\u0663", None),
        ("9" * 400, None),
    ],
)
def test_retry_after_is_whole_seconds(
    retry_after: str | None, seconds: float | None, requests_mock: requests_mock.Mocker
) -> None:
    """Xero promises whole seconds; anything else counts as absent."""
    requests_mock.get(URL, status_code=429, headers={} if retry_after is None else {"Retry-After": retry_after})
    assert Transport(InstantStop()).send("Journals", get()).failure().retry_after == seconds


def test_what_may_be_shown_of_an_answer(requests_mock: requests_mock.Mocker) -> None:
    """Status, endpoint, limit and correlation ID: the headers that Xero's support asks for, and a bounded length of them."""
    headers = {"X-Rate-Limit-Problem": "AppMinute", "Xero-Correlation-Id": "c" * 5000, "Retry-After": "7"}
    requests_mock.get(URL, status_code=429, headers=headers, content=b"Smith")
    failure = Transport(InstantStop()).send("Journals", get()).failure()
    assert (failure.word, failure.retry_after) == ("appminute", 7.0)
    assert "Journals answered 429, appminute" in failure.facts
    assert len(failure.facts) < 200
    assert "Smith" not in failure.facts


def test_the_content_type_is_read_in_any_spelling(requests_mock: requests_mock.Mocker) -> None:
    """A proxy that writes Application/JSON does not hide the name of the problem."""
    requests_mock.get(
        URL,
        status_code=403,
        json={"Detail": "AuthenticationUnsuccessful"},
        headers={"Content-Type": "Application/JSON"},
    )
    assert Transport(InstantStop()).send("Journals", get()).failure().word == "authenticationunsuccessful"


@pytest.mark.parametrize("text", ["Smith & Co", "a\tb", "caf\xe9", "c" * 65, ""])
def test_a_correlation_id_of_another_form_is_not_shown(text: str) -> None:
    """Only letters, digits and hyphens get from that header into a message, 64 at most."""
    failure = Answer("Journals", 500, {"Xero-Correlation-Id": text}, b"").failure()
    assert failure.facts == "Journals answered 500, Xero-Correlation-Id none"


def test_a_limit_is_named_by_a_429_only() -> None:
    """The header on another failure does not hide what the body names."""
    headers = {"X-Rate-Limit-Problem": "minute", "Content-Type": "application/json"}
    body = b'{"Detail": "AuthenticationUnsuccessful"}'
    assert Answer("Journals", 429, headers, body).failure().word == "minute"
    assert Answer("Journals", 403, headers, body).failure().word == "authenticationunsuccessful"
