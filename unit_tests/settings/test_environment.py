"""Environment variables: the operator's addresses, pacing and token file."""

from __future__ import annotations

from pathlib import Path

import pytest

from source_xero_gl.settings.environment import Environment, read_environment
from source_xero_gl.xero.errors import CONFIG, XeroError

URL_VARIABLES = {
    "XERO_API_URL": "https://api.xero.com",
    "XERO_IDENTITY_URL": "https://identity.xero.com",
    "XERO_LOGIN_URL": "https://login.xero.com",
}


def fault_of(name: str, value: str) -> str:
    """Return the sentence about a variable that must be refused as a configuration error."""
    with pytest.raises(XeroError) as raised:
        read_environment({name: value})
    assert raised.value.failure_type is CONFIG
    return str(raised.value.message)


@pytest.mark.parametrize(
    "environ", [{}, dict.fromkeys([*URL_VARIABLES, "XERO_CALLS_PER_MINUTE", "XERO_TOKEN_FILE"], " "), {"PATH": "/bin"}]
)
def test_nothing_set_means_xero_itself(environ: dict[str, str]) -> None:
    """Without variables, or with empty ones, the connector talks to Xero."""
    assert read_environment(environ) == Environment(
        api_url="https://api.xero.com",
        identity_url="https://identity.xero.com",
        login_url="https://login.xero.com",
        calls_per_minute=None,
        token_file=None,
    )


def test_each_variable_has_its_own_place() -> None:
    """No address stands in for another one."""
    environ = {
        "XERO_API_URL": "http://localhost:8001",
        "XERO_IDENTITY_URL": "http://127.0.0.1:8002/",
        "XERO_LOGIN_URL": "https://login.example.com",
        "XERO_CALLS_PER_MINUTE": "100000",
        "XERO_TOKEN_FILE": "/data/tokens.json",
    }
    assert read_environment(environ) == Environment(
        "http://localhost:8001",
        "http://127.0.0.1:8002",
        "https://login.example.com",
        100_000,
        Path("/data/tokens.json"),
    )


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("https://example.com", "https://example.com"),
        ("HTTPS://Example.com:8443/", "https://example.com:8443"),
        (" https://10.0.0.7 ", "https://10.0.0.7"),
        ("https://[2001:db8::1]:8443", "https://[2001:db8::1]:8443"),
        ("http://localhost", "http://localhost"),
        ("http://127.255.0.9:1", "http://127.255.0.9:1"),
        ("http://[::1]:65535/", "http://[::1]:65535"),
    ],
)
def test_https_anywhere_and_http_on_this_machine(text: str, url: str) -> None:
    """Tokens cross a network encrypted or not at all."""
    assert read_environment({"XERO_API_URL": text}).api_url == url


@pytest.mark.parametrize("name", URL_VARIABLES)
@pytest.mark.parametrize(
    "text",
    [
        "http://api.xero.com",
        "http://10.0.0.7",
        "http://0.0.0.0",
        "http://[2001:db8::1]",
        "http://localhost.example.com",
        "http://127.0.0.1.example.com",
        "http://localhost@example.com",
        "http://localhost:80@example.com",
        "http://localhost#@example.com",
        "http://localhost\\@example.com",
        "http://loc\nalhost",
        "http://2130706433",
        "http://127.1",
        "http://0177.0.0.1",
        "http://[127.0.0.1]",
        "https://user:secret@example.com",
        "https://example.com/path",
        "https://example.com?query",
        "https://example.com//",
        "https://example.com:0",
        "https://example.com:65536",
        "https://example.com:",
        "https://example..com",
        "https://exa mple.com",
        "https://ex\N{CYRILLIC SMALL LETTER A}mple.com",
        "https://",
        "example.com",
        "ftp://example.com",
        "file:///etc/passwd",
    ],
)
def test_any_other_address_is_refused_without_being_shown(name: str, text: str) -> None:
    """Nothing that two URL parsers could read differently gets a token."""
    assert fault_of(name, text) == (
        f"The environment variable {name} must be https://host or https://host:port, without path, query or user "
        "(plain http for localhost, 127.0.0.1 and [::1] only), such as "
        f"{URL_VARIABLES[name]}; correct or unset it."
    )


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "many", "1e3", "٣", "9" * 5000])
def test_a_rate_is_a_positive_whole_number(text: str) -> None:
    """A rate that is mistyped does not silently become Xero's."""
    assert fault_of("XERO_CALLS_PER_MINUTE", text) == (
        "The environment variable XERO_CALLS_PER_MINUTE must be a whole number of 1 or more; correct or unset it."
    )
