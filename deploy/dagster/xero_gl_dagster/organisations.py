"""Organisations: the config files in a folder, each a partition, with a database and a token file on one volume."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dagster as dg

ORGANISATIONS = Path(os.environ.get("XERO_GL_ORGANISATIONS") or "organisations").resolve()
"""The folder with a config file for each organisation, as ``source-xero-gl connect`` writes them. It is only read."""

LEDGERS = Path(os.environ.get("XERO_GL_LEDGERS") or "ledgers").resolve()
"""The folder for databases and tokens. Every worker must see the same one, with locks that work."""

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
        """The DuckDB file with its rows, its states and its ledger: one writer each, so organisations never wait for each other."""
        return LEDGERS / f"{self.name}.duckdb"

    @property
    def sign_in(self) -> str:
        """A fingerprint that configs of the same sign-in share; it does not lead back to the token."""
        credentials = self._credentials()
        own = (credentials.get(key) or "" for key in ("client_id", "refresh_token", "access_token"))
        return hashlib.sha256("\n".join(map(str, own)).encode()).hexdigest()[:12]

    @property
    def tokens(self) -> Path:
        """The file that keeps the rotated tokens of the sign-in, for all its organisations."""
        return LEDGERS / "tokens" / f"{self.sign_in}.json"

    def _credentials(self) -> Mapping[str, Any]:
        try:
            found = json.loads(self.config.read_text(encoding="utf-8"))["credentials"]
        except (OSError, ValueError, KeyError, TypeError):
            return {}  # sync says what is wrong with the file
        return found if isinstance(found, dict) else {}


def tags(name: str) -> dict[str, str]:
    """Return the tags of a run for an organisation."""
    return {SIGN_IN: Organisation(name).sign_in}


@dg.sensor(minimum_interval_seconds=30, default_status=dg.DefaultSensorStatus.RUNNING)
def folder_of_configs(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """Keep the partitions in line with the folder: a new config adds one, a config that is gone removes it."""
    if not ORGANISATIONS.is_dir():
        return dg.SkipReason(f"There is no folder {ORGANISATIONS}: name it in XERO_GL_ORGANISATIONS.")
    wanted = {path.stem for path in ORGANISATIONS.glob("*.json")}
    known = set(context.instance.get_dynamic_partitions(str(partitions.name)))
    requests = [
        *([partitions.build_add_request(sorted(wanted - known))] if wanted - known else []),
        *([partitions.build_delete_request(sorted(known - wanted))] if known - wanted else []),
    ]
    if not requests:
        return dg.SkipReason(f"{len(known)} organisations, as before.")
    return dg.SensorResult(dynamic_partitions_requests=requests)
