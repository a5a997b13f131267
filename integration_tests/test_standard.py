"""Airbyte's own standard tests, against the local Xero."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Literal

import pytest
from airbyte_cdk.test.models import ConnectorTestScenario
from airbyte_cdk.test.standard_tests import SourceTestSuiteBase

from integration_tests.flat import allocate
from local_xero.process import XeroServerProcess
from source_xero_gl import SourceXeroGl

FOLDER = Path(__file__).with_name("standard")
SCENARIOS: dict[str, Literal["succeed", "failed"]] = {
    "oauth": "succeed",
    "filters": "succeed",
    "without_journals": "succeed",
    "more_reports": "succeed",
    "wrong_secret": "failed",
    "start_above_end": "failed",
}


@pytest.fixture(scope="class")
def standard_xero(tmp_path_factory: pytest.TempPathFactory) -> Iterator[XeroServerProcess]:
    """Run a local Xero that the environment points at; a token file stands in for the sign-in of the config files."""
    file = tmp_path_factory.mktemp("standard") / "tokens.json"
    with XeroServerProcess("small", calls_per_minute=6000) as xero, pytest.MonkeyPatch.context() as patch:
        ends = (datetime.now(timezone.utc) + timedelta(minutes=25)).strftime("%Y-%m-%dT%H:%M:%SZ")
        allocate(xero)
        tokens = {name: xero.line[name] for name in ("refresh_token", "access_token")}
        file.write_text(json.dumps({**tokens, "token_expiry_date": ends}), encoding="utf-8")
        for name, value in xero.environment().items():
            patch.setenv(name, value)
        patch.setenv("XERO_TOKEN_FILE", str(file))
        patch.setenv("XERO_CALLS_PER_MINUTE", "6000")
        yield xero


@pytest.mark.usefixtures("standard_xero")
class TestStandard(SourceTestSuiteBase):
    """The suite that every Airbyte connector must pass."""

    connector = SourceXeroGl

    @classmethod
    def get_scenarios(cls) -> list[ConnectorTestScenario]:
        """Give the config files of ``standard/`` with what ``check`` must say of each."""
        return [
            ConnectorTestScenario(config_path=FOLDER / f"{name}.json", status=status)
            for name, status in SCENARIOS.items()
        ]


def test_standard_suite_has_scenarios() -> None:
    """The suite is green without scenarios too, so they are counted: some that succeed, some that fail, one for each file."""
    scenarios = TestStandard.get_scenarios()
    outcomes = Counter(scenario.status for scenario in scenarios)
    assert outcomes["succeed"] >= 2
    assert outcomes["failed"] >= 2
    assert {scenario.config_path for scenario in scenarios} == set(FOLDER.glob("*.json"))
