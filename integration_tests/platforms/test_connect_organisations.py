"""The script that connects many organisations through Airbyte's API: complete, repeatable, and silent about secrets."""

from __future__ import annotations

import importlib
import importlib.util
import json
from pathlib import Path

import pytest

from integration_tests.platforms.airbyte_script import DEFINITION, WORKSPACE, config, run, write
from integration_tests.platforms.airbyte_stub import AirbyteStub

NAMES = [f"org-{number:03d}" for number in range(130)]


def test_each_organisation_gets_a_source_and_a_connection(stub: AirbyteStub, tmp_path: Path) -> None:
    """Each file becomes a source with its settings and a connection into a schema of its own, incremental where it can be."""
    done = run(stub.url, write(tmp_path, "Kowhai Ltd", "rimu"), "--streams", "journals,accounts", "--hour", "5")
    assert done.returncode == 0, done.stdout
    first, second = stub.objects["sources"]
    assert (first["name"], first["configuration"]) == ("Kowhai Ltd", config("Kowhai Ltd"))
    assert (second["definitionId"], second["workspaceId"]) == (DEFINITION, WORKSPACE)
    connection, other = stub.objects["connections"]
    assert connection["sourceId"] == first["sourceId"]
    assert [made["namespaceFormat"] for made in (connection, other)] == ["xero_kowhai_ltd", "xero_rimu"]
    assert connection["configurations"]["streams"] == [
        {"name": "journals", "syncMode": "incremental_deduped_history"},
        {"name": "accounts", "syncMode": "full_refresh_overwrite"},
    ]
    assert connection["schedule"]["cronExpression"].endswith(" 5 * * ?")


def test_second_run_makes_what_is_missing(stub: AirbyteStub, tmp_path: Path) -> None:
    """After an error, or with more files, only what is missing is made, whatever the number of organisations."""
    paths = write(tmp_path, *NAMES)
    stub.refuse = {"sources": 2, "connections": 3}
    first = run(stub.url, paths)
    assert (first.returncode, len(stub.objects["connections"])) == (1, len(NAMES) - 5)
    assert f"{len(NAMES) - 5} of {len(NAMES)} organisations done." in first.stdout
    second = run(stub.url, paths)
    assert second.returncode == 0
    assert sorted(source["name"] for source in stub.objects["sources"]) == NAMES
    assert len({connection["sourceId"] for connection in stub.objects["connections"]}) == len(NAMES)
    assert len(stub.objects["connections"]) == len(NAMES)
    assert second.stdout.count("connected already") == len(NAMES) - 5


def test_dry_run_makes_nothing(stub: AirbyteStub, tmp_path: Path) -> None:
    """A dry run tells what would be made, and only asks."""
    done = run(stub.url, write(tmp_path, "rimu"), "--dry-run")
    assert done.returncode == 0
    assert "would make a connection into xero_rimu" in done.stdout
    assert {call for call in stub.calls if call[0] != "GET"} == {("POST", "applications/token")}


def test_shared_refresh_token_is_refused(stub: AirbyteStub, tmp_path: Path) -> None:
    """Two files with one refresh token are refused before any call: the two connections would end each other's sign-in."""
    paths = write(tmp_path, "rimu", "totara")
    paths[1].write_text(json.dumps(config("rimu")), encoding="utf-8")
    done = run(stub.url, paths)
    assert done.returncode == 2
    assert "rimu, totara" in done.stdout
    assert stub.calls == []


def test_config_of_a_shared_sign_in_is_refused(stub: AirbyteStub, tmp_path: Path) -> None:
    """A config that names a token file has no sign-in of its own, and a connection of Airbyte's needs one."""
    paths = write(tmp_path, "rimu")
    paths[0].write_text(json.dumps({"credentials": {"auth_type": "oauth2.0", "token_file": "a.tokens.json"}}), "utf-8")
    done = run(stub.url, paths)
    assert done.returncode == 2
    assert "shares its sign-in with others" in done.stdout
    assert stub.calls == []


def test_refused_application_is_told_without_its_secret(stub: AirbyteStub, tmp_path: Path) -> None:
    """What Airbyte says about a wrong secret is shown without the secret."""
    done = run(stub.url, write(tmp_path, "rimu"), secret="not-the-secret")
    assert done.returncode == 1
    assert "status 403" in done.stdout


ODD_ANSWERS = {
    "a redirect": ("applications/token", 302, {"access_token": "x"}),
    "no token": ("applications/token", 200, {"nope": 1}),
    "a list of numbers": ("sources", 200, [1, 2]),
    "no data": ("sources", 200, {}),
    "data that is no list": ("connections", 200, {"data": None}),
    "a source without its ID": ("sources", 200, {"data": [{"name": "rimu"}]}),
}


@pytest.mark.parametrize(("path", "status", "content"), ODD_ANSWERS.values(), ids=ODD_ANSWERS)
def test_answers_that_are_not_airbytes_are_a_sentence(
    stub: AirbyteStub, tmp_path: Path, path: str, status: int, content: object
) -> None:
    """Another server than Airbyte, or a proxy in front of it, ends the script with the path that was asked."""
    stub.odd[path] = (status, content)
    done = run(stub.url, write(tmp_path, "rimu"))
    assert (done.returncode, len(done.stdout.splitlines())) == (1, 1)
    assert path in done.stdout


@pytest.mark.parametrize("value", [["token-rimu"], {"token-": 1}, 5])
def test_credentials_are_texts(stub: AirbyteStub, tmp_path: Path, value: object) -> None:
    """A refresh token that is no text is refused before any call, with the name of its file."""
    (path,) = write(tmp_path, "rimu")
    content = config("rimu")
    content["credentials"]["refresh_token"] = value
    path.write_text(json.dumps(content), encoding="utf-8")
    done = run(stub.url, [path])
    assert (done.returncode, stub.calls) == (2, [])
    assert f"{path} is not a config of the connector: no text in refresh_token." in done.stdout


def test_secrets_are_hidden_in_every_form(stub: AirbyteStub, tmp_path: Path) -> None:
    """What Airbyte repeats of a request is shown without secrets, in JSON and in addresses too, and without its own token."""
    (path,) = write(tmp_path, "rimu")
    content = config("rimu")
    content["credentials"]["client_secret"] = 'alpha"beta/gamma Ωdelta'
    path.write_text(json.dumps(content), encoding="utf-8")
    stub.refuse = {"sources": 1}
    shown = run(stub.url, [path]).stdout
    assert "not accepted" in shown
    assert [part for part in ("alpha", "beta", "gamma", "delta") if part in shown] == []
    assert "Bearer ***" in shown


@pytest.mark.parametrize("url", ["http://airbyte.example/v1", "ftp://localhost/v1"])
def test_secrets_do_not_travel_in_clear(tmp_path: Path, url: str) -> None:
    """An address without TLS is refused, unless it is this machine."""
    done = run(url, write(tmp_path, "rimu"))
    assert done.returncode == 2
    assert "https only" in done.stderr


def test_streams_that_the_settings_leave_out_are_told(stub: AirbyteStub, tmp_path: Path) -> None:
    """Where journals are not offered, the rest is connected, and what is missing is named."""
    del stub.offered["journals"]
    done = run(stub.url, write(tmp_path, "rimu"))
    assert done.returncode == 0
    assert "left out, because these settings do not offer them: journals\n" in done.stdout


NO_CLIENT = "Airbyte's own client comes with PyAirbyte, which runs on Python 3.10 to 3.12"


@pytest.mark.skipif(importlib.util.find_spec("airbyte_api") is None, reason=NO_CLIENT)
def test_bodies_fit_the_classes_of_airbytes_client(stub: AirbyteStub, tmp_path: Path) -> None:
    """What is sent, Airbyte's own Python client would send too: same names, known values."""
    assert run(stub.url, write(tmp_path, "rimu"), "--streams", "journals,accounts").returncode == 0
    models = importlib.import_module("airbyte_api.models")
    sent = {key: value for key, value in stub.objects["connections"][0].items() if key != "connectionId"}
    assert json.loads(models.ConnectionCreateRequest.from_dict(sent).to_json()) == {**sent, "prefix": ""}
