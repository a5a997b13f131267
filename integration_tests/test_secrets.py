"""Attempts to get a secret out: every kind of credentials, every command, with all that can be logged."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterator
from urllib.parse import quote

import pytest

from integration_tests.connector import Connector, ended
from integration_tests.protocol import Json
from local_xero.process import XeroServerProcess

Config = Callable[[XeroServerProcess], Json]

KINDS: dict[str, Config] = {
    "oauth": XeroServerProcess.config,
    "pkce": XeroServerProcess.pkce_config,
    "custom connection": XeroServerProcess.custom_connection_config,
    "access token": XeroServerProcess.access_token_config,
}
each_kind = pytest.mark.parametrize("config", KINDS.values(), ids=KINDS.keys())

SECRETS = ("client_secret", "refresh_token", "access_token")
STREAMS = ("journals", "journal_lines", "invoices", "contacts", "organisations", "trial_balance_lines")

FORMS = re.compile(
    r"eyJ[\w-]{10,}"  # a token of any kind: a JSON object in Base64, such as {"alg":…}
    r"|(?i:bearer|basic) [\w+/=-]{10,}"
    r"|(?i:authorization)['\"]?\s*[:=]"
    r"|(?i:grant_type|refresh_token|client_secret)="
)
"""What a secret looks like on the wire."""


class Run:
    """One command with all logs that there are.

    Attributes:
        lines: of stdout.
        stderr: what stood there.
    """

    def __init__(self, connector: Connector, line: list[str], *, debug: bool = True) -> None:
        """Run it to its end."""
        stdout, self.stderr, _ = ended([*line, "--debug"] if debug else line, connector.environment)
        self.lines = stdout.splitlines()
        assert "Debug logs enabled" in stdout

    def controls(self) -> Iterator[Json]:
        """Give the configs of CONTROL messages, which are there to carry tokens."""
        for line in self.lines:
            if line.startswith('{"type":"CONTROL"'):
                yield json.loads(line)["control"]["connectorConfig"]["config"]

    def others(self) -> str:
        """Give all that was written but for CONTROL messages."""
        return "\n".join(line for line in self.lines if not line.startswith('{"type":"CONTROL"')) + self.stderr

    def logs(self) -> str:
        """Give all that is about the sync, and not what is synced or described."""
        data = ('{"type":"CONTROL"', '{"type":"RECORD"', '{"type":"CATALOG"')
        return "\n".join(line for line in self.lines if not line.startswith(data)) + self.stderr


def secrets_of(config: Json, run: Run) -> set[str]:
    """Give every secret of a config, and those that came while it ran, in each form that they take on the way."""
    found: set[str] = set()
    for credentials in [config["credentials"], *(control["credentials"] for control in run.controls())]:
        plain = [credentials[key] for key in SECRETS if credentials.get(key)]
        pair = f"{credentials.get('client_id')}:{credentials.get('client_secret')}"
        found |= {*plain, *map(quote, plain), base64.b64encode(pair.encode()).decode()}
    return found


def assert_nothing_got_out(run: Run, config: Json) -> None:
    """Check that no secret, and nothing that looks like one, stands anywhere but in CONTROL messages."""
    text = run.others()
    assert len([secret for secret in secrets_of(config, run) if secret in text]) == 0
    assert len(FORMS.findall(text)) == 0  # a failure must not print them either


def settings(xero: XeroServerProcess, config: Config) -> Json:
    """Give settings of a kind."""
    return {**config(xero), "reports": {"starting_on": "2026-01-01"}}


@each_kind
def test_commands_keep_secrets(connector: Connector, xero: XeroServerProcess, config: Config) -> None:
    """Neither check nor discover nor read shows a secret at the most talkative level, also when a token is renewed."""
    given = settings(xero, config)
    for line in (connector.line("check", given), connector.line("discover", given)):
        assert_nothing_got_out(Run(connector, line), given)
    given = settings(xero, config)
    xero.control("switches", {"refresh_grace_seconds": 1800})  # the check has spent the refresh token
    expire = {"endpoint": "Journals", "after": 1, "do": "tokens", "with": {"expire_access": True}}
    xero.control("script", {"steps": [expire]})
    run = Run(connector, connector.read_line(given, *STREAMS))
    assert '{"type":"RECORD"' in "\n".join(run.lines)
    assert_nothing_got_out(run, given)


@pytest.mark.parametrize("config", [KINDS["oauth"], KINDS["custom connection"]], ids=["oauth", "custom connection"])
def test_failures_keep_secrets(connector: Connector, xero: XeroServerProcess, config: Config) -> None:
    """Refusals, broken bodies and lost connections are told without a secret, and without a word of the ledger."""
    faults = {"Journals": "forbidden", "Invoices": "truncated_json", "Contacts": "reset", "Organisation": "500"}
    for path, kind in faults.items():
        xero.control("faults", {"kind": kind, "path": path})
    given = settings(xero, config)
    run = Run(connector, connector.read_line(given, *STREAMS))
    assert_nothing_got_out(run, given)
    names = {contact["Name"] for contact in xero.truth("Contacts") if len(contact["Name"]) > 3}
    assert names
    assert [name for name in names if name in run.logs()] == []


@pytest.mark.parametrize("key", ["Detail", "Type", "error"])
def test_answer_that_repeats_a_token_is_not_repeated(connector: Connector, xero: XeroServerProcess, key: str) -> None:
    """Should a proxy or Xero itself send back what it was sent, in any word of an error, no log shows it."""
    given = settings(xero, XeroServerProcess.access_token_config)
    token = given["credentials"]["access_token"]
    headers = {"Xero-Correlation-Id": token[:60], "X-Rate-Limit-Problem": token[:40].lower(), "WWW-Authenticate": token}
    fault = {"kind": "raw", "path": "Invoices", "status": 400, "headers": headers, "body": {key: f"Bearer {token}"}}
    xero.control("faults", fault)
    xero.control("faults", {**fault, "path": "Contacts", "status": 429, "body": {key: token}})
    run = Run(connector, connector.read_line(given, "invoices", "contacts"))
    assert_nothing_got_out(run, given)
    assert token.lower() not in run.others().lower()


@each_kind
def test_credentials_that_are_refused_are_not_shown(
    connector: Connector, xero: XeroServerProcess, config: Config
) -> None:
    """When Xero does not accept the credentials, the error does not repeat them, whatever characters are in them."""
    given = settings(xero, config)
    for key in SECRETS:
        if key in given["credentials"]:
            given["credentials"][key] = 'wrong+but/"quoted"&%41\\' + given["credentials"][key]
    for line in (connector.line("check", given), connector.read_line(given, "accounts")):
        assert_nothing_got_out(Run(connector, line), given)


def test_logs_of_a_platform_keep_secrets(connector: Connector, xero: XeroServerProcess) -> None:
    """A platform turns the same logs on by LOG_LEVEL; they are messages of another form, and as silent."""
    connector.environment["LOG_LEVEL"] = "debug"
    given = settings(xero, XeroServerProcess.config)
    run = Run(connector, connector.read_line(given, *STREAMS), debug=False)
    assert '"level":"DEBUG"' in "\n".join(run.lines)
    assert_nothing_got_out(run, given)


def test_secret_in_the_wrong_place_is_not_shown(connector: Connector, xero: XeroServerProcess) -> None:
    """A secret under a mistyped key, or pasted as the tenant, is refused without being repeated."""
    given = settings(xero, XeroServerProcess.config)
    given["credentials"]["client_secrets"] = given["credentials"].pop("client_secret")
    run = Run(connector, connector.line("check", given))
    assert given["credentials"]["client_secrets"] not in run.others()
    assert_nothing_got_out(run, given)
