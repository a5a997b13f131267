"""What ``deploy/runner/sync_to_files.py`` has written, seen as a loader sees it."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

from integration_tests.protocol import Json

ROOT = Path(__file__).resolve().parents[2]
RUNNER = ROOT / "deploy" / "runner" / "sync_to_files.py"


class DataFolder:
    """The data folder of an organisation."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def rows(self, stream: str) -> list[Json]:
        """List the rows of a stream, files in the order of their names."""
        return [row for file in self.files(stream) for row in _rows(file)]

    def files(self, stream: str) -> list[Path]:
        """List the files of a stream that a loader finds."""
        return sorted((self.path / "records" / stream).glob("*.jsonl"))

    def hidden(self) -> list[Path]:
        """List the files that are not finished."""
        return sorted((self.path / "records").glob("*/.*"))

    def states(self) -> dict[str, Json]:
        """Give the state of each stream."""
        path = self.path / "state.json"
        content: list[Json] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
        return {state["stream"]["stream_descriptor"]["name"]: state["stream"]["stream_state"] for state in content}

    def last_run(self) -> Json:
        """Give the report of the last run."""
        report: Json = json.loads((self.path / "last_run.json").read_text(encoding="utf-8"))
        return report

    def text(self) -> str:
        """Give all that stands in the folder, but for the tokens."""
        files = [path for path in self.path.rglob("*") if path.is_file() and path.name != "tokens.json"]
        return "\n".join(path.read_text(encoding="utf-8") for path in files)


def _rows(file: Path) -> list[Json]:
    lines: list[Any] = file.read_text(encoding="utf-8").splitlines()
    return [json.loads(line, parse_float=Decimal) for line in lines]
