"""The operator's side of the configuration: environment variables.

The addresses of Xero can be changed here only, never in the settings: a setting that could redirect a token request
would let everyone who may edit a connection read its secrets.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from pathlib import Path

from source_xero_gl.xero.errors import CONFIG, XeroError

API_URL = "https://api.xero.com"
IDENTITY_URL = "https://identity.xero.com"
LOGIN_URL = "https://login.xero.com"

# Stricter than a URL parser, which drops line breaks and reads a host differently from the library that connects.
_BASE_URL = re.compile(r"(https?)://([a-z0-9.-]+|\[[0-9a-f:.]+\])(?::([0-9]{1,5}))?/?", re.IGNORECASE)
_COUNT = re.compile(r"[0-9]{1,9}")
_HIGHEST_PORT = 65535


@dataclass(frozen=True)
class Environment:
    """What the operator has chosen.

    Attributes:
        api_url: base of the API and of /connections, without a slash at the end, like the other two.
        identity_url: base of the token endpoint.
        login_url: base of the sign-in page, to which ``connect`` sends the browser.
        calls_per_minute: replaces the setting, may exceed Xero's 60; None when it is not set.
        token_file: file that keeps rotated tokens; None when it is not set.
    """

    api_url: str = API_URL
    identity_url: str = IDENTITY_URL
    login_url: str = LOGIN_URL
    calls_per_minute: int | None = None
    token_file: Path | None = None


def read_environment(environ: Mapping[str, str]) -> Environment:
    """Return what the operator has chosen; a variable that is empty counts as not set.

    Raises:
        XeroError: a configuration error whose one sentence names the variable that is wrong, without its value.
    """
    token_file = environ.get("XERO_TOKEN_FILE", "").strip()
    return Environment(
        api_url=_base_url(environ, "XERO_API_URL", API_URL),
        identity_url=_base_url(environ, "XERO_IDENTITY_URL", IDENTITY_URL),
        login_url=_base_url(environ, "XERO_LOGIN_URL", LOGIN_URL),
        calls_per_minute=_count(environ, "XERO_CALLS_PER_MINUTE"),
        token_file=Path(token_file) if token_file else None,
    )


def _count(environ: Mapping[str, str], name: str) -> int | None:
    text = environ.get(name, "").strip()
    if not text:
        return None
    if not _COUNT.fullmatch(text) or int(text) == 0:
        raise XeroError(
            CONFIG, f"The environment variable {name} must be a whole number of 1 or more; correct or unset it."
        )
    return int(text)


def _base_url(environ: Mapping[str, str], name: str, default: str) -> str:
    text = environ.get(name, "").strip()
    if not text:
        return default
    match = _BASE_URL.fullmatch(text)
    if match is None or not _may_connect(match[1].lower(), match[2], match[3]):
        raise XeroError(
            CONFIG,
            f"The environment variable {name} must be https://host or https://host:port, without path, query or user "
            f"(plain http for localhost, 127.0.0.1 and [::1] only), such as {default}; correct or unset it.",
        )
    return text.rstrip("/").lower()


def _may_connect(scheme: str, host: str, port: str | None) -> bool:
    if port is not None and not 0 < int(port) <= _HIGHEST_PORT:
        return False
    try:
        address = ip_address(host.strip("[]"))
    except ValueError:
        labels = host.split(".")
        named = not host.startswith("[") and all(part and part.strip("-") == part for part in labels)
        # A host whose last part is a number would be read as an IPv4 address in one of its short forms.
        return named and not labels[-1].isdigit() and (scheme == "https" or host.lower() == "localhost")
    bracketed = host.startswith("[")
    return isinstance(address, IPv6Address) == bracketed and (scheme == "https" or address.is_loopback)
