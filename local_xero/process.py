"""Starts the local Xero as a process and talks to its control plane."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing_extensions import Self

Json = dict[str, Any]

_ROOT = Path(__file__).resolve().parents[1]
_STOP_SECONDS = 10.0
_CONTROL_SECONDS = 120.0


class XeroServerError(Exception):
    """The server did not start, or refused a control call."""


class XeroServerProcess:
    """A local Xero in its own process, for the time of the ``with`` block.

    Args:
        company: "demo", "large", "small", "empty", "bulk" or "everything".
        options: start options with underscores: journals, invoices, gaps, seed, latency, calls_per_minute, tenants, …
    """

    def __init__(self, company: str = "small", **options: object) -> None:
        self._arguments = ["--company", company]
        for name, value in options.items():
            self._arguments += [f"--{name.replace('_', '-')}", str(value)]
        self._process: subprocess.Popen[str] | None = None
        self.line: Json = {}

    def __enter__(self) -> Self:
        """Start the server and wait until it listens.

        Raises:
            XeroServerError: when it ends instead.
        """
        command = [sys.executable, "-m", "local_xero", *self._arguments]
        environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(_ROOT), os.environ.get("PYTHONPATH", "")])}
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=_ROOT, env=environment
        )
        line = self._process.stdout.readline() if self._process.stdout else ""
        if not line:
            self.close()
            raise XeroServerError("The local Xero server ended before it listened.")
        self.line = json.loads(line)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop the server."""
        self.close()

    def close(self) -> None:
        """Stop the server; a second call does nothing."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()

    @property
    def url(self) -> str:
        """Base URL of the API, the identity server and the login page."""
        return str(self.line["url"])

    @property
    def tenant_id(self) -> str:
        """ID of the first organisation."""
        return str(self.line["tenants"][0]["tenantId"])

    def config(self, **overrides: Any) -> Json:
        """Return a config with a rotating refresh token; keyword arguments add or replace settings."""
        names = ("client_id", "client_secret", "refresh_token")
        credentials = {"auth_type": "oauth2.0", **{name: self.line[name] for name in names}}
        return {"credentials": credentials, **overrides}

    def pkce_config(self, **overrides: Any) -> Json:
        """Return a config of an app without a secret."""
        return {"credentials": {"auth_type": "oauth2.0", **self.line["pkce"]}, **overrides}

    def custom_connection_config(self, **overrides: Any) -> Json:
        """Return a config of a custom connection to the first organisation."""
        return {"credentials": {"auth_type": "custom_connection", **self.line["custom_connection"]}, **overrides}

    def access_token_config(self, **overrides: Any) -> Json:
        """Return a config with only an access token of the web app."""
        credentials = {"auth_type": "access_token", "access_token": self.line["access_token"]}
        return {"credentials": credentials, **overrides}

    def environment(self) -> dict[str, str]:
        """Return the environment variables that make the connector use this server."""
        return dict.fromkeys(("XERO_API_URL", "XERO_IDENTITY_URL", "XERO_LOGIN_URL"), self.url)

    def control(self, path: str, payload: Json | None = None, parse_float: Callable[[str], Any] = float) -> Json:
        """Make a control call, such as ``control("switches", {"latency_ms": 50})``; ``parse_float`` as in ``json.loads``.

        Raises:
            XeroServerError: when the server refuses it.
        """
        body = json.dumps(payload or {}).encode()
        request = urllib.request.Request(f"{self.url}/_control/{path}", body)  # noqa: S310 - loopback
        try:
            with urllib.request.urlopen(request, timeout=_CONTROL_SECONDS) as answer:  # noqa: S310 - loopback
                result: Json = json.load(answer, parse_float=parse_float)
        except urllib.error.HTTPError as error:
            with error:
                raise XeroServerError(f"{path}: {error.read().decode(errors='replace')}") from None
        return result

    def log(self, endpoint: str | None = None) -> list[Json]:
        """Return the calls so far, of one endpoint ("Journals", "/connect/token") or of all."""
        calls: list[Json] = self.control("log", {} if endpoint is None else {"path": endpoint})["calls"]
        return calls

    def truth(self, name: str, *, cash: bool = False) -> list[Json]:
        """Return all records of "Journals", "Invoices", … as a complete read would receive them."""
        records: list[Json] = self.control("truth", {"list": name, "cash": cash})["records"]
        return records
