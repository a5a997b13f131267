"""The socket side: keep-alive HTTP/1.1, one thread a connection, one write an answer, and deliveries that go wrong."""

from __future__ import annotations

import contextlib
import enum
import socket
import struct
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

_RESET_ON_CLOSE = struct.pack("ii", 1, 0)
_BACKLOG = 256


class Delivery(enum.Enum):
    """How an answer leaves the server."""

    WHOLE = "whole"
    RESET = "reset"
    """Nothing is sent; the connection is reset."""
    RESET_MID_BODY = "reset_mid_body"
    """Headers and half the body, then a reset."""
    CLOSE_MID_BODY = "close_mid_body"
    """Headers and half the body, then a clean close."""


@dataclass(frozen=True)
class Request:
    """One request; header names in ``headers`` are lower case, query keys keep their case."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def form(self) -> dict[str, str]:
        """The body as a form."""
        return {key: values[-1] for key, values in parse_qs(self.body.decode(), keep_blank_values=True).items()}

    @property
    def wants_json(self) -> bool:
        """Whether Accept names JSON; the API's default is XML."""
        return "json" in self.headers.get("accept", "").lower()

    def flag(self, name: str) -> bool:
        """Read a boolean query parameter."""
        return self.query.get(name, "").lower() == "true"


@dataclass
class Response:
    """One answer."""

    status: int
    body: bytes = b""
    content_type: str = "application/json; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)
    delivery: Delivery = Delivery.WHOLE
    date_ms: int = 0

    def head(self) -> bytes:
        """Write the status line and the headers."""
        try:
            phrase = HTTPStatus(self.status).phrase
        except ValueError:
            phrase = "Unknown"
        lines = [f"HTTP/1.1 {self.status} {phrase}", f"Date: {formatdate(self.date_ms / 1000, usegmt=True)}"]
        has_body = self.status >= 200 and self.status not in (204, 304)
        if has_body:
            lines += [f"Content-Type: {self.content_type}", f"Content-Length: {len(self.body)}"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")


Service = Callable[[Request], Response]


class XeroHttpServer(ThreadingHTTPServer):
    """Listens on loopback and hands every request to one function."""

    daemon_threads = True
    request_queue_size = _BACKLOG

    def __init__(self, port: int, service: Service) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.service = service

    def shutdown_request(self, request: Any) -> None:
        """Close a connection; one that lingers for no time is reset instead of ended."""
        with contextlib.suppress(OSError):
            if request.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER, len(_RESET_ON_CLOSE)) == _RESET_ON_CLOSE:
                self.close_request(request)
                return
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Stay quiet when a client goes away; let everything else be seen."""
        if not isinstance(sys.exc_info()[1], (ConnectionError, TimeoutError)):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: XeroHttpServer

    def handle(self) -> None:
        with contextlib.suppress(ConnectionError):
            super().handle()

    def finish(self) -> None:
        with contextlib.suppress(ConnectionError):
            super().finish()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that the base class gives it
        """Print nothing: the call log has the calls."""

    def _serve(self) -> None:
        parts = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        request = Request(
            self.command,
            unquote(parts.path),
            {key: values[-1] for key, values in parse_qs(parts.query, keep_blank_values=True).items()},
            {key.lower(): value for key, value in self.headers.items()},
            self.rfile.read(length) if length else b"",
        )
        self._send(self.server.service(request))

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = _serve

    def _send(self, response: Response) -> None:
        if response.delivery is Delivery.RESET:
            self._cut(reset=True)
            return
        head = response.head()
        empty = self.command == "HEAD" or b"\r\nContent-Length:" not in head
        body = b"" if empty else response.body
        if response.delivery is Delivery.WHOLE:
            self.connection.sendall(head + body)
            return
        self.connection.sendall(head + body[: len(body) // 2])
        self._cut(reset=response.delivery is Delivery.RESET_MID_BODY)

    def _cut(self, *, reset: bool) -> None:
        self.close_connection = True
        if reset:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
