"""The comparison of requests with Xero's description finds every path and parameter that it does not know."""

from __future__ import annotations

from pathlib import Path

from tools.requests_check import KnownRequests, Request, requests_of

OPENAPI = """\
openapi: 3.0.0
components:
  parameters:
    since: {in: header, name: If-Modified-Since}
paths:
  /Orders/{OrderID}:
    get: {}
  /Orders/Latest:
    get: {parameters: [{in: query, name: page}]}
  /Orders:
    parameters: [{$ref: "#/components/parameters/since"}]
    get: {parameters: [{in: query, name: page}, {in: path, name: order}]}
    put: {parameters: [{in: query, name: summarize}]}
  /Notes:
    put: {}
"""


def known(folder: Path) -> KnownRequests:
    """Return the requests of a small description."""
    path = folder / "openapi.yaml"
    path.write_text(OPENAPI, encoding="utf-8")
    return KnownRequests.read(path)


def test_a_known_request_has_no_fault(tmp_path: Path) -> None:
    """Parameters may be declared for a path, for its method, and elsewhere; a path may hold an ID."""
    description = known(tmp_path)
    assert description.faults(Request("/Orders", frozenset({"page"}), since=True)) == []
    assert description.faults(Request("/Orders/4711", frozenset())) == []
    assert description.faults(Request("/Orders/Latest", frozenset({"page"}))) == []


def test_unknown_parameters_are_told(tmp_path: Path) -> None:
    """A parameter of another method or place is unknown, and so is the header where the path does not have it."""
    description = known(tmp_path)
    assert description.faults(Request("/Orders", frozenset({"summarize", "order", "page"}))) == [
        "GET /Orders: no parameter order",
        "GET /Orders: no parameter summarize",
    ]
    assert description.faults(Request("/Orders/4711", frozenset(), since=True)) == [
        "GET /Orders/4711: no parameter If-Modified-Since"
    ]


def test_unknown_paths_are_told(tmp_path: Path) -> None:
    """A path without GET counts as unknown, and an ID is one part of a path."""
    for path in ("/Order", "/Notes", "/Orders/4711/History"):
        assert known(tmp_path).faults(Request(path, frozenset())) == [f"GET {path}: no such path"]


def test_a_log_becomes_its_different_requests() -> None:
    """Values and repetitions do not count; calls to other services are left out."""
    calls = [
        {"path": "/api.xro/2.0/Orders", "query": {"page": str(page)}, "headers": {"if-modified-since": "x"}}
        for page in (1, 2)
    ]
    others = [{"path": path, "query": {}, "headers": {}} for path in ("/connections", "/api.xro/2.0/Notes")]
    assert requests_of([*calls, *others]) == {
        Request("/Orders", frozenset({"page"}), since=True),
        Request("/Notes", frozenset()),
    }
