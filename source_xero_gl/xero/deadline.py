"""The end of a call that takes too long as a whole.

Timeouts of ``requests`` bound each silence. An answer that comes a byte at a time, in its headers or its body, has no long
silence and would never end.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import TYPE_CHECKING, Any

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

_THREAD = threading.local()
"""Its ``deadline`` is that of the call that the thread makes, because connections come from a pool and serve call after call."""


class Deadline:
    """Cuts the connection of the call that is made inside of it, should the call last too long."""

    def __init__(self, seconds: float) -> None:
        """Allow the call ``seconds`` seconds from the moment the context is entered."""
        self.passed = False
        self._connection: _Bounded | None = None
        self._timer = threading.Timer(seconds, self._pass)
        self._timer.daemon = True

    def __enter__(self) -> None:
        _THREAD.deadline = self
        self._timer.start()

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        self._connection = None
        _THREAD.deadline = None

    def watch(self, connection: _Bounded) -> None:
        """Take note of the connection that the call uses."""
        connection.deadline = self
        self._connection = connection
        if self.passed:
            self._cut()

    def _pass(self) -> None:
        self.passed = True
        self._cut()

    def _cut(self) -> None:
        connection = self._connection
        # The pool may have given the connection to another call since.
        if connection is not None and connection.deadline is self and connection.sock is not None:
            # It has just been closed, or is in the middle of a TLS handshake, which is cut when it ends.
            with contextlib.suppress(OSError):
                connection.sock.shutdown(socket.SHUT_RDWR)  # a thread that reads it finds the end


if TYPE_CHECKING:
    _Connection = HTTPConnection
else:
    _Connection = object


class _Bounded(_Connection):
    """A connection that the deadline of its thread watches from the moment it is opened or used again."""

    deadline: Deadline | None = None

    def connect(self) -> None:
        self._watched()
        super().connect()
        self._watched()

    def request(self, *args: Any, **kwargs: Any) -> None:
        self._watched()
        super().request(*args, **kwargs)

    def _watched(self) -> None:
        deadline = getattr(_THREAD, "deadline", None)
        if deadline is not None:
            deadline.watch(self)


class _BoundedHttp(_Bounded, HTTPConnection):
    pass


class _BoundedHttps(_Bounded, HTTPSConnection):
    pass


class _HttpPool(HTTPConnectionPool):
    ConnectionCls = _BoundedHttp


class _HttpsPool(HTTPSConnectionPool):
    ConnectionCls = _BoundedHttps


_POOLS = {"http": _HttpPool, "https": _HttpsPool}


class BoundedAdapter(HTTPAdapter):
    """An adapter for ``requests`` whose calls end with the deadline that they are made in."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Make a pool of connections that can be cut."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        """Do the same behind a proxy."""
        manager = super().proxy_manager_for(*args, **kwargs)
        manager.pool_classes_by_scheme = _POOLS
        return manager
