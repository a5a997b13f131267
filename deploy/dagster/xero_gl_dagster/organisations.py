"""Organisations: the config files in a folder, each a partition with a database of its own."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

import dagster as dg

ORGANISATIONS = Path(os.environ.get("XERO_GL_ORGANISATIONS") or "organisations").resolve()
"""The folder with a config file for each organisation. The connector keeps rotated tokens there: it must be writable."""

LEDGERS = Path(os.environ.get("XERO_GL_LEDGERS") or "ledgers").resolve()
"""The folder for databases. Every worker must see the same two folders, with locks that work."""

TOKENS = ".tokens.json"
"""How a file ends that has no config but the tokens of a sign-in, which configs name in ``credentials.token_file``."""

SIGN_IN = "xero/sign_in"
"""The tag of a run that says which sign-in it uses: the instance may limit how many runs share one."""

partitions = dg.DynamicPartitionsDefinition(name="organisations")


@dataclass(frozen=True)
class Organisation:
    """The files of one organisation; ``name`` is that of its config file, without ``.json``."""

    name: str

    @property
    def config(self) -> Path:
        """The connector's settings."""
        return ORGANISATIONS / f"{self.name}.json"

    @property
    def database(self) -> Path:
        """The DuckDB file with its rows, states and ledger. A file has one writer: so no organisation waits for another."""
        return LEDGERS / f"{self.name}.duckdb"

    @property
    def sign_in(self) -> str:
        """The token file that it shares with others, or its own name."""
        try:
            return str(json.loads(self.config.read_bytes())["credentials"]["token_file"]).removesuffix(TOKENS)
        except (OSError, ValueError, KeyError, TypeError):
            return self.name  # if something is wrong with the config, sync says what


def tags(name: str) -> dict[str, str]:
    """Return the tags of a run for an organisation."""
    return {SIGN_IN: Organisation(name).sign_in}


@dg.sensor(minimum_interval_seconds=30, default_status=dg.DefaultSensorStatus.RUNNING)
def folder_of_configs(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """Keep the partitions in line with the folder: a new config adds one, a config that is gone removes it."""
    if not ORGANISATIONS.is_dir():
        return dg.SkipReason(f"There is no folder {ORGANISATIONS}: name it in XERO_GL_ORGANISATIONS.")
    wanted = {path.stem for path in ORGANISATIONS.glob("*.json") if not path.name.endswith(TOKENS)}
    known = set(context.instance.get_dynamic_partitions(str(partitions.name)))
    requests: list[dg.AddDynamicPartitionsRequest | dg.DeleteDynamicPartitionsRequest] = [
        *([partitions.build_add_request(sorted(wanted - known))] if wanted - known else []),
        *([partitions.build_delete_request(sorted(known - wanted))] if known - wanted else []),
    ]
    if not requests:
        return dg.SkipReason(f"{len(known)} organisations, as before.")
    return dg.SensorResult(dynamic_partitions_requests=requests)
