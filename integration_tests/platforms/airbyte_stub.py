"""A stand-in for the part of Airbyte's public API that ``deploy/airbyte/connect_organisations.py`` uses.

Field names and paths are those of https://reference.airbyte.com; unknown fields and missing ones are refused.
"""

from __future__ import annotations

import json
import random
import socket
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from integration_tests.protocol import Json

CLIENT_ID, CLIENT_SECRET = "application", "the-secret-of-the-application"
CALLS_OF_A_TOKEN = 4
"""A token ends after so many calls, as Airbyte's ends after three minutes."""

_REQUIRED = {
    "sources": {"name", "workspaceId", "definitionId", "configuration"},
    "connections": {"sourceId", "destinationId"},
}
_ALLOWED = {
    "sources": {*_REQUIRED["sources"], "secretId", "resourceAllocation"},
    "connections": {
        *_REQUIRED["connections"],
        *("name", "configurations", "schedule", "status", "prefix", "dataResidency", "tags"),
        *("namespaceDefinition", "namespaceFormat", "nonBreakingSchemaUpdatesBehavior"),
    },
}
_MASK = "**********"
"""What Airbyte shows in place of a secret."""

TROUBLES = {
    "too many calls": 0.06,
    "error, nothing done": 0.04,
    "error, but done": 0.04,
    "cut, nothing done": 0.04,
    "cut, but done": 0.04,
}
"""What may happen to a call on a bad day, and its share of all calls."""

_INCREMENTAL = ["full_refresh_overwrite", "full_refresh_append", "incremental_append", "incremental_deduped_history"]


class AirbyteStub:
    """What the stub holds and was asked.

    Attributes:
        objects: sources and connections.
        calls: method and path of each call, in their order.
        offered: each stream that sources offer, and whether it can be incremental.
        refuse: how many of the next creations of a kind are refused, with what was sent in the answer.
        odd: status and content with which calls of a path are answered instead.
        failing: sources of which Airbyte cannot list the streams, and says so as an error of its own.
        troubles: shares of calls that something happens to, as in TROUBLES; the same calls each time.
        happened: how often each trouble happened.
        made: is called after each creation, before it is answered, with the number of creations so far.
    """

    def __init__(self) -> None:
        self.objects: dict[str, list[Json]] = {"sources": [], "connections": []}
        self.calls: list[tuple[str, str]] = []
        self.offered: dict[str, bool] = {}
        self.refuse: dict[str, int] = {}
        self.odd: dict[str, tuple[int, Any]] = {}
        self.failing: set[str] = set()
        self.troubles: dict[str, float] = {}
        self.happened: dict[str, int] = {}
        self.made: Callable[[int], None] = lambda _: None
        self._random = random.Random(5)
        self.url = ""
        self._token, self._left = "", 0

    def troubled(self, method: str, target: str, token: str, body: Json) -> tuple[int, Any]:
        """Answer a call with a status and JSON, on a bad day with a trouble; status 0: cut the connection."""
        drawn = self._random.choices([*self.troubles, ""], [*self.troubles.values(), 1 - sum(self.troubles.values())])[
            0
        ]
        if not drawn:
            return self.answer(method, target, token, body)
        self.happened[drawn] = self.happened.get(drawn, 0) + 1
        if drawn.endswith("but done"):
            self.answer(method, target, token, body)
        if drawn == "too many calls":
            return 429, {"title": "too-many-requests"}
        return (0, None) if drawn.startswith("cut") else (502, {"title": "bad-gateway", "detail": json.dumps(body)})

    def answer(self, method: str, target: str, token: str, body: Json) -> tuple[int, Any]:
        """Answer a call with a status and JSON."""
        parts = urlsplit(target)
        path, query = parts.path.removeprefix("/v1/"), {key: values[0] for key, values in parse_qs(parts.query).items()}
        self.calls.append((method, path))
        if path in self.odd:
            return self.odd[path]
        if (method, path) == ("POST", "applications/token"):
            return self._sign_in(body)
        self._left -= 1
        if token != f"Bearer {self._token}" or self._left < 0:
            return 401, {"title": "unauthorized"}
        if (method, path) == ("GET", "streams"):
            return self._streams(query["sourceId"])
        if path not in self.objects:
            return 404, {"title": "no such path"}
        return self._list(path, query) if method == "GET" else self._create(path, body)

    def _streams(self, source_id: str) -> tuple[int, Any]:
        (name,) = [source["name"] for source in self.objects["sources"] if source["sourceId"] == source_id]
        if name in self.failing:
            return 500, {"title": "internal-error", "detail": "discover failed"}
        return 200, [_stream(name, incremental=incremental) for name, incremental in self.offered.items()]

    def _sign_in(self, body: Json) -> tuple[int, Any]:
        if (body.get("client_id"), body.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
            return 403, {"title": "forbidden", "detail": f"unknown: {body}"}
        self._token, self._left = uuid.uuid4().hex, CALLS_OF_A_TOKEN
        return 200, {"access_token": self._token, "token_type": "Bearer", "expires_in": 180}

    def _list(self, kind: str, query: dict[str, str]) -> tuple[int, Any]:
        offset, limit = int(query.get("offset", 0)), int(query.get("limit", 20))
        rows = [_shown(made) for made in self.objects[kind][offset : offset + limit]]
        return 200, {"data": rows, "previous": "", "next": ""}

    def _create(self, kind: str, body: Json) -> tuple[int, Any]:
        if not _REQUIRED[kind] <= body.keys() <= _ALLOWED[kind]:
            return 400, {"title": "bad-request", "detail": "fields"}
        if self.refuse.get(kind, 0):
            self.refuse[kind] -= 1
            sent = [json.dumps(body), *map(quote, _texts(body)), f"Bearer {self._token}"]
            return 422, {"title": "unprocessable", "detail": f"not accepted: {' '.join(sent)}"}
        made = {**body, f"{kind[:-1]}Id": str(uuid.uuid4())}
        self.objects[kind].append(made)
        self.made(sum(map(len, self.objects.values())))
        return 200, _shown(made)


def _shown(made: Json) -> Json:
    """Return an object as Airbyte shows it: without secrets."""
    if "configuration" not in made:
        return made
    configuration = made["configuration"]
    credentials = {
        **dict.fromkeys(configuration["credentials"], _MASK),
        "auth_type": configuration["credentials"]["auth_type"],
    }
    return {**made, "configuration": {**configuration, "credentials": credentials}}


def _texts(content: Any) -> list[str]:
    if isinstance(content, dict):
        return [text for value in content.values() for text in _texts(value)]
    return [content] if isinstance(content, str) else []


def _stream(name: str, *, incremental: bool) -> Json:
    return {
        "streamName": name,
        "syncModes": _INCREMENTAL if incremental else _INCREMENTAL[:2],
        "sourceDefinedCursorField": incremental,
        "sourceDefinedPrimaryKey": [["TenantID"]],
        "propertyFields": [["TenantID"]],
    }


@contextmanager
def airbyte_stub() -> Iterator[AirbyteStub]:
    """Serve a stub on a free port of this machine."""
    stub = AirbyteStub()

    class Handler(BaseHTTPRequestHandler):
        def _handle(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            token = self.headers.get("Authorization", "")
            status, content = stub.troubled(self.command, self.path, token, json.loads(body or b"{}"))
            if not status:
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            data = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def do_GET(self) -> None:
            """Answer a question."""
            self._handle()

        def do_POST(self) -> None:
            """Make something."""
            self._handle()

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    stub.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield stub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
