"""The floor: one connection, one page after the other, each journal written as a line. Run as a script."""

from __future__ import annotations

import os
import sys
import time

import orjson
import requests

_TIMEOUT_SECONDS = 120


def main(url: str, tenant_id: str) -> None:
    """Write all journals as RECORD messages."""
    session = requests.Session()
    session.headers.update(
        {
            "Authorization": f"Bearer {os.environ['BENCHMARK_ACCESS_TOKEN']}",
            "xero-tenant-id": tenant_id,
            "Accept": "application/json",
        }
    )
    offset = 0
    while True:
        answer = session.get(f"{url}/api.xro/2.0/Journals", params={"offset": offset}, timeout=_TIMEOUT_SECONDS)
        answer.raise_for_status()
        journals = orjson.loads(answer.content)["Journals"]
        if not journals:
            return
        for journal in journals:
            record = {"stream": "journals", "data": journal, "emitted_at": int(time.time() * 1000)}
            sys.stdout.buffer.write(orjson.dumps({"type": "RECORD", "record": record}) + b"\n")
        offset = journals[-1]["JournalNumber"]


if __name__ == "__main__":
    main(*sys.argv[1:])
