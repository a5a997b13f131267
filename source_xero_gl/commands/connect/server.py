"""The local web server: for this computer alone, one request a connection, bounded in time and size, and without a log."""

from __future__ import annotations

import contextlib
import errno
import math
import socket
import threading
import time
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from source_xero_gl.commands.connect.web import MAX_FORM_BYTES, Request, Response
from source_xero_gl.xero.errors import CONFIG, XeroError

SILENCE_SECONDS = 10.0
"""Longest silence of a browser."""

REQUEST_SECONDS = 30.0
"""Longest time for a whole request, however slowly it comes."""

MAX_CONNECTIONS = 32
"""At a time; browsers open a handful."""

Respond = Callable[[Request], Response]

_NO_IPV6 = (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT, errno.EPROTONOSUPPORT)
_DRAIN_BYTES = 64 * 1024


class LocalServer:
    """Serves on 127.0.0.1 and, where the computer has it, on ::1: ``localhost`` may mean either."""

    def __init__(self, port: int, headers: Mapping[str, str]) -> None:
        """Take the port on both addresses; 0 takes a free one. Every answer gets ``headers``.

        Raises:
            XeroError: config, when the port cannot be had.
        """
        self._listeners: list[_Listener] = []
        self._serving = False
        try:
            self._listeners.append(_Listener(socket.AF_INET, "127.0.0.1", port, headers))
            self.port = int(self._listeners[0].server_address[1])
            self._listeners.append(_Listener(socket.AF_INET6, "::1", self.port, headers))
        except OSError as error:
            if not self._listeners or error.errno not in _NO_IPV6:
                self.close()
                raise _port_error(port, error) from None

    def start(self, respond: Respond) -> None:
        """Answer requests in the background, with what ``respond`` returns."""
        for listener in self._listeners:
            listener.respond = respond
            threading.Thread(target=listener.serve_forever, daemon=True).start()
        self._serving = True

    def close(self) -> None:
        """Stop serving and give the port back."""
        for listener in self._listeners:
            if self._serving:
                listener.shutdown()
            listener.server_close()


class _Listener(ThreadingHTTPServer):
    """Listens on one address; a thread serves each connection."""

    daemon_threads = True
    block_on_close = False

    respond: Respond

    def __init__(self, family: socket.AddressFamily, host: str, port: int, headers: Mapping[str, str]) -> None:
        self.address_family = family
        self.headers = headers
        self._deadlines: dict[socket.socket, float] = {}  # of every open connection; infinite once its request has come
        self._lock = threading.Lock()
        super().__init__((host, port), _Handler)

    def server_bind(self) -> None:
        """Bind, IPv6 beside and not instead of IPv4; the base class would look up the host's name."""
        if self.address_family == socket.AF_INET6:
            self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()

    def verify_request(self, request: Any, client_address: Any) -> bool:
        """Refuse connections beyond the bound."""
        del client_address
        with self._lock:
            if len(self._deadlines) >= MAX_CONNECTIONS:
                return False
            self._deadlines[request] = time.monotonic() + REQUEST_SECONDS
        return True

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Serve a connection, then free its slot."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            with self._lock:
                del self._deadlines[request]

    def has_come(self, connection: socket.socket) -> None:
        """Note that the request of a connection is complete."""
        with self._lock:
            self._deadlines[connection] = math.inf

    def service_actions(self) -> None:
        """Cut off connections whose request takes too long; the base class calls this twice a second."""
        with self._lock:
            late = [connection for connection, ends in self._deadlines.items() if ends < time.monotonic()]
        for connection in late:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: a browser has gone away, and a traceback could show what it had asked for."""


class _Handler(BaseHTTPRequestHandler):
    """Reads one request, hands it on, writes the answer."""

    protocol_version = "HTTP/1.1"
    server_version = "source-xero-gl"
    sys_version = ""
    timeout = SILENCE_SECONDS
    server: _Listener

    def do_GET(self) -> None:
        """Answer a GET."""
        self._answer(b"")

    def do_POST(self) -> None:
        """Answer a POST whose body is small enough."""
        length = self.headers.get("Content-Length", "")
        if self.headers.get("Transfer-Encoding") or not (length.isascii() and length.isdigit()):
            self.send_error(411)
        elif len(length) > len(str(MAX_FORM_BYTES)) or int(length) > MAX_FORM_BYTES:
            self.send_error(413)
        else:
            self._answer(self.rfile.read(int(length)))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that the base class gives it
        """Write no log: the address of a request holds Xero's code."""

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Refuse a request without repeating anything of it."""
        del message, explain
        self._write(Response(code, b"Refused.\n", "text/plain; charset=utf-8"))
        self._drain()

    def _answer(self, body: bytes) -> None:
        self.server.has_come(self.connection)
        names = {name.lower() for name in self.headers}
        headers = {name: ", ".join(self.headers.get_all(name, [])) for name in names}
        self._write(self.server.respond(Request(self.command, self.path, headers, body)))

    def _write(self, response: Response) -> None:
        self.close_connection = True
        self.send_response(response.status)
        for name, value in {**self.server.headers, **response.headers, "Content-Type": response.content_type}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(response.body)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(response.body)

    def _drain(self) -> None:
        """Take in what is still on its way, or the browser would see a reset instead of the answer."""
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_WR)
            self.connection.settimeout(1.0)
            left = _DRAIN_BYTES
            while left > 0 and (chunk := self.connection.recv(left)):
                left -= len(chunk)


def _port_error(port: int, error: OSError) -> XeroError:
    if error.errno == errno.EADDRINUSE:
        return XeroError(
            CONFIG,
            f"Port {port} is taken by another program, perhaps by another `connect`. End that one, or choose another port with "
            f"--port and register its address with the Xero app.",
        )
    return XeroError(
        CONFIG, f"Port {port} cannot be used: {error.strerror}. Choose another one, from 1024 up, with --port."
    )
