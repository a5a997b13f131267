"""The local web server of ``connect``: loopback alone, bounded in time and size, and unmoved by what is no request."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator

import pytest
import requests

from source_xero_gl.commands.connect import server as module
from source_xero_gl.commands.connect.server import MAX_CONNECTIONS, LocalServer
from source_xero_gl.commands.connect.web import MAX_FORM_BYTES, Request, Response, security_headers
from source_xero_gl.xero.errors import XeroError

HEADERS = security_headers("https://login.xero.com")
BOUND_SECONDS = 20.0


def echo(request: Request) -> Response:
    """Tell the length of what came."""
    return Response(200, str(len(request.body)).encode(), "text/plain")


@pytest.fixture
def server() -> Iterator[LocalServer]:
    """Serve in this process."""
    local = LocalServer(0, HEADERS)
    local.start(echo)
    yield local
    local.close()


def exchanged(server: LocalServer, data: bytes) -> bytes:
    """Send bytes and give all that comes back."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=BOUND_SECONDS) as connection:
        connection.sendall(data)
        answer = b""
        while chunk := connection.recv(65536):
            answer += chunk
    return answer


def test_every_answer_has_the_security_headers(server: LocalServer) -> None:
    """Answers of the pages and refusals alike: no cache, no frame, no referrer, nothing from elsewhere."""
    for path in ("/", "/nowhere"):
        assert requests.get(f"http://localhost:{server.port}{path}", timeout=5).headers.items() >= HEADERS.items()
    refused = requests.request("PUT", f"http://localhost:{server.port}/", timeout=5)
    assert refused.status_code == 501
    assert refused.headers.items() >= HEADERS.items()
    assert "default-src 'none'" in HEADERS["Content-Security-Policy"]
    assert "unsafe" not in HEADERS["Content-Security-Policy"]


def test_only_loopback_is_bound(server: LocalServer) -> None:
    """The server listens on 127.0.0.1 and, where there is one, ::1, and on no other address of the computer."""
    for listener in server._listeners:
        assert listener.socket.getsockname()[0] in ("127.0.0.1", "::1")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))  # sends nothing: tells the address behind which this computer is known
        own = probe.getsockname()[0]
    if own != "127.0.0.1":
        with pytest.raises((ConnectionRefusedError, TimeoutError)):
            socket.create_connection((own, server.port), timeout=2)


@pytest.mark.parametrize("family", [socket.AF_INET, socket.AF_INET6])
def test_a_port_that_is_taken_on_either_address_is_refused(family: socket.AddressFamily) -> None:
    """``localhost`` may mean either address: if another program holds one of them, the port is taken."""
    with socket.socket(family) as other:
        try:
            other.bind(("127.0.0.1" if family == socket.AF_INET else "::1", 0))
        except OSError:
            pytest.skip("this computer has no IPv6")
        other.listen()
        with pytest.raises(XeroError, match="is taken by another program"):
            LocalServer(other.getsockname()[1], HEADERS)


def test_a_privileged_port_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system refuses the port, the sentence says so and names the option."""

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(module._Listener, "server_bind", refuse)
    with pytest.raises(XeroError, match=r"Port 80 cannot be used: Permission denied.*--port"):
        LocalServer(80, HEADERS)


def test_the_largest_form_comes_through_and_no_larger_one(server: LocalServer) -> None:
    """Up to 16 KiB a body is read; above, or with an unclear length, the request is refused unread."""
    address = f"http://127.0.0.1:{server.port}/"
    assert requests.post(address, data=b"x" * MAX_FORM_BYTES, timeout=5).text == str(MAX_FORM_BYTES)
    assert requests.post(address, data=b"x" * (MAX_FORM_BYTES + 1), timeout=5).status_code == 413
    assert requests.post(address, data=iter([b"x"]), timeout=5).status_code == 411
    for length in (b"", b"-1", b"1e3", b"9" * 5000, b"0x10"):
        answer = exchanged(server, b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: " + length + b"\r\n\r\n")
        assert answer[9:12] in (b"411", b"413")


@pytest.mark.parametrize(
    "data",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n",
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /" + b"x" * 70_000 + b" HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 200 + b"\r\n",
        b"GET / HTTP/1.1\r\nA: " + b"x" * 70_000 + b"\r\n\r\n",
        b"GET /<script> FTP/1.1\r\n\r\n",
    ],
    ids=["TLS", "no path", "version", "long path", "many headers", "long header", "protocol"],
)
def test_what_is_no_request_is_refused(server: LocalServer, data: bytes, capfd: pytest.CaptureFixture[str]) -> None:
    """Garbage gets a refusal that repeats nothing of it; the next request is served, and nothing is logged."""
    answer = exchanged(server, data)
    assert b"script" not in answer.partition(b"\r\n\r\n")[2]
    assert requests.get(f"http://127.0.0.1:{server.port}/?code=c0de", timeout=5).status_code == 200
    assert capfd.readouterr() == ("", "")


def test_a_request_that_drips_in_is_cut_off(server: LocalServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """A client that sends a byte now and then is cut off after the bound for a whole request, and others are served meanwhile."""
    monkeypatch.setattr(module, "REQUEST_SECONDS", 1.0)
    with socket.create_connection(("127.0.0.1", server.port), timeout=BOUND_SECONDS) as connection:
        sent = 0
        with contextlib.suppress(ConnectionError):
            for sent in range(100):  # noqa: B007 - its last value is looked at after the loop
                connection.sendall(b"G")
                assert requests.get(f"http://127.0.0.1:{server.port}/", timeout=5).status_code == 200
                time.sleep(0.2)
    assert sent < 99


def test_a_silent_connection_is_closed(server: LocalServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection on which nothing comes is closed."""
    monkeypatch.setattr(module._Handler, "timeout", 0.5)
    with socket.create_connection(("127.0.0.1", server.port), timeout=BOUND_SECONDS) as connection:
        assert connection.recv(1) == b""


def test_connections_are_bounded(server: LocalServer) -> None:
    """Beyond 32 connections at a time new ones are closed; once some have gone, others are served."""
    held = [socket.create_connection(("127.0.0.1", server.port), timeout=BOUND_SECONDS) for _ in range(MAX_CONNECTIONS)]
    deadline = time.monotonic() + BOUND_SECONDS
    while threading.active_count() < MAX_CONNECTIONS and time.monotonic() < deadline:
        time.sleep(0.05)
    with socket.create_connection(("127.0.0.1", server.port), timeout=BOUND_SECONDS) as one_more:
        assert one_more.recv(1) == b""
    for connection in held:
        connection.close()
    while time.monotonic() < deadline:
        try:
            assert requests.get(f"http://127.0.0.1:{server.port}/", timeout=5).status_code == 200
        except requests.ConnectionError:
            time.sleep(0.05)
            continue
        return
    pytest.fail("no connection was accepted any more")
