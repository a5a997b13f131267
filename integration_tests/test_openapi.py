"""Xero's own description of its API, beside what the connector asks for and what it takes.

The description is not part of this repository: ``make schemas-check OPENAPI=…`` and ``make prism OPENAPI=…`` name the file.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
import requests

from integration_tests.connector import Connector
from integration_tests.expected import check_records
from integration_tests.flat import allocate
from integration_tests.protocol import Json
from integration_tests.report_months import SWITCHES
from local_xero.process import XeroServerProcess
from source_xero_gl.engine.records import record_converter
from source_xero_gl.streams import STREAMS
from tools.requests_check import API_PATH, KnownRequests, requests_of

OPENAPI = os.environ.get("OPENAPI", "")
PRISM = os.environ.get("PRISM", "")
START_SECONDS = 300.0
"""Prism reads the description, and npx may have to fetch Prism first."""

pytestmark = pytest.mark.skipif(
    not OPENAPI, reason="Xero's description is named by OPENAPI, and is not part of this repository"
)

FILTERS: Json = {
    "journals": {"starting_at_journal_id": 2, "ending_at_journal_id": 200, "modified_since": "2020-01-01T00:00:00Z"},
    "invoices": {"modified_since": "2020-01-01T00:00:00Z", "reread_days": 1},
    "reports": {"starting_on": "2026-09-01", **SWITCHES},
    "reread_days": 1,
}
EVERY_STREAM = tuple(stream.name for stream in STREAMS)
EACH_STREAM = pytest.mark.parametrize("name", EVERY_STREAM)


@pytest.fixture(scope="module")
def calls(tmp_path_factory: pytest.TempPathFactory, xero_process: XeroServerProcess, catalog: Json) -> list[Json]:
    """Give the calls of all ways to read: whole, onwards, with all filters, and in windows because lists are too long."""
    connector = Connector(tmp_path_factory.mktemp("openapi"), xero_process.environment(), catalog)
    allocate(xero_process)
    xero_process.control("reset", {"what": ["log"]})
    config = xero_process.config(reports=SWITCHES)
    first = connector.read(config, *EVERY_STREAM)
    outputs = [
        connector.check(config),
        first,
        connector.read(config, *EVERY_STREAM, state=first.last_state()),
        connector.read(xero_process.config(**FILTERS), *EVERY_STREAM),
    ]
    xero_process.control("switches", {"high_volume_threshold": 20})
    outputs.append(connector.read(config, "invoices", "purchase_orders", "manual_journals"))
    assert [output.errors() for output in outputs] == [[]] * len(outputs)
    return xero_process.log()


@pytest.fixture(scope="module")
def prism(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run Stoplight's Prism, which plays Xero by its description and its examples; give its address."""
    if not PRISM or not shutil.which(PRISM.split()[0]):
        pytest.skip("make prism names the command that starts Prism; it needs npx")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    log = tmp_path_factory.mktemp("prism") / "log.txt"
    with log.open("wb") as output:
        line = [*PRISM.split(), "mock", "--port", str(port), OPENAPI]
        process = subprocess.Popen(line, stdout=output, stderr=output, start_new_session=True)
        try:
            deadline = time.monotonic() + START_SECONDS
            while b"is listening" not in log.read_bytes():
                assert process.poll() is None, log.read_text()[-2000:]
                assert time.monotonic() < deadline, "Prism did not start"
                time.sleep(0.5)
            yield f"http://127.0.0.1:{port}"
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait()


def test_every_request_is_one_that_xero_describes(calls: list[Json]) -> None:
    """No path and no parameter is sent that Xero's description does not know; every list is asked for."""
    asked = requests_of(calls)
    known = KnownRequests.read(Path(OPENAPI))
    assert {f"/{stream.parent.path}" for stream in STREAMS} <= {request.path for request in asked}
    assert [fault for request in sorted(asked) for fault in known.faults(request)] == []


@pytest.mark.slow  # Prism is not a part of this project: `make prism` runs it
def test_prism_takes_every_request(prism: str, calls: list[Json]) -> None:
    """Each kind of request that was sent has, in Prism's judgement, the parameters and types that Xero describes."""
    kinds = {
        (call["path"].removeprefix(API_PATH), "if-modified-since" in call["headers"], *sorted(call["query"])): call
        for call in calls
        if API_PATH in call["path"]
    }
    assert len(kinds) > len({stream.parent.path for stream in STREAMS})
    refused = []
    for call in kinds.values():
        path, since = call["path"].removeprefix(API_PATH), call["headers"].get("if-modified-since")
        # Xero's pages give the header without a zone, in UTC; its description declares the same with one.
        answer = _asked(f"{prism}{path}?{urlencode(call['query'])}", since and f"{since}Z")
        if answer.status_code != requests.codes.ok:
            refused.append((path, call["query"], answer.status_code, answer.text[:500]))
    assert refused == []


@pytest.mark.slow  # Prism is not a part of this project: `make prism` runs it
@EACH_STREAM
def test_examples_of_xero_become_records_of_our_schemas(prism: str, connector: Connector, name: str) -> None:
    """What Xero's description gives as an example of a list has our schema, in every stream that is made of it."""
    stream = next(stream for stream in STREAMS if stream.name == name)
    objects = _asked(f"{prism}/{stream.parent.path}", None).json()[stream.parent.records_key]
    convert = record_converter(stream.schema)
    records = [convert(dict(record)) for found in objects for record in stream.records(found)]
    assert objects
    check_records(connector.stream(name), records)


def _asked(url: str, since: str | None) -> requests.Response:
    headers = {"Authorization": "Bearer none", "Accept": "application/json"}
    headers["xero-tenant-id"] = "00000000-0000-4000-8000-000000000000"
    return requests.get(url, headers=headers if since is None else {**headers, "If-Modified-Since": since}, timeout=60)
