"""What a sync has come to, as JSON for the program that started it: counts, names and sentences, never a secret."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from airbyte_cdk.models import FailureType
from airbyte_cdk.utils import AirbyteTracedException

from source_xero_gl.commands.sync.proof import Proof
from source_xero_gl.xero.errors import Kind, XeroError
from source_xero_gl.xero.tokens.private_file import write_private_file

if TYPE_CHECKING:
    from source_xero_gl.commands.sync.report import SyncReport

_NOT_TODAY = (Kind.DAY_LIMIT, Kind.DAILY_RESERVE)


class JsonReport:
    """Collects, step by step, what has become of each organisation and of the ledger."""

    def __init__(self) -> None:
        self._organisations: dict[Path, dict[str, Any]] = {}
        self._proof: dict[str, Any] | None = None

    def refused(self, config: Path, error: AirbyteTracedException) -> None:
        """Note that Xero could not be asked which organisation a config names."""
        passing = error.failure_type is FailureType.transient_error
        today = not (isinstance(error, XeroError) and error.kind in _NOT_TODAY)
        self.failed(config, error.message or "", again=passing and today)

    def failed(self, config: Path, why: str, *, again: bool) -> None:
        """Note that an organisation was not read, and whether the same command may succeed in some minutes."""
        self._organisations.setdefault(config, {}).update(complete=False, why=why, again=again)

    def named(self, config: Path, tenant_id: str, name: str) -> None:
        """Note which organisation a config names."""
        self._organisations[config] = {"tenant_id": tenant_id, "name": name}

    def read(self, config: Path, found: SyncReport, rows: Mapping[str, int]) -> None:
        """Note what was read of an organisation; ``rows`` are in its tables now."""
        self._organisations.setdefault(config, {}).update(
            complete=found.failure is None,
            why=found.failure,
            again=found.passing,
            incomplete=sorted(found.incomplete),
            records=dict(found.records),
            rows=dict(rows),
            calls=found.calls,
            left_today=found.left_today,
            seconds=round(found.seconds, 1),
        )

    def proven(self, proof: Proof) -> None:
        """Note whether the ledger agrees with Xero."""
        self._proof = {
            "holds": proof.holds,
            "organisations": [
                {"tenant_id": verdict.tenant_id, "agrees": verdict.agrees, "sentence": verdict.sentence}
                for verdict in proof.verdicts
            ],
            "failed_tests": {found.test: found.number for found in proof.mistakes},
        }

    def write(self, path: Path, status: int, problems: Sequence[str]) -> None:
        """Replace the file as a whole: a program that finds it has all of it.

        Raises:
            OSError: it cannot be written.
        """
        content = {
            "status": status,
            "problems": list(problems),
            "organisations": [{"config": str(config), **found} for config, found in self._organisations.items()],
            "proof": self._proof,
        }
        write_private_file(path, json.dumps(content, indent=2).encode(), keep_mode=True)
