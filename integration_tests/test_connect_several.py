"""``connect --folder`` against the local Xero: one organisation after the other, with one sign-in."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from integration_tests.connect_process import Browser, Connect, answered
from integration_tests.connector import Connector
from integration_tests.protocol import Json
from local_xero.process import XeroServerProcess

NAMES = ("Fernside Supplies", "K\u014dwhai & <Co>", "K\u014dwhai & <Co>")
FILES = ["fernside-supplies.json", "kowhai-co-2.json", "kowhai-co.json"]
NO_FILTERS = [""] * 6


@pytest.fixture
def tenants(xero: XeroServerProcess) -> list[str]:
    """Let the user have three organisations, two of one name; give their IDs."""
    answer = xero.control("tenants", {"tenants": [{"tenantName": name} for name in NAMES]})
    return [str(tenant["tenantId"]) for tenant in answer["tenants"]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a folder that is not there yet."""
    return tmp_path / "books"


@pytest.fixture
def connect(folder: Path, xero: XeroServerProcess, tenants: list[str]) -> Iterator[Connect]:
    """Run the command."""
    del tenants
    with Connect(folder, xero.environment(), "--folder", str(folder)) as command:
        yield command


def app(xero: XeroServerProcess) -> dict[str, str]:
    """Give what is entered on the first page."""
    return {"client_id": xero.line["client_id"], "client_secret": xero.line["client_secret"], "journals": "on"}


def configs(folder: Path) -> dict[str, Json]:
    """Read the configs of the folder, by name."""
    paths = sorted(path for path in folder.glob("*.json") if not path.name.endswith(".tokens.json"))
    return {path.name: json.loads(path.read_text(encoding="utf-8")) for path in paths}


def test_three_organisations_with_one_consent(
    connect: Connect, connector: Connector, xero: XeroServerProcess, folder: Path, tenants: list[str]
) -> None:
    """Each gets a config that works, and one sign-in serves them all, although Xero accepts each token once."""
    browser = Browser(xero)
    browser.open(connect.address)
    browser.send("/connect", **app(xero))
    browser.allow(tenants[1])
    page = browser.send("/choose", tenant=tenants[1])
    assert "Your sign-in reaches 2 more" in page
    for tenant in (tenants[2], tenants[0]):
        browser.send("/another")
        browser.send("/choose", tenant=tenant)
    browser.send("/finish")
    assert connect.ended() == 0
    assert all(str(folder / name) in connect.output for name in FILES)
    assert {name: config["tenant"] for name, config in configs(folder).items()} == dict(
        zip(FILES, [tenants[0], tenants[2], tenants[1]], strict=True)
    )
    assert [call["path"] for call in xero.log("/connect/token")] == ["/connect/token"]
    xero.control("switches", {"refresh_grace_seconds": 0})
    for name in (*FILES, *FILES):
        xero.control("tokens", {"expire_access": True})
        assert connector.check(folder / name).outcome()[0] == "SUCCEEDED"


def test_one_more_sign_in_keeps_the_others_working(
    connect: Connect, connector: Connector, xero: XeroServerProcess, folder: Path, tenants: list[str]
) -> None:
    """Where a new sign-in ends the user's earlier one, the organisation that was connected with that goes on all the same."""
    xero.control("switches", {"refresh_grace_seconds": 0, "one_sign_in_per_user": True})
    browser = Browser(xero)
    browser.open(connect.address)
    browser.send("/connect", **app(xero))
    browser.allow(tenants[0])
    browser.send("/choose", tenant=tenants[0])
    browser.send("/another-sign-in")
    assert "Just allowed" in browser.allow(tenants[1])
    browser.send("/choose", tenant=tenants[1])
    connect.process.send_signal(signal.SIGINT)
    assert connect.ended() == 0
    assert len(configs(folder)) == 2
    assert len(list(folder.glob("*.tokens.json"))) == 1
    for name in configs(folder):
        xero.control("tokens", {"expire_access": True})
        assert connector.check(folder / name).outcome()[0] == "SUCCEEDED"


def test_ctrl_c_before_the_second_choice_keeps_what_is_connected(
    connect: Connect, xero: XeroServerProcess, folder: Path, tenants: list[str]
) -> None:
    """A session that is left in the middle of the second organisation has connected the first one, and says so."""
    browser = Browser(xero)
    browser.open(connect.address)
    browser.send("/connect", **app(xero))
    browser.allow(tenants[0])
    browser.send("/choose", tenant=tenants[0])
    browser.send("/another")
    connect.process.send_signal(signal.SIGTERM)
    assert connect.ended() == 143
    assert list(configs(folder)) == ["fernside-supplies.json"]


def test_on_the_terminal(connector: Connector, xero: XeroServerProcess, folder: Path, tenants: list[str]) -> None:
    """Without a browser: the next one is chosen from a list, then one more sign-in. A later run says what is there."""
    credentials = [xero.line["client_id"], xero.line["client_secret"], "y"]
    answers = [*credentials, "visit", "1", *NO_FILTERS, "2", *NO_FILTERS, "2", "visit", *NO_FILTERS, ""]
    status, output = answered(folder, xero.environment(), ["--folder", str(folder)], answers)
    assert status == 0, output
    assert "sign in to Xero for one more" in output
    assert [config["tenant"] for config in configs(folder).values()] == tenants
    assert connector.check(folder / "kowhai-co.json").outcome()[0] == "SUCCEEDED"
    secrets = [xero.line["client_secret"]]
    secrets += [str(value) for path in folder.glob("*.tokens.json") for value in json.loads(path.read_text()).values()]
    assert not [secret for secret in secrets if secret in output]
    _, again = answered(folder, xero.environment(), ["--folder", str(folder)], [*credentials, "visit"])
    assert [again.count(f", already in {name}\n") for name in configs(folder)] == [1] * len(tenants)
