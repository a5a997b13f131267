"""PyAirbyte's calls that end the connector before it has finished: each asks for less than there is.

A process of its own: PyAirbyte changes its process.
"""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path

from integration_tests.connector import COMMAND

FEW = 5


def main(config: Path) -> None:
    """Check the config of a file and look at a few records; the numbers of records are the last line of stdout."""
    airbyte = importlib.import_module("airbyte")
    settings = json.loads(config.read_text(encoding="utf-8"))
    source = airbyte.get_source("source-xero-gl", config=settings, local_executable=COMMAND[0])
    source.check()
    records = list(source.get_records("journals", limit=FEW))
    samples = source.get_samples(["journals", "invoices"], limit=FEW)
    counts = [len(records), *(len(list(samples[name])) for name in ("journals", "invoices"))]
    sys.stdout.write(f"\n{json.dumps(counts)}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
