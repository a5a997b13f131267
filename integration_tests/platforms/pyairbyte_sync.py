"""PyAirbyte around the connector, as ``docs/platforms.md`` shows it: into DuckDB or PostgreSQL, tokens kept in the config.

A process of its own for each run: PyAirbyte changes its process.
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from pathlib import Path
from typing import Any

from integration_tests.connector import COMMAND


def keep(path: Path, config: dict[str, Any]) -> None:
    """Replace a config file as a whole."""
    draft = path.with_suffix(".draft")
    draft.write_text(json.dumps(config), encoding="utf-8")
    draft.chmod(0o600)
    draft.replace(path)


def sync(path: Path, cache: Any, streams: list[str], syncs: int) -> list[int]:
    """Sync so many times in a row; give the number of records of each time."""
    airbyte = importlib.import_module("airbyte")

    def rotated(config: dict[str, Any]) -> None:
        keep(path, config)
        source.set_config(config, validate=False)

    source = airbyte.get_source(
        "source-xero-gl",
        config=json.loads(path.read_text(encoding="utf-8")),
        config_change_callback=rotated,
        local_executable=COMMAND[0],
    )
    source.select_streams(streams)
    return [source.read(cache=cache).processed_records for _ in range(syncs)]


def main() -> None:
    """Sync as the arguments say; the numbers of records are the last line of stdout."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--duckdb", type=Path, help="a file; without it PostgreSQL, which PGHOST names")
    parser.add_argument("--batches", type=Path, required=True, help="a folder for what is not loaded yet")
    parser.add_argument("--streams", type=lambda text: text.split(","), required=True)
    parser.add_argument("--syncs", type=int, default=1)
    options = parser.parse_args()
    caches = importlib.import_module("airbyte.caches")
    if options.duckdb:
        cache = caches.DuckDBCache(db_path=options.duckdb, cache_dir=options.batches)
    else:
        login = {"host": "", "port": 5432, "username": "postgres", "password": "none", "database": "postgres"}
        cache = caches.PostgresCache(**login, cache_dir=options.batches)
    counts = sync(options.config, cache, options.streams, options.syncs)
    sys.stdout.write(f"\n{json.dumps(counts)}\n")


if __name__ == "__main__":
    main()
