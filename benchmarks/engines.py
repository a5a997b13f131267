"""The readers that are measured: the connector, Airbyte's low-code engine, and the least that Python can do."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from benchmarks.harness import UNLIMITED, Job, Setting
from benchmarks.manifest import MANIFEST
from local_xero.process import XeroServerProcess

LOW_CODE_SCRIPT = "source-declarative-manifest"
"""Console script of the Airbyte CDK that runs a manifest; installed beside the interpreter."""


def connector(
    setting: Setting,
    xero: XeroServerProcess,
    *streams: str,
    states: Iterable[Mapping[str, Any]] = (),
    paced: bool = False,
    **settings: object,
) -> Job:
    """Read streams with the connector, from states, without pacing unless ``paced``; ``settings`` add to its config."""
    config = xero.access_token_config(**{"tenant": xero.tenant_id, **settings})
    arguments = ["--config", _kept(setting, config), "--catalog", _kept(setting, _catalog(streams))]
    if states:
        arguments += ["--state", _kept(setting, list(states))]
    lifted = {} if paced else {"XERO_CALLS_PER_MINUTE": str(UNLIMITED)}
    return Job([str(setting.connector), "read", *arguments], xero.environment() | lifted)


def low_code(setting: Setting, xero: XeroServerProcess) -> Job:
    """Read the journals with Airbyte's low-code engine.

    See https://docs.airbyte.com/platform/connector-development/config-based/low-code-cdk-overview.
    """
    config = {"url": xero.url, "access_token": xero.line["access_token"], "tenant_id": xero.tenant_id}
    injected = _kept(setting, {**config, "__injected_declarative_manifest": MANIFEST})
    script = Path(sys.executable).with_name(LOW_CODE_SCRIPT)
    return Job([str(script), "read", "--config", injected, "--catalog", _kept(setting, _catalog(["journals"]))], {})


def floor(setting: Setting, xero: XeroServerProcess) -> Job:
    """Read the journals with ``requests`` and ``orjson`` alone."""
    del setting
    token = {"BENCHMARK_ACCESS_TOKEN": xero.line["access_token"]}
    script = Path(__file__).with_name("floor.py")
    return Job([sys.executable, str(script), xero.url, xero.tenant_id], token)


def _catalog(streams: Iterable[str]) -> dict[str, Any]:
    """Select streams, without a schema: both engines have their own."""
    modes = ["full_refresh", "incremental"]
    return {
        "streams": [
            {
                "stream": {"name": name, "json_schema": {}, "supported_sync_modes": modes},
                "sync_mode": "incremental",
                "destination_sync_mode": "append",
            }
            for name in streams
        ]
    }


def _kept(setting: Setting, content: object) -> str:
    path = setting.directory / f"{len(list(setting.directory.iterdir()))}.json"
    path.touch(mode=0o600)
    path.write_text(json.dumps(content), encoding="utf-8")
    return str(path)
