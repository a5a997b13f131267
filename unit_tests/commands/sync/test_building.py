"""How far dbt is, from what it prints as JSON."""

from __future__ import annotations

import json

from source_xero_gl.commands.sync.ledger import Building


def event(name: str, text: str, **data: object) -> str:
    """Give a line of dbt, as https://docs.getdbt.com/reference/events-logging has it."""
    return json.dumps({"data": data, "info": {"name": name, "msg": text, "level": "info"}}) + "\n"


def test_models_and_tests_are_counted_when_they_are_done() -> None:
    """Until dbt has counted them, there is no number."""
    building = Building()
    assert building.line() == "the ledger is being built and tested"
    for line in (
        event("ConcurrencyLine", "Concurrency: 2 threads", node_count=1310),
        event("LogStartLine", "1 of 1310 START", index=1, total=1310),
        event("LogModelResult", "1 of 1310 OK", index=1, total=1310, status="OK"),
        event("LogTestResult", "2 of 1310 PASS", index=2, num_models=1310, status="pass"),
    ):
        building.hear(line)
    assert building.line() == "the ledger is being built and tested: 2 of 1,310"


def test_the_log_stays_readable() -> None:
    """What dbt says is passed on as a person reads it; what is no event, as it came."""
    building = Building()
    assert building.hear(event("LogModelResult", "1 of 2 OK created table")) == "1 of 2 OK created table\n"
    for other in ("FutureWarning: old\n", "[1]\n", '{"info": 1}\n', '{"info": {"name": "x"}}\n'):
        assert building.hear(other) == other
