"""Dagster, the real one, reads many organisations with two workers, and what fails for one says why and stops no other.

One worker is killed, one organisation has used up its day, the access to one was revoked.

Takes minutes: each organisation is read by PyAirbyte and built by dbt. ORGANISATIONS says how many; the default is four.
"""

from __future__ import annotations

import importlib.util
import json
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from integration_tests.platforms.dagster_instance import Dagster, dagster_dev, until
from integration_tests.restored import MANY
from local_xero.process import XeroServerProcess

NO_PYAIRBYTE = "PyAirbyte is not installed: it supports Python 3.10 to 3.12"
pytestmark = [
    pytest.mark.slow,  # minutes: see above
    pytest.mark.skipif(importlib.util.find_spec("airbyte") is None, reason=NO_PYAIRBYTE),
]

COUNT = int(os.environ.get("ORGANISATIONS", "4"))
KILLED, USED_UP, REVOKED = "organisation-00", "organisation-01", "organisation-02"
CALLS_LEFT = 20
DAY = 5_000


class Night(NamedTuple):
    """What happened in one night of runs."""

    dagster: Dagster
    xero: XeroServerProcess
    tenants: dict[str, str]

    def rows(self, name: str, sql: str) -> list[tuple[Any, ...]]:
        """Ask the database of an organisation."""
        database = self.dagster.folder / "ledgers" / f"{name}.duckdb"
        with importlib.import_module("duckdb").connect(str(database), read_only=True) as connection:
            return list(connection.execute(sql).fetchall())

    def offsets(self, name: str) -> list[int]:
        """Return where the calls for an organisation's journals began, but for the look beyond the last one of ``check``."""
        calls = [call for call in self.xero.log("Journals") if call["headers"]["xero-tenant-id"] == self.tenants[name]]
        return [offset for call in calls if (offset := int(call["query"]["offset"])) < 1_000_000]


def put_configs(folder: Path, xero: XeroServerProcess) -> dict[str, str]:
    """Write a config for each organisation, each with a sign-in of its own; return their tenant IDs."""
    folder.mkdir()
    tenants = {f"organisation-{number:02}": one["tenantId"] for number, one in enumerate(xero.line["tenants"])}
    for name, tenant in tenants.items():
        config = xero.config(tenant=tenant)
        own = "revoked" if name == REVOKED else xero.control("tokens", {"new": "web"})["refresh_token"]
        config["credentials"]["refresh_token"] = own
        path = folder / f"{name}.json"
        path.write_text(json.dumps(config), encoding="utf-8")
        path.chmod(0o600)
    return tenants


def kill_while_it_reads(dagster: Dagster, name: str) -> None:
    """Kill the worker of an organisation when some of its journals have arrived."""
    place = dagster.folder / "ledgers" / f"{name}.sync"

    def some_journals() -> bool:
        received = "".join(file.read_text(encoding="utf-8") for file in place.glob("received-*"))
        return '"stream_descriptor":{"name":"journals"' in received

    until(some_journals)
    dagster.kill_worker(name)


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Night]:
    """Let Dagster read all organisations, with the faults."""
    folder = tmp_path_factory.mktemp("night")
    with XeroServerProcess("small", tenants=COUNT, calls_per_minute=MANY, calls_per_day=DAY, latency=200) as xero:
        tenants = put_configs(folder / "organisations", xero)
        xero.control("limits/consume", {"tenant": tenants[USED_UP], "day": DAY - CALLS_LEFT, "minute": 0})
        environment = {**xero.environment(), "XERO_CALLS_PER_MINUTE": str(MANY)}
        two = ("max_concurrent_runs: 4", "max_concurrent_runs: 2")
        with dagster_dev(folder, environment, lambda text: text.replace(*two)) as dagster:
            until(lambda: dagster.organisations() == tenants.keys())
            dagster.launch(*tenants)
            kill_while_it_reads(dagster, KILLED)
            until(lambda: len(dagster.runs(KILLED)) > 1 and dagster.finished(set(tenants)))
            yield Night(dagster, xero, tenants)


def test_all_but_the_faulty_are_complete_and_agree_with_xero(night: Night) -> None:
    """Every organisation but two ends with a ledger that agrees; each has its own figures in Dagster."""
    healthy = night.tenants.keys() - {USED_UP, REVOKED}
    last = {run["partition"]: run["status"] for run in night.dagster.runs()}
    assert last == {**dict.fromkeys(healthy, "SUCCESS"), USED_UP: "FAILURE", REVOKED: "FAILURE"}
    for asset, check in (("landed", "read_to_the_end"), ("trial_balance_proof", "trial_balance_proof_holds")):
        found = night.dagster.checks(asset, check)
        assert {name for name, one in found.items() if one["success"]} == healthy
    compared = night.dagster.checks("trial_balance_proof", "compared_with_xero")
    assert compared.keys() == healthy
    assert all(": agrees. From its journals: " in one["description"] for one in compared.values())
    figures = night.dagster.figures("landed")
    for name in healthy:
        truth = night.xero.control("truth", {"list": "Journals", "tenant": night.tenants[name]})["records"]
        assert night.rows(name, "select count(*), count(distinct journalid) from journals") == [(len(truth),) * 2]
        assert figures[name][-1]["dagster/row_count"] > len(truth)


@pytest.mark.parametrize(
    ("name", "reason"), [(USED_UP, "its daily limit is used up"), (REVOKED, "Xero does not accept the refresh token")]
)
def test_the_failed_say_why(night: Night, name: str, reason: str) -> None:
    """The check of the landed streams has the reason and what to do; Dagster starts no second run, and no ledger is built."""
    verdict = night.dagster.checks("landed", "read_to_the_end")[name]
    assert (verdict["success"], verdict["severity"]) == (False, "ERROR")
    assert reason in verdict["description"]
    assert len(night.dagster.runs(name)) == 1
    assert name not in night.dagster.figures("trial_balance_proof")


def test_a_used_up_day_costs_no_refused_calls(night: Night) -> None:
    """When the day is over, at most two tries are refused: the one that finds out, and the one that looks again."""
    refused = [call for call in night.xero.log() if call.get("problem")]
    assert {call["headers"]["xero-tenant-id"] for call in refused} == {night.tenants[USED_UP]}
    assert len(refused) <= 10, Counter(call["path"] for call in refused)


def test_a_killed_worker_is_followed_by_one_that_goes_on(night: Night) -> None:
    """Dagster starts the run again; the new one asks for no page of journals that had arrived, but the last."""
    first, second = night.dagster.runs(KILLED)
    assert (first["status"], second["status"]) == ("FAILURE", "SUCCESS")
    assert second["parentRunId"] == first["runId"]
    offsets = night.offsets(KILLED)
    assert offsets.count(0) == 1
    assert max(Counter(offsets).values()) <= 2


def test_never_more_than_two_runs_at_a_time(night: Night) -> None:
    """Two workers are two: the times of more than two runs never overlap."""
    times = [(run["startTime"], run["endTime"]) for run in night.dagster.runs()]
    assert max(sum(start <= begin < end for start, end in times) for begin, _ in times) == 2


def test_no_secret_is_in_what_dagster_keeps(night: Night) -> None:
    """Tokens and the app's secret are in the configs, and not in Dagster's history and logs."""
    folder, secrets = night.dagster.folder, set()
    for path in (folder / "organisations").iterdir():
        credentials = json.loads(path.read_text(encoding="utf-8"))["credentials"]
        secrets |= {
            credentials[key] for key in ("client_secret", "refresh_token", "access_token") if key in credentials
        }
    secrets -= {"revoked"}
    assert len(secrets) > len(night.tenants)
    for path in (folder / "home").rglob("*"):
        content = path.read_bytes() if path.is_file() else b""
        assert not [secret for secret in secrets if secret.encode() in content], path
