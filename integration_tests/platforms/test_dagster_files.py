"""The files in ``deploy/dagster``: which organisations there are, and limits that are the same wherever Dagster runs."""

from __future__ import annotations

import importlib
import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from integration_tests.platforms.dagster_instance import LOCATION


def read(name: str) -> Any:
    """Return what a YAML file of the folder says."""
    return yaml.safe_load((LOCATION / name).read_text(encoding="utf-8"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a folder with two organisations that share a sign-in, and one that has its own."""
    for name, credentials in {
        "kowhai": {"token_file": "both.tokens.json"},
        "rata": {"token_file": "both.tokens.json"},
        "totara": {"refresh_token": "own"},
    }.items():
        (tmp_path / f"{name}.json").write_text(json.dumps({"credentials": credentials}), encoding="utf-8")
    (tmp_path / "both.tokens.json").write_text("{}", encoding="utf-8")
    return tmp_path


@pytest.fixture
def organisations(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Any:
    """Give the module that knows the organisations."""
    monkeypatch.syspath_prepend(str(LOCATION))
    module = importlib.import_module("xero_gl_dagster.organisations")
    monkeypatch.setattr(module, "ORGANISATIONS", folder)
    return module


def evaluate(organisations: Any, known: list[str]) -> dict[str, list[str]]:
    """Return the partitions after the sensor has looked into the folder, by what was done with them."""
    dagster = importlib.import_module("dagster")
    with dagster.DagsterInstance.ephemeral() as instance:
        instance.add_dynamic_partitions("organisations", known)
        found = organisations.folder_of_configs(dagster.build_sensor_context(instance=instance))
    requests = getattr(found, "dynamic_partitions_requests", None) or []
    return {type(request).__name__: list(request.partition_keys) for request in requests}


def test_a_config_is_a_partition_and_a_token_file_is_none(organisations: Any) -> None:
    """New configs are added, and an organisation whose config is gone is removed."""
    assert evaluate(organisations, ["kowhai", "gone"]) == {
        "AddDynamicPartitionsRequest": ["rata", "totara"],
        "DeleteDynamicPartitionsRequest": ["gone"],
    }
    assert evaluate(organisations, ["kowhai", "rata", "totara"]) == {}


def test_a_folder_that_is_missing_removes_nothing(organisations: Any, folder: Path) -> None:
    """A volume that is not mounted does not look like organisations that have gone."""
    organisations.ORGANISATIONS = folder / "missing"
    assert evaluate(organisations, ["kowhai"]) == {}


def test_runs_of_one_sign_in_have_the_same_tag(organisations: Any, folder: Path) -> None:
    """A token file is a sign-in; a config without one has its own, also when it cannot be read."""
    (folder / "broken.json").write_text("{", encoding="utf-8")
    tags = {name: organisations.tags(name)["xero/sign_in"] for name in ("kowhai", "rata", "totara", "broken")}
    assert tags == {"kowhai": "both", "rata": "both", "totara": "totara", "broken": "broken"}


def test_limits_are_the_same_wherever_dagster_runs() -> None:
    """Docker has the limits of one machine; Kubernetes those, but for the number of runs at a time."""
    here, docker, chart = read("home/dagster.yaml"), read("docker/dagster.yaml"), read("kubernetes/values.yaml")
    assert docker["concurrency"] == here["concurrency"]
    assert docker["run_retries"] == here["run_retries"]
    limits = chart["concurrency"]
    assert limits["runs"]["tagConcurrencyLimits"] == here["concurrency"]["runs"]["tag_concurrency_limits"]
    assert limits["pools"]["defaultLimit"] == here["concurrency"]["pools"]["default_limit"]
    retries = chart["dagsterDaemon"]["runRetries"]
    assert (retries["enabled"], retries["maxRetries"]) == (True, here["run_retries"]["max_retries"])
    assert retries["retryOnAssetOrOpFailure"] is here["run_retries"]["retry_on_asset_or_op_failure"] is False


def test_an_app_never_gets_more_calls_than_xero_admits() -> None:
    """The pool's organisations, at Xero's pace for each, stay below Xero's limit for an app."""
    assert read("home/dagster.yaml")["concurrency"]["pools"]["default_limit"] * 60 < 10_000


def test_every_container_has_the_volume_where_the_code_looks() -> None:
    """The image's folders lie on the volume, which the code, its runs in Docker, and its runs in Kubernetes share."""
    image = (LOCATION / "Dockerfile").read_text(encoding="utf-8")
    assert re.findall(r"XERO_GL_(?:ORGANISATIONS|LEDGERS)=(/xero/\w+)", image) == [
        "/xero/organisations",
        "/xero/ledgers",
    ]
    compose, docker = read("docker/compose.yaml"), read("docker/dagster.yaml")
    assert "xero-gl:/xero" in compose["services"]["code"]["volumes"]
    assert docker["run_launcher"]["config"]["container_kwargs"]["volumes"] == ["xero-gl:/xero"]
    assert docker["run_launcher"]["config"]["network"] in compose["networks"]
    (deployment,) = read("kubernetes/values.yaml")["dagster-user-deployments"]["deployments"]
    (mount,), (volume,) = deployment["volumeMounts"], deployment["volumes"]
    assert (mount["name"], mount["mountPath"]) == (volume["name"], "/xero")
    claim = read("kubernetes/volume.yaml")
    assert volume["persistentVolumeClaim"]["claimName"] == claim["metadata"]["name"]
    assert deployment["includeConfigInLaunchedRuns"]["enabled"]


def test_the_same_code_is_loaded_everywhere() -> None:
    """The workspace, the image and the chart name the module that Dagster loads, and the same image."""
    (local,) = read("workspace.yaml")["load_from"]
    module = local["python_module"]["module_name"]
    (deployment,) = read("kubernetes/values.yaml")["dagster-user-deployments"]["deployments"]
    assert deployment["dagsterApiGrpcArgs"] == ["--module-name", module]
    assert f'"--module-name", "{module}"' in (LOCATION / "Dockerfile").read_text(encoding="utf-8")
    image = f"{deployment['image']['repository']}:{deployment['image']['tag']}"
    compose = read("docker/compose.yaml")["services"]
    assert {service["image"] for name, service in compose.items() if name != "postgres"} == {image}
    assert compose["code"]["environment"]["DAGSTER_CURRENT_IMAGE"] == image
