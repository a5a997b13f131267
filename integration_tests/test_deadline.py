"""Answers that come a little at a time: no silence is long, and the call ends all the same."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import requests

from source_xero_gl.xero.errors import Action, Kind, XeroError
from source_xero_gl.xero.transport import CALL_SECONDS, CONNECT_SECONDS, READ_SECONDS, Transport

TIMEOUT = 20
"""Real seconds after which a thread that never ends fails its test."""

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
WHOLE = HEAD + b"Content-Length: 2\r\n\r\n{}"


class ManualTimer:
    """Stands for threading.Timer: goes off when a test says so."""

    made: list[ManualTimer]

    def __init__(self, seconds: float, action: Callable[[], None]) -> None:
        self.seconds, self.go_off, self.over = seconds, action, False
        self.made.append(self)

    def start(self) -> None:
        """Do nothing."""

    def cancel(self) -> None:
        """Note it."""
        self.over = True


@pytest.fixture
def timers(monkeypatch: pytest.MonkeyPatch) -> list[ManualTimer]:
    """Put the time limit of calls into the hands of the test."""
    ManualTimer.made = []
    monkeypatch.setattr("source_xero_gl.xero.deadline.threading.Timer", ManualTimer)
    return ManualTimer.made


@contextmanager
def server(timers: list[ManualTimer], *answers: bytes) -> Iterator[str]:
    """Serve one connection: send the answers to its calls; after the last one the time of the call is over."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                for answer in answers:
                    connection.recv(65536)
                    connection.sendall(answer)
                timers[-1].go_off()
                connection.recv(65536)  # until the client hangs up

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
        thread.join(TIMEOUT)
        assert not thread.is_alive()


@pytest.mark.parametrize(
    "part",
    [
        b"HTTP/1.1 200 O",
        HEAD + b"X-Slow: ",
        HEAD + b"Content-Length: 5000\r\n\r\n{",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n",
        HEAD + b"Connection: close\r\n\r\n{}",
    ],
    ids=["status", "headers", "body", "chunks", "body of unknown length"],
)
def test_an_answer_that_never_ends_is_cut(part: bytes, timers: list[ManualTimer]) -> None:
    """Wherever it is when the time of the call is over: no answer, which may be tried again."""
    transport = Transport(threading.Event())
    with server(timers, part) as url, pytest.raises(XeroError) as raised:
        transport.send("Journals", requests.Request("GET", url))
    assert (raised.value.kind, raised.value.action) == (Kind.NO_ANSWER, Action.RETRY)
    assert "deadline" in str(raised.value.internal_message)
    assert [(timer.seconds, timer.over) for timer in timers] == [(CALL_SECONDS, True)]


def test_a_call_on_a_kept_connection_is_cut_too(timers: list[ManualTimer]) -> None:
    """Each call on a connection has a time of its own; that of an earlier one changes nothing any more."""
    transport = Transport(threading.Event())
    with server(timers, WHOLE, WHOLE, HEAD) as url:
        for number in range(2):
            assert transport.send("Journals", requests.Request("GET", url)).body == b"{}"
            timers[number].go_off()  # late: its call has ended
        with pytest.raises(XeroError, match="could not be reached"):
            transport.send("Journals", requests.Request("GET", url))


def test_the_whole_call_may_last_longer_than_its_parts() -> None:
    """A connection and one long silence fit into the time of a call."""
    assert CONNECT_SECONDS + READ_SECONDS < CALL_SECONDS
