"""``connect`` against the local Xero, over HTTP: a person's way to a config file that works."""

from __future__ import annotations

import contextlib
import json
import re
import signal
import stat
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from integration_tests.connect_process import Browser, Connect, answered, asked, kept, without_windows
from integration_tests.connector import COMMAND, Connector
from local_xero.process import XeroServerProcess

TWINS = [{"tenantName": "Twin"}, {"tenantName": "Twin"}, {"tenantName": "Practice", "tenantType": "PRACTICE"}]
JOURNALS = "accounting.journals.read"
NO_FILTERS = [""] * 6


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """Give a path in a folder that is not there yet."""
    return tmp_path / "secrets" / "config.json"


@pytest.fixture
def connect(config: Path, xero: XeroServerProcess) -> Iterator[Connect]:
    """Run the command."""
    with Connect(config, xero.environment()) as command:
        yield command


@pytest.fixture
def browser(xero: XeroServerProcess) -> Browser:
    """Give a browser."""
    return Browser(xero)


def app(xero: XeroServerProcess, **fields: str) -> dict[str, str]:
    """Give what is entered on the first page."""
    return {"client_id": xero.line["client_id"], "client_secret": xero.line["client_secret"], **fields}


def check_and_read(connector: Connector, config: Path) -> int:
    """Check that a config serves the connector; count the journals that it reads."""
    assert connector.check(config).outcome()[0] == "SUCCEEDED"
    output = connector.read(config, "journals")
    assert output.status == 0
    return len(output.records("journals"))


def test_a_newcomers_way(
    connect: Connect, browser: Browser, connector: Connector, xero: XeroServerProcess, config: Path
) -> None:
    """App, consent, choice, done: the file is complete and the owner's alone, and ``check`` and ``read`` take it as it is."""
    browser.open(connect.address)
    browser.send("/connect", **app(xero, journals="on"))
    assert "Choose what to read" in browser.allow(xero.tenant_id)
    page = browser.send("/choose", tenant=xero.tenant_id, journals__ending_at_journal_id="20")
    assert "Connected to" in page
    browser.send("/finish")
    assert connect.ended() == 0
    assert stat.S_IMODE(config.stat().st_mode) == 0o600
    assert str(config) in connect.output
    assert len(xero.log("/connect/token")) == 1
    assert check_and_read(connector, config) == sum(row["JournalNumber"] <= 20 for row in xero.truth("Journals"))
    assert len(xero.log("/connect/token")) == 1


def test_journals_refused_on_xeros_page(
    connect: Connect, browser: Browser, connector: Connector, xero: XeroServerProcess
) -> None:
    """Xero refuses the whole consent and does not lead back: the first page then offers to go on without journals."""
    xero.control("switches", {"forbidden_scopes": [JOURNALS], "journals_entitled": False})
    browser.open(connect.address)
    assert "Invalid scope for client" in browser.send("/connect", **app(xero, journals="on"))
    browser.open(f"{connect.origin}/")
    browser.send("/without-journals")
    browser.allow(xero.tenant_id)
    assert "Connected to" in browser.send("/choose", tenant=xero.tenant_id)
    assert connect.kept()["journals"] == {"include": False}
    assert connector.check(connect.config).outcome()[0] == "SUCCEEDED"


def test_no_secret_is_shown_where_it_could_be_kept(connect: Connect, browser: Browser, xero: XeroServerProcess) -> None:
    """Output and addresses hold no secret, token, code or state; the last page masks what it shows."""
    browser.open(connect.address)
    browser.send("/connect", **app(xero, journals="on"))
    state = asked(browser.address)["state"]
    browser.allow(xero.tenant_id)
    assert browser.address == f"{connect.origin}/choose"
    page = browser.send("/choose", tenant=xero.tenant_id)
    credentials = connect.kept()["credentials"]
    secrets = [credentials[name] for name in ("client_secret", "refresh_token")]
    assert [re.findall(rf'type="(\w+)" value="{secret}"', page) for secret in secrets] == [["password"]] * 2
    assert credentials["access_token"] not in page
    browser.send("/finish")
    connect.ended()
    assert not [secret for secret in (*secrets, credentials["access_token"], state) if secret in connect.output]
    assert "code=" not in connect.output
    assert {call["path"] for call in xero.log()} & {"/connect/token"}


def test_ctrl_c_before_the_end_keeps_the_credentials(
    connect: Connect, browser: Browser, xero: XeroServerProcess
) -> None:
    """Ctrl-C after the sign-in: status 130, and the file holds the tokens, so that the next run goes on."""
    browser.open(connect.address)
    browser.send("/connect", **app(xero, journals="on"))
    browser.allow(xero.tenant_id)
    connect.process.send_signal(signal.SIGINT)
    assert connect.ended() == 130
    assert "Traceback" not in connect.output
    assert connect.kept()["credentials"]["refresh_token"]
    with pytest.raises(requests.ConnectionError):
        requests.get(connect.origin, timeout=10)


def test_ctrl_c_after_the_check_is_as_good_as_finish(
    connect: Connect, browser: Browser, xero: XeroServerProcess
) -> None:
    """Once the settings are saved and checked, Ctrl-C ends the command with success."""
    browser.open(connect.address)
    browser.send("/connect", **app(xero, journals="on"))
    browser.allow(xero.tenant_id)
    browser.send("/choose", tenant=xero.tenant_id)
    connect.process.send_signal(signal.SIGINT)
    assert connect.ended() == 0


def test_a_token_that_is_renewed_by_the_check_is_the_one_that_is_shown(
    connect: Connect, browser: Browser, xero: XeroServerProcess
) -> None:
    """When the access token ends before the check, the renewed refresh token stands in the file and on the page."""
    browser.open(connect.address)
    browser.send("/connect", **app(xero, journals="on"))
    browser.allow(xero.tenant_id)
    first = connect.kept()["credentials"]["refresh_token"]
    xero.control("tokens", {"expire_access": True})
    page = browser.send("/choose", tenant=xero.tenant_id)
    second = connect.kept()["credentials"]["refresh_token"]
    assert first != second
    assert (first in page, second in page) == (False, True)
    browser.send("/finish")
    connect.ended()
    assert '{"type"' not in connect.output


def test_a_port_that_is_taken_is_told(connect: Connect, config: Path, xero: XeroServerProcess) -> None:
    """A second command on the same port ends at once with a sentence that says what to do."""
    other = config.parent / "other" / "config.json"
    line = [*COMMAND, "connect", "--config", str(other), "--port", connect.origin.rpartition(":")[2]]
    environment = without_windows(xero.environment())
    done = subprocess.run(line, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert "is taken by another program" in done.stderr
    assert "--port" in done.stderr
    assert not other.parent.exists()


def test_a_custom_connection_in_the_browser(
    config: Path, browser: Browser, connector: Connector, xero: XeroServerProcess
) -> None:
    """Client ID and secret are enough, without consent and scope; wrong ones are told on the first page."""
    xero.control("switches", {"reject_scope_parameter": True})
    custom = xero.line["custom_connection"]
    with Connect(config, xero.environment(), "--custom-connection") as connect:
        browser.open(connect.address)
        assert "Xero does not know this app" in browser.send("/connect", **{**custom, "client_secret": "wrong"})
        assert "Choose what to read" in browser.send("/connect", journals="on", **custom)
        assert "Connected to" in browser.send(
            "/choose", tenant=re.findall(r'name="tenant" value="([^"]+)"', browser.page)[0]
        )
        browser.send("/finish")
        assert connect.ended() == 0
    assert check_and_read(connector, config) == len(xero.truth("Journals"))


def test_without_a_browser(config: Path, connector: Connector, xero: XeroServerProcess) -> None:
    """Answers through a pipe lead to the same file: Enter takes what is offered, a wrong filter is asked for again."""
    xero.control("tenants", {"tenants": TWINS})
    fields = [*app(xero).values(), "y", "visit", "", "9", "5", "", "", "", "", "3"]
    status, output = answered(config, xero.environment(), [], fields)
    assert status == 0, output
    assert "Starting at Journal ID is 9, above Ending at Journal ID" in output
    assert "just allowed" in output
    assert kept(config)["journals"] == {"include": True, "starting_at_journal_id": 3, "ending_at_journal_id": 5}
    credentials = kept(config)["credentials"]
    assert not [name for name in ("refresh_token", "access_token", "client_secret") if credentials[name] in output]
    assert check_and_read(connector, config) == sum(3 <= row["JournalNumber"] <= 5 for row in xero.truth("Journals"))


def test_without_a_browser_journals_can_be_left_out(config: Path, xero: XeroServerProcess) -> None:
    """Where Xero shows an error, one letter goes on without journals; a made-up address is refused, then the real one taken."""
    xero.control("switches", {"forbidden_scopes": [JOURNALS]})
    made_up = "http://localhost:8722/callback?code=c0de&state=another"
    answers = [*app(xero).values(), "", "n", made_up, "visit", *NO_FILTERS]
    status, output = answered(config, xero.environment(), [], answers)
    assert status == 0, output
    assert "does not belong to the sign-in" in output
    assert output.count("/identity/connect/authorize?") == 2
    before, _, after = output.partition("Read journals?")
    assert "a ledger rebuilt from documents" in before
    assert "a ledger rebuilt from documents" in after
    assert kept(config)["journals"] == {"include": False}


def test_a_wrong_paste_costs_no_sign_in(config: Path, xero: XeroServerProcess) -> None:
    """A part of the address, the wrong address or nothing at all: what is wrong is said, and the right one can be pasted."""
    wrong = [
        "",
        "http://localhost:8722/callback?code=c0de",
        "https://login.xero.com/identity/connect/authorize?state=x",
    ]
    status, output = answered(config, xero.environment(), [], [*app(xero).values(), "y", *wrong, "visit", *NO_FILTERS])
    assert status == 0, output
    assert output.count("That is not the whole address") == 3
    assert output.count("/identity/connect/authorize?") == 1


def test_a_wrong_app_is_asked_for_again(config: Path, xero: XeroServerProcess) -> None:
    """An empty client ID is noticed before the secret is asked for; a wrong one and a wrong secret can be entered again."""
    client_id, secret = app(xero).values()
    answers = ["", "unknown", "", "y", "a", client_id, "wrong-s3cret", "y", "visit", client_id, secret, "y", "visit"]
    status, output = answered(config, xero.environment(), [], [*answers, *NO_FILTERS])
    assert status == 0, output
    assert output.index("Client ID is missing") < output.index("Client secret")
    assert "Xero does not know this app" in output
    assert kept(config)["credentials"]["client_secret"] == secret


def test_a_custom_connection_without_a_browser(config: Path, connector: Connector, xero: XeroServerProcess) -> None:
    """The same on the terminal: client ID, secret, filters."""
    answers = [*xero.line["custom_connection"].values(), "y", *NO_FILTERS]
    status, output = answered(config, xero.environment(), ["--custom-connection"], answers)
    assert status == 0, output
    assert "Organisation:" in output
    assert connector.check(config).outcome()[0] == "SUCCEEDED"


def test_input_that_ends_is_told(config: Path, xero: XeroServerProcess) -> None:
    """When the answers end, one sentence says so, and the status is 1."""
    status, output = answered(config, xero.environment(), [], ["app"])
    assert status == 1
    assert "The input ended" in output
    assert "Traceback" not in output


@pytest.mark.parametrize("content", ['{"name": "a package"}', "[]", "no JSON"])
def test_a_file_that_is_no_config_is_left_alone(tmp_path: Path, xero: XeroServerProcess, content: str) -> None:
    """A file that holds something else stops the command before anything is asked."""
    path = tmp_path / "package.json"
    path.write_text(content, encoding="utf-8")
    status, output = answered(path, xero.environment(), [], [])
    assert status == 1
    assert "Name another one with --config" in output
    assert path.read_text(encoding="utf-8") == content


def test_connecting_again_replaces_a_dead_sign_in(
    config: Path, browser: Browser, connector: Connector, xero: XeroServerProcess
) -> None:
    """With a config whose sign-in was revoked: the app is known, its other settings stay, and the file works again."""
    config.parent.mkdir()
    old: dict[str, Any] = xero.config(journals={"ending_at_journal_id": 9}, daily_call_reserve=7)
    config.write_text(json.dumps(old), encoding="utf-8")
    xero.control("tokens", {"revoke": True})
    with Connect(config, xero.environment()) as connect:
        page = browser.open(connect.address)
        assert xero.line["client_secret"] not in page
        browser.send("/connect", client_id=xero.line["client_id"], client_secret="", journals="on")
        assert 'value="9"' in browser.allow(xero.tenant_id)
        browser.send("/choose", tenant=xero.tenant_id, journals__ending_at_journal_id="9")
    assert kept(config)["daily_call_reserve"] == 7
    assert connector.check(config).outcome()[0] == "SUCCEEDED"


@pytest.mark.parametrize(("signum", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_waits_for_the_answer_that_holds_the_token(
    connect: Connect, browser: Browser, xero: XeroServerProcess, signum: int, status: int
) -> None:
    """A signal while the code is being exchanged ends the command only when the refresh token is in the file."""
    browser.open(connect.address)
    browser.send("/connect", **app(xero, journals="on"))
    xero.control("faults", {"kind": "slow", "path": "/connect/token", "ms": 2000})
    visit = threading.Thread(target=_ignoring_the_end, args=[lambda: browser.allow(xero.tenant_id)])
    visit.start()
    for _ in range(100):
        if xero.control("faults", {"faults": []})["waiting"] == 0:
            break
        time.sleep(0.05)
    connect.process.send_signal(signum)
    time.sleep(0.5)
    connect.process.send_signal(signal.SIGINT)  # impatience changes nothing
    assert connect.ended() == status
    assert "Finishing the step under way" in connect.output
    visit.join(60)
    assert connect.kept()["credentials"]["refresh_token"]
    assert "Traceback" not in connect.output


def _ignoring_the_end(visit: Callable[[], str]) -> None:
    """Visit a page whose server may end meanwhile."""
    with contextlib.suppress(requests.ConnectionError):
        visit()
