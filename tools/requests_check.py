"""Compares requests with Xero's OpenAPI description: each path and each parameter must be one that it knows.

The description is ``xero_accounting.yaml`` of https://github.com/XeroAPI/Xero-OpenAPI.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml

Json = Mapping[str, Any]

API_PATH = "/api.xro/2.0"


class Request(NamedTuple):
    """What is compared of a request: ``If-Modified-Since`` is the one header that a list may lack."""

    path: str
    query: frozenset[str]
    since: bool = False


class KnownRequests:
    """The GET requests of an OpenAPI description."""

    def __init__(self, content: Json) -> None:
        """Take the description as it was parsed from its file."""
        shared = content.get("components", {}).get("parameters", {})
        self._paths = [
            (re.compile("[^/]+".join(map(re.escape, re.split(r"\{\w+\}", path)))), known)
            for path, methods in sorted(
                content["paths"].items(), key=lambda item: "{" in item[0]
            )  # the exact ones first
            if "get" in methods
            for known in [_parameters([*methods.get("parameters", ()), *methods["get"].get("parameters", ())], shared)]
        ]

    @classmethod
    def read(cls, path: Path) -> KnownRequests:
        """Read a description from its file."""
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        return cls(yaml.load(path.read_text(encoding="utf-8"), Loader=loader))  # noqa: S506 - both loaders are safe ones

    def faults(self, request: Request) -> list[str]:
        """Return what of a request the description does not know."""
        known = next((known for pattern, known in self._paths if pattern.fullmatch(request.path)), None)
        if known is None:
            return [f"GET {request.path}: no such path"]
        sent = {*request.query, *(["If-Modified-Since"] if request.since else [])}
        return [f"GET {request.path}: no parameter {name}" for name in sorted(sent - known)]


def requests_of(calls: Iterable[Json]) -> set[Request]:
    """Return the different requests to the Accounting API in the local Xero's log of calls."""
    return {
        Request(call["path"].removeprefix(API_PATH), frozenset(call["query"]), "if-modified-since" in call["headers"])
        for call in calls
        if call["path"].startswith(API_PATH)
    }


def _parameters(declared: Iterable[Json], shared: Json) -> set[str]:
    resolved = (shared[one["$ref"].rsplit("/", 1)[-1]] if "$ref" in one else one for one in declared)
    return {one["name"] for one in resolved if one["in"] in ("query", "header")}
